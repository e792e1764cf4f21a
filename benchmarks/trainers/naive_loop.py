"""The loop that one would write: nn.Embedding, F.logsigmoid, torch.optim.SGD, skip-gram with negative sampling.

It is given our batches, which a loop of the tutorials would have to draw in Python as well, far more slowly; drawing
them counts as part of the training, as it does for all others.
"""

from __future__ import annotations

import time

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from benchmarks.rounds import Sample
from benchmarks.settings import Settings
from benchmarks.torch_threads import torch_threads
from torchw2v.data import EncodedCorpus, WindowSampler
from torchw2v.data.batches import PairBatch, PairBatches
from torchw2v.nn import SkipGram

NAME = "nn.Embedding"
WORDS_PER_BATCH = 1024


class NaiveModel(nn.Module):
    """Sum of the losses of a batch of pairs."""

    def __init__(self, vocab_size: int, dim: int, *, sparse: bool) -> None:
        super().__init__()
        start = SkipGram(vocab_size, dim, generator=torch.Generator().manual_seed(0))
        self.inputs = nn.Embedding(vocab_size, dim, sparse=sparse, _weight=start.in_embeddings.detach().clone())
        self.outputs = nn.Embedding(vocab_size, dim, sparse=sparse, _weight=start.out_embeddings.detach().clone())

    def forward(self, batch: PairBatch) -> Tensor:
        v = self.inputs(batch.inputs)
        target = (self.outputs(batch.targets) * v).sum(1)
        negatives = torch.bmm(self.outputs(batch.negatives), v.unsqueeze(2)).squeeze(2)
        return -(F.logsigmoid(target).sum() + F.logsigmoid(-negatives).sum())


class NaiveLoop:
    """One epoch after the other, in as many steps as are asked for.

    With sparse gradients, the faster way, and one thread or all, whichever is faster at first: on a busy machine
    several threads of torch's mostly wait for each other.
    """

    def __init__(self, corpus: EncodedCorpus, sampler: WindowSampler, settings: Settings, *, threads: int) -> None:
        self.batches = PairBatches(corpus, sampler, WORDS_PER_BATCH)
        self.model = NaiveModel(sampler.vocab_size, settings.embedding_dim, sparse=True)
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=settings.word2vec_rate)
        self._next = 0
        self._run(WORDS_PER_BATCH, 1)  # what torch does once
        self.threads = max((1, threads), key=lambda number: self._run(10 * WORDS_PER_BATCH, number).speed)

    def train(self, words: int) -> Sample:
        return self._run(words, self.threads)

    def _run(self, words: int, threads: int) -> Sample:
        with torch_threads(threads):
            start, done = time.perf_counter(), 0
            while done < words:
                epoch, first = divmod(self._next, len(self.batches))
                for batch in self.batches.epoch(epoch, first):
                    self.optimizer.zero_grad()
                    self.model(batch).backward()
                    self.optimizer.step()
                    self._next += 1
                    done += batch.num_words
                    if done >= words:
                        break
            return Sample(time.perf_counter() - start, done)
