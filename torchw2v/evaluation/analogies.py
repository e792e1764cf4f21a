"""Which of the analogies do vectors answer right?

The rules of who is left out, and of what counts as right, are those of gensim's
`KeyedVectors.evaluate_word_analogies` and of word2vec's `compute-accuracy`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from torch import Tensor

from torchw2v.checks import one_of
from torchw2v.evaluation.analogy_file import AnalogySet, Question
from torchw2v.evaluation.answers import find_answers
from torchw2v.evaluation.bootstrap import Estimate, Resampling
from torchw2v.evaluation.known_words import KnownWords
from torchw2v.vectors.analogy_methods import METHODS, Method


@dataclass(frozen=True)
class SectionScore:
    """Of vectors on the questions of one kind.

    Attributes:
        name: of the section.
        accuracy: the share answered right; nan where none was asked.
        correct: the questions answered right, as they stand in the file.
        incorrect: those answered wrong.
        unknown: how many had a word without a vector.
    """

    name: str
    accuracy: Estimate
    correct: tuple[Question, ...]
    incorrect: tuple[Question, ...]
    unknown: int

    @property
    def questions(self) -> int:
        """How many were asked."""
        return len(self.correct) + len(self.incorrect)

    def to_dict(self) -> dict[str, Any]:
        """Figures, not the questions."""
        return {
            "name": self.name,
            "accuracy": self.accuracy.to_dict(),
            "correct": len(self.correct),
            "questions": self.questions,
            "unknown": self.unknown,
        }


@dataclass(frozen=True)
class AnalogyScore:
    """Of vectors on one set of analogies.

    Attributes:
        name: of the set.
        method: "3cosadd" or "3cosmul".
        sections: one by one.
        total: over all questions.
        semantic: over the sections whose names do not begin with "gram"; None if the set has not both kinds.
        syntactic: over the others, likewise.
        chance: the accuracy of guesses.
        unknown_as_zero: whether questions with an unknown word count as asked and wrong, or were left out.
    """

    name: str
    method: Method
    sections: tuple[SectionScore, ...]
    total: SectionScore
    semantic: SectionScore | None
    syntactic: SectionScore | None
    chance: float
    unknown_as_zero: bool = False

    def to_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "method": self.method,
            "total": self.total.to_dict(),
            "semantic": self.semantic and self.semantic.to_dict(),
            "syntactic": self.syntactic and self.syntactic.to_dict(),
            "sections": [section.to_dict() for section in self.sections],
            "unknown_as_zero": self.unknown_as_zero,
            "chance": self.chance,
        }


class AnalogyTest:
    """A set of analogies, looked up in a vocabulary once, for matrices of any number of epochs.

    Args:
        analogies: what is asked.
        known: the words that have vectors.
        method: "3cosadd" or "3cosmul".
        unknown_as_zero: count questions with an unknown word as wrong (gensim's `dummy4unknown`), not leave them out.

    Raises:
        InputError: no such method.
    """

    def __init__(
        self,
        analogies: AnalogySet,
        known: KnownWords,
        *,
        method: Method = "3cosadd",
        unknown_as_zero: bool = False,
    ) -> None:
        one_of("method", method, METHODS)
        self.name = analogies.name
        self.method = method
        self.unknown_as_zero = unknown_as_zero
        self._sections = analogies.sections
        self._known = known
        self._ids = known.ids([question for section in analogies.sections for question in section.questions])
        self._is_known: npt.NDArray[np.bool_] = np.all(self._ids >= 0, axis=1)

    def score(self, matrix: Tensor, resampling: Resampling) -> AnalogyScore:
        """Shape: (V, D)."""
        asked = self._ids[self._is_known]
        answers = find_answers(matrix, asked[:, :3], self._known, self.method)
        is_right = np.zeros(len(self._ids), dtype=np.bool_)
        is_right[self._is_known] = (answers >= 0) & (self._known.forms[answers] == asked[:, 3])
        sections, start = [], 0
        for section in self._sections:
            stop = start + len(section.questions)
            right, known = is_right[start:stop].tolist(), self._is_known[start:stop].tolist()
            marked = list(zip(section.questions, right, known, strict=True))
            sections.append(
                _score(
                    section.name,
                    [question for question, is_right, _ in marked if is_right],
                    [q for q, is_right, is_known in marked if not is_right and (is_known or self.unknown_as_zero)],
                    known.count(False),
                    resampling,
                )
            )
            start = stop
        return AnalogyScore(
            self.name,
            self.method,
            tuple(sections),
            _total("total", sections, resampling),
            *self._by_kind(sections, resampling),
            1 / max(self._known.size - 3, 1),
            self.unknown_as_zero,
        )

    @cached_property
    def _has_both_kinds(self) -> bool:
        return len({section.is_syntactic for section in self._sections}) > 1

    def _by_kind(
        self, scores: Sequence[SectionScore], resampling: Resampling
    ) -> tuple[SectionScore | None, SectionScore | None]:
        if not self._has_both_kinds:
            return None, None
        kinds = [section.is_syntactic for section in self._sections]
        semantic = [score for score, is_syntactic in zip(scores, kinds, strict=True) if not is_syntactic]
        syntactic = [score for score, is_syntactic in zip(scores, kinds, strict=True) if is_syntactic]
        return _total("semantic", semantic, resampling), _total("syntactic", syntactic, resampling)


def _total(name: str, sections: Sequence[SectionScore], resampling: Resampling) -> SectionScore:
    correct = [question for section in sections for question in section.correct]
    incorrect = [question for section in sections for question in section.incorrect]
    return _score(name, correct, incorrect, sum(section.unknown for section in sections), resampling)


def _score(
    name: str, correct: Sequence[Question], incorrect: Sequence[Question], unknown: int, resampling: Resampling
) -> SectionScore:
    accuracy = resampling.of_share(len(correct), len(correct) + len(incorrect))
    return SectionScore(name, accuracy, tuple(correct), tuple(incorrect), unknown)
