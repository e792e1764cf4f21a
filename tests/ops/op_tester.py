"""What holds for every operation, whatever it computes: each check takes an op and some inputs for it.

An op here is a function of floating-point tensors alone; ids and options are closed over. A test module runs

    @pytest.mark.parametrize("check", CHECKS)
    @pytest.mark.parametrize("device", DEVICES)
    def test_contract(check, device):
        check(op, inputs)
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence

import pytest
import torch
from torch import Tensor
from torch.autograd import gradcheck, gradgradcheck
from torch.testing import assert_close

DEVICES = ["cpu", pytest.param("cuda", marks=pytest.mark.gpu)]

Op = Callable[..., Tensor]
ROUNDING = {"rtol": 1e-12, "atol": 1e-12}  # the same sums in float64, perhaps in another order


def random_tensors(*shapes: tuple[int, ...], device: str, dtype: torch.dtype = torch.float64) -> list[Tensor]:
    """Draw normal values, the same on every device."""
    generator = torch.Generator().manual_seed(0)
    return [torch.randn(shape, generator=generator, dtype=torch.float64).to(device, dtype) for shape in shapes]


def output_and_gradients(
    op: Op, inputs: Sequence[Tensor], grad_output: Tensor | None = None
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """Run op forward and backward; the default grad_output has a different value at each place."""
    leaves = [x.detach().requires_grad_() for x in inputs]
    output = op(*leaves)
    if grad_output is None:
        grad_output = torch.linspace(-1, 2, output.numel()).to(output).reshape(output.shape)
    return output, torch.autograd.grad(output, leaves, grad_output)


def check_numerical_gradients(op: Op, inputs: Sequence[Tensor]) -> None:
    leaves = [x.detach().requires_grad_() for x in inputs]
    assert gradcheck(op, leaves, check_batched_grad=True)
    assert gradgradcheck(op, leaves, check_batched_grad=True)


def check_func_grad(op: Op, inputs: Sequence[Tensor]) -> None:
    """Compare torch.func.grad, once and twice, with torch.autograd.grad."""
    argnums = tuple(range(len(inputs)))

    def loss(*inputs: Tensor) -> Tensor:
        return op(*inputs).sin().sum()

    def gradient_norm(*inputs: Tensor) -> Tensor:
        return sum(grad.square().sum() for grad in torch.func.grad(loss, argnums)(*inputs))

    leaves = [x.detach().requires_grad_() for x in inputs]
    grads = torch.autograd.grad(loss(*leaves), leaves, create_graph=True)
    second_grads = torch.autograd.grad(sum(grad.square().sum() for grad in grads), leaves)
    assert_close(torch.func.grad(loss, argnums)(*inputs), grads, **ROUNDING)
    assert_close(torch.func.grad(gradient_norm, argnums)(*inputs), second_grads, **ROUNDING)


def check_vmap(op: Op, inputs: Sequence[Tensor]) -> None:
    """Compare vmap of op and of its gradient with a loop, for all inputs batched and for each one alone."""
    everything = range(len(inputs))
    grads = torch.func.grad(lambda *inputs: op(*inputs).sin().sum(), tuple(everything))

    def output_and_grads(*inputs: Tensor) -> tuple[Tensor, ...]:
        return op(*inputs), *grads(*inputs)

    for batched in (everything, *([i] for i in everything)):
        in_dims = tuple(0 if i in batched else None for i in everything)
        args = [torch.stack([x, -x, 2 * x]) if i in batched else x for i, x in enumerate(inputs)]
        examples = [[arg[n] if i in batched else arg for i, arg in enumerate(args)] for n in range(3)]
        looped = zip(*(output_and_grads(*example) for example in examples), strict=True)
        expected = tuple(torch.stack(values) for values in looped)
        assert_close(torch.func.vmap(output_and_grads, in_dims)(*args), expected, **ROUNDING)


def check_layouts(op: Op, inputs: Sequence[Tensor]) -> None:
    """Give inputs and grad_output that are not contiguous, then a grad_output expanded from one value."""
    output, grads = output_and_gradients(op, inputs)
    grad_output = torch.linspace(-1, 2, output.numel()).to(output).reshape(output.shape)
    assert_close(
        output_and_gradients(op, [_strided(x) for x in inputs], _strided(grad_output)),
        (output, grads),
        **ROUNDING,
    )
    value = torch.tensor(2.5).to(output)
    assert_close(
        output_and_gradients(op, inputs, value.expand_as(output)),
        output_and_gradients(op, inputs, value.expand_as(output).clone()),
        **ROUNDING,
    )


def check_inputs_unchanged(op: Op, inputs: Sequence[Tensor]) -> None:
    grad_output = torch.ones_like(op(*inputs))
    before = [x.clone() for x in (*inputs, grad_output)]
    output_and_gradients(op, inputs, grad_output)
    assert_close([*inputs, grad_output], before, rtol=0, atol=0)


def check_compiles(op: Op, inputs: Sequence[Tensor]) -> None:
    compiled = torch.compile(op, fullgraph=True, backend="aot_eager")
    with warnings.catch_warnings():
        # Dynamo does to every autograd.Function what PyTorch asks its users not to do.
        warnings.filterwarnings("ignore", ".*Function.* should not be instantiated", DeprecationWarning)
        actual = output_and_gradients(compiled, inputs)
    assert_close(actual, output_and_gradients(op, inputs), **ROUNDING)


def _strided(x: Tensor) -> Tensor:
    """Return x laid out in the other order of its dimensions, with a NaN after each element."""
    order = tuple(reversed(range(x.ndim)))
    x = x.permute(order)
    return torch.stack([x, torch.full_like(x, torch.nan)], dim=-1)[..., 0].permute(order)


CHECKS = [
    check_numerical_gradients,
    check_func_grad,
    check_vmap,
    check_layouts,
    check_inputs_unchanged,
]
