"""word2vec as the assignment takes it apart: a cost of one vector and one word, a model of one window, a mean of many.

A cost function takes (predicted, target, outputVectors, dataset); a model adds up such costs over a window; the wrapper
draws the windows. Whatever draws does so through `dataset` and Python's `random`: the seed decides, in the assignment's
order of calls. Later years of the course have other names for the same places of the same arguments, so these functions
serve both, called by position; the costs exist under both names.

Costs of this module are computed for a whole window at once, or for all windows of the wrapper; a cost or a model of
one's own is called once for each.
"""
# ruff: noqa: N802, N803

from __future__ import annotations

import functools
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from torchw2v import functional as F
from torchw2v.cs224n.arrays import Array, array, recording, tensor, value_and_gradients, whole_number, whole_numbers
from torchw2v.errors import InputError

BATCH_SIZE = 50
TRIES = 10_000

CostAndGradient = Callable[[Array, int, Array, Any], tuple[float, Array, Array]]
Model = Callable[..., tuple[float, Array, Array]]


class DrawsTokens(Protocol):
    def sampleTokenIdx(self) -> int: ...


class _Loss(NamedTuple):
    """A cost in two parts, so that the draws keep their order and the rest is computed together.

    `draw` gives the rows of U that one cost looks at, the target first; `total` adds up the costs of the vectors v
    (P, D) for rows (P, R).
    """

    draw: Callable[..., list[int]]
    total: Callable[[Tensor, Tensor, Tensor], Tensor]


class _Window(NamedTuple):
    """Words whose vectors together predict, and the word that each of them should predict."""

    bags: list[list[int]]
    targets: list[int]


def softmaxCostAndGradient(
    predicted: ArrayLike, target: int, outputVectors: ArrayLike, dataset: Any = None
) -> tuple[float, Array, Array]:
    """−log softmax(U v)_o, in nats, and its gradients with respect to v and U.

    Shape: predicted v (D,), target o, outputVectors U (V, D) -> the cost, (D,), (V, D). `dataset` is not used.

    Raises:
        InputError: a target that is not a whole number.
        IndexError, RuntimeError: a target outside [0, V).
    """
    return _cost_of_one(_SOFTMAX, predicted, _SOFTMAX.draw(target, dataset), outputVectors)


def getNegativeSamples(target: int, dataset: DrawsTokens, K: int, *, exclude_target: bool = True) -> list[int]:
    """K words from `dataset.sampleTokenIdx()`, each drawn again while it is the target.

    Args:
        target: the word that was seen.
        dataset: where draws come from.
        K: how many words.
        exclude_target: False lets a draw be the target, as in the course's first year.

    Raises:
        InputError: 10,000 draws in a row were the target; a target or a draw that is not a whole number.
    """
    target = whole_number("target", target)
    negatives = []
    for _ in range(K):
        word = dataset.sampleTokenIdx()
        tries = 1
        while exclude_target and word == target:
            if tries == TRIES:
                raise InputError(
                    f"{TRIES} negatives in a row were the target, word {target}: negative sampling needs a vocabulary"
                    " of at least two words, and a dataset that draws them"
                )
            word = dataset.sampleTokenIdx()
            tries += 1
        negatives.append(whole_number("the word that the dataset draws", word))
    return negatives


def negSamplingCostAndGradient(
    predicted: ArrayLike,
    target: int,
    outputVectors: ArrayLike,
    dataset: DrawsTokens,
    K: int = 10,
    *,
    exclude_target: bool = True,
) -> tuple[float, Array, Array]:
    """−log σ(u_o·v) − Σ_k log σ(−u_k·v), in nats, and its gradients with respect to v and U.

    A word that is drawn twice counts twice.

    Shape: predicted v (D,), target o, outputVectors U (V, D), K negatives -> the cost, (D,), (V, D).

    Raises:
        InputError: a vocabulary of one word, of which no negative can be drawn; a target or a draw that is not a whole
            number.
        IndexError: a target or a draw outside [0, V).
    """
    if len(outputVectors) == 1 and K > 0 and exclude_target:  # type: ignore[arg-type]
        raise InputError(
            "outputVectors has one row: negative sampling needs a vocabulary of at least two words; use"
            " softmaxCostAndGradient"
        )
    rows = _NEGATIVE_SAMPLING.draw(target, dataset, K, exclude_target=exclude_target)
    return _cost_of_one(_NEGATIVE_SAMPLING, predicted, rows, outputVectors)


def naiveSoftmaxLossAndGradient(
    centerWordVec: ArrayLike, outsideWordIdx: int, outsideVectors: ArrayLike, dataset: Any = None
) -> tuple[float, Array, Array]:
    """`softmaxCostAndGradient` under its later name."""
    return softmaxCostAndGradient(centerWordVec, outsideWordIdx, outsideVectors, dataset)


def negSamplingLossAndGradient(
    centerWordVec: ArrayLike,
    outsideWordIdx: int,
    outsideVectors: ArrayLike,
    dataset: DrawsTokens,
    K: int = 10,
    *,
    exclude_target: bool = True,
) -> tuple[float, Array, Array]:
    """`negSamplingCostAndGradient` under its later name."""
    return negSamplingCostAndGradient(
        centerWordVec, outsideWordIdx, outsideVectors, dataset, K, exclude_target=exclude_target
    )


_SOFTMAX = _Loss(
    draw=lambda target, dataset: [whole_number("target", target)],
    total=lambda v, u, rows: F.full_softmax_loss(v, u, rows[:, 0], reduction="sum"),
)
_NEGATIVE_SAMPLING = _Loss(
    draw=lambda target, dataset, K=10, *, exclude_target=True: [
        whole_number("target", target),
        *getNegativeSamples(target, dataset, K, exclude_target=exclude_target),
    ],
    total=lambda v, u, rows: F.packed_negative_sampling_loss(v, F.embedding(u, rows), reduction="sum"),
)
_OWN_LOSSES: dict[Any, _Loss] = {
    softmaxCostAndGradient: _SOFTMAX,
    naiveSoftmaxLossAndGradient: _SOFTMAX,
    negSamplingCostAndGradient: _NEGATIVE_SAMPLING,
    negSamplingLossAndGradient: _NEGATIVE_SAMPLING,
}


def skipgram(
    currentWord: str,
    C: int,
    contextWords: Sequence[str],
    tokens: Mapping[str, int],
    inputVectors: ArrayLike,
    outputVectors: ArrayLike,
    dataset: Any,
    word2vecCostAndGradient: CostAndGradient = softmaxCostAndGradient,
) -> tuple[float, Array, Array]:
    """Sum over the words of the context of the cost of predicting each from the vector of the word in the middle.

    Shape: inputVectors (V, D), outputVectors (V, D) -> the cost, (V, D), (V, D). `C` is not used: the context says.
    """
    window = _skipgram_window(currentWord, contextWords, tokens)
    return _cost_of_window(window, "sum", inputVectors, outputVectors, dataset, word2vecCostAndGradient)


def cbow(
    currentWord: str,
    C: int,
    contextWords: Sequence[str],
    tokens: Mapping[str, int],
    inputVectors: ArrayLike,
    outputVectors: ArrayLike,
    dataset: Any,
    word2vecCostAndGradient: CostAndGradient = softmaxCostAndGradient,
    *,
    reduce: str = "sum",
) -> tuple[float, Array, Array]:
    """Cost of predicting the word in the middle from the vectors of the context, added up.

    `reduce` is "sum", as in the assignment, or "mean" of the vectors, as in word2vec.c; bind it with
    `functools.partial` for `word2vec_sgd_wrapper`.

    Shape: inputVectors (V, D), outputVectors (V, D) -> the cost, (V, D), (V, D). `C` is not used: the context says.

    Raises:
        InputError: a `reduce` that is neither.
        ValueError: an empty context.
    """
    window = _cbow_window(currentWord, contextWords, tokens)
    return _cost_of_window(window, reduce, inputVectors, outputVectors, dataset, word2vecCostAndGradient)


def word2vec_sgd_wrapper(
    word2vecModel: Model,
    tokens: Mapping[str, int],
    wordVectors: ArrayLike,
    dataset: Any,
    C: int,
    word2vecCostAndGradient: CostAndGradient = softmaxCostAndGradient,
) -> tuple[float, Array]:
    """Mean cost of 50 random windows, and its gradient.

    For each: a radius from 1 to C by `random.randint`, then `dataset.getRandomContext(radius)`, then the model.

    Shape: wordVectors (2V, D), the input vectors above the output vectors -> the cost, (2V, D).

    Raises:
        InputError: an odd number of rows.
    """
    vectors = array(tensor(wordVectors))
    if vectors.ndim != 2 or len(vectors) % 2:
        raise InputError(
            f"wordVectors must be (2V, D), input vectors above output vectors, but its shape is {vectors.shape}"
        )
    inputs, outputs = vectors[: len(vectors) // 2], vectors[len(vectors) // 2 :]
    own_window, reduce = _own_window(word2vecModel)
    loss, loss_options = _own_loss(word2vecCostAndGradient)
    cost, gradient = 0.0, np.zeros(vectors.shape)
    grad_inputs, grad_outputs = gradient[: len(inputs)], gradient[len(inputs) :]
    bags: list[list[int]] = []
    rows: list[list[int]] = []
    for _ in range(BATCH_SIZE):
        radius = random.randint(1, C)
        center, context = dataset.getRandomContext(radius)
        if own_window is not None and loss is not None:
            window = own_window(center, context, tokens)
            bags += window.bags
            rows += [loss.draw(target, dataset, **loss_options) for target in window.targets]
        else:
            one_cost, one_grad_inputs, one_grad_outputs = word2vecModel(
                center, radius, context, tokens, inputs, outputs, dataset, word2vecCostAndGradient
            )
            cost += one_cost / BATCH_SIZE
            grad_inputs += one_grad_inputs / BATCH_SIZE
            grad_outputs += one_grad_outputs / BATCH_SIZE
    if rows and loss is not None:
        cost, *gradients = _cost_of_bags(loss, bags, rows, reduce, inputs, outputs)
        np.divide(gradients[0], BATCH_SIZE, out=grad_inputs)
        np.divide(gradients[1], BATCH_SIZE, out=grad_outputs)
        cost /= BATCH_SIZE
    return cost, gradient


def _skipgram_window(center: str, context: Sequence[str], tokens: Mapping[str, int]) -> _Window:
    return _Window([[tokens[center]]] * len(context), [tokens[word] for word in context])


def _cbow_window(center: str, context: Sequence[str], tokens: Mapping[str, int]) -> _Window:
    return _Window([[tokens[word] for word in context]], [tokens[center]])


def _without_partial(function: Any) -> tuple[Any, dict[str, Any]]:
    """The function and the keywords that `functools.partial` binds; other partial functions are taken as they are."""
    if isinstance(function, functools.partial) and not function.args:
        return function.func, function.keywords
    return function, {}


def _own_window(
    model: Model,
) -> tuple[Callable[[str, Sequence[str], Mapping[str, int]], _Window] | None, str]:
    """How a model of this module takes a window apart, and its `reduce`; None for any other."""
    function, options = _without_partial(model)
    if function is skipgram and not options:
        return _skipgram_window, "sum"
    if function is cbow and options.keys() <= {"reduce"}:
        return _cbow_window, options.get("reduce", "sum")
    return None, ""


def _own_loss(cost: CostAndGradient) -> tuple[_Loss | None, dict[str, Any]]:
    """The loss behind a cost of this module, and its options; None for any other."""
    function, options = _without_partial(cost)
    loss = _OWN_LOSSES.get(function)
    if loss is None or not options.keys() <= {"K", "exclude_target"}:
        return None, {}
    return loss, options


def _cost_of_one(
    loss: _Loss, predicted: ArrayLike, rows: list[int], outputVectors: ArrayLike
) -> tuple[float, Array, Array]:
    ids = whole_numbers("rows", [rows])
    value, (grad_predicted, grad_outputs) = value_and_gradients(
        lambda v, u: loss.total(v.reshape(1, -1), u, ids), predicted, outputVectors
    )
    return value, grad_predicted, grad_outputs


def _cost_of_bags(
    loss: _Loss,
    bags: list[list[int]],
    rows: list[list[int]],
    reduce: str,
    inputVectors: ArrayLike,
    outputVectors: ArrayLike,
) -> tuple[float, Array, Array]:
    ids = whole_numbers("rows", rows)
    value, (grad_inputs, grad_outputs) = value_and_gradients(
        lambda w, u: loss.total(_vectors(w, bags, reduce), u, ids), inputVectors, outputVectors
    )
    return value, grad_inputs, grad_outputs


def _cost_of_window(
    window: _Window,
    reduce: str,
    inputVectors: ArrayLike,
    outputVectors: ArrayLike,
    dataset: Any,
    word2vecCostAndGradient: CostAndGradient,
) -> tuple[float, Array, Array]:
    """Sum of the costs of the targets, and the gradients of both matrices."""
    loss, options = _own_loss(word2vecCostAndGradient)
    if loss is not None and window.targets:
        rows = [loss.draw(target, dataset, **options) for target in window.targets]
        return _cost_of_bags(loss, window.bags, rows, reduce, inputVectors, outputVectors)
    with recording():
        inputs, outputs = tensor(inputVectors).requires_grad_(), tensor(outputVectors)
        predicted = _vectors(inputs, window.bags, reduce)  # (P, D)
        cost, grad_predicted, grad_outputs = 0.0, torch.zeros_like(predicted), torch.zeros_like(outputs)
    for i, target in enumerate(window.targets):
        one_cost, one_grad_predicted, one_grad_outputs = word2vecCostAndGradient(
            array(predicted[i]), target, array(outputs), dataset
        )
        cost += float(one_cost)
        grad_predicted[i] = tensor(one_grad_predicted).reshape(-1)
        grad_outputs += tensor(one_grad_outputs)
    (grad_inputs,) = torch.autograd.grad(predicted, inputs, grad_predicted)
    return cost, array(grad_inputs), array(grad_outputs)


def _vectors(weight: Tensor, bags: list[list[int]], reduce: str) -> Tensor:
    """Sum or mean of the rows of each bag, (P, D)."""
    if reduce not in ("sum", "mean"):
        raise InputError(f"reduce must be 'sum' or 'mean', not {reduce!r}")
    ids = whole_numbers("tokens", [i for bag in bags for i in bag])
    offsets = whole_numbers("offsets", np.cumsum([0, *map(len, bags)])[:-1])
    function = F.embedding_sum if reduce == "sum" else F.embedding_mean
    return function(weight, ids, offsets)
