"""How good vectors are, in figures with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from torchw2v.checks import one_of
from torchw2v.errors import InputError
from torchw2v.evaluation.analogies import AnalogyScore, AnalogyTest
from torchw2v.evaluation.analogy_file import AnalogySet, read_analogies
from torchw2v.evaluation.bootstrap import Resampling
from torchw2v.evaluation.builtin import BUILTIN, builtin_analogies, builtin_pairs
from torchw2v.evaluation.known_words import KnownWords
from torchw2v.evaluation.similarity import SimilarityScore, SimilarityTest
from torchw2v.evaluation.similarity_file import PairSet, read_pairs
from torchw2v.formats.table_check import first_not_finite
from torchw2v.vectors import WordVectors
from torchw2v.vectors.analogy_methods import METHODS, Method

PairSource = str | Path | PairSet
AnalogySource = str | Path | AnalogySet


@dataclass(frozen=True)
class Judgement:
    """Of one table of vectors.

    Attributes:
        similarity: a score for each set of pairs.
        analogies: a score for each set of analogies.
    """

    similarity: tuple[SimilarityScore, ...] = ()
    analogies: tuple[AnalogyScore, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Numbers, strings, lists and dicts: what JSON can hold. Questions are counted, not listed."""
        return {
            "similarity": [score.to_dict() for score in self.similarity],
            "analogies": [score.to_dict() for score in self.analogies],
        }

    def scalars(self) -> dict[str, float]:
        """A flat name for each main figure, `wordsim353/spearman`, for curves; those that are nan are left out."""
        figures: dict[str, float] = {}
        for pairs in self.similarity:
            figures |= {f"{pairs.name}/spearman": pairs.spearman.value, f"{pairs.name}/pearson": pairs.pearson.value}
        for score in self.analogies:
            for part in (score.total, score.semantic, score.syntactic):
                if part is not None:
                    name = "accuracy" if part is score.total else part.name
                    figures[f"{score.name}/{name}"] = part.accuracy.value
        return {name: value for name, value in figures.items() if value == value}


@dataclass(frozen=True)
class JudgeSettings:
    """How vectors are judged; the first three as in gensim's evaluations, with the same defaults.

    Attributes:
        case_insensitive: compare words in upper case; of several forms the most frequent has the vector.
        restrict_vocab: only so many words, the most frequent ones, are known; None takes all. word2vec's own script has
            30,000.
        unknown_as_zero: pairs with an unknown word have similarity 0 and such analogies are wrong (`dummy4unknown`);
            otherwise they are left out and counted.
        method: "3cosadd" or "3cosmul".

    Raises:
        InputError: no such method.
    """

    case_insensitive: bool = True
    restrict_vocab: int | None = 300_000
    unknown_as_zero: bool = False
    method: Method = "3cosadd"

    def __post_init__(self) -> None:
        one_of("method", self.method, METHODS)


class Judge:
    """Sets of questions, looked up in a vocabulary once, for matrices of any number of epochs.

    Args:
        words: of the vectors, most frequent first.
        similarity: sets of pairs.
        analogies: sets of analogies.
        settings: see `JudgeSettings`.
    """

    def __init__(
        self,
        words: Sequence[str],
        similarity: Sequence[PairSet] = (),
        analogies: Sequence[AnalogySet] = (),
        settings: JudgeSettings | None = None,
    ) -> None:
        chosen = settings or JudgeSettings()
        self._known = KnownWords(words, case_insensitive=chosen.case_insensitive, restrict_vocab=chosen.restrict_vocab)
        self._words = words
        zero = chosen.unknown_as_zero
        self._similarity = [SimilarityTest(pairs, self._known, unknown_as_zero=zero) for pairs in similarity]
        self._analogies = [
            AnalogyTest(set_, self._known, method=chosen.method, unknown_as_zero=zero) for set_ in analogies
        ]

    def __call__(self, matrix: Tensor, resampling: Resampling | None = None) -> Judgement:
        """Judge a matrix, on the device where it is; nothing is written to it.

        Shape: (V, D), in the order of the words.

        Raises:
            InputError: a vector that is not finite.
        """
        matrix, drawn = matrix.detach(), resampling or Resampling()
        if (i := first_not_finite(matrix[: self._known.size])) is not None:
            raise InputError(f"the vector of {self._words[i]!r} is not finite, so there is nothing to judge")
        return Judgement(
            tuple(test.score(matrix, drawn) for test in self._similarity),
            tuple(test.score(matrix, drawn) for test in self._analogies),
        )


def judge(
    vectors: WordVectors,
    *,
    similarity: Sequence[PairSource] | PairSource = (),
    analogies: Sequence[AnalogySource] | AnalogySource = (),
    settings: JudgeSettings | None = None,
    resampling: Resampling | None = None,
    encoding: str = "utf-8",
    device: torch.device | str | None = None,
) -> Judgement:
    """Ask vectors about pairs of words and analogies.

        judge(vectors, similarity=["wordsim353.tsv"], analogies=["questions-words.txt"])

    Args:
        vectors: what is judged.
        similarity: files of pairs, see `read_pairs`; "builtin" is our own set for the documentation of Python.
        analogies: files of analogies, see `read_analogies`; "builtin" likewise.
        settings: which words are known, and how analogies are solved.
        resampling: of the intervals.
        encoding: of the files.
        device: where to compute; None is the CPU.

    Raises:
        InputError: a file that is not what it should be, or vectors that are not finite.
    """
    asked = Judge(
        vectors.words, pair_sets(similarity, encoding=encoding), analogy_sets(analogies, encoding=encoding), settings
    )
    return asked(vectors.rows().to(device or "cpu"), resampling)


def pair_sets(sources: Sequence[PairSource] | PairSource, *, encoding: str = "utf-8") -> list[PairSet]:
    """Read files of pairs; what was read before stays what it is, and "builtin" is the set that comes with us."""
    listed = [sources] if isinstance(sources, str | Path | PairSet) else sources
    return [
        source
        if isinstance(source, PairSet)
        else builtin_pairs()
        if source == BUILTIN
        else read_pairs(source, encoding=encoding)
        for source in listed
    ]


def analogy_sets(sources: Sequence[AnalogySource] | AnalogySource, *, encoding: str = "utf-8") -> list[AnalogySet]:
    """The same for analogies."""
    listed = [sources] if isinstance(sources, str | Path | AnalogySet) else sources
    return [
        source
        if isinstance(source, AnalogySet)
        else builtin_analogies()
        if source == BUILTIN
        else read_analogies(source, encoding=encoding)
        for source in listed
    ]
