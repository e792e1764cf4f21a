import math

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from tests.ops.op_tester import CHECKS, DEVICES, check_compiles, output_and_gradients
from tests.reference import sigmoid as reference
from torchw2v.functional import log_sigmoid, sigmoid

OPS = {
    sigmoid: (reference.sigmoid, reference.sigmoid_backward),
    log_sigmoid: (reference.log_sigmoid, reference.log_sigmoid_backward),
}

# A few roundings each. The absolute part is for s(1 − s): where s rounds to 1, so does the gradient to 0.
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
    x = torch.linspace(-30, 30, 61, dtype=dtype, device=device)
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
    # 0 is where min(x, 0) and |x| have a corner, and the function has none.
    check(op, [torch.tensor([[-3.0, -0.1, 0.0], [0.1, 2.0, 5.0]], dtype=torch.float64, device=device)])


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
    ones = torch.ones_like(x)
    assert_close(
        output_and_gradients(sigmoid, [x], ones),
        (torch.tensor([0, 0, 1, 1]).to(x), (torch.zeros_like(x),)),
        rtol=0,
        atol=0,
    )
    assert_close(
        output_and_gradients(log_sigmoid, [x], ones),
        (torch.tensor([-math.inf, -1e4, 0, 0]).to(x), (torch.tensor([1, 1, 0, 0]).to(x),)),
        rtol=0,
        atol=0,
    )


@on_each_device
def test_small_values_keep_their_precision(device):
    x = torch.tensor([40.0, 200.0], dtype=torch.float64, device=device)
    tail = torch.exp(-x)  # to 16 digits: e^-40 is below the rounding of 1
    assert_close(sigmoid(-x), tail, rtol=1e-15, atol=0)
    log_s, (grad_x,) = output_and_gradients(log_sigmoid, [x], torch.ones_like(x))
    assert_close([log_s, grad_x], [-tail, tail], rtol=1e-15, atol=0)
    assert_close(log_sigmoid(-x), -x, rtol=0, atol=0)
    # In float16, e^12 is infinite and e^-12 is not: 1 / (1 + e^12) would be 0.
    x = torch.tensor(-12.0, dtype=torch.float16, device=device)
    assert sigmoid(x).item() == pytest.approx(math.exp(-12), rel=0.02)


@on_each_device
def test_reflection(device):
    x = torch.linspace(-40, 40, 401, dtype=torch.float64, device=device)
    assert_close(sigmoid(-x), 1 - sigmoid(x), rtol=0, atol=1e-15)
    assert sigmoid(torch.zeros((), device=device)) == 0.5


@both_ops
def test_nan_stays_nan(op):
    assert op(torch.tensor(math.nan)).isnan()


@both_ops
@pytest.mark.parametrize("x", [torch.tensor([1, 2]), torch.tensor([True]), torch.tensor([1j]), np.ones(2)])
def test_rejects_what_is_no_floating_point_tensor(op, x):
    with pytest.raises(TypeError, match=r"floating.point"):
        op(x)
