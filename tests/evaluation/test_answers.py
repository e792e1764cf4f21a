"""Answers to analogies beside their definition, in blocks of any size and on any device."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.reference import judging as reference
from torchw2v import InputError, WordVectors
from torchw2v.evaluation import AnalogySet, JudgeSettings, Resampling, Section, judge

NONE = Resampling(0)
WORDS = [f"{letter}{i}" for i in range(15) for letter in ("w", "W", "v")]


@pytest.mark.parametrize("device", ["cpu", pytest.param("cuda", marks=pytest.mark.gpu)])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
@pytest.mark.parametrize("method", ["3cosadd", "3cosmul"])
def test_beside_the_definition_in_small_blocks(monkeypatch, method, dtype, device):
    monkeypatch.setattr("torchw2v.evaluation.answers.QUERIES_AT_ONCE", 7)
    monkeypatch.setattr("torchw2v.vectors.nearest.SCORES_AT_ONCE", 77)
    generator = np.random.default_rng(0)
    matrix = generator.normal(size=(len(WORDS), 6))
    asked = [tuple(map(str, generator.choice(WORDS, 3))) for _ in range(50)]
    right = [reference.answer(WORDS, matrix, question, method) for question in asked]
    section = Section("all", tuple((*words, answer) for words, answer in zip(asked, right, strict=True)))
    vectors = WordVectors(WORDS, torch.tensor(matrix, dtype=dtype))
    chosen = JudgeSettings(method=method)
    (score,) = judge(
        vectors, analogies=AnalogySet("set", (section,)), settings=chosen, resampling=NONE, device=device
    ).analogies
    assert len(score.total.correct) == 50
    wrong = Section("all", tuple((*words, "v0" if answer != "V0" else "v1") for *words, answer in section.questions))
    (score,) = judge(vectors, analogies=AnalogySet("set", (wrong,)), settings=chosen, resampling=NONE).analogies
    assert len(score.total.incorrect) == 50


def test_memory_does_not_hold_a_score_for_each_question_and_word(monkeypatch):
    """The largest product that is made has the size of a block."""
    largest = 0
    matmul = torch.Tensor.__matmul__

    def watched(self, other):
        nonlocal largest
        result = matmul(self, other)
        largest = max(largest, result.numel())
        return result

    monkeypatch.setattr(torch.Tensor, "__matmul__", watched)
    words = [f"w{i}" for i in range(20_000)]
    questions = tuple((words[i], words[i + 1], words[i + 2], words[i + 3]) for i in range(3000))
    for method in ("3cosadd", "3cosmul"):
        judge(
            WordVectors(words, torch.randn(20_000, 2)),
            analogies=AnalogySet("set", (Section("all", questions),)),
            settings=JudgeSettings(method=method),
            resampling=NONE,
        )
    assert 0 < largest <= 3 * (1 << 22) < 3000 * 20_000


def test_vectors_of_zeros_and_of_whole_numbers_of_equal_scores():
    """Of two best words one is the answer, not both, and a row of zeros has cosine 0 with all."""
    words = ["a", "b", "c", "d", "e", "zero"]
    matrix = torch.tensor([[1.0, 0], [0, 1], [0, 1], [1, 1], [2, 2], [0, 0]])
    analogies = AnalogySet("set", (Section("all", (("zero", "a", "b", "d"), ("zero", "a", "b", "e"))),))
    (score,) = judge(WordVectors(words, matrix), analogies=analogies).analogies
    assert len(score.total.correct) == 1
    nothing_left = AnalogySet("set", (Section("all", (("a", "b", "c", "a"),)),))
    (score,) = judge(WordVectors(words[:3], matrix[:3]), analogies=nothing_left).analogies
    assert score.total.correct == ()


def test_a_method_that_there_is_not():
    with pytest.raises(InputError, match="method must be one of 3cosadd, 3cosmul, not 'PairDirection'"):
        JudgeSettings(method="PairDirection")  # type: ignore[arg-type]
