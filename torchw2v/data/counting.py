"""How often each word of a corpus occurs."""

from __future__ import annotations

from torchw2v.data.corpus import Corpus
from torchw2v.data.numbering import WordNumbers, number_words


def count_words(corpus: Corpus, *, threads: int | None = None) -> dict[str, int]:
    """Word to count, in order of first appearance."""
    numbers = WordNumbers()
    for _ in number_words(corpus, numbers, threads=threads):
        pass
    return dict(zip(numbers, numbers.counts.tolist(), strict=True))
