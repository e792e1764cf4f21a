"""Analogies and pairs of our own making, from facts of Python and mathematics, for vectors of `data=pydocs`.

They were written down before vectors answered them, and none was taken out because it was answered wrong.
"""

from __future__ import annotations

from importlib.resources import as_file, files

from torchw2v.evaluation.analogy_file import AnalogySet, read_analogies
from torchw2v.evaluation.similarity_file import PairSet, read_pairs

BUILTIN = "builtin"

_SETS = files("torchw2v.evaluation").joinpath("sets")


def builtin_analogies() -> AnalogySet:
    """Questions in sections, semantic and syntactic."""
    with as_file(_SETS.joinpath("pydocs-analogies.txt")) as path:
        return read_analogies(path)


def builtin_pairs() -> PairSet:
    """Pairs with grades from 0, unrelated, to 10, the same thing."""
    with as_file(_SETS.joinpath("pydocs-pairs.tsv")) as path:
        return read_pairs(path)
