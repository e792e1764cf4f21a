"""What every trainer is told, under our names; `trainers/` has a way from these to each one's own."""

from __future__ import annotations

from dataclasses import dataclass

MODELS = ("skipgram_neg", "skipgram_hs", "cbow_neg", "cbow_hs")
SKIPGRAM_RATE, CBOW_RATE, MIN_RATE = 0.025, 0.05, 1e-4  # word2vec.c's


@dataclass(frozen=True)
class Settings:
    """Of a model and its training.

    Attributes:
        model: one of `MODELS`.
        embedding_dim: D.
        window: the largest radius of a window.
        num_negatives: K; hierarchical softmax has none.
        sample: the subsampling threshold.
        min_count: words seen less often get no vector.
        max_size: the most words that get one.
        rate: the learning rate at the start; None is each one's default: ours for us, word2vec.c's for the others.
        min_rate: of ours at the end; None is the default.
    """

    model: str = "skipgram_neg"
    embedding_dim: int = 100
    window: int = 5
    num_negatives: int = 5
    sample: float = 1e-3
    min_count: int = 5
    max_size: int | None = None
    rate: float | None = None
    min_rate: float | None = None

    @property
    def is_skipgram(self) -> bool:
        return self.model.startswith("skipgram")

    @property
    def is_hierarchical(self) -> bool:
        return self.model.endswith("_hs")

    @property
    def word2vec_rate(self) -> float:
        return self.rate or (SKIPGRAM_RATE if self.is_skipgram else CBOW_RATE)
