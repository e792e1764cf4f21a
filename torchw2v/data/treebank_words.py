"""A sentence as people write it, to words as a treebank has them: it 's n't good , but fine ."""

from __future__ import annotations

import re

# a word before n't; what is cut off a word; words and numbers, with hyphens and points inside; any other sign
_WORD = re.compile(
    r"\w+(?=n['\u2019]t\b)|n['\u2019]t\b|['\u2019](?:s|re|ve|ll|d|m)\b|\.\.\.|--|``|''|\w+(?:[-.,/]\w+)*|[^\w\s]",
    re.IGNORECASE,
)
_BRACKETS = {"(": "-LRB-", ")": "-RRB-"}


def treebank_words(text: str) -> list[str]:
    """The words and signs of a text, close to what the Penn Treebank makes of it; case stays, ( is -LRB-.

    >>> treebank_words("It isn't bad, it's well-made.")
    ['It', 'is', "n't", 'bad', ',', 'it', "'s", 'well-made', '.']
    """
    return [_BRACKETS.get(word, word.replace("\u2019", "'")) for word in _WORD.findall(text)]
