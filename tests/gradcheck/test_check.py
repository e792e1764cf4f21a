"""Right gradients pass, wrong ones are found and named, and nothing of the caller's is touched."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import nn
from torch.testing import assert_close

from tests.ops.op_tester import DEVICES, random_tensors
from torchw2v import InputError
from torchw2v import functional as F
from torchw2v.gradcheck import GradientError, check_gradients
from torchw2v.nn import NegativeSampling, SkipGram

on_each_device = pytest.mark.parametrize("device", DEVICES)


def with_gradients(forward, backward):
    """A function of tensors whose gradients are what `backward(grad_output, *inputs)` says, right or wrong."""

    class Function(torch.autograd.Function):
        @staticmethod
        def forward(ctx, *inputs):
            ctx.save_for_backward(*inputs)
            return forward(*inputs)

        @staticmethod
        def backward(ctx, grad_output):
            return backward(grad_output, *ctx.saved_tensors)

    return lambda *inputs: Function.apply(*inputs)


def failures(report):
    return {(entry.parameter, entry.index) for entry in report.failures}


# Right gradients


@on_each_device
def test_functions_of_tensors(device):
    x, weight, bias = random_tensors((2, 3), (3, 4), (4,), device=device)
    report = check_gradients(F.linear, (x, weight, bias))
    assert report
    assert list(report.shapes.items()) == [("x", (2, 3)), ("weight", (3, 4)), ("bias", (4,))]
    assert [entry.index for entry in report.of("x")] == [(i, j) for i in range(2) for j in range(3)]
    weights = [entry.analytic for entry in check_gradients(lambda x: x + 0, torch.ones(1000, device=device)).entries]
    assert all(0.5 <= abs(weight) <= 1.5 for weight in weights)
    assert 400 < sum(weight > 0 for weight in weights) < 600


@on_each_device
def test_entries_hold_the_values(device):
    x = torch.tensor([[2.0, -3.0]], device=device)
    report = check_gradients(lambda x: (x**2).sum(), x)
    entry = report.entries[1]
    assert entry[:3] == ("x", (0, 1), -6.0)
    assert entry.numeric == pytest.approx(-6, abs=1e-8)
    assert entry.difference == abs(entry.numeric + 6) / max(6, abs(entry.numeric))
    assert report.max_difference == report.worst.difference == max(entry.difference for entry in report.entries)


@on_each_device
def test_modules_with_a_loss(device):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 5), nn.BatchNorm1d(5), nn.Sigmoid(), nn.Dropout(), nn.Linear(5, 3)).to(device)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    x, y = torch.randn(6, 4, device=device), torch.arange(6, device=device) % 3
    report = check_gradients(model, x, loss=lambda logits: F.cross_entropy(logits, y))
    assert report.ok, str(report)
    assert set(report.shapes) == {name for name, _ in model.named_parameters()} | {"input"}
    assert_close(model.state_dict(), before, rtol=0, atol=0)
    assert model[0].weight.dtype == torch.float32
    assert all(parameter.grad is None and parameter.is_leaf for parameter in model.parameters())
    assert isinstance(model[0].weight, nn.Parameter)


@on_each_device
@pytest.mark.parametrize("sparse", [False, True])
def test_a_loss_that_uses_parameters_of_the_module(device, sparse):
    """The loss must see the float64 copy of the output matrix, not the module's own."""
    model = SkipGram(7, 3, sparse=sparse, generator=torch.Generator().manual_seed(0)).to(device)
    nn.init.normal_(model.out_embeddings, generator=torch.Generator(device).manual_seed(1))
    loss = NegativeSampling(reduction="sum", sparse=sparse)
    inputs, targets, negatives = (
        torch.tensor(ids, device=device) for ids in ([0, 1, 0], [2, 0, 2], [[5, 5], [3, 1], [2, 2]])
    )
    out = model.out_embeddings

    def whole_loss():
        return loss(model(inputs), model.out_embeddings, targets, negatives)

    for report in (
        check_gradients(model, inputs, loss=lambda v: loss(v, model.out_embeddings, targets, negatives)),
        check_gradients(whole_loss, module=model),
    ):
        assert report.ok, str(report)
        assert report.shapes == {"in_embeddings": (7, 3), "out_embeddings": (7, 3)}
        assert sum(entry.analytic != 0 for entry in report.of("out_embeddings")) == 5 * 3
    assert model.out_embeddings is out


def test_what_is_checked_can_be_chosen():
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    model[0].weight.requires_grad_(False)
    x = torch.ones(1, 2)
    assert set(check_gradients(model, x).shapes) == {"0.bias", "1.weight", "1.bias", "input"}
    assert set(check_gradients(model, x, parameters="*.bias").shapes) == {"0.bias", "1.bias"}
    assert set(check_gradients(model, x, parameters=["0.weight", "input"]).shapes) == {"0.weight", "input"}
    with pytest.raises(InputError, match=r"nothing is called 'bias'; there are 0\.bias, 1\.weight, 1\.bias, input"):
        check_gradients(model, x, parameters=["0.bias", "bias"])


def test_a_shared_parameter_answers_to_all_its_names():
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    model[1].weight = model[0].weight
    for name in ("0.weight", "1.weight", ["?.weight"]):
        assert set(check_gradients(model, torch.ones(1, 2), parameters=name).shapes) == {"0.weight"}


def test_an_input_may_have_the_name_of_a_parameter():
    class Scale(nn.Module):
        def __init__(self):
            super().__init__()
            self.x = nn.Parameter(torch.tensor(2.0))

        def forward(self, x):
            return self.x * x.exp()

    report = check_gradients(Scale(), torch.ones(2))
    assert report.shapes == {"x": (), "x (input)": (2,)}
    assert all(entry.analytic != 0 for entry in report.entries)


def test_inputs_by_name_and_inputs_that_are_no_tensors():
    x = torch.tensor([0.5, 2.0])

    def power(x, exponent, *, ids):
        return (x[ids] ** exponent).sum()

    report = check_gradients(power, {"x": x, "ids": torch.tensor([1, 1, 0]), "exponent": 3})
    assert report.shapes == {"x": (2,)}
    assert [entry.analytic for entry in report.entries] == pytest.approx([3 * 0.25, 2 * 3 * 4])
    assert check_gradients(lambda *xs: xs[0] * xs[1], [x, x]).shapes == {"input 0": (2,), "input 1": (2,)}
    assert check_gradients(torch.sin, x, names=["angle"]).shapes == {"angle": (2,)}


def test_inputs_that_hold_tensors():
    """The hidden state of an LSTM is a tuple; a packed sequence is a named one."""
    torch.manual_seed(0)
    lstm, x, hx = nn.LSTM(2, 3), torch.randn(4, 1, 2), (torch.randn(1, 1, 3), torch.randn(1, 1, 3))
    report = check_gradients(lstm, (x, hx), loss=lambda outputs: outputs[0])
    assert report.ok, str(report)
    assert [(n, report.shapes[n]) for n in ("input", "hx.0", "hx.1")] == [
        ("input", (4, 1, 2)),
        ("hx.0", (1, 1, 3)),
        ("hx.1", (1, 1, 3)),
    ]
    packed = nn.utils.rnn.pack_sequence([x[:, 0], x[:2, 0]])
    report = check_gradients(lstm, (packed,), loss=lambda outputs: outputs[0].data, parameters="input.*")
    assert report.ok, str(report)
    assert report.shapes == {"input.0": (6, 2)}

    def f(p):
        p["w"].mul_(2)
        return (p["w"] * p["xs"][0]).sum() * len(p["kind"])

    p = {"w": torch.ones(2), "xs": [torch.ones(2), torch.tensor([1])], "kind": "ab"}
    report = check_gradients(f, (p,))
    assert [(e.parameter, e.analytic) for e in report.entries] == [("p.w", 4), ("p.w", 4), ("p.xs.0", 4), ("p.xs.0", 4)]
    assert p["w"].tolist() == [1, 1]
    wrong = with_gradients(two, lambda g, x, y: (g * y, -g * x))
    assert failures(check_gradients(lambda xs: wrong(*xs), ([torch.ones(1), torch.ones(1)],))) == {("xs.1", (0,))}
    with pytest.raises(InputError, match=r"two tensors of the inputs are called a\.b"):
        check_gradients(lambda **inputs: inputs["a.b"], {"a": {"b": torch.ones(1)}, "a.b": torch.ones(1)})


def test_functions_of_arrays_that_return_value_and_gradient():
    x = np.array([[1.0, -2.0], [0.5, 3.0]], order="F")
    report = check_gradients(lambda x: (np.sum(x**3), 3 * x**2), x)
    assert report.ok
    assert [e.index for e in report.entries] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert [e.analytic for e in report.entries] == [3, 12, 0.75, 27]
    assert check_gradients(lambda x: (x**2, 2 * x), 123.456).entries[0].index == ()
    assert check_gradients(lambda a, b: (a @ b, (b, a)), (x[0], x[1])).shapes == {"a": (2,), "b": (2,)}
    assert check_gradients(lambda a, b: (a @ b, {"b": a, "a": b}), {"a": x[0], "b": x[1]}).ok
    assert failures(check_gradients(lambda a, b: (a @ b, (b, b)), (x[0], x[1]))) == {("b", (0,)), ("b", (1,))}


@pytest.mark.parametrize("scale", [1e-8, 1e-4, 1.0, 1e4, 1e8])
@pytest.mark.parametrize("factor", [1.0, 1.01])
def test_badly_scaled_values(scale, factor):
    """At 1e-8 the usual step is a thousand times the value, at 1e8 it would be lost in rounding."""
    x = random_tensors((5,), device="cpu")[0].abs() + 0.5
    f = with_gradients(lambda x: ((x / scale).log() ** 2).sum(), lambda g, x: g * 2 * (x / scale).log() / x * factor)
    report = check_gradients(f, x * scale, tolerance=1e-6 * min(1, 1 / scale))
    assert report.ok == (factor == 1), str(report)


def test_steps_that_are_given_are_used_as_they_are():
    seen = []

    def f(x):
        seen.append(x.item())
        return x**3

    entry = check_gradients(f, torch.tensor(100.0), step=0.5, tolerance=1e-3).entries[0]
    assert set(seen) == {100.0, 100.5, 99.5}
    assert entry.numeric == pytest.approx(3 * 100**2 + 0.5**2, rel=1e-14)  # (x + h)³ − (x − h)³ = 2h (3x² + h²)
    assert entry.difference == pytest.approx(0.25 / 30000.25)


def test_steps_that_are_rounded():
    """1e9 + 1e-6 is 1e9 + 9.5e-7; the difference is divided by the step that was taken."""
    assert check_gradients(lambda x: x * 2, torch.tensor(1e9), step=1e-6).entries[0].numeric == 2
    with pytest.raises(InputError, match=r"step 1e-06 is lost in the rounding of an entry that is 1e\+20"):
        check_gradients(lambda x: x * 2, torch.tensor(1e20), step=1e-6)


def test_large_parameters_are_checked_in_places_and_as_a_whole():
    weight = random_tensors((300, 20), device="cpu")[0].float()
    ids = torch.tensor([7, 7, 250])
    calls = []

    def f(weight):
        calls.append(1)
        return F.embedding(weight, ids).sin().sum()

    report = check_gradients(f, weight, entries=30)
    assert report.ok, str(report)
    assert len(report.entries) == 31
    assert len(calls) < 70
    assert sum(e.analytic != 0 for e in report.entries[:-1]) >= 15  # of 6000, 40 are not zero
    assert sum(e.analytic == 0 for e in report.entries[:-1]) >= 15
    assert report.entries[-1].index is None
    assert "30 of 6,000, and [all]" in str(report)
    assert check_gradients(f, weight, entries=30).entries == report.entries
    assert check_gradients(f, weight, entries=30, seed=1).entries != report.entries


def test_a_row_that_was_not_drawn_is_missed_by_places_and_found_by_the_whole():
    def backward(g, x):
        grad = 2 * g * x
        grad[123] = 0
        return grad

    weight = random_tensors((3000, 2), device="cpu")[0]
    report = check_gradients(with_gradients(lambda x: (x**2).sum(), backward), weight, entries=10)
    assert not report.ok
    assert [entry.index for entry in report.failures] == [None]
    assert "weight" not in report.shapes
    assert "are not: check them all with entries=None" in str(report)


@pytest.mark.parametrize("seed", range(8))
def test_rows_that_are_wrong_by_the_same_do_not_cancel(seed):
    def backward(g, x):
        grad = 2 * g * x
        grad[[7, 9]] = 0
        return grad

    f = with_gradients(lambda x: (x**2).sum(), backward)
    assert not check_gradients(f, torch.ones(5000, 1), entries=10, seed=seed)


# Wrong gradients


def two(x, y):
    return (x * y).sum()


@pytest.mark.parametrize(
    ("backward", "wrong", "said"),
    [
        (lambda g, x, y: (g * y, -g * x), "y", "y: numeric = −analytic everywhere: the sign is wrong"),
        (lambda g, x, y: (g * y / 4, g * x), "x", "x: numeric = 4 × analytic everywhere: a factor is missing"),
        (lambda g, x, y: (g * y * 3, g * x), "x", "x: analytic = 3 × numeric everywhere: there is a factor too many"),
        (lambda g, x, y: (g * y.T, g * x), "x", "x: numeric is the analytic gradient transposed"),
        (lambda g, x, y: (0 * x, g * x), "x", "x: the analytic gradient is zero: cut off"),
        (lambda g, x, y: (None, g * x), "x", "x: the analytic gradient is zero: cut off"),
        (lambda g, x, y: (g * y * math.nan, g * x), "x", "x: the analytic gradient is not finite"),
    ],
)
def test_a_wrong_gradient_is_found_and_named(backward, wrong, said):
    report = check_gradients(with_gradients(two, backward), random_tensors((3, 3), (3, 3), device="cpu"), names="xy")
    assert failures(report) >= {(wrong, (0, 1)), (wrong, (2, 1))}
    assert {entry.parameter for entry in report.failures} == {wrong}
    assert said in str(report)


def test_one_wrong_entry_is_found_and_named():
    def backward(g, x):
        grad = g * x.cos()
        grad[1, 2] += 1e-4
        return grad

    x = random_tensors((3, 4), device="cpu")[0]
    report = check_gradients(with_gradients(lambda x: x.sin().sum(), backward), x, names=["x"])
    assert failures(report) == {("x", (1, 2))}
    assert report.worst.index == (1, 2)
    assert "x: one entry of 12 is wrong" in str(report)
    assert "wrong entry" in str(report)
    assert repr(report).startswith("<GradientReport: gradients WRONG: 1 of 12 entries of 1 parameter differ")
    assert "worst x[1, 2]: analytic" in repr(report)
    with pytest.raises(GradientError, match=r"x\[1, 2\]"):
        report.raise_if_failed()


def test_a_gradient_that_should_be_zero_is_found():
    report = check_gradients(with_gradients(lambda x: x.sum() * 0 + 1, lambda g, x: g * x), torch.ones(3))
    assert "f does not change with it, yet its analytic gradient is not zero" in str(report)


def test_repeated_ids_lost():
    """Assigning the rows of the gradient instead of adding them up keeps one row of those that repeat."""
    ids = torch.tensor([4, 1, 4, 0])

    def backward(g, weight):
        grad = torch.zeros_like(weight)
        grad[ids] = g
        return grad

    (weight,) = random_tensors((6, 3), device="cpu")
    report = check_gradients(with_gradients(lambda weight: weight[ids], backward), weight, names=["weight"])
    assert failures(report) == {("weight", (4, j)) for j in range(3)}
    assert "weight: only in row 4: are ids that repeat added up?" in str(report)
    assert check_gradients(lambda weight: F.embedding(weight, ids), weight).ok


def test_p_minus_y_instead_of_p_sum_y_minus_y():
    """Right for rows that sum to 1, and only for them: a check with such rows alone would not see it."""
    (logits,) = random_tensors((2, 3), device="cpu")
    proper = torch.tensor([[0.2, 0.3, 0.5], [0, 1, 0]]).double()

    def loss(target):
        return with_gradients(lambda x: -(target * x.log_softmax(1)).sum(), lambda g, x: g * (x.softmax(1) - target))

    assert check_gradients(loss(proper), logits)
    report = check_gradients(loss(proper * torch.tensor([[1], [2]])), logits)
    assert {entry.index[0] for entry in report.failures} == {1}
    assert check_gradients(lambda x: F.cross_entropy(x, proper * torch.tensor([[1], [2]])), logits)


# Unusual functions


@on_each_device
def test_corners_count_as_right_for_any_slope_between_the_sides(device):
    x = torch.tensor([0.0, 1.0, -1.0, 1e-7], device=device)
    report = check_gradients(F.relu, x)
    assert report.ok, str(report)
    assert [bool(entry.remark) for entry in report.entries] == [True, False, False, False]
    assert report.entries[0].remark.startswith("corner: slopes ")
    assert "f has a corner at 1 entry; there any slope between its two sides is right" in str(report)
    wrong = check_gradients(with_gradients(F.relu, lambda g, x: g * ((x > 0).double() - 0.1 * (x == 0))), x)
    assert [entry.index for entry in wrong.failures] == [(0,)]
    assert wrong.failures[0].difference == pytest.approx(0.1, rel=0.5)


@pytest.mark.parametrize("slope", [-1.0, 0.3, 1.0, 1.001])
@pytest.mark.parametrize(
    "f",
    [
        lambda x: x.abs(),
        lambda x: x.abs() + 3e5,
        lambda x: x.abs() - x**2,
        lambda x: x.abs() * (1000 * x).exp(),
        lambda x: x.abs() + (x - 1e-8).abs() + (x + 1e-8).abs(),  # other corners nearby are not this one's
    ],
)
def test_slopes_of_a_corner(f, slope):
    corner = with_gradients(f, lambda g, x: g * slope)
    report = check_gradients(corner, torch.tensor(0.0))
    assert report.ok == (abs(slope) <= 1), str(report)


@pytest.mark.parametrize("constant", [0.0, 1e3, 1e4])
@pytest.mark.parametrize(
    "f",
    [
        lambda x: (x**2 + 1e-12).sqrt(),
        lambda x: (x**2 + 1e-18).sqrt(),
        lambda x: x.abs() ** 1.25,
        lambda x: x.abs() ** 1.1,
    ],
)
def test_a_narrow_bend_is_no_corner(f, constant):
    """√(x² + w²) is as good as |x| at every step above w, but its slope at 0 is 0."""
    for slope in (0.0, 0.7, 0.01):
        bend = with_gradients(lambda x: f(x) + constant, lambda g, x, slope=slope: g * slope)
        report = check_gradients(bend, torch.tensor(0.0))
        assert report.ok == (slope == 0), str(report)
        assert [(entry.numeric, entry.remark) for entry in report.entries] == [(0, "")]


def test_a_steep_smooth_function_is_no_corner():
    f = with_gradients(lambda x: torch.tanh(1e4 * x).sum(), lambda g, x: g * 0.5e4 / torch.cosh(1e4 * x) ** 2)
    report = check_gradients(f, torch.tensor([0.0, 1e-5]))
    assert not any(entry.remark for entry in report.entries)
    assert len(report.failures) == 2


def test_a_curved_function_is_no_corner():
    """Its two sides are far apart at every step, but ten times less so at a tenth of the step."""
    f = with_gradients(lambda x: 1 + 5e5 * x**2, lambda g, x: g * (1e6 * x + 1))
    report = check_gradients(f, torch.tensor(0.0))
    assert [(entry.numeric, entry.analytic, entry.remark) for entry in report.failures] == [(0, 1, "")]


def test_a_large_constant_hides_nothing():
    """The usual step is lost in the rounding of 1e6, and much smaller ones seem to give a derivative of zero."""
    report = check_gradients(lambda x: x.sin().sum() + 1e6, torch.tensor([0.3, 0.7]))
    assert report.ok, str(report)


def test_functions_that_write_into_their_inputs():
    x = torch.tensor([1.0, 2.0])

    def f(x):
        return x.mul_(3).exp_().sum()

    assert check_gradients(f, x)
    assert x.tolist() == [1, 2]
    array = np.array([1.0, 2.0])

    def g(x):
        x *= 3
        return np.sum(x), np.full(2, 3.0)

    assert check_gradients(g, array)
    assert array.tolist() == [1, 2]


def test_functions_that_differentiate_themselves():
    def gradient_penalty(x):
        (grad,) = torch.autograd.grad((x**3).sum(), x, create_graph=True)
        return grad.square().sum()

    report = check_gradients(gradient_penalty, torch.tensor([0.5, -1.0]))
    assert report
    assert [entry.analytic for entry in report.entries] == pytest.approx([36 * 0.125, -36])


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_modes_of_the_caller_make_no_difference(mode):
    with mode():
        assert check_gradients(lambda x: x.exp().sum(), torch.ones(2))


def test_inputs_stay_as_they_are_also_when_f_raises():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    x.grad = torch.tensor([5.0, 6.0])
    calls = []

    def f(y):
        calls.append(1)
        if len(calls) == 4:
            raise KeyError("f's own error")
        return y.mul(2).sum()

    with pytest.raises(KeyError, match="own error"):
        check_gradients(f, x)
    assert len(calls) == 4
    calls.clear()
    assert check_gradients(lambda y: y.square().sum(), x)
    assert (x.tolist(), x.grad.tolist(), x.requires_grad) == ([1, 2], [5, 6], True)
    model = nn.Linear(2, 1)
    before = model.weight
    with pytest.raises(KeyError, match="own error"):
        check_gradients(lambda: f(model.weight), module=model)
    assert model.weight is before


def test_what_f_does_not_use():
    report = check_gradients(lambda x, y, z: x.sum() + 0 * z.sum(), (torch.ones(2), torch.ones(3), torch.ones(1)))
    assert report.ok
    assert "y: f does not use it: autograd gives None" in str(report)
    assert "z: its gradient is zero, both ways" in str(report)


def test_gradients_below_the_tolerance_are_not_called_checked():
    """1e-7 against −1e-7 differ by less than the tolerance: the check says so instead of nothing."""
    f = with_gradients(lambda x: 1e-7 * x.sum(), lambda g, x: -1e-7 * g.expand_as(x))
    text = str(check_gradients(f, torch.ones(3), names=["x"]))
    assert "x: its gradients are all within the tolerance of zero (at most 1.0e-07), so this says nothing" in text


def test_empty_tensors():
    report = check_gradients(lambda x, y: x.sum() + y.sum(), (torch.ones(0, 3), torch.ones(2)))
    assert report.ok
    assert "x: it is empty" in str(report)
    with pytest.raises(InputError, match="there is nothing to check"):
        check_gradients(torch.sum, torch.ones(0))


# What cannot be checked


@pytest.mark.parametrize(
    ("f", "inputs", "message"),
    [
        (3, torch.ones(1), "f must be a function or a module, not 3"),
        (torch.sum, torch.ones(2, dtype=torch.complex64), r"input is complex \(torch.complex64\)"),
        (torch.sum, torch.ones(2).to_sparse(), "input has layout torch.sparse_coo"),
        (torch.sum, torch.ones(2, dtype=torch.int64), "there is nothing to check"),
        (torch.sum, (), "there is nothing to check"),
        (lambda x: x.sum(), torch.tensor([1.0, math.inf]), "x is not finite"),
        (lambda x: x.log().sum(), torch.tensor([1.0, -1.0]), "f is nan at the given point"),
        (lambda x: x.log().sum(), torch.tensor([1.0, 0.0]), "f is -inf at the given point"),
        (lambda x: (x, x), torch.ones(2), "f must return a tensor, but returned a tuple: return one, or give loss="),
        (lambda x: x.sum().item(), torch.ones(2), "f must return a tensor, but returned 2.0"),
        (lambda x: None, torch.ones(2), "f must return a tensor, but returned None"),
        (
            lambda x: x.float(),
            torch.ones(2),
            "f returned torch.float32, although everything it was given is in float64",
        ),
        (lambda x: x + 1j, torch.ones(2), "f returned torch.complex128"),
        (lambda x: x > 0, torch.ones(2), "f returned torch.bool"),
        (np.sum, np.ones(2), r"must return its value and its gradient \(a number and an array\)"),
        (lambda x: (x, x), np.ones(2), r"the value f returned must be one number, but has shape \(2,\)"),
        (lambda x: (1.0, x[:1]), np.ones(2), r"x has shape \(2,\), but the gradient f returned for it has \(1,\)"),
        (lambda a, b: (1.0, (a,)), (np.ones(2), np.ones(2)), r"returned 1 gradients for 2 arrays \(a, b\)"),
        (lambda x: (1.0, x), np.ones(2, int), r"x has dtype int64.*: give x\.astype\(float\)"),
        (lambda x: (np.nan, x), np.ones(2), "f is nan at the given point"),
    ],
)
def test_what_cannot_be_checked_is_refused_in_one_line(f, inputs, message):
    with pytest.raises(InputError, match=message) as caught:
        check_gradients(f, inputs)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"tolerance": 0}, "tolerance must be above 0, not 0"),
        ({"step": -1.0}, "step must be above 0"),
        ({"entries": 0}, "entries must be an integer of at least 1, not 0"),
        ({"seed": -1}, "seed must be"),
        ({"generators": [0]}, "generators must be torch.Generator, .* not 0"),
        ({"names": ["a", "b"]}, r"names must be 1 different names, one for each input, not \['a', 'b'\]"),
        ({"module": nn.Linear(1, 1)}, None),
    ],
)
def test_settings(settings, message):
    if message is None:
        assert "weight" in check_gradients(torch.sum, torch.ones(2), **settings).shapes
        with pytest.raises(InputError, match=r"f is a module, and module= is another: give both in one nn\.ModuleList"):
            check_gradients(nn.Linear(2, 1), torch.ones(2), **settings)
        return
    with pytest.raises(InputError, match=message):
        check_gradients(torch.sum, torch.ones(2), **settings)


def test_what_f_closes_over_in_float32_is_pointed_out():
    weight = torch.ones(2, 2)
    with pytest.raises(RuntimeError, match="dtype") as caught:
        check_gradients(lambda x: x @ weight, torch.ones(2))
    assert "float64" in caught.value.__notes__[0]
