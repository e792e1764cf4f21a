"""Batches of labelled examples, each a function of the seed, the epoch and its number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from torchw2v.checks import positive_int, seed_of_draws
from torchw2v.data.counter_random import Purpose, draw, stream_key


class LabelledBatch(NamedTuple):
    """Examples and what they are.

    Attributes:
        inputs: (B, F).
        labels: (B,) int64.
    """

    inputs: Tensor
    labels: Tensor


class LabelledBatches:
    """All examples once an epoch; the last batch may be smaller.

    Args:
        inputs: (N, F).
        labels: (N,).
        batch_size: B.
        shuffle: draw another order for each epoch.
        seed: of these draws.
    """

    def __init__(self, inputs: Tensor, labels: Tensor, batch_size: int, *, shuffle: bool = True, seed: int = 0) -> None:
        self.inputs = inputs
        self.labels = labels
        self.batch_size = positive_int("batch_size", batch_size)
        self.shuffle = shuffle
        self.seed = seed_of_draws(seed)

    def __len__(self) -> int:
        return -(-len(self.labels) // self.batch_size)

    def epoch(self, epoch: int, first_batch: int = 0) -> Iterator[LabelledBatch]:
        """The batches of an epoch from the one numbered `first_batch`."""
        order = torch.arange(len(self.labels))
        if self.shuffle:
            order = draw(stream_key(self.seed, epoch, Purpose.SHUFFLE), order).argsort(stable=True)
        for first in range(first_batch * self.batch_size, len(order), self.batch_size):
            rows = order[first : first + self.batch_size]
            yield LabelledBatch(self.inputs[rows], self.labels[rows])
