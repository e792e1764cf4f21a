"""How good are vectors? gensim's own evaluations on the three files that it ships.

WordSim-353 and SimLex-999: Spearman's rank correlation with people's answers. Google's analogies: the share answered
right. Pairs and questions with a word outside the vocabulary are left out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from gensim.models import KeyedVectors
from gensim.test.utils import datapath

TASKS = {"wordsim": "WordSim-353", "simlex": "SimLex-999", "analogies": "analogies"}


@dataclass(frozen=True)
class Score:
    """Of one set of vectors; nan where nothing could be asked.

    Attributes:
        wordsim: Spearman's ρ.
        simlex: Spearman's ρ.
        analogies: share.
        wordsim_unknown: pairs left out, in percent.
        simlex_unknown: pairs left out, in percent.
        questions: analogies asked.
    """

    wordsim: float = math.nan
    simlex: float = math.nan
    analogies: float = math.nan
    wordsim_unknown: float = math.nan
    simlex_unknown: float = math.nan
    questions: int = 0


def score_matrix(words: Sequence[str], matrix: np.ndarray[Any, Any]) -> Score:
    vectors = KeyedVectors(matrix.shape[1])
    vectors.add_vectors(list(words), matrix)
    return score(vectors)


def score(vectors: KeyedVectors) -> Score:
    if not np.isfinite(vectors.vectors).all():
        return Score()
    wordsim, wordsim_unknown = _correlation(vectors, "wordsim353.tsv")
    simlex, simlex_unknown = _correlation(vectors, "simlex999.txt")
    analogies, sections = vectors.evaluate_word_analogies(datapath("questions-words.txt"))
    questions = len(sections[-1]["correct"]) + len(sections[-1]["incorrect"])
    return Score(wordsim, simlex, analogies if questions else math.nan, wordsim_unknown, simlex_unknown, questions)


def _correlation(vectors: KeyedVectors, name: str) -> tuple[float, float]:
    """Spearman's ρ, and the percentage of pairs left out."""
    try:
        _, spearman, unknown = vectors.evaluate_word_pairs(datapath(name))
    except ValueError:  # gensim's word for no pair at all
        return math.nan, 100.0
    return float(spearman[0]), float(unknown)
