"""gensim, from a text file: its faster way, as its readers are then C and not Python."""

from __future__ import annotations

import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from gensim.models import KeyedVectors, Word2Vec

from benchmarks.rounds import Sample
from benchmarks.settings import MIN_RATE, Settings

NAME = "gensim"
VERSION = version("gensim")


class Gensim:
    """A vocabulary and a model, to be trained for any number of whole epochs."""

    def __init__(self, text: Path, settings: Settings, *, threads: int, seed: int = 0) -> None:
        self.text = str(text)
        self.model = Word2Vec(**options(settings), seed=seed, workers=threads)
        self.model.build_vocab(corpus_file=self.text)

    @property
    def vectors(self) -> KeyedVectors:
        return self.model.wv

    def train(self, words: int) -> Sample:
        return self.train_epochs(max(1, round(words / self.model.corpus_total_words)))

    def train_epochs(self, epochs: int) -> Sample:
        words = self.model.corpus_total_words
        start = time.perf_counter()
        self.model.train(
            corpus_file=self.text, total_examples=self.model.corpus_count, total_words=words, epochs=epochs
        )
        return Sample(time.perf_counter() - start, words * epochs)


def options(settings: Settings) -> dict[str, Any]:
    """Our settings under gensim's names."""
    return {
        "sg": int(settings.is_skipgram),
        "hs": int(settings.is_hierarchical),
        "vector_size": settings.embedding_dim,
        "window": settings.window,
        "negative": 0 if settings.is_hierarchical else settings.num_negatives,
        "sample": settings.sample,
        "alpha": settings.word2vec_rate,
        "min_alpha": MIN_RATE,
        "min_count": settings.min_count,
        "max_final_vocab": settings.max_size,
    }
