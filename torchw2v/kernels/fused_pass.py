"""Word2vec's training loop over a stretch of a corpus, for every model and loss."""

from __future__ import annotations

import warnings
import weakref
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from torch import Tensor

from torchw2v.checks import finite, one_of, positive_int
from torchw2v.compiled.availability import why_not
from torchw2v.data.encoding import EncodedCorpus
from torchw2v.data.huffman import HuffmanTree
from torchw2v.data.sampling import NEGATIVES, Pairs, Windows, WindowSampler
from torchw2v.errors import InputError
from torchw2v.kernels import full_softmax, library  # noqa: F401  # register the operations
from torchw2v.kernels.aligned import aligned_rows, padded_view
from torchw2v.threads import usable_cores

if TYPE_CHECKING:
    from torchw2v.kernels.cpu.plan import Plan

ARCHITECTURES = ("skipgram", "cbow")
LOSSES = ("negative_sampling", "softmax", "hierarchical_softmax")
REDUCTIONS = ("mean", "sum")
GRADIENTS = ("exact", "word2vec")


class Totals(NamedTuple):
    """Of a stretch.

    Attributes:
        loss: summed over the examples, in nats, each taken before its own step.
        num_examples: pairs (skip-gram) or windows (CBOW).
        num_kept: words kept by vocabulary and subsampling.
    """

    loss: float
    num_examples: int
    num_kept: int


class FusedPass:
    """Stochastic gradient descent, in place, over the targets of a stretch of a corpus.

    What a step is: skip-gram with negatives `per_window`: all pairs of a window; with negatives `per_pair`, or with
    hierarchical softmax: a pair; CBOW: a window; with the softmax over the vocabulary: `words_per_batch` words. All
    gradients of a step are taken at the values before it, and added up where a word stands more than once. So with one
    thread the matrices are those of `torch.optim.SGD` on the operations of `torchw2v.functional`, up to rounding.

    The draws are those of the sampler, for any number of threads and however a corpus is cut into stretches.

    Args:
        corpus: the text as ids.
        sampler: of windows and negatives.
        architecture: "skipgram" or "cbow".
        loss: "negative_sampling", "softmax" or "hierarchical_softmax".
        negatives: "per_window" or "per_pair", of skip-gram with negative sampling; see `WindowSampler`.
        reduce: of CBOW: "mean" or "sum" of the window's rows.
        gradient: of CBOW: "exact", or "word2vec" for the full gradient of the mean to each row.
        words_per_batch: of the softmax over the vocabulary.
        threads: None takes one for each core this process may use. The softmax takes those of torch.

    Raises:
        InputError: a setting out of range, or numba is missing.
    """

    def __init__(
        self,
        corpus: EncodedCorpus,
        sampler: WindowSampler,
        *,
        architecture: str = "skipgram",
        loss: str = "negative_sampling",
        negatives: str = "per_window",
        reduce: str = "mean",
        gradient: str = "exact",
        words_per_batch: int = 128,
        threads: int | None = None,
    ) -> None:
        self.corpus = corpus
        self.sampler = sampler
        self.architecture = one_of("architecture", architecture, ARCHITECTURES)
        self.loss = one_of("loss", loss, LOSSES)
        one_of("negatives", negatives, NEGATIVES)
        self.mean = one_of("reduce", reduce, REDUCTIONS) == "mean"
        self.share_gradient = one_of("gradient", gradient, GRADIENTS) == "exact"
        self.words_per_batch = positive_int("words_per_batch", words_per_batch)
        self.threads = positive_int("threads", threads) if threads is not None else usable_cores()
        if architecture == "cbow":
            self.inputs = "mean"
        else:
            self.inputs = "pair" if negatives == "per_pair" or loss == "hierarchical_softmax" else "window"
        self._text = _tensor(corpus.ids), _tensor(corpus.offsets), sampler.keep_units
        # by its identity, a matrix whose rows are filled up with zeros, and its version then
        self._looked_at: dict[int, tuple[weakref.ref[Tensor], int]] = {}
        if loss != "softmax":
            need_numba()
        self._outputs: tuple[Tensor, ...] = ()
        if loss == "negative_sampling":
            self._outputs = sampler.noise.packed, sampler.noise.cumulative_mass
        elif loss == "hierarchical_softmax":
            self._outputs = huffman_paths(HuffmanTree(sampler.counts))

    def compile(self, in_embeddings: Tensor, out_embeddings: Tensor) -> None:
        """What the first call would do first: compile the loop for matrices like these, or find it in the cache."""
        self._check(in_embeddings, out_embeddings)
        if self.loss != "softmax":
            from torchw2v.kernels.cpu.train import compile_pass

            compile_pass(self._plan(in_embeddings))

    def is_compiled(self, in_embeddings: Tensor, out_embeddings: Tensor) -> bool:
        """Whether `compile` has little to do."""
        self._check(in_embeddings, out_embeddings)
        if self.loss == "softmax":
            return True
        from torchw2v.kernels.cpu.compilation import is_compiled

        return is_compiled(self._plan(in_embeddings))

    @staticmethod
    def keeps_code() -> bool:
        """Whether what `compile` makes is kept for other processes: in a folder of this user, and nobody else."""
        from torchw2v.compiled.kept_code import code_folder

        return code_folder() is not None

    def __call__(
        self,
        in_embeddings: Tensor,
        out_embeddings: Tensor,
        start: int,
        stop: int,
        epoch: int,
        *,
        learning_rate: float,
        slope: float = 0.0,
    ) -> Totals:
        """Train on the targets from place `start` to `stop` of the corpus.

        Args:
            in_embeddings: (V, D) float32 or float64; fastest as `aligned_rows` makes it.
            out_embeddings: (V, D).
            start: the first place.
            stop: the place after the last one.
            epoch: of the run, for the draws.
            learning_rate: of a target at place 0.
            slope: what it gains from one place to the next: that of a target at place p is learning_rate + slope · p.

        Raises:
            InputError: places outside the corpus, a rate that is not finite, or matrices that do not fit.
        """
        if not 0 <= start < stop <= len(self.corpus):
            raise InputError(f"start and stop must lie in order in 0..{len(self.corpus)}, not at {start} and {stop}")
        finite("learning_rate", learning_rate)
        finite("slope", slope)
        self._check(in_embeddings, out_embeddings)
        matrices = in_embeddings, out_embeddings
        if self.loss == "softmax":
            return self._softmax([matrix.detach() for matrix in matrices], start, stop, epoch, learning_rate, slope)
        views = [self._view(matrix) for matrix in matrices]
        totals = self._run(views, start, stop, epoch, learning_rate, slope)
        for matrix, view in zip(matrices, views, strict=True):
            if view.data_ptr() != matrix.data_ptr():
                matrix.detach().copy_(view[:, : matrix.shape[1]])
        return totals

    def _check(self, in_embeddings: Tensor, out_embeddings: Tensor) -> None:
        rows = self.sampler.vocab_size
        for name, matrix in (("in_embeddings", in_embeddings), ("out_embeddings", out_embeddings)):
            if matrix.ndim != 2 or len(matrix) != rows or matrix.dtype not in (torch.float32, torch.float64):
                raise InputError(
                    f"{name} must be a matrix of {rows:,} rows of float32 or float64, not {matrix.dtype} of shape "
                    f"{tuple(matrix.shape)}"
                )
        if in_embeddings.shape != out_embeddings.shape or in_embeddings.dtype != out_embeddings.dtype:
            raise InputError(
                f"in_embeddings ({in_embeddings.shape[1]} columns of {in_embeddings.dtype}) and out_embeddings "
                f"({out_embeddings.shape[1]} of {out_embeddings.dtype}) must have the same columns and dtype"
            )
        if in_embeddings.data_ptr() == out_embeddings.data_ptr():
            raise InputError("in_embeddings and out_embeddings must be two matrices, not one")

    def _plan(self, matrix: Tensor) -> Plan:
        from torchw2v.kernels.cpu.train import make_plan

        negatives = self.sampler.num_negatives if self.loss == "negative_sampling" else None
        return make_plan(self.inputs, negatives, matrix.shape[1], matrix.dtype)

    def _view(self, matrix: Tensor) -> Tensor:
        """The matrix with its rows filled up, or a copy that has them.

        Reading all that fills rows up takes time, so it is done again only after torch changed the matrix.
        """
        version = -1 if matrix.is_inference() else matrix._version
        known, known_version = self._looked_at.get(id(matrix), (None, -1))
        look = known is None or known() is not matrix or version < 0 or version != known_version
        view = padded_view(matrix, look=look)
        if view is None:
            copy = aligned_rows(matrix.shape[0], matrix.shape[1], matrix.dtype)
            copy.copy_(matrix)
            return filled_rows(copy)
        if look:
            if len(self._looked_at) >= 2:
                self._looked_at.clear()  # these are other matrices than before
            self._looked_at[id(matrix)] = weakref.ref(matrix), version
        return view

    def _run(self, matrices: Sequence[Tensor], start: int, stop: int, epoch: int, rate: float, slope: float) -> Totals:
        sampler = self.sampler
        shared = {
            "start": start,
            "stop": stop,
            "seed": sampler.seed,
            "epoch": epoch,
            "window": sampler.window,
            "inputs": self.inputs,
            "rate": rate,
            "slope": slope,
            "threads": self.threads,
            "mean": self.mean,
            "share_gradient": self.mean and self.share_gradient,
        }
        tensors = *matrices, *self._text, *self._outputs
        if self.loss == "negative_sampling":
            totals = torch.ops.torchw2v.negative_sampling_pass(*tensors, num_negatives=sampler.num_negatives, **shared)
        else:
            totals = torch.ops.torchw2v.hierarchical_softmax_pass(*tensors, **shared)
        loss, examples, kept = totals.tolist()
        return Totals(loss, int(examples), int(kept))

    def _softmax(
        self,
        matrices: Sequence[Tensor],
        start: int,
        stop: int,
        epoch: int,
        rate: float,
        slope: float,
    ) -> Totals:
        loss, examples, kept, place = 0.0, 0, 0, start
        while place < stop:
            # cut where batches end however the corpus is cut into stretches
            end = min((place // self.words_per_batch + 1) * self.words_per_batch, stop)
            samples: Pairs | Windows
            if self.architecture == "skipgram":
                pairs = self.sampler.pairs(self.corpus, place, end, epoch)
                contexts, offsets, samples = pairs.inputs, torch.arange(pairs.inputs.numel()), pairs
            else:
                windows = self.sampler.windows(self.corpus, place, end, epoch)
                contexts, offsets, samples = windows.contexts, windows.offsets, windows
            if samples.targets.numel():
                step = torch.ops.torchw2v.full_softmax_step(
                    *matrices, contexts, offsets, samples.targets, rate + slope * place,
                    self.mean, self.mean and self.share_gradient,
                )  # fmt: skip
                loss += step.item()
            examples += samples.targets.numel()
            kept += int(((samples.kept_positions >= place) & (samples.kept_positions < end)).sum())
            place = end
        return Totals(loss, examples, kept)


def filled_rows(matrix: Tensor) -> Tensor:
    """All of a matrix from `aligned_rows`."""
    view = padded_view(matrix)
    assert view is not None
    return view


def _tensor(array: np.ndarray) -> Tensor:
    """The same memory; nothing here writes to it, of which torch would warn."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The given NumPy array is not writable")
        return torch.from_numpy(array)


def need_numba() -> None:
    """InputError where numba is missing, or told not to compile; does not import it, which takes time."""
    if missing := why_not():
        raise InputError(f"engine=fused needs {missing}, or take engine=autograd")


def huffman_paths(tree: HuffmanTree) -> tuple[Tensor, Tensor, Tensor]:
    """Paths one after the other: where each begins, points, 1 or −1 for the codes 0 or 1."""
    inside = tree.codes >= 0
    begins = torch.zeros(len(tree) + 1, dtype=torch.int64)
    torch.cumsum(tree.lengths, 0, out=begins[1:])
    return begins, tree.points[inside], (1 - 2 * tree.codes[inside]).to(torch.int8)
