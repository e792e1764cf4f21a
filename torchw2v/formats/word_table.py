"""What a file of word vectors holds."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor


class WordTable(NamedTuple):
    """Words and a row for each, as read from a file or to be written to one.

    Attributes:
        words: V different words, most frequent first if the file has them so.
        matrix: (V, D) floating point.
    """

    words: tuple[str, ...]
    matrix: Tensor
