"""An order in which every stretch has the classes in the same proportions."""

from __future__ import annotations

import torch
from torch import Tensor

from torchw2v.data.counter_random import draw, stream_key

_SPLIT = 0x5011  # a stream of draws of its own


def stratified_order(labels: Tensor, seed: int) -> Tensor:
    """An order drawn with `seed` in which every stretch has the classes in the same proportions, to one example.

    The examples of a class are drawn into an order and spread evenly over [0, 1): the i-th of n stands at
    (i + ½) / n. Read from 0 to 1, the classes alternate.

    Shape: (N,) int64 -> (N,), a permutation.
    """
    drawn = draw(stream_key(seed, 0, _SPLIT), torch.arange(len(labels)))
    place = torch.empty(len(labels), dtype=torch.float64)
    for label in labels.unique():  # type: ignore[no-untyped-call]
        members = (labels == label).nonzero()[:, 0]
        members = members[drawn[members].argsort(stable=True)]
        place[members] = (torch.arange(len(members), dtype=torch.float64) + 0.5) / len(members)
    return place.argsort(stable=True)
