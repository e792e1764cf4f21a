"""Word vectors in which moods are directions, and sentences that have a mood."""

from __future__ import annotations

import random

import torch

from torchw2v import WordVectors

CLASSES = ("bad", "fine", "good")
WORDS_OF_CLASS = 20
FILLERS = 60


def vectors(dim: int = 8, *, scale: float = 1.0, seed: int = 0) -> WordVectors:
    """Words such as good3, around a direction for each class, and fillers around none; all far from 0."""
    generator = torch.Generator().manual_seed(seed)
    directions = torch.randn(len(CLASSES), dim, generator=generator)
    words = [f"{name}{i}" for name in CLASSES for i in range(WORDS_OF_CLASS)] + [f"the{i}" for i in range(FILLERS)]
    matrix = 0.5 * torch.randn(len(words), dim, generator=generator) + 2
    for i in range(len(CLASSES)):
        matrix[i * WORDS_OF_CLASS : (i + 1) * WORDS_OF_CLASS] += directions[i]
    return WordVectors(words, scale * matrix)


def sentences(n: int = 400, *, mood: int = 2, seed: int = 0) -> list[tuple[str, list[str]]]:
    """Class and words of each; `mood` words in ten have the mood of the class."""
    rng = random.Random(seed)
    found = []
    for i in range(n):
        name = CLASSES[i % len(CLASSES)]
        words = [f"the{rng.randrange(FILLERS)}" for _ in range(10 - mood)]
        words += [f"{name}{rng.randrange(WORDS_OF_CLASS)}" for _ in range(mood)]
        rng.shuffle(words)
        found.append((name, words))
    return found
