"""Intervals hold the true figure as often as they say."""

from __future__ import annotations

import math

import numpy as np
import pytest

from torchw2v import InputError
from torchw2v.evaluation import Estimate, Resampling
from torchw2v.evaluation.correlation import spearman, weighted_spearman

SAMPLES = 400


def coverage(intervals: list[Estimate], truth: float) -> float:
    return sum(interval.low <= truth <= interval.high for interval in intervals) / len(intervals)


@pytest.mark.parametrize("level", [0.95, 0.8])
def test_intervals_hold_the_true_figure_as_often_as_they_say(level):
    generator = np.random.default_rng(0)
    r = 0.6
    shares, means, correlations = [], [], []
    for seed in range(SAMPLES):
        resampling = Resampling(300, level, seed)
        shares.append(resampling.of_share(int(generator.binomial(1000, 0.3)), 1000))
        means.append(resampling.of_mean(generator.exponential(size=150)))
        x = generator.normal(size=80)
        y = r * x + math.sqrt(1 - r * r) * generator.normal(size=80)
        correlations.append(resampling.estimate(spearman(x, y), 80, lambda n, x=x, y=y: weighted_spearman(x, y, n)))
    # two standard errors are 0.02 and 0.04, and intervals of so small samples are known to be a little narrow
    for intervals, truth in ((shares, 0.3), (means, 1.0), (correlations, 6 / math.pi * math.asin(r / 2))):
        assert level - 0.05 < coverage(intervals, truth) < level + 0.03
    # and they are no wider than they need be: of correlations, against the spread of the samples themselves
    values = np.array([correlation.value for correlation in correlations])
    spread = np.subtract(*np.quantile(values, [(1 + level) / 2, (1 - level) / 2]))
    assert np.mean([c.high - c.low for c in correlations]) == pytest.approx(spread, rel=0.1)


def test_a_share_is_a_mean_and_its_draws_are_binomial():
    hits = np.repeat([1.0, 0.0], [30, 70])
    mean, share = Resampling(20_000).of_mean(hits), Resampling(20_000).of_share(30, 100)
    assert (mean.value, mean.low, mean.high) == pytest.approx((share.value, share.low, share.high), abs=0.011)


def test_none_right_of_twenty_is_not_certainly_none():
    none, all_ = Resampling().of_share(0, 20), Resampling().of_share(20, 20)
    assert (none.low, all_.high) == (0, 1)
    assert (1 - none.high) ** 20 == pytest.approx(0.025)
    assert all_.low == pytest.approx(1 - none.high)


def test_the_same_seed_gives_the_same_interval_and_none_is_drawn_unless_asked(monkeypatch):
    values = np.random.default_rng(0).normal(size=100)
    first = Resampling(500).of_mean(values)
    assert Resampling(500).of_mean(values) == first != Resampling(500, seed=1).of_mean(values)
    monkeypatch.setattr("torchw2v.evaluation.bootstrap._NUMBERS_AT_ONCE", 700)
    assert Resampling(500).of_mean(values) == first, "the blocks of resamples change what is drawn"
    assert math.isnan(Resampling(0).of_mean(values).low)
    assert Resampling().of_mean(values[:0]).to_dict() == {"value": None, "low": None, "high": None, "level": 0.95}
    assert str(Resampling().of_share(0, 0)) == "none"


@pytest.mark.parametrize("settings", [{"number": -1}, {"level": 1.0}, {"level": 0}, {"seed": -1}])
def test_settings_out_of_range(settings):
    with pytest.raises(InputError):
        Resampling(**settings)
