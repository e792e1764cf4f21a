"""Vectors are judged while they are trained, and training does not notice."""

from __future__ import annotations

import json
from pathlib import Path

import lightning.pytorch as pl
import pytest
import torch

from tests.training import planted
from torchw2v import InputError
from torchw2v.evaluation import judge
from torchw2v.training.word2vec.judging import EvaluationSettings

SENTENCES = planted.sentences(200)


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """Pairs of one cluster and of two, and questions within clusters."""
    pairs = [(f"c{i}_0", f"c{(i + shift) % 8}_1", 10 - 5 * shift) for i in range(8) for shift in (0, 1)]
    (tmp_path / "clusters.tsv").write_text("".join(f"{a}\t{b}\t{s}\n" for a, b, s in [*pairs, ("c0_0", "new", 3)]))
    questions = [f"c{i}_0 c{i}_1 c{j}_0 c{j}_1\n" for i in range(4) for j in range(4) if i != j]
    (tmp_path / "steps.txt").write_text(": steps\n" + "".join(questions))
    return {"similarity": str(tmp_path / "clusters.tsv"), "analogies": str(tmp_path / "steps.txt")}


class Curves(pl.loggers.Logger):
    def __init__(self) -> None:
        super().__init__()
        self.logged: list[tuple[int | None, dict[str, float]]] = []

    name = version = None

    def log_hyperparams(self, *args, **kwargs) -> None:
        pass

    def log_metrics(self, metrics, step=None) -> None:
        self.logged.append((step, dict(metrics)))


class WithCurves(pl.Callback):
    def __init__(self) -> None:
        self.curves = Curves()

    def setup(self, trainer, pl_module, stage) -> None:
        trainer.loggers, trainer.log_every_n_steps = [self.curves], 1


def test_curves_metrics_and_report_at_the_end_of_each_epoch(train, files, engine, tmp_path):
    watch = WithCurves()
    evaluation = EvaluationSettings(**files, resamples=200)
    result = train(SENTENCES, engine=engine, evaluation=evaluation, callbacks=[watch], max_epochs=3, min_count=1)
    written = json.loads((tmp_path / "run" / "metrics.json").read_text())
    history = written["evaluation"]["during_training"]
    assert [entry["epoch"] for entry in history] == [1, 2, 3]
    logged = [
        (step, values) for step, values in watch.curves.logged if any(name.startswith("eval/") for name in values)
    ]
    assert [step for step, _ in logged] == [entry["step"] for entry in history]
    for (_, values), entry in zip(logged, history, strict=True):
        assert {f"eval/{name}": value for name, value in entry.items() if "/" in name} == values
        assert set(values) == {"eval/clusters/spearman", "eval/clusters/pearson", "eval/steps/accuracy"}
    # the last epoch's vectors are those of the end, so its curve ends where the report is
    spearman = result.judgement.similarity[0].spearman
    assert history[-1]["clusters/spearman"] == pytest.approx(spearman.value, abs=1e-12)
    assert spearman.low <= spearman.value <= spearman.high
    again = judge(result.vectors, similarity=files["similarity"], analogies=files["analogies"])
    assert again.similarity[0].spearman.value == spearman.value
    assert written["evaluation"]["similarity"][0]["spearman"]["value"] == spearman.value
    assert written["evaluation"]["similarity"][0]["unknown"] == 1
    assert any(line.startswith("Similarity  ") and "16 pairs, 1 left out" in line for line in result.report())
    assert any(line.startswith("Analogies   ") and "12 questions of steps" in line for line in result.report())
    assert written["seconds"]["judging"] > 0


def test_training_is_the_same_with_and_without(train, files, engine):
    evaluation = EvaluationSettings(**files, every_n_epochs=None, every_n_steps=1)
    judged = train(SENTENCES, name="judged", engine=engine, evaluation=evaluation)
    alone = train(SENTENCES, name="alone", engine=engine)
    assert torch.equal(judged.vectors.rows(), alone.vectors.rows())
    history = judged.metrics["evaluation"]["during_training"]
    assert [entry["step"] for entry in history] == list(range(1, judged.metrics["training"]["steps"] + 1))
    assert alone.judgement is None
    assert "evaluation" not in alone.metrics
    assert not any(line.startswith(("Similarity", "Analogies")) for line in alone.report())


def test_its_time_is_not_that_of_training(train, files, monkeypatch):
    """By a clock that goes on while vectors are judged, and at no other time."""
    from torchw2v.training.word2vec import judging

    now = [0.0]
    for module in (judging, "torchw2v.training.callbacks.stopwatch", "torchw2v.training.word2vec.task"):
        monkeypatch.setattr(f"{getattr(module, '__name__', module)}.time.perf_counter", lambda: now[0])
    judge_once = judging.Judge.__call__

    def slowly(self, *arguments):
        now[0] += 7
        return judge_once(self, *arguments)

    monkeypatch.setattr(judging.Judge, "__call__", slowly)
    seconds = train(SENTENCES, evaluation=EvaluationSettings(**files), max_epochs=2).metrics["seconds"]
    assert seconds["judging"] == 21, "two epochs, and the end"
    assert seconds["training"] + seconds["checkpoints"] == pytest.approx(0, abs=1e-9)


def test_every_so_many_epochs_and_at_the_end(train, files):
    evaluation = EvaluationSettings(similarity=files["similarity"], every_n_epochs=2)
    result = train(SENTENCES, evaluation=evaluation, max_epochs=5)
    assert [entry["epoch"] for entry in result.metrics["evaluation"]["during_training"]] == [2, 4]
    assert result.judgement.analogies == ()
    at_the_end = EvaluationSettings(**files, every_n_epochs=None)
    result = train(SENTENCES, name="end", evaluation=at_the_end)
    assert result.metrics["evaluation"]["during_training"] == []
    assert result.judgement is not None


def test_bad_files_are_refused_before_the_text_is_read(train, files, tmp_path):
    def text():
        raise AssertionError("the text was read")
        yield

    (tmp_path / "bad.tsv").write_text("one\ttwo\n")
    for settings, message in (
        ({"similarity": str(tmp_path / "bad.tsv")}, "bad.tsv, line 1: not two words and a number"),
        ({"analogies": [files["analogies"], str(tmp_path / "none.txt")]}, "none.txt: no such file"),
    ):
        with pytest.raises(InputError, match=message):
            train(text(), name=next(iter(settings)), evaluation=EvaluationSettings(**settings))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"every_n_epochs": 0}, "evaluation.every_n_epochs must be an integer of at least 1"),
        ({"every_n_steps": -1}, "evaluation.every_n_steps must be an integer of at least 1"),
        ({"resamples": -5}, "evaluation.resamples must be an integer of at least 0"),
        ({"restrict_vocab": 0}, "evaluation.restrict_vocab must be an integer of at least 1"),
        ({"level": 1.5}, "evaluation.level must be below 1"),
        ({"method": "3CosSub"}, "evaluation.method must be one of 3cosadd, 3cosmul"),
    ],
)
def test_settings_out_of_range(settings, message):
    with pytest.raises(InputError, match=message):
        EvaluationSettings(**settings)
