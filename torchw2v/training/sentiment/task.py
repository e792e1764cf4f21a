"""A run, from labelled sentences and word vectors to a classifier on disk and how good it is."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import lightning.pytorch as pl
from torch import Tensor

from torchw2v.data.labelled_sentences import LabelledSentences, SentenceSplits
from torchw2v.errors import InputError
from torchw2v.pictures import check_pictures_can_be_drawn
from torchw2v.sentences import FeatureCounts, RegressionProblem, SentenceClassifier, sentence_features
from torchw2v.sentences.classifier import fingerprint
from torchw2v.training.classification.evaluation import Evaluation, evaluate
from torchw2v.training.environment import surroundings
from torchw2v.training.fitting import Fit, MakeTrainer
from torchw2v.training.pictures import write_pictures
from torchw2v.training.result import RunResult, write_metrics
from torchw2v.training.sentiment.data_module import SentimentData
from torchw2v.training.sentiment.find_vectors import find_vectors, takes_newest
from torchw2v.training.sentiment.grid import Grid
from torchw2v.training.sentiment.mistakes import majority_share, write_mistakes
from torchw2v.training.sentiment.module import SentimentModule
from torchw2v.training.sentiment.report import format_report, grid_notes, sentiment_pictures
from torchw2v.training.sentiment.settings import ConvergenceSettings, SentimentSettings
from torchw2v.training.settings import read_settings
from torchw2v.vectors import WordVectors


@dataclass(kw_only=True)
class SentimentResult(RunResult):
    """What a run made.

    Attributes:
        classifier: with the strength that was best on dev.
        evaluations: by part: "train", "dev" and "test".
    """

    classifier: SentenceClassifier = field()
    evaluations: dict[str, Evaluation] = field()

    def report(self) -> list[str]:
        return format_report(self.metrics)


def sentiment_task(config: Mapping[str, Any], make: Callable[[Any], Any]) -> Callable[..., SentimentResult]:
    """`train_sentiment` with the settings of a configuration; `make` makes what it names by `_target_`.

    Raises:
        InputError: a setting that is none, or is out of range.
    """
    model, engine = config["model"], config["engine"]
    if "sentences" not in config["data"]:
        raise InputError(f"model={model['name']} trains on labelled sentences: add data=sst or data=sentences")
    if engine["name"] != "lbfgs":
        raise InputError(f"model={model['name']} trains with engine=lbfgs, not engine={engine['name']}")
    if config["seed"]:
        raise InputError("seed is not used by model=sentiment, which draws nothing; data.split_seed draws other parts")
    if config["trainer"]["max_epochs"] != 1:
        raise InputError("a run of model=sentiment tries each of model.l2 once: leave trainer.max_epochs at 1")
    return partial(
        train_sentiment,
        lambda: make(config["data"]["sentences"]),
        model=read_settings(SentimentSettings, "model", model),
        engine=read_settings(ConvergenceSettings, "engine", engine),
        output_dir=config["output_dir"],
    )


def train_sentiment(
    make_sentences: Callable[[], SentenceSplits],
    folder: Path,
    make_trainer: MakeTrainer,
    *,
    model: SentimentSettings,
    engine: ConvergenceSettings,
    output_dir: str | Path = "lightning_logs",
    resume: Path | None = None,
) -> SentimentResult:
    """Fit a softmax regression for each strength, choose one on dev, test it, and write the results.

    Args:
        make_sentences: gives the sentences; may take its time.
        folder: of this run alone.
        make_trainer: gives the trainer for these callbacks.
        model: the vectors and the strengths.
        engine: how far the descent goes.
        output_dir: of all runs, where the newest vectors are looked for.
        resume: a checkpoint to go on from.

    Raises:
        InputError: what was given cannot be trained on or written to.
    """
    check_pictures_can_be_drawn()
    vectors_path = find_vectors(model.vectors, output_dir)
    if takes_newest(model.vectors):
        print(f"torchw2v: word vectors of the newest run, {vectors_path}", file=sys.stderr)
    vectors, splits = WordVectors.load(vectors_path), make_sentences()
    parts = {"train": splits.train, "dev": splits.dev, "test": splits.test}
    features, counts = _features(vectors, parts, vectors_path)
    names = splits.train.class_names
    problem = RegressionProblem(features["train"], splits.train.labels, len(names))
    grid = Grid(problem, features["dev"], splits.dev.labels)
    fit = Fit(folder, make_trainer, [grid], resume=resume)
    data = SentimentData(problem, model.strengths)
    module = SentimentModule(problem, max_iterations=engine.max_iterations, tolerance=engine.tolerance)
    with fit.training(module, data, threads=engine.threads):
        grid.restore_best(module)
        best = problem.of_features(module.model.cpu())
        classifier = SentenceClassifier(vectors, best, names, tokenizer=splits.tokenizer, lower=splits.lower)
        evaluations = {name: evaluate(best, features[name], part.labels, len(names)) for name, part in parts.items()}
        tried = [asdict(one) for one in grid.tried]
        metrics = {
            "data": {"classes": list(names), "words": {name: one._asdict() for name, one in counts.items()}},
            "vectors": {
                "path": str(vectors_path),
                "words": len(vectors),
                "dimensions": vectors.embedding_dim,
                "sha256": fingerprint(vectors),
            },
            "l2": grid.best.l2,
            "grid": tried,
            "notes": grid_notes(tried, grid.best.l2, engine.tolerance),
            **{
                name: {
                    "examples": len(part),
                    "accuracy": evaluations[name].accuracy,
                    "majority": majority_share(part.labels, splits.train.labels),
                    "loss": evaluations[name].loss,
                    "recalls": evaluations[name].recalls,
                    "confusion": evaluations[name].confusion.tolist(),
                }
                for name, part in parts.items()
            },
            "training": {"strengths": len(tried), "stopped_by": fit.stopped_by},
            "seconds": fit.seconds,
            **surroundings(fit.trainer.strategy.root_device, engine.threads),
        }
        written = _write_results(
            folder, fit.trainer, classifier, vectors_path, splits.dev, evaluations["test"], metrics
        )
    return SentimentResult(
        classifier=classifier,
        evaluations=evaluations,
        metrics=metrics,
        paths=fit.written(written),
        stopped_by=fit.stopped_by,
    )


def _features(
    vectors: WordVectors, parts: Mapping[str, LabelledSentences], path: Path
) -> tuple[dict[str, Tensor], dict[str, FeatureCounts]]:
    features, counts = {}, {}
    for name, part in parts.items():
        features[name], counts[name] = sentence_features(vectors, part.sentences)
    if not counts["train"].known:
        example = next((word for sentence in parts["train"].sentences for word in sentence), "")
        raise InputError(
            f"{path}: has a vector for none of the {counts['train'].words:,} words to train on, such as {example!r}; "
            "take vectors of that language, and set data.lower and data.tokenizer as their text was split"
        )
    return features, counts


def _write_results(
    folder: Path,
    trainer: pl.Trainer,
    classifier: SentenceClassifier,
    vectors_path: Path,
    dev: LabelledSentences,
    test: Evaluation,
    metrics: dict[str, Any],
) -> list[Path]:
    weights, mistakes, numbers = (folder / name for name in ("model.safetensors", "mistakes.tsv", "metrics.json"))
    try:
        classifier.save(weights, vectors_path=vectors_path)
        metrics["mistakes"] = write_mistakes(mistakes, classifier.probabilities(dev.sentences), dev)
        write_metrics(numbers, metrics)
        pictures = write_pictures(folder, trainer, sentiment_pictures(test, classifier.class_names))
    except OSError as error:
        raise InputError(
            f"{folder.absolute()}: the results could not all be written: {error.strerror or error}; "
            "free some space and run it again"
        ) from None
    return [weights, mistakes, numbers, *pictures]
