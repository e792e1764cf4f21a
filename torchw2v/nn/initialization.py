"""How parameters begin where the layers' own way is not wanted."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn


def init_word2vec_(in_embeddings: Tensor, out_embeddings: Tensor, *, generator: torch.Generator | None = None) -> None:
    """Inputs uniform on [−1/(2D), 1/(2D)), outputs zero, in place: every score is 0, every σ is ½.

    Shape: (V, D), (V', D). Source: word2vec.c, `InitNet`.
    """
    bound = 0.5 / in_embeddings.shape[1]
    nn.init.uniform_(in_embeddings, -bound, bound, generator=generator)
    nn.init.zeros_(out_embeddings)


def init_normal_(module: nn.Module, std: float, *, seed: int = 0) -> None:
    """Normal draws for all parameters, in place: first the matrices in their order, then the vectors, the biases.

    They are those of NumPy's `RandomState(seed).normal(scale=std)`, so that recipes in print give their figures.
    """
    draws = np.random.RandomState(seed)
    parameters = sorted(module.parameters(), key=lambda parameter: parameter.ndim < 2)
    with torch.no_grad():
        for parameter in parameters:
            parameter.copy_(torch.from_numpy(draws.normal(scale=std, size=tuple(parameter.shape))))
