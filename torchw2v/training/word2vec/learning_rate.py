"""word2vec's learning rate: a straight line over the words of the whole run."""

from __future__ import annotations


def linear_decay(progress: float, start: float, end: float) -> float:
    """The rate after a fraction `progress` of the run: start + (end − start) · progress, never past `end`.

    Source: word2vec.c and gensim, where `end` is called the floor or `min_alpha`.
    """
    return start + (end - start) * min(max(progress, 0.0), 1.0)
