"""Pictures of a run: a PNG file in its folder, and the same in TensorBoard."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import lightning.pytorch as pl

from torchw2v.pictures import save_picture
from torchw2v.training.event_logger import EventLogger

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def write_pictures(folder: Path, trainer: pl.Trainer, pictures: Mapping[str, Figure]) -> list[Path]:
    """Write each figure to `<name>.png` and to the run's events; the paths written."""
    paths = []
    for name, figure in pictures.items():
        paths.append(save_picture(figure, folder / f"{name}.png"))
        for logger in trainer.loggers:
            if isinstance(logger, EventLogger):
                logger.log_picture(name, figure, trainer.global_step)
                logger.save()
    return paths
