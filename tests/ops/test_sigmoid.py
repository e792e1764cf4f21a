import math

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from tests.ops.op_tester import CHECKS, DEVICES, check_compiles, output_and_gradients
from tests.reference import sigmoid as reference
from torchw2v.functional import log_sigmoid, sigmoid, sigmoid_grad

OPS = {
    sigmoid: (reference.sigmoid, reference.sigmoid_backward),
    log_sigmoid: (reference.log_sigmoid, reference.log_sigmoid_backward),
    sigmoid_grad: (reference.sigmoid_grad, reference.sigmoid_grad_backward),
}

# A few roundings each. The absolute part is for s(1 − s): where s rounds to 1, so does the gradient to 0.
TOLERANCES = {
    torch.float64: {"rtol": 1e-14, "atol": 1e-15},
    torch.float32: {"rtol": 1e-6, "atol": 1e-6},
    torch.bfloat16: {"rtol": 2e-2, "atol": 1e-2},
}

all_ops = pytest.mark.parametrize("op", OPS)
on_each_device = pytest.mark.parametrize("device", DEVICES)


@all_ops
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


@all_ops
@on_each_device
@pytest.mark.parametrize("check", CHECKS)
def test_contract(op, device, check):
    # 0 is where min(x, 0) and |x| have a corner, and the function has none.
    check(op, [torch.tensor([[-3.0, -0.1, 0.0], [0.1, 2.0, 5.0]], dtype=torch.float64, device=device)])


@all_ops
def test_compiles(op):
    check_compiles(op, [torch.linspace(-5, 5, 6, dtype=torch.float64).reshape(2, 3)])


@all_ops
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


@on_each_device
def test_sigmoid_grad_of_the_value_is_the_gradient_of_sigmoid(device):
    x = 20 * torch.randn(7, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(0)).to(device)
    s, (grad_x,) = output_and_gradients(sigmoid, [x], torch.ones_like(x))
    assert_close(sigmoid_grad(s), grad_x, rtol=1e-15, atol=0)
    step = 1e-5
    assert_close(sigmoid_grad(s), (sigmoid(x + step) - sigmoid(x - step)) / (2 * step), rtol=0, atol=1e-7)


@on_each_device
def test_published_values(device):
    x = torch.tensor([[1.0, 2.0], [-1.0, -2.0]], dtype=torch.float64, device=device)
    s = torch.tensor([[0.73105858, 0.88079708], [0.26894142, 0.11920292]]).to(x)
    slope = torch.tensor([[0.19661193, 0.10499359]]).to(x).expand(2, 2)
    assert_close([sigmoid(x), sigmoid_grad(sigmoid(x))], [s, slope], rtol=0, atol=1e-7)
    assert sigmoid(torch.tensor(3.0, dtype=torch.float64, device=device)).item() == pytest.approx(0.95257413, abs=5e-9)


@on_each_device
def test_rises_stays_between_0_and_1_and_follows_its_arguments_about(device):
    generator = torch.Generator().manual_seed(0)
    z = 100 * torch.randn(11, 9, dtype=torch.float64, generator=generator).to(device)
    s = sigmoid(z)
    assert_close(1 - s, sigmoid(-z), rtol=1e-7, atol=1e-15)
    assert 0 <= s.min() < s.max() <= 1
    rising = sigmoid(z.flatten().sort().values)
    assert (rising.diff() >= 0).all()
    for axis, size in enumerate(z.shape):
        order = torch.randperm(size, generator=generator).to(device)
        assert_close(sigmoid(z.index_select(axis, order)), s.index_select(axis, order), rtol=1e-15, atol=0)


@all_ops
def test_nan_stays_nan(op):
    assert op(torch.tensor(math.nan)).isnan()


@all_ops
@pytest.mark.parametrize("x", [torch.tensor([1, 2]), torch.tensor([True]), torch.tensor([1j]), np.ones(2)])
def test_rejects_what_is_no_floating_point_tensor(op, x):
    with pytest.raises(TypeError, match=r"floating.point"):
        op(x)
