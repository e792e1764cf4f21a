"""Matrices whose rows begin where cache lines do."""

from __future__ import annotations

import torch
from torch import Tensor

CACHE_LINE = 64


def aligned_rows(num_rows: int, embedding_dim: int, dtype: torch.dtype = torch.float32) -> Tensor:
    """Zeros, (V, D), a view of a matrix whose rows are filled up to whole cache lines: the form that kernels work on.

    Of rows of 100 numbers, most vectors of 16 lie across two cache lines, and each row has a rest that is no vector.
    Filled up to 112 they have neither.
    """
    width = padded_width(embedding_dim, dtype)
    # torch's own memory begins at a cache line
    return torch.zeros(num_rows, width, dtype=dtype)[:, :embedding_dim]


def padded_width(embedding_dim: int, dtype: torch.dtype) -> int:
    """Numbers in a row of D, filled up to whole cache lines."""
    numbers = CACHE_LINE // dtype.itemsize
    return -(-embedding_dim // numbers) * numbers


def padded_view(matrix: Tensor, *, look: bool = True) -> Tensor | None:
    """The matrix with its filled-up rows, if it is such a view as `aligned_rows` gives; None otherwise.

    What fills the rows up must be zero: a step of descent adds multiples of it to itself, and nothing else ever.
    Without `look`, it is taken to be so.
    """
    if matrix.ndim != 2 or not matrix.is_cpu or matrix.dtype not in (torch.float32, torch.float64):
        return None
    rows, dim = matrix.shape
    width = padded_width(dim, matrix.dtype)
    if matrix.stride() != (width, 1) or matrix.data_ptr() % CACHE_LINE:
        return None
    held = matrix.untyped_storage().nbytes() // matrix.element_size() - matrix.storage_offset()
    if held < rows * width:
        return None
    view = matrix.detach().as_strided((rows, width), (width, 1))
    return None if look and width > dim and bool(view[:, dim:].any()) else view
