"""Downloads of which every byte is known beforehand: a file is right, or it is not there."""

from __future__ import annotations

import hashlib
import http.client
from collections.abc import Generator, Sequence
from contextlib import closing
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from tqdm import tqdm

from torchw2v.atomic import atomic_path
from torchw2v.errors import InputError

_CHUNK = 1 << 16


class _MirrorError(Exception):
    """A mirror did not send the file; the message is the reason in a few words."""


def fetch(
    name: str,
    mirrors: Sequence[str],
    size: int,
    sha256: str,
    root: Path,
    *,
    progress: bool = True,
    timeout: float = 20,
) -> Path:
    """Path of the file `name` in the folder `root`, downloaded if it is not there.

    Args:
        name: file name within `root`.
        mirrors: addresses of the file, tried in this order.
        size: size of the file in bytes; a server that sends more is cut off.
        sha256: SHA-256 of the file in hexadecimal digits.
        root: folder; created where missing.
        progress: whether to show a progress bar.
        timeout: seconds to wait for a mirror that is silent.

    Raises:
        InputError: no mirror sent this very file, another file lies in its place (it is left alone), or
            `root` is not writable. The message says what to put where, for machines without a network.
    """
    path = Path(root).absolute() / name
    if is_there(path, size, sha256):
        return path
    failures: list[str] = []
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_path(path) as temporary:
            for url in mirrors:
                try:
                    _download(url, temporary, name, size, sha256, progress, timeout)
                    break
                except _MirrorError as error:
                    failures.append(f"{urlsplit(url).netloc}: {error}")
            else:
                raise InputError(
                    f"{name} could not be downloaded ({'; '.join(failures)}): get it elsewhere "
                    f"({size} bytes, SHA-256 {sha256}) and put it into {path.parent}"
                )
    except OSError as error:
        raise InputError(f"{path.parent}: cannot write {name} here: {error.strerror or error}") from error
    return path


def is_there(path: Path, size: int, sha256: str) -> bool:
    """Whether the file is there; InputError if another one lies in its place."""
    if not path.exists():
        return False
    if problem := mismatch(path, size, sha256):
        raise InputError(f"{path} {problem}: move it away or replace it; it was left as it is")
    return True


def mismatch(path: Path, size: int, sha256: str) -> str | None:
    """What tells the file at `path` from the one expected, None if nothing does."""
    try:
        found_size = path.stat().st_size
        if found_size != size:
            return f"has {found_size} bytes, not {size}"
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        return f"cannot be read ({error.strerror or error})"
    return None if found == sha256 else f"has SHA-256 {found}, not {sha256}"


def _download(url: str, target: Path, name: str, size: int, sha256: str, progress: bool, timeout: float) -> None:
    received = 0
    digest = hashlib.sha256()
    bar = tqdm(
        desc=name,
        total=size,
        unit="B",
        unit_scale=True,
        dynamic_ncols=True,
        disable=not progress,
        leave=False,
    )
    with bar, target.open("wb") as file, closing(_chunks(url, timeout)) as chunks:
        for chunk in chunks:
            received += len(chunk)
            if received > size:
                raise _MirrorError(f"sent more than {size} bytes")
            file.write(chunk)
            digest.update(chunk)
            bar.update(len(chunk))
    if received < size:
        raise _MirrorError(f"sent only {received} bytes")
    if digest.hexdigest() != sha256:
        raise _MirrorError(f"sent a file with SHA-256 {digest.hexdigest()}")


def _chunks(url: str, timeout: float) -> Generator[bytes, None, None]:
    # Only what the network does is caught here: a full disk is not the mirror's fault.
    try:
        with urlopen(Request(url, headers={"User-Agent": "torchw2v"}), timeout=timeout) as response:
            while chunk := response.read(_CHUNK):
                yield chunk
    except HTTPError as error:
        error.close()
        raise _MirrorError(f"HTTP {error.code}") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _MirrorError(_reason(error, timeout)) from error


def _reason(error: Exception, timeout: float) -> str:
    cause = error.reason if isinstance(error, URLError) else error
    if isinstance(cause, TimeoutError):
        return f"no answer within {timeout:g} s"
    kind = "no connection" if isinstance(error, URLError) else "broken off"
    detail = " ".join(str(getattr(cause, "strerror", None) or cause).split())  # fetch's message is one line
    return f"{kind} ({detail})" if detail else kind
