"""Nothing is timed that does not compute what it should: wrong vectors can be had at any speed.

For each model, before it is measured:

- engine=fused on one thread gives the matrices and the loss of sequential SGD through the operations of torchw2v, one
  step a window, on the same samples;
- a structure put into a text is found again, with the engine and the threads that are measured.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from torch import Tensor

from benchmarks.settings import Settings
from benchmarks.torch_threads import torch_threads
from benchmarks.trainers.with_torchw2v import BarePass, Own, model_settings, run_training
from torchw2v import WordVectors
from torchw2v.data import Corpus, EncodedCorpus, WindowSampler, encode
from torchw2v.nn import HierarchicalSoftmax, NegativeSampling
from torchw2v.training import ModelSettings
from torchw2v.training.word2vec.network import make_network, make_sampler

CLUSTERS, SIZE = 8, 10
ENOUGH = 0.7  # of the nearest neighbours are of the word's own cluster; by chance it is 1/8
TOLERANCE = 2e-5  # float32 beside float64, over some hundred steps on numbers of size 1


@functools.cache
def check(settings: Settings, own: Own) -> None:
    """Leave the program, with a line that says why, if a model is wrong."""
    with TemporaryDirectory(prefix="benchmark-") as folder:
        path = Path(folder, "planted.txt")
        path.write_text("".join(" ".join(sentence) + "\n" for sentence in planted_sentences()))
        small = replace(settings, sample=1e-2, min_count=1, max_size=None, rate=None)
        if own.engine == "fused":
            corpus = encode(Corpus(path), cache_dir=folder)
            with torch_threads(1):
                apart = distance_from_ops(corpus, small, own)
            if not apart < TOLERANCE:
                _refuse(f"{settings.model}: engine=fused is {apart:.1e} from the operations on the same samples")
        result = run_training(path, small, own, epochs=20, cache=Path(folder))
        found = recovered(result.vectors)
        if not found >= ENOUGH:
            _refuse(f"{settings.model}, engine={own.engine}: found {found:.0%} of a planted structure")


def _refuse(reason: str) -> None:
    sys.exit(f"nothing is measured, because something is wrong: {reason}")


def planted_sentences(number: int = 2000) -> Sequence[Sequence[str]]:
    """Words of one cluster stand together, fillers stand everywhere."""
    generator = np.random.default_rng(0)
    result = []
    for _ in range(number):
        cluster = generator.integers(CLUSTERS)
        words = [f"c{cluster}_{i}" for i in generator.integers(SIZE, size=8)]
        words += [f"filler{i}" for i in generator.integers(5, size=4)]
        result.append([str(word) for word in generator.permutation(words)])
    return result


def recovered(vectors: WordVectors) -> float:
    """The share of the SIZE − 1 nearest neighbours that are of the word's own cluster."""
    words = [word for word in vectors if word.startswith("c")]
    hits = [
        neighbour.word.split("_")[0] == word.split("_")[0]
        for word, neighbours in zip(words, vectors.nearest(words, SIZE - 1), strict=True)
        for neighbour in neighbours
    ]
    return sum(hits) / len(hits)


def distance_from_ops(corpus: EncodedCorpus, settings: Settings, own: Own, *, words: int = 1000) -> float:
    """Between engine=fused and steps through the operations: of any number of the matrices, and of the mean loss."""
    own = replace(own, threads=1)
    model = model_settings(settings, own)
    fused = BarePass(corpus, settings, own)
    rate = model.rates.start
    slope = -0.5 * rate / words
    totals = fused.fused_pass(*fused.matrices, 0, words, 0, learning_rate=rate, slope=slope)

    vocabulary = corpus.vocabulary(min_count=1)
    sampler = make_sampler(vocabulary, model, seed=0)
    network = make_network(vocabulary, model, seed=0).double()
    optimizer = torch.optim.SGD(network.parameters(), lr=rate)
    negative_sampling = NegativeSampling(reduction="sum")
    hierarchical_softmax = HierarchicalSoftmax(vocabulary.counts, reduction="sum")
    loss_sum, examples = 0.0, 0
    for inputs, targets, noise, place in _steps(sampler, corpus, words, model):
        vectors = network(inputs) if model.is_skipgram else network(inputs[None])
        if model.loss == "negative_sampling":
            loss = negative_sampling(vectors, network.out_embeddings, targets, noise)
        else:
            loss = hierarchical_softmax(vectors, network.out_embeddings, targets)
        optimizer.param_groups[0]["lr"] = rate + slope * place
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        loss_sum += loss.item()
        examples += targets.numel()
    if totals.num_examples != examples:
        return float("inf")
    matrices = zip(fused.matrices, network.parameters(), strict=True)
    apart = [(one - two.detach()).abs().max().item() for one, two in matrices]
    return max(*apart, abs(totals.loss - loss_sum) / examples)


def _steps(
    sampler: WindowSampler, corpus: EncodedCorpus, words: int, model: ModelSettings
) -> Iterator[tuple[Tensor, Tensor, Tensor, int]]:
    """Inputs, targets, negatives and place of each step: of a window, or of a pair."""
    windows = sampler.windows(corpus, 0, words, 0)
    noise = sampler.pairs(corpus, 0, words, 0, negatives=model.negatives).negatives
    bounds = [*windows.offsets.tolist(), windows.contexts.numel()]
    alone = model.negatives == "per_pair" or model.loss == "hierarchical_softmax"
    for i, place in enumerate(windows.positions.tolist()):
        target = windows.targets[i : i + 1]
        if not model.is_skipgram:
            yield windows.contexts[bounds[i] : bounds[i + 1]], target, windows.negatives[i : i + 1], place
            continue
        size = 1 if alone else bounds[i + 1] - bounds[i]
        for first in range(bounds[i], bounds[i + 1], size):
            pairs = slice(first, first + size)
            yield windows.contexts[pairs], target.expand(size), noise[pairs], place
