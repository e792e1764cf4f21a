"""Which projection a name means."""

from __future__ import annotations

from typing import Literal

from torch import Tensor

from torchw2v.checks import one_of, seed_of_draws
from torchw2v.pictures.projections.leading_plane import leading_plane
from torchw2v.pictures.projections.tsne import tsne_plane
from torchw2v.pictures.projections.umap import umap_plane

Method = Literal["pca", "tsne", "umap"]
METHODS: tuple[Method, ...] = ("pca", "tsne", "umap")


def project(rows: Tensor, method: Method = "pca", seed: int = 0) -> Tensor:
    """Coordinates of vectors in a plane. Shape: (N, D) -> (N, 2).

    Args:
        rows: the vectors.
        method: "pca" keeps distances in the large and draws nothing at random; "tsne" and "umap" keep neighbours
            together, and distances between groups mean little then.
        seed: of what "tsne" and "umap" draw; the same seed gives the same plane.

    Raises:
        InputError: another method, or a package that it needs is missing.
    """
    seed_of_draws(seed)
    one_of("method", method, METHODS)
    if method == "pca":
        return leading_plane(rows)
    return (tsne_plane if method == "tsne" else umap_plane)(rows, seed)
