"""How often each word of a corpus occurs."""

from __future__ import annotations

from torchw2v.data.corpus import Corpus
from torchw2v.data.numbering import number_words
from torchw2v.data.word_table import WordTable


def count_words(corpus: Corpus, *, threads: int | None = None) -> dict[str, int]:
    """Word to count, in order of first appearance."""
    numbers = WordTable()
    for _ in number_words(corpus, numbers, threads=threads):
        pass
    return dict(zip(numbers.words().to_pylist(), numbers.counts.tolist(), strict=True))
