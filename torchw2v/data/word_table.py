"""Word to number, for text in blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from torchw2v.data.tokenization import TokenBlock

if TYPE_CHECKING:
    import pyarrow as pa

_FREE = -1
_SLOTS = 1 << 14
_STORE_BYTES = 1 << 16


class WordTable:
    """Words with numbers in order of first appearance, and how often each occurred. It grows with the words."""

    def __init__(self) -> None:
        from torchw2v.compiled import word_numbers

        self._compiled = word_numbers
        self._slots = np.full(_SLOTS, _FREE, dtype=np.int32)
        self._records: npt.NDArray[np.int64] = np.empty((_SLOTS // 2, word_numbers.COLUMNS), dtype=np.int64)
        self._store = np.empty(_STORE_BYTES, dtype=np.uint8)
        self._state = np.zeros(2, dtype=np.int64)

    def __len__(self) -> int:
        return int(self._state[self._compiled.KNOWN])

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        """How often each number occurred."""
        counts: npt.NDArray[np.int64] = self._records[: len(self), self._compiled.COUNT].copy()
        return counts

    def words(self) -> pa.LargeStringArray:
        """The words in order of their numbers."""
        import pyarrow as pa

        begins = np.zeros(len(self) + 1, dtype=np.int64)  # and the end of the last
        begins[:-1] = self._records[: len(self), self._compiled.BEGIN]
        begins[-1] = self._state[self._compiled.STORED]
        return pa.LargeStringArray.from_buffers(len(self), pa.py_buffer(begins), pa.py_buffer(self._store))

    def number(self, block: TokenBlock) -> npt.NDArray[np.int32]:
        """The number of each word of a block, after counting each once more."""
        numbers = np.empty(block.firsts.size, dtype=np.int32)
        done = 0
        while True:
            table = self._slots, self._records, self._store, self._state
            done = self._compiled.number_words(block.text, block.firsts, block.bounds, done, *table, numbers)
            if done == numbers.size:
                return numbers
            self._grow(block.text.size)

    def _grow(self, more_bytes: int) -> None:
        """Room for as many words again, or for these bytes."""
        if 2 * len(self) == self._slots.size:
            self._slots = np.full(2 * self._slots.size, _FREE, dtype=np.int32)
            self._records = np.concatenate((self._records, np.empty_like(self._records)))
            self._compiled.fill_slots(self._slots, self._records, self._store, len(self))
        stored = int(self._state[self._compiled.STORED])
        if stored + more_bytes > self._store.size:
            more = np.empty(max(self._store.size, more_bytes), dtype=np.uint8)
            self._store = np.concatenate((self._store, more))
