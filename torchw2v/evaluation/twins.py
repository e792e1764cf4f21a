"""Planted twins: a test for vectors of any text, in which the right answers are known because we put them there.

Before training, half of the occurrences of some words are written as another word, the twin. Which half is a matter of
chance, so a word and its twin mean the same, and vectors that hold what the text says have them side by side:

    rank(w) = 1 + #{x ≠ w, w' : cos(x, w) > cos(w', w)}       MRR = mean of 1 / rank,   recall@k = share of rank ≤ k

over the words w and twins w', both ways. By chance, with V words, the rank is uniform on 1 to V − 1, MRR is
H(V − 1) / (V − 1) with the harmonic number H, and recall@k is k / (V − 1).

Grefenstette 1994, "Explorations in automatic thesaurus discovery", judged similar words by such artificial synonyms;
pseudo-words, two words written as one, are from Gale, Church and Yarowsky 1992, "Work on statistical methods for word
sense disambiguation". Any sequences will do: words, proteins, clicks. A twin has half of the word's occurrences, so it
is easier to find for frequent words: compare vectors by the same twins in the same text, not two texts with each other.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchw2v.checks import finite, positive_int, seed_of_draws
from torchw2v.data.counter_random import GOLDEN, MASK, Purpose, mix, stream_key
from torchw2v.data.vocabulary import Vocabulary
from torchw2v.errors import InputError
from torchw2v.evaluation.bootstrap import Estimate, Resampling
from torchw2v.vectors import WordVectors
from torchw2v.vectors.unit_rows import unit_rows

_QUERIES_AT_ONCE = 1 << 10
_ROWS_AT_ONCE = 1 << 13
_ENDING = "′"


def choose_twins(vocabulary: Vocabulary, number: int = 100, *, least_count: int = 20, seed: int = 0) -> dict[str, str]:
    """Words to plant twins of, and the twins: words that the text has not.

    Args:
        vocabulary: of the text.
        number: how many; fewer if not so many are frequent enough.
        least_count: occurrences that a word must have, of which its twin gets half.
        seed: of the choice.

    Raises:
        InputError: no word is frequent enough.
    """
    positive_int("number", number)
    frequent = [word for word, n in zip(vocabulary.words, vocabulary.counts.tolist(), strict=True) if n >= least_count]
    if not frequent:
        raise InputError(f"no word occurs {least_count:,} times; lower least_count or give more text")
    generator = np.random.default_rng(seed_of_draws(seed))
    chosen = np.sort(generator.permutation(len(frequent))[:number])
    return {frequent[i]: _unused(frequent[i], vocabulary) for i in chosen}


class PlantedTwins:
    """Sentences in which some of the occurrences of some words are written as their twins.

    Which ones is a function of the seed and of the place in the text, so that it is the same text each time. It can be
    read as often as `sentences` can.

        torchw2v.fit(PlantedTwins(corpus, twins))

    Args:
        sentences: of words, such as a `Corpus`.
        twins: a twin for each word.
        share: of the occurrences.
        seed: of the draws.

    Raises:
        InputError: a share that is not between 0 and 1, or a twin that is one of the words or of two of them.
    """

    def __init__(
        self, sentences: Iterable[Iterable[str]], twins: Mapping[str, str], *, share: float = 0.5, seed: int = 0
    ) -> None:
        if not 0 < finite("share", share) < 1:
            raise InputError(f"share must be between 0 and 1, not {share!r}")
        if len(set(twins.values()) | set(twins)) != 2 * len(twins):
            raise InputError("each word needs a twin of its own, which is none of the words")
        self.sentences = sentences
        self.twins = dict(twins)
        self._key = stream_key(seed_of_draws(seed), 0, Purpose.TWIN)
        self._below = int(share * (MASK + 1))

    def __iter__(self) -> Iterator[list[str]]:
        """Raises: InputError: a twin is a word of the text."""
        twins, taken = self.twins, frozenset(self.twins.values())
        for number, sentence in enumerate(self.sentences):
            words = list(sentence)
            for i, word in enumerate(words):
                if word in twins and self._is_drawn(number, i):
                    words[i] = twins[word]
                elif word in taken:
                    raise InputError(f"sentence {number + 1} has the word {word!r}, which is to be a twin")
            yield words

    def _is_drawn(self, sentence: int, place: int) -> bool:
        state = mix((self._key + sentence * GOLDEN) & MASK)
        return mix((state + (place + 1) * GOLDEN) & MASK) < self._below


@dataclass(frozen=True)
class TwinScore:
    """How near twins came.

    Attributes:
        mean_reciprocal_rank: 1 if each is the other's nearest word.
        recall_at_1: the share that are.
        recall_at_10: the share that are among the ten nearest.
        twins: pairs that were looked for.
        unknown: pairs of which one word has no vector.
        words: of the vectors, among which they were looked for.
    """

    mean_reciprocal_rank: Estimate
    recall_at_1: Estimate
    recall_at_10: Estimate
    twins: int
    unknown: int
    words: int

    @property
    def chance(self) -> float:
        """The mean reciprocal rank of random vectors."""
        others = self.words - 1
        return math.fsum(1 / rank for rank in range(1, others + 1)) / others

    def to_dict(self) -> dict[str, Any]:
        return {
            "mean_reciprocal_rank": self.mean_reciprocal_rank.to_dict(),
            "recall_at_1": self.recall_at_1.to_dict(),
            "recall_at_10": self.recall_at_10.to_dict(),
            "twins": self.twins,
            "unknown": self.unknown,
            "words": self.words,
            "chance": self.chance,
        }

    def __str__(self) -> str:
        left_out = f", {self.unknown:,} left out" if self.unknown else ""
        return (
            f"Twins       {self.mean_reciprocal_rank} mean reciprocal rank of {self.twins:,} twins{left_out} among "
            f"{self.words:,} words (nearest {self.recall_at_1.value:.2f}, among ten {self.recall_at_10.value:.2f}); "
            f"chance {self.chance:.1g}"
        )


def probe_twins(vectors: WordVectors, twins: Mapping[str, str], *, resampling: Resampling | None = None) -> TwinScore:
    """Look for planted twins among all words. The interval is over the pairs, whose two ways are not independent.

    Raises:
        InputError: none of the twins has a vector.
    """
    places = {word: i for i, word in enumerate(vectors.words)}
    known = [(places[word], places[twin]) for word, twin in twins.items() if word in places and twin in places]
    if not known:
        raise InputError("none of the twins has a vector; were these vectors trained on the planted text?")
    pairs = torch.tensor(known, dtype=torch.int64)
    both_ways = torch.cat([pairs, pairs.flip(1)])
    ranks = _ranks(vectors.rows(), both_ways).reshape(2, -1).numpy()
    drawn = resampling or Resampling()
    return TwinScore(
        drawn.of_mean((1 / ranks).mean(axis=0)),
        drawn.of_mean((ranks < 1.5).mean(axis=0)),
        drawn.of_mean((ranks < 10.5).mean(axis=0)),
        len(known),
        len(twins) - len(known),
        len(vectors),
    )


@torch.no_grad()
def _ranks(matrix: Tensor, pairs: Tensor) -> Tensor:
    """How many words are nearer to the first of each pair than the second, and 1; the mean rank among equals.

    Shape: matrix (V, D), pairs (N, 2) -> (N,) float64.
    """
    ranks = torch.ones(len(pairs), dtype=torch.float64)
    for start in range(0, len(pairs), _QUERIES_AT_ONCE):
        first, second = pairs[start : start + _QUERIES_AT_ONCE].T
        queries = unit_rows(matrix[first])
        own = (queries * unit_rows(matrix[second])).sum(dim=1, keepdim=True)
        for begin in range(0, len(matrix), _ROWS_AT_ONCE):
            rows = matrix[begin : begin + _ROWS_AT_ONCE]
            cosines = queries @ unit_rows(rows).T
            for ids in (first, second):
                here = ((ids >= begin) & (ids < begin + len(rows))).nonzero()[:, 0]
                cosines[here, ids[here] - begin] = -torch.inf
            nearer, equal = (cosines > own).sum(dim=1), (cosines == own).sum(dim=1)
            ranks[start : start + _QUERIES_AT_ONCE] += nearer + equal / 2
    return ranks


def _unused(word: str, vocabulary: Vocabulary) -> str:
    twin = word + _ENDING
    while twin in vocabulary:
        twin += _ENDING
    return twin
