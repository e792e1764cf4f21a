"""Skip-gram: the vector of a word is its row."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from torchw2v import functional as F
from torchw2v.checks import positive_int
from torchw2v.nn.initialization import init_word2vec_


class SkipGram(nn.Module):
    """The two matrices of word2vec, and the way from an input word to its vector: v = W_in[input].

    A loss module compares v with rows of `out_embeddings`; the model knows nothing of losses.

    Args:
        vocab_size: V.
        embedding_dim: D.
        sparse: give `in_embeddings` a sparse gradient, which holds only the rows that were used.
        generator: for the initial values.
        allocate: makes the memory of a matrix of V rows and D columns; it may be strided, with room behind each row.

    Attributes:
        in_embeddings: (V, D) parameter, uniform on ±1/(2D) at first.
        out_embeddings: (V, D) parameter, zero at first.

    Shape: inputs (...) int32 or int64 -> (..., D).

    Raises:
        InputError: a size that is not a positive integer.

    Source: Mikolov, Chen, Corrado and Dean 2013, "Efficient Estimation of Word Representations in Vector Space", §3.2;
    initial values as in word2vec.c.
    """

    def __init__(
        self,
        vocab_size: int,
        embedding_dim: int,
        *,
        sparse: bool = False,
        generator: torch.Generator | None = None,
        allocate: Callable[[int, int], Tensor] = torch.empty,
    ) -> None:
        super().__init__()
        self.vocab_size = positive_int("vocab_size", vocab_size)
        self.embedding_dim = positive_int("embedding_dim", embedding_dim)
        self.sparse = sparse
        self.in_embeddings = nn.Parameter(allocate(self.vocab_size, self.embedding_dim))
        self.out_embeddings = nn.Parameter(allocate(self.vocab_size, self.embedding_dim))
        self.reset_parameters(generator)

    def reset_parameters(self, generator: torch.Generator | None = None) -> None:
        init_word2vec_(self.in_embeddings, self.out_embeddings, generator=generator)

    def forward(self, inputs: Tensor) -> Tensor:
        return F.embedding(self.in_embeddings, inputs, sparse=self.sparse)

    def extra_repr(self) -> str:
        return f"{self.vocab_size}, {self.embedding_dim}, sparse={self.sparse}"
