"""Where text comes from: files, folders, globs, compressed files, standard input."""

from __future__ import annotations

import bz2
import glob
import gzip
import lzma
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from torchw2v.errors import InputError

STANDARD_INPUT = "-"
_GLOB_CHARACTERS = frozenset("*?[")


def find_text_files(source: str | Path) -> list[Path]:
    """The files that a path stands for, in the order in which they are read.

    A folder stands for every file below it and a glob (`**` included) for every file it matches, both sorted by
    path; names that begin with a dot are left out.

    Raises:
        InputError: nothing is there.
    """
    path = Path(source).expanduser()
    if path.is_dir():
        files = [file for file in path.rglob("*") if file.is_file() and not _hidden(file.relative_to(path))]
        if not files:
            raise InputError(f"{path}: the folder holds no files; give one with text in it")
        return sorted(files)
    if path.exists():
        return [path]
    if _GLOB_CHARACTERS & set(str(path)):
        files = [Path(name) for name in glob.glob(str(path), recursive=True)]  # noqa: PTH207 - absolute patterns, too
        files = [file for file in files if file.is_file()]
        if not files:
            raise InputError(f"{source}: the pattern matches no file; quote it and check the folder it names")
        return sorted(files)
    raise InputError(f"{source}: no such file or folder; give a file, a folder, a glob or '-'")


@contextmanager
def open_text_file(path: Path) -> Iterator[IO[bytes]]:
    """The bytes of a file, decompressed as its suffix says (.gz, .bz2, .xz, .lzma, .zst).

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
    match path.suffix:
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


def _hidden(relative: Path) -> bool:
    return any(part.startswith(".") for part in relative.parts)
