"""word2vec's learning rate: a straight line over the words of the whole run."""

from __future__ import annotations

from typing import NamedTuple


def linear_decay(progress: float, start: float, end: float) -> float:
    """The rate after a fraction `progress` of the run: start + (end − start) · progress, never past `end`.

    Source: word2vec.c and gensim, where `end` is called the floor or `min_alpha`.
    """
    return start + (end - start) * min(max(progress, 0.0), 1.0)


class Rates(NamedTuple):
    """At the start and at the end of a run."""

    start: float
    end: float


# By architecture and loss, and for CBOW by how a word's gradient comes out of its window's: with word2vec's, or a sum,
# it gets all of it, with the exact one of the mean an n-th. Those of negative sampling and hierarchical softmax were
# measured, see docs/performance.md; those of the softmax, and of sums with hierarchical softmax, are cautious guesses.
_OF_SKIPGRAM = {
    "negative_sampling": Rates(0.0375, 0.0025),
    "hierarchical_softmax": Rates(0.0375, 1e-4),
    "softmax": Rates(0.025, 1e-4),
}
_OF_CBOW = {
    ("negative_sampling", "exact"): Rates(0.25, 1e-4),
    ("negative_sampling", "word2vec"): Rates(0.06, 0.015),
    ("negative_sampling", "sum"): Rates(0.025, 0.005),
    ("hierarchical_softmax", "exact"): Rates(0.12, 1e-4),
    ("hierarchical_softmax", "word2vec"): Rates(0.05, 1e-4),
    ("hierarchical_softmax", "sum"): Rates(0.025, 1e-4),
    ("softmax", "exact"): Rates(0.05, 1e-4),
    ("softmax", "word2vec"): Rates(0.025, 1e-4),
    ("softmax", "sum"): Rates(0.025, 1e-4),
}


def default_rates(architecture: str, loss: str, reduce: str, gradient: str) -> Rates:
    """Those for texts of a few million words."""
    if architecture == "skipgram":
        return _OF_SKIPGRAM[loss]
    return _OF_CBOW[loss, "sum" if reduce == "sum" else gradient]


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
