"""Vectors in a plane: along the two directions in which they differ most."""

from __future__ import annotations

import torch
from torch import Tensor


def leading_plane(rows: Tensor) -> Tensor:
    """Coordinates of vectors in the plane of the two leading singular directions of what is left without their mean.

        X = rows − mean     X = U S Vᵀ     coordinates = X V[:, :2]

    The sign of each direction is chosen so that its largest coordinate is positive.

    Shape: (N, D) -> (N, 2); a direction that is not there is zero.
    """
    centred = rows - rows.mean(0)
    _, _, directions = torch.linalg.svd(centred, full_matrices=False)
    points: Tensor = centred @ directions[:2].T
    if points.shape[1] < 2:
        points = torch.cat((points, points.new_zeros(len(points), 2 - points.shape[1])), 1)
    largest = points.gather(0, points.abs().argmax(0, keepdim=True))
    signs = torch.where(largest < 0, -1.0, 1.0).to(points)
    return points * signs
