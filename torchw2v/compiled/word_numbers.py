"""A hash table from words to numbers, and the loop that looks words up and adds those that are new.

`slots` hold numbers or −1, and a word that finds its slot taken looks on 1, 3, 6, 10, … places behind. Most words are
told apart by the integer of their first bytes; of longer ones all bytes are compared.
"""

from __future__ import annotations

import numpy as np
from numba import njit, types

from torchw2v.compiled.kept_code import Kept
from torchw2v.compiled.words import FIRST_BYTES

# Columns of a record, one for each number: the first bytes of the word; where in the store it begins and ends; how
# often it occurred.
FIRST, BEGIN, END, COUNT = range(COLUMNS := 4)
# What one call leaves for the next: words in the table, bytes in the store.
KNOWN, STORED = range(2)

_MIXER = np.uint64(0x9E3779B97F4A7C15)


@njit(inline="always")
def _slot_of(first, text, begin, end, mask):
    mixed = np.uint64(first) * _MIXER
    for i in range(begin + FIRST_BYTES, end):
        mixed = (mixed ^ (mixed >> np.uint64(32)) ^ np.uint64(text[i])) * _MIXER
    return np.int64(mixed ^ (mixed >> np.uint64(32))) & mask


def _number_words(text, firsts, bounds, done, slots, records, store, state, ids):
    """Write the number of each word but the first `done`.

    Returns how many have one: all of them, or those before a word for which there is no room, as half of the slots are
    taken or the store is full.
    """
    known, stored, mask = state[KNOWN], state[STORED], slots.size - 1
    while done < firsts.size:
        first, begin, end = firsts[done], np.int64(bounds[2 * done]), np.int64(bounds[2 * done + 1])
        slot, away = _slot_of(first, text, begin, end, mask), 1
        while True:
            number = np.int64(slots[slot])
            if number < 0:
                break
            if records[number, FIRST] == first:
                i, there = begin + FIRST_BYTES, records[number, BEGIN] + FIRST_BYTES
                if records[number, END] - there == end - i:
                    while i < end and store[there] == text[i]:
                        i += 1
                        there += 1
                    if i >= end:
                        break
            slot = (slot + away) & mask
            away += 1
        if number < 0:
            if 2 * (known + 1) > slots.size or stored + end - begin > store.size:
                break
            number = np.int64(known)
            slots[slot] = number
            records[number, FIRST], records[number, COUNT], records[number, BEGIN] = first, 0, stored
            for j in range(end - begin):
                store[stored + j] = text[begin + j]
            stored += end - begin
            records[number, END] = stored
            known += 1
        records[number, COUNT] += 1
        ids[done] = number
        done += 1
    state[KNOWN], state[STORED] = known, stored
    return done


def _fill_slots(slots, records, store, known):
    """Put the first `known` words into slots that are all free."""
    mask = slots.size - 1
    for number in range(known):
        slot = _slot_of(records[number, FIRST], store, records[number, BEGIN], records[number, END], mask)
        away = 1
        while slots[slot] >= 0:
            slot = (slot + away) & mask
            away += 1
        slots[slot] = number


_text = types.Array(types.uint8, 1, "C", readonly=True)
_bytes, _ints, _longs = types.uint8[::1], types.int32[::1], types.int64[::1]
_records = types.int64[:, ::1]
number_words = Kept(
    _number_words,
    types.int64(_text, _longs, _ints, types.int64, _ints, _records, _bytes, _longs, _ints),
)
fill_slots = Kept(_fill_slots, types.void(_ints, _records, _bytes, types.int64))
