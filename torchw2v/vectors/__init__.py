"""Words and their vectors."""

from torchw2v.vectors.word_vectors import Neighbour, WordVectors

__all__ = ["Neighbour", "WordVectors"]
