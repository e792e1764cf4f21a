"""Which words a picture shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from torchw2v.checks import positive_int
from torchw2v.vectors import WordVectors

_FIRST_RANK = 60
_SHORTEST = 4
_SHORTEST_WITHOUT_CASE = 2


def telling_words(words: Sequence[str], n: int = 300) -> list[str]:
    """The n most frequent words that mean something: below the first ranks, longer than most function words.

    A script without capital letters, such as Chinese, says more in a character: two are enough there. Where there are
    fewer such words, for instance where the words are numbers, the most frequent of the others join them.

    Args:
        words: most frequent first.
        n: how many; fewer where there are fewer.
    """
    positive_int("n", n)
    chosen = [word for word in words[min(_FIRST_RANK, len(words) // 10) :] if _is_telling(word)][:n]
    if len(chosen) < n:
        there = set(chosen)
        chosen += [word for word in words if word not in there][: n - len(chosen)]
    return chosen


def with_neighbours(vectors: WordVectors, words: Iterable[str], k: int = 10) -> list[str]:
    """Words, and the k nearest words of each that are not among them; each once."""
    given = list(dict.fromkeys(words))
    nearest = vectors.nearest(given, k) if given else []
    return list(dict.fromkeys([*given, *(neighbour.word for found in nearest for neighbour in found)]))


def _is_telling(word: str) -> bool:
    shortest = _SHORTEST if word.lower() != word.upper() else _SHORTEST_WITHOUT_CASE
    return len(word) >= shortest and word.isalpha()
