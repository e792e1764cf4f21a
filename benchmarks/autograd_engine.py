"""Pairs a second of engine=autograd beside the loop that one would write with nn.Embedding and F.logsigmoid.

All of them train on the same batches, in turn, on one thread: `rounds` times, each takes the next `steps` batches. The
figure of a round is a ratio of times that lie next to each other; the table has its median and its quartiles, and the
loss on batches that none has seen, so that what is compared is known to learn the same.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from statistics import median, quantiles

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from benchmarks.conditions import conditions
from torchw2v.data import Corpus, WindowSampler, encode
from torchw2v.data.batches import PairBatch, PairBatches
from torchw2v.data.datasets import pydocs
from torchw2v.nn import NegativeSampling, SkipGram
from torchw2v.optim import RowSGD

Loss = Callable[[PairBatch], Tensor]


class Ours(nn.Module):
    def __init__(self, vocab_size: int, dim: int) -> None:
        super().__init__()
        self.model = SkipGram(vocab_size, dim, sparse=True, generator=torch.Generator().manual_seed(0))
        self.criterion = NegativeSampling(reduction="sum", sparse=True)

    def forward(self, batch: PairBatch) -> Tensor:
        return self.criterion(self.model(batch.inputs), self.model.out_embeddings, batch.targets, batch.negatives)


class Naive(nn.Module):
    """The loop of the tutorials."""

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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--path", help="a text, one sentence a line; by default the built-in corpus")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--steps", type=int, default=20, help="batches for each in a round")
    parser.add_argument("--words", type=int, default=1024, help="words of the corpus in a batch")
    parser.add_argument("--dim", type=int, default=100)
    parser.add_argument("--learning-rate", type=float, default=0.025)
    arguments = parser.parse_args()

    torch.set_num_threads(1)
    corpus = encode(Corpus(arguments.path) if arguments.path else Corpus(pydocs(), tokenizer="words"))
    vocabulary = corpus.vocabulary()
    batches = PairBatches(corpus, WindowSampler(vocabulary.counts), arguments.words).epoch(0)
    size, dim, rate = len(vocabulary), arguments.dim, arguments.learning_rate
    models = {
        "ours": Ours(size, dim),
        "nn.Embedding, sparse": Naive(size, dim, sparse=True),
        "nn.Embedding, dense": Naive(size, dim, sparse=False),
    }
    optimizers = {
        name: (RowSGD if name == "ours" else torch.optim.SGD)(model.parameters(), lr=rate)
        for name, model in models.items()
    }
    seconds: dict[str, list[float]] = {name: [] for name in models}
    pairs = 0
    for number in range(arguments.rounds + 1):
        data = [next(batches) for _ in range(arguments.steps)]
        for name in models:
            start = time.perf_counter()
            for batch in data:
                optimizers[name].zero_grad()
                models[name](batch).backward()
                optimizers[name].step()
            if number:  # the first round warms up
                seconds[name].append(time.perf_counter() - start)
        pairs += sum(batch.inputs.numel() for batch in data) if number else 0
    unseen = [next(batches) for _ in range(20)]
    with torch.no_grad():
        losses = {
            name: sum(model(batch).item() for batch in unseen) / sum(batch.inputs.numel() for batch in unseen)
            for name, model in models.items()
        }

    print(conditions("torch", "numpy"))
    print(
        f"corpus:   {len(corpus):,} words, V={size:,}, D={dim}, K=5, {pairs / arguments.rounds / arguments.steps:,.0f}"
    )
    print("          pairs a batch, float32, one thread; sampling not counted\n")
    print("| loop | pairs/s | time over ours (quartiles) | loss of unseen pairs |")
    print("| --- | ---: | ---: | ---: |")
    for name in models:
        ratios = [mine / ours for mine, ours in zip(seconds[name], seconds["ours"], strict=True)]
        low, _, high = quantiles(ratios, n=4)
        speed = pairs / sum(seconds[name])
        print(f"| {name} | {speed:,.0f} | {median(ratios):.2f} ({low:.2f}-{high:.2f}) | {losses[name]:.4f} |")


if __name__ == "__main__":
    main()
