"""Which word vectors a run takes."""

from __future__ import annotations

from pathlib import Path

from torchw2v.errors import InputError
from torchw2v.formats.by_suffix import VECTORS
from torchw2v.training.run_folder import LATEST
from torchw2v.vectors.latest_run import latest_run


def find_vectors(choice: str | Path | None, output_dir: str | Path) -> Path:
    """The vectors that a setting names: of a file, of a run, of the newest run of a model, or of all models.

    Args:
        choice: a path; None or "latest" for the newest run of all.
        output_dir: of all runs.

    Raises:
        InputError: there are none.
    """
    if takes_newest(choice):
        try:
            return latest_run(output_dir) / VECTORS
        except InputError as error:
            raise InputError(f"{error} by model.vectors") from None
    path = Path(choice or "").expanduser()
    for file in (path / VECTORS, path / LATEST / VECTORS):
        if file.is_file():
            return file.resolve()
    if not path.exists():
        raise InputError(f"{path}: nothing is there; set model.vectors to a file of vectors or the folder of a run")
    return path.resolve()


def takes_newest(choice: str | Path | None) -> bool:
    return choice is None or str(choice) == LATEST
