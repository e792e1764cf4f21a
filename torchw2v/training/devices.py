"""Where a run computes."""

from __future__ import annotations

import torch

from torchw2v.errors import InputError

ACCELERATORS = ("auto", "cpu", "gpu")


def choose_accelerator(name: str) -> str:
    """Lightning's name for what `auto`, `cpu` or `gpu` stands for here; auto takes a CUDA GPU where there is one.

    Raises:
        InputError: another name, or a GPU where there is none.
    """
    if name not in ACCELERATORS:
        raise InputError(f"the accelerator must be one of {', '.join(ACCELERATORS)}, not {name!r}")
    cuda = torch.cuda.is_available()
    if name == "gpu" and not cuda:
        raise InputError(
            "trainer=gpu: this machine has no CUDA GPU that torch can use; take trainer=auto or trainer=cpu"
        )
    return "cuda" if cuda and name != "cpu" else "cpu"
