"""Batches of pairs, each a function of the seed, the epoch and its number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from torchw2v.checks import positive_int
from torchw2v.data.encoding import EncodedCorpus
from torchw2v.data.sampling import WindowSampler

# Sampling many batches at once spares most of the fixed cost of its tensor operations. No tensor of it holds more than
# NUMBERS_AT_ONCE numbers (32 MiB), unless one batch alone does: 50 to 85 MB in all were measured.
WORDS_AT_ONCE = 1 << 16
NUMBERS_AT_ONCE = 1 << 22


class PairBatch(NamedTuple):
    """The pairs of a stretch of the corpus.

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


class PairBatches:
    """The batches of an epoch: batch i holds the pairs whose targets are words i·n to (i + 1)·n of the corpus.

    Batches are sampled several at once; how many changes the speed and the memory needed, never the pairs.
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

    def epoch(self, epoch: int, first_batch: int = 0) -> Iterator[PairBatch]:
        """The batches of an epoch from the one numbered `first_batch`."""
        for first in range(first_batch, len(self), self._batches_at_once):
            yield from self._sample(epoch, first, min(first + self._batches_at_once, len(self)))

    def _sample(self, epoch: int, first: int, last: int) -> Iterator[PairBatch]:
        bounds = torch.arange(first, last + 1) * self.words_per_batch
        bounds[-1] = min(int(bounds[-1]), len(self.corpus))
        pairs = self.sampler.pairs(self.corpus, int(bounds[0]), int(bounds[-1]), epoch)
        bounds = bounds.to(self.sampler.device)
        splits = torch.searchsorted(pairs.positions, bounds).tolist()
        kept = torch.searchsorted(pairs.kept_positions, bounds).tolist()
        ends = bounds.tolist()
        for i in range(last - first):
            rows = slice(splits[i], splits[i + 1])
            yield PairBatch(
                pairs.inputs[rows],
                pairs.targets[rows],
                pairs.negatives[rows],
                num_words=ends[i + 1] - ends[i],
                num_kept=kept[i + 1] - kept[i],
            )
