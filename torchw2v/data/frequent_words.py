"""Frequent words found at a glance: most words of a text are a few thousand different ones.

A word of up to 16 bytes of UTF-8 is two numbers of 64 bits, and comparing numbers is several times faster than strings.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from torchw2v.data.tokenization import TokenBlock

_SLOTS = 1 << 15
_WORDS_AT_ONCE = 1 << 13  # few, so that what is computed on the way stays in the processor's cache
_NONE = -1
_ALL = (1 << 64) - 1
_EMPTY = _ALL - 1
_MULTIPLIERS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F], dtype=np.uint64)
# Short words are filled up with bytes that UTF-8 does not use. Of longer ones, for which the last entry is, nothing is
# left that could be found.
_FILLED = np.array(
    [[_ALL << 8 * min(max(length - first, 0), 8) & _ALL for first in (0, 8)] for length in range(17)] + [[_ALL, _ALL]],
    dtype=np.uint64,
)


class Found(NamedTuple):
    """The words of a block that were found.

    Attributes:
        numbers: (n,) int32, for every word of the block its number, or −1.
        missed: (m,) int64, where in `numbers` it is −1.
        counted: (f,) int32, the different numbers among them but −1.
        counts: (f,) int64, how often each was found.
    """

    numbers: npt.NDArray[np.int32]
    missed: npt.NDArray[np.int64]
    counted: npt.NDArray[np.int32]
    counts: npt.NDArray[np.int64]


class FrequentWords:
    """A table that stays as it is, so that threads can read it while more words are counted elsewhere.

    A word has one slot; of several that want it the most frequent gets it.

    Args:
        keys: (2, u) uint64, words of up to 16 bytes, filled up with bytes 255.
        numbers: (u,) int32, the number of each.
        counts: (u,) int64, how often each was seen.
    """

    def __init__(
        self, keys: npt.NDArray[np.uint64], numbers: npt.NDArray[np.int32], counts: npt.NDArray[np.int64]
    ) -> None:
        rising = np.argpartition(counts, -_SLOTS)[-_SLOTS:] if counts.size > _SLOTS else np.arange(counts.size)
        rising = rising[np.argsort(counts[rising])]
        keys, numbers = keys[:, rising], numbers[rising]
        self._first, self._second = np.full((2, _SLOTS), _EMPTY, dtype=np.uint64)
        self._numbers = np.full(_SLOTS + 1, _NONE, dtype=np.int32)  # the last is for words that are in no slot
        slots = _slots(*keys)
        self._first[slots], self._second[slots] = keys  # NumPy lets the last of several stay
        self._numbers[slots] = numbers

    def find(self, block: TokenBlock) -> Found:
        slots = np.empty(block.bounds.size // 2, dtype=np.int64)
        for i in range(0, slots.size, _WORDS_AT_ONCE):
            slots[i : i + _WORDS_AT_ONCE] = self._slots_of(block.text, block.bounds[2 * i : 2 * (i + _WORDS_AT_ONCE)])
        counts = np.bincount(slots, minlength=_SLOTS + 1)
        used = np.flatnonzero(counts[:-1] != 0)
        return Found(self._numbers.take(slots), np.flatnonzero(slots == _SLOTS), self._numbers[used], counts[used])

    def _slots_of(self, text: npt.NDArray[np.uint8], bounds: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Where each word is, or the number of slots if it is in none."""
        starts = bounds[::2]
        lengths = bounds[1::2] - starts
        # sixteen bytes from every place of the text on; no number is read as a complex one, but NumPy is fast with them
        sixteens = np.ndarray((text.size - 15,), dtype=np.complex128, buffer=text, strides=(1,))
        keys = sixteens[starts].view("<u8").astype(np.uint64, copy=False).reshape(-1, 2)
        keys |= _FILLED.take(lengths, axis=0, mode="clip")
        first, second = keys.T
        slots = _slots(first, second)
        same = self._first.take(slots) == first
        same &= self._second.take(slots) == second
        slots[np.flatnonzero(~same)] = _SLOTS
        return slots


def _slots(first: npt.NDArray[np.uint64], second: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    mixed = first * _MULTIPLIERS[0]
    mixed ^= mixed >> np.uint64(32)
    mixed ^= second
    mixed *= _MULTIPLIERS[1]
    mixed >>= np.uint64(65 - _SLOTS.bit_length())
    slots: npt.NDArray[np.int64] = mixed.view(np.int64)
    return slots
