"""TensorBoard events in the run's folder, and nothing else there."""

from __future__ import annotations

from pathlib import Path

from lightning.pytorch.loggers import TensorBoardLogger
from lightning.pytorch.utilities import rank_zero_only


class EventLogger(TensorBoardLogger):
    """Lightning's logger without its folder levels and its `hparams.yaml`: `config.yaml` holds the configuration."""

    def __init__(self, save_dir: str | Path) -> None:
        super().__init__(save_dir, name="", version="")

    @property
    def log_dir(self) -> str:
        return str(self.save_dir)

    @rank_zero_only
    def save(self) -> None:
        self.experiment.flush()
