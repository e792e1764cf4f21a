"""The rates that a model has where none, or one only, is given."""

from __future__ import annotations

import pytest

from torchw2v import InputError
from torchw2v.training import ModelSettings


@pytest.mark.parametrize(
    ("settings", "rates"),
    [
        ({}, (0.0375, 0.0025)),
        ({"loss": "softmax"}, (0.025, 1e-4)),
        ({"architecture": "cbow"}, (0.25, 1e-4)),
        ({"architecture": "cbow", "gradient": "word2vec"}, (0.06, 0.015)),
        ({"architecture": "cbow", "gradient": "word2vec", "reduce": "sum"}, (0.025, 0.005)),
        ({"learning_rate": 0.003}, (0.003, 0.0002)),  # as far below the start
        ({"min_learning_rate": 0.001}, (0.0375, 0.001)),
        ({"learning_rate": 0.1, "min_learning_rate": 0.0}, (0.1, 0.0)),
    ],
)
def test_rates_suit_the_model_unless_given(settings, rates):
    assert ModelSettings(**settings).rates == pytest.approx(rates)


def test_an_end_above_the_start_is_refused_even_if_the_start_is_a_default():
    with pytest.raises(InputError, match=r"min_learning_rate is 0.04, above model.learning_rate 0.0375"):
        ModelSettings(min_learning_rate=0.04)
