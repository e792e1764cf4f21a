"""What a wrong gradient looks like: a guess at the mistake, in a few words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from torchw2v.gradcheck.differences import GradientEntry

_NAMED_ROWS = 8


def diagnose(entries: Sequence[GradientEntry], tolerance: float, shape: tuple[int, ...]) -> str:
    """A line about the wrong entries of one parameter; empty if there are none, or nothing strikes the eye."""
    wrong = [entry for entry in entries if not entry.difference <= tolerance]
    if not wrong:
        return ""
    if wrong[0].index is None:
        return "the entries that were drawn are right, but others are not: check them all with entries=None"
    entries = [entry for entry in entries if entry.index is not None]
    numeric, analytic = _values(entries)
    if not np.isfinite(analytic).all():
        return "the analytic gradient is not finite"
    if not np.isfinite(numeric).all():
        return "f is not finite one step aside"
    if not analytic.any():
        return "the analytic gradient is zero: cut off (detach, no_grad, .data, .item()), or never added?"
    scale = np.abs(numeric).max()
    if scale <= tolerance:
        return "f does not change with it, yet its analytic gradient is not zero"
    if len(entries) > 1 and (ratio := _ratio(numeric, analytic)):
        if ratio == -1:
            return "numeric = −analytic everywhere: the sign is wrong"
        return (
            f"numeric = {ratio:.6g} × analytic everywhere: a factor is missing"
            if abs(ratio) >= 1
            else f"analytic = {1 / ratio:.6g} × numeric everywhere: there is a factor too many"
        )
    if transposed := _transposed(analytic, numeric, shape, scale):
        return transposed
    if len(wrong) == 1:
        return f"one entry of {len(entries):,} is wrong"
    wrong_rows, rows = ({e.index[0] for e in some if e.index} for some in (wrong, entries))
    if len(shape) > 1 and wrong_rows < rows:
        named = ", ".join(map(str, sorted(wrong_rows)[:_NAMED_ROWS])) + (", ..." * (len(wrong_rows) > _NAMED_ROWS))
        guess = "the sign is wrong there" if _ratio(*_values(wrong)) == -1 else "are ids that repeat added up?"
        return f"only in {'row' if len(wrong_rows) == 1 else 'rows'} {named}: {guess}"
    return ""


def _values(entries: Sequence[GradientEntry]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([entry.numeric for entry in entries]), np.array([entry.analytic for entry in entries])


def _ratio(numeric: np.ndarray, analytic: np.ndarray) -> float:
    """The r of numeric = r · analytic, 0 if there is none."""
    if not analytic.any():
        return 0.0
    ratio = float(numeric @ analytic / (analytic @ analytic))
    ratio = round(ratio) if abs(ratio - round(ratio)) < 1e-4 else ratio
    return ratio if _same(numeric, ratio * analytic, np.abs(numeric).max()) else 0.0


def _same(a: np.ndarray, b: np.ndarray, scale: float) -> bool:
    return bool(np.abs(a - b).max() <= 1e-4 * scale)


def _transposed(analytic: np.ndarray, numeric: np.ndarray, shape: tuple[int, ...], scale: float) -> str:
    if len(shape) != 2 or shape[0] != shape[1] or shape[0] == 1 or analytic.size != shape[0] ** 2:
        return ""
    return (
        "numeric is the analytic gradient transposed"
        if _same(numeric.reshape(shape), analytic.reshape(shape).T, scale)
        else ""
    )
