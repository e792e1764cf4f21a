"""word2vec as the assignment takes it apart: a cost of one vector and one word, a model of one window, a mean of many.

A cost function takes (predicted, target, outputVectors, dataset); a model adds up such costs over a window; the wrapper
draws the windows. Whatever draws does so through `dataset` and Python's `random`: the seed decides, in the assignment's
order of calls. Later years of the course have other names for the same places of the same arguments, so these functions
serve both; the costs exist under both names.
"""
# ruff: noqa: N802, N803

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import torch
from numpy.typing import ArrayLike
from torch import Tensor

from torchw2v import functional as F
from torchw2v.cs224n.arrays import Array, array, tensor, value_and_gradients
from torchw2v.errors import InputError

BATCH_SIZE = 50
TRIES = 10_000

CostAndGradient = Callable[[Array, int, Array, Any], tuple[float, Array, Array]]
Model = Callable[..., tuple[float, Array, Array]]


class DrawsTokens(Protocol):
    def sampleTokenIdx(self) -> int: ...


def softmaxCostAndGradient(
    predicted: ArrayLike, target: int, outputVectors: ArrayLike, dataset: Any = None
) -> tuple[float, Array, Array]:
    """−log softmax(U v)_o, in nats, and its gradients with respect to v and U.

    Shape: predicted v (D,), target o, outputVectors U (V, D) -> the cost, (D,), (V, D). `dataset` is not used.
    """
    o = torch.tensor([int(target)])

    def cost(v: Tensor, u: Tensor) -> Tensor:
        return F.full_softmax_loss(v.reshape(1, -1), u, o)

    value, (grad_predicted, grad_outputs) = value_and_gradients(cost, predicted, outputVectors)
    return value, grad_predicted, grad_outputs


def getNegativeSamples(target: int, dataset: DrawsTokens, K: int, *, exclude_target: bool = True) -> list[int]:
    """K words from `dataset.sampleTokenIdx()`, each drawn again while it is the target.

    Args:
        target: the word that was seen.
        dataset: where draws come from.
        K: how many words.
        exclude_target: False lets a draw be the target, as in the course's first year.

    Raises:
        InputError: 10,000 draws in a row were the target.
    """
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
        negatives.append(int(word))
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
        InputError: a vocabulary of one word, of which no negative can be drawn.
    """
    if len(outputVectors) == 1 and K > 0 and exclude_target:  # type: ignore[arg-type]
        raise InputError(
            "outputVectors has one row: negative sampling needs a vocabulary of at least two words; use"
            " softmaxCostAndGradient"
        )
    ids = torch.tensor([[int(target), *getNegativeSamples(target, dataset, K, exclude_target=exclude_target)]])

    def cost(v: Tensor, u: Tensor) -> Tensor:
        return F.packed_negative_sampling_loss(v.reshape(1, -1), F.embedding(u, ids))

    value, (grad_predicted, grad_outputs) = value_and_gradients(cost, predicted, outputVectors)
    return value, grad_predicted, grad_outputs


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
    return _costs_of_prediction(
        lambda weight: F.embedding(weight, torch.tensor(tokens[currentWord])),
        [tokens[word] for word in contextWords],
        inputVectors,
        outputVectors,
        dataset,
        word2vecCostAndGradient,
    )


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
    if reduce not in ("sum", "mean"):
        raise InputError(f"reduce must be 'sum' or 'mean', not {reduce!r}")
    bag = F.embedding_sum if reduce == "sum" else F.embedding_mean
    context = torch.tensor([[tokens[word] for word in contextWords]], dtype=torch.int64)
    return _costs_of_prediction(
        lambda weight: bag(weight, context)[0],
        [tokens[currentWord]],
        inputVectors,
        outputVectors,
        dataset,
        word2vecCostAndGradient,
    )


def _costs_of_prediction(
    predict: Callable[[Tensor], Tensor],
    targets: Sequence[int],
    inputVectors: ArrayLike,
    outputVectors: ArrayLike,
    dataset: Any,
    word2vecCostAndGradient: CostAndGradient,
) -> tuple[float, Array, Array]:
    """Sum of the costs of the targets for one predicted vector, and the gradients of both matrices."""
    inputs, outputs = tensor(inputVectors).requires_grad_(), tensor(outputVectors)
    with torch.enable_grad():
        predicted = predict(inputs)  # (D,)
    cost, grad_predicted, grad_outputs = 0.0, torch.zeros_like(predicted), torch.zeros_like(outputs)
    for target in targets:
        one_cost, one_grad_predicted, one_grad_outputs = word2vecCostAndGradient(
            array(predicted), target, array(outputs), dataset
        )
        cost += float(one_cost)
        grad_predicted += tensor(one_grad_predicted).reshape(predicted.shape)
        grad_outputs += tensor(one_grad_outputs)
    (grad_inputs,) = torch.autograd.grad(predicted, inputs, grad_predicted)
    return cost, array(grad_inputs), array(grad_outputs)


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
    cost, gradient = 0.0, vectors * 0
    grad_inputs, grad_outputs = gradient[: len(inputs)], gradient[len(inputs) :]
    for _ in range(BATCH_SIZE):
        radius = random.randint(1, C)
        center, context = dataset.getRandomContext(radius)
        one_cost, one_grad_inputs, one_grad_outputs = word2vecModel(
            center, radius, context, tokens, inputs, outputs, dataset, word2vecCostAndGradient
        )
        cost += one_cost / BATCH_SIZE
        grad_inputs += one_grad_inputs / BATCH_SIZE
        grad_outputs += one_grad_outputs / BATCH_SIZE
    return cost, gradient
