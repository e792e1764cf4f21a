"""Memory that was freed, given back to the system."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from functools import cache


def give_back() -> None:
    """Return what glibc keeps of freed memory, which is a part for each thread; elsewhere nothing happens."""
    _trim()(0)


@cache
def _trim() -> Callable[[int], object]:
    if sys.platform != "linux":
        return lambda _: None
    # other C libraries have no such function
    return getattr(ctypes.CDLL(None), "malloc_trim", lambda _: None)
