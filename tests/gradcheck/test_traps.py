"""What people trip on when they check gradients, each with what happens here instead."""

from __future__ import annotations

import random

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.checkpoint import checkpoint

from tests.ops.op_tester import DEVICES
from torchw2v import InputError
from torchw2v import functional as F
from torchw2v.gradcheck import RandomState, check_gradients

GENERATORS = {
    "torch": lambda n: int(torch.randint(n, ())),
    "python": random.randrange,
    "numpy": lambda n: int(np.random.randint(n)),
}


def states() -> list[object]:
    state = np.random.get_state()
    return [torch.get_rng_state().tolist(), random.getstate(), state[1].tolist(), state[2:]]


def sampled_loss(draw):
    """A negative-sampling loss that draws its negatives anew at each evaluation, from 100 words."""

    def loss(v, u):
        negatives = torch.tensor([[draw(100) for _ in range(5)]])
        return F.negative_sampling_loss(v, u[:1], u[negatives])

    torch.manual_seed(0)
    return loss, (torch.randn(1, 3), torch.randn(100, 3))


@pytest.mark.parametrize("library", GENERATORS)
def test_trap_sampling_draws_anew_at_each_evaluation(library):
    loss, inputs = sampled_loss(GENERATORS[library])
    report = check_gradients(loss, inputs)
    assert report.ok, str(report)
    assert sum(entry.analytic != 0 for entry in report.of("u")) >= 3 * 5


@pytest.mark.parametrize(
    ("generator", "draw"),
    [
        (torch.Generator(), lambda g, n: int(torch.randint(n, (), generator=g))),
        (random.Random(1), lambda g, n: g.randrange(n)),
        (np.random.default_rng(1), lambda g, n: int(g.integers(n))),
        (np.random.RandomState(1), lambda g, n: int(g.randint(n))),
    ],
    ids=["torch", "python", "numpy", "numpy legacy"],
)
def test_trap_sampling_from_a_generator_of_its_own(generator, draw):
    """It is refused, with what to do; told of the generator, the check puts it back like the others."""
    loss, inputs = sampled_loss(lambda n: draw(generator, n))
    with pytest.raises(InputError, match="f answers differently when it is asked again") as caught:
        check_gradients(loss, inputs)
    assert "as an argument, or name the generator it draws from in generators=[...]" in str(caught.value)
    assert "\n" not in str(caught.value)
    before = RandomState([generator])
    loss(*inputs)
    after_one = draw(generator, 10**6)
    before.restore()
    assert check_gradients(loss, inputs, generators=[generator])
    assert draw(generator, 10**6) == after_one
    assert check_gradients(loss, inputs, generators=generator)


def test_trap_a_function_that_draws_is_refused_at_once():
    generator, calls = torch.Generator(), []

    def f(x):
        calls.append(1)
        return (x * torch.rand(1000, generator=generator)).sum()

    with pytest.raises(InputError, match="f answers differently"):
        check_gradients(f, torch.ones(1000))
    assert len(calls) == 2


def test_trap_frozen_negatives():
    """The losses take what was drawn as an argument, and need none of this."""
    v, u = torch.randn(2, 3, generator=torch.Generator().manual_seed(0)), torch.eye(3).repeat(3, 1)
    negatives = torch.tensor([[1, 1, 4], [8, 0, 0]])
    assert check_gradients(lambda v, u: F.negative_sampling_loss(v, u[:2], u[negatives]), (v, u))


def test_trap_a_function_that_counts_its_calls():
    """It answers alike twice and then not: the last evaluation is compared with the first."""
    calls = []

    def f(x):
        calls.append(1)
        return x.sum() * (1 if len(calls) < 5 else 2)

    with pytest.raises(InputError, match=r"asked again \(2\.0, then 4\.0\)"):
        check_gradients(f, torch.ones(2))


@pytest.mark.parametrize("kind", ["tensor", "array"])
def test_trap_generators_are_left_as_after_one_evaluation(kind):
    """As in the assignment's own check, on which the figures drawn after it depend."""

    def draws():
        return [draw(1000) for draw in GENERATORS.values()]

    def f(x):
        scale = 1 + sum(draws())
        return x.sum() * scale if kind == "tensor" else (np.sum(x) * scale, np.full_like(x, scale))

    x = torch.ones(3) if kind == "tensor" else np.ones(3)
    torch.manual_seed(1), random.seed(1), np.random.seed(1)
    f(x)
    expected = states()
    torch.manual_seed(1), random.seed(1), np.random.seed(1)
    assert check_gradients(f, x, entries=2)
    assert states() == expected


@pytest.mark.parametrize("call", [1, 2, 5])
def test_trap_generators_after_an_error(call):
    """As after one evaluation; as before it if there was none."""
    torch.manual_seed(1)
    before = torch.get_rng_state()
    torch.rand(3)
    after_one = torch.get_rng_state()
    torch.set_rng_state(before)
    calls = []

    def f(x):
        calls.append(1)
        noise = torch.rand(3)
        if len(calls) == call:
            raise KeyError("f's own error")
        return (x * noise).sum()

    with pytest.raises(KeyError):
        check_gradients(f, torch.ones(3))
    assert torch.equal(torch.get_rng_state(), before if call == 1 else after_one)


@pytest.mark.gpu
def test_trap_generators_of_the_gpu():
    x = torch.ones(3, device="cuda")
    torch.cuda.manual_seed(1)
    torch.rand(3, device="cuda")
    expected = torch.cuda.get_rng_state()
    torch.cuda.manual_seed(1)
    assert check_gradients(lambda x: (x * torch.rand(3, device="cuda")).sum(), x)
    assert torch.equal(torch.cuda.get_rng_state(), expected)


@pytest.mark.parametrize("device", DEVICES)
def test_trap_a_float32_check_fails(device):
    """In float32 a difference of two losses has no digits left; the float32 model is checked on a float64 copy."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(6, 8), nn.Tanh(), nn.Linear(8, 4)).to(device)
    x, y = torch.randn(5, 6, device=device), torch.arange(5, device=device) % 4

    def loss(logits):
        return nn.functional.cross_entropy(logits, y)

    (grad,) = torch.autograd.grad(loss(model(x)), model[0].bias)
    bias, h = model[0].bias.detach().clone(), 1e-5
    with torch.no_grad():
        values = []
        for step in (h, -h):
            model[0].bias[0] = bias[0] + step
            values.append(loss(model(x)).item())
        model[0].bias.copy_(bias)
    assert abs((values[0] - values[1]) / (2 * h) - grad[0].item()) > 1e-6

    report = check_gradients(model, x, loss=loss)
    assert report.ok, str(report)
    assert report.max_difference < 1e-8
    assert model[0].bias.dtype == torch.float32


def test_trap_a_function_that_rounds_to_float32_inside():
    report = check_gradients(lambda x: x.float().sin().sum().double(), torch.tensor([0.3, 0.7, 1.1]))
    assert not report.ok
    assert "every value of f is a float32 number: does it convert inside" in str(report)
    report = check_gradients(lambda x: (float(np.sin(x.astype(np.float32)).sum()), np.cos(x)), np.array([0.3, 0.7]))
    assert "every value of f is a float32 number" in report.hint
    wrong = check_gradients(lambda x: (np.sum(x**2), 3 * x), np.array([0.1, 0.7]))  # float64 throughout
    assert "float32" not in str(wrong)


def test_trap_a_gradient_that_was_cut_off():
    weight = torch.tensor([1.0, 2.0])
    report = check_gradients(lambda w, x: (w.detach() * x).sum(), (weight, weight))
    assert [entry.parameter for entry in report.failures] == ["w", "w"]
    assert "w: the analytic gradient is zero: cut off (detach, no_grad, .data, .item()), or never added?" in str(report)
    report = check_gradients(lambda w: w.detach().square().sum(), weight)  # the result has no graph at all
    assert len(report.failures) == 2


class Keeping(nn.Module):
    """It keeps what it made of its weight in the first call."""

    def __init__(self, keep):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor([1.0, 2.0, 3.0]))
        self.keep, self.kept = keep, None

    def forward(self, x):
        if self.kept is None:
            self.kept = self.keep(self.weight)
        return (self.kept * x * self.weight).sum()


def test_trap_a_graph_that_is_kept():
    """A change of the weight does not show in what was kept, so both ways of computing leave it out alike."""
    refused = "f uses weight as it was before this call, so a change of weight would not show"
    x = torch.ones(3)
    fresh, called, constant = Keeping(torch.exp), Keeping(torch.exp), Keeping(lambda weight: weight.exp().detach())
    called(x)
    for model in (fresh, called):
        with pytest.raises(InputError, match=refused) as caught:
            check_gradients(model, x)
        assert "\n" not in str(caught.value)
    assert check_gradients(constant, x)
    model = Keeping(torch.exp)
    parameters = list(model.parameters())
    with pytest.raises(InputError, match=refused):  # a penalty on the module's own weights, not on the copies
        check_gradients(model, x, loss=lambda output: output.detach() + parameters[0].square().sum())
    outside = torch.ones(3, requires_grad=True)
    assert check_gradients(lambda x: (x * outside).sum(), x)


def test_trap_a_graph_of_an_input_that_is_kept():
    kept = []

    def f(x):
        kept.append(x.exp())
        return kept[0].sum() + x.sum()

    with pytest.raises(InputError, match="f uses x as it was before this call"):
        check_gradients(f, torch.ones(2))


def test_trap_a_backward_that_runs_f_again():
    """Checkpointing computes a second time during backward, where it must find the same float64 copies."""
    torch.manual_seed(0)
    layer, x = nn.Linear(3, 3), torch.randn(2, 3)
    report = check_gradients(lambda x: checkpoint(layer, x, use_reentrant=False).sin(), x, module=layer)
    assert report.ok, str(report)
    assert set(report.shapes) == {"weight", "bias", "x"}


def test_trap_buffers_move_with_every_evaluation():
    """Each evaluation begins with the same, as after `load_state_dict`, and the module keeps its own."""

    class Counting(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm = nn.BatchNorm1d(3)

        def forward(self, x):
            return self.norm(x) * self.norm.num_batches_tracked

    model = Counting()
    x = torch.randn(4, 3, generator=torch.Generator().manual_seed(0))
    assert not torch.equal(model(x), model(x))
    before = model.norm.running_mean.clone()
    assert check_gradients(model, x)
    assert int(model.norm.num_batches_tracked) == 2
    assert torch.equal(model.norm.running_mean, before)
