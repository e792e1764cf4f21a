"""Several threads: the same samples, nothing lost that one of them added, and no thread left behind by a failure."""

from __future__ import annotations

import ctypes
import threading
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numba import njit
from torch import Tensor

from tests.kernels.test_fused_pass import CASES, F32, F64, fused, make_sampler, name, negative_sampling, start_matrices
from tests.kernels.threads import InPlaceOf, begin_together, is_main, until_shared
from torchw2v.data import EncodedCorpus
from torchw2v.kernels import aligned_rows
from torchw2v.kernels.cpu import code, plan, scratch, train
from torchw2v.kernels.cpu.step import Block
from torchw2v.kernels.cpu.vectors import Shape

# one of each way of sampling, of those whose compiled passes are at hand
SAMPLES = {
    (options["architecture"], options["loss"], options.get("negatives")): options
    for dtype, options in CASES
    if dtype == F32 and options["embedding_dim"] == 16
}


@pytest.mark.parametrize("threads", [2, 5])
@pytest.mark.parametrize("options", SAMPLES.values(), ids=name)
def test_samples_are_the_same_for_any_number_of_threads(
    long_corpus: EncodedCorpus, options: dict[str, Any], threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a rate of 0 the loss is that of the samples alone."""

    def totals(threads: int) -> Any:
        sampler, matrices = make_sampler(long_corpus, options), start_matrices(16, F32)
        fused_pass = fused(long_corpus, sampler, options, threads)
        return fused_pass(*matrices, 7, len(long_corpus) - 9, 1, learning_rate=0.0)

    one = totals(1)
    runs = begin_together(monkeypatch, threads)
    several = until_shared(runs, lambda: totals(threads))
    assert several[1:] == one[1:]
    assert several.loss == pytest.approx(one.loss, rel=1e-6)
    assert len(runs) == threads
    assert sum(run.kept for run in runs) == one.num_kept


def test_what_threads_add_to_their_copies_of_a_row_comes_together() -> None:
    shape, stripes = Shape(lanes=8, bits=64), 3
    emitted = code.exchange(Block(shape, stripes, rows=1, at_once=1))

    @njit
    def exchange(shared, own, seen):
        emitted(shared, own, seen)

    rows = aligned_rows(5, 8 * stripes, F64).numpy()
    shared, *copies = rows[0], rows[1:3], rows[3:5]
    shared[:] = start = np.arange(8 * stripes, dtype=np.float64)

    def exchange_with(copy: Any) -> None:
        exchange(shared.ctypes.data, *(row.ctypes.data for row in copy))

    for copy in copies:
        exchange_with(copy)
        assert (copy == start).all()
    changes = 1000.0 + start, 1e6 * (1 + start)
    for (own, _), change in zip(copies, changes, strict=True):
        own += change
    for _ in range(2):  # the second time there is nothing new, and all have all
        for copy in copies:
            exchange_with(copy)
        assert (shared == start + changes[0] + changes[1]).all()
    assert (rows == shared).all()


@pytest.mark.parametrize("copies", [10, 128], ids=["of some rows", "of all rows"])
@pytest.mark.parametrize("loss", ["negative_sampling", "hierarchical_softmax"])
@pytest.mark.parametrize("architecture", ["skipgram", "cbow"])
def test_copies_come_together(
    long_corpus: EncodedCorpus, architecture: str, loss: str, copies: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of two threads has copies of the frequent words and of the nodes near the root; nothing added may be lost.

    Nor what it adds to them after the last exchange of a stretch: most are used too little in 200 words for one.
    """
    options = {"architecture": architecture, "loss": loss, "window": 5, "embedding_dim": 20, "num_negatives": 5}
    start = start_matrices(20, F64)

    def trained(threads: int, words: int) -> tuple[Tensor, ...]:
        matrices = start_matrices(20, F64)
        fused_pass = fused(long_corpus, make_sampler(long_corpus, options), options, threads)
        for begin in range(0, len(long_corpus), words):
            fused_pass(*matrices, begin, min(begin + words, len(long_corpus)), 0, learning_rate=0.01)
        return matrices

    one = trained(1, len(long_corpus))
    monkeypatch.setattr(scratch, "_TILE", 100)
    monkeypatch.setattr(plan, "FREQUENT_WORDS", copies)
    monkeypatch.setattr(plan, "FREQUENT_NODES", copies)
    runs = begin_together(monkeypatch, 2)
    for two in (until_shared(runs, lambda: trained(2, len(long_corpus))), trained(2, 200)):
        for before, alone, together in zip(start, one, two, strict=True):
            change = alone - before
            assert (together - alone).norm() < 0.2 * change.norm()
            assert change[:-1].norm(dim=1).min() > 0  # every word and node was moved


def put_in_place(monkeypatch: pytest.MonkeyPatch, call: Any) -> None:
    compiled = SimpleNamespace(overloads=True, compile=None)
    monkeypatch.setattr(train, "compiled_pass", lambda plan: InPlaceOf(compiled, call))


def take_tiles(stretch: Any) -> None:
    """Until there is none; it seems that others take them."""
    counter, nothing = ctypes.c_int64.from_address(stretch.counter), threading.Event()
    for _ in range(10_000):
        if counter.value >= stretch.stop // stretch.tile_words:
            return
        nothing.wait(0.001)
    raise AssertionError("this thread was forgotten")


def train_on_threads(corpus: EncodedCorpus, threads: int) -> None:
    options = negative_sampling(5, 5, 16)
    fused_pass = fused(corpus, make_sampler(corpus, options), options, threads)
    fused_pass(*start_matrices(16, F32), 0, len(corpus), 0, learning_rate=0.1)


@pytest.mark.parametrize("fails", ["main", "other"])
def test_a_failure_in_a_thread_is_raised_where_it_was_called(
    long_corpus: EncodedCorpus, fails: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    both, ended = threading.Barrier(2, timeout=60), []

    def call(text: Any, stretch: Any, *arguments: Any) -> None:
        both.wait()
        if is_main() == (fails == "main"):
            raise MemoryError("of this thread")
        if not is_main():
            take_tiles(stretch)
        ended.append(is_main())

    put_in_place(monkeypatch, call)
    before = set(threading.enumerate())
    with pytest.raises(MemoryError, match="of this thread"):
        train_on_threads(long_corpus, 2)
    assert set(threading.enumerate()) <= before
    assert ended == [fails == "other"]


def test_threads_that_cannot_be_started_leave_none_behind(
    long_corpus: EncodedCorpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended, started = [], []

    class Thread(threading.Thread):
        def start(self) -> None:
            started.append(self)
            if len(started) == 2:
                raise RuntimeError("can't start new thread")
            super().start()

    def call(text: Any, stretch: Any, *arguments: Any) -> None:
        take_tiles(stretch)
        ended.append(is_main())

    monkeypatch.setattr(train, "Thread", Thread)
    put_in_place(monkeypatch, call)
    before = set(threading.enumerate())
    with pytest.raises(RuntimeError, match="can't start new thread"):
        train_on_threads(long_corpus, 4)
    assert set(threading.enumerate()) <= before
    assert ended == [False]
