"""word2vec's learning rate: a straight line over the words of the whole run."""

from __future__ import annotations

from typing import NamedTuple


def linear_decay(progress: float, start: float, end: float) -> float:
    """The rate after a fraction `progress` of the run: start + (end − start) · progress, never past `end`.

    Source: word2vec.c and gensim, where `end` is called the floor or `min_alpha`.
    """
    return start + (end - start) * min(max(progress, 0.0), 1.0)


class RateLine(NamedTuple):
    """The same line as a function of the words of the corpus trained on: rate = start + slope · words."""

    start: float
    slope: float

    @classmethod
    def over(cls, words: int, start: float, end: float) -> RateLine:
        """From `start` to `end` over so many words."""
        return cls(start, (end - start) / words)

    def after(self, words: int) -> float:
        return self.start + self.slope * words
