"""MLP: its cost and gradient, its parameters as one vector, its beginnings, and that it learns."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch.autograd import gradcheck, gradgradcheck
from torch.func import functional_call
from torch.testing import assert_close

from tests.ops.op_tester import DEVICES
from tests.reference import mlp as reference
from torchw2v import InputError, check_gradients
from torchw2v.functional import cross_entropy
from torchw2v.nn import MLP, Linear, pack_parameters, unpack_parameters, unpack_parameters_

on_each_device = pytest.mark.parametrize("device", DEVICES)
each_activation = pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def cost_of(model: MLP, x: torch.Tensor, target: torch.Tensor):
    def cost(flat: torch.Tensor) -> torch.Tensor:
        return cross_entropy(functional_call(model, unpack_parameters(model, flat), (x,)), target, reduction="sum")

    return cost


@on_each_device
@pytest.mark.parametrize("draw", range(10))
def test_a_network_of_any_size_against_a_second_implementation(device, draw):
    random = np.random.default_rng(draw)
    sizes = random.integers(2, 10, size=3 if draw < 7 else draw - 5).tolist()  # the last ones have 2, 3 and 4 layers
    activation = "sigmoid" if draw < 5 else ("tanh", "relu")[draw % 2]
    data = random.standard_normal((300, sizes[0]))
    labels = np.eye(sizes[-1])[random.integers(sizes[-1], size=300)]
    model = MLP(sizes, activation=activation).double().to(device)
    flat = random.standard_normal(model.num_parameters)
    expected_cost, expected_gradient = reference.cost_and_gradient(flat, sizes, activation, data, labels)

    x, y = (torch.from_numpy(array).to(device) for array in (data, labels))
    packed = torch.from_numpy(flat).to(device).requires_grad_()
    cost = cost_of(model, x, y)(packed)
    (gradient,) = torch.autograd.grad(cost, packed)
    assert cost.item() == pytest.approx(expected_cost, rel=0, abs=1e-7)
    assert_close(gradient.cpu(), torch.from_numpy(expected_gradient), rtol=0, atol=1e-8)

    unpack_parameters_(model, packed)
    loss = model.loss(x, y.argmax(1), reduction="sum")  # classes, where there were rows
    loss.backward()
    assert loss.item() == pytest.approx(expected_cost, rel=0, abs=1e-7)
    assert_close(torch.cat([parameter.grad.flatten() for parameter in model.parameters()]), gradient)


@on_each_device
@each_activation
def test_gradients_of_the_whole_network(device, activation):
    model = MLP((3, 4, 2), activation=activation, init_std=1, generator=seeded()).double().to(device)
    x = torch.randn(5, 3, dtype=torch.float64, generator=seeded(1)).to(device)
    target = torch.tensor([0, 1, 1, 0, 1], device=device)
    flat = pack_parameters(model).requires_grad_()
    assert gradcheck(cost_of(model, x, target), flat)
    assert gradgradcheck(cost_of(model, x, target), flat)
    assert gradcheck(lambda x: model.loss(x, target), x.requires_grad_())


def test_two_layers_have_the_parameters_of_the_equation_in_its_order():
    d_x, h, d_y = 5, 4, 3
    model = MLP((d_x, h, d_y))
    assert model.num_parameters == (d_x + 1) * h + (h + 1) * d_y
    assert f"num_parameters={model.num_parameters}" in repr(model)
    assert [parameter.shape for parameter in model.parameters()] == [(d_x, h), (h,), (h, d_y), (d_y,)]
    assert MLP((d_x, h, d_y), bias=False).num_parameters == d_x * h + h * d_y


def test_packing_and_unpacking_give_back_what_they_were_given():
    model = MLP((5, 4, 3), generator=seeded())
    flat = pack_parameters(model)
    assert flat.grad_fn is None
    assert torch.equal(flat, torch.cat([parameter.flatten() for parameter in model.parameters()]))
    unpack_parameters_(model, torch.arange(float(len(flat))))
    assert torch.equal(pack_parameters(model), torch.arange(float(len(flat))))
    assert not torch.equal(flat, pack_parameters(model))  # a copy: it did not follow
    assert model.layers[0].weight[1, 0] == 4  # row by row
    assert model.layers[0].bias[0] == 20
    with pytest.raises(InputError, match=r"\(39,\), because the module has 39 parameters, but its shape is \(38,\)"):
        unpack_parameters_(model, flat[1:])
    with pytest.raises(InputError, match=r"but its shape is \(39, 1\)"):
        unpack_parameters(model, flat[:, None])
    assert pack_parameters(torch.nn.Identity()).shape == (0,)


@each_activation
def test_it_begins_with_spread_weights_and_no_bias(activation):
    model = MLP((400, 600, 500), activation=activation, generator=seeded())
    for layer, inputs, outputs in zip(model.layers, (400, 600), (600, 500), strict=True):
        weight = layer.weight.detach()
        variance = 2 / inputs if activation == "relu" else 2 / (inputs + outputs)
        assert weight.std().item() == pytest.approx(math.sqrt(variance), rel=0.02)
        assert (weight.abs().max() <= math.sqrt(6 / (inputs + outputs))) == (activation != "relu")
        assert not layer.bias.any()
    again = MLP((400, 600, 500), activation=activation, generator=seeded())
    assert torch.equal(pack_parameters(again), pack_parameters(model))


def test_initial_values_by_choice():
    weight = MLP((300, 400, 2), activation="relu", init_std=0.1, generator=seeded()).layers[0].weight
    assert weight.std().item() == pytest.approx(0.1, rel=0.02)
    assert not pack_parameters(MLP((3, 4, 2), init_std=0)).any()


def test_it_comes_back_from_a_state_dict():
    model, other = (MLP((5, 4, 3), generator=seeded(seed)).double() for seed in range(2))
    other.load_state_dict(model.state_dict())
    x = torch.randn(7, 5, dtype=torch.float64)
    assert torch.equal(other(x), model(x))
    assert other(x).dtype == torch.float64


def test_a_network_with_a_penalty_is_checked_through_its_own_loss():
    model, x = MLP((5, 4, 3), l2=0.1, generator=seeded()), torch.randn(6, 5, generator=seeded(1))
    assert check_gradients(model.loss, (x, torch.arange(6) % 3), module=model)


@on_each_device
def test_penalty_and_its_gradient(device):
    plain, penalised = (MLP((5, 4, 3), l2=l2, init_std=1, generator=seeded()).double().to(device) for l2 in (0, 0.3))
    x = torch.randn(7, 5, dtype=torch.float64, generator=seeded(1)).to(device)
    target = torch.arange(7, device=device) % 3
    squares = sum(layer.weight.square().sum().item() for layer in penalised.layers)
    assert penalised.penalty().item() == pytest.approx(0.15 * squares)
    assert plain.penalty() == 0
    for reduction in ("mean", "sum", "none"):
        loss = plain.loss(x, target, reduction)
        assert_close(penalised.loss(x, target, reduction), loss + 0.15 * squares)
        assert_close(loss, cross_entropy(plain(x), target, reduction=reduction))
    for model in (plain, penalised):
        model.loss(x, target, "sum").backward()
    for a, b in zip(plain.layers, penalised.layers, strict=True):
        assert_close(b.weight.grad, a.weight.grad + 0.3 * a.weight.detach())
        assert_close(b.bias.grad, a.bias.grad)


@on_each_device
def test_probabilities_and_predictions(device):
    model = MLP((5, 4, 3), init_std=1, generator=seeded()).to(device)
    x = torch.randn(2, 7, 5, generator=seeded(1)).to(device)
    assert_close(model.probabilities(x), torch.softmax(model(x), -1))
    assert torch.equal(model.predict(x), model.probabilities(x).argmax(-1))
    assert model.predict(x[0, 0]).shape == ()
    assert model.predict(x[:0]).shape == (0, 7)


@on_each_device
@each_activation
def test_it_learns_what_no_line_divides(device, activation):
    """Exclusive or: 4 points of which 2 and 2 belong together crosswise."""
    x = torch.tensor([[-1.0, -1], [-1, 1], [1, -1], [1, 1]], device=device)
    target = torch.tensor([0, 1, 1, 0], device=device)
    model = MLP((2, 8, 2), activation=activation, generator=seeded()).to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5, momentum=0.9)
    for _ in range(200):
        optimizer.zero_grad()
        model.loss(x, target).backward()
        optimizer.step()
    assert model.loss(x, target) < 0.01
    assert torch.equal(model.predict(x), target)


def test_wrong_arguments_are_named():
    with pytest.raises(InputError, match=r"sizes must have at least an input and an output, not \(5,\)"):
        MLP((5,))
    with pytest.raises(InputError, match="each of sizes must be an integer of at least 1, not 0"):
        MLP((5, 0, 3))
    with pytest.raises(InputError, match="activation must be one of 'sigmoid', 'tanh', 'relu', not 'gelu'"):
        MLP((5, 4, 3), activation="gelu")
    with pytest.raises(InputError, match="l2 must be at least 0, not -1"):
        MLP((5, 4, 3), l2=-1)
    with pytest.raises(InputError, match="init_std must be at least 0, not -1"):
        MLP((5, 4, 3), init_std=-1)
    with pytest.raises(InputError, match=r"out_features must be an integer of at least 1, not 2\.5"):
        Linear(3, 2.5)
    with pytest.raises(ValueError, match=r"\(2, 4\) and \(5, 4\)"):
        MLP((5, 4, 3))(torch.zeros(2, 4))
