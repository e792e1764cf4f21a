"""Central differences, entry by entry.

    numeric = (f(x + h e_i) − f(x − h e_i)) / 2h

Two errors pull h in opposite directions: leaving out the third derivative costs h² f‴/6, and rounding f costs about
ε |f| / h with ε = 2e-16. At h = 1e-5 and values near 1 they are some 1e-11 each.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor

from torchw2v.errors import InputError

STEP = 1e-5
# Where the first answer disagrees, these multiples of the step are tried; a wrong gradient is wrong with all of them.
_FACTORS = tuple(10.0**-k for k in range(-2, 8))
_ROUNDING = 4 * 2.0**-52


class GradientEntry(NamedTuple):
    """One derivative, computed both ways.

    Attributes:
        parameter: name of the parameter or input.
        index: place in it; None for all entries at once, along a random direction of ±½ to ±1½ each.
        analytic: the gradient that is checked.
        numeric: the central difference.
        difference: |numeric − analytic| / max(1, |numeric|, |analytic|); nan if either is not finite.
        remark: what was found out about the place, mostly nothing.
    """

    parameter: str
    index: tuple[int, ...] | None  # type: ignore[assignment]  # a tuple has a method of this name
    analytic: float
    numeric: float
    difference: float
    remark: str = ""


class Variable(NamedTuple):
    """What is varied: `values` float64 and contiguous, and the gradient to check, of the same shape."""

    name: str
    values: Tensor
    analytic: Tensor


def relative_difference(numeric: float, analytic: float) -> float:
    """|n − a| / max(1, |n|, |a|): relative for large gradients, absolute for small ones."""
    if not (math.isfinite(numeric) and math.isfinite(analytic)):
        return math.nan
    return abs(numeric - analytic) / max(1.0, abs(numeric), abs(analytic))


def compare(
    value: Callable[[], float], variable: Variable, places: Iterable[int], step: float | None, tolerance: float
) -> Iterator[GradientEntry]:
    """Entries of `variable` at flat `places`; `value()` is f at the present values, which are set back after each.

    With `step` None, h is 1e-5 max(1, |x|), and a place that disagrees gets a second look: see `_second_look`.
    """
    values, gradient = variable.values.view(-1), variable.analytic.reshape(-1)
    for place in places:
        x = values[place].item()

        def at(new_x: float, place: int = place, x: float = x) -> float:
            values[place] = new_x
            try:
                return value()
            finally:
                values[place] = x

        h = STEP * max(1.0, abs(x)) if step is None else step
        index = unravel(place, variable.values.shape)
        yield _entry(variable.name, index, at, x, h, gradient[place].item(), step is None, tolerance)


def compare_direction(
    value: Callable[[], float], variable: Variable, direction: Tensor, step: float | None, tolerance: float
) -> GradientEntry:
    """All entries of `variable` at once: d/dt f(x + t d) at t = 0 is Σ d_i ∂f/∂x_i; `direction` is d."""
    values, x = variable.values, variable.values.clone()

    def at(t: float) -> float:
        torch.add(x, direction, alpha=t, out=values)
        try:
            return value()
        finally:
            values.copy_(x)

    # the third derivative along n directions at once is larger, so the step is smaller
    h = (STEP if step is None else step) / values.numel() ** 0.25
    analytic = (direction * variable.analytic).sum().item()
    return _entry(variable.name, None, at, 0.0, h, analytic, step is None, tolerance)


def _entry(
    name: str,
    index: tuple[int, ...] | None,
    at: Callable[[float], float],
    x: float,
    h: float,
    analytic: float,
    look_twice: bool,
    tolerance: float,
) -> GradientEntry:
    numeric, remark = _central(at, x, h), ""
    if look_twice and math.isfinite(analytic) and not relative_difference(numeric, analytic) <= tolerance:
        numeric, remark = _second_look(at, x, h, analytic)
    if not math.isfinite(numeric):
        remark = "f is not finite one step aside"
    return GradientEntry(name, index, analytic, numeric, relative_difference(numeric, analytic), remark)


def unravel(place: int, shape: Iterable[int]) -> tuple[int, ...]:
    index = []
    for size in reversed(tuple(shape)):
        place, i = divmod(place, size)
        index.append(i)
    return tuple(reversed(index))


def _central(at: Callable[[float], float], x: float, h: float) -> float:
    above, below = x + h, x - h
    if above == below:
        raise InputError(f"step {h:g} is lost in the rounding of an entry that is {x:g}: give a larger one, or none")
    return (at(above) - at(below)) / (above - below)  # not 2h: x + h is rounded


class _Slopes(NamedTuple):
    """Slopes of f over one step: of both sides together, of each, and how much of them may be rounding."""

    central: float
    left: float
    right: float
    rounding: float


def _second_look(at: Callable[[float], float], x: float, h: float, analytic: float) -> tuple[float, str]:
    """The difference at the step where it is steadiest, whatever the analytic value; and whether f has a corner there.

    At a corner every value between the slopes of the two sides is a right answer (relu at 0), so the one nearest to the
    analytic value is returned.
    """
    middle = at(x)
    slopes = []
    for factor in _FACTORS:
        above, below = x + h * factor, x - h * factor
        if not below < x < above:
            break
        f_above, f_below = at(above), at(below)
        slopes.append(
            _Slopes(
                central=(f_above - f_below) / (above - below),
                left=(middle - f_below) / (x - below),
                right=(f_above - middle) / (above - x),
                rounding=_ROUNDING * max(abs(f_above), abs(f_below), abs(middle)) / (above - below),
            )
        )
    rounding = [at_step.rounding for at_step in slopes]
    numeric, left, right = (_steadiest([at_step[side] for at_step in slopes], rounding) for side in range(3))
    if not _is_corner(slopes, abs(right - left)):
        return numeric, ""
    low, high = sorted((left, right))
    return min(max(analytic, low), high), f"corner: slopes {left:.4g} and {right:.4g}"


def _steadiest(values: Sequence[float], rounding: Sequence[float]) -> float:
    """The value that differs least from the one before it, rounding counted; nan if there is none."""
    best, best_error = math.nan, math.inf
    for before, value, rounded in zip(values, values[1:], rounding[1:], strict=False):
        error = abs(value - before) + rounded
        if error < best_error:
            best, best_error = value, error
    return best


def _is_corner(slopes: Sequence[_Slopes], gap: float) -> bool:
    """Whether the two sides are still `gap` apart at the smallest step that rounding leaves, and at ten times that.

    At a bend, however narrow, they come together as the step shrinks.
    """
    for wider, at_step in reversed(list(pairwise(slopes))):
        if at_step.rounding < gap / 100:
            return all(abs(abs(some.right - some.left) - gap) < gap / 10 for some in (wider, at_step))
    return False
