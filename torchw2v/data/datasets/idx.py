"""IDX, the format of MNIST: two zero bytes, a type, the number of dimensions, the sizes, the values.

    00 00 | type | n | size_1 ... size_n as 32-bit integers | values

All numbers are big-endian. Source: the description that came with MNIST (LeCun, Cortes and Burges).
"""

from __future__ import annotations

import gzip
import hashlib
import math
import zlib
from pathlib import Path
from typing import IO, NamedTuple, cast

import numpy as np

from torchw2v.errors import InputError

TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_GZIP = b"\x1f\x8b"


class IdxFile(NamedTuple):
    """What an IDX file holds.

    Attributes:
        values: array of the file's type and sizes, not writable.
        sha256: SHA-256 of the file, of the unpacked one if it is gzipped.
    """

    values: np.ndarray
    sha256: str


def read_idx(path: str | Path) -> IdxFile:
    """Read an IDX file, gzipped or not, whatever its name ends in.

    Raises:
        InputError: it cannot be read, is no IDX file, or holds fewer or more bytes than it says.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            packed = file.read(2) == _GZIP
            file.seek(0)
            return _read(cast(IO[bytes], gzip.GzipFile(fileobj=file)) if packed else file, path)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(f"{path} is a damaged gzip file ({error}): get it again") from error
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}") from error


def _read(file: IO[bytes], path: Path) -> IdxFile:
    magic = file.read(4)
    if not magic:
        raise InputError(f"{path} is empty: get it again")
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] not in TYPES or magic[3] == 0:
        raise InputError(f"{path} is neither an IDX file nor a gzipped one: it starts with {magic!r}")
    dtype, sizes = np.dtype(TYPES[magic[2]]), file.read(4 * magic[3])
    shape = np.frombuffer(sizes[: len(sizes) // 4 * 4], ">u4").tolist()
    size = math.prod(shape) * dtype.itemsize
    # At most one byte more than it should have: a file that unpacks to gigabytes is not unpacked.
    data = _read_up_to(file, size + 1) if len(shape) == magic[3] else b""
    if len(shape) != magic[3] or len(data) < size:
        raise InputError(f"{path} is cut short: {len(data)} bytes of values, and its header says {shape} of {dtype}")
    if len(data) > size:
        raise InputError(f"{path} holds more than the {size} bytes of values that its header says ({shape} of {dtype})")
    digest = hashlib.sha256(magic + sizes)
    digest.update(data)
    return IdxFile(np.frombuffer(data, dtype).reshape(shape), digest.hexdigest())


def _read_up_to(file: IO[bytes], size: int) -> bytes:
    """Read piece by piece: a header may lie about gigabytes, which must not be set aside before they are there."""
    pieces, left = [], size
    while left > 0 and (piece := file.read(min(left, 1 << 24))):
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)
