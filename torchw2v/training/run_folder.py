"""One folder for each run, never shared, and a link to the newest."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import warnings
from datetime import datetime
from pathlib import Path
from typing import Any

import torch

from torchw2v.errors import InputError
from torchw2v.formats.by_suffix import VECTORS

LATEST = "latest"
LAST_CHECKPOINT = Path("checkpoints") / "last.ckpt"
_RESULTS = (VECTORS, "model.safetensors")


def create_run_folder(output_dir: str | Path, model_name: str) -> Path:
    """`<output_dir>/<model_name>/<date>_<time>`, with a number behind it where that exists; it is new in any case.

    Raises:
        InputError: nothing can be written there.
    """
    parent = Path(output_dir).expanduser() / model_name
    name = datetime.now().strftime("%Y-%m-%d_%H-%M-%S")
    try:
        parent.mkdir(parents=True, exist_ok=True)
        for suffix in ["", *(f"-{number}" for number in range(2, 1000))]:
            folder = parent / f"{name}{suffix}"
            with contextlib.suppress(FileExistsError):
                folder.mkdir()
                return folder
    except OSError as error:
        reason = f": {error.strerror}"
    else:
        reason = ""
    raise InputError(f"{parent.absolute()}: cannot make a folder for the run{reason}; set output_dir to another place")


def discard_if_untrained(folder: Path) -> None:
    """Remove the folder of a run that ended before it had anything to keep."""
    if not any((folder / kept).exists() for kept in (*_RESULTS, LAST_CHECKPOINT)):
        shutil.rmtree(folder, ignore_errors=True)
        with contextlib.suppress(OSError):  # the folder of the model, if this would have been its first run
            folder.parent.rmdir()


def check_free_space(folder: Path, needed: int) -> None:
    """InputError if fewer than `needed` bytes are free: better known before training than after it."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise InputError(
            f"{folder.absolute()}: the results need about {needed / 1e6:,.0f} MB, but {free / 1e6:,.0f} MB are free; "
            "free some space or set output_dir to another disk"
        )


def link_latest(folder: Path) -> Path | None:
    """Let `latest` beside the folder point to it; a text file with its name where links are not to be had.

    The results are there without it: where neither can be written, it warns and returns None.
    """
    link = folder.parent / LATEST
    try:
        with tempfile.TemporaryDirectory(prefix=f".{LATEST}.", dir=folder.parent) as temporary:
            new = Path(temporary, LATEST)
            try:
                new.symlink_to(folder.name, target_is_directory=True)
            except OSError:
                link = link.with_suffix(".txt")
                new.write_text(f"{folder.name}\n", encoding="utf-8")
            new.replace(link)
    except OSError as error:
        warnings.warn(f"{link}: cannot be made to point to {folder.name}: {error.strerror}", stacklevel=2)
        return None
    return link


def find_checkpoint(resume: str | Path, output_dir: str | Path, model_name: str) -> Path:
    """The checkpoint that `resume` names: a file, a run's folder, or "last" for the newest one of the model.

    "last" asks the checkpoints and not the link `latest`, because a run that was killed has left none.

    Raises:
        InputError: there is none.
    """
    if resume == "last":
        runs = Path(output_dir).expanduser() / model_name
        found = {path.resolve() for path in runs.glob(f"*/{LAST_CHECKPOINT}")}
        if not found:
            raise InputError(f"{runs}: no run there has a checkpoint to resume from; train one first")
        return max(found, key=lambda path: path.stat().st_mtime_ns)
    path = Path(resume).expanduser()
    if path.is_dir():
        path = path / LAST_CHECKPOINT
    if not path.is_file():
        raise InputError(f"{path}: no checkpoint to resume from; give a checkpoint, a run's folder, or 'last'")
    return path.resolve()


def read_checkpoint(path: Path) -> dict[str, Any]:
    """What a checkpoint holds, the shapes and not the values of its tensors.

    Raises:
        InputError: the file is no checkpoint that can be read without running code from it.
    """
    try:
        state = torch.load(path, map_location="meta", weights_only=True)
    except Exception as error:  # torch raises what the bytes happen to provoke
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise InputError(f"{path}: not a checkpoint that can be read: {reason}") from None
    if not isinstance(state, dict) or "global_step" not in state:
        raise InputError(f"{path}: not a checkpoint of a run; resume from checkpoints/last.ckpt of one")
    return state
