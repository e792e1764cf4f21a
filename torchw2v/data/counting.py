"""How often each word of a corpus occurs."""

from __future__ import annotations

from torchw2v.data.corpus import Corpus
from torchw2v.data.numbering import number_words


def count_words(corpus: Corpus, *, threads: int | None = None) -> dict[str, int]:
    """Word to count, in order of first appearance."""
    numbered = number_words(corpus, threads=threads)
    for _ in numbered:
        pass
    return dict(zip(numbered.words().to_pylist(), numbered.counts.tolist(), strict=True))
