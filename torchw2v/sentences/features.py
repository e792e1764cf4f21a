"""What a classifier sees of a sentence: the average of its words' vectors.

x = 1/n Σ_i v(word_i) over the n words that have a vector; 0 where none has
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from torchw2v import functional as F
from torchw2v.errors import InputError
from torchw2v.vectors import WordVectors


class FeatureCounts(NamedTuple):
    """What became of the words of some sentences.

    Attributes:
        sentences: how many there are.
        words: in all of them.
        known: of these words that have a vector.
        empty: sentences without a word.
        unknown: sentences that have words, but none with a vector.
    """

    sentences: int
    words: int
    known: int
    empty: int
    unknown: int


def sentence_features(vectors: WordVectors, sentences: Sequence[Sequence[str]]) -> tuple[Tensor, FeatureCounts]:
    """The average of the vectors of each sentence's words, a word counting as often as it occurs.

    Words without a vector are passed over. A sentence in which no word has one is a row of zeros.

    Shape: N sentences -> (N, D) float64.

    Args:
        vectors: of the words.
        sentences: the words of each sentence.

    Raises:
        InputError: a sentence that is a string, or a vector that is not finite.
    """
    number: dict[str, int] = {}  # of the words that are used: a table may hold many more
    ids: list[int] = []
    offsets: list[int] = []
    words = empty = unknown = 0
    for sentence in sentences:
        if isinstance(sentence, str):
            raise InputError(f"a sentence is a list of words, not the string {sentence[:60]!r}; split it")
        known = [number.setdefault(word, len(number)) for word in sentence if word in vectors]
        offsets.append(len(ids))
        ids += known
        words += len(sentence)
        empty += not sentence
        unknown += bool(sentence) and not known
    counts = FeatureCounts(len(sentences), words, len(ids), empty, unknown)
    if not number:
        return torch.zeros(len(sentences), vectors.embedding_dim, dtype=torch.float64), counts
    rows = vectors[list(number)].cpu().double()
    if not bool(rows.isfinite().all()):
        bad = next(word for word, row in zip(number, rows, strict=True) if not bool(row.isfinite().all()))
        raise InputError(f"the vector of {bad!r} is not finite; train or convert the vectors anew")
    features = F.embedding_mean(rows, torch.tensor(ids), torch.tensor(offsets), empty="zero")
    return features, counts
