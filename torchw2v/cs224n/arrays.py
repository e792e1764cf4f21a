"""NumPy arrays in, float64 tensors to compute with, NumPy arrays out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

Array = NDArray[np.float64]


def tensor(x: ArrayLike) -> Tensor:
    """A float64 tensor on the memory of `x` where that can be shared: for reading only."""
    # torch warns of memory that must not be written to, so such an array is copied
    return torch.from_numpy(np.require(x, np.float64, ["C", "W", "E"]))


def array(x: Tensor) -> Any:
    """The values as an array, or, of a tensor without dimensions, as a number."""
    return x.detach().contiguous().numpy()[()]


def value_and_gradients(f: Callable[..., Tensor], *arrays: ArrayLike) -> tuple[float, list[Array]]:
    """Value of f at these arrays, a number, and its gradient with respect to each of them, in their shapes."""
    leaves = [tensor(x).requires_grad_() for x in arrays]
    with torch.enable_grad():
        value = f(*leaves)
        gradients = torch.autograd.grad(value, leaves)
    return value.item(), [array(gradient) for gradient in gradients]
