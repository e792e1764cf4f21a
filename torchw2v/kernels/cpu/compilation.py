"""Compiled passes: made once for a plan, kept on disk between runs.

numba keeps compiled code as pickles. Code is code, whatever its wrapping, so it is only read from a folder that belongs
to this user and that nobody else may write to; where there is none, every process compiles anew.
"""

from __future__ import annotations

import hashlib
import os
import stat
from contextlib import suppress
from dataclasses import astuple
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import llvmlite.binding as llvm
from numba.core.caching import FunctionCache, IndexDataCacheFile

from torchw2v.data import counter_random
from torchw2v.data.cache import default_cache_dir
from torchw2v.kernels.cpu.passes import make_pass
from torchw2v.kernels.cpu.plan import Plan

_SOURCES = Path(__file__).parent


def _digest() -> str:
    """Of the sources from which passes are compiled."""
    digest = hashlib.blake2b(digest_size=8)
    for path in (*sorted(_SOURCES.glob("*.py")), Path(counter_random.__file__)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


_DIGEST = _digest()  # now, as the sources may change while this runs
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
    function = make_pass(plan)
    if folder := code_folder():
        with suppress(RuntimeError):  # numba looks for a cache folder of its own, too, and there may be none
            function._cache = _PlanCache(function.py_func, plan, folder)
    return function


def code_folder() -> Path | None:
    """Where compiled code is kept; None where it cannot be, or should not."""
    return _private_folder(default_cache_dir() / "kernels")


def is_compiled(plan: Plan) -> bool:
    """Whether a pass can start at once: it is in memory, or some code for its plan is in the cache."""
    function = compiled_pass(plan)
    return bool(function.overloads) or (isinstance(function._cache, _PlanCache) and function._cache.holds_some())


class _PlanCache(FunctionCache):
    """Of the code for one plan. numba's own looks at one source file only, and into closures that change each time."""

    def __init__(self, function: Any, plan: Plan, folder: Path) -> None:
        self._name = repr(plan)
        self._py_func = function
        self._impl = self._impl_class(function)
        self._plan = plan
        self._folder = str(folder)
        self._cache_file = IndexDataCacheFile(self._folder, f"{plan.name}-{_DIGEST}", _DIGEST)
        self.enable()

    @property
    def cache_path(self) -> str:
        return self._folder

    def holds_some(self) -> bool:
        try:
            return bool(self._cache_file._load_index())
        except Exception:  # damaged: see `load_overload`
            return False

    def load_overload(self, signature: Any, target_context: Any) -> Any:
        try:
            return super().load_overload(signature, target_context)
        except Exception:  # whatever pickle and LLVM say of half a file; it is made anew
            Path(self._cache_file._index_path).unlink(missing_ok=True)
            return None

    def _save_overload(self, signature: Any, data: Any) -> None:
        self._cache_file.save(self._index_key(signature, data.codegen), self._impl.reduce(data))

    def save_overload(self, signature: Any, data: Any) -> None:
        try:
            super().save_overload(signature, data)
        except OSError:
            self.disable()  # a full disk is no reason not to train

    def _index_key(self, signature: Any, codegen: Any) -> Any:
        return signature, codegen.magic_tuple(), astuple(self._plan)


def _private_folder(folder: Path) -> Path | None:
    """The folder, made if need be; None where it cannot be written, or others can."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        status = folder.stat()
    except OSError:
        return None
    if not os.access(folder, os.W_OK | os.X_OK):
        return None
    if hasattr(os, "getuid") and (status.st_uid != os.getuid() or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)):
        return None
    return folder
