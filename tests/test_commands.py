"""Every shell block of README and docs runs, in a shell, in a folder that has what it names.

`torchw2v` is run as it stands. What would take minutes or the network is noted down by a stand-in and checked: of
`train.py` the whole configuration is composed and its task built, of `benchmarks` the arguments are read.
"""

from __future__ import annotations

import gzip
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from torchw2v import WordVectors

pytest.importorskip("hydra", reason="train.py needs the package hydra-core")
from hydra import compose, initialize_config_dir
from hydra.utils import instantiate
from omegaconf import OmegaConf

from benchmarks.__main__ import parser
from torchw2v.training.tasks import find_task

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted(page for page in (ROOT / "docs").rglob("*.md") if "_build" not in page.parts)]
SHELL = re.compile(r"^```bash\n(.*?)^```", flags=re.DOTALL | re.MULTILINE)
WORDS = [
    "the",
    "of",
    "and",
    "gradient",
    "matrix",
    "row",
    "column",
    "sin",
    "cos",
    "tan",
    "sinh",
    "cosh",
    "tanh",
    "min",
    "argmin",
    "max",
    "argmax",
    "file",
    "variable",
]
# Said to people, run by none of these tests: they set up, test, or wait for a browser.
NOTED_ONLY = ("-m venv", "-m pytest", "-m sphinx", "-m build", "install ", "--logdir ")
STAND_IN = r"""#!/bin/sh
for word in "$@"; do printf '%s\0' "$word"; done >> "$NOTES"
printf '\n' >> "$NOTES"
cat > /dev/null
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """What a person who reads these pages has: an environment, texts, and a run."""
    commands = tmp_path / ".venv" / "bin"
    commands.mkdir(parents=True)
    for name in ("python", "pip", "tensorboard"):
        (commands / name).write_text(STAND_IN)
    (commands / "torchw2v").write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m torchw2v "$@"\n')
    for name in ("python", "python3", "pip", "tensorboard"):
        (tmp_path / "bin").mkdir(exist_ok=True)
        (tmp_path / "bin" / name).write_text(STAND_IN)
    for command in (*commands.iterdir(), *(tmp_path / "bin").iterdir()):
        command.chmod(0o755)
    text = "".join(f"{' '.join(WORDS[i : i + 6])}\n" for i in range(12)) * 20
    (tmp_path / "corpus.txt").write_text(text)
    (tmp_path / "texts").mkdir()
    for name in ("texts/a.txt.gz", "news-1.gz"):
        (tmp_path / name).write_bytes(gzip.compress(text.encode()))
    run = tmp_path / "lightning_logs" / "skipgram_neg" / "2026-01-01_00-00-00"
    run.mkdir(parents=True)
    generator = torch.Generator().manual_seed(0)
    WordVectors(WORDS, torch.randn(len(WORDS), 12, generator=generator)).save(run / "vectors.safetensors")
    (run.parent / "latest").symlink_to(run.name)
    return tmp_path


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if "```bash" in page.read_text(encoding="utf-8")],
    ids=lambda page: page.relative_to(ROOT).as_posix(),
)
def test_commands_of_a_page(page, project):
    blocks = SHELL.findall(page.read_text(encoding="utf-8"))
    notes = project / "notes"
    environment = {
        **os.environ,
        "NOTES": str(notes),
        "PATH": f"{project / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
    }
    for block in blocks:
        result = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", block],
            cwd=project,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, f"{block}\n{result.stdout}{result.stderr}"
    for line in notes.read_text().splitlines() if notes.exists() else []:
        check(line.split("\0")[:-1])


def check(words: list[str]) -> None:
    """A command that was noted down could be run."""
    match words:
        case ["train.py", "--help"]:
            pass
        case ["train.py", *overrides]:
            with initialize_config_dir(str(ROOT / "configs"), version_base="1.3"):
                config = OmegaConf.to_container(compose("train", overrides), resolve=True)
            find_task(config, instantiate)
        case ["-m", "benchmarks", *arguments]:
            parser().parse_args(arguments)
        case _:
            assert any(part in " ".join(words) for part in NOTED_ONLY), f"who runs this? {words}"
