"""Stochastic gradient descent that stays stable when a batch holds a row many times.

    n_r   how often row r of a matrix is used in the batch
    W_r ← W_r − lr · min(1, L / (n_r · lr)) · Σ_{i : id_i = r} g_i

word2vec takes one step for each pair, and each sees the rows that the last one left. A batch adds up the gradients of
its pairs at the same rows. That is as good for the many rows that occur a few times, but the steps of a frequent word
add up to one that overshoots, and in large batches or small vocabularies the rows grow without bound. So no row goes
further than it would with L / lr of its gradients. L = 1.6 costs nothing in quality and holds for a vocabulary of
twenty words, where 3.2 does not: docs/performance.md has the measurements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor

from torchw2v.checks import positive


class RowSGD(torch.optim.Optimizer):
    """SGD on matrices with sparse gradients; `max_row_step` is the L above.

    With `max_row_step` infinite, or no row used often, the steps are those of `torch.optim.SGD`. Dense gradients do
    not tell how often a row was used and are taken as they are.

    Raises:
        InputError: a rate or a limit that is not above 0.
    """

    def __init__(self, params: Iterable[Tensor], lr: float = 0.025, *, max_row_step: float = 1.6) -> None:
        positive("lr", lr)
        if max_row_step != float("inf"):
            positive("max_row_step", max_row_step)
        super().__init__(params, {"lr": lr, "max_row_step": max_row_step})

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    _descend(parameter, parameter.grad, group["lr"], group["max_row_step"])
        return loss


def _descend(parameter: Tensor, grad: Tensor, lr: float, max_row_step: float) -> None:
    if not grad.is_sparse:
        parameter.add_(grad, alpha=-lr)
        return
    ids = grad._indices()[0]
    steps = lr * torch.bincount(ids, minlength=parameter.shape[0]).to(parameter.dtype)
    frequent = (steps > max_row_step).nonzero().squeeze(1)  # few, so that most rows cost nothing more
    before = parameter[frequent]
    parameter.add_(grad, alpha=-lr)
    parameter[frequent] = before.lerp(parameter[frequent], (max_row_step / steps[frequent])[:, None])
