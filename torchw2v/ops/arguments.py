"""What several operations ask about their arguments."""

from __future__ import annotations

import torch
from torch import Tensor


def check_ids(function: str, name: str, ids: Tensor) -> None:
    """Raise a TypeError unless `ids` is a tensor of int32 or int64."""
    if not isinstance(ids, Tensor):
        raise TypeError(f"{function}: {name} must be an int32 or int64 tensor, but are of type {type(ids).__name__}")
    if ids.dtype not in (torch.int32, torch.int64):
        raise TypeError(f"{function}: {name} must be an int32 or int64 tensor, but their dtype is {ids.dtype}")


def check_one_dtype(function: str, **tensors: Tensor) -> None:
    """Raise a TypeError unless all have the dtype of the first."""
    dtypes = [x.dtype for x in tensors.values()]
    if any(dtype != dtypes[0] for dtype in dtypes):
        *names, last = tensors
        raise TypeError(
            f"{function}: {', '.join(names)} and {last} must be of one dtype,"
            f" but theirs are {', '.join(map(str, dtypes[:-1]))} and {dtypes[-1]}"
        )


def readable(x: Tensor) -> Tensor | None:
    """What torch.func made x from; None where it has no values to read, under torch.compile and as a batch of vmap."""
    if torch.compiler.is_compiling():
        return None
    while torch._C._functorch.is_functorch_wrapped_tensor(x):
        if torch._C._functorch.is_batchedtensor(x):
            return None
        x = torch._C._functorch.get_unwrapped(x)
    return x
