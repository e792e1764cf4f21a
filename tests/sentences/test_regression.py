"""The fit is the minimum: no gradient left by an independent formula, and scikit-learn finds the same one."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.reference.sentences import gradient_of_loss
from tests.sentences.planted import CLASSES, sentences, vectors
from torchw2v import InputError
from torchw2v.sentences import RegressionProblem, fit_softmax_regression, sentence_features

STRENGTHS = [1.0, 1e-2, 1e-4]


def data(n: int = 300, *, seed: int = 0, scale: float = 1.0) -> tuple[Tensor, Tensor]:
    found = sentences(n, mood=1, seed=seed)
    features, _ = sentence_features(vectors(scale=scale), [words for _, words in found])
    return features, torch.tensor([CLASSES.index(name) for name, _ in found])


@pytest.mark.parametrize("l2", STRENGTHS)
def test_no_gradient_is_left(l2: float) -> None:
    features, labels = data(100)
    problem = RegressionProblem(features, labels, 3)
    z = problem.inputs.numpy()
    np.testing.assert_allclose(z.mean(0), 0, atol=1e-12)
    assert (z**2).mean() == pytest.approx(1)
    model, end = fit_softmax_regression(features, labels, 3, l2=l2)
    weight = model.weight.detach().numpy() * problem.spread
    bias = model.bias.detach().numpy() + problem.mean.numpy() @ model.weight.detach().numpy()
    loss, *gradients = gradient_of_loss(z, labels.tolist(), weight, bias, l2)
    assert end.loss == pytest.approx(loss, rel=1e-10)
    assert max(np.abs(gradient).max() for gradient in gradients) < 2e-6
    # as a function of the averages themselves it is the minimum for the strength that the model says
    _, *gradients = gradient_of_loss(
        features.numpy(), labels.tolist(), model.weight.detach().numpy(), model.bias.detach().numpy(), model.l2
    )
    assert max(np.abs(gradient).max() for gradient in gradients) < 2e-5


@pytest.mark.parametrize("l2", STRENGTHS)
def test_scikit_learn_finds_the_same_probabilities_and_accuracy(l2: float) -> None:
    linear = pytest.importorskip("sklearn.linear_model", reason="the comparison needs scikit-learn")
    features, labels = data(600)
    unseen, true = data(600, seed=1)
    problem = RegressionProblem(features, labels, 3)
    model, _ = fit_softmax_regression(features, labels, 3, l2=l2)
    for other, ours, theirs, new in (  # of the scaled features, and of the averages as they are
        (problem.inputs, l2, model, (unseen - problem.mean) / problem.spread),
        (features, model.l2, model, unseen),
    ):
        sklearn = linear.LogisticRegression(C=1 / (len(labels) * ours), tol=1e-9, max_iter=20_000)
        sklearn.fit(other.numpy(), labels.numpy())
        with torch.no_grad():
            np.testing.assert_allclose(
                theirs.probabilities(unseen).numpy(), sklearn.predict_proba(new.numpy()), atol=2e-4
            )
        accuracy = (model.predict(unseen) == true).double().mean().item()
        assert 0.5 < accuracy < 0.99, "too easy or too hard to tell anything"
        assert accuracy == pytest.approx(sklearn.score(new.numpy(), true.numpy()), abs=0.003)


def test_a_strength_means_the_same_whatever_the_length_of_the_vectors() -> None:
    features, labels = data(200)
    far = 1e-4 * features + 5
    one, other = (fit_softmax_regression(x, labels, 3, l2=1e-3)[0] for x in (features, far))
    with torch.no_grad():
        np.testing.assert_allclose(one.probabilities(features).numpy(), other.probabilities(far).numpy(), atol=1e-4)


def test_features_that_are_all_the_same_give_the_shares_of_the_classes() -> None:
    labels = torch.tensor([0, 1, 1, 1])
    model, _ = fit_softmax_regression(torch.zeros(4, 5, dtype=torch.float64), labels, 2)
    np.testing.assert_allclose(model.probabilities(torch.zeros(1, 5).double()).tolist(), [[0.25, 0.75]], atol=1e-5)


@pytest.mark.parametrize("l2", [0, -1, float("nan"), "much"])
def test_a_strength_is_above_0(l2: float) -> None:
    with pytest.raises(InputError, match="l2 must be"):
        fit_softmax_regression(*data(20), 3, l2=l2)
