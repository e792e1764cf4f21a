"""Word vectors as a picture of words in a plane."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from torchw2v.pictures.clusters import cluster
from torchw2v.pictures.plane import plane_picture
from torchw2v.pictures.projections import Method, project
from torchw2v.pictures.rows_of_words import unit_rows_of
from torchw2v.pictures.word_choice import telling_words
from torchw2v.vectors import WordVectors

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def words_picture(
    vectors: WordVectors,
    words: Sequence[str] | None = None,
    n: int = 300,
    *,
    method: Method = "pca",
    clusters: int = 8,
    seed: int = 0,
    title: str = "",
) -> Figure:
    """Words in a plane, by the directions of their vectors, in the colours of their groups.

    Args:
        vectors: whose words.
        words: which ones; by default `telling_words(vectors.words, n)`. `with_neighbours` is another choice.
        n: how many, if `words` is not given.
        method: "pca", "tsne" or "umap", see `project`.
        clusters: how many groups k-means makes of their vectors, not of their places; 1 for none.
        seed: of the groups and the method; the same seed gives the same picture.
        title: above the picture.

    Raises:
        InputError: a setting that is out of range, no word, or a package that is missing.
        KeyError: a word that has no vector.
    """
    chosen = list(telling_words(vectors.words, n) if words is None else words)
    rows = unit_rows_of(vectors, chosen)
    groups = cluster(rows, clusters, seed)
    return plane_picture(
        project(rows, method, seed).numpy(),
        chosen,
        title,
        clusters=groups if len(groups.central) > 1 else None,
        directions=("first direction", "second direction") if method == "pca" else None,
    )
