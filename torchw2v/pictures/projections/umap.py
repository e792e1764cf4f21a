"""Vectors in a plane by UMAP, which keeps neighbours together."""

from __future__ import annotations

import warnings
from importlib.util import find_spec

import torch
from torch import Tensor

from torchw2v.errors import InputError
from torchw2v.pictures.projections.leading_plane import leading_plane

_FEWEST = 5
_NEIGHBOURS = 15
_SEEDS = 1 << 32


def umap_plane(rows: Tensor, seed: int = 0) -> Tensor:
    """Coordinates by uniform manifold approximation and projection, by the cosine.

    With fewer than five vectors there are no neighbourhoods, and it is the leading plane.

    Shape: (N, D) -> (N, 2).
    Raises: InputError: the package umap-learn is missing.
    Source: McInnes, Healy and Melville, "UMAP: uniform manifold approximation and projection", 2018.
    """
    if find_spec("umap") is None:
        raise InputError("method=umap needs the package umap-learn: pip install 'torchw2v[umap]', or take method=tsne")
    if len(rows) < _FEWEST:
        return leading_plane(rows)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of numba and of few words; nothing that a user could change
        from umap import UMAP

        model = UMAP(n_neighbors=min(_NEIGHBOURS, len(rows) - 1), metric="cosine", random_state=seed % _SEEDS, n_jobs=1)
        points = model.fit_transform(rows.numpy())
    return torch.from_numpy(points).to(rows)
