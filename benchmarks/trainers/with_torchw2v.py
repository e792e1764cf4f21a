"""torchw2v: a whole training, as `train.py` runs it, or the bare pass of engine=fused in a loop."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import lightning.pytorch as pl

from benchmarks.rounds import Sample
from benchmarks.settings import Settings
from torchw2v.data import Corpus, EncodedCorpus
from torchw2v.optim import RowSGD
from torchw2v.training import EngineSettings, FusedSettings, ModelSettings, Word2VecResult, train_word2vec
from torchw2v.training.word2vec.fused import FusedEngine
from torchw2v.training.word2vec.models import RECIPES

NAME = "torchw2v"


@dataclass(frozen=True)
class Own:
    """What only torchw2v can be told.

    Attributes:
        engine: "fused" or "autograd".
        threads: of the engine.
        negatives: of skip-gram with negative sampling: "per_window" or "per_pair".
        gradient: of CBOW: "exact" or "word2vec".
        words_per_batch: of engine=autograd.
        max_row_step: of engine=autograd; infinite is plain SGD.
    """

    engine: str = "fused"
    threads: int = 2
    negatives: str = "per_window"
    gradient: str = "exact"
    words_per_batch: int = 1024
    max_row_step: float = 1.6

    @property
    def engine_settings(self) -> EngineSettings | FusedSettings:
        if self.engine == "fused":
            return FusedSettings(threads=self.threads)
        optimizer = partial(RowSGD, max_row_step=self.max_row_step)
        return EngineSettings(self.words_per_batch, threads=self.threads, optimizer=optimizer)

    def __str__(self) -> str:
        if self.engine == "fused":
            return self.engine
        return f"{self.engine}, {self.words_per_batch} words, L = {self.max_row_step:g}"


def model_settings(settings: Settings, own: Own) -> ModelSettings:
    """Our default settings of the model, but for what is told."""
    default = RECIPES[settings.model].model
    return replace(
        default,
        embedding_dim=settings.embedding_dim,
        window=settings.window,
        num_negatives=settings.num_negatives,
        sample=settings.sample,
        negatives=own.negatives,
        gradient=own.gradient,
        learning_rate=settings.rate or default.learning_rate,
    )


def run_training(
    text: Path,
    settings: Settings,
    own: Own,
    *,
    epochs: int,
    max_steps: int = -1,
    seed: int = 0,
    cache: Path,
    folder: Path | None = None,
) -> Word2VecResult:
    """A run of its own, quiet; with a folder, all results are written there.

    Raises:
        InputError: as `train_word2vec`.
    """
    return train_word2vec(
        lambda: Corpus(text),
        folder,
        lambda callbacks: pl.Trainer(
            accelerator="cpu",
            devices=1,
            max_epochs=epochs,
            max_steps=max_steps,
            callbacks=callbacks,
            logger=False,
            enable_checkpointing=False,
            enable_model_summary=False,
            use_distributed_sampler=False,
            default_root_dir=folder or cache,
        ),
        model=model_settings(settings, own),
        engine=own.engine_settings,
        min_count=settings.min_count,
        max_size=settings.max_size,
        cache_dir=cache,
        seed=seed,
        quiet=True,
    )


class WholeTraining:
    """Each `train` is a run of its own, through Lightning; its time is that of the training alone.

    Where fewer words are asked for than an epoch has, the run ends after so many steps of engine=autograd.
    """

    def __init__(self, text: Path, words: int, settings: Settings, own: Own, *, cache: Path) -> None:
        self.words = words
        self.own = own
        self._run: Callable[..., Word2VecResult] = partial(run_training, text, settings, own, cache=cache)

    def train(self, words: int) -> Sample:
        part = self.own.engine == "autograd" and words < self.words
        steps = -(-words // self.own.words_per_batch) if part else -1
        result = self._run(epochs=max(1, round(words / self.words)), max_steps=steps)
        return Sample(result.metrics["seconds"]["training"], result.metrics["training"]["words"])


class BarePass:
    """engine=fused without Lightning: the calls that it would make, one after the other."""

    def __init__(self, corpus: EncodedCorpus, settings: Settings, own: Own) -> None:
        vocabulary = corpus.vocabulary(min_count=settings.min_count, max_size=settings.max_size)
        model = model_settings(settings, own)
        module, data = FusedEngine(FusedSettings(threads=own.threads)).prepare(model, corpus, vocabulary, seed=0)
        self.batches = data.batches
        self.rate = model.learning_rate
        self.fused_pass = module.fused_pass
        self.matrices = module.model.in_embeddings.detach(), module.model.out_embeddings.detach()
        self.fused_pass.compile(*self.matrices)
        self._epoch = 0

    def train(self, words: int) -> Sample:
        size = len(self.batches.corpus)
        epochs = max(1, round(words / size))
        start = time.perf_counter()
        for _ in range(epochs):
            for stretch in self.batches.epoch(self._epoch):
                self.fused_pass(*self.matrices, *stretch, learning_rate=self.rate)
            self._epoch += 1
        return Sample(time.perf_counter() - start, epochs * size)
