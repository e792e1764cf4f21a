"""The assignment's gradient check."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from torchw2v.gradcheck import check_gradients

STEP = 1e-4
TOLERANCE = 1e-5


def gradcheck_naive(f: Callable[[Any], tuple[float, Any]], x: ArrayLike, gradientText: str = "") -> bool:  # noqa: N803
    """Compare the gradient that `f` returns with central differences, at every entry of `x`, and print the verdict.

    As in the assignment the step is 1e-4, and a relative difference |n − a| / max(1, |n|, |a|) of 1e-5 is right.
    Python's `random` and NumPy's generator are put back before every evaluation, and are left as after one of them.

    Args:
        f: from an array to its value, a number, and its gradient, of the shape of the array.
        x: where to check, computed in float64, integers as well; it stays as it is.
        gradientText: a name for the gradient, printed if it is wrong.

    Returns:
        Whether the gradient is right. `torchw2v.check_gradients` gives the whole report.

    Raises:
        InputError: `f` answers differently twice, is not finite, or returns something else.
    """
    x = np.asarray(x)
    if np.issubdtype(x.dtype, np.integer):
        x = x.astype(np.float64)
    report = check_gradients(f, x, step=STEP, tolerance=TOLERANCE, entries=None, names=["x"])
    if report.ok:
        print("Gradient check passed!")
    else:
        first = report.failures[0]
        print(f"Gradient check failed{f' for {gradientText}' if gradientText else ''}.")
        print(f"First gradient error found at index {first.index}")
        print(f"Your gradient: {first.analytic:f} \t Numerical gradient: {first.numeric:f}")
    return report.ok
