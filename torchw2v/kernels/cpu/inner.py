"""Functions that only compiled code calls: numba spares itself what Python would need to call them."""

from __future__ import annotations

from typing import Any

from numba import njit

inner: Any = njit(no_cpython_wrapper=True, no_cfunc_wrapper=True)  # type: ignore[call-overload]
