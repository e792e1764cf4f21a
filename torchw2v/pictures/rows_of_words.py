"""The vectors of chosen words, of length one."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from torchw2v.errors import InputError
from torchw2v.vectors import WordVectors
from torchw2v.vectors.unit_rows import unit_rows


def unit_rows_of(vectors: WordVectors, words: Sequence[str]) -> Tensor:
    """(N, D), float64: the vectors of N words, divided by their lengths; a vector of zeros stays one.

    Raises:
        InputError: no word at all, one that is there twice, or a vector with a number that is not finite.
        KeyError: a word that has no vector.
    """
    if not words:
        raise InputError("there is no word to draw")
    seen: set[str] = set()
    for word in words:
        if word in seen:
            raise InputError(f"the word {word!r} is to be drawn twice")
        seen.add(word)
    rows = torch.stack([vectors[word] for word in words]).double()
    broken = ~rows.isfinite().all(1)
    if broken.any():
        word = words[int(broken.nonzero()[0])]
        raise InputError(f"the vector of {word!r} holds a number that is not finite, so it has no place in a picture")
    return unit_rows(rows)
