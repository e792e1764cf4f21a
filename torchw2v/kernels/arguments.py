"""What the fused passes take, checked before addresses of it reach compiled code."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from torchw2v.checks import int_at_least, one_of, positive_int
from torchw2v.errors import InputError
from torchw2v.kernels.aligned import padded_view


def check_matrices(in_embeddings: Tensor, out_embeddings: Tensor) -> None:
    """InputError unless both are filled-up rows of one shape, in memory of their own."""
    for name, matrix in (("in_embeddings", in_embeddings), ("out_embeddings", out_embeddings)):
        view = padded_view(matrix)
        if view is None or view.shape != matrix.shape:
            raise InputError(
                f"{name} must be float32 or float64 with rows of whole cache lines, as the base of `aligned_rows` is, "
                f"not {matrix.dtype} of shape {tuple(matrix.shape)} and strides {matrix.stride()}"
            )
    if in_embeddings.shape != out_embeddings.shape or in_embeddings.dtype != out_embeddings.dtype:
        raise InputError(
            f"in_embeddings of shape {tuple(in_embeddings.shape)} and out_embeddings of shape "
            f"{tuple(out_embeddings.shape)} must have the same shape and dtype"
        )
    if in_embeddings.data_ptr() == out_embeddings.data_ptr():
        raise InputError("in_embeddings and out_embeddings must be two matrices, not one")


def check_table(name: str, table: Tensor, dtype: torch.dtype, size: int) -> None:
    """InputError unless it is that many numbers of that type, one after the other, in main memory."""
    if table.dtype != dtype or table.shape != (size,) or not table.is_contiguous() or not table.is_cpu:
        raise InputError(
            f"{name} must be {size:,} numbers of {dtype}, one after the other in main memory, not {table.dtype} of "
            f"shape {tuple(table.shape)} and strides {table.stride()} on {table.device}"
        )


def check_text(ids: Tensor, offsets: Tensor, keep_units: Tensor, vocab_size: int) -> None:
    """InputError unless these are a corpus and how it is subsampled."""
    check_table("ids", ids, torch.int32, ids.numel())
    check_table("offsets", offsets, torch.int64, offsets.numel())
    check_table("keep_units", keep_units, torch.int64, vocab_size + 1)
    if offsets.numel() < 2 or offsets[0] != 0 or offsets[-1] != ids.numel():
        raise InputError(f"offsets must begin with 0 and end with {ids.numel()}, the number of words")


def check_stretch(words: int, *, start: int, stop: int, window: int, threads: int) -> None:
    """InputError unless a pass can go over this part of a corpus of so many words."""
    int_at_least(0, "start", start)
    int_at_least(start, "stop", stop)
    if stop > words:
        raise InputError(f"stop must be at most {words:,}, the number of words, not {stop:,}")
    positive_int("window", window)
    positive_int("threads", threads)


def check_outputs(outputs: Sequence[Tensor], inputs: str, num_negatives: int | None, vocab_size: int) -> None:
    """InputError unless these are the tables of a noise distribution, or with `num_negatives` None a path each word."""
    if num_negatives is None:
        one_of("inputs", inputs, ("pair", "mean"))
        path_begins, points, signs = outputs
        check_table("path_begins", path_begins, torch.int64, vocab_size + 1)
        check_table("points", points, torch.int32, int(path_begins[-1]))
        check_table("signs", signs, torch.int8, int(path_begins[-1]))
    else:
        one_of("inputs", inputs, ("window", "pair", "mean"))
        int_at_least(0, "num_negatives", num_negatives)
        for name, table in zip(("noise_buckets", "noise_cumulative"), outputs, strict=True):
            check_table(name, table, torch.int64, vocab_size)
