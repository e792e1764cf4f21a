"""How far a figure could be off, because the questions are but a sample of those that could have been asked.

The percentile bootstrap (Efron 1979, "Bootstrap methods: another look at the jackknife"; Efron and Tibshirani 1993,
chapter 13): draw as many questions as there are, with replacement, again and again; the middle 95 % of the figures that
come out are the interval. It says nothing of other seeds, texts or kinds of questions.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from torchw2v.checks import int_at_least, positive, seed_of_draws
from torchw2v.errors import InputError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_NUMBERS_AT_ONCE = 1 << 20


@dataclass(frozen=True)
class Estimate:
    """A figure and its interval; nan where there is none.

    Attributes:
        value: the figure.
        low: the lower end.
        high: the upper end.
        level: the share of samples whose interval holds the true figure.
    """

    value: float
    low: float = math.nan
    high: float = math.nan
    level: float = 0.95

    def __str__(self) -> str:
        if math.isnan(self.value):
            return "none"
        interval = "" if math.isnan(self.low) else f" ({self.low:.2f} to {self.high:.2f})"
        return f"{self.value:.2f}{interval}"

    def to_dict(self) -> dict[str, float | None]:
        """Plain numbers; None for nan, which JSON has not."""
        return {name: None if math.isnan(number) else number for name, number in asdict(self).items()}


@dataclass(frozen=True)
class Resampling:
    """How intervals are drawn: the same settings give the same interval.

    Attributes:
        number: of resamples; 0 draws none, and there are no intervals.
        level: of the intervals, such as 0.95.
        seed: of the draws.

    Raises:
        InputError: a setting out of range.
    """

    number: int = 1000
    level: float = 0.95
    seed: int = 0

    def __post_init__(self) -> None:
        int_at_least(0, "resamples", self.number)
        seed_of_draws(self.seed)
        if positive("level", self.level) >= 1:
            raise InputError(f"level must be below 1, such as 0.95, not {self.level!r}")

    def estimate(self, value: float, size: int, statistic: Callable[[Ints], Floats]) -> Estimate:
        """The interval of a figure of `size` items; `statistic` gives it for counts (B, size) of B resamples."""
        if not self.number or size < 1 or math.isnan(value):
            return Estimate(value, level=self.level)
        values = np.concatenate([statistic(counts) for counts in self._counts(size)])
        values = values[~np.isnan(values)]
        if not values.size:
            return Estimate(value, level=self.level)
        low, high = np.quantile(values, [(1 - self.level) / 2, (1 + self.level) / 2])
        return Estimate(value, float(low), float(high), self.level)

    def of_mean(self, values: Floats) -> Estimate:
        """The mean of some items, and its interval."""
        mean = float(values.mean()) if values.size else math.nan
        return self.estimate(mean, values.size, lambda counts: counts @ values / values.size)

    def of_share(self, hits: int, size: int) -> Estimate:
        """A share, and its interval.

        Counts of a resample of zeros and ones are binomial, so they are drawn as such. If all are alike, resamples
        are, too; then the far end is where so extreme a sample would be as rare as the interval allows (Clopper and
        Pearson 1934).
        """
        if not size:
            return Estimate(math.nan, level=self.level)
        share = hits / size
        if not self.number:
            return Estimate(share, level=self.level)
        if hits in (0, size):
            far = ((1 - self.level) / 2) ** (1 / size)
            low, high = (0.0, 1 - far) if hits == 0 else (far, 1.0)
            return Estimate(share, low, high, self.level)
        shares = np.random.default_rng(self.seed).binomial(size, share, self.number) / size
        low, high = np.quantile(shares, [(1 - self.level) / 2, (1 + self.level) / 2])
        return Estimate(share, float(low), float(high), self.level)

    def _counts(self, size: int) -> Iterator[Ints]:
        generator = np.random.default_rng(self.seed)
        at_once = max(1, _NUMBERS_AT_ONCE // size)
        for start in range(0, self.number, at_once):
            rows = min(at_once, self.number - start)
            drawn = generator.integers(size, size=(rows, size)) + size * np.arange(rows)[:, None]
            yield np.bincount(drawn.ravel(), minlength=rows * size).reshape(rows, size)
