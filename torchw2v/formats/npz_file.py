"""NumPy's .npz: `words`, an array of strings, and `vectors` (V, D). Nothing in it is pickled."""

from __future__ import annotations

import lzma
import math
import zipfile
import zlib
from pathlib import Path
from typing import IO, Any

import numpy as np
import torch

from torchw2v.atomic import atomic_path
from torchw2v.errors import InputError
from torchw2v.formats.word_table import WordTable

# Vectors and words compress to a tenth at best; what promises more than this is no file of them.
_MOST_COMPRESSED = 200
_SMALL = 1 << 16
_MOST_CHARACTERS = 1 << 30


def write_npz(path: Path, table: WordTable) -> None:
    """Write what `numpy.load(path)` opens as an archive of `words` and `vectors`.

    Raises:
        InputError: a word that ends in a zero byte, which NumPy would cut off, or one so long that an array of strings
            of that width would not fit.
    """
    longest = max(map(len, table.words), default=1)
    if longest * len(table.words) > _MOST_CHARACTERS:
        raise InputError(
            f"{path}: a word of {longest:,} characters makes an array too wide for .npz; save as safetensors"
        )
    for word in table.words:
        if not word or word.endswith("\0"):
            raise InputError(f"the word {word!r} cannot be saved as .npz: it is empty or ends in a zero byte")
    vectors = table.matrix.cpu()
    vectors = vectors.float() if vectors.dtype == torch.bfloat16 else vectors
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        np.savez(file, words=np.array(table.words, dtype=np.str_), vectors=vectors.numpy())


def read_npz(path: Path) -> WordTable:
    """Read it; InputError for an archive of something else, or one that promises more than it can hold."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if not {"words.npy", "vectors.npy"} <= names:
                raise InputError(f"{path}: holds {', '.join(sorted(names)[:5])}, but words and vectors are needed")
            words, vectors = (_member(path, archive, name) for name in ("words", "vectors"))
        if words.ndim != 1 or words.dtype.kind != "U":
            raise InputError(f"{path}: words must be one row of strings, not {words.dtype} of shape {words.shape}")
        if vectors.ndim != 2 or vectors.dtype.kind != "f" or vectors.dtype.itemsize > 8:
            raise InputError(f"{path}: vectors must be (V, D) of floats, not {vectors.dtype} of shape {vectors.shape}")
        native = np.ascontiguousarray(vectors, dtype=vectors.dtype.newbyteorder("="))
        return WordTable(tuple(words.tolist()), torch.from_numpy(native))
    except InputError:
        raise
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, RuntimeError, ValueError, SystemError) as error:
        raise InputError(f"{path}: not an .npz file that can be read: {error}") from None


def _member(path: Path, archive: zipfile.ZipFile, name: str) -> np.ndarray[Any, np.dtype[Any]]:
    info = archive.getinfo(f"{name}.npy")
    if info.file_size > _MOST_COMPRESSED * info.compress_size + _SMALL:
        raise InputError(f"{path}: {name} unpacks to {info.file_size:,} bytes from {info.compress_size:,}: refused")
    with archive.open(info) as file:
        try:
            shape, dtype, start = _header(file)
        except ValueError as error:
            raise InputError(f"{path}: {name} is no array: {error}") from None
    if dtype.itemsize == 0 or min(shape, default=1) < 1:
        raise InputError(f"{path}: {name} is empty: shape {shape} of {dtype}")
    if dtype.hasobject:
        raise InputError(f"{path}: {name} holds pickled objects, which could run code: refused")
    if math.prod(shape) * dtype.itemsize + start != info.file_size:
        raise InputError(f"{path}: {name} says shape {shape} of {dtype}, but has {info.file_size:,} bytes: damaged")
    with archive.open(info) as file:
        array: np.ndarray[Any, np.dtype[Any]] = np.lib.format.read_array(file, allow_pickle=False)
    return array


def _header(file: IO[bytes]) -> tuple[tuple[int, ...], np.dtype[Any], int]:
    """Shape, type and length of the header."""
    version = np.lib.format.read_magic(file)
    read = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}.get(version)
    if read is None:
        raise ValueError(f"version {version} of the format is not known")
    shape, _, dtype = read(file)
    return shape, dtype, file.tell()
