"""Vectors in a plane by t-SNE, which keeps neighbours together."""

from __future__ import annotations

from importlib.util import find_spec

import torch
from torch import Tensor

from torchw2v.errors import InputError
from torchw2v.pictures.projections.leading_plane import leading_plane

_FEWEST = 5
_PERPLEXITY = 30.0
_SEEDS = 1 << 32
_STEPS = 500


def tsne_plane(rows: Tensor, seed: int = 0) -> Tensor:
    """Coordinates by t-distributed stochastic neighbour embedding, begun at the leading plane.

    With fewer than five vectors there are no neighbourhoods, and it is the leading plane.

    Shape: (N, D) -> (N, 2).
    Raises: InputError: the package scikit-learn is missing.
    Source: van der Maaten and Hinton, "Visualizing data using t-SNE", 2008.
    """
    if find_spec("sklearn") is None:
        raise InputError("t-SNE needs the package scikit-learn: pip install scikit-learn, or take the method pca")
    start = leading_plane(rows)
    if len(rows) < _FEWEST or not bool(start.any()):
        return start
    from sklearn.manifold import TSNE

    # a small start, as large distances in it would stay
    start *= 1e-4 / start[:, 0].std().clamp(min=1e-12)
    model = TSNE(
        perplexity=min(_PERPLEXITY, (len(rows) - 1) / 3),
        init=start.float().numpy(),
        random_state=seed % _SEEDS,
        max_iter=_STEPS,
    )
    return torch.from_numpy(model.fit_transform(rows.numpy())).to(rows)
