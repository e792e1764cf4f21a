"""Words and their vectors."""

from torchw2v.vectors.combination import combine_matrices
from torchw2v.vectors.unknown_words import UnknownWordError
from torchw2v.vectors.word_vectors import Neighbour, WordVectors

__all__ = ["Neighbour", "UnknownWordError", "WordVectors", "combine_matrices"]
