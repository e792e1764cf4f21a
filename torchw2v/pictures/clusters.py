"""Groups of words whose vectors point about the same way."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from torchw2v.checks import positive_int, seed_of_draws
from torchw2v.errors import InputError

MOST_CLUSTERS = 36
_STARTS = 4
_MOST_STEPS = 100


class Clusters(NamedTuple):
    """Vectors in groups, the largest group first.

    Attributes:
        labels: (N,), int64; the group of each vector.
        central: for each group, the vector that is nearest its centre.
    """

    labels: Tensor
    central: list[int]


def cluster(rows: Tensor, k: int = 8, seed: int = 0) -> Clusters:
    """k-means: groups that minimise the sum of squared distances to the means of the groups.

    Lloyd's steps from k-means++ starts, of which the best is taken. There are fewer than k groups where there are fewer
    different vectors.

    Shape: rows (N, D).
    Raises: InputError: more than 36 groups, which nobody could tell apart by colour and shape.
    Source: Arthur and Vassilvitskii, "k-means++: the advantages of careful seeding", 2007.
    """
    if positive_int("clusters", k) > MOST_CLUSTERS:
        raise InputError(f"clusters must be at most {MOST_CLUSTERS}, not {k}")
    generator = torch.Generator().manual_seed(seed_of_draws(seed))
    _, centres = min(
        (_lloyd(rows, _spread_starts(rows, k, generator)) for _ in range(_STARTS)), key=lambda found: found[0]
    )
    distances = _squared_distances(rows, centres)
    labels = distances.argmin(1)
    used = sorted(set(labels.tolist()), key=lambda group: (-int((labels == group).sum()), group))
    renumbered = torch.empty_like(labels)
    for i, group in enumerate(used):
        renumbered[labels == group] = i
    # of its own group: with few vectors the nearest one may belong to another
    outside = torch.where(renumbered[:, None] == torch.arange(len(used)), 0.0, torch.inf)
    return Clusters(renumbered, (distances[:, used] + outside).argmin(0).tolist())


def _spread_starts(rows: Tensor, k: int, generator: torch.Generator) -> Tensor:
    """Vectors drawn with a probability that grows with the squared distance to those drawn before."""
    chosen = [int(torch.randint(len(rows), (), generator=generator))]
    nearest = _squared_distances(rows, rows[chosen])[:, 0]
    while len(chosen) < min(k, len(rows)) and nearest.max() > 1e-12:
        chosen.append(int(torch.multinomial(nearest, 1, generator=generator)))
        nearest = torch.minimum(nearest, _squared_distances(rows, rows[chosen[-1:]])[:, 0])
    return rows[chosen]


def _lloyd(rows: Tensor, centres: Tensor) -> tuple[float, Tensor]:
    """The sum of squared distances, and the centres, where the groups stay what they are."""
    before = None
    for _ in range(_MOST_STEPS):
        nearest, labels = _squared_distances(rows, centres).min(1)
        if before is not None and torch.equal(labels, before):
            break
        before = labels
        members = (labels == torch.arange(len(centres))[:, None]).to(rows)
        counts = members.sum(1, keepdim=True)
        centres = torch.where(counts > 0, members @ rows / counts.clamp(min=1), centres)
    return float(nearest.sum()), centres


def _squared_distances(rows: Tensor, centres: Tensor) -> Tensor:
    products = rows @ centres.T
    return (rows.square().sum(1, keepdim=True) - 2 * products + centres.square().sum(1)).clamp(min=0)
