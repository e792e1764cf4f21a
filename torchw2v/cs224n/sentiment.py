"""A sentence as the mean of its words."""
# ruff: noqa: N802, N803

from __future__ import annotations

from collections.abc import Mapping, Sequence

from numpy.typing import ArrayLike

from torchw2v import functional as F
from torchw2v.cs224n.arrays import Array, array, tensor, whole_numbers


def getSentenceFeatures(tokens: Mapping[str, int], wordVectors: ArrayLike, sentence: Sequence[str]) -> Array:
    """Mean of the vectors of the words; words without a vector are left out, and a sentence of none gives zeros.

    Shape: tokens word -> row, wordVectors (V, D), sentence of words -> (D,).
    """
    ids = whole_numbers("tokens", [tokens[word] for word in sentence if word in tokens])
    features: Array = array(F.embedding_mean(tensor(wordVectors), ids[None], empty="zero")[0])
    return features


def getSentenceFeature(tokens: Mapping[str, int], wordVectors: ArrayLike, sentence: Sequence[str]) -> Array:
    """`getSentenceFeatures` under the name of the course's first year."""
    return getSentenceFeatures(tokens, wordVectors, sentence)
