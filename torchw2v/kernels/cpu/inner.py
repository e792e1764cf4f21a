"""Functions that only compiled code calls: numba spares itself what Python would need to call them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit

from torchw2v.kernels.cpu.plan import Plan

inner: Any = njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, forceinline=True)  # type: ignore[call-overload]


def inner_of(plan: Plan) -> Callable[[Callable[..., Any]], Any]:
    """`inner`, for a function that differs from plan to plan."""
    name = name_after(plan)
    return lambda function: inner(name(function))


def name_after(plan: Plan) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a function a name of this plan alone.

    Names of functions are what compiled code is linked by. Those of one plan, read from the cache, would otherwise meet
    those of another plan, compiled by another process, under the same names, and call them instead.
    """

    def rename(function: Callable[..., Any]) -> Callable[..., Any]:
        function.__qualname__ = f"{function.__name__}-{plan.name}"
        return function

    return rename
