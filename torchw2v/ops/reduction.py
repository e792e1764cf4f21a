"""From the loss of each example to what is asked for: their mean, their sum, or all of them."""

from __future__ import annotations

from torch import Tensor

from torchw2v.errors import InputError


def check_reduction(where: str, reduction: str) -> str:
    """`reduction`, if it is one of the three; `where` is who asks, for the message.

    Raises:
        InputError: if it is none of them.
    """
    if reduction not in ("mean", "sum", "none"):
        raise InputError(f"{where}: reduction must be 'mean', 'sum' or 'none', but is {reduction!r}")
    return reduction


def reduced(loss: Tensor, reduction: str) -> Tensor:
    """() for "mean" (nan for no example, as in `torch.nn.functional`) and "sum"; `loss` as it is for "none"."""
    if reduction == "mean":
        return loss.mean()
    return loss.sum() if reduction == "sum" else loss
