"""A table that grows while a file is read, and is held to what such a table must be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from torchw2v.errors import InputError
from torchw2v.formats.word_table import WordTable

Numbers = npt.NDArray[np.float32]


class RowTable:
    """Words and rows in the order in which they are read; memory grows with what was read, not with a header's word.

    Args:
        path: of the file, for messages.
        dim: D.
    """

    def __init__(self, path: Path, dim: int) -> None:
        self.path = path
        self.dim = dim
        self._words: dict[str, None] = {}
        self._blocks: list[Numbers | None] = []

    def __len__(self) -> int:
        return len(self._words)

    def add(self, words: Sequence[str], numbers: Numbers, place: Callable[[int], str]) -> None:
        """Add rows (N, D).

        Raises:
            InputError: a word that is there already, or a number that is not finite; `place` says where its row is.
        """
        finite = np.isfinite(numbers).all(1)
        if not finite.all():
            i = int(finite.argmin())
            raise InputError(f"{self.path}: {place(i)}: the vector of {words[i]!r} holds a number that is not finite")
        for i, word in enumerate(words):
            if word in self._words:
                raise InputError(f"{self.path}: {place(i)}: the word {word!r} stands there a second time")
            self._words[word] = None
        self._blocks.append(numbers)

    def finish(self) -> WordTable:
        """All of it; the blocks are given up one by one, so that it is in memory once.

        Raises:
            InputError: there is nothing.
        """
        if not self._words:
            raise InputError(f"{self.path}: holds no words")
        matrix = np.empty((len(self._words), self.dim), dtype=np.float32)
        start = 0
        for i, block in enumerate(self._blocks):
            assert block is not None
            matrix[start : start + len(block)] = block
            start += len(block)
            self._blocks[i] = None
        return WordTable(tuple(self._words), torch.from_numpy(matrix))


def decoded(word: bytes, path: Path, place: str, errors: str) -> str:
    """A word; InputError with its place if it is not UTF-8 and `errors` is "strict"."""
    try:
        return word.decode("utf-8", errors)
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}: {place}: the word {word!r} is not UTF-8 ({error.reason}); errors='replace' reads it nevertheless"
        ) from None
