"""Do vectors find similar what people find similar?

    cos(u_a, u_b) beside the judgement of (a, b):  Spearman's ρ and Pearson's r over the pairs

Spearman's ρ asks for the order alone, and is what papers report. Vectors of random numbers have 0. The rules of who is
left out are those of gensim's `KeyedVectors.evaluate_word_pairs`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from torchw2v.evaluation.bootstrap import Estimate, Resampling
from torchw2v.evaluation.correlation import pearson, spearman, weighted_pearson, weighted_spearman
from torchw2v.evaluation.known_words import KnownWords
from torchw2v.evaluation.similarity_file import PairSet

_PAIRS_AT_ONCE = 1 << 14
_DECIMALS = 12  # or rounding would rank what is equal: a pair that is asked twice, words beside themselves


@dataclass(frozen=True)
class SimilarityScore:
    """Of vectors on one set of pairs.

    Attributes:
        name: of the set.
        spearman: correlation of the ranks, from −1 to 1; 0 for random vectors.
        pearson: correlation of the numbers.
        pairs: how many were asked.
        unknown: how many had a word without a vector.
        unknown_as_zero: whether those are among the pairs asked, with similarity 0, or were left out.
    """

    name: str
    spearman: Estimate
    pearson: Estimate
    pairs: int
    unknown: int
    unknown_as_zero: bool = False

    @property
    def unknown_percent(self) -> float:
        """Pairs with an unknown word, in percent of all: gensim's `oov_ratio`."""
        return 100 * self.unknown / (self.pairs + (0 if self.unknown_as_zero else self.unknown))

    def to_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "spearman": self.spearman.to_dict(),
            "pearson": self.pearson.to_dict(),
            "pairs": self.pairs,
            "unknown": self.unknown,
            "unknown_as_zero": self.unknown_as_zero,
            "chance": 0.0,
        }


class SimilarityTest:
    """A set of pairs, looked up in a vocabulary once, for matrices of any number of epochs.

    Args:
        pairs: what is asked.
        known: the words that have vectors.
        unknown_as_zero: pairs with an unknown word have the similarity 0 (gensim's `dummy4unknown`), and are asked.
    """

    def __init__(self, pairs: PairSet, known: KnownWords, *, unknown_as_zero: bool = False) -> None:
        ids = known.ids(pairs.pairs)
        is_known = np.all(ids >= 0, axis=1)
        self.name = pairs.name
        self.unknown = int((~is_known).sum())
        self.unknown_as_zero = unknown_as_zero
        self._asked = is_known | unknown_as_zero
        self._judgements = np.array(pairs.judgements)[self._asked]
        self._ids, self._is_known = ids[self._asked], is_known[self._asked]

    def score(self, matrix: Tensor, resampling: Resampling) -> SimilarityScore:
        """Shape: (V, D)."""
        cosines, judgements = self._cosines(matrix), self._judgements
        n = judgements.size
        enough = n > 1
        return SimilarityScore(
            self.name,
            resampling.estimate(
                spearman(judgements, cosines) if enough else np.nan,
                n,
                lambda counts: weighted_spearman(judgements, cosines, counts),
            ),
            resampling.estimate(
                pearson(judgements, cosines) if enough else np.nan,
                n,
                lambda counts: weighted_pearson(judgements, cosines, counts),
            ),
            n,
            self.unknown,
            self.unknown_as_zero,
        )

    def _cosines(self, matrix: Tensor) -> npt.NDArray[np.float64]:
        cosines = np.zeros(len(self._ids))
        for start in range(0, len(self._ids), _PAIRS_AT_ONCE):
            ids = torch.from_numpy(self._ids[start : start + _PAIRS_AT_ONCE]).clamp(min=0).to(matrix.device)
            first, second = matrix[ids[:, 0]].double(), matrix[ids[:, 1]].double()
            cosine = torch.nn.functional.cosine_similarity(first, second, dim=1, eps=1e-300)
            cosines[start : start + len(ids)] = cosine.round(decimals=_DECIMALS).cpu().numpy()
        return np.where(self._is_known, cosines, 0.0)
