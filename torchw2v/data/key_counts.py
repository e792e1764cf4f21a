"""How often each of many integers occurs, where the integers come in blocks and do not fit into memory."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.int64]


class KeyCounts:
    """A table from int64 keys to counts, kept as sorted arrays that are merged when they are of similar length.

    Every key is moved O(log n) times, and memory is that of the distinct keys: 16 bytes each, some 60 in a merge.
    """

    def __init__(self) -> None:
        self._tables: list[tuple[Keys, Keys]] = []

    def add(self, keys: Keys) -> None:
        """Count the keys of a block, in any order."""
        if not keys.size:
            return
        keys = np.sort(keys)
        first = _first_of_equals(keys)
        self._tables.append((keys[first], np.diff(first, append=keys.size)))
        while len(self._tables) > 1 and self._tables[-2][0].size < 2 * self._tables[-1][0].size:
            self._merge_last()

    def take(self) -> tuple[Keys, Keys]:
        """All keys in increasing order and how often each occurred; the table is empty then."""
        while len(self._tables) > 1:
            self._merge_last()
        nothing = np.zeros(0, dtype=np.int64)
        return self._tables.pop() if self._tables else (nothing, nothing)

    def _merge_last(self) -> None:
        (keys, counts), (more_keys, more_counts) = self._tables.pop(), self._tables.pop()
        keys = np.concatenate([keys, more_keys])
        order = np.argsort(keys, kind="stable")  # which takes two sorted stretches for what they are
        keys = keys[order]
        first = _first_of_equals(keys)
        counts = np.add.reduceat(np.concatenate([counts, more_counts])[order], first)
        self._tables.append((keys[first], counts))


def _first_of_equals(keys: Keys) -> Keys:
    """Where in a sorted array, which is not empty, another key begins."""
    return np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
