from __future__ import annotations

import gzip
import hashlib
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from torchw2v import InputError
from torchw2v.data.datasets.idx import read_idx

VALUES = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
CONTENT = bytes([0, 0, 8, 3]) + struct.pack(">3I", 2, 3, 4) + VALUES.tobytes()
PACKED = gzip.compress(CONTENT, mtime=0)


def write(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "some.idx"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("packed", [False, True])
def test_reads_gzipped_or_not_whatever_the_name(tmp_path: Path, packed: bool) -> None:
    values, sha256 = read_idx(write(tmp_path, PACKED if packed else CONTENT))
    np.testing.assert_array_equal(values, VALUES, strict=True)
    assert sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert not values.flags.writeable


@pytest.mark.parametrize(
    ("code", "format", "values"),
    [
        (0x08, "B", [0, 1, 255]),
        (0x09, "b", [0, 1, -128]),
        (0x0B, "h", [0, 258, -2]),
        (0x0C, "i", [0, 1 << 24, -2]),
        (0x0D, "f", [0, 0.5, -3e38]),
        (0x0E, "d", [0, 0.1, -3e300]),
    ],
)
def test_reads_each_type(tmp_path: Path, code: int, format: str, values: list[float]) -> None:
    content = bytes([0, 0, code, 1]) + struct.pack(f">I3{format}", 3, *values)
    read = read_idx(write(tmp_path, content)).values
    np.testing.assert_array_equal(read, np.array(values, dtype=f">{format}"), strict=True)


def test_no_values(tmp_path: Path) -> None:
    assert read_idx(write(tmp_path, bytes([0, 0, 8, 2]) + struct.pack(">2I", 0, 4))).values.shape == (0, 4)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "some.idx is empty: get it again"),
        (b"<html>not found</html>", r"it starts with b'<htm'"),
        (b"\0\0\x07" + CONTENT[3:], r"it starts with b'\\x00\\x00\\x07\\x03'"),
        (b"\0\0\x08\0" + CONTENT[4:], r"it starts with"),
        (CONTENT[:10], r"is cut short: 0 bytes of values, and its header says \[2\] of uint8"),
        (CONTENT[:-1], r"is cut short: 23 bytes of values, and its header says \[2, 3, 4\] of uint8"),
        (CONTENT + b"!", r"holds more than the 24 bytes of values that its header says \(\[2, 3, 4\] of uint8\)"),
        (PACKED[:-9], r"is a damaged gzip file \(.*\): get it again"),
        (PACKED[:-8] + bytes(8), r"is a damaged gzip file \(CRC check failed"),
        (PACKED[:10] + b"\xff" * 30, r"is a damaged gzip file \(.*invalid block type"),
    ],
)
def test_what_is_no_whole_idx_file_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = write(tmp_path, content)
    with pytest.raises(InputError, match=message) as caught:
        read_idx(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="missing cannot be read: No such file or directory"):
        read_idx(tmp_path / "missing")
    with pytest.raises(InputError, match="cannot be read: Is a directory"):
        read_idx(tmp_path)


@pytest.mark.parametrize("sizes", [(2, 3, 4), (1 << 31, 1 << 31, 4)])
def test_takes_no_more_memory_than_there_are_bytes(tmp_path: Path, sizes: tuple[int, ...]) -> None:
    """A small file that unpacks to 100 MB, and one that promises 2^64 bytes."""
    header = bytes([0, 0, 8, 3]) + struct.pack(">3I", *sizes)
    path = write(tmp_path, gzip.compress(header + bytes(100_000_000 if sizes == (2, 3, 4) else 1000)))
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match=r"holds more than|is cut short"):
            read_idx(path)
        assert tracemalloc.get_traced_memory()[1] < 50_000_000
    finally:
        tracemalloc.stop()
