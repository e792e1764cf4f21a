"""The rooms of the house: who may import whom, and what importing costs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import torchw2v
import torchw2v.cs224n
import torchw2v.evaluation
import torchw2v.pictures

ROOT = Path(__file__).parents[1]


def run(*command: str) -> str:
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_imports_go_downward_only():
    lint = "from importlinter.cli import lint_imports_command; lint_imports_command(['--no-cache'])"
    assert "0 broken" in run(sys.executable, "-c", lint)


def test_importing_the_package_is_light():
    heavy = "lightning hydra numba scipy tensorboard matplotlib sklearn"
    code = f"import sys, torchw2v; print(*set(sys.modules) & set('{heavy}'.split()))"
    assert run(sys.executable, "-c", code).strip() == ""


@pytest.mark.parametrize("command", [("ruff", "check"), ("ruff", "format", "--check"), ("mypy",)], ids=" ".join)
def test_the_code_is_clean(command):
    run(sys.executable, "-m", *command, *(["."] if command[0] == "ruff" else []))


def test_everything_public_is_documented():
    for module in (
        torchw2v,
        torchw2v.data,
        torchw2v.functional,
        torchw2v.nn,
        torchw2v.ops,
        torchw2v.cs224n,
        torchw2v.pictures,
        torchw2v.evaluation,
    ):
        for name in module.__all__:
            if not name.startswith("__"):
                assert getattr(module, name).__doc__, f"{module.__name__}.{name} says nothing"


def test_there_is_no_drawer_for_odds_and_ends():
    names = {path.stem for path in (ROOT / "torchw2v").rglob("*.py")}
    assert not names & {"utils", "util", "helpers", "common", "misc"}


def test_the_version_is_in_the_changelog():
    assert f"## {torchw2v.__version__}" in (ROOT / "CHANGELOG.md").read_text()
