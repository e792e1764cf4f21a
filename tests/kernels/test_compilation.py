"""Compiled passes on disk."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from torchw2v.kernels.cpu.compilation import _private_folder

TRAIN = """
import sys, torch
from torchw2v.data import Corpus, WindowSampler, encode
from torchw2v.kernels import FusedPass, aligned_rows
corpus = encode(Corpus([["a", "b", "c", "a", "d", "e"] * 50] * 5))
for k in map(int, sys.argv[1:]):
    torch.manual_seed(0)
    matrices = [aligned_rows(5, 16).uniform_(-1, 1) for _ in range(2)]
    fused_pass = FusedPass(corpus, WindowSampler(corpus.counts, num_negatives=k), threads=1)
    known = fused_pass.is_compiled(*matrices)
    print(k, known, fused_pass(*matrices, 0, len(corpus), 0, learning_rate=0.01).loss)
"""


def test_passes_compiled_by_different_processes_do_not_mix(tmp_path: Path) -> None:
    """Both would have called their functions by the same names, and one would have called those of the other."""

    def run(*negatives: str) -> list[list[str]]:
        environment = os.environ | {"TORCHW2V_CACHE": str(tmp_path)}
        command = [sys.executable, "-c", TRAIN, *negatives]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        return [line.split() for line in done.stdout.splitlines()]

    ((_, known_2, loss_2),) = run("2")
    ((_, known_8, loss_8),) = run("8")
    assert known_2 == known_8 == "False"
    assert run("2", "8") == [["2", "True", loss_2], ["8", "True", loss_8]]


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="no permissions of this kind on this system")
def test_code_is_read_from_a_private_folder_only(tmp_path: Path) -> None:
    folder = tmp_path / "kernels"
    assert _private_folder(folder) == folder
    folder.chmod(folder.stat().st_mode | stat.S_IWOTH)
    assert _private_folder(folder) is None
