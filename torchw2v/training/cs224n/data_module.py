"""The windows of the assignment's run, drawn one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from torchw2v.cs224n import StanfordSentiment, WindowBatch, WindowDraws
from torchw2v.training.cs224n.settings import AssignmentSettings, IterationSettings
from torchw2v.training.stepwise_data import StepwiseData


class AssignmentData(StepwiseData):
    """One epoch of all iterations. The draws follow from one another, so their state is part of a checkpoint.

    Args:
        dataset: the treebank.
        model: how windows are drawn.
        engine: how many.
    """

    def __init__(self, dataset: StanfordSentiment, model: AssignmentSettings, engine: IterationSettings) -> None:
        self.draws = WindowDraws(
            dataset, window=model.window, num_negatives=model.num_negatives, num_windows=engine.windows_per_batch
        )
        batches = _Iterations(self.draws, engine.iterations)
        super().__init__(batches, unit=" iterations", epoch_size=engine.iterations, batch_size=1)
        self._identity = {
            "vocab_size": len(dataset.tokens()),
            "num_sentences": dataset.numSentences(),
            "window": model.window,
            "num_negatives": model.num_negatives,
            "draw_seed": model.draw_seed,
            "iterations": engine.iterations,
            "windows_per_batch": engine.windows_per_batch,
        }

    def identity(self) -> dict[str, Any]:
        return self._identity

    def state_dict(self) -> dict[str, Any]:
        return self.identity() | {"draws": self.draws.state_dict()}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        super().load_state_dict(state_dict)
        self.draws.load_state_dict(state_dict["draws"])


class _Iterations:
    def __init__(self, draws: WindowDraws, number: int) -> None:
        self.draws = draws
        self.number = number

    def __len__(self) -> int:
        return self.number

    def epoch(self, epoch: int, first_batch: int = 0) -> Iterator[WindowBatch]:
        for _ in range(first_batch, self.number):
            yield self.draws.draw()
