"""Word to number: a hash table of arrays, which finds and adds the words of a block all at once."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from torchw2v.data.frequent_words import FrequentWords

if TYPE_CHECKING:
    import pyarrow as pa

Int32Array = npt.NDArray[np.int32]
Int64Array = npt.NDArray[np.int64]
_Keys = npt.NDArray[np.uint64]

_PARTS = 3
_LONGEST = 8 * _PARTS
_EMPTY = -1
_FILLING = 0xFF
_FILLED = np.array([(1 << 64) - (1 << 8 * length) for length in range(9)], dtype=np.uint64)
_MULTIPLIERS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], dtype=np.uint64)


class WordTable:
    """Words with numbers in order of first appearance, and how often each occurred.

    The key of a word of up to 24 bytes is three numbers of 64 bits, filled up with bytes that UTF-8 does not use. In
    that of the i-th longer word, of which there are few, the first is 256 i + 255, with which no text begins.
    """

    def __init__(self) -> None:
        self._text = bytearray()
        self._ends = np.zeros((1 << 12) + 1, dtype=np.int64)  # after a zero
        self._size = 0
        self._counts = np.zeros(1 << 12, dtype=np.int64)
        self._keys = np.empty((_PARTS, 1 << 12), dtype=np.uint64)
        self._slots = np.full(1 << 14, _EMPTY, dtype=np.int32)
        self._long: dict[str, int] = {}

    def __len__(self) -> int:
        return self._size

    @property
    def counts(self) -> Int64Array:
        """How often each number occurred."""
        return self._counts[: self._size]

    def words(self) -> pa.LargeStringArray:
        """The words in order of their numbers."""
        import pyarrow as pa

        ends = pa.py_buffer(self._ends[: self._size + 1])
        return pa.LargeStringArray.from_buffers(self._size, ends, pa.py_buffer(bytes(self._text)))

    def frequent(self) -> FrequentWords:
        """The most frequent words for now, of those that are short enough."""
        keys, counts = self._keys[:, : self._size], self.counts
        short = np.flatnonzero((keys[2] == _FILLED[0]) & (keys[0] & np.uint64(_FILLING) != _FILLING))
        return FrequentWords(keys[:2, short], short.astype(np.int32), counts[short])

    def count(self, numbers: Int32Array, counts: Int64Array) -> None:
        """Count words that are there, numbers that are all different, so many times more."""
        self._counts[numbers] += counts

    def add(self, words: pa.StringArray, counts: Int64Array) -> Int32Array:
        """The numbers of words that are all different, after counting each so many times more."""
        import pyarrow as pa
        import pyarrow.compute as pc

        keys, long = _keys_of(words)
        if long.size:
            strings = pc.take(words, pa.array(long), memory_pool=pa.system_memory_pool()).to_pylist()
            keys[0, long] = [self._long.setdefault(word, len(self._long)) << 8 | _FILLING for word in strings]
        numbers = self._find(keys)
        new = np.flatnonzero(numbers == _EMPTY)
        if new.size:
            numbers[new] = np.arange(self._size, self._size + new.size, dtype=np.int32)
            self._insert(keys[:, new], numbers[new])
            self._write(pc.take(words, pa.array(new), memory_pool=pa.system_memory_pool()))
        self._counts[numbers] += counts
        return numbers

    def _find(self, keys: _Keys) -> Int32Array:
        """The number of each key, or -1."""
        numbers = np.full(keys.shape[1], _EMPTY, dtype=np.int32)
        asking = np.arange(numbers.size)
        slots = self._home(keys)
        for step in count(1):
            if not asking.size:
                break
            found = self._slots.take(slots)
            same = found != _EMPTY
            for mine, theirs in zip(keys, self._keys, strict=True):
                same &= theirs.take(found, mode="wrap") == mine.take(asking)
            numbers[asking[same]] = found[same]
            on = np.flatnonzero(~same & (found != _EMPTY))
            asking, slots = asking[on], self._next(slots[on], step)
        return numbers

    def _insert(self, keys: _Keys, numbers: Int32Array) -> None:
        """Add keys that are new and all different."""
        self._size += numbers.size
        if self._size > self._counts.size:
            self._keys = np.concatenate((self._keys, np.empty_like(self._keys, shape=(_PARTS, self._size))), axis=1)
            self._counts = np.concatenate((self._counts, np.zeros(self._size, dtype=np.int64)))
            self._ends = np.concatenate((self._ends, np.zeros(self._size, dtype=np.int64)))
        self._keys[:, numbers] = keys
        if 2 * self._size > self._slots.size:
            self._slots = np.full(1 << (4 * self._size).bit_length(), _EMPTY, dtype=np.int32)
            numbers = np.arange(self._size, dtype=np.int32)
            keys = self._keys[:, : self._size]
        slots = self._home(keys)
        for step in count(1):
            if not numbers.size:
                break
            free = self._slots.take(slots) == _EMPTY
            self._slots[slots[free]] = numbers[free]  # of several for a slot one gets it
            left = np.flatnonzero(self._slots.take(slots) != numbers)
            numbers, slots = numbers[left], self._next(slots[left], step)

    def _next(self, slots: Int64Array, step: int) -> Int64Array:
        """Where to look on: 1, 3, 6, 10, … places behind the first, which are all the slots, and not in a row."""
        return (slots + step) & (self._slots.size - 1)

    def _write(self, words: pa.StringArray) -> None:
        """Add the text of the last words that got numbers."""
        ends = _ends_of(words)
        self._text += memoryview(words.buffers()[2])[ends[0] : ends[-1]]
        before = self._size - len(words)
        self._ends[before + 1 : self._size + 1] = self._ends[before] + (ends[1:] - ends[0])

    def _home(self, keys: _Keys) -> Int64Array:
        mixed = keys[0] * _MULTIPLIERS[0]
        for part, multiplier in zip(keys[1:], _MULTIPLIERS[1:], strict=True):
            mixed = (mixed ^ (mixed >> np.uint64(32)) ^ part) * multiplier
        mixed ^= mixed >> np.uint64(32)
        mixed *= _MULTIPLIERS[0]
        slots: Int64Array = (mixed >> np.uint64(65 - self._slots.size.bit_length())).astype(np.int64)
        return slots


def _keys_of(words: pa.StringArray) -> tuple[_Keys, Int64Array]:
    """(3, u) keys of the words that are short enough, and the places of the others."""
    ends = _ends_of(words)
    lengths = np.diff(ends)
    text = np.frombuffer(words.buffers()[2], dtype=np.uint8)[: ends[-1]]
    text = np.concatenate((text, np.zeros(_LONGEST, dtype=np.uint8)))
    eights = np.ndarray((text.size - 7,), dtype="<u8", buffer=text, strides=(1,))
    keys = np.empty((_PARTS, len(words)), dtype=np.uint64)
    for part, key in enumerate(keys):
        key[:] = eights[ends[:-1] + 8 * part]
        key |= _FILLED.take(lengths - 8 * part, mode="clip")
    return keys, np.flatnonzero(lengths > _LONGEST)


def _ends_of(words: pa.StringArray) -> Int32Array:
    """(u + 1,), where the first begins and where each ends."""
    return np.frombuffer(words.buffers()[1], dtype=np.int32)[words.offset : words.offset + len(words) + 1]
