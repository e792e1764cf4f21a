"""The steps of engine=autograd beside the loop that one would write with nn.Embedding and F.logsigmoid.

All of them train on the same batches, in turn: each round takes the next `--steps` batches. Forward, backward and step
count, drawing the samples does not. The loss is of batches that none has seen, so that what is compared is known to
learn the same.
"""

from __future__ import annotations

import argparse
import itertools
import time
from collections.abc import Iterator, Sequence
from functools import partial

import torch
from torch import Tensor, nn

from benchmarks.frame import Session
from benchmarks.report import Figure, Measurement, Table
from benchmarks.rounds import Sample, alternate
from benchmarks.torch_threads import torch_threads
from benchmarks.trainers.naive_loop import NaiveModel
from torchw2v.data import WindowSampler
from torchw2v.data.batches import PairBatch, PairBatches
from torchw2v.nn import NegativeSampling, SkipGram
from torchw2v.optim import RowSGD

ROUNDS, THREADS = 15, 1
OURS = "ours"
UNSEEN = 20  # batches


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--steps", type=int, default=20, help="batches for each in a round")
    parser.add_argument("--words", type=int, default=1024, help="words of the corpus in a batch")
    parser.add_argument("--dim", type=int, default=100)
    parser.add_argument("--learning-rate", type=float, default=0.025)


def measure(arguments: argparse.Namespace, session: Session) -> Measurement:
    vocabulary = session.corpus.vocabulary()
    batches = PairBatches(session.corpus, WindowSampler(vocabulary.counts), arguments.words)
    size, dim = len(vocabulary), arguments.dim
    loops = {
        OURS: _Loop(_Ours(size, dim), RowSGD, arguments.learning_rate),
        "nn.Embedding, sparse": _Loop(NaiveModel(size, dim, sparse=True), torch.optim.SGD, arguments.learning_rate),
        "nn.Embedding, dense": _Loop(NaiveModel(size, dim, sparse=False), torch.optim.SGD, arguments.learning_rate),
    }
    samples = _Samples(batches)
    data = [samples.next(arguments.steps) for _ in range(session.rounds + 1)]
    runs = {name: partial(_run, loop, iter(data)) for name, loop in loops.items()}
    with torch_threads(session.own.threads):
        rounds = alternate(runs, session.rounds, tell=session.tell)
    unseen = samples.next(UNSEEN)
    losses = {name: loop.loss(unseen) for name, loop in loops.items()}

    rows, figures = [], []
    for name in loops:
        ratio = rounds.times_as_fast(OURS, name)
        rows.append([name, f"{rounds.speed(name):,.0f}", str(ratio), f"{losses[name]:.4f}"])
        if name != OURS:
            figures.append(Figure(f"steps of engine=autograd: time of {name} over ours", ratio))
    pairs = sum(batch.inputs.numel() for some in data for batch in some) / len(data) / arguments.steps
    line = f"V={size:,}, D={dim}, K=5, {pairs:,.0f} pairs a batch; threads: {session.own.threads}; "
    line += f"rounds: {session.rounds}"
    table = Table(["loop", "words/s", "time over ours (quartiles)", "loss of unseen pairs"], rows)
    return Measurement("autograd", [line, table], figures, {"rounds": rounds.raw(), "losses": losses})


class _Ours(nn.Module):
    def __init__(self, vocab_size: int, dim: int) -> None:
        super().__init__()
        self.model = SkipGram(vocab_size, dim, sparse=True, generator=torch.Generator().manual_seed(0))
        self.criterion = NegativeSampling(reduction="sum", sparse=True)

    def forward(self, batch: PairBatch) -> Tensor:
        loss: Tensor = self.criterion(
            self.model(batch.inputs), self.model.out_embeddings, batch.targets, batch.negatives
        )
        return loss


class _Loop:
    """A model and its optimiser."""

    def __init__(self, model: nn.Module, optimizer: type[RowSGD] | type[torch.optim.SGD], rate: float) -> None:
        self.model = model
        self.optimizer = optimizer(model.parameters(), lr=rate)

    def train(self, data: Sequence[PairBatch]) -> Sample:
        start = time.perf_counter()
        for batch in data:
            self.optimizer.zero_grad()
            self.model(batch).backward()
            self.optimizer.step()
        return Sample(time.perf_counter() - start, sum(batch.num_words for batch in data))

    @torch.no_grad()
    def loss(self, data: Sequence[PairBatch]) -> float:
        """Nats a pair."""
        loss: float = sum(self.model(batch).item() for batch in data)
        return loss / sum(batch.inputs.numel() for batch in data)


class _Samples:
    """Batches in order, of one epoch after the other."""

    def __init__(self, batches: PairBatches) -> None:
        self._batches = (batch for epoch in itertools.count() for batch in batches.epoch(epoch))

    def next(self, number: int) -> list[PairBatch]:
        return list(itertools.islice(self._batches, number))


def _run(loop: _Loop, data: Iterator[Sequence[PairBatch]]) -> Sample:
    return loop.train(next(data))
