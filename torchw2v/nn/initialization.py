"""How the matrices of word2vec begin."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def init_word2vec_(in_embeddings: Tensor, out_embeddings: Tensor, *, generator: torch.Generator | None = None) -> None:
    """Inputs uniform on [−1/(2D), 1/(2D)), outputs zero, in place: every score is 0, every σ is ½.

    Shape: (V, D), (V', D). Source: word2vec.c, `InitNet`.
    """
    bound = 0.5 / in_embeddings.shape[1]
    nn.init.uniform_(in_embeddings, -bound, bound, generator=generator)
    nn.init.zeros_(out_embeddings)
