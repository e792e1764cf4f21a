"""The vectors of the newest run, for those who name none."""

from __future__ import annotations

from pathlib import Path

from torchw2v.errors import InputError
from torchw2v.formats.by_suffix import VECTORS

RUNS = "lightning_logs"


def latest_run(runs: str | Path = RUNS) -> Path:
    """The folder of the newest run below `runs` that has vectors.

    Raises:
        InputError: there is none.
    """
    folder = Path(runs).expanduser()
    found = [path.resolve() for path in folder.glob(f"*/*/{VECTORS}")]
    if not found:
        raise InputError(
            f"{folder.absolute()}: no run here has vectors; train some (python train.py), or name a file of vectors"
        )
    return max(found, key=lambda path: path.stat().st_mtime_ns).parent
