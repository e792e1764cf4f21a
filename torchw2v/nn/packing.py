"""All parameters of a module as one vector, and back: numerical checks and general optimisers want one.

The vector has the parameters in the order of `module.parameters()`, each row by row. The gradient of a loss, for the
whole vector at once:

    flat = pack_parameters(model).requires_grad_()
    logits = torch.func.functional_call(model, unpack_parameters(model, flat), (x,))
    (grad,) = torch.autograd.grad(cross_entropy(logits, y), flat)
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from torchw2v.errors import InputError


def pack_parameters(module: nn.Module) -> Tensor:
    """A copy of all parameters, in one vector without a history.

    Shape: -> (N,), N the number of parameters.
    """
    parameters = [parameter.detach().flatten() for parameter in module.parameters()]
    return torch.cat(parameters) if parameters else torch.empty(0)


def unpack_parameters(module: nn.Module, flat: Tensor) -> dict[str, Tensor]:
    """The pieces of `flat` in the shapes of the parameters of `module`, by name, for `torch.func.functional_call`.

    They are views, through which gradients flow back to `flat`; `module` itself does not change.

    Shape: flat (N,), N the number of parameters.

    Raises:
        InputError: if `flat` is not a vector of that length.
    """
    parameters = dict(module.named_parameters())
    sizes = [parameter.numel() for parameter in parameters.values()]
    if flat.shape != (sum(sizes),):
        raise InputError(
            f"flat must have the shape ({sum(sizes)},), because the module has {sum(sizes)} parameters,"
            f" but its shape is {tuple(flat.shape)}"
        )
    pieces = flat.split_with_sizes(sizes)
    return {name: piece.view_as(parameter) for (name, parameter), piece in zip(parameters.items(), pieces, strict=True)}


def unpack_parameters_(module: nn.Module, flat: Tensor) -> None:
    """Give the parameters of `module` the values of `flat`, in place.

    Shape: flat (N,), N the number of parameters.

    Raises:
        InputError: if `flat` is not a vector of that length.
    """
    pieces = unpack_parameters(module, flat)
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            parameter.copy_(pieces[name])
