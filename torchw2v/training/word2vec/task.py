"""A run, from text to vectors on disk."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import lightning.pytorch as pl
import torch
from tqdm import tqdm

from torchw2v.checks import positive_int, seed_of_draws
from torchw2v.data.corpus import Corpus
from torchw2v.data.encoding import EncodedCorpus, encode
from torchw2v.data.sampling import WindowSampler
from torchw2v.data.vocabulary import Vocabulary
from torchw2v.errors import InputError
from torchw2v.nn import NegativeSampling, SkipGram
from torchw2v.training.callbacks import (
    LastCheckpoint,
    StopOnFailure,
    StopOnSignal,
    TrainingMetrics,
    WordProgress,
)
from torchw2v.training.data_module import Word2VecData
from torchw2v.training.environment import machine, versions
from torchw2v.training.module import Word2VecModule
from torchw2v.training.results import result_bytes, write_results
from torchw2v.training.run_folder import LAST_CHECKPOINT, check_free_space, read_progress
from torchw2v.training.settings import EngineSettings, ModelSettings
from torchw2v.vectors import WordVectors


@dataclass
class Word2VecResult:
    """What a run made.

    Attributes:
        vectors: the rows of the input matrix.
        metrics: as in `metrics.json`.
        paths: the files written.
        stopped_by: the name of the signal that ended training early, or None.
    """

    vectors: WordVectors
    metrics: dict[str, Any]
    paths: list[Path] = field(default_factory=list)
    stopped_by: str | None = None


def train_word2vec(
    make_corpus: Callable[[], Corpus],
    folder: Path,
    make_trainer: Callable[[list[pl.Callback]], pl.Trainer],
    *,
    model: ModelSettings,
    engine: EngineSettings,
    min_count: int = 5,
    max_size: int | None = None,
    cache_dir: str | Path | None = None,
    seed: int = 0,
    resume: Path | None = None,
) -> Word2VecResult:
    """Read, count and encode a corpus, train skip-gram with negative sampling on it, and write the results.

    Args:
        make_corpus: gives the corpus; may take its time.
        folder: of this run alone.
        make_trainer: gives the trainer for these callbacks.
        model: what is trained.
        engine: how it is trained.
        min_count: words seen less often get no vector.
        max_size: the most words that get one.
        cache_dir: where the encoded corpus is kept.
        seed: of the initial values and every draw.
        resume: a checkpoint to go on from.

    Raises:
        InputError: what was given cannot be trained on or written to.
    """
    seed_of_draws(seed)  # again in the sampler, but here before the text is read
    steps_done = read_progress(resume) if resume else 0
    stop, totals, checkpoint = StopOnSignal(), TrainingMetrics(), folder / LAST_CHECKPOINT
    trainer = make_trainer([stop, totals, WordProgress(), StopOnFailure(), LastCheckpoint(checkpoint)])
    _check_trainer(trainer, engine)
    seconds: dict[str, float] = {}
    with _timed(seconds, "corpus"):
        corpus = read_corpus(make_corpus(), cache_dir=cache_dir)
    with _timed(seconds, "vocabulary"):
        vocabulary = corpus.vocabulary(min_count=min_count, max_size=max_size)
        check_free_space(folder, result_bytes(len(vocabulary), model.embedding_dim))
        sampler = _make_sampler(vocabulary, model, seed)
    data = Word2VecData(corpus, vocabulary, sampler, words_per_batch=engine.words_per_batch)
    if 0 < trainer.max_steps <= steps_done:
        raise InputError(f"{resume}: has nothing left to do; set trainer.max_steps above {steps_done}, or to -1")
    if steps_done >= len(data.batches) * (trainer.max_epochs or 0):
        raise InputError(
            f"{resume}: has nothing left to do; set trainer.max_epochs above {steps_done // len(data.batches)}"
        )
    module = _make_module(len(vocabulary), model, engine, seed)
    with stop:
        with _threads(engine.threads):
            trainer.fit(module, datamodule=data, ckpt_path=resume, weights_only=True)
        stopped_by = stop.received.name if stop.received else None
        stop.listen()
        seconds["training"] = totals.seconds
        metrics = {
            "corpus": _describe(corpus, vocabulary),
            "training": totals.summary() | {"steps": trainer.global_step, "stopped_by": stopped_by},
            "seconds": seconds,
            "seed": seed,
            "machine": machine(trainer.strategy.root_device) | {"threads": engine.threads or torch.get_num_threads()},
            "versions": versions(),
        }
        vectors = WordVectors(vocabulary.words, module.model.in_embeddings.cpu())
        written = write_results(folder, vectors, metrics)
    if checkpoint.exists():
        written.append(checkpoint)
    return Word2VecResult(vectors, metrics, written, stopped_by)


def _make_sampler(vocabulary: Vocabulary, model: ModelSettings, seed: int) -> WindowSampler:
    return WindowSampler(
        vocabulary.counts,
        seed=seed,
        window=model.window,
        sample=model.sample,
        num_negatives=model.num_negatives,
        ns_exponent=model.ns_exponent,
    )


def _make_module(vocab_size: int, model: ModelSettings, engine: EngineSettings, seed: int) -> Word2VecModule:
    sparse = engine.sparse_gradients
    return Word2VecModule(
        SkipGram(vocab_size, model.embedding_dim, sparse=sparse, generator=torch.Generator().manual_seed(seed)),
        NegativeSampling(reduction="sum", sparse=sparse),
        engine.optimizer,
        learning_rate=model.learning_rate,
        min_learning_rate=model.min_learning_rate,
    )


def _describe(corpus: EncodedCorpus, vocabulary: Vocabulary) -> dict[str, int]:
    return {
        "words": len(corpus),
        "sentences": corpus.num_sentences,
        "different_words": int(corpus.counts.size),
        "vocabulary": len(vocabulary),
        "words_in_vocabulary": vocabulary.total,
    }


def _check_trainer(trainer: pl.Trainer, engine: EngineSettings) -> None:
    positive_int("trainer.max_epochs", trainer.max_epochs)
    positive_int("trainer.log_every_n_steps", trainer.log_every_n_steps)  # type: ignore[attr-defined]
    if trainer.max_steps != -1:
        positive_int("trainer.max_steps", trainer.max_steps)
    if trainer.world_size > 1:
        raise InputError(f"trainer: {trainer.world_size} processes were asked for, but only one is supported so far")
    if trainer.accumulate_grad_batches != 1:
        raise InputError("trainer.accumulate_grad_batches must be 1: set engine.words_per_batch for larger steps")
    if trainer.gradient_clip_val and engine.sparse_gradients:
        raise InputError("trainer.gradient_clip_val needs dense gradients: set engine.sparse=false")


def read_corpus(corpus: Corpus, *, cache_dir: str | Path | None) -> EncodedCorpus:
    """`encode` with a bar of the words read; none is drawn where the cache has the corpus."""
    with tqdm(desc="reading", unit=" words", unit_scale=True, delay=0.5, dynamic_ncols=True) as bar:

        def show(words: int) -> None:
            bar.update(words)

        return encode(corpus, cache_dir=cache_dir, on_block=show)


@contextmanager
def _threads(number: int | None) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(number or before)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def _timed(seconds: dict[str, float], phase: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    seconds[phase] = time.perf_counter() - start
