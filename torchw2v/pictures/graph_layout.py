"""Places for the nodes of a graph, by springs."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

_STEPS = 300
_HOTTEST = 0.1
_GRAVITY = 0.6


def spring_layout(edges: npt.NDArray[np.int64], start: Numbers) -> Numbers:
    """Neighbours pull each other, all push each other away, and a weak pull to the middle keeps parts together.

        pull = distance² / l        push = l² / distance        l = 1 / √N

    Nothing is drawn at random: the same start gives the same places.

    Args:
        edges: (E, 2), pairs of nodes.
        start: (N, 2), where they begin; equal places are taken apart.

    Returns: (N, 2), about as wide as one.
    Source: Fruchterman and Reingold, "Graph drawing by force-directed placement", 1991.
    """
    n = len(start)
    if n < 2:
        return np.zeros((n, 2))
    angles = np.arange(n) * np.pi * (3 - np.sqrt(5))
    places: Numbers = (start - start.mean(0)) / max(float(np.abs(start - start.mean(0)).max()), 1e-12) / 2
    places += 1e-3 * np.stack((np.cos(angles), np.sin(angles)), 1)
    length = 1 / np.sqrt(n)
    joined = np.zeros((n, n))
    joined[edges[:, 0], edges[:, 1]] = joined[edges[:, 1], edges[:, 0]] = 1
    for step in range(_STEPS):
        way = places[:, None] - places[None]
        distance = np.maximum(np.hypot(way[..., 0], way[..., 1]), 1e-6)
        strength = length**2 / distance**2 - joined * distance / length
        force = (way * strength[..., None]).sum(1) - _GRAVITY * places
        size = np.maximum(np.hypot(*force.T), 1e-12)[:, None]
        places += force / size * np.minimum(size, _HOTTEST * (1 - step / _STEPS))
    return places
