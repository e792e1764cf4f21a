"""A run: a folder of its own, a training in it, and word of where everything is."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import lightning.pytorch as pl

from torchw2v.atomic import write_text
from torchw2v.training.result import RunResult, format_ending
from torchw2v.training.run_folder import create_run_folder, discard_if_untrained, find_checkpoint, link_latest

Task = Callable[..., RunResult]
Result = TypeVar("Result", bound=RunResult)


def run_task(
    task: Callable[..., Result],
    make_trainer: Callable[[Path, list[pl.Callback]], pl.Trainer],
    *,
    name: str,
    output_dir: str | Path,
    configuration: str,
    resume: str | Path | None = None,
    quiet: bool = False,
) -> Result:
    """Run a training in a new folder and print what came of it; a folder in which nothing was learnt is removed.

    Args:
        task: called with the folder, what makes a trainer from callbacks, and `resume`, the checkpoint or None.
        make_trainer: gives a trainer for a folder and callbacks.
        name: of the model; the folder is `<output_dir>/<name>/<date>_<time>`.
        output_dir: of all runs.
        configuration: what is written to `config.yaml`.
        resume: a checkpoint, the folder of a run, or "last".
        quiet: prints nothing.

    Raises:
        InputError: what the user can mend.
    """
    checkpoint = find_checkpoint(resume, output_dir, name) if resume else None
    folder = create_run_folder(output_dir, name)
    try:
        write_text(folder / "config.yaml", configuration)
        result = task(folder, partial(make_trainer, folder), resume=checkpoint)
    finally:
        discard_if_untrained(folder)
    latest = link_latest(folder)
    if not quiet:
        print(format_ending(result, folder, latest), flush=True)
    return result
