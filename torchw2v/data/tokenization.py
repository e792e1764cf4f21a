"""Text to words.

Two ways are vectorised: `whitespace` (exactly the words of `str.split`) and `words` (lower case and NFC; runs of
letters, digits and the marks that follow them, with apostrophes and zero-width joiners inside a word). A line is a
sentence. Any callable from a line to its words works too, at Python's speed.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from torchw2v.errors import InputError

Tokenizer = Literal["whitespace", "words"] | Callable[[str], Iterable[str]]
TOKENIZERS = ("whitespace", "words")

_ASCII_ALPHANUMERIC = np.array([chr(i).isalnum() and i < 128 for i in range(256)])
_ASCII_NORMALIZED = bytes(ord(chr(i).lower()) if _ASCII_ALPHANUMERIC[i] or chr(i) in "'\n" else 32 for i in range(256))
# all other whitespace begins with one of these bytes in UTF-8
_LEADS = np.zeros(256, dtype=bool)
_LEADS[[0xC2, 0xE1, 0xE2, 0xE3]] = True
_OTHER_WHITESPACE = np.zeros(0x4000, dtype=bool)
_OTHER_WHITESPACE[[0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000]] = True
PADDING = 16


class TokenBlock(NamedTuple):
    """The words of one block of text.

    Attributes:
        text: (b + PADDING,) uint8, the text in UTF-8 and PADDING spaces.
        bounds: (2n,) int64, where each of the n words begins and where it ends, in bytes.
        line_ends: (m,) int64, for every line end in the block the number of words before it.
    """

    text: npt.NDArray[np.uint8]
    bounds: npt.NDArray[np.int64]
    line_ends: npt.NDArray[np.int64]


def check_tokenizer(tokenizer: Any) -> None:
    if not callable(tokenizer) and tokenizer not in TOKENIZERS:
        raise InputError(
            f"tokenizer must be one of {', '.join(TOKENIZERS)} or a callable from a line to its words, "
            f"not {tokenizer!r}"
        )


def normalize_words(text: str) -> str:
    """Lower case in NFC, and nothing but words and numbers, one space apart; lines stay lines.

    A word is letters and digits (categories L and N) with the marks (M) that follow them. An apostrophe before a letter
    or a digit and a zero-width joiner or non-joiner before one of the three do not end it; an underscore does.

    >>> normalize_words("Don't panic: x_1 = float32(4.5)")
    "don't panic x 1 float32 4 5"
    """
    text = unicodedata.normalize("NFC", text.lower())
    return " ".join(_words_and_lines().findall(text.replace("\u2019", "'").replace("_", " ")))


@cache
def _words_and_lines() -> re.Pattern[str]:
    is_mark = np.array([unicodedata.category(chr(i))[0] == "M" for i in range(sys.maxunicode + 1)])
    edges = (np.flatnonzero(is_mark[1:] != is_mark[:-1]) + 1).tolist()
    # ranges: of so many characters one by one, `re` tries those beyond 16 bits in turn
    marks = "".join(f"{chr(first)}-{chr(end - 1)}" for first, end in zip(edges[::2], edges[1::2], strict=True))
    inside = rf"[\w{marks}]"
    # the lookahead spares most ends of words the search of the marks, of which none is below U+0300
    return re.compile(rf"\w+(?:(?:'(?=\w)|(?![\0-\u02ff])[\u200c\u200d]*){inside}+)*|\n")


def tokenize_block(text: str, tokenizer: Literal["whitespace", "words"]) -> TokenBlock:
    """The words of a block, without a Python object for any of them."""
    if tokenizer == "words" and not text.isascii():
        text = normalize_words(text)
    is_ascii = text.isascii()
    text += " " * PADDING
    data = _normalized_ascii(text) if tokenizer == "words" and is_ascii else np.frombuffer(text.encode(), np.uint8)
    is_space = _is_between(data, 9, 13)
    is_space |= _is_between(data, 28, 32)
    if not is_ascii:
        _mark_other_whitespace(is_space, data)
    # words begin and end where whitespace changes into something else, by turns
    bounds = np.flatnonzero(is_space[1:] != is_space[:-1])
    bounds += 1
    if not is_space[0]:
        bounds = np.concatenate(([0], bounds))
    is_line_end = data == ord("\n")
    line_ends = np.flatnonzero(is_line_end[bounds[1::2]]) + 1
    if line_ends.size != np.count_nonzero(is_line_end):  # not all of them follow a word at once
        line_ends = np.searchsorted(bounds[::2], np.flatnonzero(is_line_end))
    return TokenBlock(data, bounds, line_ends)


def _is_between(data: npt.NDArray[np.uint8], first: int, last: int) -> npt.NDArray[np.bool_]:
    """Elementwise, in one comparison: what is below `first` wraps around to a large number."""
    return (data - np.uint8(first)) <= last - first


def _mark_other_whitespace(is_space: npt.NDArray[np.bool_], data: npt.NDArray[np.uint8]) -> None:
    """Set `is_space` for the bytes of all whitespace that is not ASCII."""
    at = np.flatnonzero(_LEADS[data])
    lead, second, third = (data[at + i].astype(np.int32) for i in range(3))
    of_two = lead < 0xE0
    points = np.where(of_two, second, (lead & 0xF) << 12 | (second & 0x3F) << 6 | (third & 0x3F))
    hit = _OTHER_WHITESPACE[points]
    at, of_two = at[hit], of_two[hit]
    is_space[at] = is_space[at + 1] = True
    is_space[at[~of_two] + 2] = True


def _normalized_ascii(text: str) -> npt.NDArray[np.uint8]:
    """The bytes of `normalize_words` up to the number of spaces, several times faster."""
    data = np.frombuffer(bytearray(text.encode("ascii").translate(_ASCII_NORMALIZED)), dtype=np.uint8)
    marks = np.flatnonzero(data == ord("'"))
    alphanumeric = np.append(_ASCII_ALPHANUMERIC[data], False)  # so that -1 and the end are none
    data[marks[~(alphanumeric[marks - 1] & alphanumeric[marks + 1])]] = ord(" ")
    return data
