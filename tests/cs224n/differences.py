"""Central differences, entry by entry."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np


def central_differences(
    f: Callable[[], float], x: np.ndarray, places: Iterable[tuple[int, ...]], step: float = 1e-5
) -> list[float]:
    """∂f/∂x at these places, for an f that reads `x`."""
    differences = []
    for place in places:
        kept = x[place]
        x[place] = kept + step
        above = f()
        x[place] = kept - step
        below = f()
        x[place] = kept
        differences.append((above - below) / (2 * step))
    return differences
