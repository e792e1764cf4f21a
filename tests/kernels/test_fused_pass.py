"""The contract: with one thread a fused pass gives the matrices of sequential SGD through the operations."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch
from torch import Tensor

from tests.kernels.conftest import VOCABULARY
from tests.kernels.sequential import sequential_sgd
from torchw2v.data import EncodedCorpus, HuffmanTree, WindowSampler
from torchw2v.errors import InputError
from torchw2v.kernels import FusedPass, Totals, aligned_rows, full_softmax
from torchw2v.kernels.cpu import scratch
from torchw2v.kernels.cpu import train as cpu_train

F64, F32 = torch.float64, torch.float32


def negative_sampling(num_negatives: int, window: int, dim: int, **options: str) -> dict[str, Any]:
    shape = {"num_negatives": num_negatives, "window": window, "embedding_dim": dim}
    return {"architecture": "skipgram", "loss": "negative_sampling", **shape, **options}


# Each of another number of negatives, of vectors or of another type is compiled anew, two seconds, so there is one for
# each way of cutting the work: one output row, one block, several that are full, several of which one is not full.
# Those of float32 with K = 5 and D = 16 are also what tests of training run.
CASES: list[tuple[torch.dtype, dict[str, Any]]] = [
    (F64, negative_sampling(5, 5, 20)),
    (F64, negative_sampling(12, 8, 33)),
    (F64, negative_sampling(0, 2, 1, negatives="per_pair")),
    (F64, negative_sampling(8, 3, 20, negatives="per_pair")),
    (F64, negative_sampling(11, 4, 20, architecture="cbow")),
    (F64, negative_sampling(11, 1, 20, architecture="cbow", gradient="word2vec")),
    (F64, negative_sampling(11, 4, 20, architecture="cbow", reduce="sum")),
    (F32, negative_sampling(5, 5, 16)),
    (F32, negative_sampling(5, 1, 16)),
    (F32, negative_sampling(14, 3, 20)),
    (F32, negative_sampling(5, 2, 16, negatives="per_pair")),
    (F32, negative_sampling(5, 5, 16, architecture="cbow", gradient="word2vec")),
    (F32, negative_sampling(5, 2, 16, architecture="cbow", reduce="sum")),
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


def make_sampler(corpus: EncodedCorpus, options: dict[str, Any], counts: npt.ArrayLike | None = None) -> WindowSampler:
    return WindowSampler(
        corpus.counts[:VOCABULARY] if counts is None else counts,
        seed=3,
        sample=1e-2,
        window=options["window"],
        num_negatives=options.get("num_negatives", 0),
    )


def start_matrices(dim: int, dtype: torch.dtype, rows: int = VOCABULARY) -> tuple[Tensor, Tensor]:
    """Large enough that σ bends."""
    generator = torch.Generator().manual_seed(1)
    matrices = aligned_rows(rows, dim, dtype), aligned_rows(rows, dim, dtype)
    for matrix in matrices:
        matrix.copy_(torch.randn(rows, dim, generator=generator, dtype=torch.float64) / dim**0.25)
    return matrices


def fused(corpus: EncodedCorpus, sampler: WindowSampler, options: dict[str, Any], threads: int = 1) -> FusedPass:
    names = ("architecture", "loss", "negatives", "reduce", "gradient", "words_per_batch")
    return FusedPass(corpus, sampler, threads=threads, **{name: options[name] for name in names if name in options})


def name(case: object) -> str:
    return "-".join(map(str, case.values())) if isinstance(case, dict) else str(case)


def assert_equal_to_sgd(
    corpus: EncodedCorpus,
    options: dict[str, Any],
    dtype: torch.dtype,
    *,
    counts: npt.ArrayLike | None = None,
    start: int = 500,
    stop: int | None = None,
) -> None:
    sampler = make_sampler(corpus, options, counts)
    dim, rows = options["embedding_dim"], sampler.vocab_size
    matrices, expected = start_matrices(dim, dtype, rows), start_matrices(dim, dtype, rows)
    rate = {"learning_rate": 0.05, "slope": -3e-5}
    stretch = start, len(corpus) - 3 if stop is None else stop, 2
    totals = fused(corpus, sampler, options)(*matrices, *stretch, **rate)
    chosen = {
        name: value for name, value in options.items() if name not in ("num_negatives", "window", "embedding_dim")
    }
    wanted = sequential_sgd(*expected, corpus, sampler, *stretch, **rate, **chosen)
    tolerance = TOLERANCES[dtype]
    for matrix, target, before in zip(matrices, expected, start_matrices(dim, dtype, rows), strict=True):
        assert not torch.equal(target, before)
        torch.testing.assert_close(matrix, target, rtol=tolerance, atol=tolerance)
    assert totals[1:] == wanted[1:]
    assert totals.loss == pytest.approx(wanted[0], rel=tolerance)
    assert isinstance(totals, Totals)


@pytest.mark.parametrize(("dtype", "options"), CASES, ids=name)
def test_equals_sequential_sgd(
    corpus: EncodedCorpus, options: dict[str, Any], dtype: torch.dtype, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scratch, "_TILE", 100)  # several tiles
    assert_equal_to_sgd(corpus, options, dtype)


@pytest.mark.parametrize(
    ("dtype", "options"),
    [
        (F64, negative_sampling(5, 5, 20)),
        (F64, {"architecture": "skipgram", "loss": "hierarchical_softmax", "window": 5, "embedding_dim": 20}),
        (F32, negative_sampling(5, 5, 16)),
    ],
    ids=name,
)
def test_equals_it_with_vectors_of_32_bytes(
    corpus: EncodedCorpus, options: dict[str, Any], dtype: torch.dtype, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As AVX2 and NEON have them, so that a float64 vector has no room for the scores of K = 5."""
    monkeypatch.setattr("torchw2v.kernels.cpu.train.host_lanes", lambda: 8)
    assert_equal_to_sgd(corpus, options, dtype)


@pytest.mark.parametrize("architecture", ["skipgram", "cbow"])
def test_equals_it_on_paths_of_several_blocks(corpus: EncodedCorpus, architecture: str) -> None:
    """Of counts that double, each word hangs on the way to the next: the longest path has all nodes."""
    counts = 2 ** np.arange(VOCABULARY)[::-1]
    options = {"architecture": architecture, "loss": "hierarchical_softmax", "window": 5, "embedding_dim": 16}
    assert HuffmanTree(counts).lengths.max() == VOCABULARY - 1
    assert_equal_to_sgd(corpus, options, F32, counts=counts, start=300, stop=600)


@pytest.mark.parametrize(
    "options",
    [
        negative_sampling(5, 5, 20),
        {"architecture": "skipgram", "loss": "hierarchical_softmax", "window": 5, "embedding_dim": 20},
    ],
    ids=name,
)
def test_equals_it_with_two_words(corpus: EncodedCorpus, options: dict[str, Any]) -> None:
    assert_equal_to_sgd(corpus, options, F64, counts=[3, 2])


@pytest.mark.parametrize("negatives", ["per_window", "per_pair"])
def test_equals_it_with_windows_longer_than_sentences(
    corpus: EncodedCorpus, negatives: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No table is as long as the window: a word of 500 in a sentence has 499 others."""
    made = []

    class Scratch(scratch.Scratch):
        def __init__(self, *sizes: Any, **options: Any) -> None:
            super().__init__(*sizes, **options)
            made.append(self)

    monkeypatch.setattr(cpu_train, "Scratch", Scratch)
    assert_equal_to_sgd(corpus, negative_sampling(5, 100_000, 16, negatives=negatives), F32, start=305, stop=350)
    assert sum(table.nbytes for table in made[0]._tables) < 1 << 23


@pytest.mark.parametrize("options", [options for _, options in CASES if options["loss"] == "softmax"], ids=name)
def test_equals_it_with_several_blocks_of_the_vocabulary(
    corpus: EncodedCorpus, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """For the 50 windows of a step 7 rows at once, of its pairs fewer."""
    monkeypatch.setattr(full_softmax, "BLOCK_NUMBERS", 350)
    assert_equal_to_sgd(corpus, options, F64)


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


def test_numbers_that_come_to_stand_beside_rows_stay(corpus: EncodedCorpus) -> None:
    """Zeros there are taken for what fills rows up, until they are zeros no more."""
    options = negative_sampling(5, 5, 15)
    aligned, wide = start_matrices(15, F32), [torch.zeros(VOCABULARY, 16) for _ in range(2)]
    beside = [matrix[:, :15].copy_(start) for matrix, start in zip(wide, aligned, strict=True)]
    passes = [FusedPass(corpus, make_sampler(corpus, options), threads=1) for _ in (aligned, beside)]
    for number in (0, 7, 0):
        for matrix in wide:
            matrix[:, 15] = number
        for fused_pass, matrices in zip(passes, (aligned, beside), strict=True):
            fused_pass(*matrices, 0, len(corpus), 0, learning_rate=0.05)
        for i in range(2):
            assert torch.equal(aligned[i], beside[i])
            assert bool((wide[i][:, 15] == number).all())


def matrix(rows: int = VOCABULARY, dim: int = 16, dtype: torch.dtype = F32) -> Tensor:
    return torch.zeros(rows, dim, dtype=dtype)


SAME = matrix()


@pytest.mark.parametrize(
    ("matrices", "change", "message"),
    [
        ((matrix(), matrix()), {"start": 9, "stop": 9}, "must lie in order"),
        ((matrix(), matrix()), {"stop": 10**9}, "must lie in order"),
        ((matrix(), matrix()), {"learning_rate": math.nan}, "learning_rate must be a finite number, not nan"),
        ((matrix(), matrix()), {"learning_rate": math.inf}, "learning_rate must be a finite number, not inf"),
        ((matrix(), matrix()), {"slope": -math.inf}, "slope must be a finite number, not -inf"),
        ((matrix(5), matrix(5)), {}, r"in_embeddings must be a matrix of 30 rows of float32 or float64, .* \(5, 16\)"),
        ((matrix(dtype=torch.int32), matrix()), {}, "of float32 or float64, not torch.int32"),
        ((matrix(), matrix(dtype=torch.float16)), {}, "out_embeddings .* of float32 or float64, not torch.float16"),
        ((matrix(), matrix(dtype=F64)), {}, "must have the same columns and dtype"),
        ((matrix(), matrix(dim=15)), {}, r"in_embeddings \(16 columns of torch.float32\) and out_embeddings \(15 of"),
        ((aligned_rows(30, 20), aligned_rows(30, 19)), {}, "must have the same columns and dtype"),
        ((SAME, SAME), {}, "must be two matrices, not one"),
        ((SAME, SAME.detach()), {}, "must be two matrices, not one"),
    ],
)
@pytest.mark.parametrize("loss", ["negative_sampling", "softmax"])
def test_refuses_what_does_not_fit(
    corpus: EncodedCorpus, matrices: tuple[Tensor, Tensor], change: dict[str, Any], message: str, loss: str
) -> None:
    fused_pass = FusedPass(corpus, make_sampler(corpus, negative_sampling(5, 5, 16)), loss=loss)
    chosen = {"start": 0, "stop": len(corpus), "learning_rate": 0.1} | change
    with pytest.raises(InputError, match=message):
        fused_pass(*matrices, epoch=0, **chosen)


def test_not_a_number_is_reported(corpus: EncodedCorpus) -> None:
    options = negative_sampling(5, 5, 16)
    matrices = start_matrices(16, F32)
    matrices[0][0] = torch.nan
    totals = fused(corpus, make_sampler(corpus, options), options)(*matrices, 0, len(corpus), 0, learning_rate=0.1)
    assert math.isnan(totals.loss)
