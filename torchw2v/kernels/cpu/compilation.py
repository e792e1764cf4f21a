"""Compiled passes: made once for a plan, kept on disk between runs."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import llvmlite.binding as llvm

from torchw2v.compiled.kept_code import digest_of, is_known, keep
from torchw2v.data import counter_random
from torchw2v.kernels.cpu.passes import make_pass
from torchw2v.kernels.cpu.plan import Plan

# now, as the sources may change while this runs
_DIGEST = digest_of((*sorted(Path(__file__).parent.glob("*.py")), Path(counter_random.__file__)))
_making = Lock()


def host_lanes() -> int:
    """Numbers in the vectors that fit this processor; AVX2 and NEON take 8 in one or two parts."""
    return 16 if llvm.get_host_cpu_features().get("avx512f") else 8


def compiled_pass(plan: Plan) -> Any:
    """The pass for a plan; compiled, or read from the cache, at its first call."""
    with _making:  # two threads that begin at once would each make, and compile, one of their own
        return _known_pass(plan)


@cache
def _known_pass(plan: Plan) -> Any:
    return keep(make_pass(plan), plan.name, _DIGEST)


def is_compiled(plan: Plan) -> bool:
    """Whether a pass can start at once."""
    return is_known(compiled_pass(plan))
