"""Fonts that hold the characters of words, whatever their script."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

_BUNDLED = "DejaVu Sans"  # comes with matplotlib
_NO_FONTS_FOR_WORDS = ("Last Resort", "STIXNonUnicode", "STIXSize", "cmsy", "cmex")
_NO_GLYPH = "□"
_LONGEST = 32


class Lettering(NamedTuple):
    """Words as a picture can show them.

    Attributes:
        texts: one for each word; a box stands for a character that no font here has, and for an empty word. Long
            words are cut.
        families: the fonts to draw them with, as matplotlib takes them.
    """

    texts: list[str]
    families: list[str]


def lettering(words: Sequence[str]) -> Lettering:
    """What to write for words, and with which of the fonts of this machine."""
    short = [word if len(word) <= _LONGEST else f"{word[: _LONGEST - 1]}…" for word in words]
    characters = {ord(character) for word in short for character in word if character.isprintable()}
    families, missing = [_BUNDLED], characters - _characters_of(_bundled_file())
    for family, file in _other_fonts() if missing else ():
        found = missing & _characters_of(file)
        if found:
            families.append(family)
            missing -= found
        if not missing:
            break
    there = characters - missing
    return Lettering([_drawable(word, there) for word in short], families)


def _drawable(word: str, there: Iterable[int]) -> str:
    return "".join(character if ord(character) in there else _NO_GLYPH for character in word) or _NO_GLYPH


def _bundled_file() -> str:
    from matplotlib.font_manager import findfont

    return str(findfont(_BUNDLED))


def _other_fonts() -> Iterator[tuple[str, str]]:
    """Families and files of upright fonts, those without serifs first."""
    from matplotlib.font_manager import fontManager

    fonts = {
        font.name: str(font.fname)
        for font in reversed(fontManager.ttflist)
        if font.style == "normal" and not font.name.startswith(_NO_FONTS_FOR_WORDS)
    }
    yield from sorted(fonts.items(), key=lambda font: ("Sans" not in font[0], "Mono" in font[0], font[0]))


@cache
def _characters_of(file: str) -> frozenset[int]:
    """The code points that a font can draw at any size; none of one that cannot be read."""
    from matplotlib.ft2font import FT2Font

    try:
        font = FT2Font(file)
    except (OSError, RuntimeError, ValueError):
        return frozenset()
    return frozenset(font.get_charmap()) if font.scalable else frozenset()
