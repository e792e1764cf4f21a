"""What a fused pass must equal: one step of plain SGD after the other, through the operations and autograd."""

from __future__ import annotations

import torch
from torch import Tensor

from torchw2v.data import EncodedCorpus, WindowSampler
from torchw2v.data.sampling import Pairs, Windows
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

    if architecture == "skipgram":
        samples: Pairs | Windows = sampler.pairs(corpus, start, stop, epoch, negatives=negatives)
        own_steps = loss == "hierarchical_softmax" or (negatives == "per_pair" and loss == "negative_sampling")
    else:
        samples, own_steps = sampler.windows(corpus, start, stop, epoch), False
    # batches end at the same places wherever a stretch begins
    cuts = [start, *range((start // words_per_batch + 1) * words_per_batch, stop, words_per_batch), stop]
    bounds = torch.searchsorted(samples.positions, torch.tensor(cuts)).tolist()
    total = 0.0
    for place, first, last in zip(cuts, bounds, bounds[1:], strict=False):
        size = 1 if own_steps else max(last - first, 1)
        for i in range(first, last, size):
            some = slice(i, i + size)
            inputs = (samples.inputs[some],) if isinstance(samples, Pairs) else bags(samples, some)
            total += step(place, inputs, samples.targets[some], samples.negatives[some])
    in_embeddings.copy_(model.in_embeddings.detach())
    out_embeddings.copy_(model.out_embeddings.detach())
    return total, len(samples.targets), len(samples.kept_positions)


def bags(windows: Windows, some: slice) -> tuple[Tensor, Tensor]:
    """The words of some windows, and where each window begins."""
    begins = [*windows.offsets.tolist(), len(windows.contexts)]
    return windows.contexts[begins[some.start] : begins[some.stop]], windows.offsets[some] - begins[some.start]
