"""Text to words.

Two ways are compiled: `whitespace` (exactly the words of `str.split`) and `words` (lower case and NFC; runs of
letters, digits and the marks that follow them, with apostrophes and zero-width joiners inside a word). A line is a
sentence. Any callable from a line to its words works too, at Python's speed.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from torchw2v.errors import InputError

Tokenizer = Literal["whitespace", "words"] | Callable[[str], Iterable[str]]
TOKENIZERS = ("whitespace", "words")

_ASCII_ALPHANUMERIC = np.array([chr(i).isalnum() and i < 128 for i in range(256)])
_ASCII_NORMALIZED = bytes(ord(chr(i).lower()) if _ASCII_ALPHANUMERIC[i] or chr(i) in "'\n" else 32 for i in range(256))


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


def words_of_line(line: str, tokenizer: Tokenizer) -> list[str]:
    """The words of one line."""
    if callable(tokenizer):
        return list(tokenizer(line))
    return (normalize_words(line) if tokenizer == "words" else line).split()


@cache
def _words_and_lines() -> re.Pattern[str]:
    is_mark = np.array([unicodedata.category(chr(i))[0] == "M" for i in range(sys.maxunicode + 1)])
    edges = (np.flatnonzero(is_mark[1:] != is_mark[:-1]) + 1).tolist()
    # ranges: of so many characters one by one, `re` tries those beyond 16 bits in turn
    marks = "".join(f"{chr(first)}-{chr(end - 1)}" for first, end in zip(edges[::2], edges[1::2], strict=True))
    inside = rf"[\w{marks}]"
    # the lookahead spares most ends of words the search of the marks, of which none is below U+0300
    return re.compile(rf"\w+(?:(?:'(?=\w)|(?![\0-\u02ff])[\u200c\u200d]*){inside}+)*|\n")


class TokenBlock:
    """A block of text, and room for its words, which `find` fills without making a Python object for any of them.

    Attributes:
        text: (b,) uint8, the text in UTF-8 and eight spaces.
        firsts: (n,) int64, the first eight bytes of each word, see `torchw2v.compiled.words`.
        bounds: (2n,) int32, where in the text each word begins and where it ends.
        line_ends: (m,) int64, for every line end in the block the number of words before it.
    """

    def __init__(self, text: str, tokenizer: Literal["whitespace", "words"]) -> None:
        if tokenizer == "words" and not text.isascii():
            text = normalize_words(text)
        text += 8 * " "  # so that eight bytes can be read from every place of the text on
        self._is_ascii = text.isascii()
        if tokenizer == "words" and self._is_ascii:
            self.text = _normalized_ascii(text)
        else:
            self.text = np.frombuffer(utf8(text) if self._is_ascii else bytearray(utf8(text)), dtype=np.uint8)
        most, lines = self.text.size // 2, np.count_nonzero(self.text == ord("\n"))
        self.firsts, self.bounds = np.empty(most, dtype=np.int64), np.empty(2 * most + 1, dtype=np.int32)
        self.line_ends = np.empty(lines + 1, dtype=np.int64)

    def find(self) -> TokenBlock:
        """This block, with its words, once. Takes no memory: what threads take, glibc keeps, a part for each."""
        from torchw2v.compiled.words import FIRST_BYTES, blank_other_spaces, find_words

        if not self._is_ascii:
            blank_other_spaces(self.text)
        places = self.text.size - FIRST_BYTES + 1
        eights = np.ndarray((places,), dtype=np.uint64, buffer=self.text, strides=(1,))
        found = find_words(self.text, eights, self.firsts, self.bounds, self.line_ends)
        self.firsts, self.bounds, self.line_ends = self.firsts[:found], self.bounds[: 2 * found], self.line_ends[:-1]
        return self


def utf8(text: str) -> bytes:
    """The text in UTF-8; InputError for half of a pair of surrogates, which some encodings let through."""
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        word = next(word for word in text.split() if text[error.start] in word)
        raise InputError(f"the word {word!r} is not valid Unicode; clean the text") from None


def _normalized_ascii(text: str) -> npt.NDArray[np.uint8]:
    """The bytes of `normalize_words` up to the number of spaces, several times faster."""
    data = np.frombuffer(bytearray(text.encode("ascii").translate(_ASCII_NORMALIZED)), dtype=np.uint8)
    marks = np.flatnonzero(data == ord("'"))
    alphanumeric = np.append(_ASCII_ALPHANUMERIC[data], False)  # so that -1 and the end are none
    data[marks[~(alphanumeric[marks - 1] & alphanumeric[marks + 1])]] = ord(" ")
    return data
