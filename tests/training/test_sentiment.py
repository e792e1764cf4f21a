"""A run that classifies sentences: it learns what is planted, chooses on dev, resumes, and leaves files of use."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import lightning.pytorch as pl
import numpy as np
import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from tests.sentences.planted import CLASSES, sentences, vectors
from tests.training.conftest import make_trainer
from torchw2v import InputError
from torchw2v.data.labelled_sentences import LabelledSentences, SentenceSplits
from torchw2v.sentences import SentenceClassifier, sentence_features
from torchw2v.training.event_logger import EventLogger
from torchw2v.training.sentiment import ConvergenceSettings, SentimentResult, SentimentSettings, train_sentiment
from torchw2v.training.sentiment.find_vectors import find_vectors
from torchw2v.training.sentiment.mistakes import majority_share, write_mistakes

pytest.importorskip("matplotlib", reason="a run ends with pictures, which need the package matplotlib")

STRENGTHS = [1.0, 0.1, 0.01, 1e-3]


def part(n: int, seed: int, mood: int = 1) -> LabelledSentences:
    found = sentences(n, mood=mood, seed=seed)
    labels = torch.tensor([CLASSES.index(name) for name, _ in found])
    return LabelledSentences([words for _, words in found], [" ".join(words) for _, words in found], labels, CLASSES)


def splits(n: int = 300) -> SentenceSplits:
    return SentenceSplits(part(n, 0), part(n // 2, 1), part(n // 2, 2), tokenizer="whitespace", lower=True)


@pytest.fixture
def train(tmp_path: Path) -> Callable[..., SentimentResult]:
    vectors().save(tmp_path / "vectors.safetensors")

    def run(
        data: SentenceSplits | None = None,
        *,
        name: str = "run",
        model: dict[str, Any] | None = None,
        engine: dict[str, Any] | None = None,
        callbacks: tuple[pl.Callback, ...] = (),
        resume: Path | None = None,
        **options: Any,
    ) -> SentimentResult:
        folder = tmp_path / name
        folder.mkdir()
        trainer = make_trainer(folder, 1, **options)
        trainer = partial(trainer, logger=EventLogger(folder), log_every_n_steps=1)
        return train_sentiment(
            lambda: data or splits(),
            folder,
            lambda own: trainer(callbacks=[*own, *callbacks]),
            model=SentimentSettings(**{"vectors": tmp_path / "vectors.safetensors", "l2": STRENGTHS} | (model or {})),
            engine=ConvergenceSettings(**engine or {}),
            resume=resume,
        )

    return run


def test_it_is_as_right_as_scikit_learn_for_every_strength(train) -> None:
    linear = pytest.importorskip("sklearn.linear_model", reason="the comparison needs scikit-learn")
    data = splits(600)
    result = train(data)
    features = [sentence_features(vectors(), one.sentences)[0].numpy() for one in data[:3]]
    labels = [one.labels.numpy() for one in data[:3]]
    spread = np.sqrt(features[0].var(0).mean())
    best = []
    for one in result.metrics["grid"]:
        strength = 600 * one["l2"] * spread**2
        sklearn = linear.LogisticRegression(C=1 / strength, tol=1e-9, max_iter=20_000).fit(features[0], labels[0])
        assert one["train_accuracy"] == pytest.approx(sklearn.score(features[0], labels[0]), abs=0.003)
        assert one["dev_accuracy"] == pytest.approx(sklearn.score(features[1], labels[1]), abs=0.003)
        if one["l2"] == result.metrics["l2"]:
            assert result.metrics["test"]["accuracy"] == pytest.approx(sklearn.score(features[2], labels[2]), abs=0.003)
        best.append((one["dev_accuracy"], -one["dev_loss"], one["l2"]))
    assert result.metrics["l2"] == max(best)[2]
    assert [one["l2"] for one in result.metrics["grid"]] == STRENGTHS


def test_it_learns_what_is_planted_and_leaves_its_files(train, tmp_path) -> None:
    result = train(SentenceSplits(part(300, 0, 4), part(150, 1, 4), part(150, 2, 4), tokenizer="words", lower=True))
    assert result.evaluations["test"].accuracy > 0.95
    folder = tmp_path / "run"
    names = {path.name for path in folder.iterdir() if not path.name.startswith("events")}
    assert names == {"model.safetensors", "mistakes.tsv", "metrics.json", "confusion_matrix.png", "checkpoints"}
    metrics = json.loads((folder / "metrics.json").read_text())
    for name, n in (("train", 300), ("dev", 150), ("test", 150)):
        assert metrics[name]["majority"] == pytest.approx(1 / 3)
        confusion = torch.tensor(metrics[name]["confusion"])
        assert int(confusion.sum()) == metrics[name]["examples"] == n
        assert confusion.trace().item() / n == metrics[name]["accuracy"]
        assert metrics["data"]["words"][name] == {
            "sentences": n,
            "words": 10 * n,
            "known": 10 * n,
            "empty": 0,
            "unknown": 0,
        }
    again = SentenceClassifier.load(folder)
    assert again.predict(["good1 good2 the3 good5"])[0].label == "good"
    test = part(150, 2, 4)
    taken = torch.tensor([CLASSES.index(one.label) for one in again.predict(test.sentences)])
    assert (taken == test.labels).double().mean().item() == metrics["test"]["accuracy"]
    mistakes = (folder / "mistakes.tsv").read_text().splitlines()
    assert mistakes[0] == "label\tpredicted\tprobability\ttext"
    assert len(mistakes) - 1 == 150 - round(150 * metrics["dev"]["accuracy"]) == metrics["mistakes"]
    events = EventAccumulator(str(folder)).Reload()
    for tag, key in (("dev/accuracy", "dev_accuracy"), ("dev/loss", "dev_loss"), ("l2", "l2")):
        assert [one.step for one in events.Scalars(tag)] == [1, 2, 3, 4]
        assert [one.value for one in events.Scalars(tag)] == pytest.approx([one[key] for one in metrics["grid"]])
    assert events.Tags()["images"] == ["confusion_matrix"]


def test_unknown_and_empty_sentences_are_counted_and_reported(train) -> None:
    data = splits(30)
    strange = LabelledSentences(
        [[], ["zzz"], *data.train.sentences],
        ["", "zzz", *data.train.texts],
        torch.cat((torch.tensor([0, 1]), data.train.labels)),
        CLASSES,
    )
    result = train(data._replace(train=strange))
    assert result.metrics["data"]["words"]["train"] == {
        "sentences": 32,
        "words": 301,
        "known": 300,
        "empty": 1,
        "unknown": 1,
    }
    report = "\n".join(result.report())
    assert "sentences without a word: 1, with unknown words only: 1" in report
    for figure in (result.metrics["dev"]["accuracy"], result.metrics["test"]["majority"]):
        assert f"{figure:.2%}" in report


class InterruptAt(pl.Callback):
    def __init__(self, step: int) -> None:
        self.step = step

    def on_train_batch_end(self, trainer: pl.Trainer, *args: Any) -> None:
        if trainer.global_step == self.step:
            os.kill(os.getpid(), signal.SIGINT)


def test_an_interrupted_run_keeps_what_it_tried_and_resumes_to_the_same_bits(train, tmp_path) -> None:
    whole = train(name="whole")
    part = train(name="part", callbacks=(InterruptAt(2),))
    assert part.stopped_by == "SIGINT"
    assert 2 <= len(part.metrics["grid"]) < 4
    assert SentenceClassifier.load(tmp_path / "part").class_names == CLASSES
    rest = train(name="rest", resume=tmp_path / "part" / "checkpoints" / "last.ckpt")
    assert rest.metrics["grid"] == whole.metrics["grid"]
    assert torch.equal(rest.classifier.model.weight, whole.classifier.model.weight)
    with pytest.raises(InputError, match=r"another model.l2"):
        train(name="other", model={"l2": [1.0, 0.1, 0.01, 0.5]}, resume=tmp_path / "part" / "checkpoints" / "last.ckpt")
    with pytest.raises(InputError, match="another features or labels"):
        train(splits(60), name="less", resume=tmp_path / "part" / "checkpoints" / "last.ckpt")


def test_what_a_user_should_know_of_the_grid_is_said(train) -> None:
    result = train(splits(60), model={"l2": [1e-3, 1e-4]}, engine={"max_iterations": 1})
    notes = " ".join(result.metrics["notes"])
    assert "not converged for 0.001, 0.0001: raise engine.max_iterations" in notes
    assert "that was tried: a " in notes
    assert notes.split(";")[0].split(":")[0] in "\n".join(result.report())


def test_vectors_of_another_language(train, tmp_path) -> None:
    data = splits(30)
    foreign = [[f"x{word}" for word in words] for words in data.train.sentences]
    with pytest.raises(InputError, match=r"vectors\.safetensors: has a vector for none of the 300 words .* 'x"):
        train(data._replace(train=LabelledSentences(foreign, data.train.texts, data.train.labels, CLASSES)))


def test_mistakes_are_safe_to_look_at(tmp_path: Path) -> None:
    texts = ["fine", "tab\there\nline\x1b[31m red\u2028", "sure", "half \ud800 a pair"]
    data = LabelledSentences([[]] * 4, texts, torch.tensor([0, 0, 1, 1]), ("a\tb", "c"))
    probabilities = torch.tensor([[0.9, 0.1], [0.4, 0.6], [0.99, 0.01], [0.6, 0.4]])
    assert write_mistakes(tmp_path / "m.tsv", probabilities, data) == 3
    assert (tmp_path / "m.tsv").read_text(encoding="utf-8").splitlines() == [
        "label\tpredicted\tprobability\ttext",
        "c\ta b\t0.9900\tsure",
        "a b\tc\t0.6000\ttab here line [31m red",
        "c\ta b\t0.6000\thalf a pair",
    ]


def test_the_majority_is_that_of_the_sentences_to_train_on() -> None:
    assert majority_share(torch.tensor([0, 0, 0, 1]), torch.tensor([1, 1, 0])) == 0.25


def test_which_vectors_are_taken(tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    with pytest.raises(InputError, match=r"no run here has vectors; .* or name a file of vectors by model\.vectors"):
        find_vectors(None, logs)
    paths = []
    for i, model in enumerate(("cbow_neg", "skipgram_neg", "sentiment")):
        run = logs / model / "2030-01-01_00-00-00"
        run.mkdir(parents=True)
        (run.parent / "latest").symlink_to(run.name)
        paths.append(run / "vectors.safetensors")
        if model != "sentiment":
            paths[-1].touch()
            os.utime(paths[-1], (1000 + i, 1000 + i))
    assert find_vectors(None, logs) == find_vectors("latest", logs) == paths[1]
    run = paths[0].parent
    for choice in (paths[0], run, run.parent, str(run.parent / "latest")):
        assert find_vectors(choice, logs) == paths[0]
    assert find_vectors(paths[2].parent, logs) == paths[2].parent, "what else a folder may be, its reader knows"
    with pytest.raises(InputError, match=r"none: nothing is there; set model\.vectors to a file of vectors"):
        find_vectors(tmp_path / "none", logs)
