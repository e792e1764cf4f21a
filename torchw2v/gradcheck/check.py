"""Analytic gradients against central differences."""

from __future__ import annotations

import fnmatch
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from torchw2v.checks import positive, positive_int, seed_of_draws
from torchw2v.errors import InputError
from torchw2v.gradcheck.differences import GradientEntry, Variable, compare, compare_direction
from torchw2v.gradcheck.functions import ArrayFunction, Checked, TorchFunction, arguments, random_weights
from torchw2v.gradcheck.random_state import RandomState
from torchw2v.gradcheck.report import GradientReport

_FLOAT32 = (
    "every value of f is a float32 number: does it convert inside (.float(), dtype=torch.float32)? Differences of"
    " rounded values say nothing; let it keep the dtype of its inputs"
)
_SAME = 1e-12  # relative; what is left between two evaluations is sums in another order


def check_gradients(
    f: Callable[..., Any],
    inputs: Any = (),
    *,
    module: nn.Module | None = None,
    loss: Callable[[Any], Any] | None = None,
    parameters: str | Sequence[str] | None = None,
    entries: int | None = 1000,
    step: float | None = None,
    tolerance: float = 1e-6,
    generators: Any = (),
    names: Sequence[str] | None = None,
    seed: int = 0,
) -> GradientReport:
    """Compare the gradients of `f` with central differences, number by number, in float64.

        numeric = (f(x + h) − f(x − h)) / 2h        difference = |numeric − analytic| / max(1, |numeric|, |analytic|)

    `f` is one of three:

    - a function of tensors: `check_gradients(loss, (v, u))`; the analytic gradients are autograd's;
    - a module: `check_gradients(model, x, loss=lambda logits: cross_entropy(logits, y))`; its parameters that require
      a gradient are checked as well as its floating-point inputs;
    - a function of NumPy arrays that returns (value, gradient), as the CS224n assignment writes them:
      `check_gradients(lambda x: (np.sum(x**2), 2 * x), x)`; of several arrays, (value, (gradient, gradient, ...)).

    Everything is computed on float64 copies: float32 rounds too much for any check. Nothing of the caller's changes,
    neither tensors nor `.grad`. Before every evaluation the random state is put back, so that a function that draws
    (dropout, negatives) draws the same; afterwards the generators are as after one evaluation. A function that still
    answers differently twice cannot be checked, and is refused.

    Of an output that is not one number, the sum with fixed random weights of ±½ to ±1½ is checked.

    Args:
        f: see above.
        inputs: its arguments: one, a tuple or list of them, or a dict by name. An argument may be a tuple, list or dict
            of tensors: those of `(x, (h, c))` are called x, hx.0 and hx.1 if f calls its arguments x and hx. Integer
            tensors (ids, targets) and everything else that is not a floating-point tensor are handed on as they are.
        module: a module whose parameters `f` uses, to be checked too; `f` may be a function without arguments. Several
            modules go into one `nn.ModuleList`.
        loss: makes one tensor of what `f` returns.
        parameters: check only these: names or patterns such as "*.bias". Frozen parameters are checked if named. A
            parameter that several modules share answers to all its names, and is reported under the first.
        entries: check at most this many entries of each parameter, drawn at random, half of them among those whose
            analytic gradient is not zero; then also all its entries at once, along a random direction of ±½ to ±1½
            each. None checks every entry.
        step: h. By default 1e-5 max(1, |x|), and entries that disagree get a second look: the difference is taken at
            several steps, and the steadiest counts; corners of f (relu at 0) are recognised. So badly scaled values
            pass, and wrong gradients do not, unless f bends so sharply that its rounding hides that it is no corner.
            A number is used as it is, without a second look.
        tolerance: the largest difference that is right. For gradients far below 1 it is an absolute one: where all of
            a parameter's gradients are smaller than it, the report says that the check says nothing.
        generators: generators of its own that `f` draws from, one or several: torch.Generator, random.Random,
            numpy.random.Generator.
        names: names of the inputs, for the report; by default those in the signature of `f`.
        seed: of the entries drawn; the global generators are not used.

    Returns:
        GradientReport: true in a condition if all gradients are right. `assert check_gradients(...)` in a test,
        `print(check_gradients(...))` at the keyboard, `.raise_if_failed()` for the whole table in an error.

    Raises:
        InputError: `f` answers differently twice, uses what it computed in an earlier call, is not finite, or does not
            return what it must; or a setting cannot be used.

    Source: CS224n, assignment 1, `gradcheck_naive`, which has step 1e-4 and tolerance 1e-5.
    """
    tolerance = positive("tolerance", tolerance)
    step = None if step is None else positive("step", step)
    entries = None if entries is None else positive_int("entries", entries)
    draws = torch.Generator().manual_seed(seed_of_draws(seed))
    generators = list(generators) if isinstance(generators, Iterable) else [generators]

    checked = _as_checked(f, inputs, module, loss, parameters, names)
    for name, values in checked.variables.items():
        if not values.isfinite().all():
            raise InputError(f"{name} is not finite: it has an inf or a nan, and no gradient there")

    before = after = RandomState(generators)
    try:
        first = checked.value()
        after = RandomState(generators)
        before.restore()
        second, gradients = checked.value_and_gradients()
        _require_an_answer(first, second)
        notes: dict[str, str] = {}
        found: list[GradientEntry] = []

        def value() -> float:
            before.restore()
            return checked.value()

        for name, values in checked.variables.items():
            gradient = gradients[name]
            unused, gradient = gradient is None, torch.zeros_like(values) if gradient is None else gradient
            variable = Variable(name, values, gradient)
            places = _places(gradient, entries, draws)
            of_this = list(compare(value, variable, places, step, tolerance))
            if len(places) < gradient.numel():
                direction = random_weights(values.shape, draws).to(values.device)
                of_this.append(compare_direction(value, variable, direction, step, tolerance))
            if note := _note(of_this, tolerance, unused):
                notes[name] = note
            found += of_this
        _require_an_answer(first, value())  # a function that counts its calls may have answered twice alike
        shapes = {name: tuple(values.shape) for name, values in checked.variables.items()}
        report = GradientReport(tuple(found), tolerance, shapes, notes)
        before.restore()
        if not report.ok and checked.is_rounded():
            report = replace(report, hint=_FLOAT32)
        return report
    finally:
        after.restore()


def _as_checked(
    f: Callable[..., Any],
    inputs: Any,
    module: nn.Module | None,
    loss: Callable[[Any], Any] | None,
    parameters: str | Sequence[str] | None,
    names: Sequence[str] | None,
) -> Checked:
    if not callable(f):
        raise InputError(f"f must be a function or a module, not {f!r}")
    args, by_keyword = arguments(f, inputs, names)
    patterns = [parameters] if isinstance(parameters, str) else parameters
    met: set[str] = set()

    def chosen(names: Sequence[str]) -> bool:
        matches = [
            pattern
            for pattern in patterns or ()
            if any(name == pattern or fnmatch.fnmatchcase(name, pattern) for name in names)
        ]
        met.update(matches)
        return bool(matches)

    if isinstance(f, nn.Module):
        module = f if module is None else module
        if f not in module.modules():
            raise InputError("f is a module, and module= is another: give both in one nn.ModuleList as module=")
    arrays = any(isinstance(value, np.ndarray) for value in args.values()) or isinstance(inputs, float)
    checked: Checked
    if arrays and module is None and not any(isinstance(value, Tensor) for value in args.values()):
        if loss is not None:
            raise InputError("loss is for functions of tensors; a function of NumPy arrays returns (value, gradient)")
        checked = ArrayFunction(f, args, by_keyword, chosen if patterns is not None else None)
    else:
        checked = TorchFunction(f, args, by_keyword, module, loss, chosen if patterns is not None else None)
    if unmet := [pattern for pattern in patterns or () if pattern not in met]:
        available = (
            checked.variables if patterns is None else _as_checked(f, inputs, module, loss, None, names).variables
        )
        raise InputError(f"parameters: nothing is called {unmet[0]!r}; there are {', '.join(available) or 'none'}")
    if not any(values.numel() for values in checked.variables.values()):
        raise InputError(
            "there is nothing to check: f has no parameter that requires a gradient, and no input that is a"
            " floating-point tensor or array with at least one entry"
        )
    return checked


def _require_an_answer(first: float, again: float) -> None:
    if not math.isfinite(first):
        raise InputError(f"f is {first} at the given point: there is no gradient to check")
    if not abs(again - first) <= _SAME * max(1.0, abs(first)):
        raise InputError(
            f"f answers differently when it is asked again ({first!r}, then {again!r}), although the random states of"
            " torch, random and numpy.random were put back: hand it what it draws (negatives, masks) as an argument,"
            " or name the generator it draws from in generators=[...]"
        )


def _places(gradient: Tensor, entries: int | None, draws: torch.Generator) -> Sequence[int]:
    size = gradient.numel()
    if entries is None or size <= entries:
        return range(size)
    nonzero = gradient.reshape(-1).nonzero()[:, 0].cpu()
    some = nonzero[torch.randperm(len(nonzero), generator=draws)[: (entries + 1) // 2]]
    left = torch.ones(size, dtype=torch.bool)
    left[some] = False
    rest = left.nonzero()[:, 0]
    rest = rest[torch.randperm(len(rest), generator=draws)[: entries - len(some)]]
    return sorted(torch.cat((some, rest)).tolist())


def _note(entries: Sequence[GradientEntry], tolerance: float, no_gradient: bool) -> str:
    largest = max((abs(x) for entry in entries for x in (entry.analytic, entry.numeric)), default=0.0)
    if not entries:
        return "it is empty"
    if largest == 0:
        return "f does not use it: autograd gives None" if no_gradient else "its gradient is zero, both ways"
    if largest <= tolerance:
        return (
            f"its gradients are all within the tolerance of zero (at most {largest:.1e}), so this says nothing:"
            " check a multiple of f"
        )
    return ""
