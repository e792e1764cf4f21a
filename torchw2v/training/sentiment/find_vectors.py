"""Which word vectors a run takes."""

from __future__ import annotations

from pathlib import Path

from torchw2v.errors import InputError
from torchw2v.training.run_folder import LATEST, latest_run

_FILE = "vectors.safetensors"


def find_vectors(choice: str | Path | None, output_dir: str | Path) -> Path:
    """The file of vectors that a setting names: a file, a run's folder, or the newest finished run of all models.

    Args:
        choice: a path; None or "latest" for the newest run.
        output_dir: of all runs.

    Raises:
        InputError: there is none.
    """
    if choice is None or str(choice) == LATEST:
        runs = Path(output_dir).expanduser()
        found = [folder / _FILE for model in runs.glob("*") if (folder := latest_run(model))]
        found = [path for path in found if path.is_file()]
        if not found:
            raise InputError(
                f"{runs}: no finished run there has word vectors; train some first (python train.py), or set "
                "model.vectors to a file of vectors or the folder of a run"
            )
        return max(found, key=lambda path: path.stat().st_mtime_ns)
    path = Path(choice).expanduser()
    if path.is_dir():
        folder = path if (path / _FILE).is_file() else latest_run(path)
        if folder is None or not (folder / _FILE).is_file():
            raise InputError(f"{path}: no {_FILE} in this folder; set model.vectors to a run that trained word vectors")
        path = folder / _FILE
    if not path.is_file():
        raise InputError(f"{path}: no such file; set model.vectors to a file of vectors or the folder of a run")
    return path.resolve()
