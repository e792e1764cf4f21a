"""SoftmaxRegression: its equation, its penalty, and that it learns."""

from __future__ import annotations

import math

import pytest
import torch
from torch.autograd import gradcheck
from torch.func import functional_call
from torch.testing import assert_close

from tests.ops.op_tester import DEVICES
from tests.reference import mlp as reference
from torchw2v import InputError
from torchw2v.functional import cross_entropy, softmax
from torchw2v.nn import SoftmaxRegression, pack_parameters, unpack_parameters, unpack_parameters_

on_each_device = pytest.mark.parametrize("device", DEVICES)
N, D, C = 20, 6, 4


def data(device: str) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(N, D, dtype=torch.float64, generator=generator)
    return x.to(device), torch.randint(C, (N,), generator=generator).to(device)


def model_with_random_weights(device: str, **options) -> SoftmaxRegression:
    model = SoftmaxRegression(D, C, **options).double()
    unpack_parameters_(model, torch.linspace(-1, 1, model.num_parameters).cos())
    return model.to(device)


@on_each_device
def test_it_begins_at_zero_where_all_classes_are_alike(device):
    x, target = data(device)
    model = SoftmaxRegression(D, C).double().to(device)
    assert not pack_parameters(model).any()
    assert model.loss(x, target).item() == pytest.approx(math.log(C))
    assert_close(model.probabilities(x), torch.full((N, C), 1 / C).to(x))


def test_initial_values_by_choice():
    model = SoftmaxRegression(300, 200, init_std=0.01, generator=torch.Generator().manual_seed(0))
    assert model.weight.std().item() == pytest.approx(0.01, rel=0.02)
    assert not model.bias.any()
    again = SoftmaxRegression(300, 200, init_std=0.01, generator=torch.Generator().manual_seed(0))
    assert torch.equal(again.weight, model.weight)


@on_each_device
def test_its_equation_and_its_gradient(device):
    x, target = data(device)
    model = model_with_random_weights(device)
    assert_close(model(x), x @ model.weight + model.bias)
    assert_close(model.probabilities(x), softmax(model(x)))
    assert torch.equal(model.predict(x), model(x).argmax(-1))
    labels = torch.eye(C, dtype=torch.float64)[target.cpu()].numpy()
    flat = pack_parameters(model)
    cost, gradient = reference.cost_and_gradient(flat.cpu().numpy(), (D, C), "sigmoid", x.cpu().numpy(), labels)
    loss = model.loss(x, target, "sum")
    loss.backward()
    assert loss.item() == pytest.approx(cost)
    assert_close(torch.cat([model.weight.grad.flatten(), model.bias.grad]).cpu(), torch.from_numpy(gradient))

    def mean_loss(flat: torch.Tensor) -> torch.Tensor:
        return cross_entropy(functional_call(model, unpack_parameters(model, flat), (x,)), target)

    assert gradcheck(mean_loss, flat.requires_grad_())


@on_each_device
def test_the_penalty_is_on_the_weights_alone(device):
    x, target = data(device)
    plain, penalised = (model_with_random_weights(device, l2=l2) for l2 in (0.0, 0.7))
    assert_close(penalised.penalty(), 0.35 * penalised.weight.square().sum())
    assert_close(penalised.loss(x, target), plain.loss(x, target) + penalised.penalty())
    for model in (plain, penalised):
        model.loss(x, target).backward()
    assert_close(penalised.weight.grad, plain.weight.grad + 0.7 * plain.weight.detach())
    assert_close(penalised.bias.grad, plain.bias.grad)


def test_without_a_bias():
    model = model_with_random_weights("cpu", bias=False)
    x, _ = data("cpu")
    assert model.bias is None
    assert model.num_parameters == D * C
    assert_close(model(x), x @ model.weight)


def test_it_comes_back_from_a_state_dict():
    model, other = model_with_random_weights("cpu"), SoftmaxRegression(D, C).double()
    other.load_state_dict(model.state_dict())
    x, _ = data("cpu")
    assert torch.equal(other(x), model(x))


@on_each_device
def test_it_learns_a_planted_rule(device):
    x, _ = data(device)
    target = (x @ torch.linspace(-2, 3, D * C).sin().reshape(D, C).to(x)).argmax(-1)
    model = SoftmaxRegression(D, C).double().to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    for _ in range(200):
        optimizer.zero_grad()
        model.loss(x, target).backward()
        optimizer.step()
    assert len(target.unique()) == C
    assert torch.equal(model.predict(x), target)
    assert model.loss(x, target) < 0.2


def test_wrong_arguments_are_named():
    with pytest.raises(InputError, match="in_features must be an integer of at least 1, not 0"):
        SoftmaxRegression(0, C)
    with pytest.raises(InputError, match="num_classes must be an integer of at least 1, not '4'"):
        SoftmaxRegression(D, "4")
    with pytest.raises(InputError, match=r"l2 must be at least 0, not -0\.1"):
        SoftmaxRegression(D, C, l2=-0.1)
    with pytest.raises(ValueError, match=r"\(2, 5\) and \(6, 4\)"):
        SoftmaxRegression(D, C)(torch.zeros(2, 5))
