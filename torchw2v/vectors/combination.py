"""Word vectors from the two matrices that word2vec trains."""

from __future__ import annotations

import torch
from torch import Tensor

from torchw2v.checks import one_of
from torchw2v.errors import InputError

MATRICES = ("input", "output", "sum", "concatenation")


def combine_matrices(in_embeddings: Tensor, out_embeddings: Tensor, which: str) -> Tensor:
    """The rows of one matrix, or of both.

    Args:
        in_embeddings: (V, D).
        out_embeddings: (V, D), a row for each word; those of hierarchical softmax are nodes of a tree.
        which: "input" as most do, "output", "sum", or "concatenation".

    Returns: (V, D), a matrix that was given if it is asked for alone; (V, 2D) for a concatenation.

    Raises:
        InputError: another choice, or an output matrix that has no row for each word.
    """
    one_of("vectors", which, MATRICES)
    if which == "input":
        return in_embeddings
    if in_embeddings.shape != out_embeddings.shape:
        raise InputError(
            f"vectors={which} needs an output matrix with a row for each word, but the shapes are "
            f"{tuple(in_embeddings.shape)} and {tuple(out_embeddings.shape)}; "
            "hierarchical softmax has vectors=input only"
        )
    if which == "output":
        return out_embeddings
    return in_embeddings + out_embeddings if which == "sum" else torch.cat((in_embeddings, out_embeddings), 1)
