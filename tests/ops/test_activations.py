import math

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from tests.ops.op_tester import CHECKS, DEVICES, check_compiles, output_and_gradients
from tests.reference import activations as reference
from torchw2v.functional import relu, sigmoid, tanh

OPS = {relu: (reference.relu, reference.relu_backward), tanh: (reference.tanh, reference.tanh_backward)}

# A few roundings each. The absolute part is for 1 − t²: where t rounds to 1, so does the gradient to 0.
TOLERANCES = {
    torch.float64: {"rtol": 1e-14, "atol": 1e-15},
    torch.float32: {"rtol": 1e-6, "atol": 1e-6},
    torch.bfloat16: {"rtol": 2e-2, "atol": 1e-2},
}

both_ops = pytest.mark.parametrize("op", OPS)
on_each_device = pytest.mark.parametrize("device", DEVICES)


@both_ops
@on_each_device
@pytest.mark.parametrize("dtype", TOLERANCES, ids=str)
def test_matches_reference(op, device, dtype):
    x = torch.linspace(-30, 30, 61, dtype=dtype, device=device)  # 0 among them
    grad_output = torch.linspace(2, -1, 61, dtype=dtype, device=device)
    y, (grad_x,) = output_and_gradients(op, [x], grad_output)

    forward, backward = OPS[op]
    x, grad_output = x.double().cpu().numpy(), grad_output.double().cpu().numpy()
    expected = [torch.from_numpy(forward(x)), torch.from_numpy(backward(x, grad_output))]
    assert y.dtype == grad_x.dtype == dtype
    assert_close([y.double().cpu(), grad_x.double().cpu()], expected, **TOLERANCES[dtype])


@both_ops
@on_each_device
@pytest.mark.parametrize("check", CHECKS)
def test_contract(op, device, check):
    # None is 0, where relu has a corner.
    check(op, [torch.tensor([[-3.0, -0.1, -1.0], [0.1, 2.0, 5.0]], dtype=torch.float64, device=device)])


@both_ops
def test_compiles(op):
    check_compiles(op, [torch.linspace(-5, 5, 6, dtype=torch.float64).reshape(2, 3)])


@both_ops
@on_each_device
def test_keeps_any_shape(op, device):
    sizes = (2, 1, 3, 1, 2, 1, 2)
    for shape in [(0,), (2, 0, 3), *(sizes[:ndim] for ndim in range(8))]:
        x = torch.linspace(-5, 5, math.prod(shape), dtype=torch.float64, device=device).reshape(shape)
        y, (grad_x,) = output_and_gradients(op, [x], torch.ones_like(x))
        flat_y, (flat_grad_x,) = output_and_gradients(op, [x.flatten()], torch.ones_like(x).flatten())
        assert_close([y, grad_x], [flat_y.reshape(shape), flat_grad_x.reshape(shape)])


@on_each_device
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=str)
def test_far_from_zero(device, dtype):
    x = torch.tensor([-math.inf, -1e4, 1e4, math.inf], dtype=dtype, device=device)
    grad_output = torch.ones_like(x)
    for op, values, slopes in ((relu, [0, 0, 1e4, math.inf], [0, 0, 1, 1]), (tanh, [-1, -1, 1, 1], [0, 0, 0, 0])):
        y, (grad_x,) = output_and_gradients(op, [x], grad_output)
        assert y.tolist() == values
        assert grad_x.tolist() == slopes


@on_each_device
def test_a_unit_that_is_off_passes_nothing_on(device):
    x = torch.tensor([-1.0, 0.0, -0.0, 1e-30, 1e30], device=device)
    _, (grad_x,) = output_and_gradients(relu, [x], torch.full_like(x, 2.0**99))
    assert grad_x.tolist() == [0, 0, 0, 2.0**99, 2.0**99]


@on_each_device
def test_an_infinite_gradient_stays_infinite_where_the_slope_is_not_0(device):
    x = torch.tensor([0.5, 5.0], device=device)
    for op in (relu, tanh):
        _, (grad_x,) = output_and_gradients(op, [x], torch.full_like(x, math.inf))
        assert grad_x.tolist() == [math.inf, math.inf]


@on_each_device
def test_tanh_is_a_stretched_sigmoid(device):
    x = torch.linspace(-8, 8, 101, dtype=torch.float64, device=device)
    assert_close(tanh(x), 2 * sigmoid(2 * x) - 1, rtol=0, atol=1e-15)


@both_ops
def test_nan_stays_nan(op):
    assert op(torch.tensor(math.nan)).isnan()


@both_ops
@pytest.mark.parametrize("x", [torch.tensor([1, 2]), torch.tensor([True]), torch.tensor([1j]), np.ones(2)])
def test_rejects_what_is_no_floating_point_tensor(op, x):
    with pytest.raises(TypeError, match=r"floating.point"):
        op(x)
