"""Where prepared corpora are kept, and how a file is recognised by what is in it."""

from __future__ import annotations

import hashlib
import json
import os
import time
from pathlib import Path

from torchw2v.atomic import write_text
from torchw2v.errors import InputError

# A file changed this short before it was read may change again without its time stamp telling.
_SETTLED_AFTER_NS = 2_000_000_000


def default_cache_dir() -> Path:
    """The folder named by TORCHW2V_CACHE, or the user's cache folder of this system."""
    if named := os.environ.get("TORCHW2V_CACHE"):
        return Path(named).expanduser()
    import platformdirs

    return platformdirs.user_cache_path("torchw2v", appauthor=False)


def make_cache_dir(path: str | Path | None) -> Path:
    """The cache folder, made if need be; InputError if it cannot be written."""
    folder = (Path(path).expanduser() if path else default_cache_dir()).absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror
    else:
        if os.access(folder, os.W_OK | os.X_OK):
            return folder
        reason = "it is not writable"
    raise InputError(f"{folder}: cannot keep a cache here: {reason}; set data.cache_dir or TORCHW2V_CACHE")


def content_digest(path: Path, cache_dir: Path) -> str:
    """BLAKE2 of a file's bytes; remembered, so that a file that has not changed is not read again."""
    index = cache_dir / "digests.json"
    known = _read_index(index)
    state = _state(path)
    entry = known.get(str(path.resolve()))
    if entry and entry["state"] == state:
        return str(entry["digest"])
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
    if _state(path) != state:
        raise InputError(f"{path}: changed while it was read; wait until it is complete")
    if time.time_ns() - state[1] > _SETTLED_AFTER_NS:
        known[str(path.resolve())] = {"state": state, "digest": digest}
        write_text(index, json.dumps(known, indent=0))
    return digest


def _state(path: Path) -> list[int]:
    status = path.stat()
    return [status.st_size, status.st_mtime_ns, status.st_ino]


def _read_index(path: Path) -> dict[str, dict[str, object]]:
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}  # a lost index costs one more reading
    return known if isinstance(known, dict) else {}
