"""A file recognised by what is in it."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from torchw2v.atomic import write_text
from torchw2v.errors import InputError
from torchw2v.threads import map_in_order

# A file changed this short before it was read may change again without its time stamp telling.
_SETTLED_AFTER_NS = 2_000_000_000

_PIECE_BYTES = 1 << 20

FileState = list[int]


def content_digests(paths: Sequence[Path], cache_dir: Path, *, threads: int | None = None) -> list[str]:
    """A digest of the bytes of each file; remembered, so that a file that has not changed is not read again.

    Raises:
        InputError: a file cannot be read, or changes meanwhile.
    """
    index = cache_dir / "digests.json"
    known = _read_index(index)
    new: dict[str, dict[str, object]] = {}
    digests = []
    for path, state in zip(paths, file_states(paths), strict=True):
        name = str(path.resolve())
        entry = known.get(name)
        if entry is None or entry["state"] != state:
            entry = {"state": state, "digest": _digest(path, threads)}
            check_unchanged([path], [state])
            if time.time_ns() - state[1] > _SETTLED_AFTER_NS:
                new[name] = entry
        digests.append(str(entry["digest"]))
    if new:
        with suppress(OSError):  # a lost index costs one more reading
            write_text(index, json.dumps(_read_index(index) | new, indent=0))
    return digests


def file_states(paths: Sequence[Path]) -> list[FileState]:
    """What tells without reading that a file has changed."""
    return [_state(path) for path in paths]


def check_unchanged(paths: Sequence[Path], states: Sequence[FileState]) -> None:
    """InputError for a file whose state is another one by now."""
    for path, state in zip(paths, states, strict=True):
        if _state(path) != state:
            raise InputError(f"{path}: changed while it was read; wait until it is complete")


def _state(path: Path) -> FileState:
    try:
        status = path.stat()
    except OSError:
        return []  # it is gone
    return [status.st_size, status.st_mtime_ns, status.st_ino, status.st_ctime_ns]


def _digest(path: Path, threads: int | None) -> str:
    """BLAKE2 of the BLAKE2 digests of its pieces, which are worked on at the same time."""
    whole = hashlib.blake2b(digest_size=16)
    try:
        with path.open("rb") as file:
            pieces = iter(partial(file.read, _PIECE_BYTES), b"")
            for piece in map_in_order(lambda data: hashlib.blake2b(data).digest(), pieces, threads):
                whole.update(piece)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    return whole.hexdigest()


def _read_index(path: Path) -> dict[str, dict[str, object]]:
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(known, dict):
        return {}
    whole = {"state", "digest"}
    return {name: entry for name, entry in known.items() if isinstance(entry, dict) and whole <= entry.keys()}
