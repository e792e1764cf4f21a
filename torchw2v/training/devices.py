"""Where a run computes."""

from __future__ import annotations

import sys

import torch

from torchw2v.errors import InputError

ACCELERATORS = ("auto", "cpu", "gpu")
_CPU_ENGINES = ("fused",)


def choose_accelerator(name: str, *, engine: str, quiet: bool = False) -> str:
    """Lightning's name for what `auto`, `cpu` or `gpu` stands for here.

    auto takes a CUDA GPU where there is one and the engine computes there; where it does not, it says so unless
    `quiet`.

    Raises:
        InputError: another name, or a GPU where there is none, or for an engine that does not compute there.
    """
    if name not in ACCELERATORS:
        raise InputError(f"the accelerator must be one of {', '.join(ACCELERATORS)}, not {name!r}")
    cuda = torch.cuda.is_available()
    if name == "gpu" and not cuda:
        raise InputError(
            "trainer=gpu: this machine has no CUDA GPU that torch can use; take trainer=auto or trainer=cpu"
        )
    if not cuda or name == "cpu":
        return "cpu"
    if engine not in _CPU_ENGINES:
        return "cuda"
    if name == "gpu":
        raise InputError(
            f"trainer=gpu: engine={engine} computes on the CPU only so far; take engine=autograd, or trainer=cpu"
        )
    if not quiet:
        print(f"torchw2v: engine={engine} computes on the CPU; engine=autograd takes the GPU", file=sys.stderr)
    return "cpu"
