"""The batches of a run for Lightning, from the place where the run stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import lightning.pytorch as pl

from torchw2v.data.batches import PairBatch, PairBatches
from torchw2v.data.encoding import EncodedCorpus
from torchw2v.data.sampling import WindowSampler
from torchw2v.data.vocabulary import Vocabulary
from torchw2v.errors import InputError

_SAMPLING = ("seed", "window", "sample", "num_negatives", "ns_exponent")


class Word2VecData(pl.LightningDataModule):
    """Pairs of a corpus, drawn by a sampler.

    Args:
        corpus: the text as ids.
        vocabulary: the words that get vectors.
        sampler: of windows and negatives.
        words_per_batch: words of the corpus in one step of training.
    """

    def __init__(
        self, corpus: EncodedCorpus, vocabulary: Vocabulary, sampler: WindowSampler, *, words_per_batch: int
    ) -> None:
        super().__init__()
        self.corpus = corpus
        self.vocabulary = vocabulary
        self.batches = PairBatches(corpus, sampler, words_per_batch)

    def train_dataloader(self) -> _FromHere:
        return _FromHere(self)

    def state_dict(self) -> dict[str, Any]:
        return {
            "corpus": self.corpus.fingerprint,
            "vocab_size": len(self.vocabulary),
            "words_per_batch": self.batches.words_per_batch,
            **{name: getattr(self.batches.sampler, name) for name in _SAMPLING},
        }

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        for name, here in self.state_dict().items():
            there = state_dict.get(name)
            if there != here:
                raise InputError(
                    f"the checkpoint was made with another {name} ({there}, here {here}); "
                    "resume with the data, seed and settings of that run: its config.yaml has them"
                )


class _FromHere:
    """Iterates over the rest of the trainer's epoch: a resumed run takes up at the step after its last one.

    A batch is a function of its number, so no state has to be kept, and none can be replayed or lost.
    """

    def __init__(self, data: Word2VecData) -> None:
        self.data = data

    def __len__(self) -> int:
        return len(self.data.batches)

    def state_dict(self) -> dict[str, Any]:
        return {}  # tells Lightning that it need not warn of batches seen twice

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        pass

    def __iter__(self) -> Iterator[PairBatch]:
        trainer = self.data.trainer
        assert trainer is not None
        done = trainer.global_step - trainer.current_epoch * len(self)
        yield from self.data.batches.epoch(trainer.current_epoch, first_batch=max(done, 0))
