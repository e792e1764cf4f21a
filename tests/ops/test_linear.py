import numpy as np
import pytest
import torch
from torch.testing import assert_close

from tests.ops.op_tester import CHECKS, DEVICES, check_compiles, output_and_gradients, random_tensors
from tests.reference import linear as reference
from torchw2v.functional import linear

# Sums of up to 6 products; bfloat16 rounds each factor and each sum to 3 digits.
TOLERANCES = {
    torch.float64: {"rtol": 1e-13, "atol": 1e-13},
    torch.float32: {"rtol": 1e-5, "atol": 1e-5},
    torch.bfloat16: {"rtol": 5e-2, "atol": 1e-1},
}
D_IN, D_OUT = 4, 3
SHAPES = ((2, 3, D_IN), (D_IN, D_OUT), (D_OUT,))

on_each_device = pytest.mark.parametrize("device", DEVICES)


@on_each_device
@pytest.mark.parametrize("dtype", TOLERANCES, ids=str)
@pytest.mark.parametrize("batch", [(2, 3), (6,), (), (1, 1)])
def test_matches_reference(device, dtype, batch):
    inputs = random_tensors((*batch, D_IN), *SHAPES[1:], device=device, dtype=dtype)
    (grad_output,) = random_tensors((*batch, D_OUT), device=device, dtype=dtype)
    y, grads = output_and_gradients(linear, inputs, grad_output)

    *arrays, grad_output = (x.double().cpu().numpy() for x in (*inputs, grad_output))
    expected = [reference.linear(*arrays), *reference.linear_backward(*arrays, grad_output)]
    assert {x.dtype for x in (y, *grads)} == {dtype}
    assert_close([x.double().cpu() for x in (y, *grads)], [torch.from_numpy(x) for x in expected], **TOLERANCES[dtype])


@on_each_device
@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("shapes", [SHAPES, SHAPES[:2], ((D_IN,), *SHAPES[1:])], ids=["rows", "no bias", "vector"])
def test_contract(device, check, shapes):
    check(linear, random_tensors(*shapes, device=device))


@pytest.mark.parametrize("shapes", [SHAPES, SHAPES[:2]], ids=["bias", "no bias"])
def test_compiles(shapes):
    check_compiles(linear, random_tensors(*shapes, device="cpu"))


@on_each_device
def test_published_values(device):
    def grid(low, high, *shape):
        return torch.linspace(low, high, int(np.prod(shape)), dtype=torch.float64, device=device).reshape(shape)

    x, weight, bias = grid(-0.1, 0.5, 2, 4, 5, 6), grid(-0.2, 0.3, 120, 3), grid(-0.3, 0.1, 3)
    expected = [[1.49834967, 1.70660132, 1.91485297], [3.25553199, 3.5141327, 3.77273342]]
    assert_close(linear(x.flatten(1), weight, bias), torch.tensor(expected).to(x), rtol=0, atol=2e-7)


@on_each_device
@pytest.mark.parametrize("shapes", [((0, 4), (4, 3)), ((2, 0, 4), (4, 3)), ((2, 0), (0, 3)), ((2, 4), (4, 0))])
def test_empty(device, shapes):
    inputs = random_tensors(*shapes, shapes[1][1:], device=device)
    y, grads = output_and_gradients(linear, inputs)
    assert_close(y, inputs[2].expand(*shapes[0][:-1], shapes[1][1]))
    assert [grad.shape for grad in grads] == [x.shape for x in inputs]
    assert not any(grad.any() for grad in grads[:2])


@on_each_device
@pytest.mark.parametrize("needed", range(3))
def test_only_the_needed_gradients_are_computed(device, needed):
    inputs = random_tensors(*SHAPES, device=device)
    y, expected = output_and_gradients(linear, inputs)
    y = linear(*(x.requires_grad_(i == needed) for i, x in enumerate(inputs)))
    computed = []
    y.grad_fn.register_hook(lambda grad_inputs, grad_outputs: computed.extend(grad_inputs))
    y.backward(torch.linspace(-1, 2, y.numel()).to(y).reshape(y.shape))
    assert [grad is not None for grad in computed] == [i == needed for i in range(3)]
    assert_close(inputs[needed].grad, expected[needed])


@on_each_device
@pytest.mark.parametrize("backward_inside", [True, False])
def test_autocast(device, backward_inside):
    """The product is in bfloat16, as that of torch.nn.functional.linear; the gradients of float32 are float32."""
    inputs = [x.requires_grad_() for x in random_tensors(*SHAPES, device=device, dtype=torch.float32)]
    with torch.autocast(device, torch.bfloat16):
        y = linear(*inputs)
        if backward_inside:
            grads = torch.autograd.grad(y.sum(), inputs)
    if not backward_inside:
        grads = torch.autograd.grad(y.sum(), inputs)
    exact = linear(*inputs)
    assert y.dtype == torch.bfloat16
    assert {grad.dtype for grad in grads} == {torch.float32}
    assert_close(y.float(), exact, **TOLERANCES[torch.bfloat16])
    assert_close(grads, torch.autograd.grad(exact.sum(), inputs), **TOLERANCES[torch.bfloat16])


@on_each_device
def test_autocast_takes_mixed_dtypes(device):
    """What a layer before made bfloat16 meets weights of float32."""
    x, weight = random_tensors(*SHAPES[:2], device=device, dtype=torch.float32)
    with torch.autocast(device, torch.bfloat16):
        y, grads = output_and_gradients(linear, [x.bfloat16(), weight])
    assert [y.dtype, *(grad.dtype for grad in grads)] == [torch.bfloat16, torch.bfloat16, torch.float32]


@pytest.mark.parametrize("position", range(3))
def test_rejects_what_is_no_floating_point_tensor(position):
    inputs = [torch.zeros(shape) for shape in SHAPES]
    inputs[position] = inputs[position].long()
    with pytest.raises(TypeError, match=rf"{('x', 'weight', 'bias')[position]} .*torch\.int64"):
        linear(*inputs)
    inputs[position] = np.zeros(SHAPES[position])
    with pytest.raises(TypeError, match="ndarray"):
        linear(*inputs)


@pytest.mark.parametrize("position", range(3))
def test_all_must_be_of_one_dtype(position):
    inputs = [torch.zeros(shape) for shape in SHAPES]
    inputs[position] = inputs[position].double()
    with pytest.raises(TypeError, match=r"x, weight and bias must be of one dtype.*torch\.float32.*torch\.float"):
        linear(*inputs)


@pytest.mark.parametrize(
    ("shapes", "named"),
    [
        (((4, 1), (4, 3), (3,)), r"\(4, 1\) and \(4, 3\)"),  # a column, where a row belongs
        (((2, 4), (3, 4), (3,)), r"\(2, 4\) and \(3, 4\)"),  # the transpose, as torch.nn.Linear keeps it
        (((), (4, 3), (3,)), r"\(\) and \(4, 3\)"),
        (((2, 4), (4,), (3,)), r"\(2, 4\) and \(4,\)"),
        (((2, 4), (4, 3), (3, 1)), r"\(4, 3\) and \(3, 1\)"),
        (((2, 4), (4, 3), (4,)), r"\(4, 3\) and \(4,\)"),
        (((2, 4), (4, 3), (1, 3)), r"\(4, 3\) and \(1, 3\)"),
    ],
)
def test_trap_row_or_column_vectors(shapes, named):
    with pytest.raises(ValueError, match=named):
        linear(*(torch.zeros(shape) for shape in shapes))
