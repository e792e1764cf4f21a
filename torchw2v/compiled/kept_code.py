"""Compiled code on disk, so that it is made once.

numba keeps compiled code as pickles. Code is code, whatever its wrapping, so it is only read from a folder that belongs
to this user and that nobody else may write to; where there is none, every process compiles anew.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any

from numba import njit
from numba.core.caching import FunctionCache, IndexDataCacheFile

from torchw2v.cache import default_cache_dir


def digest_of(sources: Iterable[Path]) -> str:
    """Of files from which functions are compiled."""
    digest = hashlib.blake2b(digest_size=8)
    for path in sources:
        digest.update(path.read_bytes())
    return digest.hexdigest()


_DIGEST = digest_of(sorted(Path(__file__).parent.glob("*.py")))  # now, as the sources may change while this runs


def code_folder() -> Path | None:
    """Where compiled code is kept; None where it cannot be, or should not."""
    return private_folder(default_cache_dir() / "kernels")


def private_folder(folder: Path) -> Path | None:
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


def keep(function: Any, name: str, digest: str) -> Any:
    """A function of numba's, whose code is read from the folder, or put there once it is compiled.

    Args:
        function: from `numba.njit`, not yet compiled.
        name: different for different functions, and good for a file.
        digest: of the sources.
    """
    if folder := code_folder():
        with suppress(RuntimeError):  # numba looks for a cache folder of its own, too, and there may be none
            function._cache = _KeptCode(function.py_func, name, digest, folder)
    return function


class Kept:
    """A function that is compiled for one signature, or its code read from the folder, when it is first called.

    Args:
        function: to be compiled.
        signature: of its arguments; others are changed into these, or refused.
    """

    def __init__(self, function: Any, signature: Any) -> None:
        self.function = function
        self.signature = signature
        self._compiled: Any = None
        self._making = Lock()

    def __call__(self, *arguments: Any) -> Any:
        return (self._compiled or self._compile())(*arguments)

    def _compile(self) -> Any:
        with self._making:
            if self._compiled is None:
                made = keep(njit(nogil=True, boundscheck=False)(self.function), self.function.__name__, _DIGEST)
                made.compile(self.signature)
                made.disable_compile()
                self._compiled = made
        return self._compiled


def is_known(function: Any) -> bool:
    """Whether a function from `keep` can start at once: it is in memory, or some code of it is in the folder."""
    return bool(function.overloads) or (isinstance(function._cache, _KeptCode) and function._cache.holds_some())


class _KeptCode(FunctionCache):
    """Of one function. numba's own looks at one source file only, and into closures that change each time."""

    def __init__(self, function: Any, name: str, digest: str, folder: Path) -> None:
        self._name = name
        self._py_func = function
        self._impl = self._impl_class(function)
        self._folder = str(folder)
        self._cache_file = IndexDataCacheFile(self._folder, f"{name}-{digest}", digest)
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
            self.disable()  # a full disk is no reason not to go on

    def _index_key(self, signature: Any, codegen: Any) -> Any:
        return signature, codegen.magic_tuple(), self._name
