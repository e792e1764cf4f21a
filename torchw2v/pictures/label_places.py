"""Places for labels around their points, such that no label covers another.

A box is (left, bottom, right, top), in any unit of length.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

_TRIED_AT_ONCE = 64
_FREE_ONES_COMPARED = 24
_WAY_ROUND = 1.0  # heights of a label that it goes further for one crossing less


def place_labels(sizes: Numbers, points: Numbers, area: Numbers, *, radius: float, gap: float) -> Numbers | None:
    """The box of each label: the nearest free place around its point, for one label after the other.

    Free is a place in the area that touches no label before it and no point; where every such place is taken, points may
    be covered. A label goes a bit further where its line to its point would cross another label, or it another's line.

    Args:
        sizes: (N, 2), width and height of the labels, the most important first.
        points: (N, 2).
        area: (4,), the box that holds all labels.
        radius: of the points.
        gap: the least distance between two labels, and between a label and its point's edge.

    Returns: (N, 4), or None if one has no place at all.
    """
    obstacles = np.concatenate((points - radius, points + radius), 1)
    boxes, lines = np.empty((0, 4)), np.empty((0, 4))
    reach = float(np.abs(area[2:] - area[:2]).sum())
    for size, point in zip(sizes, points, strict=True):
        candidates = _around(point, size, radius + gap, reach)
        inside = (candidates[:, :2] >= area[:2]).all(1) & (candidates[:, 2:] <= area[2:]).all(1)
        candidates = candidates[inside]
        free = _first_free(candidates, np.concatenate((boxes, obstacles)), gap)
        if not len(free):
            free = _first_free(candidates, boxes, gap)[:1]
        if not len(free):
            return None
        leaders = np.concatenate((np.broadcast_to(point, (len(free), 2)), nearest_on_boxes(free, point)), 1)
        crossings = _crossings(leaders, boxes).sum(1) + _crossings(lines, free).sum(0)
        away = np.hypot(*(leaders[:, 2:] - point).T)
        best = int(np.argmin(away + _WAY_ROUND * size[1] * crossings))
        boxes = np.concatenate((boxes, free[best : best + 1]))
        lines = np.concatenate((lines, leaders[best : best + 1]))
    return boxes


def nearest_on_boxes(boxes: Numbers, point: Numbers) -> Numbers:
    """The point of each box that is nearest a point. Shape: boxes (N, 4), point (2,) or (N, 2) -> (N, 2)."""
    return np.clip(point, boxes[:, :2], boxes[:, 2:])


def _around(point: Numbers, size: Numbers, nearest: float, reach: float) -> Numbers:
    """Boxes of one size around a point, nearest first, and at one distance the right and upper ones first."""
    rings, step = [], float(size[1]) / 3
    distance = nearest
    while distance < reach:
        turns = 16 if distance == nearest else max(16, math.ceil((size.sum() + 4 * distance) / step / 2))
        angles = np.linspace(0, 2 * np.pi, turns, endpoint=False) + np.pi / 4
        # around a square, so that the edge keeps its distance
        direction = np.clip(np.sqrt(2) * np.stack((np.cos(angles), np.sin(angles)), 1), -1, 1)
        rings.append(point + direction * (size / 2 + distance))
        distance += step + distance / 8
    centres = np.concatenate(rings)
    boxes = np.concatenate((centres - size / 2, centres + size / 2), 1)
    away = np.hypot(*(nearest_on_boxes(boxes, point) - point).T)
    to_the_right, above = np.sign(np.round((centres - point) / nearest, 6)).T
    return boxes[np.lexsort((-to_the_right - above / 2, np.round(away / step)))]


def _first_free(candidates: Numbers, taken: Numbers, gap: float) -> Numbers:
    """The first few candidates that keep their distance from what is taken."""
    found: list[Numbers] = []
    for start in range(0, len(candidates), _TRIED_AT_ONCE):
        tried = candidates[start : start + _TRIED_AT_ONCE]
        found.append(tried[~_overlap(tried, taken, gap).any(1)])
        if sum(map(len, found)) >= _FREE_ONES_COMPARED:
            break
    return np.concatenate([*found, np.empty((0, 4))])[:_FREE_ONES_COMPARED]


def _overlap(boxes: Numbers, others: Numbers, gap: float) -> npt.NDArray[np.bool_]:
    """(N, M): whether two boxes are nearer than the gap."""
    apart = (boxes[:, None, :2] >= others[None, :, 2:] + gap) | (others[None, :, :2] >= boxes[:, None, 2:] + gap)
    overlapping: npt.NDArray[np.bool_] = ~apart.any(2)
    return overlapping


def _crossings(lines: Numbers, boxes: Numbers) -> npt.NDArray[np.bool_]:
    """(N, M): whether a line (x, y, x', y') goes through a box; by clipping it at the four edges."""
    start, way = lines[:, None, :2], lines[:, None, 2:] - lines[:, None, :2]
    with np.errstate(divide="ignore", invalid="ignore"):
        first, second = (boxes[None, :, :2] - start) / way, (boxes[None, :, 2:] - start) / way
    # where a line does not move along an axis, it is between the edges all the time, or never
    enter, leave = np.nan_to_num(np.minimum(first, second)), np.nan_to_num(np.maximum(first, second), nan=1.0)
    crossing: npt.NDArray[np.bool_] = np.maximum(enter.max(2), 0) < np.minimum(leave.min(2), 1)
    return crossing
