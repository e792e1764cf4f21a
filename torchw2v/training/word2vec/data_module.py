"""The samples of a corpus for training."""

from __future__ import annotations

from typing import Any

from torchw2v.data.batches import PairBatches, StretchBatches, WindowBatches
from torchw2v.data.sampling import WindowSampler
from torchw2v.data.vocabulary import Vocabulary
from torchw2v.training.stepwise_data import StepwiseData
from torchw2v.training.word2vec.settings import ModelSettings

_SAMPLING = ("seed", "window", "sample", "num_negatives", "ns_exponent")


class Word2VecData(StepwiseData):
    """Pairs, windows or nothing but the bounds of a stretch of the corpus in each batch.

    Args:
        batches: of a corpus.
        vocabulary: the words that get vectors.
        sampler: what draws the samples.
        model: what they are for.
        sizes: of batches, by the names of their settings: a checkpoint counts in them.
    """

    batches: PairBatches | WindowBatches | StretchBatches

    def __init__(
        self,
        batches: PairBatches | WindowBatches | StretchBatches,
        vocabulary: Vocabulary,
        sampler: WindowSampler,
        model: ModelSettings,
        **sizes: int,
    ) -> None:
        words = batches.words_per_batch
        super().__init__(batches, unit=" words", epoch_size=len(batches.corpus), batch_size=words)
        self.vocabulary = vocabulary
        self.sampler = sampler
        self.negatives = model.negatives
        self.sizes = sizes

    def identity(self) -> dict[str, Any]:
        return {
            "corpus": self.batches.corpus.fingerprint,
            "vocab_size": len(self.vocabulary),
            **self.sizes,
            **{name: getattr(self.sampler, name) for name in _SAMPLING},
            "negatives": self.negatives,
        }
