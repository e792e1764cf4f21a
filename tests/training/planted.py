"""A corpus with a structure that is known: words of one cluster stand together, filler words stand everywhere."""

from __future__ import annotations

import numpy as np

from torchw2v import WordVectors

CLUSTERS, SIZE = 8, 10


def sentences(n: int = 3000, seed: int = 0) -> list[list[str]]:
    generator = np.random.default_rng(seed)
    result = []
    for _ in range(n):
        cluster = generator.integers(CLUSTERS)
        words = [f"c{cluster}_{i}" for i in generator.integers(SIZE, size=8)]
        words += [f"filler{i}" for i in generator.integers(5, size=4)]
        result.append(list(generator.permutation(words)))
    return result


def recovered(vectors: WordVectors) -> float:
    """The share of the SIZE − 1 nearest neighbours that are of the word's own cluster; 1/CLUSTERS by chance."""
    words = [word for word in vectors if word.startswith("c")]
    assert len(words) == CLUSTERS * SIZE
    hits = [
        neighbour.word.split("_")[0] == word.split("_")[0]
        for word, neighbours in zip(words, vectors.nearest(words, SIZE - 1), strict=True)
        for neighbour in neighbours
    ]
    return sum(hits) / len(hits)
