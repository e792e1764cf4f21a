"""Correlations beside scipy's and beside their definition, and resamples beside samples that are written out."""

from __future__ import annotations

import numpy as np
import pytest

from tests.reference import judging as reference
from torchw2v.evaluation.correlation import (
    average_ranks,
    pearson,
    spearman,
    weighted_pearson,
    weighted_ranks,
    weighted_spearman,
)

stats = pytest.importorskip("scipy.stats", reason="scipy is of the extra pydocs")


def samples():
    generator = np.random.default_rng(0)
    yield generator.normal(size=50), generator.normal(size=50)
    x = generator.integers(5, size=80).astype(float)  # many equal values
    yield x, x + generator.integers(4, size=80)
    x = generator.normal(size=30)
    yield 1e9 + x, -x  # small differences of large numbers
    yield np.array([1.0, 2.0]), np.array([5.0, 3.0])


@pytest.mark.parametrize(("x", "y"), list(samples()))
def test_beside_scipy_and_the_definition(x, y):
    assert average_ranks(x) == pytest.approx(stats.rankdata(x), abs=0)
    assert average_ranks(x) == pytest.approx(reference.average_ranks(x.tolist()), abs=0)
    assert spearman(x, y) == pytest.approx(stats.spearmanr(x, y)[0], abs=1e-12)
    assert spearman(x, y) == pytest.approx(reference.spearman(x.tolist(), y.tolist()), abs=1e-12)
    assert pearson(x, y) == pytest.approx(reference.pearson(x.tolist(), y.tolist()), abs=1e-12)
    if len(x) > 2:
        assert pearson(x, y) == pytest.approx(stats.pearsonr(x, y)[0], abs=1e-12)


@pytest.mark.parametrize(("x", "y"), list(samples())[:3])
def test_a_resample_is_the_sample_that_it_stands_for(x, y):
    generator = np.random.default_rng(1)
    drawn = generator.integers(len(x), size=(6, len(x)))
    counts = np.stack([np.bincount(row, minlength=len(x)) for row in drawn])
    for row, r, rho in zip(drawn, weighted_pearson(x, y, counts), weighted_spearman(x, y, counts), strict=True):
        assert r == pytest.approx(stats.pearsonr(x[row], y[row])[0], abs=1e-9)
        assert rho == pytest.approx(stats.spearmanr(x[row], y[row])[0], abs=1e-12)
    for row, ranks in zip(drawn, weighted_ranks(x, counts), strict=True):
        assert ranks[row] == pytest.approx(stats.rankdata(x[row]), abs=0)


def test_what_does_not_vary_has_no_correlation():
    x, flat = np.arange(4.0), np.full(4, 0.1)
    assert np.isnan([pearson(x, flat), spearman(flat, x)]).all()
    counts = np.array([[4, 0, 0, 0], [0, 1, 3, 0]])
    assert np.isnan(weighted_pearson(x, -x, counts)).tolist() == [True, False]
    assert weighted_spearman(x, -x, counts)[1] == -1
