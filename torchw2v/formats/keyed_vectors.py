"""gensim's `KeyedVectors`, as objects; its own files are pickles, which could run code and are not read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from torchw2v.errors import InputError
from torchw2v.formats.word_table import WordTable

if TYPE_CHECKING:
    from gensim.models import KeyedVectors


def from_keyed_vectors(vectors: KeyedVectors) -> WordTable:
    """Its words, in its order, and a copy of its vectors.

    Raises:
        InputError: a model in place of its `wv`, or keys that are no strings.
    """
    if not hasattr(vectors, "index_to_key"):
        remedy = "; give model.wv" if hasattr(vectors, "wv") else ""
        raise InputError(f"a gensim KeyedVectors is needed, not a {type(vectors).__name__}{remedy}")
    words = tuple(vectors.index_to_key)
    if wrong := [key for key in words if not isinstance(key, str)]:
        raise InputError(f"the keys of the KeyedVectors must be words, not {wrong[0]!r}")
    return WordTable(words, torch.from_numpy(np.array(vectors.vectors[: len(words)])))


def to_keyed_vectors(table: WordTable) -> KeyedVectors:
    """A `KeyedVectors` with these words, in this order, and a copy of the matrix; bfloat16 becomes float32."""
    try:
        from gensim.models import KeyedVectors
    except ModuleNotFoundError:
        raise InputError("to_gensim needs the package gensim: pip install gensim") from None
    matrix = table.matrix.cpu()
    matrix = matrix.float() if matrix.dtype == torch.bfloat16 else matrix
    vectors = KeyedVectors(vector_size=matrix.shape[1], count=0, dtype=matrix.numpy().dtype)
    vectors.add_vectors(list(table.words), matrix.numpy())
    return vectors
