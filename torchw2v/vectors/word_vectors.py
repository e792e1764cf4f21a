"""Words and their vectors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from torchw2v.checks import positive_int
from torchw2v.errors import InputError
from torchw2v.formats import WordTable, read_table, write_table

_SHORTEST = 1e-12
_ROWS_AT_ONCE = 1 << 10


class Neighbour(NamedTuple):
    """A word and its cosine similarity to the word that was asked for."""

    word: str
    similarity: float


class WordVectors:
    """An immutable table of words and vectors, in the order of the vocabulary (most frequent first).

    Args:
        words: V different words.
        matrix: (V, D) floating point.
        copy: False takes the memory of the matrix over where it can: nobody else may read or write it from then on.

    Raises:
        InputError: lengths that differ, a repeated word, or a matrix that is not one of floating-point numbers.
    """

    def __init__(self, words: Iterable[str], matrix: Tensor, *, copy: bool = True) -> None:
        self.words = tuple(words)
        if matrix.ndim != 2 or not torch.is_floating_point(matrix):
            raise InputError(f"a matrix (V, D) of floats is needed, not {matrix.dtype} of shape {tuple(matrix.shape)}")
        if matrix.shape[0] != len(self.words):
            raise InputError(f"{len(self.words)} words, but a matrix of shape {tuple(matrix.shape)}")
        matrix = matrix.detach()
        self._matrix = matrix.clone(memory_format=torch.contiguous_format) if copy else _moved_together(matrix)
        self._ids = {word: i for i, word in enumerate(self.words)}
        if len(self._ids) != len(self.words):
            raise InputError("a word stands there twice")

    @classmethod
    def load(cls, path: str | Path, *, format: str | None = None) -> WordVectors:
        """Read a file of vectors; its suffix, or `format`, says what it is.

        Raises:
            InputError: no such file, one that is damaged, or one in no format that is known.
        """
        words, matrix = read_table(path, format=format)
        return cls(words, matrix, copy=False)

    def save(self, path: str | Path, *, format: str | None = None) -> None:
        """Write a file of vectors in the format that its suffix, or `format`, names; it appears whole.

        Raises:
            InputError: a word that the format cannot hold, or a suffix that names no format.
        """
        write_table(path, WordTable(self.words, self._matrix), format=format)

    @property
    def matrix(self) -> Tensor:
        """(V, D); a copy, so that the table stays as it is."""
        return self._matrix.clone()

    def rows(self, start: int = 0, stop: int | None = None) -> Tensor:
        """(stop − start, D), contiguous; a view, to be read only: writing to it would change the table."""
        return self._matrix[start:stop]

    @property
    def embedding_dim(self) -> int:
        return self._matrix.shape[1]

    def __len__(self) -> int:
        return len(self.words)

    def __iter__(self) -> Iterator[str]:
        return iter(self.words)

    def __contains__(self, word: object) -> bool:
        return word in self._ids

    def __getitem__(self, word: str) -> Tensor:
        """(D,), a copy; KeyError for a word that is not there."""
        return self._matrix[self._id(word)].clone()

    def __repr__(self) -> str:
        return f"WordVectors({len(self):,} words, {self.embedding_dim} dimensions)"

    def similarity(self, first: str, second: str) -> float:
        """Cosine of the angle between two words."""
        return float(self._unit_row(self._id(first)) @ self._unit_row(self._id(second)))

    def most_similar(self, word: str, k: int = 10) -> list[Neighbour]:
        """The k nearest other words by cosine, nearest first."""
        return self.nearest([word], k)[0]

    def nearest(self, words: Sequence[str], k: int = 10) -> list[list[Neighbour]]:
        """The k nearest other words of each word, by cosine, in one matrix product."""
        positive_int("k", k)
        queries = torch.tensor([self._id(word) for word in words], dtype=torch.int64)
        similarity = self._unit_row(queries) @ self._matrix.T
        similarity /= self._lengths
        similarity[torch.arange(len(words)), queries] = -torch.inf
        values, ids = similarity.topk(min(k, len(self) - 1), dim=1)
        return [
            [Neighbour(self.words[i], value) for value, i in zip(*row, strict=True)]
            for row in zip(values.tolist(), ids.tolist(), strict=True)
        ]

    @cached_property
    def _lengths(self) -> Tensor:
        """(V,), none of them zero, as they divide; unit rows would be a second matrix."""
        lengths: Tensor = torch.linalg.vector_norm(self._matrix, dim=1)
        return lengths.clamp(min=_SHORTEST)

    def _unit_row(self, ids: int | Tensor) -> Tensor:
        return self._matrix[ids] / self._lengths[ids, None]

    def _id(self, word: str) -> int:
        try:
            return self._ids[word]
        except KeyError:
            raise KeyError(f"{word!r} is not among the {len(self):,} words") from None


def _moved_together(matrix: Tensor) -> Tensor:
    """The same rows, contiguous; those that lie apart move to the beginning of their memory."""
    rows, dim = matrix.shape
    if matrix.is_contiguous() or matrix.stride(1) != 1 or matrix.stride(0) < dim:
        return matrix.contiguous()
    together = matrix.as_strided((rows, dim), (dim, 1))
    for start in range(0, rows, _ROWS_AT_ONCE):
        stop = start + _ROWS_AT_ONCE
        together[start:stop] = matrix[start:stop].clone()  # the places of both may overlap
    return together
