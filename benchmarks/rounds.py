"""Runs in turn, A B A B …, and the ratios of those that lie next to each other.

A machine is faster at one time than at another, and two runs in the same minute share that; so a figure is the median
of the ratios of all rounds, with their quartiles, and never a ratio of averages. The first round warms up: it fills
caches, compiles, and does not count.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median, quantiles
from typing import Any, Protocol


@dataclass(frozen=True)
class Sample:
    """One run: what it took for how many words of the text, counted as often as they were passed."""

    seconds: float
    words: int

    @property
    def speed(self) -> float:
        return self.words / self.seconds


@dataclass(frozen=True)
class Spread:
    """Median and quartiles; of one value, that value."""

    low: float
    median: float
    high: float

    def __str__(self) -> str:
        return f"{_short(self.median)} ({_short(self.low)}–{_short(self.high)})"


def spread(values: Sequence[float]) -> Spread:
    if len(values) == 1:
        return Spread(values[0], values[0], values[0])
    low, middle, high = quantiles(values, n=4, method="inclusive")
    return Spread(low, middle, high)


class Trainer(Protocol):
    """Whoever can train on about so many words, and say what it was."""

    def train(self, words: int) -> Sample: ...


class Rounds:
    """All samples, by name; rounds in order."""

    def __init__(self) -> None:
        self.samples: dict[str, list[Sample]] = {}

    def speed(self, name: str) -> float:
        """Words a second, of the round in the middle."""
        return median(sample.speed for sample in self.samples[name])

    def times_as_fast(self, name: str, other: str) -> Spread:
        """Of each round, words a second of the one over those of the other."""
        pairs = zip(self.samples[name], self.samples[other], strict=True)
        return spread([one.speed / two.speed for one, two in pairs])

    def raw(self) -> dict[str, list[dict[str, Any]]]:
        return {name: [asdict(sample) for sample in samples] for name, samples in self.samples.items()}


def alternate(
    runs: Mapping[str, Callable[[], Sample]], rounds: int, *, warm_up: bool = True, tell: Callable[[str], None]
) -> Rounds:
    """All runs in turn, `rounds` times."""
    result = Rounds()
    for number in range(0 if warm_up else 1, rounds + 1):
        for name, run in runs.items():
            sample = run()
            tell(f"round {number}, {name}: {sample.speed:,.0f} words/s" + ("" if number else " (does not count)"))
            if number:
                result.samples.setdefault(name, []).append(sample)
    return result


def alternate_trainers(
    trainers: Mapping[str, Trainer],
    rounds: int,
    *,
    seconds: float,
    words: int,
    same_words: bool = False,
    tell: Callable[[str], None],
) -> Rounds:
    """Each trains for about so many seconds a round; the first round, of so many words, tells how many words that are.

    Short runs are noise, and long ones drift: what took turns then has one speed at the begin and one at the end. With
    `same_words` all train on as many words as the first.
    """
    amounts: dict[str, int] = {}
    for name, trainer in trainers.items():
        sample = trainer.train(words)
        amounts[name] = max(1, round(sample.speed * seconds))
        tell(f"warm-up, {name}: {sample.speed:,.0f} words/s")
    if same_words:
        amounts = dict.fromkeys(amounts, next(iter(amounts.values())))
    runs = {name: _run(trainer, amounts[name]) for name, trainer in trainers.items()}
    return alternate(runs, rounds, warm_up=False, tell=tell)


def _run(trainer: Trainer, words: int) -> Callable[[], Sample]:
    return lambda: trainer.train(words)


def _short(value: float) -> str:
    return f"{value:.3g}" if value < 100 else f"{value:,.0f}"
