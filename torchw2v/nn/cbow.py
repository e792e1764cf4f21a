"""CBOW: the vector of a window is the mean, or the sum, of its words' rows."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from torchw2v import functional as F
from torchw2v.checks import positive_int
from torchw2v.errors import InputError
from torchw2v.nn.initialization import init_word2vec_


class CBOW(nn.Module):
    """The two matrices of word2vec, and the way from a window to its vector: v = 1/n Σ_i W_in[context_i].

    A loss module compares v with rows of `out_embeddings`; the model knows nothing of losses.

    Args:
        vocab_size: V.
        embedding_dim: D.
        reduce: "mean" or "sum" of the window's rows.
        gradient: "exact" gives each row of a window of n words 1/n of the mean's gradient; "word2vec" all of it, as
            word2vec.c and gensim do. For the sum the two are the same.
        empty: a window without words is an "error" or a row of "zero": see `functional.embedding_mean`.
        sparse: give `in_embeddings` a sparse gradient, which holds only the rows that were used.
        generator: for the initial values.
        allocate: makes the memory of a matrix of V rows and D columns; it may be strided, with room behind each row.

    Attributes:
        in_embeddings: (V, D) parameter, uniform on ±1/(2D) at first.
        out_embeddings: (V, D) parameter, zero at first.

    Shape: contexts (B, C), or (N,) with offsets (B,), the place where each window begins; int32 or int64 -> (B, D).
    B windows, C words in each of them, N words in all of them.

    Raises:
        InputError: a size that is not a positive integer, or an option that is none of its choices.

    Source: Mikolov, Chen, Corrado and Dean 2013, "Efficient Estimation of Word Representations in Vector Space", §3.1;
    initial values as in word2vec.c.
    """

    def __init__(
        self,
        vocab_size: int,
        embedding_dim: int,
        *,
        reduce: str = "mean",
        gradient: str = "exact",
        empty: str = "error",
        sparse: bool = False,
        generator: torch.Generator | None = None,
        allocate: Callable[[int, int], Tensor] = torch.empty,
    ) -> None:
        super().__init__()
        for name, value, choices in (
            ("reduce", reduce, ("mean", "sum")),
            ("gradient", gradient, ("exact", "word2vec")),
            ("empty", empty, ("error", "zero")),
        ):
            if value not in choices:
                raise InputError(f"{name} must be {choices[0]!r} or {choices[1]!r}, not {value!r}")
        self.vocab_size = positive_int("vocab_size", vocab_size)
        self.embedding_dim = positive_int("embedding_dim", embedding_dim)
        self.reduce = reduce
        self.gradient = gradient
        self.empty = empty
        self.sparse = sparse
        self.in_embeddings = nn.Parameter(allocate(self.vocab_size, self.embedding_dim))
        self.out_embeddings = nn.Parameter(allocate(self.vocab_size, self.embedding_dim))
        self.reset_parameters(generator)

    def reset_parameters(self, generator: torch.Generator | None = None) -> None:
        init_word2vec_(self.in_embeddings, self.out_embeddings, generator=generator)

    def forward(self, contexts: Tensor, offsets: Tensor | None = None) -> Tensor:
        if self.reduce == "sum":
            return F.embedding_sum(self.in_embeddings, contexts, offsets, empty=self.empty, sparse=self.sparse)
        return F.embedding_mean(
            self.in_embeddings, contexts, offsets, gradient=self.gradient, empty=self.empty, sparse=self.sparse
        )

    def extra_repr(self) -> str:
        return (
            f"{self.vocab_size}, {self.embedding_dim}, reduce={self.reduce!r}, gradient={self.gradient!r},"
            f" empty={self.empty!r}, sparse={self.sparse}"
        )
