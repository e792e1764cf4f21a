"""The assignment's two-layer network and its softmax regression, and the layers that some of its tests call."""
# ruff: noqa: N802

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, overload

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from torchw2v import functional as F
from torchw2v.cs224n.arrays import Array, array, recording, tensor, value_and_gradients, whole_numbers
from torchw2v.errors import InputError
from torchw2v.nn import SoftmaxRegression


def forward_backward_prop(
    data: ArrayLike, labels: ArrayLike, params: ArrayLike, dimensions: Sequence[int]
) -> tuple[float, Array]:
    """Cost and gradient of softmax(sigmoid(x W₁ + b₁) W₂ + b₂): the cross-entropy, summed over the examples, in nats.

    Shape: data (B, D_x), labels (B, D_y) rows of probabilities, params ((D_x + 1) H + (H + 1) D_y,) holding W₁, b₁, W₂
    and b₂ one after the other, dimensions D_x, H, D_y -> the cost, and its gradient in the shape of params.

    Raises:
        InputError: params of another size.
    """
    d_x, h, d_y = dimensions
    shapes = ((d_x, h), (h,), (h, d_y), (d_y,))
    sizes = [int(np.prod(shape)) for shape in shapes]
    if np.size(params) != sum(sizes):
        raise InputError(
            f"params has {np.size(params)} entries, but dimensions {d_x}, {h}, {d_y} need"
            f" ({d_x} + 1) {h} + ({h} + 1) {d_y} = {sum(sizes)}"
        )
    x, y = tensor(data), tensor(labels)

    def cost(flat: Tensor) -> Tensor:
        parts = torch.split(flat.reshape(-1), sizes)
        w1, b1, w2, b2 = (part.reshape(shape) for part, shape in zip(parts, shapes, strict=True))
        hidden = F.sigmoid(F.linear(x, w1, b1))
        return F.cross_entropy(F.linear(hidden, w2, b2), y, reduction="sum")

    value, (gradient,) = value_and_gradients(cost, params)
    return value, gradient


@overload
def softmaxRegression(
    features: ArrayLike,
    labels: ArrayLike,
    weights: ArrayLike,
    regularization: float = ...,
    nopredictions: Literal[False] = ...,
) -> tuple[float, Array, Any]: ...


@overload
def softmaxRegression(
    features: ArrayLike, labels: ArrayLike, weights: ArrayLike, regularization: float, nopredictions: Literal[True]
) -> tuple[float, Array]: ...


@overload
def softmaxRegression(
    features: ArrayLike,
    labels: ArrayLike,
    weights: ArrayLike,
    regularization: float = ...,
    *,
    nopredictions: Literal[True],
) -> tuple[float, Array]: ...


def softmaxRegression(
    features: ArrayLike,
    labels: ArrayLike,
    weights: ArrayLike,
    regularization: float = 0.0,
    nopredictions: bool = False,
) -> tuple[float, Array] | tuple[float, Array, Any]:
    """Mean cross-entropy of softmax(x W), in nats, plus ½ regularization ‖W‖²; its gradient; the likeliest classes.

    It is `nn.SoftmaxRegression` without a b, at these weights.

    Shape: features (B, D) or (D,), labels (B,) classes or one number, weights (D, C) -> the cost, (D, C), and (B,)
    classes or one number. `nopredictions` leaves the classes out.

    Raises:
        InputError: labels that are not whole numbers or not one for each example, weights that are no matrix, or a
            negative `regularization`.
        IndexError: a class outside [0, C).
    """
    x, target = tensor(features), whole_numbers("labels", labels)
    if target.numel() != x.shape[:-1].numel():
        raise InputError(
            "labels must be one for each example, but the shapes of features and labels are"
            f" {np.shape(features)} and {np.shape(labels)}"
        )
    if np.ndim(weights) != 2:
        raise InputError(f"weights must be (D, C), but the shape is {np.shape(weights)}")
    with recording():
        with torch.device("cpu"):  # as are arrays, whatever the default
            model = SoftmaxRegression(*np.shape(weights), bias=False, l2=regularization).double()
        model.weight.data = tensor(weights)
        cost = model.loss(x, target.reshape(x.shape[:-1]))
        (gradient,) = torch.autograd.grad(cost, model.weight)
    if nopredictions:
        return cost.item(), array(gradient)
    return cost.item(), array(gradient), array(model.predict(x))


def softmax_wrapper(
    features: ArrayLike, labels: ArrayLike, weights: ArrayLike, regularization: float = 0.0
) -> tuple[float, Array]:
    """`softmaxRegression` without the classes: what `sgd` takes."""
    return softmaxRegression(features, labels, weights, regularization, nopredictions=True)


def accuracy(y: NDArray[Any], yhat: NDArray[Any]) -> float:
    """Share of the classes that agree, in percent.

    Raises:
        InputError: arrays of two shapes, or empty ones.
    """
    if np.shape(y) != np.shape(yhat) or np.size(y) == 0:
        raise InputError(f"y and yhat must have one shape and not be empty, not {np.shape(y)} and {np.shape(yhat)}")
    return float(np.mean(np.equal(y, yhat)) * 100)


def affine_forward(x: ArrayLike, w: ArrayLike, b: ArrayLike) -> tuple[Array, Any]:
    """The affine layer x W + b, with every dimension of x behind the first in one, and what `affine_backward` needs.

    Shape: x (B, ...) of D entries an example, w (D, M), b (M,) or (1, M) -> (B, M).
    """
    return array(_affine(tensor(x), tensor(w), tensor(b))), (x, w, b)


def affine_backward(dout: ArrayLike, cache: Any) -> tuple[Array, Array, Array]:
    """Gradients of x, w and b, in their shapes, for the gradient (B, M) of `affine_forward`."""
    g = tensor(dout)
    _, (dx, dw, db) = value_and_gradients(lambda x, w, b: (_affine(x, w, b) * g).sum(), *cache)
    return dx, dw, db


def _affine(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return F.linear(x.reshape(x.shape[0], -1), w, b.reshape(-1))


def sigmoid_forward(x: ArrayLike) -> tuple[Any, Any]:
    """σ(x), and what `sigmoid_backward` needs: σ(x)."""
    s = array(F.sigmoid(tensor(x)))
    return s, s


def sigmoid_backward(dout: ArrayLike, cache: Any) -> Any:
    """Gradient of x for the gradient of `sigmoid_forward`."""
    return array(tensor(dout) * F.sigmoid_grad(tensor(cache)))
