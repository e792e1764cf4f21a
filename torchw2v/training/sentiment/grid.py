"""What each strength of the penalty came to, and which is best on dev."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import lightning.pytorch as pl
from torch import Tensor

from torchw2v.sentences.regression import RegressionProblem
from torchw2v.training.classification.evaluation import evaluate
from torchw2v.training.sentiment.module import SentimentModule


@dataclass(frozen=True)
class Tried:
    """One strength.

    Attributes:
        l2: the strength.
        train_accuracy: share of the sentences to train on that are right.
        train_loss: cross-entropy in nats a sentence, without the penalty.
        dev_accuracy: the same on dev.
        dev_loss: the same on dev.
        iterations: of L-BFGS.
        gradient: its largest entry at the end.
    """

    l2: float
    train_accuracy: float
    train_loss: float
    dev_accuracy: float
    dev_loss: float
    iterations: int
    gradient: float


class Grid(pl.Callback):
    """Evaluate the classifier after each strength, and remember its weights.

    Args:
        problem: what is fitted.
        dev: features (N, D) of dev, as they are.
        labels: (N,) of dev.

    Attributes:
        tried: in the order in which they were.
    """

    def __init__(self, problem: RegressionProblem, dev: Tensor, labels: Tensor) -> None:
        self._problem, self._labels = problem, labels
        self._dev = (dev - problem.mean) / problem.spread
        self.tried: list[Tried] = []
        self._weights: list[dict[str, Tensor]] = []

    def on_train_batch_end(  # type: ignore[override]
        self, trainer: pl.Trainer, pl_module: SentimentModule, outputs: Any, batch: float, batch_idx: int
    ) -> None:
        ended, model, problem = pl_module.ended, pl_module.model, self._problem
        assert ended is not None
        train = evaluate(model, problem.inputs, problem.labels.cpu(), problem.num_classes)
        dev = evaluate(model, self._dev, self._labels, problem.num_classes)
        self.tried.append(
            Tried(batch, train.accuracy, train.loss, dev.accuracy, dev.loss, ended.iterations, ended.gradient)
        )
        self._weights.append({name: x.detach().cpu().clone() for name, x in model.state_dict().items()})
        values = {"l2": batch, "train/accuracy": train.accuracy, "train/loss": train.loss}
        values |= {"dev/accuracy": dev.accuracy, "dev/loss": dev.loss, "iterations": float(ended.iterations)}
        for logger in trainer.loggers:
            logger.log_metrics(values, step=trainer.global_step)

    @property
    def best(self) -> Tried:
        """The highest accuracy on dev; of equals the lowest loss there."""
        return max(self.tried, key=lambda one: (one.dev_accuracy, -one.dev_loss))

    def restore_best(self, pl_module: SentimentModule) -> None:
        place = self.tried.index(self.best)
        pl_module.model.load_state_dict(self._weights[place])
        pl_module.model.l2 = self.best.l2

    def state_dict(self) -> dict[str, Any]:
        return {"tried": [asdict(one) for one in self.tried], "weights": self._weights}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self.tried = [Tried(**one) for one in state_dict["tried"]]
        self._weights = list(state_dict["weights"])
