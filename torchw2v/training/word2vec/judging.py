"""How good vectors are while they are trained, and in the end."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import lightning.pytorch as pl
from lightning.pytorch.utilities import rank_zero_warn
from torch import Tensor

from torchw2v.checks import int_at_least, one_of, positive, positive_int
from torchw2v.errors import InputError
from torchw2v.evaluation import Judge, Judgement, JudgeSettings, Resampling, analogy_sets, pair_sets
from torchw2v.training.callbacks.failure import check_loss
from torchw2v.training.module import TrainingModule
from torchw2v.training.word2vec.module import Word2VecModule
from torchw2v.vectors import WordVectors
from torchw2v.vectors.analogy_methods import METHODS, Method


@dataclass(frozen=True)
class EvaluationSettings:
    """What vectors are asked, and how often.

    Attributes:
        similarity: files of pairs, or "builtin"; None asks nothing.
        analogies: files of analogies, likewise.
        every_n_epochs: between two judgements during training; None judges at the end alone.
        every_n_steps: the same in steps, besides.
        case_insensitive: see `torchw2v.evaluation.JudgeSettings`, as for the next three.
        restrict_vocab: of the vocabulary.
        unknown_as_zero: what becomes of questions with unknown words.
        method: of solving analogies.
        resamples: for the intervals, which only the last judgement has; 0 for none.
        level: of the intervals.

    Raises:
        InputError: a setting out of range.
    """

    similarity: str | Sequence[str] | None = None
    analogies: str | Sequence[str] | None = None
    every_n_epochs: int | None = 1
    every_n_steps: int | None = None
    case_insensitive: bool = True
    restrict_vocab: int | None = 300_000
    unknown_as_zero: bool = False
    method: Method = "3cosadd"
    resamples: int = 1000
    level: float = 0.95

    def __post_init__(self) -> None:
        for name in ("every_n_epochs", "every_n_steps"):
            if getattr(self, name) is not None:
                positive_int(f"evaluation.{name}", getattr(self, name))
        int_at_least(0, "evaluation.resamples", self.resamples)
        if self.restrict_vocab is not None:
            positive_int("evaluation.restrict_vocab", self.restrict_vocab)
        one_of("evaluation.method", self.method, METHODS)
        if positive("evaluation.level", self.level) >= 1:
            raise InputError(f"evaluation.level must be below 1, such as 0.95, not {self.level!r}")

    @property
    def asks(self) -> bool:
        """Whether there is anything to ask."""
        return bool(self.similarity or self.analogies)

    @property
    def judging(self) -> JudgeSettings:
        return JudgeSettings(self.case_insensitive, self.restrict_vocab, self.unknown_as_zero, self.method)


class JudgeVectors(pl.Callback):
    """Judge the vectors of a word2vec module as they are, into curves named `eval/...`.

    It reads the matrix and draws nothing from torch, so training goes on as it would without it.

    Args:
        settings: whose files are read now, so that bad ones are refused before training begins.
        vectors: the matrix that is judged, as `model.vectors` names it.
        seed: of the intervals.

    Attributes:
        seconds: that judging took.
        history: the main figures of each judgement, with its epoch (from 1) and step.

    Raises:
        InputError: a file that is not what it should be.
    """

    phase = "judging"

    def __init__(self, settings: EvaluationSettings, *, vectors: str = "input", seed: int = 0) -> None:
        self.settings = settings
        self._which = vectors
        self.seconds = 0.0
        self.history: list[dict[str, float]] = []
        self._resampling = Resampling(settings.resamples, settings.level, seed)
        self._pairs = pair_sets(settings.similarity or ())
        self._analogies = analogy_sets(settings.analogies or ())
        self._judge: Judge | None = None

    def on_train_batch_end(  # type: ignore[override]
        self, trainer: pl.Trainer, pl_module: Word2VecModule, *args: Any
    ) -> None:
        every = self.settings.every_n_steps
        if every is not None and trainer.global_step % every == 0:
            self._look(trainer, pl_module)

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: Word2VecModule) -> None:  # type: ignore[override]
        every = self.settings.every_n_epochs
        if every is not None and (trainer.current_epoch + 1) % every == 0:
            self._look(trainer, pl_module)

    def judge(self, vectors: WordVectors) -> Judgement | None:
        """The last judgement, with intervals; None, and a warning, if vectors are not finite."""
        return self._timed(vectors.words, vectors.rows(), self._resampling)

    def to_dict(self, judgement: Judgement) -> dict[str, Any]:
        """For `metrics.json`."""
        return judgement.to_dict() | {"settings": asdict(self.settings), "during_training": self.history}

    def _look(self, trainer: pl.Trainer, pl_module: TrainingModule) -> None:
        check_loss(trainer, pl_module)
        if self.history and self.history[-1]["step"] == trainer.global_step:
            return
        assert isinstance(pl_module, Word2VecModule)
        words = trainer.datamodule.vocabulary.words  # type: ignore[attr-defined]
        judgement = self._timed(words, pl_module.vectors(self._which), Resampling(0))
        if judgement is None:
            return
        figures = {f"eval/{name}": value for name, value in judgement.scalars().items()}
        self.history.append({"epoch": trainer.current_epoch + 1, "step": trainer.global_step} | judgement.scalars())
        for logger in trainer.loggers:
            logger.log_metrics(figures, step=trainer.global_step)

    def _timed(self, words: Sequence[str], matrix: Tensor, resampling: Resampling) -> Judgement | None:
        begin = time.perf_counter()
        try:
            if self._judge is None:
                self._judge = Judge(words, self._pairs, self._analogies, self.settings.judging)
            return self._judge(matrix, resampling)
        except InputError as error:  # what was learnt is worth more than a figure
            rank_zero_warn(f"not judged: {error}")
            return None
        finally:
            self.seconds += time.perf_counter() - begin
