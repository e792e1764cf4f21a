"""Batches of training samples, each a function of the seed, the epoch and its number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, NamedTuple, TypeVar

import torch
from torch import Tensor

from torchw2v.checks import one_of, positive_int
from torchw2v.data.encoding import EncodedCorpus
from torchw2v.data.sampling import NEGATIVES, WindowSampler

# Sampling many batches at once spares most of the fixed cost of its tensor operations. No tensor of it holds more than
# NUMBERS_AT_ONCE numbers (32 MiB), unless one batch alone does: 50 to 85 MB in all were measured.
WORDS_AT_ONCE = 1 << 16
NUMBERS_AT_ONCE = 1 << 22


class PairBatch(NamedTuple):
    """The pairs of a stretch of the corpus, for a model that predicts from one word: skip-gram.

    Attributes:
        inputs: (B,) int64.
        targets: (B,) int64.
        negatives: (B, K) int64.
        num_words: words of the corpus in the stretch.
        num_kept: of these, the words that are in the vocabulary and were kept by subsampling.
    """

    inputs: Tensor
    targets: Tensor
    negatives: Tensor
    num_words: int
    num_kept: int

    @property
    def model_inputs(self) -> tuple[Tensor]:
        return (self.inputs,)


class WindowBatch(NamedTuple):
    """The windows of a stretch of the corpus, for a model that predicts from all words around: CBOW.

    Attributes:
        contexts: (N,) int64, the words of the windows, one window after the other.
        offsets: (B,) int64, where in `contexts` each window begins; none is empty.
        targets: (B,) int64.
        negatives: (B, K) int64.
        num_words: words of the corpus in the stretch.
        num_kept: of these, the words that are in the vocabulary and were kept by subsampling.
    """

    contexts: Tensor
    offsets: Tensor
    targets: Tensor
    negatives: Tensor
    num_words: int
    num_kept: int

    @property
    def model_inputs(self) -> tuple[Tensor, Tensor]:
        return self.contexts, self.offsets


Batch = TypeVar("Batch", PairBatch, WindowBatch)


class _Batches(Generic[Batch]):
    """Batch i of an epoch holds the samples whose targets are words i·n to (i + 1)·n of the corpus.

    Batches are sampled several at once; how many changes the speed and the memory needed, never the samples.
    """

    def __init__(self, corpus: EncodedCorpus, sampler: WindowSampler, words_per_batch: int) -> None:
        self.corpus = corpus
        self.sampler = sampler
        self.words_per_batch = positive_int("words_per_batch", words_per_batch)
        numbers_per_word = 2 * sampler.window * max(1, sampler.num_negatives)
        words_at_once = min(WORDS_AT_ONCE, NUMBERS_AT_ONCE // numbers_per_word)
        self._batches_at_once = max(1, words_at_once // self.words_per_batch)

    def __len__(self) -> int:
        return -(-len(self.corpus) // self.words_per_batch)

    def epoch(self, epoch: int, first_batch: int = 0) -> Iterator[Batch]:
        """The batches of an epoch from the one numbered `first_batch`."""
        for first in range(first_batch, len(self), self._batches_at_once):
            last = min(first + self._batches_at_once, len(self))
            bounds = torch.arange(first, last + 1) * self.words_per_batch
            bounds[-1] = min(int(bounds[-1]), len(self.corpus))
            yield from self._sample(bounds, epoch)

    def _sample(self, bounds: Tensor, epoch: int) -> Iterator[Batch]:
        """The batches between the places `bounds` of the corpus."""
        raise NotImplementedError

    def _split(self, bounds: Tensor, positions: Tensor, kept_positions: Tensor) -> Iterator[tuple[slice, int, int]]:
        """For each batch, the samples at `positions` within its bounds, its number of words, and how many were kept."""
        ends = bounds.tolist()
        bounds = bounds.to(self.sampler.device)
        splits = torch.searchsorted(positions, bounds).tolist()
        kept = torch.searchsorted(kept_positions, bounds).tolist()
        for i in range(len(ends) - 1):
            yield slice(splits[i], splits[i + 1]), ends[i + 1] - ends[i], kept[i + 1] - kept[i]


class PairBatches(_Batches[PairBatch]):
    """The pairs of a corpus in batches: batch i of an epoch holds those whose targets are words i·n to (i + 1)·n.

    Args:
        corpus: the text as ids.
        sampler: of windows and negatives.
        words_per_batch: n.
        negatives: "per_pair", or "per_window" for one draw that all pairs of a target share.
    """

    def __init__(
        self, corpus: EncodedCorpus, sampler: WindowSampler, words_per_batch: int, *, negatives: str = "per_pair"
    ) -> None:
        super().__init__(corpus, sampler, words_per_batch)
        self.negatives = one_of("negatives", negatives, NEGATIVES)

    def _sample(self, bounds: Tensor, epoch: int) -> Iterator[PairBatch]:
        start, stop = int(bounds[0]), int(bounds[-1])
        pairs = self.sampler.pairs(self.corpus, start, stop, epoch, negatives=self.negatives)
        for rows, num_words, num_kept in self._split(bounds, pairs.positions, pairs.kept_positions):
            yield PairBatch(pairs.inputs[rows], pairs.targets[rows], pairs.negatives[rows], num_words, num_kept)


class WindowBatches(_Batches[WindowBatch]):
    """The windows of a corpus in batches: batch i of an epoch holds those around the words i·n to (i + 1)·n.

    Args:
        corpus: the text as ids.
        sampler: of windows and negatives.
        words_per_batch: n.
    """

    def _sample(self, bounds: Tensor, epoch: int) -> Iterator[WindowBatch]:
        windows = self.sampler.windows(self.corpus, int(bounds[0]), int(bounds[-1]), epoch)
        begins = torch.cat((windows.offsets, windows.offsets.new_tensor([windows.contexts.numel()])))
        for rows, num_words, num_kept in self._split(bounds, windows.positions, windows.kept_positions):
            offsets = begins[rows.start : rows.stop + 1]
            yield WindowBatch(
                windows.contexts[offsets[0] : offsets[-1]],
                offsets[:-1] - offsets[0],
                windows.targets[rows],
                windows.negatives[rows],
                num_words,
                num_kept,
            )


class Stretch(NamedTuple):
    """The words `start` to `stop` of the corpus in an epoch, for a pass that draws their samples itself."""

    start: int
    stop: int
    epoch: int


class StretchBatches:
    """A corpus cut into stretches: batch i of an epoch is the words i·n to (i + 1)·n.

    Args:
        corpus: the text as ids.
        words_per_batch: n.
    """

    def __init__(self, corpus: EncodedCorpus, words_per_batch: int) -> None:
        self.corpus = corpus
        self.words_per_batch = positive_int("words_per_batch", words_per_batch)

    def __len__(self) -> int:
        return -(-len(self.corpus) // self.words_per_batch)

    def epoch(self, epoch: int, first_batch: int = 0) -> Iterator[Stretch]:
        """The stretches of an epoch from the one numbered `first_batch`; none stays in memory after its turn."""
        for start in range(first_batch * self.words_per_batch, len(self.corpus), self.words_per_batch):
            yield Stretch(start, min(start + self.words_per_batch, len(self.corpus)), epoch)
            self.corpus.give_back()
