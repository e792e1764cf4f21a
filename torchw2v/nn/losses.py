"""Losses of word2vec as modules: from a vector and the output matrix to a number."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from torchw2v import functional as F
from torchw2v.errors import InputError


class NegativeSampling(nn.Module):
    """Negative-sampling loss against rows of an output matrix: see `functional.negative_sampling_loss`.

    Args:
        reduction: "mean", "sum" or "none". With "sum", one step of SGD over a batch adds up what word2vec's steps over
            its pairs would add, so the learning rates of word2vec carry over.
        sparse: give the output matrix a sparse gradient, which holds only the rows that were used.

    Shape: vectors (B, D), out_embeddings (V, D), targets (B,), negatives (B, K) -> () or, with "none", (B,).
    B batch, D dimension, V vocabulary, K negatives.
    """

    def __init__(self, *, reduction: str = "mean", sparse: bool = False) -> None:
        super().__init__()
        if reduction not in ("mean", "sum", "none"):
            raise InputError(f"reduction must be 'mean', 'sum' or 'none', not {reduction!r}")
        self.reduction = reduction
        self.sparse = sparse

    def forward(self, vectors: Tensor, out_embeddings: Tensor, targets: Tensor, negatives: Tensor) -> Tensor:
        # one gather for all output rows, so that their gradient is one tensor, too
        outputs = F.embedding(out_embeddings, torch.cat((targets[:, None], negatives), dim=1), sparse=self.sparse)
        return F.packed_negative_sampling_loss(vectors, outputs, reduction=self.reduction)

    def extra_repr(self) -> str:
        return f"reduction={self.reduction!r}, sparse={self.sparse}"
