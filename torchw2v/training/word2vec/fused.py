"""engine=fused: a step of Lightning's is one pass over a long stretch of the corpus.

The pass (`torchw2v.kernels.FusedPass`) samples, computes gradients and updates both matrices in place. It is reached
through an optimiser and manual optimisation, because Lightning counts the steps of optimisers: `global_step`, and with
it checkpoints, `max_steps` and the curves, hang on that count.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import lightning.pytorch as pl
import torch
from torch import Tensor

from torchw2v.cache import default_cache_dir
from torchw2v.data.batches import Stretch, StretchBatches
from torchw2v.data.encoding import EncodedCorpus
from torchw2v.data.vocabulary import Vocabulary
from torchw2v.errors import InputError
from torchw2v.kernels import FusedPass, Totals, aligned_rows
from torchw2v.kernels.fused_pass import need_numba
from torchw2v.threads import usable_cores
from torchw2v.training.word2vec.data_module import Word2VecData
from torchw2v.training.word2vec.learning_rate import RateLine
from torchw2v.training.word2vec.module import Word2VecModule
from torchw2v.training.word2vec.network import Network, make_network, make_sampler
from torchw2v.training.word2vec.settings import FusedSettings, ModelSettings

# 50 ms or more on two cores, beside the 1 ms that Lightning, curves and the bar take.
WORDS_PER_STEP = 1 << 19
_SOFTMAX_WORDS_PER_STEP = 1 << 14
_SOFTMAX_WORDS_PER_BATCH = 128


class FusedSGD(torch.optim.Optimizer):
    """Word2vec's descent; a step takes a stretch of the corpus and makes all the small steps in it.

    The learning rate is a function of the place, so cutting the corpus elsewhere changes nothing. `lr` of the
    parameter group is the rate where the run stands, for those who look; setting it changes nothing.

    Args:
        in_embeddings: (V, D).
        out_embeddings: (V, D).
        fused_pass: over the corpus.
        line: the rate after so many words of the run.
        epoch_words: words of the corpus.
    """

    def __init__(
        self, in_embeddings: Tensor, out_embeddings: Tensor, fused_pass: FusedPass, line: RateLine, epoch_words: int
    ) -> None:
        super().__init__([in_embeddings, out_embeddings], {"lr": line.start})
        self.fused_pass = fused_pass
        self.line = line
        self.epoch_words = epoch_words

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None, *, stretch: Stretch) -> Totals:  # type: ignore[override]
        if closure is not None:  # Lightning's: its callbacks want to be called before a step
            closure()
        (group,) = self.param_groups
        before = stretch.epoch * self.epoch_words
        in_embeddings, out_embeddings = group["params"]
        totals = self.fused_pass(
            in_embeddings,
            out_embeddings,
            stretch.start,
            stretch.stop,
            stretch.epoch,
            learning_rate=self.line.after(before),
            slope=self.line.slope,
        )
        group["lr"] = self.line.after(before + stretch.stop)
        return totals


class FusedModule(Word2VecModule):
    """A stretch of the corpus a step; the learning rate falls in a straight line over the words of the run.

    Args:
        model: the network, whose matrices are changed in place.
        fused_pass: over the corpus, for this network.
        loss: its name.
        learning_rate: at the start.
        min_learning_rate: at the end.
    """

    engine = "fused"
    if_diverged = "lower model.learning_rate; windows of many words need a lower one, or model.negatives=per_pair"

    def __init__(
        self, model: Network, fused_pass: FusedPass, loss: str, *, learning_rate: float, min_learning_rate: float
    ) -> None:
        rates = {"learning_rate": learning_rate, "min_learning_rate": min_learning_rate}
        super().__init__(model, loss, FusedSGD, **rates)
        self.automatic_optimization = False
        self.fused_pass = fused_pass

    def configure_optimizers(self) -> FusedSGD:  # type: ignore[override]
        data = self.trainer.datamodule  # type: ignore[attr-defined]
        line = RateLine.over(
            words_of_run(data, self.trainer.max_epochs or 1, self.trainer.max_steps),
            self.learning_rate,
            self.min_learning_rate,
        )
        matrices = self.model.in_embeddings, self.model.out_embeddings
        return FusedSGD(*matrices, self.fused_pass, line, data.epoch_size)

    def training_step(self, batch: Stretch, batch_idx: int) -> None:
        totals: Totals = self.optimizers().step(stretch=batch)  # type: ignore[union-attr]
        words = batch.stop - batch.start
        self.see(totals.loss, words=words, kept=totals.num_kept, examples=totals.num_examples)


def words_of_run(data: Word2VecData, max_epochs: int, max_steps: int) -> int:
    """The words that a run from its beginning trains on; `max_steps` of −1 is no limit."""
    words = max_epochs * data.epoch_size
    if max_steps > 0:
        epochs, steps = divmod(max_steps, len(data.batches))
        words = min(words, epochs * data.epoch_size + steps * data.batch_size)
    return words


class FusedEngine:
    """Trains a model as `FusedSettings` say."""

    def __init__(self, settings: FusedSettings) -> None:
        self.settings = settings
        self.threads = settings.threads or usable_cores()

    def check(self, trainer: pl.Trainer, model: ModelSettings) -> None:
        need_numba()
        if trainer.strategy.root_device.type != "cpu":
            raise InputError("engine=fused computes on the CPU: take trainer=cpu, or engine=autograd for a GPU")
        if trainer.precision != "32-true":
            raise InputError(
                f"trainer.precision is {trainer.precision}, but engine=fused computes in float32; leave it at 32-true, "
                "or take engine=autograd"
            )
        if trainer.gradient_clip_val:
            raise InputError(
                "trainer.gradient_clip_val has nothing to clip, as engine=fused holds no gradients; leave it out, or "
                "take engine=autograd"
            )
        if model.loss != "softmax" and self.settings.words_per_batch is not None:
            raise InputError(
                "engine.words_per_batch is for model.loss=softmax and for engine=autograd; engine=fused takes a step "
                "of descent for each window or pair, and engine.words_per_step only says how often it looks up"
            )

    def prepare(
        self, model: ModelSettings, corpus: EncodedCorpus, vocabulary: Vocabulary, seed: int
    ) -> tuple[FusedModule, Word2VecData]:
        sampler = make_sampler(vocabulary, model, seed)
        words_per_step, words_per_batch = self._sizes(model)
        fused_pass = FusedPass(
            corpus,
            sampler,
            architecture=model.architecture,
            loss=model.loss,
            negatives=model.negatives,
            reduce=model.reduce,
            gradient=model.gradient,
            words_per_batch=words_per_batch,
            threads=self.threads,
        )
        module = FusedModule(
            make_network(vocabulary, model, seed, allocate=aligned_rows),
            fused_pass,
            model.loss,
            learning_rate=model.rates.start,
            min_learning_rate=model.rates.end,
        )
        batches = StretchBatches(corpus, words_per_step)
        sizes = {"words_per_step": words_per_step}
        if model.loss == "softmax":
            sizes["words_per_batch"] = words_per_batch
        return module, Word2VecData(batches, vocabulary, sampler, model, **sizes)

    def compile(self, module: Word2VecModule, *, quiet: bool) -> None:
        assert isinstance(module, FusedModule)
        model = module.model
        matrices = model.in_embeddings.detach(), model.out_embeddings.detach()
        if not quiet and not module.fused_pass.is_compiled(*matrices):
            kept = "it is kept for other runs"
            if not module.fused_pass.keeps_code():
                kept = f"it is not kept, as {default_cache_dir()} is not writable, or not for this user alone"
            print(
                f"torchw2v: compiling the training loop for dimension {model.embedding_dim}, once; {kept}",
                file=sys.stderr,
                flush=True,
            )
        module.fused_pass.compile(*matrices)

    def _sizes(self, model: ModelSettings) -> tuple[int, int]:
        """Words of a step of Lightning's, and of a step of the softmax's descent."""
        batch = self.settings.words_per_batch or _SOFTMAX_WORDS_PER_BATCH
        if model.loss != "softmax":
            return self.settings.words_per_step or WORDS_PER_STEP, batch
        words = self.settings.words_per_step or max(_SOFTMAX_WORDS_PER_STEP // batch, 1) * batch
        if words % batch:
            raise InputError(
                f"engine.words_per_step must be a multiple of engine.words_per_batch, which is {batch}, not {words}"
            )
        return words, batch
