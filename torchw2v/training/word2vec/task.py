"""A run, from text to vectors on disk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from torchw2v.checks import seed_of_draws
from torchw2v.data.batches import PairBatches, WindowBatches
from torchw2v.data.corpus import Corpus
from torchw2v.data.encoding import EncodedCorpus, encode
from torchw2v.data.sampling import WindowSampler
from torchw2v.data.vocabulary import Vocabulary
from torchw2v.errors import InputError
from torchw2v.nn import CBOW, FullSoftmax, HierarchicalSoftmax, NegativeSampling, SkipGram
from torchw2v.training.environment import surroundings
from torchw2v.training.fitting import Fit, MakeTrainer
from torchw2v.training.result import RunResult
from torchw2v.training.run_folder import check_free_space
from torchw2v.training.settings import read_settings
from torchw2v.training.word2vec.data_module import Word2VecData
from torchw2v.training.word2vec.metrics import Word2VecMetrics
from torchw2v.training.word2vec.module import Loss, Model, Word2VecModule
from torchw2v.training.word2vec.report import format_report
from torchw2v.training.word2vec.results import result_bytes, write_results
from torchw2v.training.word2vec.settings import EngineSettings, ModelSettings
from torchw2v.vectors import WordVectors

_ONLY_OF = {
    "num_negatives": ("loss", "negative_sampling"),
    "ns_exponent": ("loss", "negative_sampling"),
    "reduce": ("architecture", "cbow"),
    "gradient": ("architecture", "cbow"),
}


@dataclass(kw_only=True)
class Word2VecResult(RunResult):
    """What a run made; `vectors` are the rows of the input matrix."""

    vectors: WordVectors = field()

    def report(self) -> list[str]:
        return format_report(self.vectors, self.metrics)


def word2vec_task(config: Mapping[str, Any], make: Callable[[Any], Any]) -> Callable[..., Word2VecResult]:
    """`train_word2vec` with the settings of a configuration; `make` makes what it names by `_target_`.

    Raises:
        InputError: a setting that is none, or is out of range.
    """
    data, engine = config["data"], dict(config["engine"])
    if "corpus" not in data:
        raise InputError(f"model={config['model']['name']} trains on text: add data=pydocs, data=text or data=text8")
    if engine["name"] != "autograd":
        raise InputError(f"model={config['model']['name']} trains with engine=autograd, not engine={engine['name']}")
    if data["path"] is not None and data["corpus"]["source"] != data["path"]:
        raise InputError("data.path is for text of your own: add data=text")
    for name, (setting, value) in _ONLY_OF.items():
        if name in config["model"] and config["model"][setting] != value:
            raise InputError(f"model.{name} is no setting of model={config['model']['name']}, but of {setting}={value}")
    return partial(
        train_word2vec,
        lambda: make(data["corpus"]),
        model=read_settings(ModelSettings, "model", config["model"]),
        engine=read_settings(EngineSettings, "engine", engine | {"optimizer": make(engine["optimizer"])}),
        min_count=data["min_count"],
        max_size=data["max_size"],
        cache_dir=data["cache_dir"],
        seed=config["seed"],
    )


def train_word2vec(
    make_corpus: Callable[[], Corpus],
    folder: Path,
    make_trainer: MakeTrainer,
    *,
    model: ModelSettings,
    engine: EngineSettings,
    min_count: int = 5,
    max_size: int | None = None,
    cache_dir: str | Path | None = None,
    seed: int = 0,
    resume: Path | None = None,
) -> Word2VecResult:
    """Read, count and encode a corpus, train a word2vec model on it, and write the results.

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
    totals = Word2VecMetrics()
    fit = Fit(folder, make_trainer, [totals], resume=resume)
    _check_gradients(fit, model, engine)
    with fit.timed("corpus"):
        corpus = read_corpus(make_corpus(), cache_dir=cache_dir)
    with fit.timed("vocabulary"):
        vocabulary = corpus.vocabulary(min_count=min_count, max_size=max_size)
        if len(vocabulary) < 2:
            raise InputError(
                "the vocabulary holds one word only, so there is nothing to predict; "
                "lower data.min_count or give more text"
            )
        check_free_space(folder, result_bytes(len(vocabulary), model.embedding_dim))
        sampler = _make_sampler(vocabulary, model, seed)
    make_batches = PairBatches if model.architecture == "skipgram" else WindowBatches
    data = Word2VecData(make_batches(corpus, sampler, engine.words_per_batch), vocabulary)
    module = Word2VecModule(
        _make_model(vocabulary, model, engine, seed),
        _make_loss(vocabulary, model, engine),
        engine.optimizer,
        learning_rate=model.learning_rate,
        min_learning_rate=model.min_learning_rate,
    )
    with fit.training(module, data, threads=engine.threads):
        trainer = fit.trainer
        metrics = {
            "corpus": _describe(corpus, vocabulary),
            "training": totals.summary(fit.seconds["training"])
            | {
                "example": "pair" if model.architecture == "skipgram" else "window",
                "steps": trainer.global_step,
                "stopped_by": fit.stopped_by,
            },
            "seconds": fit.seconds,
            "seed": seed,
            **surroundings(fit.trainer.strategy.root_device, engine.threads),
        }
        vectors = WordVectors(vocabulary.words, module.model.in_embeddings.cpu())
        written = write_results(folder, vectors, metrics)
    return Word2VecResult(vectors=vectors, metrics=metrics, paths=fit.written(written), stopped_by=fit.stopped_by)


def _check_gradients(fit: Fit, model: ModelSettings, engine: EngineSettings) -> None:
    if fit.trainer.gradient_clip_val and engine.sparse_gradients:
        raise InputError("trainer.gradient_clip_val needs dense gradients: set engine.sparse=false")
    if model.loss == "softmax" and engine.sparse_gradients and not engine.takes_dense_gradients:
        raise InputError(
            "engine.optimizer takes sparse gradients only, but those of model.loss=softmax are dense; take another"
        )


def _make_sampler(vocabulary: Vocabulary, model: ModelSettings, seed: int) -> WindowSampler:
    return WindowSampler(
        vocabulary.counts,
        seed=seed,
        window=model.window,
        sample=model.sample,
        num_negatives=model.negatives_drawn,
        ns_exponent=model.ns_exponent,
    )


def _make_model(vocabulary: Vocabulary, model: ModelSettings, engine: EngineSettings, seed: int) -> Model:
    size, sparse, generator = len(vocabulary), engine.sparse_gradients, torch.Generator().manual_seed(seed)
    if model.architecture == "skipgram":
        return SkipGram(size, model.embedding_dim, sparse=sparse, generator=generator)
    return CBOW(
        size,
        model.embedding_dim,
        reduce=model.reduce,
        gradient=model.gradient,
        empty="zero",  # no window of ours is, and looking would cost time
        sparse=sparse,
        generator=generator,
    )


def _make_loss(vocabulary: Vocabulary, model: ModelSettings, engine: EngineSettings) -> Loss:
    if model.loss == "negative_sampling":
        return NegativeSampling(reduction="sum", sparse=engine.sparse_gradients)
    if model.loss == "hierarchical_softmax":
        return HierarchicalSoftmax(vocabulary.counts, reduction="sum", sparse=engine.sparse_gradients)
    return FullSoftmax(reduction="sum")


def _describe(corpus: EncodedCorpus, vocabulary: Vocabulary) -> dict[str, int]:
    return {
        "words": len(corpus),
        "sentences": corpus.num_sentences,
        "different_words": int(corpus.counts.size),
        "vocabulary": len(vocabulary),
        "words_in_vocabulary": vocabulary.total,
    }


def read_corpus(corpus: Corpus, *, cache_dir: str | Path | None) -> EncodedCorpus:
    """`encode` with a bar of the words read; none is drawn where the cache has the corpus."""
    with tqdm(desc="reading", unit=" words", unit_scale=True, delay=0.5, dynamic_ncols=True) as bar:

        def show(words: int) -> None:
            bar.update(words)

        return encode(corpus, cache_dir=cache_dir, on_block=show)
