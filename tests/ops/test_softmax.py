import math

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from tests.ops.op_tester import CHECKS, DEVICES, check_compiles, output_and_gradients, random_tensors
from tests.reference import softmax as reference
from torchw2v.functional import log_softmax, softmax, softmax_jacobian

OPS = {
    softmax: (reference.softmax, reference.softmax_backward),
    log_softmax: (reference.log_softmax, reference.log_softmax_backward),
    softmax_jacobian: (reference.softmax_jacobian, reference.softmax_jacobian_backward),
}

# Sums of 5 numbers up to 10, and of 25 for the gradient of the Jacobian; bfloat16 rounds each to 3 digits.
TOLERANCES = {
    torch.float64: {"rtol": 1e-13, "atol": 1e-14},
    torch.float32: {"rtol": 2e-5, "atol": 5e-6},
    torch.bfloat16: {"rtol": 4e-2, "atol": 4e-2},
}

all_ops = pytest.mark.parametrize("op", OPS)
same_shape_ops = pytest.mark.parametrize("op", [softmax, log_softmax])
on_each_device = pytest.mark.parametrize("device", DEVICES)


@all_ops
@on_each_device
@pytest.mark.parametrize("dtype", TOLERANCES, ids=str)
@pytest.mark.parametrize("shape", [(2, 3, 5), (5,), (1, 1)])
def test_matches_reference(op, device, dtype, shape):
    (x,) = random_tensors(shape, device=device, dtype=dtype)
    grad_output = torch.linspace(-1, 2, op(x).numel(), device=device).to(dtype).reshape(op(x).shape)
    y, (grad_x,) = output_and_gradients(op, [3 * x], grad_output)

    forward, backward = OPS[op]
    x, grad_output = (3 * x).double().cpu().numpy(), grad_output.double().cpu().numpy()
    expected = [torch.from_numpy(forward(x)), torch.from_numpy(backward(x, grad_output))]
    assert y.dtype == grad_x.dtype == dtype
    assert_close([y.double().cpu(), grad_x.double().cpu()], expected, **TOLERANCES[dtype])


@all_ops
@on_each_device
@pytest.mark.parametrize("check", CHECKS)
def test_contract(op, device, check):
    check(op, random_tensors((2, 3), device=device))


@all_ops
def test_compiles(op):
    check_compiles(op, random_tensors((2, 3), device="cpu"))


@same_shape_ops
@on_each_device
def test_any_shape_and_any_dimension(op, device):
    sizes = (2, 1, 3, 1, 2, 1, 2)
    for shape in [(0,), (0, 3), (3, 0), *(sizes[:ndim] for ndim in range(8))]:
        (x,) = random_tensors(shape, device=device)
        for dim in range(-len(shape), len(shape)):
            y, (grad_x,) = output_and_gradients(lambda x, dim=dim: op(x, dim), [x], x.cos())
            last, (grad_last,) = output_and_gradients(op, [x.movedim(dim, -1)], x.cos().movedim(dim, -1))
            assert_close([y, grad_x], [last.movedim(-1, dim), grad_last.movedim(-1, dim)])
        if not shape:
            assert op(x) == (1 if op is softmax else 0)


@on_each_device
def test_jacobian_of_any_shape(device):
    for shape in [(0,), (0, 3), (2, 0), (2, 1, 3, 1, 2, 1, 2)]:
        (x,) = random_tensors(shape, device=device)
        jacobian, (grad_x,) = output_and_gradients(softmax_jacobian, [x])
        assert jacobian.shape == (*shape, shape[-1])
        assert grad_x.shape == shape


@on_each_device
def test_a_vector_is_one_row(device):
    (x,) = random_tensors((5,), device=device)
    for op in OPS:
        assert_close(op(x), op(x[None])[0], rtol=0, atol=0)


@on_each_device
def test_jacobian_is_the_derivative_of_softmax(device):
    (x,) = random_tensors((4,), device=device)
    jacobian = softmax_jacobian(x)
    assert_close(jacobian, torch.autograd.functional.jacobian(softmax, x), rtol=1e-14, atol=1e-15)
    assert_close(jacobian, torch.func.jacrev(softmax)(x), rtol=1e-14, atol=1e-15)
    assert_close(jacobian.sum(-1), torch.zeros_like(x), rtol=0, atol=1e-15)
    assert torch.equal(jacobian, jacobian.mT)


@on_each_device
def test_published_values(device):
    p, q = 0.26894142, 0.73105858
    for x, expected in [
        ([1, 2], [p, q]),
        ([[1001, 1002], [3, 4]], [[p, q], [p, q]]),
        ([[-1001, -1002]], [[q, p]]),
    ]:
        x = torch.tensor(x, dtype=torch.float64, device=device)
        assert_close(softmax(x), torch.tensor(expected).to(x), rtol=0, atol=1e-7)


@all_ops
@on_each_device
def test_adding_a_constant_to_a_row_changes_nothing(op, device):
    (x,) = random_tensors((7, 5), device=device)
    shifts = torch.linspace(-100, 100, 7, dtype=torch.float64, device=device)[:, None]
    for shift in (shifts, shifts[0]):
        assert_close(output_and_gradients(op, [x + shift]), output_and_gradients(op, [x]), rtol=0, atol=1e-12)


@same_shape_ops
@on_each_device
def test_permuting_the_inputs_permutes_the_outputs(op, device):
    (x,) = random_tensors((4, 6), device=device)
    order = torch.tensor([5, 0, 3, 1, 2, 4], device=device)
    assert_close(op(x[:, order]), op(x)[:, order], rtol=1e-14, atol=0)
    assert_close(op(x[order[order < 4]]), op(x)[order[order < 4]], rtol=0, atol=0)


@on_each_device
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=str)
def test_trap_exp_overflows_and_log_of_0(device, dtype):
    x = torch.tensor([[1e4, -1e4, 1e4], [-1e4, -1e4 - 1, -1e4 - 2]], dtype=dtype, device=device)
    by_hand = torch.tensor([[0.5, 0, 0.5], reference.softmax(np.array([0.0, -1.0, -2.0])).tolist()]).to(x)
    p, (grad_x,) = output_and_gradients(softmax, [x])
    assert_close(p, by_hand, rtol=1e-6, atol=0)
    log_p, (grad_log_x,) = output_and_gradients(log_softmax, [x])
    assert log_p[0].tolist() == pytest.approx([-math.log(2), -2e4 - math.log(2), -math.log(2)], rel=1e-6)
    assert_close(log_p[1], by_hand[1].log(), rtol=1e-6, atol=0)
    # g = (−1, −0.4, 0.2), so that p ∘ (g − g·p) and g − p Σ g are:
    assert grad_x[0].tolist() == pytest.approx([-0.3, 0, 0.3])
    assert grad_log_x[0].tolist() == pytest.approx([-0.4, -0.4, 0.8])
    assert softmax_jacobian(x)[0].tolist() == [[0.25, 0, -0.25], [0, 0, 0], [-0.25, 0, 0.25]]


@on_each_device
def test_a_class_of_minus_infinity_has_probability_0(device):
    x = torch.tensor([0.0, -math.inf, 0.0], dtype=torch.float64, device=device)
    p, (grad_x,) = output_and_gradients(softmax, [x], torch.tensor([1, 2, 3]).to(x))
    assert p.tolist() == [0.5, 0, 0.5]
    assert grad_x.tolist() == [-0.5, 0, 0.5]


@all_ops
def test_nan_stays_nan(op):
    assert op(torch.tensor([1, math.nan])).isnan().all()


@all_ops
@pytest.mark.parametrize("x", [torch.tensor([1, 2]), torch.tensor([True]), torch.tensor([1j]), np.ones(2)])
def test_rejects_what_is_no_floating_point_tensor(op, x):
    with pytest.raises(TypeError, match=r"floating.point"):
        op(x)


def test_rejects_a_dimension_that_is_not_there():
    for op in (softmax, log_softmax):
        with pytest.raises(IndexError, match=r"range of \[-2, 1\], but got 2"):
            op(torch.zeros(2, 3), 2)
    with pytest.raises(ValueError, match=r"\(\.\.\., n\), but its shape is \(\)"):
        softmax_jacobian(torch.zeros(()))
