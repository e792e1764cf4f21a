import math

import numpy as np
import pytest
import torch
from torch.func import grad, vjp, vmap
from torch.testing import assert_close

from tests.ops.op_tester import CHECKS, DEVICES, check_compiles, output_and_gradients, random_tensors
from tests.reference import cross_entropy as reference
from torchw2v.functional import cross_entropy

# Sums of 5 numbers up to 10; bfloat16 rounds each to 3 digits.
TOLERANCES = {
    torch.float64: {"rtol": 1e-13, "atol": 1e-13},
    torch.float32: {"rtol": 1e-5, "atol": 1e-5},
    torch.bfloat16: {"rtol": 4e-2, "atol": 4e-2},
}
C = 5
CLASSES = [[0, 4, 2], [2, 2, 0]]  # both ends, and repeats

on_each_device = pytest.mark.parametrize("device", DEVICES)
each_reduction = pytest.mark.parametrize("reduction", ["mean", "sum", "none"])


def against(target, reduction="none"):
    return lambda logits: cross_entropy(logits, target, reduction=reduction)


def loss_of_each(logits, target):
    return cross_entropy(logits, target, reduction="none")


def distributions(device):
    return torch.softmax(random_tensors((2, 3, C), device=device)[0] * 2, -1)


@on_each_device
@pytest.mark.parametrize("dtype", TOLERANCES, ids=str)
@pytest.mark.parametrize("class_dtype", [torch.int64, torch.int32, torch.uint8], ids=str)
@pytest.mark.parametrize("shape", [(2, 3), (3,), ()])
def test_classes_match_reference(device, dtype, class_dtype, shape):
    target = torch.tensor(CLASSES, dtype=class_dtype, device=device).flatten()[: math.prod(shape)].reshape(shape)
    (logits,) = random_tensors((*shape, C), device=device, dtype=dtype)
    grad_loss = torch.linspace(-1, 2, target.numel(), device=device).to(dtype).reshape(shape)
    loss, (grad_logits,) = output_and_gradients(against(target), [3 * logits], grad_loss)

    logits, grad_loss = (3 * logits).double().cpu().numpy(), grad_loss.double().cpu().numpy()
    rows = reference.one_hot(target.cpu().numpy(), C)
    expected_grad, _ = reference.cross_entropy_backward(logits, rows, grad_loss)
    assert loss.dtype == grad_logits.dtype == dtype
    assert_close(
        [loss.double().cpu(), grad_logits.double().cpu()],
        [torch.from_numpy(x) for x in (reference.cross_entropy(logits, rows), expected_grad)],
        **TOLERANCES[dtype],
    )


@on_each_device
@pytest.mark.parametrize("dtype", TOLERANCES, ids=str)
@pytest.mark.parametrize("shape", [(2, 3, C), (C,), (2, 1)])
def test_rows_of_any_weights_match_reference(device, dtype, shape):
    logits, target = random_tensors(shape, shape, device=device, dtype=dtype)  # of any sum and any sign
    grad_loss = torch.linspace(-1, 2, math.prod(shape[:-1]), device=device).to(dtype).reshape(shape[:-1])
    loss, grads = output_and_gradients(loss_of_each, [logits, target], grad_loss)

    logits, target, grad_loss = (x.double().cpu().numpy() for x in (logits, target, grad_loss))
    expected_grads = reference.cross_entropy_backward(logits, target, grad_loss)
    assert {x.dtype for x in (loss, *grads)} == {dtype}
    assert_close(
        [x.double().cpu() for x in (loss, *grads)],
        [torch.from_numpy(x) for x in (reference.cross_entropy(logits, target), *expected_grads)],
        **TOLERANCES[dtype],
    )


@on_each_device
@pytest.mark.parametrize("check", CHECKS)
def test_contract(device, check):
    classes = torch.tensor(CLASSES, device=device).T  # not contiguous either
    check(against(classes), random_tensors((3, 2, C), device=device))
    check(against(distributions(device)), random_tensors((2, 3, C), device=device))
    check(loss_of_each, random_tensors((2, 3), (2, 3), device=device))  # here the rows want their gradient, too


@each_reduction
def test_compiles(reduction):
    logits = random_tensors((2, 3, C), device="cpu")
    check_compiles(against(torch.tensor(CLASSES), reduction), logits)
    check_compiles(against(distributions("cpu"), reduction), logits)


@on_each_device
def test_a_class_is_a_distribution_with_all_its_weight_in_one_place(device):
    logits, grad_loss = random_tensors((2, 3, C), (2, 3), device=device)
    classes = torch.tensor(CLASSES, device=device)
    rows = torch.eye(C, dtype=torch.float64, device=device)[classes]
    assert_close(
        output_and_gradients(against(classes), [logits], grad_loss),
        output_and_gradients(against(rows), [logits], grad_loss),
        **TOLERANCES[torch.float64],
    )


@on_each_device
def test_per_example_gradients(device):
    logits = random_tensors((3, C), device=device)[0]
    classes = torch.tensor(CLASSES, device=device)
    expected = torch.stack([grad(cross_entropy)(logits, example) for example in classes])
    assert_close(vmap(grad(cross_entropy), (None, 0))(logits, classes), expected)

    def pull_back(classes):
        (grad_logits,) = vjp(lambda logits: cross_entropy(logits, classes, reduction="sum"), logits)[1](
            torch.ones((), device=device).double()
        )
        return grad_logits

    assert_close(vmap(pull_back)(classes), 3 * expected)  # here the classes are batched and the gradient is not


@on_each_device
@pytest.mark.parametrize("rows", [False, True])
def test_trap_sum_or_mean_of_the_cost(device, rows):
    (logits,) = random_tensors((2, 3, C), device=device)
    target = distributions(device) if rows else torch.tensor(CLASSES, device=device)
    one = torch.ones((), device=device).double()
    loss, (grad_logits,) = output_and_gradients(against(target), [logits], one.expand(2, 3))
    for reduction, scale in (("mean", 1 / 6), ("sum", 1)):
        reduced = output_and_gradients(against(target, reduction), [logits], one)
        assert_close(reduced, (loss.sum() * scale, (grad_logits * scale,)))
    assert cross_entropy(logits, target) == loss.mean()


@on_each_device
@pytest.mark.parametrize("rows", [False, True])
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=str)
def test_trap_exp_overflows_and_log_of_0(device, dtype, rows):
    logits = torch.tensor([[1e4, -1e4, 0], [1e4, 1e4 - 4, -1e4], [-1e4, -1e4, -1e4]], dtype=dtype, device=device)
    target = torch.tensor([1, 0, 2], device=device)
    if rows:
        target = torch.eye(3, dtype=dtype, device=device)[target]
    loss, (grad_logits,) = output_and_gradients(against(target), [logits], torch.ones_like(logits[0]))
    assert loss.tolist() == pytest.approx([2e4, math.log1p(math.exp(-4)), math.log(3)], rel=1e-5)
    assert grad_logits[0].tolist() == [1, -1, 0]
    assert grad_logits[2].tolist() == pytest.approx([1 / 3, 1 / 3, -2 / 3])


@on_each_device
def test_a_class_of_minus_infinity_is_never_the_answer(device):
    logits = torch.tensor([[0.0, -math.inf, 0.0]], dtype=torch.float64, device=device)
    target = torch.tensor([2], device=device)
    loss, (grad_logits,) = output_and_gradients(against(target), [logits], torch.ones_like(logits[:, 0]))
    assert loss.item() == pytest.approx(math.log(2))
    assert grad_logits.tolist() == [[0.5, 0, -0.5]]


@on_each_device
def test_one_of_a_hundred_classes_costs_their_logarithm_at_first(device):
    """Small random weights know nothing: a softmax regression over 100 classes begins at ln 100."""
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(50, 20, dtype=torch.float64, generator=generator).to(device)
    weight = 0.05 * torch.randn(20, 100, dtype=torch.float64, generator=generator).to(device)
    target = torch.randint(100, (50,), generator=generator).to(device)

    def cost(weight):
        return cross_entropy(x @ weight, target)

    assert cost(weight).item() == pytest.approx(math.log(100), rel=0.15)
    _, (grad_weight,) = output_and_gradients(cost, [weight], torch.ones((), device=device).double())
    for place in torch.randperm(weight.numel(), generator=generator)[:20].tolist():
        step = torch.zeros_like(weight)
        step.view(-1)[place] = 1e-5
        numeric = (cost(weight + step) - cost(weight - step)).item() / 2e-5
        assert grad_weight.view(-1)[place].item() == pytest.approx(numeric, rel=1e-5, abs=1e-9)


@on_each_device
@pytest.mark.parametrize("rows", [False, True])
def test_empty_batch(device, rows):
    logits = torch.empty(0, C, device=device)
    target = logits if rows else torch.empty(0, dtype=torch.int64, device=device)
    loss, (grad_logits,) = output_and_gradients(against(target), [logits])
    assert loss.shape == (0,)
    assert grad_logits.shape == (0, C)
    assert cross_entropy(logits, target, reduction="sum") == 0
    assert cross_entropy(logits, target).isnan()  # as torch.nn.functional.cross_entropy


@on_each_device
@pytest.mark.parametrize("needed", range(2))
def test_only_the_needed_gradients_are_computed(device, needed):
    inputs = random_tensors((3, C), (3, C), device=device)
    _, expected = output_and_gradients(cross_entropy, inputs, torch.ones((), device=device).double())
    loss = loss_of_each(*(x.requires_grad_(i == needed) for i, x in enumerate(inputs)))
    computed = []
    loss.grad_fn.register_hook(lambda grad_inputs, grad_outputs: computed.extend(grad_inputs))
    loss.mean().backward()
    assert [value is not None for value in computed] == [i == needed for i in range(2)]
    assert_close(inputs[needed].grad, expected[needed])


@on_each_device
@pytest.mark.parametrize("rows", [False, True])
def test_autocast_and_mixed_precision(device, rows):
    """Logits that autocast made bfloat16, and rows of float32: the gradient has the dtype of the logits."""
    (logits,) = random_tensors((2, 3, C), device=device, dtype=torch.bfloat16)
    target = distributions(device).float() if rows else torch.tensor(CLASSES, device=device)
    with torch.autocast(device, torch.bfloat16):
        loss, (grad_logits,) = output_and_gradients(against(target), [logits])
    exact, (grad_exact,) = output_and_gradients(against(target), [logits.float()])
    assert grad_logits.dtype == torch.bfloat16
    assert_close([loss.float(), grad_logits.float()], [exact, grad_exact], **TOLERANCES[torch.bfloat16])
    if rows:
        wide, (grad_wide,) = output_and_gradients(against(target.double()), [logits.float()])
        assert wide.dtype == torch.float64
        assert_close([wide, grad_wide], [exact.double(), grad_exact], **TOLERANCES[torch.float32])


@pytest.mark.parametrize("bad_class", [-1, C, -100, C * 3])  # −100 is ignored by torch.nn.functional.cross_entropy
def test_class_out_of_range(bad_class):  # on the CPU: on CUDA it is a device-side assertion, which ends the process
    with pytest.raises(IndexError, match=f"{bad_class} is out of bounds"):
        cross_entropy(torch.zeros(3, C), torch.tensor([0, bad_class, 1]))


@pytest.mark.parametrize("bad_class", [-(1 << 63), -(1 << 63) + 1, (1 << 63) - 1])
def test_trap_nan_as_an_integer_is_no_class_that_is_left_out(bad_class):
    """`torch.tensor(math.nan).long()` is −2⁶³ on many a CPU."""
    with pytest.raises(IndexError, match="is out of bounds"):
        cross_entropy(torch.zeros(3, C), torch.tensor([0, bad_class, 1]))


@pytest.mark.parametrize("target", [torch.tensor([True, False]), torch.tensor([1j, 0])])
def test_rejects_targets_that_are_neither_classes_nor_rows(target):
    with pytest.raises(TypeError, match=rf"target .*{target.dtype}"):
        cross_entropy(torch.zeros(2, C), target)


def test_rejects_what_is_no_floating_point_tensor():
    with pytest.raises(TypeError, match=r"logits .*torch\.int64"):
        cross_entropy(torch.zeros(2, C).long(), torch.tensor([0, 1]))
    with pytest.raises(TypeError, match="ndarray"):
        cross_entropy(np.zeros((2, C)), torch.tensor([0, 1]))
    with pytest.raises(TypeError, match="ndarray"):
        cross_entropy(torch.zeros(2, C), np.array([0, 1]))


@pytest.mark.parametrize(
    ("logits", "target", "named"),
    [
        ((3, C), torch.zeros(2).long(), r"\(3, 5\) and \(2,\).*torch\.int64"),
        ((3, C), torch.zeros(3, 1).long(), r"\(3, 5\) and \(3, 1\).*torch\.int64"),
        ((3, C), torch.zeros(3, C).long(), r"\(3, 5\) and \(3, 5\).*torch\.int64"),  # one-hot rows, but integers
        ((3, C), torch.zeros(3), r"\(3, 5\) and \(3,\).*torch\.float32"),  # classes, but floating-point
        ((3, C), torch.zeros(C), r"\(3, 5\) and \(5,\).*torch\.float32"),
        ((C, 3), torch.zeros(3, C), r"\(5, 3\) and \(3, 5\).*torch\.float32"),  # columns, where rows belong
        ((), torch.zeros(()), r"\(\) and \(\)"),
    ],
)
def test_trap_row_or_column_vectors(logits, target, named):
    with pytest.raises(ValueError, match=named):
        cross_entropy(torch.zeros(logits), target)


def test_unknown_reduction_is_named_with_the_choices():
    with pytest.raises(ValueError, match="'mean', 'sum' or 'none', but is 'average'"):
        cross_entropy(torch.zeros(2, C), torch.tensor([0, 1]), reduction="average")
