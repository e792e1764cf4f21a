"""What every table of words must be, whatever file it came from."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from torchw2v.errors import InputError
from torchw2v.formats.word_table import WordTable

_FLOATS = (torch.float16, torch.bfloat16, torch.float32, torch.float64)
_ROWS_AT_ONCE = 1 << 14


def check_table(path: Path, table: WordTable) -> None:
    """InputError, with the file and the word, for a table that is none."""
    words, matrix = table
    if matrix.ndim != 2 or matrix.dtype not in _FLOATS or matrix.shape[1] == 0:
        raise InputError(
            f"{path}: a matrix (V, D) of floats is needed, not {matrix.dtype} of shape {tuple(matrix.shape)}"
        )
    if len(words) != len(matrix):
        raise InputError(f"{path}: {len(words):,} words, but {len(matrix):,} vectors")
    if not words:
        raise InputError(f"{path}: holds no words")
    seen: set[str] = set()
    for number, word in enumerate(words, start=1):
        if word in seen:
            raise InputError(f"{path}: word {number:,}: {word!r} stands there a second time")
        if not word or not _is_text(word):
            raise InputError(f"{path}: word {number:,}: {word!r} is empty, or not Unicode")
        seen.add(word)
    if (i := first_not_finite(matrix)) is not None:
        raise InputError(f"{path}: vector {i + 1:,}, of {words[i]!r}, holds a number that is not finite")


def first_not_finite(matrix: Tensor) -> int | None:
    """The first row that holds a number which is not finite; a block of rows is looked at at a time."""
    for start in range(0, len(matrix), _ROWS_AT_ONCE):
        finite = torch.isfinite(matrix[start : start + _ROWS_AT_ONCE]).all(1)
        if not finite.all():
            return start + int((~finite).int().argmax())
    return None


def _is_text(word: str) -> bool:
    try:
        word.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
    return True
