"""The loops over the bytes of a text: where words and lines end.

No branch depends on where a word ends, as a processor guesses wrong at most ends of words: every place is written down
as a bound, and the next one overwrites it unless it was one. That is four times as fast.
"""

from __future__ import annotations

import numpy as np
from numba import types

from torchw2v.compiled.kept_code import Kept

# So many bytes of a word are an integer, by which most words can be told apart. Shorter ones are filled up with bytes
# that UTF-8 does not use, here for each length.
FIRST_BYTES = 8
_FILLED = np.array([bytes(n) + b"\xff" * (FIRST_BYTES - n) for n in range(FIRST_BYTES + 1)]).view(np.uint64)

_IS_SPACE = np.zeros(256, dtype=np.uint8)
_IS_SPACE[[*range(9, 14), *range(28, 33)]] = 1
_SPACE, _NEWLINE = ord(" "), ord("\n")
_LEADS = np.zeros(256, dtype=np.bool_)
_LEADS[[0xC2, 0xE1, 0xE2, 0xE3]] = True  # with one of these bytes all whitespace begins in UTF-8 that is not ASCII
_OTHER_SPACES = np.zeros(0x4000, dtype=np.bool_)
_OTHER_SPACES[[0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000]] = True


def _find_words(text, eights, firsts, bounds, line_ends):
    """Write the first bytes of each word, where words begin and end, and for each line end how many words precede it.

    The text must end with FIRST_BYTES spaces. `eights` are so many bytes from each of its places on. `bounds` and
    `line_ends` need room for one more. Returns how many words there are.
    """
    num_bounds, lines, before = 0, 0, np.uint8(1)
    for i in range(text.size):
        now = _IS_SPACE[text[i]]
        bounds[num_bounds] = i
        num_bounds += now ^ before
        before = now
        line_ends[lines] = num_bounds >> 1
        lines += text[i] == _NEWLINE
    for word in range(num_bounds >> 1):
        begin, end = bounds[2 * word], bounds[2 * word + 1]
        firsts[word] = np.int64(eights[begin] | _FILLED[min(end - begin, FIRST_BYTES)])
    return num_bounds >> 1


def _blank_other_spaces(text):
    """Change whitespace that is not ASCII into spaces, one for each byte, in UTF-8 that ends with two spaces."""
    for i in range(text.size - 2):
        if _LEADS[text[i]]:
            width, point = 2, np.int64(text[i + 1])
            if text[i] >= 0xE0:
                width, point = 3, (text[i] & 0xF) << 12 | (text[i + 1] & 0x3F) << 6 | (text[i + 2] & 0x3F)
            if _OTHER_SPACES[point]:
                for j in range(i, i + width):
                    text[j] = _SPACE


_text = types.Array(types.uint8, 1, "C", readonly=True)
_eights = types.Array(types.uint64, 1, "A", readonly=True, aligned=False)
_longs = types.int64[::1]
find_words = Kept(_find_words, types.int64(_text, _eights, _longs, types.int32[::1], _longs))
blank_other_spaces = Kept(_blank_other_spaces, types.void(types.uint8[::1]))
