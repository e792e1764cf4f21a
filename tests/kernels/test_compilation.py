"""Compiled passes on disk."""

from __future__ import annotations

import ast
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from copy import copy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from numba import njit

from tests.kernels.conftest import VOCABULARY
from torchw2v.compiled import kept_code
from torchw2v.compiled.kept_code import private_folder
from torchw2v.data import Corpus, EncodedCorpus, WindowSampler, encode
from torchw2v.kernels import FusedPass, aligned_rows
from torchw2v.kernels.cpu import compilation
from torchw2v.kernels.cpu.compilation import compiled_pass
from torchw2v.kernels.cpu.plan import Plan

ROOT = Path(__file__).parents[2]


def train(num_negatives: int) -> tuple[bool, float]:
    """Whether the pass was compiled before, and a loss that another pass would not give."""
    text = encode(Corpus([["a", "b", "c", "a", "d", "e"] * 50] * 5))
    torch.manual_seed(0)
    matrices = [aligned_rows(5, 16).uniform_(-1, 1) for _ in range(2)]
    fused_pass = FusedPass(text, WindowSampler(text.counts, num_negatives=num_negatives), threads=1)
    known = fused_pass.is_compiled(*matrices)
    return known, fused_pass(*matrices, 0, len(text), 0, learning_rate=0.01).loss


def train_elsewhere(*num_negatives: int) -> list[tuple[bool, float]]:
    """In a process of its own."""
    code = "import sys; from tests.kernels.test_compilation import train; print(*map(train, {}), sep='\\n')"
    code += "; assert 'torch._dynamo' not in sys.modules, 'it takes two seconds'"
    command = [sys.executable, "-c", code.format(num_negatives)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [ast.literal_eval(line) for line in done.stdout.splitlines()]


def test_passes_compiled_by_different_processes_do_not_mix() -> None:
    """Both would have called their functions by the same names, and one would have called those of the other."""
    _, of_5 = train(5)
    ((known, of_2),) = train_elsewhere(2)
    assert not known
    assert train_elsewhere(2, 5) == [(True, of_2), (True, of_5)]


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="no permissions of this kind on this system")
def test_code_is_read_from_a_private_folder_only(tmp_path: Path) -> None:
    folder = tmp_path / "kernels"
    assert private_folder(folder) == folder
    folder.chmod(folder.stat().st_mode | stat.S_IWOTH)
    assert private_folder(folder) is None


@pytest.fixture
def _new_passes() -> Iterator[None]:
    """As in a new process: nothing is in memory, but compiled code is in the folder."""
    compilation._known_pass.cache_clear()
    yield
    compilation._known_pass.cache_clear()


@pytest.mark.usefixtures("_new_passes")
@pytest.mark.parametrize(
    ("dtype", "dim", "loss"),
    [(torch.float32, 16, "negative_sampling"), (torch.float32, 16, "hierarchical_softmax"),
     (torch.float64, 20, "negative_sampling"), (torch.float64, 20, "hierarchical_softmax")],
)  # fmt: skip
def test_what_compile_compiles_is_what_runs(corpus: EncodedCorpus, dtype: torch.dtype, dim: int, loss: str) -> None:
    """Types that differ in anything from those of a run would be compiled a second time, while it trains."""
    plain = copy(corpus)
    plain.ids, plain.offsets = np.array(corpus.ids), np.array(corpus.offsets)
    assert plain.ids.flags.writeable
    assert not corpus.ids.flags.writeable
    sampler = WindowSampler(corpus.counts[:VOCABULARY], num_negatives=5)
    matrices = [aligned_rows(VOCABULARY, dim, dtype) for _ in range(2)]
    passes = [FusedPass(text, sampler, loss=loss, threads=threads) for text in (corpus, plain) for threads in (1, 2)]
    run = compiled_pass(passes[0]._plan(matrices[0]))
    assert not run.overloads
    for fused_pass in passes:
        fused_pass.compile(*matrices)
    compiled = list(run.overloads)
    assert len(compiled) == 1
    for fused_pass in passes:
        fused_pass(*matrices, 0, len(corpus), 0, learning_rate=0.1, slope=-1e-6)
    assert list(run.overloads) == compiled


@pytest.mark.usefixtures("_new_passes")
@pytest.mark.parametrize("share", [0, 0.5])
@pytest.mark.parametrize("kind", ["nbi", "nbc"])
def test_what_is_left_of_a_damaged_file_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, share: float
) -> None:
    """Index or code, as a crash or a full disk leaves them; the next process finds them whole."""

    def make_pass(plan: Plan) -> Any:
        @njit
        def run(number):
            return 2 * number + 1

        return run

    monkeypatch.setattr(compilation, "make_pass", make_pass)
    monkeypatch.setenv("TORCHW2V_CACHE", str(tmp_path))
    plan = Plan("window", 3, lanes=8, bits=32, stripes=2)

    def run_anew() -> tuple[int, int]:
        """The result, and how often code came from the folder."""
        compilation._known_pass.cache_clear()
        run = compiled_pass(plan)
        return run(20), sum(run.stats.cache_hits.values())

    assert [run_anew(), run_anew()] == [(41, 0), (41, 1)]
    (path,) = tmp_path.rglob(f"*.{kind}")
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    assert [run_anew(), run_anew()] == [(41, 0), (41, 1)]
    assert len(path.read_bytes()) == len(whole)


@pytest.mark.usefixtures("_new_passes")
def test_threads_that_begin_at_once_get_the_same_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    both, made = threading.Barrier(2), []

    def make_pass(plan: Plan) -> Any:
        with suppress(threading.BrokenBarrierError):  # as there should be one only
            both.wait(timeout=0.5)
        made.append(plan)
        return SimpleNamespace(py_func=lambda: None)

    monkeypatch.setattr(compilation, "make_pass", make_pass)
    monkeypatch.setattr(kept_code, "private_folder", lambda folder: None)
    plan = Plan("window", 3, lanes=8, bits=32, stripes=2)
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(compiled_pass, [plan, plan])
    assert one is other
    assert made == [plan]
