"""Softmax regression to convergence: the penalised loss is convex, and full-batch L-BFGS finds its one minimum.

    z = (x − μ) / s        L(W, b) = 1/N Σ_n −log softmax(z_n W + b)_{y_n} + λ/2 ‖W‖²

μ is the mean of the training features, and s² the mean square of what is left of them, one number for all D. Neither
changes what can be learnt: μ goes into b, which is not penalised, and s into the strength, since λ/2 ‖W‖² is
λ s²/2 ‖W_x‖² for the weights W_x = W / s of x itself. So the same strengths suit vectors of any length, and the descent
is well conditioned. scikit-learn's `LogisticRegression(C=1 / (N λ))` on z has the same minimum.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from torchw2v.checks import positive, positive_int
from torchw2v.nn import SoftmaxRegression

MAX_ITERATIONS = 10_000
TOLERANCE = 1e-6
_SMALLEST_CHANGE = 1e-13  # of the loss; float64 tells no less


class Converged(NamedTuple):
    """Where a descent ended.

    Attributes:
        loss: with the penalty, in nats an example.
        gradient: its largest entry, absolute.
        iterations: of L-BFGS.
    """

    loss: float
    gradient: float
    iterations: int


class RegressionProblem:
    """Features and classes to fit, features centred and divided by one number.

    Args:
        features: x, (N, D) float64.
        labels: (N,) int64.
        num_classes: C.

    Attributes:
        inputs: z, (N, D).
        mean: μ, (D,).
        spread: s; 1 where all features are the same.
    """

    def __init__(self, features: Tensor, labels: Tensor, num_classes: int) -> None:
        self.labels = labels
        self.num_classes = positive_int("num_classes", num_classes)
        self.mean = features.mean(0)
        centred = features - self.mean
        self.spread = centred.square().mean().sqrt().item() or 1.0
        self.inputs = centred / self.spread

    def new_model(self) -> SoftmaxRegression:
        """Of z, with weights of zero, float64."""
        return SoftmaxRegression(self.inputs.shape[1], self.num_classes).double()

    def objective(self, model: SoftmaxRegression, optimizer: torch.optim.Optimizer) -> Callable[[], Tensor]:
        """A closure for the optimiser: the loss, its gradient left in the parameters."""

        def evaluate() -> Tensor:
            optimizer.zero_grad()
            loss = model.loss(self.inputs, self.labels)
            loss.backward()  # type: ignore[no-untyped-call]
            return loss.detach()

        return evaluate

    @torch.no_grad()
    def of_features(self, model: SoftmaxRegression) -> SoftmaxRegression:
        """The same function as one of x: W / s, and b − μ W / s."""
        own = SoftmaxRegression(*model.sizes, l2=model.l2 * self.spread**2).double()
        assert own.bias is not None
        assert model.bias is not None
        own.weight.copy_(model.weight / self.spread)
        own.bias.copy_(model.bias - self.mean.to(model.weight.device) @ model.weight / self.spread)
        return own

    def to(self, device: torch.device) -> RegressionProblem:
        self.inputs, self.labels = self.inputs.to(device), self.labels.to(device)
        return self


def converging_lbfgs(
    parameters: object, *, lr: float = 1.0, max_iterations: int = MAX_ITERATIONS, tolerance: float = TOLERANCE
) -> torch.optim.LBFGS:
    """L-BFGS whose one step goes on to the minimum: until no entry of the gradient is above `tolerance`."""
    return torch.optim.LBFGS(
        parameters,  # type: ignore[arg-type]
        lr=lr,
        max_iter=positive_int("max_iterations", max_iterations),
        max_eval=4 * max_iterations,
        tolerance_grad=positive("tolerance", tolerance),
        tolerance_change=_SMALLEST_CHANGE,
        history_size=20,
        line_search_fn="strong_wolfe",
    )


def converge(
    model: SoftmaxRegression,
    optimizer: torch.optim.LBFGS,
    evaluate: Callable[[], Tensor],
    step: Callable[..., object] | None = None,
) -> Converged:
    """One step of `converging_lbfgs`, from the weights as they are and without a memory of earlier steps.

    Args:
        model: whose weights are fitted.
        optimizer: of its parameters.
        evaluate: the objective.
        step: takes the closure in place of `optimizer.step`, where somebody counts the steps.
    """
    optimizer.state.clear()
    (step or optimizer.step)(closure=evaluate)
    (state,) = optimizer.state.values()
    iterations = int(state["n_iter"])
    optimizer.state.clear()
    loss = evaluate()
    gradient = max(float(p.grad.abs().max()) for p in model.parameters() if p.grad is not None)
    return Converged(loss.item(), gradient, iterations)


def fit_softmax_regression(
    features: Tensor, labels: Tensor, num_classes: int, *, l2: float = 1e-3
) -> tuple[SoftmaxRegression, Converged]:
    """The softmax regression with the lowest penalised loss, as a function of the features as they are.

    Shape: features (N, D) float64, labels (N,) int64.

    Args:
        features: x.
        labels: classes, in [0, `num_classes`).
        num_classes: C.
        l2: λ, on features centred and divided by s; above 0, so that there is one minimum.

    Returns: the model of x, and how the descent ended.

    Raises:
        InputError: an `l2` that is not above 0.
    """
    problem = RegressionProblem(features, labels, num_classes)
    model = problem.new_model()
    model.l2 = positive("l2", l2)
    optimizer = converging_lbfgs(model.parameters())
    end = converge(model, optimizer, problem.objective(model, optimizer))
    return problem.of_features(model), end
