"""Passes that show what threads do."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from torchw2v.kernels.cpu import train
from torchw2v.kernels.cpu.plan import Plan


class Run(NamedTuple):
    """Of one thread.

    Attributes:
        main: whether it is the thread that called.
        kept: words kept in the tiles it took.
    """

    main: bool
    kept: int


class InPlaceOf:
    """A compiled pass that does something else when it is called."""

    def __init__(self, compiled: Any, call: Callable[..., None]) -> None:
        self.overloads, self.compile = compiled.overloads, compiled.compile
        self.call = call

    def __call__(self, *arguments: Any) -> None:
        self.call(*arguments)


def begin_together(monkeypatch: pytest.MonkeyPatch, threads: int) -> list[Run]:
    """From now on passes need so many threads, which begin at once; what each of them did."""
    runs: list[Run] = []
    all_there = threading.Barrier(threads, timeout=20)
    compiled_pass = train.compiled_pass

    def watched(plan: Plan) -> InPlaceOf:
        compiled = compiled_pass(plan)

        def call(*arguments: Any) -> None:
            all_there.wait()
            compiled(*arguments)
            totals = (ctypes.c_double * 3).from_address(arguments[-1])
            runs.append(Run(is_main(), int(totals[2])))

        return InPlaceOf(compiled, call)

    monkeypatch.setattr(train, "compiled_pass", watched)
    return runs


def until_shared(runs: list[Run], call: Callable[[], Any]) -> Any:
    """Call until the main thread and another found work, because a busy system may let one of them do it all."""
    for _ in range(100):
        runs.clear()
        result = call()
        if {run.main for run in runs if run.kept} == {True, False}:
            return result
    raise AssertionError("one thread did all of the work, a hundred times")


def is_main() -> bool:
    return threading.current_thread() is threading.main_thread()
