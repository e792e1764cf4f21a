"""The loop over the bytes of a text: where words and lines end."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numba import njit, types

from torchw2v.compiled.kept_code import Kept

# So many bytes of a word are an integer, by which most words can be told apart. Shorter ones are filled up on the left
# with bytes that UTF-8 does not use.
FIRST_BYTES = 8
_FILLED = np.uint64(0xFFFFFFFFFFFFFFFF)

_OF_A_WORD, _SPACE, _NEWLINE, _LEAD = range(4)
_KINDS = np.zeros(256, dtype=np.uint8)
_KINDS[[*range(9, 14), *range(28, 33)]] = _SPACE
_KINDS[ord("\n")] = _NEWLINE
_KINDS[[0xC2, 0xE1, 0xE2, 0xE3]] = _LEAD  # with one of these bytes all other whitespace begins in UTF-8
_OTHER_SPACES = np.zeros(0x4000, dtype=np.bool_)
_OTHER_SPACES[[0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000]] = True


@njit(inline="always")
def _space_at(text, i):
    """How many bytes the whitespace takes that begins at a byte of kind _LEAD; 0 if it is none."""
    width, point = 2, np.int64(text[i + 1])
    if text[i] >= 0xE0:
        width, point = 3, (text[i] & 0xF) << 12 | (text[i + 1] & 0x3F) << 6 | (text[i + 2] & 0x3F)
    return width if _OTHER_SPACES[point] else 0


def _find_words(text, firsts, bounds, line_ends, totals):
    """Write the first bytes of each word and where it begins and ends, and for each line end how many words precede it.

    The text must be UTF-8 and end with a space. In `totals`, how many words and line ends there are.
    """
    found, lines, i = 0, 0, 0
    while i < text.size:
        kind = _KINDS[text[i]]
        if kind == _LEAD:
            width = _space_at(text, i)
            if width > 0:
                i += width
                continue
        elif kind != _OF_A_WORD:
            if kind == _NEWLINE:
                line_ends[lines] = found
                lines += 1
            i += 1
            continue
        begin, first = i, _FILLED
        while True:
            if i - begin < FIRST_BYTES:
                first = first << np.uint64(8) | np.uint64(text[i])
            i += 1
            kind = _KINDS[text[i]]
            if kind != _OF_A_WORD and (kind != _LEAD or _space_at(text, i) > 0):
                break
        firsts[found] = np.int64(first)
        bounds[found, 0], bounds[found, 1] = begin, i
        found += 1
    totals[0], totals[1] = found, lines


_text = types.Array(types.uint8, 1, "C", readonly=True)
_longs = types.int64[::1]
find_words = Kept(_find_words, types.void(_text, _longs, types.int32[:, ::1], _longs, _longs), Path(__file__))
