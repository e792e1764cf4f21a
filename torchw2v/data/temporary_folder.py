"""Folders that appear in the cache whole or not at all."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

from torchw2v.atomic import umask

if sys.platform != "win32":
    import fcntl

_TEMPORARY = ".tmp"
_LOCK = "lock"
_ABANDONED_AFTER_S = 7 * 24 * 3600


class TemporaryFolder:
    """A new folder in the cache that other runs leave alone for as long as this process holds it.

    The system drops the lock on the file `lock` when the process ends, however it ends.
    """

    def __init__(self, root: Path) -> None:
        _remove_abandoned(root)
        self.path = Path(tempfile.mkdtemp(prefix="corpus-", suffix=_TEMPORARY, dir=root))
        self._lock = (self.path / _LOCK).open("wb")
        _try_lock(self._lock)

    def move(self, folder: Path) -> None:
        """Put it, safe on the disk, at `folder`, unless another run was faster."""
        self._unlock()
        for path in self.path.iterdir():
            with path.open("rb+") as file:
                os.fsync(file.fileno())
        self.path.chmod(0o777 & ~umask())  # mkdtemp's is for its user alone
        try:
            self.path.rename(folder)
        except OSError:
            if not folder.exists():
                raise
            self.remove()

    def remove(self) -> None:
        self._unlock()
        shutil.rmtree(self.path, ignore_errors=True)

    def _unlock(self) -> None:
        self._lock.close()
        (self.path / _LOCK).unlink(missing_ok=True)


def is_temporary(folder: Path) -> bool:
    """Whether a folder is one that was not moved."""
    return folder.suffix == _TEMPORARY


def _remove_abandoned(root: Path) -> None:
    """Delete what runs that were killed left half written, and nothing that is still written to or read."""
    for folder in root.glob(f"corpus-*{_TEMPORARY}"):
        with suppress(OSError):  # another run may rename or delete it meanwhile, or it is another user's
            newest = max(file.stat().st_mtime for file in (folder, *folder.iterdir()))
            if time.time() - newest > _ABANDONED_AFTER_S and not _is_held(folder):
                shutil.rmtree(folder, ignore_errors=True)


def _is_held(folder: Path) -> bool:
    try:
        with (folder / _LOCK).open("rb+") as file:
            return not _try_lock(file)
    except FileNotFoundError:
        return False  # killed before it was locked or while it was moved


def _try_lock(file: IO[bytes]) -> bool:
    """Lock a file until it is closed; False if it is locked already, or if locks do not work there."""
    if sys.platform == "win32":
        return True  # the age alone decides
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
