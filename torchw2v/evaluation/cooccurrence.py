"""Do vectors tell which words stand together, in text that they were not trained on?

From each sentence two words w, c near each other; c' is what another sentence has for c, so that the c' are as frequent
as the c, and vectors gain nothing by knowing which words are frequent.

    AUC = P(cos(w, c) > cos(w, c')) + ½ P(cos(w, c) = cos(w, c'))

0.5 is chance and what random vectors have, 1 is perfect. Needs no answers by people, so it works for any sequences. A
model that predicts neighbours is asked about what it was trained for, so it says whether that carried over to new text,
and compares settings on one text; it does not say that similar words are similar.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from torchw2v.checks import positive_int, seed_of_draws
from torchw2v.errors import InputError
from torchw2v.evaluation.bootstrap import Estimate, Resampling
from torchw2v.vectors import WordVectors
from torchw2v.vectors.unit_rows import unit_rows

_LEAST_SENTENCES = 2


@dataclass(frozen=True)
class CooccurrenceScore:
    """How well pairs of a sentence are told from pairs of two.

    Attributes:
        auc: 0.5 by chance, 1 at best.
        pairs: of sentences that were asked.
        left_out: sentences in which no two different words near each other have vectors.
    """

    auc: Estimate
    pairs: int
    left_out: int

    def to_dict(self) -> dict[str, Any]:
        return {"auc": self.auc.to_dict(), "pairs": self.pairs, "left_out": self.left_out, "chance": 0.5}

    def __str__(self) -> str:
        left_out = f", {self.left_out:,} sentences left out" if self.left_out else ""
        return f"Together    {self.auc} of {self.pairs:,} pairs told from random ones{left_out}; chance 0.50"


def probe_cooccurrence(
    vectors: WordVectors,
    sentences: Iterable[Iterable[str]],
    *,
    window: int = 5,
    seed: int = 0,
    resampling: Resampling | None = None,
) -> CooccurrenceScore:
    """Ask vectors which of two words stood beside a third. One pair a sentence: pairs of one are not independent.

    Args:
        vectors: what is judged.
        sentences: of text that the vectors were not trained on.
        window: the most places between the two words of a pair.
        seed: of the choice of pairs.
        resampling: of the interval, over the sentences.

    Raises:
        InputError: fewer than two sentences have such a pair.
    """
    positive_int("window", window)
    places = {word: i for i, word in enumerate(vectors.words)}
    generator = np.random.default_rng(seed_of_draws(seed))
    drawn, left_out = [], 0
    for sentence in sentences:
        ids = [places.get(word, -1) for word in sentence]
        pair = _pair(ids, window, generator)
        if pair is None:
            left_out += 1
        else:
            drawn.append(pair)
    if len(drawn) < _LEAST_SENTENCES:
        raise InputError(f"{len(drawn)} sentences have two different words with vectors, but two or more are needed")
    pairs = torch.tensor(drawn)
    word, near = pairs.T
    order = torch.from_numpy(generator.permutation(len(drawn)))
    far = torch.empty_like(near)
    far[order] = near[order.roll(1)]
    matrix = vectors.rows()
    queries, right, wrong = unit_rows(matrix[word]), unit_rows(matrix[near]), unit_rows(matrix[far])
    difference = ((queries * right).sum(dim=1) - (queries * wrong).sum(dim=1)).double()
    wins = torch.where(far == near, 0.5, (torch.sign(difference) + 1) / 2)
    asked = (far != word).numpy()  # a word is nearest to itself, which is no mistake
    auc = (resampling or Resampling()).of_mean(wins.numpy()[asked])
    return CooccurrenceScore(auc, int(asked.sum()), left_out)


def _pair(ids: list[int], window: int, generator: np.random.Generator) -> tuple[int, int] | None:
    """Two different words with vectors, at most `window` apart, in either order; None if there are none."""
    known = [i for i, word in enumerate(ids) if word >= 0]
    for i in generator.permutation(len(known)).tolist():
        place = known[i]
        near = [
            ids[other] for other in range(max(0, place - window), min(len(ids), place + window + 1)) if ids[other] >= 0
        ]
        near = [word for word in near if word != ids[place]]
        if near:
            return ids[place], near[int(generator.integers(len(near)))]
    return None
