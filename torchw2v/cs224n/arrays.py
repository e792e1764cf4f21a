"""NumPy arrays in, float64 tensors to compute with, NumPy arrays out."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from torchw2v.errors import InputError

Array = NDArray[np.float64]


def tensor(x: ArrayLike) -> Tensor:
    """A float64 tensor on the memory of `x` where that can be shared: for reading only."""
    # torch warns of memory that must not be written to, so such an array is copied
    with torch.inference_mode(False):  # what is made in inference mode can never be differentiated
        return torch.from_numpy(np.require(x, np.float64, ["C", "W", "E"]))


def array(x: Tensor) -> Any:
    """The values as an array, or, of a tensor without dimensions, as a number."""
    return x.detach().contiguous().numpy()[()]


def whole_numbers(name: str, values: ArrayLike) -> Tensor:
    """Classes or word numbers as an int64 tensor; numbers of any dtype will do if they are whole.

    Raises:
        InputError: a number with a fraction, which a cast would cut off, or one that no int64 holds.
    """
    given = np.asarray(values)
    if given.dtype.kind not in "biuf":
        raise InputError(f"{name} must be whole numbers, but the dtype is {given.dtype}")
    with np.errstate(invalid="ignore"):  # nan and what is too large become some other number, and are found by that
        whole = given.astype(np.int64, order="C")
    if (wrong := given[whole != given]).size:
        raise InputError(f"{name} must be whole numbers of at most 64 bits, but one is {wrong.flat[0]}")
    with torch.inference_mode(False):
        return torch.from_numpy(whole)


def whole_number(name: str, value: Any) -> int:
    """One class or word number.

    Raises:
        InputError: it has a fraction, or is not one number.
    """
    try:
        return operator.index(value)
    except TypeError:
        pass
    if np.ndim(value) != 0:
        raise InputError(f"{name} must be one number, but has shape {np.shape(value)}")
    return int(whole_numbers(name, value))


@contextmanager
def recording() -> Iterator[None]:
    """Gradients are computed in here, whatever mode the caller is in."""
    with torch.inference_mode(False), torch.enable_grad():
        yield


def value_and_gradients(f: Callable[..., Tensor], *arrays: ArrayLike) -> tuple[float, list[Array]]:
    """Value of f at these arrays, a number, and its gradient with respect to each of them, in their shapes."""
    with recording():
        leaves = [tensor(x).requires_grad_() for x in arrays]
        value = f(*leaves)
        gradients = torch.autograd.grad(value, leaves)
    return value.item(), [array(gradient) for gradient in gradients]
