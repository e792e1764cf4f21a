"""Where text comes from: files, folders, globs, compressed files, standard input."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import stat
import sys
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from torchw2v.errors import InputError

STANDARD_INPUT = "-"
_GLOB_CHARACTERS = frozenset("*?[")


def find_text_files(source: str | Path) -> list[Path]:
    """The files that a path stands for, in the order in which they are read.

    A folder stands for every file below it and a glob (`**` included) for every file it matches, both sorted by
    path; names that begin with a dot are left out. Links are followed, and a file that several lead to comes once.

    Raises:
        InputError: nothing is there, or something in the folder cannot be read.
    """
    if source == "":
        raise InputError("an empty path was given; give a file, a folder, a glob, or - for standard input")
    try:
        return _find(source)
    except OSError as error:
        reason = "a broken link" if isinstance(error, FileNotFoundError) else error.strerror
        raise InputError(f"{error.filename}: cannot be read: {reason}") from None


def _find(source: str | Path) -> list[Path]:
    path = Path(source).expanduser()
    if path.is_dir():
        files = _distinct_files(_below(path))
        if not files:
            raise InputError(f"{path}: the folder holds no files; give one with text in it")
        return files
    if path.exists():
        return [path]
    if _GLOB_CHARACTERS & set(str(path)):
        files = _distinct_files(_matches(path))
        if not files:
            raise InputError(f"{source}: the pattern matches no file; quote it and check the folder it names")
        return files
    raise InputError(f"{source}: no such file or folder; give a file, a folder, a glob or '-'")


def _matches(pattern: Path) -> Iterator[Path]:
    """What a pattern matches; hidden names only where it names them."""
    first = next(i for i, part in enumerate(pattern.parts) if _GLOB_CHARACTERS & set(part))
    folder, (head, *tail) = Path(*pattern.parts[:first]), pattern.parts[first:]
    if not folder.is_dir():
        return
    if head == "**" and tail and "**" not in tail:
        # a match from the right is what `**/tail` means, and the walk follows links without running in circles
        end = str(Path(*tail))
        yield from (path for path in _below(folder) if path.relative_to(folder).match(end))
        return
    asks_for_hidden = any(part.startswith(".") for part in (head, *tail))
    for path in folder.glob(str(Path(head, *tail))):
        if asks_for_hidden or not any(part.startswith(".") for part in path.relative_to(folder).parts):
            yield path


def _below(folder: Path) -> Iterator[Path]:
    """Whatever is below a folder and is no folder, hidden names left out; no folder twice, so loops of links end."""

    def fail(error: OSError) -> None:
        raise error

    visited = set()
    for parent, folders, names in os.walk(folder, onerror=fail, followlinks=True):
        status = Path(parent).stat()
        if (status.st_dev, status.st_ino) in visited:
            folders.clear()
            continue
        visited.add((status.st_dev, status.st_ino))
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(parent, name) for name in names if not name.startswith("."))


def _distinct_files(paths: Iterable[Path]) -> list[Path]:
    """The regular files among the paths, sorted; of several paths to one file, the shallowest."""
    files, seen = [], set()
    for path in sorted(paths, key=lambda path: (len(path.parts), path)):
        target = os.path.realpath(path)  # Path.resolve fails for a link to itself, and names no file
        if target in seen:
            continue
        seen.add(target)
        if stat.S_ISREG(path.stat().st_mode):
            files.append(path)
    return sorted(files)


@contextmanager
def open_text_file(path: Path) -> Iterator[IO[bytes]]:
    """The bytes of a file, decompressed as its suffix says (.gz, .bz2, .xz, .lzma, .zst); no bytes are empty text.

    Raises:
        InputError: the file cannot be opened, or what is in it is damaged or not compressed that way.
    """
    try:
        with _open(path) as file:
            yield file
    except (zlib.error, lzma.LZMAError, EOFError) as error:
        raise InputError(f"{path}: damaged, or not a {path.suffix} file: {error}") from None
    except OSError as error:
        if error.errno is None:  # the decompressor's, not the system's
            raise InputError(f"{path}: damaged, or not a {path.suffix} file: {error}") from None
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None


@contextmanager
def open_standard_input() -> Iterator[IO[bytes]]:
    if sys.stdin is None or sys.stdin.isatty():
        raise InputError("standard input is a terminal; pipe text into it, or give a path")
    yield sys.stdin.buffer


def _open(path: Path) -> Any:
    if path.is_file() and path.stat().st_size == 0:
        return path.open("rb")
    match path.suffix.lower():
        case ".gz":
            return gzip.open(path, "rb")
        case ".bz2":
            return bz2.open(path, "rb")
        case ".xz" | ".lzma":
            return lzma.open(path, "rb")
        case ".zst":
            # Arrow's, because the package zstandard takes a truncated file for a whole one
            import pyarrow as pa

            return pa.CompressedInputStream(path.open("rb"), "zstd")
    return path.open("rb")
