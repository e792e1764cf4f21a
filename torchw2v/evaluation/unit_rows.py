"""Vectors of length 1, whose products are cosines."""

from __future__ import annotations

import torch
from torch import Tensor

_SHORTEST = 1e-12


def unit_rows(rows: Tensor) -> Tensor:
    """Rows of length 1, at least in float32; a row of zeros stays one. Shape: (R, D) -> (R, D)."""
    if rows.dtype not in (torch.float32, torch.float64):
        rows = rows.float()
    unit: Tensor = rows / torch.linalg.vector_norm(rows, dim=1, keepdim=True).clamp(min=_SHORTEST)
    return unit
