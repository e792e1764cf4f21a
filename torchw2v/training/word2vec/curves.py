"""Loss, learning rate and speed over the steps of a run, as `curves.tsv` in its folder."""

from __future__ import annotations

import math
from pathlib import Path
from typing import NamedTuple

from torchw2v.atomic import write_text

HEADINGS = ("step", "loss", "learning_rate", "words_per_second")


class Point(NamedTuple):
    """What was logged at a step; the loss, nats an example, is nan where nothing was trained on since the last one."""

    step: int
    loss: float
    learning_rate: float
    words_per_second: float


class Curves(list[Point]):
    """The points of a run, in their order."""

    def panels(self) -> dict[str, tuple[list[int], list[float]]]:
        """Steps and values of what pictures show."""
        with_loss = [point for point in self if math.isfinite(point.loss)]
        panels = {
            "loss, nats": ([point.step for point in with_loss], [point.loss for point in with_loss]),
            "learning rate": ([point.step for point in self], [point.learning_rate for point in self]),
        }
        return {name: curve for name, curve in panels.items() if curve[0]}

    def write(self, path: Path) -> Path:
        """A table with a heading."""
        lines = ["\t".join(HEADINGS), *("\t".join(f"{value:.8g}" for value in point) for point in self)]
        write_text(path, "\n".join(lines) + "\n")
        return path
