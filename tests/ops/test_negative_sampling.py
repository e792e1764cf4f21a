import math

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from tests.ops.op_tester import CHECKS, DEVICES, check_compiles, output_and_gradients, random_tensors
from tests.reference import negative_sampling as reference
from torchw2v.functional import embedding, negative_sampling_loss, packed_negative_sampling_loss

# Sums of D = 5 products, then of K + 1 = 5 losses; bfloat16 rounds each of them to 3 digits.
TOLERANCES = {
    torch.float64: {"rtol": 1e-13, "atol": 1e-13},
    torch.float32: {"rtol": 1e-5, "atol": 1e-5},
    torch.bfloat16: {"rtol": 5e-2, "atol": 1e-1},
}
B, K, D = 3, 4, 5
SHAPES = ((B, D), (B, D), (B, K, D))

on_each_device = pytest.mark.parametrize("device", DEVICES)


def loss_of_each(input, target, negatives):
    return negative_sampling_loss(input, target, negatives, reduction="none")


def packed_loss_of_each(input, outputs):
    return packed_negative_sampling_loss(input, outputs, reduction="none")


@on_each_device
@pytest.mark.parametrize("dtype", TOLERANCES, ids=str)
@pytest.mark.parametrize("shapes", [SHAPES, ((1, 1), (1, 1), (1, 1, 1)), ((2, 3), (2, 3), (2, 0, 3))])
def test_matches_reference(device, dtype, shapes):
    inputs = random_tensors(*shapes, device=device, dtype=dtype)
    grad_loss = torch.linspace(-1, 2, shapes[0][0], dtype=dtype, device=device)
    loss, grads = output_and_gradients(loss_of_each, inputs, grad_loss)

    *arrays, grad_loss = (x.double().cpu().numpy() for x in (*inputs, grad_loss))
    expected_loss = reference.negative_sampling_loss(*arrays)
    expected_grads = reference.negative_sampling_loss_backward(*arrays, grad_loss)
    assert {x.dtype for x in (loss, *grads)} == {dtype}
    assert_close(
        [x.double().cpu() for x in (loss, *grads)],
        [torch.from_numpy(x) for x in (expected_loss, *expected_grads)],
        **TOLERANCES[dtype],
    )


@on_each_device
@pytest.mark.parametrize("check", CHECKS)
def test_contract(device, check):
    check(loss_of_each, random_tensors(*SHAPES, device=device))


def test_compiles():
    check_compiles(negative_sampling_loss, random_tensors(*SHAPES, device="cpu"))


@on_each_device
def test_reductions(device):
    inputs = random_tensors(*SHAPES, device=device)
    loss, grads = output_and_gradients(loss_of_each, inputs, torch.ones(B, device=device).double())
    for reduction, scale in (("mean", 1 / B), ("sum", 1)):
        reduced = output_and_gradients(
            lambda *inputs, reduction=reduction: negative_sampling_loss(*inputs, reduction=reduction),
            inputs,
            torch.ones((), device=device).double(),
        )
        assert_close(reduced, (loss.sum() * scale, tuple(grad * scale for grad in grads)))
    assert negative_sampling_loss(*inputs) == loss.mean()


@on_each_device
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=str)
def test_scores_of_ten_thousand(device, dtype):
    """One example has both scores at 1e4, where the negative is wrong; one at -1e4, where the target is."""
    input, target, negatives = (
        torch.tensor(x, dtype=dtype, device=device).reshape(2, *shape)
        for x, shape in (([100, 100], (1,)), ([100, -100], (1,)), ([100, -100], (1, 1)))
    )
    loss, grads = output_and_gradients(loss_of_each, [input, target, negatives], torch.ones(2).to(input))
    assert loss.tolist() == [1e4, 1e4]
    assert [grad.flatten().tolist() for grad in grads] == [[100, 100], [0, -100], [100, 0]]


@on_each_device
def test_a_small_gradient_keeps_its_precision(device):
    input, target = torch.tensor([[[1.0]], [[40.0]]], dtype=torch.float64, device=device)
    _, grads = output_and_gradients(loss_of_each, [input, target, input[:, :0, None]], torch.ones_like(input[0]))
    # σ(40) − 1, where σ(40) rounds to 1
    assert grads[1].item() == pytest.approx(-math.exp(-40), rel=1e-14, abs=0)


@on_each_device
def test_vectors_of_zero_cost_one_bit_a_word(device):
    inputs = [torch.zeros(shape, device=device) for shape in SHAPES]
    assert negative_sampling_loss(*inputs).item() == pytest.approx((K + 1) * math.log(2))


@on_each_device
def test_trap_repeated_negatives_are_lost(device):
    weight, input = random_tensors((7, D), (1, D), device=device)
    weight.requires_grad_()

    def loss(drawn):
        target, negatives = (torch.tensor(ids, dtype=torch.int64, device=device) for ids in ([0], [drawn]))
        return negative_sampling_loss(input, embedding(weight, target), embedding(weight, negatives))

    once, twice, none = loss([6]), loss([6, 6]), loss([])
    assert_close(twice - none, 2 * (once - none))
    (grad_once,), (grad_twice,) = (torch.autograd.grad(x, weight) for x in (once, twice))
    assert_close(grad_twice[6], 2 * grad_once[6])
    assert_close(grad_twice[0], grad_once[0])


@on_each_device
def test_empty_batch(device):
    inputs = [torch.empty(shape, device=device) for shape in ((0, D), (0, D), (0, K, D))]
    loss, grads = output_and_gradients(loss_of_each, inputs)
    assert loss.shape == (0,)
    assert [grad.shape for grad in grads] == [x.shape for x in inputs]
    assert negative_sampling_loss(*inputs, reduction="sum") == 0
    assert negative_sampling_loss(*inputs).isnan()  # as torch.nn.functional.cross_entropy


@on_each_device
@pytest.mark.parametrize("needed", range(2))
def test_only_the_needed_gradients_are_computed(device, needed):
    inputs = random_tensors((B, D), (B, 1 + K, D), device=device)
    _, expected = output_and_gradients(packed_loss_of_each, inputs, torch.ones(B, device=device).double())
    loss = packed_loss_of_each(*(x.requires_grad_(i == needed) for i, x in enumerate(inputs)))
    computed = []
    loss.grad_fn.register_hook(lambda grad_inputs, grad_outputs: computed.extend(grad_inputs))
    loss.sum().backward()
    assert [grad is not None for grad in computed] == [i == needed for i in range(2)]
    assert_close(inputs[needed].grad, expected[needed])


@on_each_device
def test_packed_rows_give_the_same(device):
    input, target, negatives = random_tensors(*SHAPES, device=device)
    packed = torch.cat((target[:, None], negatives), dim=1)
    loss, (grad_input, grad_packed) = output_and_gradients(packed_loss_of_each, [input, packed])
    expected, grads = output_and_gradients(loss_of_each, [input, target, negatives])
    assert_close((loss, grad_input, grad_packed[:, 0], grad_packed[:, 1:]), (expected, *grads), rtol=0, atol=0)


@on_each_device
def test_autocast(device):
    """Under autocast the products may be rounded to bfloat16; the loss and the gradients stay float32."""
    inputs = random_tensors(*SHAPES, device=device, dtype=torch.float32)
    with torch.autocast(device, torch.bfloat16):
        mixed = output_and_gradients(loss_of_each, inputs)
    assert_close(mixed, output_and_gradients(loss_of_each, inputs), **TOLERANCES[torch.bfloat16])


@pytest.mark.parametrize("position", range(3))
def test_rejects_what_is_no_floating_point_tensor(position):
    inputs = [torch.zeros(shape) for shape in SHAPES]
    name = ("input", "target", "negatives")[position]
    inputs[position] = inputs[position].long()
    with pytest.raises(TypeError, match=rf"{name} .*torch\.int64"):
        negative_sampling_loss(*inputs)
    inputs[position] = np.zeros(SHAPES[position])
    with pytest.raises(TypeError, match="ndarray"):
        negative_sampling_loss(*inputs)


@pytest.mark.parametrize("position", range(3))
def test_all_must_be_of_one_dtype(position):
    inputs = [torch.zeros(shape) for shape in SHAPES]
    inputs[position] = inputs[position].double()
    with pytest.raises(TypeError, match=r"input, target and negatives must be of one dtype.*torch\.float64"):
        negative_sampling_loss(*inputs)
    if position < 2:
        with pytest.raises(TypeError, match=r"input and outputs .*one dtype.*torch\.float64"):
            packed_negative_sampling_loss(inputs[0], inputs[1][:, None])


@pytest.mark.parametrize(
    ("shapes", "named"),
    [
        (((3, 5), (3, 4), (3, 2, 5)), r"\(3, 5\) and \(3, 4\)"),
        (((3, 5), (1, 5), (3, 2, 5)), r"\(3, 5\) and \(1, 5\)"),
        (((5,), (5,), (2, 5)), r"\(5,\) and \(5,\)"),
        (((3, 5), (3, 5), (3, 5)), r"\(3, 5\) and \(3, 5\)"),
        (((3, 5), (3, 5), (3, 2, 4)), r"\(3, 5\) and \(3, 2, 4\)"),
        (((3, 5), (3, 5), (1, 2, 5)), r"\(3, 5\) and \(1, 2, 5\)"),
    ],
)
def test_shapes_that_do_not_fit_are_both_named(shapes, named):
    with pytest.raises(ValueError, match=named):
        negative_sampling_loss(*(torch.zeros(shape) for shape in shapes))


def test_unknown_reduction_is_named_with_the_choices():
    with pytest.raises(ValueError, match="'mean', 'sum' or 'none', but is 'average'"):
        negative_sampling_loss(*(torch.zeros(shape) for shape in SHAPES), reduction="average")


@pytest.mark.parametrize("outputs", [(3, 5), (3, 0, 5), (2, 2, 5), (3, 2, 4)])
def test_packed_shapes_that_do_not_fit_are_both_named(outputs):
    with pytest.raises(ValueError, match=rf"\(3, 5\) and \({', '.join(map(str, outputs))}\)"):
        packed_negative_sampling_loss(torch.zeros(3, 5), torch.zeros(outputs))
    with pytest.raises(TypeError, match=r"outputs .*torch\.int64"):
        packed_negative_sampling_loss(torch.zeros(3, 5), torch.zeros(outputs, dtype=torch.int64))
