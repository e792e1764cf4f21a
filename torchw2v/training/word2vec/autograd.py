"""engine=autograd: batches through the operations of `torchw2v.ops`, any optimiser of torch."""

from __future__ import annotations

from collections.abc import Callable

import lightning.pytorch as pl
import torch
from torch import Tensor

from torchw2v.data.batches import PairBatch, PairBatches, WindowBatch, WindowBatches
from torchw2v.data.encoding import EncodedCorpus
from torchw2v.data.vocabulary import Vocabulary
from torchw2v.errors import InputError
from torchw2v.nn import FullSoftmax, HierarchicalSoftmax, NegativeSampling
from torchw2v.training.word2vec.data_module import Word2VecData
from torchw2v.training.word2vec.learning_rate import linear_decay
from torchw2v.training.word2vec.module import Word2VecModule
from torchw2v.training.word2vec.network import Network, make_network, make_sampler
from torchw2v.training.word2vec.settings import EngineSettings, ModelSettings

Loss = NegativeSampling | FullSoftmax | HierarchicalSoftmax


class AutogradModule(Word2VecModule):
    """One step for each batch; the learning rate falls in a straight line over the steps of the run.

    Args:
        model: gives vectors for the inputs of a batch: SkipGram for pairs, CBOW for windows.
        loss: compares them with the output matrix; it must add up over the samples (reduction "sum") for the learning
            rates of word2vec to mean what they mean there.
        optimizer: makes the optimiser from parameters and `lr`.
        learning_rate: at the start.
        min_learning_rate: at the end.
    """

    engine = "autograd"
    if_diverged = "lower model.learning_rate or engine.words_per_batch, or take the default engine.optimizer"

    def __init__(
        self,
        model: Network,
        loss: Loss,
        optimizer: Callable[..., torch.optim.Optimizer],
        *,
        learning_rate: float = 0.025,
        min_learning_rate: float = 1e-4,
    ) -> None:
        rates = {"learning_rate": learning_rate, "min_learning_rate": min_learning_rate}
        super().__init__(model, type(loss).__name__, optimizer, **rates)
        self.loss = loss

    def learning_rate_factor(self, step: int, steps: int) -> float:
        return linear_decay(step / steps, 1.0, self.min_learning_rate / self.learning_rate)

    def training_step(self, batch: PairBatch | WindowBatch, batch_idx: int) -> Tensor:
        vectors = self.model(*batch.model_inputs)
        noise = (batch.negatives,) if isinstance(self.loss, NegativeSampling) else ()
        loss: Tensor = self.loss(vectors, self.model.out_embeddings, batch.targets, *noise)
        self.see(loss, words=batch.num_words, kept=batch.num_kept, examples=batch.targets.shape[0])
        return loss


class AutogradEngine:
    """Trains a model as `EngineSettings` say."""

    def __init__(self, settings: EngineSettings) -> None:
        self.settings = settings
        self.threads = settings.threads or torch.get_num_threads()

    def check(self, trainer: pl.Trainer, model: ModelSettings) -> None:
        if trainer.gradient_clip_val and self.settings.sparse_gradients:
            raise InputError("trainer.gradient_clip_val needs dense gradients: set engine.sparse=false")
        if model.loss == "softmax" and self.settings.sparse_gradients and not self.settings.takes_dense_gradients:
            raise InputError(
                "engine.optimizer takes sparse gradients only, but those of model.loss=softmax are dense; take another"
            )

    def prepare(
        self, model: ModelSettings, corpus: EncodedCorpus, vocabulary: Vocabulary, seed: int
    ) -> tuple[AutogradModule, Word2VecData]:
        sampler, words = make_sampler(vocabulary, model, seed), self.settings.words_per_batch
        batches: PairBatches | WindowBatches
        if model.is_skipgram:
            batches = PairBatches(corpus, sampler, words, negatives=model.negatives)
        else:
            batches = WindowBatches(corpus, sampler, words)
        module = AutogradModule(
            make_network(vocabulary, model, seed, sparse=self.settings.sparse_gradients),
            self._make_loss(vocabulary, model),
            self.settings.optimizer,
            learning_rate=model.rates.start,
            min_learning_rate=model.rates.end,
        )
        return module, Word2VecData(batches, vocabulary, sampler, model, words_per_batch=words)

    def compile(self, module: Word2VecModule, *, quiet: bool) -> None:
        pass  # there is nothing to compile

    def _make_loss(self, vocabulary: Vocabulary, model: ModelSettings) -> Loss:
        if model.loss == "negative_sampling":
            return NegativeSampling(reduction="sum", sparse=self.settings.sparse_gradients)
        if model.loss == "hierarchical_softmax":
            return HierarchicalSoftmax(vocabulary.counts, reduction="sum", sparse=self.settings.sparse_gradients)
        return FullSoftmax(reduction="sum")
