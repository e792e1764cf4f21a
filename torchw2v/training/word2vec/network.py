"""The network that a model's settings describe, and what draws its samples."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from torchw2v.data.sampling import WindowSampler
from torchw2v.data.vocabulary import Vocabulary
from torchw2v.nn import CBOW, SkipGram
from torchw2v.training.word2vec.settings import ModelSettings

Network = SkipGram | CBOW


def make_sampler(vocabulary: Vocabulary, model: ModelSettings, seed: int) -> WindowSampler:
    return WindowSampler(
        vocabulary.counts,
        seed=seed,
        window=model.window,
        sample=model.sample,
        num_negatives=model.negatives_drawn,
        ns_exponent=model.ns_exponent,
    )


def untrained_loss(model: ModelSettings, vocab_size: int) -> float:
    """Nats an example with an output matrix of zeros; of hierarchical softmax, at most that.

    (K + 1) ln 2 with K noise words, ln V with the softmax, and ln 2 for each node of a path, of which there are fewer
    than log₂ V + 1 in the mean.
    """
    if model.loss == "negative_sampling":
        return (model.num_negatives + 1) * math.log(2)
    return math.log(vocab_size) + (math.log(2) if model.loss == "hierarchical_softmax" else 0.0)


def make_network(
    vocabulary: Vocabulary,
    model: ModelSettings,
    seed: int,
    *,
    sparse: bool = False,
    allocate: Callable[[int, int], Tensor] = torch.empty,
) -> Network:
    """The two matrices, with the same initial values for any engine."""
    size, generator = len(vocabulary), torch.Generator().manual_seed(seed)
    if model.is_skipgram:
        return SkipGram(size, model.embedding_dim, sparse=sparse, generator=generator, allocate=allocate)
    return CBOW(
        size,
        model.embedding_dim,
        reduce=model.reduce,
        gradient=model.gradient,
        empty="zero",  # no window of ours is, and looking would cost time
        sparse=sparse,
        generator=generator,
        allocate=allocate,
    )
