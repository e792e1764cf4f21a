"""One call for all sets: figures, what was left out, lines for a person, JSON."""

from __future__ import annotations

import json

import pytest
import torch

from torchw2v import InputError, WordVectors
from torchw2v.evaluation import (
    AnalogySet,
    Judge,
    JudgeSettings,
    PairSet,
    Resampling,
    Section,
    format_judgement,
    judge,
)

# On a circle, by the hour: one is to two as four is to five.
HOURS = [f"h{i}" for i in range(12)]
ANGLES = torch.arange(12) * torch.pi / 6
CLOCK = WordVectors(HOURS, torch.stack([ANGLES.cos(), ANGLES.sin()], dim=1))
PAIRS = PairSet("hours", (("h0", "h1"), ("h0", "h2"), ("h0", "h5"), ("h0", "h6"), ("h0", "day")), (9, 7, 2, 0, 5))
ANALOGIES = AnalogySet(
    "clock",
    (
        Section("steps", (("h0", "h1", "h2", "h3"), ("h0", "h1", "h2", "h9"), ("h0", "h1", "day", "h9"))),
        Section("gram1", (("h0", "h2", "h1", "h3"),)),
        Section("gram2", (("h0", "night", "h1", "h3"),)),
    ),
)


def test_figures_and_what_is_left_out():
    judgement = judge(CLOCK, similarity=[PAIRS], analogies=[ANALOGIES])
    (pairs,), (score,) = judgement.similarity, judgement.analogies
    assert (pairs.spearman.value, pairs.pairs, pairs.unknown, pairs.unknown_percent) == (1.0, 4, 1, 20.0)
    assert (score.total.questions, score.total.unknown) == (3, 2)
    assert score.semantic is not None
    assert score.syntactic is not None
    assert [section.accuracy.value for section in score.sections[:2]] == [0.5, 1.0]
    assert (score.semantic.accuracy.value, score.syntactic.accuracy.value) == (0.5, 1.0)
    assert score.sections[0].incorrect == (("h0", "h1", "h2", "h9"),)
    assert score.chance == 1 / 9
    assert judgement.scalars() == pytest.approx(
        {
            "hours/spearman": 1.0,
            "hours/pearson": pairs.pearson.value,
            "clock/accuracy": 2 / 3,
            "clock/semantic": 0.5,
            "clock/syntactic": 1.0,
        }
    )
    assert json.loads(json.dumps(judgement.to_dict(), allow_nan=False))["analogies"][0]["sections"][2] == {
        "name": "gram2",
        "accuracy": {"value": None, "low": None, "high": None, "level": 0.95},
        "correct": 0,
        "questions": 0,
        "unknown": 1,
    }


def test_lines_for_a_person():
    judgement = judge(CLOCK, similarity=PAIRS, analogies=ANALOGIES, resampling=Resampling(200))
    assert format_judgement(judgement, sections=True) == [
        "Analogies   0.67 (0.00 to 1.00) right of 3 questions, 2 left out, of clock (semantic 0.50, syntactic 1.00); "
        "chance 0.1111",
        "            steps  0.50 (0.00 to 1.00)  1 of 2, 1 unknown",
        "            gram1  1.00 (0.03 to 1.00)  1 of 1, 0 unknown",
        "            gram2  none  0 of 0, 1 unknown",
        "Similarity  1.00 (1.00 to 1.00) Spearman with 4 pairs, 1 left out, of hours; chance 0",
    ]


def test_unknown_words_may_count_as_wrong():
    chosen = JudgeSettings(unknown_as_zero=True)
    judgement = judge(CLOCK, similarity=PAIRS, analogies=ANALOGIES, settings=chosen)
    assert judgement.similarity[0].pairs == 5
    assert judgement.analogies[0].total.questions == 5
    assert "5 pairs, 1 unknown, of hours" in format_judgement(judgement)[1]


def test_words_beyond_the_restricted_vocabulary_are_unknown_and_no_answers():
    (score,) = judge(CLOCK, analogies=ANALOGIES, settings=JudgeSettings(restrict_vocab=4)).analogies
    assert (score.total.questions, score.total.unknown) == (2, 3)
    with pytest.raises(InputError, match="restrict_vocab must be an integer of at least 1"):
        judge(CLOCK, settings=JudgeSettings(restrict_vocab=0))


def test_equal_pairs_have_equal_ranks_wherever_they_stand():
    vectors = WordVectors([f"w{i}" for i in range(9)], torch.randn(9, 7, generator=torch.Generator().manual_seed(0)))
    low = 0 if vectors.similarity("w5", "w6") < vectors.similarity("w0", "w1") else 1.5
    pairs = (("w0", "w1"), ("w2", "w2"), ("w1", "w0"), ("w3", "w3"), ("W4", "w4"), ("w0", "w1"), ("w5", "w6"))
    (score,) = judge(
        vectors, similarity=PairSet("set", pairs, (1, 2, 1, 2, 2, 1, low)), resampling=Resampling(0)
    ).similarity
    assert score.spearman.value == pytest.approx(1.0, abs=1e-12)


def test_nothing_can_be_asked():
    strange = PairSet("strange", (("x", "y"), ("x", "z")), (1, 2))
    judgement = judge(CLOCK, similarity=strange)
    assert judgement.scalars() == {}
    assert format_judgement(judgement) == ["Similarity  none Spearman with 0 pairs, 2 left out, of strange; chance 0"]
    assert judgement.similarity[0].unknown_percent == 100


def test_vectors_that_are_not_finite_are_named():
    matrix = CLOCK.matrix
    matrix[7, 1] = torch.nan
    with pytest.raises(InputError, match="the vector of 'h7' is not finite"):
        judge(WordVectors(HOURS, matrix), similarity=PAIRS)


def test_judging_draws_nothing_from_torch_and_writes_nothing():
    wide = torch.randn(12, 4)
    matrix, before, state = wide[:, :2], wide.clone(), torch.get_rng_state()
    Judge(HOURS, [PAIRS], [ANALOGIES])(matrix)
    assert torch.equal(wide, before)
    assert torch.equal(torch.get_rng_state(), state)
