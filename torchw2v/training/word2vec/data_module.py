"""The samples of a corpus for training."""

from __future__ import annotations

from typing import Any

from torchw2v.data.batches import PairBatches, WindowBatches
from torchw2v.data.vocabulary import Vocabulary
from torchw2v.training.stepwise_data import StepwiseData

_SAMPLING = ("seed", "window", "sample", "num_negatives", "ns_exponent")


class Word2VecData(StepwiseData):
    """Pairs or windows of a corpus, a stretch of it in each batch.

    Args:
        batches: of a corpus, with the sampler that draws them.
        vocabulary: the words that get vectors.
    """

    batches: PairBatches | WindowBatches

    def __init__(self, batches: PairBatches | WindowBatches, vocabulary: Vocabulary) -> None:
        words = batches.words_per_batch
        super().__init__(batches, unit=" words", epoch_size=len(batches.corpus), batch_size=words)
        self.vocabulary = vocabulary

    def identity(self) -> dict[str, Any]:
        return {
            "corpus": self.batches.corpus.fingerprint,
            "vocab_size": len(self.vocabulary),
            "words_per_batch": self.batches.words_per_batch,
            **{name: getattr(self.batches.sampler, name) for name in _SAMPLING},
        }
