"""torchw2v: a whole training through Lightning, or the bare pass of engine=fused in a loop."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from contextlib import nullcontext, redirect_stderr
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import lightning.pytorch as pl

from benchmarks.rounds import Sample
from benchmarks.settings import Settings
from torchw2v.data import Corpus, EncodedCorpus
from torchw2v.errors import InputError
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
        learning_rate=settings.rate,
        min_learning_rate=settings.min_rate,
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
    """A run of its own, quiet; with a folder as `train.py` runs it: curves, checkpoints, results, and a bar.

    Raises:
        InputError: as `train_word2vec`.
    """
    logger = None
    if folder:
        # here, because imports count where a whole process is measured
        from torchw2v.training.event_logger import EventLogger

        logger = EventLogger(folder)

    def make_trainer(callbacks: list[pl.Callback]) -> pl.Trainer:
        return pl.Trainer(
            accelerator="cpu",
            devices=1,
            max_epochs=epochs,
            max_steps=max_steps,
            callbacks=callbacks,
            logger=logger or False,
            log_every_n_steps=1 if own.engine == "fused" else 100,
            enable_checkpointing=folder is not None,
            enable_model_summary=False,
            num_sanity_val_steps=0,
            use_distributed_sampler=False,
            default_root_dir=folder or cache,
        )

    with redirect_stderr(_UnseenTerminal()) if folder else nullcontext():
        result = train_word2vec(
            lambda: Corpus(text),
            folder,
            make_trainer,
            model=model_settings(settings, own),
            engine=own.engine_settings,
            min_count=settings.min_count,
            max_size=settings.max_size,
            cache_dir=cache,
            seed=seed,
            quiet=folder is None,
        )
    if logger:
        logger.experiment.close()
    return result


class _UnseenTerminal(io.TextIOBase):
    """What a bar is drawn on as often as on a terminal."""

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        return len(text)


class WholeTraining:
    """Each `train` is a run of its own, through Lightning; its time is that from on_train_start to on_train_end.

    Where fewer words are asked for than an epoch has, the run ends after so many steps of engine=autograd.

    Args:
        text: a line a sentence.
        words: in it.
        settings: of the model.
        own: engine and threads.
        cache: for the encoded text.
        as_users: with all that `train.py` has, in a new folder each time; else without logger, bar and checkpoint.

    Attributes:
        checkpoint_seconds: of each run, what writing checkpoints took of its time.
    """

    def __init__(
        self, text: Path, words: int, settings: Settings, own: Own, *, cache: Path, as_users: bool = False
    ) -> None:
        self.words = words
        self.own = own
        self.as_users = as_users
        self.checkpoint_seconds: list[float] = []
        self._run: Callable[..., Word2VecResult] = partial(run_training, text, settings, own, cache=cache)

    def train(self, words: int) -> Sample:
        part = self.own.engine == "autograd" and words < self.words
        steps = -(-words // self.own.words_per_batch) if part else -1
        epochs = max(1, round(words / self.words))
        with TemporaryDirectory(prefix="benchmark-") as folder:
            result = self._run(epochs=epochs, max_steps=steps, folder=Path(folder) if self.as_users else None)
        seconds = result.metrics["seconds"]
        self.checkpoint_seconds.append(seconds["checkpoints"])
        return Sample(seconds["training"] + seconds["checkpoints"], result.metrics["training"]["words"])


class BarePass:
    """engine=fused without Lightning: the calls that it would make, one after the other.

    Raises:
        InputError: another engine is asked for.
    """

    def __init__(self, corpus: EncodedCorpus, settings: Settings, own: Own) -> None:
        if own.engine != "fused":
            raise InputError(f"only engine=fused has a pass without Lightning: leave out --engine {own.engine}")
        vocabulary = corpus.vocabulary(min_count=settings.min_count, max_size=settings.max_size)
        model = model_settings(settings, own)
        module, data = FusedEngine(FusedSettings(threads=own.threads)).prepare(model, corpus, vocabulary, seed=0)
        self.batches = data.batches
        self.rate = model.rates.start
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
