"""Alias table: the distribution asked for, exactly, and without the excluded outcome where one is excluded."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import stats

from torchw2v import InputError
from torchw2v.data.alias import UNITS, AliasTable, integer_masses
from torchw2v.data.counter_random import Purpose, draw, stream_key

N = 400_000
P_VALUE = 1e-4
WEIGHTS = {
    "uniform": np.ones(7),
    "zipf": 1 / np.arange(1, 301),
    "steep": 10.0 ** -np.arange(12),
    "zeros": np.array([0.0, 3, 0, 1, 0]),
    "one": np.ones(1),
    "large": np.random.default_rng(0).pareto(1.0, 100_000) + 1e-9,
}


def bits(purpose: Purpose = Purpose.NEGATIVE, n: int = N) -> torch.Tensor:
    return draw(stream_key(5, 0, purpose), torch.arange(n))


def chi_square(outcomes: torch.Tensor, p: np.ndarray) -> float:
    seen = torch.bincount(outcomes, minlength=len(p)).numpy().astype(float)
    assert not seen[p == 0].any()
    seen, expected = seen[p > 0], p[p > 0] * outcomes.numel()
    rare = expected < 10  # cells too small for the statistic are one cell
    if rare.any():
        seen, expected = np.append(seen[~rare], seen[rare].sum()), np.append(expected[~rare], expected[rare].sum())
    return 1.0 if len(seen) == 1 else float(stats.chisquare(seen, expected * seen.sum() / expected.sum()).pvalue)


@pytest.mark.parametrize("name", WEIGHTS)
def test_buckets_hold_the_masses_exactly(name):
    table = AliasTable(WEIGHTS[name])
    units = np.zeros(len(table), dtype=object)
    for i, (threshold, alias) in enumerate(zip(table.threshold.tolist(), table.alias.tolist(), strict=True)):
        assert 0 <= threshold <= UNITS
        units[i] += threshold
        units[alias] += UNITS - threshold
    assert units.tolist() == table.mass.tolist()
    assert int(table.mass.sum()) == len(table) * UNITS


@pytest.mark.parametrize("name", WEIGHTS)
def test_masses_are_proportional_to_the_weights(name):
    p = WEIGHTS[name] / WEIGHTS[name].sum()
    mass = AliasTable(WEIGHTS[name]).mass.numpy() / (len(p) * UNITS)
    assert np.abs(mass - p).max() < 1 / UNITS
    assert np.array_equal(mass > 0, p > 0)


@pytest.mark.parametrize("name", WEIGHTS)
def test_draws_follow_the_distribution(name):
    weights = WEIGHTS[name]
    assert chi_square(AliasTable(weights).outcome(bits()), weights / weights.sum()) > P_VALUE


@pytest.mark.parametrize(("name", "excluded"), [("uniform", 3), ("zipf", 0), ("zipf", 299), ("steep", 0), ("zeros", 3)])
def test_the_excluded_outcome_never_comes_and_the_others_keep_their_ratios(name, excluded):
    weights = WEIGHTS[name].copy()
    outcomes = AliasTable(weights).outcome_other_than(torch.full((N,), excluded), bits(Purpose.REDRAW))
    weights[excluded] = 0
    assert chi_square(outcomes, weights / weights.sum()) > P_VALUE


def test_an_outcome_with_nearly_all_the_mass_can_be_excluded():
    table = AliasTable([1e18, 1.0])
    assert set(table.outcome_other_than(torch.zeros(1000, dtype=torch.int64), bits(n=1000)).tolist()) == {1}


def test_a_mass_is_within_a_unit_of_its_share_but_for_the_largest_which_takes_what_is_left():
    weights = np.append(np.full(5000, 1e-15), 1.0)
    exact = weights / weights.sum() * weights.size * UNITS
    mass = integer_masses(weights)
    assert (np.abs(mass - exact)[:-1] <= 1).all()
    assert 1 < exact[-1] - mass[-1] <= weights.size


@pytest.mark.parametrize("weights", [[], [-1.0, 2.0], [np.nan], [np.inf, 1.0], [0.0, 0.0], [[1.0]]])
def test_weights_that_are_no_distribution(weights):
    with pytest.raises(InputError, match="weights must be"):
        AliasTable(weights)
