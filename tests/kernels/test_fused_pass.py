"""The contract: with one thread a fused pass gives the matrices of sequential SGD through the operations."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import pytest
import torch
from torch import Tensor

from tests.kernels.conftest import VOCABULARY
from tests.kernels.sequential import sequential_sgd
from torchw2v.data import EncodedCorpus, WindowSampler
from torchw2v.errors import InputError
from torchw2v.kernels import FusedPass, Totals, aligned_rows

F64, F32 = torch.float64, torch.float32


def negative_sampling(num_negatives: int, window: int, dim: int, **options: str) -> dict[str, Any]:
    shape = {"num_negatives": num_negatives, "window": window, "embedding_dim": dim}
    return {"architecture": "skipgram", "loss": "negative_sampling", **shape, **options}


# Each of another number of negatives, of vectors or of another type is compiled anew, two seconds, so there is one for
# each way of cutting the work: two output rows, one block, several that are full, several of which one is not full.
# Those of float32 with K = 5 and D = 16 are also what tests of training run.
CASES: list[tuple[torch.dtype, dict[str, Any]]] = [
    (F64, negative_sampling(5, 5, 20)),
    (F64, negative_sampling(12, 8, 33)),
    (F64, negative_sampling(1, 1, 3, negatives="per_pair")),
    (F64, negative_sampling(8, 3, 20, negatives="per_pair")),
    (F64, negative_sampling(5, 4, 20, architecture="cbow")),
    (F64, negative_sampling(5, 1, 20, architecture="cbow", gradient="word2vec")),
    (F64, negative_sampling(5, 4, 20, architecture="cbow", reduce="sum")),
    (F64, negative_sampling(15, 4, 20, architecture="cbow")),
    (F32, negative_sampling(5, 5, 16)),
    (F32, negative_sampling(5, 1, 16)),
    (F32, negative_sampling(14, 3, 20)),
    (F32, negative_sampling(5, 2, 16, negatives="per_pair")),
    (F32, negative_sampling(5, 5, 16, architecture="cbow", gradient="word2vec")),
]
CASES += [
    (dtype, {"architecture": architecture, "loss": "hierarchical_softmax", "window": window, "embedding_dim": dim})
    for dtype, architecture, window, dim in [
        (F64, "skipgram", 5, 20),
        (F64, "cbow", 3, 20),
        (F32, "skipgram", 1, 16),
        (F32, "cbow", 5, 16),
    ]
]
CASES += [
    (F64, {"architecture": architecture, "loss": "softmax", "window": 3, "embedding_dim": 10, "words_per_batch": 50})
    for architecture in ("skipgram", "cbow")
]
# sums in another order, and a σ to rounding
TOLERANCES = {torch.float64: 1e-12, torch.float32: 2e-5}


def make_sampler(corpus: EncodedCorpus, options: dict[str, Any], **settings: Any) -> WindowSampler:
    counts = corpus.counts[:VOCABULARY]
    chosen = {"seed": 3, "sample": 1e-2, "window": options["window"], "num_negatives": options.get("num_negatives", 0)}
    return WindowSampler(counts, **chosen | settings)


def start_matrices(dim: int, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """Large enough that σ bends."""
    generator = torch.Generator().manual_seed(1)
    matrices = aligned_rows(VOCABULARY, dim, dtype), aligned_rows(VOCABULARY, dim, dtype)
    for matrix in matrices:
        matrix.copy_(torch.randn(VOCABULARY, dim, generator=generator, dtype=torch.float64) / dim**0.25)
    return matrices


def fused(corpus: EncodedCorpus, sampler: WindowSampler, options: dict[str, Any], threads: int = 1) -> FusedPass:
    names = ("architecture", "loss", "negatives", "reduce", "gradient", "words_per_batch")
    return FusedPass(corpus, sampler, threads=threads, **{name: options[name] for name in names if name in options})


def name(case: object) -> str:
    return "-".join(map(str, case.values())) if isinstance(case, dict) else str(case)


@pytest.mark.parametrize(("dtype", "options"), CASES, ids=name)
def test_equals_sequential_sgd(corpus: EncodedCorpus, options: dict[str, Any], dtype: torch.dtype) -> None:
    sampler = make_sampler(corpus, options)
    dim = options["embedding_dim"]
    matrices, expected = start_matrices(dim, dtype), start_matrices(dim, dtype)
    rate = {"learning_rate": 0.05, "slope": -3e-5}
    start, stop, epoch = 5, len(corpus) - 3, 2
    totals = fused(corpus, sampler, options)(*matrices, start, stop, epoch, **rate)
    chosen = {
        name: value for name, value in options.items() if name not in ("num_negatives", "window", "embedding_dim")
    }
    wanted = sequential_sgd(*expected, corpus, sampler, start, stop, epoch, **rate, **chosen)
    tolerance = TOLERANCES[dtype]
    for matrix, target in zip(matrices, expected, strict=True):
        assert not torch.equal(target, start_matrices(dim, dtype)[0])
        torch.testing.assert_close(matrix, target, rtol=tolerance, atol=tolerance)
    assert totals[1:] == wanted[1:]
    assert totals.loss == pytest.approx(wanted[0], rel=tolerance)
    assert isinstance(totals, Totals)


def train(
    corpus: EncodedCorpus, options: dict[str, Any], cuts: list[int], threads: int = 1, dtype: torch.dtype = F32
) -> Any:
    matrices = start_matrices(options["embedding_dim"], dtype)
    fused_pass = fused(corpus, make_sampler(corpus, options), options, threads)
    totals = [fused_pass(*matrices, start, stop, 0, learning_rate=0.05, slope=-3e-5) for start, stop in pairwise(cuts)]
    return matrices, [sum(values) for values in zip(*totals, strict=True)]


@pytest.mark.parametrize("options", [negative_sampling(5, 5, 16), CASES[-1][1]], ids=name)
def test_the_same_bits_however_the_corpus_is_cut(corpus: EncodedCorpus, options: dict[str, Any]) -> None:
    whole, totals = train(corpus, options, [0, len(corpus)])
    pieces, sums = train(corpus, options, [0, 50, 100, 350, 400, 900, len(corpus)])
    assert all(torch.equal(one, other) for one, other in zip(whole, pieces, strict=True))
    assert sums[1:] == totals[1:]
    assert sums[0] == pytest.approx(totals[0])


def test_samples_are_the_same_for_any_number_of_threads(corpus: EncodedCorpus) -> None:
    """With a rate of 0 the loss is that of the samples alone."""
    options = negative_sampling(5, 5, 16)
    sampler = make_sampler(corpus, options)
    results = [
        FusedPass(corpus, sampler, threads=threads)(*start_matrices(16, F32), 0, len(corpus), 1, learning_rate=0.0)
        for threads in (1, 2, 5)
    ]
    assert results[0][1:] == results[1][1:] == results[2][1:]
    assert results[1].loss == pytest.approx(results[0].loss, rel=1e-6)
    assert results[2].loss == pytest.approx(results[0].loss, rel=1e-6)


@pytest.mark.parametrize("architecture", ["skipgram", "cbow"])
def test_copies_of_nodes_come_together(corpus: EncodedCorpus, architecture: str) -> None:
    """Each of two threads has copies of the nodes near the root; what it adds to them must not be lost."""
    options = {"architecture": architecture, "loss": "hierarchical_softmax", "window": 5, "embedding_dim": 20}
    start = start_matrices(20, F64)
    (one, _), (two, _) = (train(corpus, options, [0, len(corpus)], threads, F64) for threads in (1, 2))
    for before, alone, together in zip(start, one, two, strict=True):
        change = alone - before
        assert (together - alone).norm() < 0.3 * change.norm()
        assert change[:-1].norm(dim=1).min() > 0 or before is start[0]  # every node was moved


def test_any_matrix_will_do(corpus: EncodedCorpus) -> None:
    """Rows that are not filled up, and rows beside which other numbers stand, which must stay."""
    options = negative_sampling(5, 5, 15)
    sampler = make_sampler(corpus, options)
    aligned = start_matrices(15, F32)
    plain = [matrix.contiguous() for matrix in start_matrices(15, F32)]
    wide = [torch.full((VOCABULARY, 16), 7.0) for _ in plain]
    beside = [matrix[:, :15].copy_(start) for matrix, start in zip(wide, plain, strict=True)]
    for matrices in (aligned, plain, beside):
        FusedPass(corpus, sampler, threads=1)(*matrices, 0, len(corpus), 0, learning_rate=0.05)
    for i in range(2):
        assert torch.equal(aligned[i], plain[i])
        assert torch.equal(aligned[i], beside[i])
        assert bool((wide[i][:, 15] == 7).all())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"start": 9, "stop": 9}, "must lie in order"),
        ({"stop": 10**9}, "must lie in order"),
        ({"rows": 5}, r"in_embeddings must be a matrix of 30 rows of float32 or float64, not .* of shape \(5, 16\)"),
        ({"dtype": torch.int32}, "of float32 or float64, not torch.int32"),
        ({"dtype": torch.float16}, "of float32 or float64, not torch.float16"),
    ],
)
def test_refuses_what_does_not_fit(corpus: EncodedCorpus, change: dict[str, Any], message: str) -> None:
    rows, dtype = change.get("rows", VOCABULARY), change.get("dtype", F32)
    matrices = torch.zeros(rows, 16, dtype=dtype), torch.zeros(rows, 16, dtype=dtype)
    fused_pass = FusedPass(corpus, make_sampler(corpus, negative_sampling(5, 5, 16)))
    with pytest.raises(InputError, match=message):
        fused_pass(*matrices, change.get("start", 0), change.get("stop", len(corpus)), 0, learning_rate=0.1)


def test_not_a_number_is_reported(corpus: EncodedCorpus) -> None:
    options = negative_sampling(5, 5, 16)
    matrices = start_matrices(16, F32)
    matrices[0][0] = torch.nan
    totals = fused(corpus, make_sampler(corpus, options), options)(*matrices, 0, len(corpus), 0, learning_rate=0.1)
    assert math.isnan(totals.loss)
