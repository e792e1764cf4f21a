"""Losses of word2vec as modules: from a vector and the output matrix to a number."""

from __future__ import annotations

import numpy.typing as npt
import torch
from torch import Tensor, nn

from torchw2v import functional as F
from torchw2v.data.huffman import HuffmanTree
from torchw2v.errors import InputError
from torchw2v.ops.arguments import check_ids, readable
from torchw2v.ops.reduction import check_reduction


class NegativeSampling(nn.Module):
    """Negative-sampling loss against rows of an output matrix: see `functional.negative_sampling_loss`.

    Args:
        reduction: "mean", "sum" or "none". With "sum", one step of SGD over a batch adds up what word2vec's steps over
            its pairs would add, so the learning rates of word2vec carry over.
        sparse: give the output matrix a sparse gradient, which holds only the rows that were used.

    Shape: vectors (B, D), out_embeddings (V, D), targets (B,), negatives (B, K) -> () or, with "none", (B,).
    B batch, D dimension, V vocabulary, K negatives.

    Raises:
        InputError: an unknown reduction, or shapes that do not fit.
        TypeError: targets or negatives that are neither int32 nor int64.
    """

    def __init__(self, *, reduction: str = "mean", sparse: bool = False) -> None:
        super().__init__()
        self.reduction = check_reduction("NegativeSampling", reduction)
        self.sparse = sparse

    def forward(self, vectors: Tensor, out_embeddings: Tensor, targets: Tensor, negatives: Tensor) -> Tensor:
        check_ids("NegativeSampling", "targets", targets)
        check_ids("NegativeSampling", "negatives", negatives)
        batch = vectors.shape[:1]
        if vectors.ndim != 2 or negatives.ndim != 2 or not targets.shape == negatives.shape[:1] == batch:
            raise InputError(
                "NegativeSampling: vectors must be (B, D), targets (B,) and negatives (B, K), but their shapes are"
                f" {tuple(vectors.shape)}, {tuple(targets.shape)} and {tuple(negatives.shape)}"
            )
        # one gather for all output rows, so that their gradient is one tensor, too
        outputs = F.embedding(out_embeddings, torch.cat((targets[:, None], negatives), dim=1), sparse=self.sparse)
        return F.packed_negative_sampling_loss(vectors, outputs, reduction=self.reduction)

    def extra_repr(self) -> str:
        return f"reduction={self.reduction!r}, sparse={self.sparse}"


class FullSoftmax(nn.Module):
    """Full-softmax loss against all rows of an output matrix: see `functional.full_softmax_loss`.

    Args:
        reduction: "mean", "sum" or "none".

    Shape: vectors (B, D), out_embeddings (V, D), targets (B,) -> () or, with "none", (B,).
    B batch, D dimension, V vocabulary.

    Raises:
        InputError: an unknown reduction.
        TypeError, ValueError: as `functional.full_softmax_loss`.
    """

    def __init__(self, *, reduction: str = "mean") -> None:
        super().__init__()
        self.reduction = check_reduction("FullSoftmax", reduction)

    def forward(self, vectors: Tensor, out_embeddings: Tensor, targets: Tensor) -> Tensor:
        return F.full_softmax_loss(vectors, out_embeddings, targets, reduction=self.reduction)

    def extra_repr(self) -> str:
        return f"reduction={self.reduction!r}"


class HierarchicalSoftmax(nn.Module):
    """Hierarchical-softmax loss along Huffman's paths: see `functional.hierarchical_softmax_loss`.

    The rows of the output matrix are the inner nodes of the tree, V − 1 of them; a row more, as the models have, stays
    as it is. The paths are made of the counts and no part of the state: `state_dict` is empty.

    Args:
        tree: a `torchw2v.data.HuffmanTree`, or the counts of all words, (V,) integers, to make one.
        reduction: "mean", "sum" or "none"; see `NegativeSampling`.
        sparse: give the output matrix a sparse gradient, which holds only the nodes on the paths.

    Shape: vectors (B, D), out_embeddings (at least V − 1, D), targets (B,) -> () or, with "none", (B,).
    B batch, D dimension, V vocabulary.

    Raises:
        InputError: counts that make no tree, an unknown reduction, shapes that do not fit, or an output matrix of too
            few rows.
        TypeError: targets that are neither int32 nor int64.
    """

    codes: Tensor
    points: Tensor
    lengths: Tensor

    def __init__(self, tree: HuffmanTree | npt.ArrayLike, *, reduction: str = "mean", sparse: bool = False) -> None:
        super().__init__()
        self.reduction = check_reduction("HierarchicalSoftmax", reduction)
        self.sparse = sparse
        if not isinstance(tree, HuffmanTree):
            tree = HuffmanTree(tree)
        for name in ("codes", "points", "lengths"):
            self.register_buffer(name, getattr(tree, name), persistent=False)

    def forward(self, vectors: Tensor, out_embeddings: Tensor, targets: Tensor) -> Tensor:
        check_ids("HierarchicalSoftmax", "targets", targets)
        if vectors.ndim != 2 or targets.shape != vectors.shape[:1]:
            raise InputError(
                "HierarchicalSoftmax: vectors must be (B, D) and targets (B,), but their shapes are"
                f" {tuple(vectors.shape)} and {tuple(targets.shape)}"
            )
        words, rows = len(self.codes), out_embeddings.shape[0]
        if rows < words - 1:
            raise InputError(
                f"the tree of {words:,} words has {words - 1:,} inner nodes, but out_embeddings {rows:,} rows"
            )
        codes, points = self.codes.index_select(0, targets), self.points.index_select(0, targets)
        if targets.device.type == "cpu" and targets.numel():
            # The longest path of all words is twice as long as a batch's; a GPU would have to be waited for.
            lengths = readable(self.lengths.index_select(0, targets))
            if lengths is not None:
                longest = int(lengths.max())
                codes, points = codes[:, :longest], points[:, :longest]
        return F.hierarchical_softmax_loss(
            vectors, out_embeddings, codes, points, reduction=self.reduction, sparse=self.sparse
        )

    def extra_repr(self) -> str:
        return f"{len(self.codes)} words, reduction={self.reduction!r}, sparse={self.sparse}"
