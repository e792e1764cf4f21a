"""What a fused pass must equal: one step of plain SGD after the other, through the operations and autograd."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor

from torchw2v.data import EncodedCorpus, WindowSampler
from torchw2v.nn import CBOW, FullSoftmax, HierarchicalSoftmax, NegativeSampling, SkipGram


def sequential_sgd(
    in_embeddings: Tensor,
    out_embeddings: Tensor,
    corpus: EncodedCorpus,
    sampler: WindowSampler,
    start: int,
    stop: int,
    epoch: int,
    *,
    learning_rate: float,
    slope: float,
    architecture: str,
    loss: str,
    negatives: str = "per_window",
    reduce: str = "mean",
    gradient: str = "exact",
    words_per_batch: int = 1,
) -> tuple[float, int, int]:
    """Change both matrices in place; loss in nats, examples, kept words."""
    size, dim = in_embeddings.shape
    model = SkipGram(size, dim) if architecture == "skipgram" else CBOW(size, dim, reduce=reduce, gradient=gradient)
    model.in_embeddings = torch.nn.Parameter(in_embeddings.clone())
    model.out_embeddings = torch.nn.Parameter(out_embeddings.clone())
    losses = {
        "negative_sampling": lambda: NegativeSampling(reduction="sum"),
        "hierarchical_softmax": lambda: HierarchicalSoftmax(sampler.counts, reduction="sum"),
        "softmax": lambda: FullSoftmax(reduction="sum"),
    }
    criterion = losses[loss]()
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)

    def step(place: int, inputs: tuple[Tensor, ...], targets: Tensor, noise: Tensor) -> float:
        optimizer.param_groups[0]["lr"] = learning_rate + slope * place
        optimizer.zero_grad()
        drawn = (noise,) if loss == "negative_sampling" else ()
        value = criterion(model(*inputs), model.out_embeddings, targets, *drawn)
        value.backward()
        optimizer.step()
        return value.item()

    total, examples, kept = 0.0, 0, 0
    # batches end at the same places wherever a stretch begins
    cuts = [start, *range((start // words_per_batch + 1) * words_per_batch, stop, words_per_batch), stop]
    for place, end in pairwise(cuts):
        if architecture == "skipgram":
            samples = sampler.pairs(corpus, place, end, epoch, negatives=negatives)
            inputs: tuple[Tensor, ...] = (samples.inputs,)
        else:
            samples = sampler.windows(corpus, place, end, epoch)
            inputs = samples.contexts, samples.offsets
        kept += int(((samples.kept_positions >= place) & (samples.kept_positions < end)).sum())
        examples += len(samples.targets)
        if negatives == "per_pair" and architecture == "skipgram" and loss == "negative_sampling":
            for i in range(len(samples.targets)):
                one = slice(i, i + 1)
                total += step(place, (samples.inputs[one],), samples.targets[one], samples.negatives[one])
        elif len(samples.targets):
            total += step(place, inputs, samples.targets, samples.negatives)
    in_embeddings.copy_(model.in_embeddings.detach())
    out_embeddings.copy_(model.out_embeddings.detach())
    return total, examples, kept
