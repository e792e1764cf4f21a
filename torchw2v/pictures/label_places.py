"""Places for labels around their points, such that no label covers another.

A box is (left, bottom, right, top), in any unit of length.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

_FREE_ONES_COMPARED = 24
_WAY_ROUND = 1.0  # heights of a label that it goes further for one crossing less


def place_labels(sizes: Numbers, points: Numbers, area: Numbers, *, radius: float, gap: float) -> Numbers | None:
    """The box of each label: the nearest free place around its point, for one label after the other.

    Free is a place in the area that touches no label before it and no point; where every such place is taken, points
    may be covered. A label goes a bit further where its line to its point would cross another label, or it another's
    line.

    Args:
        sizes: (N, 2), width and height of the labels, the most important first.
        points: (N, 2).
        area: (4,), the box that holds all labels.
        radius: of the points.
        gap: the least distance between two labels, and between a label and its point's edge.

    Returns: (N, 4), or None if one has no place at all.
    """
    obstacles = np.unique(np.concatenate((points - radius, points + radius), 1), axis=0)
    boxes, lines = np.empty((0, 4)), np.empty((0, 4))
    for size, point in zip(sizes, points, strict=True):
        free = _first_free(_around(point, size, radius + gap, area), np.concatenate((boxes, obstacles)), gap)
        if not len(free):
            free = _first_free(_around(point, size, radius + gap, area), boxes, gap)[:1]
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


def _around(point: Numbers, size: Numbers, nearest: float, area: Numbers) -> Iterator[Numbers]:
    """Boxes of one size around a point that lie in an area: rings, the nearest first, and in each its right and top."""
    step = float(size[1]) / 3
    farthest = np.abs(area.reshape(2, 2) - point).max()
    distance = nearest
    while distance < farthest:
        turns = max(16, math.ceil(2 * (size.sum() + 4 * distance) / size[1]))
        angles = np.pi / 4 + np.linspace(0, 2 * np.pi, turns, endpoint=False)
        # around a square, so that the edge keeps its distance
        direction = np.clip(math.sqrt(2) * np.stack((np.cos(angles), np.sin(angles)), 1), -1, 1)
        direction = direction[np.lexsort(-np.round(direction, 6).T)]
        centres = point + direction * (size / 2 + distance)
        boxes = np.concatenate((centres - size / 2, centres + size / 2), 1)
        yield boxes[(boxes[:, :2] >= area[:2]).all(1) & (boxes[:, 2:] <= area[2:]).all(1)]
        distance += step + distance / 8


def _first_free(rings: Iterator[Numbers], taken: Numbers, gap: float) -> Numbers:
    """The first few boxes that keep their distance from what is taken."""
    free = np.empty((0, 4))
    for boxes in rings:
        free = np.concatenate((free, boxes[~_overlap(boxes, taken, gap).any(1)]))
        if len(free) >= _FREE_ONES_COMPARED:
            break
    return free[:_FREE_ONES_COMPARED]


def _overlap(boxes: Numbers, others: Numbers, gap: float) -> npt.NDArray[np.bool_]:
    """(N, M): whether two boxes are nearer than the gap."""
    left, bottom, right, top = boxes.T[:, :, None]
    other_left, other_bottom, other_right, other_top = others.T[:, None]
    overlapping: npt.NDArray[np.bool_] = (left < other_right + gap) & (other_left < right + gap)
    overlapping &= (bottom < other_top + gap) & (other_bottom < top + gap)
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
