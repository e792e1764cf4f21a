"""Whether numba can compile here."""

from __future__ import annotations

import os
from importlib.util import find_spec


def why_not() -> str | None:
    """What is missing and what to do, or None if functions can be compiled; does not import numba, which takes time."""
    if os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"):
        return "numba's compiler: unset NUMBA_DISABLE_JIT"
    if find_spec("numba") is None or find_spec("llvmlite") is None:
        return "the package numba: pip install 'torchw2v[train]'"
    return None
