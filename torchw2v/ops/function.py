"""The class under every operation: `torch.autograd.Function` without the cost of asking for a signature at each call.

`Function.apply` binds its arguments with `inspect.signature(forward)`, which takes 40 µs, more than a small operation
does. `inspect` takes a signature that a function carries, so it is worked out once, when the class is made.
"""

from __future__ import annotations

import inspect

import torch


class Function(torch.autograd.Function):
    """Forward, setup_context and backward of an operation, which `torch.func.vmap` may batch."""

    generate_vmap_rule = True

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.forward.__signature__ = inspect.signature(cls.forward)  # type: ignore[attr-defined]
