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
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from torchw2v.errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa

Tokenizer = Literal["whitespace", "words"] | Callable[[str], Iterable[str]]
TOKENIZERS = ("whitespace", "words")

_ASCII_WHITESPACE = np.zeros(256, dtype=bool)
_ASCII_WHITESPACE[[9, 10, 11, 12, 13, 28, 29, 30, 31, 32]] = True
_ASCII_ALPHANUMERIC = np.array([chr(i).isalnum() and i < 128 for i in range(256)])
_ASCII_NORMALIZED = bytes(ord(chr(i).lower()) if _ASCII_ALPHANUMERIC[i] or chr(i) in "'\n" else 32 for i in range(256))
_OTHER_WHITESPACE = re.compile("[\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")


class TokenBlock(NamedTuple):
    """The words of one block of text.

    Attributes:
        words: (n,) strings, an Arrow array.
        line_ends: (m,) int64, for every line end in the block the number of words before it.
    """

    words: pa.StringArray
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
    import pyarrow as pa

    if tokenizer == "words" and text.isascii():
        data = _normalized_ascii(text)
    else:
        if tokenizer == "words":
            text = normalize_words(text)
        if not text.isascii():
            text = _OTHER_WHITESPACE.sub(" ", text)
        data = np.frombuffer(text.encode("utf-8"), dtype=np.uint8)
    if data.size == 0:
        return TokenBlock(pa.array([], type=pa.string()), np.empty(0, dtype=np.int64))
    is_space = _ASCII_WHITESPACE[data]
    # words begin and end where whitespace changes into something else, by turns
    edges = np.flatnonzero(is_space[1:] != is_space[:-1]) + 1
    first = [] if is_space[0] else [0]
    last = [] if is_space[-1] else [data.size]
    edges = np.concatenate((first, edges, last)).astype(np.int64)
    starts, stops = edges[::2], edges[1::2]
    ends = np.zeros(starts.size + 1, dtype=np.int32)
    np.cumsum(stops - starts, out=ends[1:])
    words = pa.StringArray.from_buffers(starts.size, pa.py_buffer(ends), pa.py_buffer(data[~is_space]))
    return TokenBlock(words, np.searchsorted(starts, np.flatnonzero(data == ord("\n"))))


def _normalized_ascii(text: str) -> npt.NDArray[np.uint8]:
    """The bytes of `normalize_words` up to the number of spaces, several times faster."""
    data = np.frombuffer(bytearray(text.encode("ascii").translate(_ASCII_NORMALIZED)), dtype=np.uint8)
    marks = np.flatnonzero(data == ord("'"))
    alphanumeric = np.append(_ASCII_ALPHANUMERIC[data], False)  # so that -1 and the end are none
    data[marks[~(alphanumeric[marks - 1] & alphanumeric[marks + 1])]] = ord(" ")
    return data
