"""Words that a table does not have."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

from torchw2v.errors import InputError

_LOOKED_AT = 50_000
_SUGGESTED = 3


class UnknownWordError(InputError, KeyError):
    """A word is not in the table; the message has words that are spelt alike."""

    def __str__(self) -> str:
        return str(self.args[0])


def unknown_word(word: object, words: Sequence[str], ids: Mapping[str, int]) -> UnknownWordError:
    """The error for a word that is not among `words`, of which `ids` has the places."""
    message = f"{word!r} is not among the {len(words):,} words"
    if isinstance(word, str) and (close := _close_words(word, words, ids)):
        message += f"; did you mean {' or '.join(map(repr, close))}?"
    return UnknownWordError(message)


def _close_words(word: str, words: Sequence[str], ids: Mapping[str, int]) -> list[str]:
    stripped = word.strip()
    forms = [stripped, stripped.lower(), stripped.capitalize(), stripped.upper()]
    joined = [form.replace(" ", mark) for form in forms for mark in ("_", "-", "")]
    if same := [form for form in dict.fromkeys([*forms, *joined]) if form in ids]:
        return same[:_SUGGESTED]
    alike = [other for other in words[:_LOOKED_AT] if abs(len(other) - len(stripped)) <= 2]
    return difflib.get_close_matches(stripped.lower(), alike, n=_SUGGESTED, cutoff=0.75)
