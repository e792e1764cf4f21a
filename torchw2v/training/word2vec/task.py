"""A run, from text to vectors on disk."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from tqdm import tqdm

from torchw2v.checks import seed_of_draws
from torchw2v.data.corpus import Corpus
from torchw2v.data.encoding import EncodedCorpus, encode
from torchw2v.data.phrase_settings import PhraseSettings
from torchw2v.data.phrases import JoinedCorpus
from torchw2v.data.vocabulary import Vocabulary
from torchw2v.errors import InputError
from torchw2v.evaluation import Judgement
from torchw2v.memory import give_back
from torchw2v.pictures import check_pictures_can_be_drawn
from torchw2v.training.environment import surroundings
from torchw2v.training.fitting import Fit, MakeTrainer
from torchw2v.training.pictures import write_pictures
from torchw2v.training.result import RunResult
from torchw2v.training.run_folder import check_free_space
from torchw2v.training.settings import read_settings
from torchw2v.training.word2vec.engines import SETTINGS, check_settings_are_of, make_engine
from torchw2v.training.word2vec.judging import EvaluationSettings, JudgeVectors
from torchw2v.training.word2vec.metrics import Word2VecMetrics
from torchw2v.training.word2vec.models import check_settings_of
from torchw2v.training.word2vec.network import untrained_loss
from torchw2v.training.word2vec.phrases import join, read_phrase_settings
from torchw2v.training.word2vec.pictures import word2vec_pictures
from torchw2v.training.word2vec.report import format_report, next_steps
from torchw2v.training.word2vec.results import result_bytes, write_results
from torchw2v.training.word2vec.settings import EngineSettings, FusedSettings, ModelSettings
from torchw2v.vectors import WordVectors

# Above so many times the loss of knowing nothing, steps are too large to learn anything.
_HOPELESS = 10


@dataclass(kw_only=True)
class Word2VecResult(RunResult):
    """What a run made; `vectors` are the rows of the input matrix, `judgement` is None where nothing was asked."""

    vectors: WordVectors = field()
    judgement: Judgement | None = None

    def report(self) -> list[str]:
        return format_report(self.vectors, self.metrics, self.judgement)

    def next_steps(self, folder: Path) -> list[str]:
        return next_steps(self.vectors, self.metrics, folder, judged=self.judgement is not None)


def word2vec_task(config: Mapping[str, Any], make: Callable[[Any], Any]) -> Callable[..., Word2VecResult]:
    """`train_word2vec` with the settings of a configuration; `make` makes what it names by `_target_`.

    Raises:
        InputError: a setting that is none, or is out of range.
    """
    data, engine = config["data"], dict(config["engine"])
    if "corpus" not in data:
        raise InputError(f"model={config['model']['name']} trains on text: add data=pydocs, data=text or data=text8")
    if engine["name"] not in SETTINGS:
        names = " or ".join(f"engine={name}" for name in SETTINGS)
        raise InputError(f"model={config['model']['name']} trains with {names}, not engine={engine['name']}")
    if data["path"] is not None and data["corpus"]["source"] != data["path"]:
        raise InputError("data.path is for text of your own: add data=text")
    model = read_settings(ModelSettings, "model", config["model"])
    check_settings_of(config["model"]["name"], model, config["model"])
    check_settings_are_of(engine["name"], engine)
    if "optimizer" in engine:
        engine["optimizer"] = make(engine["optimizer"])
    return partial(
        train_word2vec,
        lambda: make(data["corpus"]),
        model=model,
        engine=read_settings(SETTINGS[engine["name"]], "engine", engine),
        min_count=data["min_count"],
        max_size=data["max_size"],
        cache_dir=data["cache_dir"],
        phrases=read_phrase_settings(data["phrases"]),
        seed=config["seed"],
        pictures=config["pictures"],
        evaluation=read_settings(EvaluationSettings, "evaluation", config.get("evaluation") or {}),
    )


def train_word2vec(
    make_corpus: Callable[[], Corpus],
    folder: Path | None,
    make_trainer: MakeTrainer,
    *,
    model: ModelSettings,
    engine: EngineSettings | FusedSettings,
    min_count: int = 5,
    max_size: int | None = None,
    cache_dir: str | Path | None = None,
    phrases: PhraseSettings | None = None,
    seed: int = 0,
    pictures: bool = False,
    evaluation: EvaluationSettings | None = None,
    resume: Path | None = None,
    quiet: bool = False,
) -> Word2VecResult:
    """Read, count and encode a corpus, train a word2vec model on it, and write the results.

    Args:
        make_corpus: gives the corpus; may take its time.
        folder: of this run alone; None writes nothing.
        make_trainer: gives the trainer for these callbacks.
        model: what is trained.
        engine: how it is trained.
        min_count: words seen less often get no vector.
        max_size: the most words that get one.
        cache_dir: where the encoded corpus is kept.
        phrases: how words that belong together are joined first; None joins none.
        seed: of the initial values and every draw.
        pictures: draw the words, the lengths of their vectors and the curves into the folder, unless training was
            stopped early.
        evaluation: what the vectors are asked while they are trained and in the end; None asks nothing.
        resume: a checkpoint to go on from.
        quiet: says nothing while it works.

    Raises:
        InputError: what was given cannot be trained on or written to.
    """
    seed_of_draws(seed)  # again in the sampler, but here before the text is read
    if pictures and folder:
        check_pictures_can_be_drawn()
    judging = JudgeVectors(evaluation, vectors=model.vectors, seed=seed) if evaluation and evaluation.asks else None
    totals = Word2VecMetrics(lambda: time.perf_counter() - (judging.seconds if judging else 0.0))
    fit = Fit(folder, make_trainer, [*([judging] if judging else []), totals], resume=resume, quiet=quiet)
    runner = make_engine(engine)
    runner.check(fit.trainer, model)
    with fit.timed("corpus"):
        corpus = read_corpus(make_corpus(), cache_dir=cache_dir, quiet=quiet)
    if phrases is not None:
        with fit.timed("phrases"):
            corpus = join(corpus, phrases, cache_dir=cache_dir, quiet=quiet)
    with fit.timed("vocabulary"):
        vocabulary = corpus.vocabulary(min_count=min_count, max_size=max_size)
        if len(vocabulary) < 2:
            raise InputError(
                "the vocabulary holds one word only, so there is nothing to predict; "
                "lower data.min_count or give more text"
            )
        if folder:
            check_free_space(folder, result_bytes(len(vocabulary), model.embedding_dim))
        with _enough_memory():
            module, data = runner.prepare(model, corpus, vocabulary, seed)
        module.highest_loss = _HOPELESS * untrained_loss(model, len(vocabulary))
        corpus.give_back()
    with fit.timed("compiling"):
        with _enough_memory():
            runner.compile(module, quiet=quiet)
        give_back()
    with fit.training(module, data, threads=runner.threads):
        metrics = {
            "corpus": _describe(corpus, vocabulary),
            "training": totals.summary(fit.seconds["training"])
            | {
                "engine": module.engine,
                "example": "pair" if model.is_skipgram else "window",
                "learning_rates": model.rates,
                "vectors": model.vectors,
                "resumed_at_step": fit.steps_done,
                "steps": fit.trainer.global_step,
                "stopped_by": fit.stopped_by,
            },
            "seconds": fit.seconds,
            "seed": seed,
            **surroundings(fit.trainer.strategy.root_device, runner.threads),
        }
        corpus.give_back()
        vectors = WordVectors(vocabulary.words, module.give_away(model.vectors), copy=False)
        judgement = judging.judge(vectors) if judging and not fit.stopped_by else None
        if judging and judgement:
            metrics["evaluation"] = judging.to_dict(judgement)
            fit.seconds[judging.phase] = judging.seconds
        written = []
        if folder:
            counts = vocabulary.counts.tolist()
            written += write_results(folder, vectors, metrics, counts=counts)
            written.append(totals.curves.write(folder / "curves.tsv"))
            if pictures and not fit.stopped_by:
                written += write_pictures(folder, fit.trainer, word2vec_pictures(vectors, counts, totals.curves))
    return Word2VecResult(
        vectors=vectors,
        metrics=metrics,
        paths=fit.written(written),
        stopped_by=fit.stopped_by,
        judgement=judgement,
    )


@contextmanager
def _enough_memory() -> Iterator[None]:
    """InputError where sizes were asked for that do not fit."""
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and "alloc" not in str(error):
            raise
        raise InputError(
            "there is not enough memory for a model of this size: lower model.embedding_dim, model.num_negatives or "
            "data.max_size"
        ) from None


def _describe(corpus: EncodedCorpus, vocabulary: Vocabulary) -> dict[str, Any]:
    phrases = {}
    if isinstance(corpus, JoinedCorpus):
        phrases = {"passes": corpus.passes, "different": corpus.num_phrases, "joins": corpus.num_joins}
    return {
        "phrases": phrases or None,
        "words": len(corpus),
        "sentences": corpus.num_sentences,
        "different_words": int(corpus.counts.size),
        "vocabulary": len(vocabulary),
        "words_in_vocabulary": vocabulary.total,
    }


def read_corpus(corpus: Corpus, *, cache_dir: str | Path | None, quiet: bool = False) -> EncodedCorpus:
    """`encode` with a bar of the words read; none is drawn where the cache has the corpus."""
    with tqdm(desc="reading", unit=" words", unit_scale=True, delay=0.5, dynamic_ncols=True, disable=quiet) as bar:

        def show(words: int) -> None:
            bar.update(words)

        return encode(corpus, cache_dir=cache_dir, on_block=show)
