"""Threads: no more than there are cores to use."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator

import pytest

from torchw2v.threads import map_in_order, usable_cores


def test_cores_are_those_that_this_process_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 7)
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {3}, raising=False)
    assert usable_cores() == 1
    assert len(set(map_in_order(lambda item: threading.get_ident(), range(50)))) == 1
    monkeypatch.delattr(os, "sched_getaffinity")
    assert usable_cores() == 7


@pytest.mark.parametrize("threads", [1, 3])
def test_results_come_in_order_and_are_not_made_far_ahead(threads: int) -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for item in range(20):
            taken.append(item)
            yield item

    results = map_in_order(lambda item: 2 * item, items(), threads)
    assert next(results) == 0
    assert len(taken) == threads + 1
    assert list(results) == list(range(2, 40, 2))
