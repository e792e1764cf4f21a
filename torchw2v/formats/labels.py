"""Words where a tab or the end of a line would break a table."""

from __future__ import annotations


def label(word: str) -> str:
    """The word with what cannot be printed as an escape, and never empty."""
    escaped = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in word)
    return escaped.strip() or repr(word)
