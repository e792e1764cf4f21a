"""Walker's alias method in integers: one draw from a discrete distribution in constant time.

    n buckets of 2^32 units each; bucket i holds `threshold_i` units of outcome i, the rest belong to `alias_i`.
    A draw takes a bucket uniformly, then a unit uniformly inside it.

The masses are integers that add up to n · 2^32 exactly, so every device draws the same outcome from the same bits,
and the distribution that is drawn from is known exactly (`mass`), not up to rounding.

Source: Walker 1977, "An efficient method for generating discrete random variables with general distributions";
Vose 1991 for the linear construction.
"""

from __future__ import annotations

from array import array
from functools import cached_property

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from torchw2v.data.counter_random import below, lower_32, unit_interval
from torchw2v.errors import InputError

UNITS = 1 << 32


class AliasTable:
    """A distribution over 0..n-1, proportional to `weights`.

    Attributes:
        threshold: (n,) int64, units of bucket i that are outcome i, 0..2^32.
        alias: (n,) int64, the outcome of the other units.
        mass: (n,) int64, units of each outcome over all buckets; they sum to n · 2^32.

    Raises:
        InputError: weights that are empty, negative, not finite or all zero.
    """

    def __init__(self, weights: npt.ArrayLike, device: torch.device | str = "cpu") -> None:
        mass = integer_masses(np.asarray(weights, dtype=np.float64))
        threshold, alias = _fill_buckets(mass)
        self.threshold = torch.from_numpy(threshold).to(device)
        self.alias = torch.from_numpy(alias).to(device)
        self.mass = torch.from_numpy(mass).to(device)
        self.cumulative_mass = torch.cumsum(self.mass, dim=0)

    def __len__(self) -> int:
        return self.mass.numel()

    @cached_property
    def packed(self) -> Tensor:
        """(n,) int64, the threshold of each bucket in the upper 32 bits, its alias in the lower: one read a draw.

        A threshold of 2^32 becomes 2^32 − 1, which changes no draw: such a bucket is its own alias.
        """
        return self.threshold.clamp(max=UNITS - 1) << 32 | self.alias

    def outcome(self, bits: Tensor) -> Tensor:
        """The outcome that 64 random bits stand for. Shape: any -> the same; int64."""
        bucket = below(bits, len(self))
        return torch.where(lower_32(bits) < self.threshold[bucket], bucket, self.alias[bucket])

    def outcome_other_than(self, excluded: Tensor, bits: Tensor) -> Tensor:
        """The outcome that the bits stand for when `excluded` cannot be drawn: p_i / (1 − p_excluded).

        By inverting the cumulative distribution with the excluded mass cut out: bounded time even where the
        excluded outcome has nearly all the mass, which repeated drawing has not.

        Precondition, not checked: for every excluded outcome, some other outcome has mass.
        """
        before = self.cumulative_mass[excluded] - self.mass[excluded]
        others = self.cumulative_mass[-1] - self.mass[excluded]
        unit = (unit_interval(bits) * others.to(torch.float64)).to(torch.int64)
        unit = torch.minimum(unit, others - 1)  # float64 may round up to the end
        unit = torch.where(unit >= before, unit + self.mass[excluded], unit)
        return torch.searchsorted(self.cumulative_mass, unit, right=True)


def integer_masses(weights: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Integers proportional to the weights that sum to n · 2^32 exactly; a weight above 0 has at least one unit.

    Each is within one unit of its exact share, but for the largest: it takes what rounding leaves, up to n units.
    """
    if weights.ndim != 1 or weights.size == 0:
        raise InputError(f"weights must be a non-empty vector, not of shape {weights.shape}")
    if not np.isfinite(weights).all() or (weights < 0).any() or weights.sum() <= 0:
        raise InputError("weights must be finite, at least 0 and not all 0")
    total = weights.size * UNITS
    mass = np.floor(weights / weights.sum() * total).astype(np.int64)
    mass = np.where(weights > 0, np.maximum(mass, 1), 0)
    mass[np.argmax(mass)] += total - int(mass.sum())
    return mass


def _fill_buckets(mass: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    # arrays, as a list would hold a Python object for each number
    rest = array("q", mass.tobytes())
    threshold = array("q", [UNITS]) * len(rest)
    alias = array("q", range(len(rest)))
    small, large = (array("q", np.flatnonzero(some).tobytes()) for some in (mass < UNITS, mass > UNITS))
    while small:
        i, j = small.pop(), large[-1]
        threshold[i], alias[i] = rest[i], j
        rest[j] -= UNITS - rest[i]
        if rest[j] <= UNITS:
            large.pop()
            if rest[j] < UNITS:
                small.append(j)
    return np.array(threshold, dtype=np.int64), np.array(alias, dtype=np.int64)
