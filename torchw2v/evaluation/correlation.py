"""Pearson's and Spearman's correlation, of a sample and of many weighted resamples of it at once.

    r = Σ w (x − x̄)(y − ȳ) / √(Σ w (x − x̄)² · Σ w (y − ȳ)²)        ρ = r of the average ranks

n pairs; B resamples, each a row of counts that says how often it holds each pair. Equal values share the mean of their
ranks. nan where x or y does not vary.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def average_ranks(values: Floats) -> Floats:
    """Ranks from 1, the mean rank for equal values. Shape: (n,) -> (n,)."""
    ranks: Floats = weighted_ranks(values, np.ones((1, values.size), dtype=np.int64))[0]
    return ranks


def pearson(x: Floats, y: Floats) -> float:
    return float(weighted_pearson(x, y, np.ones((1, x.size), dtype=np.int64))[0])


def spearman(x: Floats, y: Floats) -> float:
    return float(weighted_spearman(x, y, np.ones((1, x.size), dtype=np.int64))[0])


def weighted_pearson(x: Floats, y: Floats, counts: Ints) -> Floats:
    """Shape: x, y (n,), counts (B, n) -> (B,)."""
    x, y = x - x.mean(), y - y.mean()  # or differences of large sums would be lost
    w = counts.astype(np.float64)
    total = w.sum(axis=1)
    mean_x, mean_y = w @ x / total, w @ y / total
    covariance = w @ (x * y) - total * mean_x * mean_y
    varies = _varies(x, counts) & _varies(y, counts)
    return _ratio(covariance, w @ (x * x) - total * mean_x**2, w @ (y * y) - total * mean_y**2, varies)


def weighted_spearman(x: Floats, y: Floats, counts: Ints) -> Floats:
    """Shape: x, y (n,), counts (B, n) -> (B,)."""
    middle = (counts.sum(axis=1, keepdims=True) + 1) / 2
    x_ranks, y_ranks = weighted_ranks(x, counts) - middle, weighted_ranks(y, counts) - middle
    varies = _varies(x, counts) & _varies(y, counts)
    weighted = counts * x_ranks
    covariance, x_variance = (weighted * y_ranks).sum(axis=1), (weighted * x_ranks).sum(axis=1)
    return _ratio(covariance, x_variance, (counts * y_ranks**2).sum(axis=1), varies)


def weighted_ranks(values: Floats, counts: Ints) -> Floats:
    """The average rank of each value in each resample. Shape: (n,), (B, n) -> (B, n).

    One sort serves all resamples: a value's ranks begin after the counts of all that are smaller.
    """
    _, groups, sizes = np.unique(values, return_inverse=True, return_counts=True)
    order = np.argsort(groups, kind="stable")
    up_to = np.cumsum(counts[:, order], axis=1)[:, np.cumsum(sizes) - 1]
    below = np.concatenate([np.zeros((len(counts), 1), dtype=np.int64), up_to[:, :-1]], axis=1)
    return ((below + up_to + 1) / 2)[:, groups]


def _varies(values: Floats, counts: Ints) -> npt.NDArray[np.bool_]:
    drawn = counts > 0
    least = np.where(drawn, values, np.inf).min(axis=1)
    return np.asarray(np.where(drawn, values, -np.inf).max(axis=1) > least)


def _ratio(covariance: Floats, x: Floats, y: Floats, varies: npt.NDArray[np.bool_]) -> Floats:
    product = np.where(varies, np.maximum(x, 0) * np.maximum(y, 0), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.clip(covariance / np.sqrt(product), -1.0, 1.0))
