"""Where a command's vectors come from."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from torchw2v.vectors import WordVectors
from torchw2v.vectors.latest_run import latest_run


def chosen_path(arguments: Namespace) -> Path:
    """What `--vectors` names, or the newest run, of which standard error tells."""
    if arguments.vectors is not None:
        return Path(arguments.vectors)
    path = latest_run(arguments.runs)
    print(f"torchw2v: vectors of {path}", file=sys.stderr)
    return path


def chosen_vectors(arguments: Namespace) -> WordVectors:
    return WordVectors.load(chosen_path(arguments), format=arguments.format)
