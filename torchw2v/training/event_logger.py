"""TensorBoard events in the run's folder, and nothing else there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from lightning.pytorch.loggers import TensorBoardLogger
from lightning.pytorch.utilities import rank_zero_only, rank_zero_warn

from torchw2v.pictures import picture_pixels

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class EventLogger(TensorBoardLogger):
    """Lightning's logger without its folder levels and its `hparams.yaml`: `config.yaml` holds the configuration.

    A curve is worth less than what is being learnt: where events cannot be written, it says so once and training
    goes on without them.
    """

    def __init__(self, save_dir: str | Path) -> None:
        super().__init__(save_dir, name="", version="")
        self._works = True

    @property
    def log_dir(self) -> str:
        return str(self.save_dir)

    @rank_zero_only
    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        if self._works:
            with self._or_without():
                super().log_metrics(metrics, step)

    @rank_zero_only
    def log_picture(self, tag: str, figure: Figure, step: int) -> None:
        if self._works:
            with self._or_without():
                self.experiment.add_image(tag, picture_pixels(figure), step, dataformats="HWC")

    @rank_zero_only
    def save(self) -> None:
        with self._or_without():
            self.experiment.flush()

    @rank_zero_only
    def finalize(self, status: str) -> None:
        self.save()  # and leave the file open: pictures follow after training

    @contextmanager
    def _or_without(self) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError) as error:  # Lightning makes a ValueError of whatever a writer raises
            if self._works:
                reason = error.__context__ or error
                rank_zero_warn(f"{self.log_dir}: no more events for TensorBoard, training goes on: {reason}")
            self._works = False
