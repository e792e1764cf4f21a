"""The folder in which prepared corpora and compiled code are kept."""

from __future__ import annotations

import os
from pathlib import Path

from torchw2v.errors import InputError


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
