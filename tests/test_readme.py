"""Every Python block of the README runs as it stands there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from tests.training import planted
from torchw2v import WordVectors

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.strip().split("\n")[-1][:40])
def test_python_block(block, tmp_path):
    (tmp_path / "corpus.txt").write_text("\n".join(" ".join([*words, "the"]) for words in planted.sentences(50)))
    folder = tmp_path / "lightning_logs" / "skipgram_neg" / "latest"
    folder.mkdir(parents=True)
    WordVectors(["gradient", "gradients"], torch.eye(2)).save(folder / "vectors.safetensors")
    result = subprocess.run([sys.executable, "-c", block], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert result.stdout


def test_links_lead_somewhere():
    for page in ROOT.glob("*.md"):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text(encoding="utf-8")):
            assert (ROOT / target).exists(), f"{page.name}: {target}"


def test_commands_are_those_that_ci_runs():
    ci = (ROOT / ".ci" / "run").read_text()
    command = "python3 -m venv .venv && .venv/bin/pip install -r requirements-dev.txt && .venv/bin/python -m pytest"
    assert command in README
    assert command in ci.replace("install -q", "install")
