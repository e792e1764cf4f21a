"""A sentence as the mean of its words."""
# ruff: noqa: N802, N803

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from numpy.typing import ArrayLike

from torchw2v import functional as F
from torchw2v.cs224n.arrays import Array, array, tensor


def getSentenceFeatures(tokens: Mapping[str, int], wordVectors: ArrayLike, sentence: Sequence[str]) -> Array:
    """Mean of the vectors of the words; words without a vector are left out, and a sentence of none gives zeros.

    Shape: tokens word -> row, wordVectors (V, D), sentence of words -> (D,).
    """
    ids = [tokens[word] for word in sentence if word in tokens]
    features: Array = array(
        F.embedding_mean(tensor(wordVectors), torch.tensor(ids, dtype=torch.int64)[None], empty="zero")[0]
    )
    return features


def getSentenceFeature(tokens: Mapping[str, int], wordVectors: ArrayLike, sentence: Sequence[str]) -> Array:
    """`getSentenceFeatures` under the name of the course's first year."""
    return getSentenceFeatures(tokens, wordVectors, sentence)
