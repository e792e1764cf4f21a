import math

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from tests.ops.op_tester import CHECKS, DEVICES, check_compiles, output_and_gradients, random_tensors
from tests.reference import normalize as reference
from torchw2v.functional import normalize_rows

# Sums of 5 products; bfloat16 rounds each to 3 digits.
TOLERANCES = {
    torch.float64: {"rtol": 1e-13, "atol": 1e-14},
    torch.float32: {"rtol": 1e-5, "atol": 1e-6},
    torch.bfloat16: {"rtol": 2e-2, "atol": 3e-2},
}

on_each_device = pytest.mark.parametrize("device", DEVICES)


@on_each_device
@pytest.mark.parametrize("dtype", TOLERANCES, ids=str)
@pytest.mark.parametrize("shape", [(4, 5), (5,), (2, 1, 5), (3, 1)])
def test_matches_reference(device, dtype, shape):
    x, grad_output = random_tensors(shape, shape, device=device, dtype=dtype)
    x.reshape(-1, shape[-1])[-1] *= 0 if x.ndim > 1 else 1  # a row of zeros among the others
    y, (grad_x,) = output_and_gradients(normalize_rows, [x], grad_output)

    x, grad_output = x.double().cpu().numpy(), grad_output.double().cpu().numpy()
    expected = [reference.normalize_rows(x), reference.normalize_rows_backward(x, grad_output)]
    assert y.dtype == grad_x.dtype == dtype
    assert_close(
        [y.double().cpu(), grad_x.double().cpu()], [torch.from_numpy(x) for x in expected], **TOLERANCES[dtype]
    )


@on_each_device
@pytest.mark.parametrize("check", CHECKS)
def test_contract(device, check):
    check(normalize_rows, random_tensors((2, 3), device=device))


def test_compiles():
    check_compiles(normalize_rows, random_tensors((2, 3), device="cpu"))


@on_each_device
def test_published_values(device):
    x = torch.tensor([[3, 4], [1, 2]], dtype=torch.float64, device=device)
    assert_close(normalize_rows(x), torch.tensor([[0.6, 0.8], [0.4472136, 0.89442719]]).to(x), rtol=0, atol=1e-7)


@on_each_device
def test_trap_a_row_of_zeros_divides_by_zero(device):
    x = torch.tensor([[0.0, -0.0], [3.0, 4.0]], dtype=torch.float64, device=device, requires_grad=True)
    y = normalize_rows(x)
    (grad,) = torch.autograd.grad(y.square().sum() + y.sum(), x, create_graph=True)
    (second,) = torch.autograd.grad(grad.sum() + grad.square().sum(), x)
    assert [value[0].tolist() for value in (y, grad, second)] == [[0, 0]] * 3
    assert all(value[1].isfinite().all() and value[1].any() for value in (y, grad, second))


@on_each_device
@pytest.mark.parametrize(("dtype", "size"), [(torch.float64, 1e200), (torch.float32, 1e30), (torch.float16, 1e4)])
def test_neither_large_nor_small_rows_lose_their_direction(device, dtype, size):
    x = torch.tensor([[3.0, 4.0]], dtype=dtype, device=device)
    expected, (grad_expected,) = output_and_gradients(normalize_rows, [x])
    for factor in (size, 1 / size):
        y, (grad_x,) = output_and_gradients(normalize_rows, [x * factor])
        tolerance = 2e-3 if dtype == torch.float16 else 1e-6  # of 11 bits, and of fewer in a gradient of 1e-5
        assert_close(y, expected, rtol=tolerance, atol=0)
        assert_close(grad_x * factor, grad_expected, rtol=10 * tolerance, atol=0)


@on_each_device
def test_trap_float16_ends_at_65504(device):
    """The length of 1,024 entries of 3,000 is 96,000; an infinite length has the gradient 0."""
    x = torch.full((1, 1024), 3000.0, device=device)
    grad_output = torch.zeros_like(x)
    grad_output[0, 0] = 2.0**14  # so that what is divided by the length does not vanish in float16
    expected = output_and_gradients(normalize_rows, [x], grad_output)
    y, (grad_x,) = output_and_gradients(normalize_rows, [x.half()], grad_output.half())
    assert y.dtype == grad_x.dtype == torch.float16
    assert_close(y.float(), expected[0], rtol=1e-3, atol=0)
    assert_close(grad_x.float(), expected[1][0], rtol=1e-3, atol=1e-7)


@on_each_device
def test_the_gradient_is_at_right_angles_to_the_row(device):
    x, grad_output = random_tensors((6, 5), (6, 5), device=device)
    y, (grad_x,) = output_and_gradients(normalize_rows, [x], grad_output)
    assert_close(y.square().sum(-1), torch.ones_like(y[:, 0]))
    assert_close((x * grad_x).sum(-1), torch.zeros_like(y[:, 0]), rtol=0, atol=1e-14)


@on_each_device
@pytest.mark.parametrize("shape", [(0, 3), (2, 0, 3), (3, 0), (0,)])
def test_empty(device, shape):
    (x,) = random_tensors(shape, device=device)
    y, (grad_x,) = output_and_gradients(normalize_rows, [x])
    assert y.shape == grad_x.shape == shape


def test_nan_stays_nan():
    assert normalize_rows(torch.tensor([1, math.nan])).isnan().all()


@pytest.mark.parametrize("x", [torch.tensor([1, 2]), torch.tensor([True]), torch.tensor([1j]), np.ones(2)])
def test_rejects_what_is_no_floating_point_tensor(x):
    with pytest.raises(TypeError, match=r"floating.point"):
        normalize_rows(x)


def test_rejects_a_number():
    with pytest.raises(ValueError, match=r"\(\.\.\., D\), but its shape is \(\)"):
        normalize_rows(torch.ones(()))
