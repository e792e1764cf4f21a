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

from torchw2v.checks import int_at_least, non_negative, positive, positive_int
from torchw2v.data.corpus import Corpus
from torchw2v.data.encoding import EncodedCorpus, encode
from torchw2v.data.sampling import WindowSampler
from torchw2v.errors import InputError
from torchw2v.nn import NegativeSampling, SkipGram
from torchw2v.optim import RowSGD
from torchw2v.training.callbacks import (
    LastCheckpoint,
    StopOnDivergence,
    StopOnSignal,
    TrainingMetrics,
    WordProgress,
)
from torchw2v.training.data_module import Word2VecData
from torchw2v.training.environment import machine, versions
from torchw2v.training.module import Word2VecModule, takes_sparse_gradients
from torchw2v.training.results import result_bytes, write_results
from torchw2v.training.run_folder import LAST_CHECKPOINT, check_checkpoint, check_free_space
from torchw2v.vectors import WordVectors


@dataclass(frozen=True)
class ModelSettings:
    """Of the model and its samples; the names and defaults are word2vec's."""

    embedding_dim: int = 100
    window: int = 5
    num_negatives: int = 5
    sample: float = 1e-3
    ns_exponent: float = 0.75
    learning_rate: float = 0.025
    min_learning_rate: float = 1e-4

    def __post_init__(self) -> None:
        positive_int("model.embedding_dim", self.embedding_dim)
        positive_int("model.window", self.window)
        positive_int("model.num_negatives", self.num_negatives)
        non_negative("model.sample", self.sample)
        positive("model.learning_rate", self.learning_rate)
        if non_negative("model.min_learning_rate", self.min_learning_rate) > self.learning_rate:
            raise InputError(
                f"model.min_learning_rate is {self.min_learning_rate}, above model.learning_rate "
                f"{self.learning_rate}: the rate can only fall"
            )


@dataclass(frozen=True)
class EngineSettings:
    """Of the steps in which a model is trained.

    Attributes:
        words_per_batch: words of the corpus in one step.
        threads: of torch's operations; None leaves it to torch.
        optimizer: makes a torch optimiser from parameters and `lr`.
        sparse: sparse gradients; None where the optimiser takes them.
    """

    words_per_batch: int = 1024
    threads: int | None = 1
    optimizer: Callable[..., torch.optim.Optimizer] = RowSGD
    sparse: bool | None = None

    def __post_init__(self) -> None:
        positive_int("engine.words_per_batch", self.words_per_batch)
        if self.threads is not None:
            positive_int("engine.threads", self.threads)
        if self.sparse and not takes_sparse_gradients(self.optimizer):
            raise InputError(
                "engine.sparse=true works with RowSGD and torch's SGD, SparseAdam and Adagrad only; "
                "set engine.sparse=null"
            )

    @property
    def sparse_gradients(self) -> bool:
        return takes_sparse_gradients(self.optimizer) if self.sparse is None else self.sparse


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
    int_at_least(0, "seed", seed)
    if resume is not None:
        check_checkpoint(resume)
    stop, totals, checkpoint = StopOnSignal(), TrainingMetrics(), folder / LAST_CHECKPOINT
    trainer = make_trainer([stop, totals, WordProgress(), StopOnDivergence(), LastCheckpoint(checkpoint)])
    positive_int("trainer.max_epochs", trainer.max_epochs)
    if trainer.world_size > 1:
        raise InputError(f"trainer: {trainer.world_size} processes were asked for, but only one is supported so far")
    seconds: dict[str, float] = {}
    with _timed(seconds, "corpus"):
        corpus = read_corpus(make_corpus(), cache_dir=cache_dir)
    with _timed(seconds, "vocabulary"):
        vocabulary = corpus.vocabulary(min_count=min_count, max_size=max_size)
        check_free_space(folder, result_bytes(len(vocabulary), model.embedding_dim))
        sampler = WindowSampler(
            vocabulary.counts,
            seed=seed,
            window=model.window,
            sample=model.sample,
            num_negatives=model.num_negatives,
            ns_exponent=model.ns_exponent,
        )
    network = SkipGram(
        len(vocabulary),
        model.embedding_dim,
        sparse=engine.sparse_gradients,
        generator=torch.Generator().manual_seed(seed),
    )
    module = Word2VecModule(
        network,
        NegativeSampling(reduction="sum", sparse=engine.sparse_gradients),
        engine.optimizer,
        learning_rate=model.learning_rate,
        min_learning_rate=model.min_learning_rate,
    )
    data = Word2VecData(corpus, vocabulary, sampler, words_per_batch=engine.words_per_batch)
    with stop, _threads(engine.threads):
        trainer.fit(module, datamodule=data, ckpt_path=resume, weights_only=True)
    seconds["training"] = totals.seconds

    vectors = WordVectors(vocabulary.words, network.in_embeddings.cpu())
    metrics = {
        "corpus": {
            "words": len(corpus),
            "sentences": corpus.num_sentences,
            "different_words": int(corpus.counts.size),
            "vocabulary": len(vocabulary),
            "words_in_vocabulary": vocabulary.total,
        },
        "training": {
            "words": totals.num_words,
            "kept_words": totals.num_kept,
            "pairs": totals.num_pairs,
            "steps": trainer.global_step,
            "words_per_second": totals.num_words / totals.seconds if totals.seconds else 0.0,
            "kept_words_per_second": totals.num_kept / totals.seconds if totals.seconds else 0.0,
            "epoch_losses": totals.epoch_losses,
            "stopped_by": stop.received.name if stop.received else None,
        },
        "seconds": seconds,
        "seed": seed,
        "machine": machine(trainer.strategy.root_device) | {"threads": engine.threads or torch.get_num_threads()},
        "versions": versions(),
    }
    written = write_results(folder, vectors, metrics)
    if checkpoint.exists():
        written.append(checkpoint)
    return Word2VecResult(vectors, metrics, written, metrics["training"]["stopped_by"])  # type: ignore[index]


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
