"""Files out of a zip archive: those that are asked for, no larger than they may be, to places that we choose."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from torchw2v.errors import InputError

_CHUNK = 1 << 16


@contextmanager
def open_archive(path: Path) -> Iterator[zipfile.ZipFile]:
    """The archive; InputError where it is none, or where what is read of it turns out to be damaged."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise InputError(f"{path} is a damaged zip file: {error}") from error


def unpack_member(archive: zipfile.ZipFile, member: str, target: Path, *, largest: int) -> None:
    """Write one member to `target`. Names and sizes that the archive tells are not relied on.

    Args:
        archive: open.
        member: its name there.
        target: the file to write.
        largest: bytes after which a member is taken for a bomb.

    Raises:
        InputError: there is no such member, or it is larger.
    """
    try:
        packed = archive.open(member)
    except (KeyError, RuntimeError) as error:  # none of that name, or one that needs a password
        raise InputError(f"{archive.filename} does not hold {member}: {error}") from None
    size = 0
    with packed, target.open("wb") as file:
        while chunk := packed.read(_CHUNK):
            size += len(chunk)
            if size > largest:
                raise InputError(f"{archive.filename}: {member} in it is larger than {largest:,} bytes")
            file.write(chunk)
