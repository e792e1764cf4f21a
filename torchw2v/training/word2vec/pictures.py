"""What a person sees of new word vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from torchw2v.pictures import curves_picture, norms_picture, telling_words, words_picture
from torchw2v.training.word2vec.curves import Curves
from torchw2v.vectors import WordVectors

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_WORDS = 200
_LEAST = 3


def word2vec_pictures(vectors: WordVectors, counts: Sequence[int], curves: Curves) -> dict[str, Figure]:
    """Words in a plane, lengths of vectors by frequency, and the curves of training, as far as there is enough."""
    pictures = {}
    words = telling_words(vectors.words, _WORDS)
    if len(words) >= _LEAST:
        pictures["words"] = words_picture(vectors, words, title="frequent words, along the two leading directions")
    if len(vectors) >= _LEAST:
        pictures["lengths"] = norms_picture(vectors, counts)
    if panels := curves.panels():
        pictures["curves"] = curves_picture(panels)
    return pictures
