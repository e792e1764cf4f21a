"""A table of words with known neighbours, and the command in this process."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from torchw2v import WordVectors
from torchw2v.cli import main

WORDS = ["king", "queen", "man", "woman", "car", "new york"]
MATRIX = torch.tensor([[3.0, 0, 1], [3, 1, 1], [1, 0, 1], [1, 1, 1], [0, 0, -5], [0, 1, -5]])


@pytest.fixture
def vectors(tmp_path, monkeypatch) -> WordVectors:
    """Written where the newest run would have them; an older run has others."""
    monkeypatch.chdir(tmp_path)
    table = WordVectors(WORDS, MATRIX)
    older = _write(tmp_path / "lightning_logs" / "cbow_neg" / "y", WordVectors(["old"], torch.ones(1, 3)))
    _write(tmp_path / "lightning_logs" / "skipgram_neg" / "x", table)
    os.utime(older, (0, 0))
    return table


def _write(folder: Path, vectors: WordVectors) -> Path:
    folder.mkdir(parents=True)
    vectors.save(folder / "vectors.safetensors")
    return folder / "vectors.safetensors"


@pytest.fixture
def run(capsys, monkeypatch) -> Callable[..., tuple[int, str, str]]:
    """Exit status, standard output and standard error of a command."""

    def call(*arguments: str, stdin: str | None = None) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", None if stdin is None else io.StringIO(stdin))
        try:
            status = main(arguments)
        except SystemExit as stop:
            status = int(stop.code or 0)
        return (status, *capsys.readouterr())

    return call
