"""`python -m benchmarks`: the tables and the numbers come out, and not where something is wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.training import planted

pytest.importorskip("gensim", reason="benchmarks need the package gensim")
pytest.importorskip("lightning", reason="benchmarks need the package lightning")
from benchmarks import gate, overhead, phrases, quality, speed, vectors
from benchmarks.__main__ import ALL, parser
from benchmarks.frame import Session
from benchmarks.rounds import Sample, alternate, alternate_trainers
from benchmarks.scores import TASKS
from benchmarks.settings import Settings
from benchmarks.store import Store
from benchmarks.texts import Source
from benchmarks.trainers import with_torchw2v
from benchmarks.trainers.with_torchw2v import BarePass, Own, run_training
from torchw2v.console import without_noise
from torchw2v.data import Corpus, encode
from torchw2v.errors import InputError
from torchw2v.kernels import FusedPass
from torchw2v.training import Word2VecResult
from torchw2v.vectors import Neighbour

ROOT = Path(__file__).parents[1]
# words that the tasks of scores.py ask for
FAMILIES = ["king", "queen", "man", "woman", "boy", "girl", "brother", "sister", "father", "mother", "son", "daughter"]


def write_text(path):
    """3600 words, 12 of which are also asked for by the tasks of scores.py."""
    names = dict(zip([f"c{i % 8}_{i // 8}" for i in range(len(FAMILIES))], FAMILIES, strict=True))
    sentences = ([names.get(word, word) for word in sentence] for sentence in planted.sentences(300))
    path.write_text("".join(" ".join(sentence) + "\n" for sentence in sentences))


def session(tmp_path, **changed):
    write_text(tmp_path / "text.txt")
    source = Source(str(tmp_path / "text.txt"), tmp_path)
    usual = {"own": Own(threads=1), "rounds": 1, "seconds": 0.01, "seeds": 1, "store": Store(None)}
    return Session(**{"source": source} | usual | changed)


def test_the_entry_point_prints_a_table_and_writes_every_number(tmp_path):
    text, out = tmp_path / "text.txt", tmp_path / "out.json"
    write_text(text)
    command = f"speed --path {text} --json {out} --rounds 2 --seconds 0.01 --threads 1 --models skipgram_neg --dims 16"
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks", *command.split()], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    found = json.loads(out.read_text(), parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    (speed,) = found["measurements"]
    rounds = speed["models"][0]["rounds"]
    assert set(rounds) >= {"torchw2v", "gensim", "nn.Embedding"}
    assert all(len(samples) == 2 for samples in rounds.values())
    assert found["text"]["words"] == 300 * 12
    assert found["versions"]["torch"] in run.stdout
    ours, gensims = ([s["words"] / s["seconds"] for s in rounds[name]] for name in ("torchw2v", "gensim"))
    low, high = sorted(a / b for a, b in zip(ours, gensims, strict=True))
    figure = next(figure for figure in speed["figures"] if "words/s over gensim" in figure["name"])
    assert figure["median"] == pytest.approx((low + high) / 2)
    assert f"| skipgram_neg | 16 | {sum(ours) / 2:,.0f} |" in run.stdout
    assert str(tmp_path) not in run.stdout + out.read_text()

    runs = speed["models"][0]["quality"]
    assert list(runs) == ["torchw2v, fused", "gensim"]
    assert {one["words"] for (one,) in runs.values()} == {5 * 300 * 12}, "whole trainings, not what was timed"
    for name, (one,) in runs.items():
        assert one["questions"] > 0
        scores = [one["wordsim"], one["simlex"], one["analogies"]]
        assert f"| skipgram_neg | 16 | {name} | " + " | ".join(f"{score:.4f}" for score in scores) + " |" in run.stdout


def test_speed_says_where_it_has_no_quality_beside_it(tmp_path):
    with without_noise():
        words = "speed --models skipgram_neg --dims 16 --peers --quality-seeds 0"
        found = speed.measure(parser().parse_args(words.split()), session(tmp_path))
    line, _ = found.tables
    assert "quality is not measured here" in line


def test_overhead_is_also_that_of_a_run_with_curves_bar_and_checkpoint(tmp_path, monkeypatch):
    checked = []
    monkeypatch.setattr(gate, "check", lambda settings, own: checked.append(settings.model))
    with without_noise():
        arguments = parser().parse_args(["overhead", "--dim", "16"])
        found = overhead.measure(arguments, session(tmp_path, rounds=2))
    (raw,) = found.raw["models"]
    bare, plain, users, less, again = raw["rounds"].values()
    assert {sample["words"] for some in (bare, plain, users, again, less) for sample in some} == {bare[0]["words"]}
    assert all(one["seconds"] < other["seconds"] for one, other in zip(less, users, strict=True)), (
        "the checkpoint counts"
    )
    low, high = sorted(one["seconds"] / other["seconds"] for one, other in zip(users, bare, strict=True))
    assert found.figures[1].value.median == pytest.approx((low + high) / 2)
    assert checked == ["skipgram_neg"]


def test_a_run_as_users_have_it_leaves_what_they_find_and_shows_nothing(tmp_path, capsys):
    run = tmp_path / "run"
    run.mkdir()
    write_text(tmp_path / "text.txt")
    settings, own = Settings("skipgram_neg", 16), Own(threads=1)
    drawn = []
    with without_noise(), pytest.MonkeyPatch.context() as patch:
        patch.setattr("benchmarks.trainers.with_torchw2v._UnseenTerminal.write", lambda self, text: drawn.append(text))
        result = run_training(tmp_path / "text.txt", settings, own, epochs=2, cache=tmp_path, folder=run)
    (events,) = run.glob("events.out.tfevents.*")
    assert b"train/words_per_second" in events.read_bytes()
    assert (run / "checkpoints" / "last.ckpt").stat().st_size > 0
    assert result.metrics["seconds"]["checkpoints"] > 0
    assert any("training" in text for text in drawn)
    assert capsys.readouterr() == ("", "")


def test_the_time_of_a_training_holds_that_of_its_checkpoints(tmp_path, monkeypatch):
    metrics = {"seconds": {"training": 1.0, "checkpoints": 0.5}, "training": {"words": 30}}
    monkeypatch.setattr(with_torchw2v, "run_training", lambda *_, **__: Word2VecResult(metrics=metrics, vectors=None))
    training = with_torchw2v.WholeTraining(tmp_path, 10, Settings(), Own(), cache=tmp_path, as_users=True)
    assert training.train(30) == Sample(1.5, 30)
    assert training.checkpoint_seconds == [0.5]


def test_quality_is_of_what_passed_the_gate(tmp_path, monkeypatch):
    checked, trained = [], []
    monkeypatch.setattr(gate, "check", lambda settings, own: checked.append((settings.model, own.gradient)))

    def result(settings, own, *_):
        trained.append((settings.model, own.gradient))
        assert trained == checked
        return dict.fromkeys((*TASKS, "loss", "seconds"), 0.5) | dict.fromkeys(
            ("wordsim_unknown", "simlex_unknown"), 0.0
        )

    monkeypatch.setattr(quality, "_train_ours", lambda *some: result(*some) | {"questions": 1})
    words = "quality --models cbow_neg cbow_hs --gradient word2vec --no-gensim"
    quality.measure(parser().parse_args(words.split()), session(tmp_path))
    assert checked == [("cbow_neg", "word2vec"), ("cbow_hs", "word2vec")]


def test_phrases_are_timed_where_they_are_those_of_gensim(tmp_path, monkeypatch):
    arguments = parser().parse_args(["phrases", "--passes", "2", "--connectors"])
    found = phrases.measure(arguments, session(tmp_path))
    assert len(found.figures) == 2
    monkeypatch.setattr(phrases, "write_phrases", lambda corpus, path, *_, **__: path.write_text("other"))
    with pytest.raises(SystemExit, match="not those of gensim, so nothing is timed"):
        phrases.measure(arguments, session(tmp_path))


def test_questions_are_timed_where_the_answers_are_those_of_gensim(tmp_path, monkeypatch):
    arguments = parser().parse_args(["vectors", "--words", "1000", "--dim", "8", "--queries", "60"])
    found = vectors.measure(arguments, session(tmp_path))
    assert len(found.figures) == 3
    monkeypatch.setattr(vectors.WordVectors, "nearest", lambda self, words, k: [[Neighbour("?", 1.0)] for _ in words])
    with pytest.raises(SystemExit, match="not those of gensim, so nothing is timed"):
        vectors.measure(arguments, session(tmp_path))


def test_only_the_fused_engine_has_a_bare_pass(tmp_path):
    with pytest.raises(InputError, match="leave out --engine autograd"):
        BarePass(session(tmp_path).corpus, Settings(embedding_dim=16), Own("autograd", threads=1))


def test_runs_take_turns_and_the_first_round_does_not_count():
    order = []

    def run(name, seconds):
        def once():
            order.append(name)
            return Sample(next(seconds), 10)

        return once

    runs = {"a": run("a", iter((9.0, 1.0, 4.0))), "b": run("b", iter((9.0, 2.0, 2.0)))}
    rounds = alternate(runs, 2, tell=lambda line: None)
    assert order == ["a", "b"] * 3
    ratio = rounds.times_as_fast("a", "b")
    assert (ratio.low, ratio.median, ratio.high) == (0.875, 1.25, 1.625)  # of 2 and 0.5


def test_all_can_be_given_as_many_words_as_the_first():
    class Counter:
        def __init__(self, speed):
            self.speed = speed

        def train(self, words):
            return Sample(words / self.speed, words)

    trainers = {"a": Counter(10.0), "b": Counter(40.0)}
    for same, words in ((True, 20), (False, 80)):
        rounds = alternate_trainers(trainers, 1, seconds=2.0, words=5, same_words=same, tell=lambda line: None)
        assert [rounds.samples[name][0].words for name in trainers] == [20, words]


def test_the_gate_sees_a_wrong_step(tmp_path, monkeypatch):
    path = tmp_path / "text.txt"
    path.write_text("".join(" ".join(sentence) + "\n" for sentence in gate.planted_sentences(300)))
    corpus = encode(Corpus(path), cache_dir=tmp_path)
    settings, own = Settings("skipgram_neg", 16, sample=1e-2, min_count=1), Own(threads=1)
    assert gate.distance_from_ops(corpus, settings, own) < gate.TOLERANCE

    right = FusedPass.__call__
    monkeypatch.setattr(
        FusedPass,
        "__call__",
        lambda self, *where, learning_rate, slope: right(self, *where, learning_rate=1.01 * learning_rate, slope=slope),
    )
    assert gate.distance_from_ops(corpus, settings, own) > 10 * gate.TOLERANCE


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"distance_from_ops": lambda *_: 1.0}, "from the operations on the same samples"),
        ({"distance_from_ops": lambda *_: float("nan")}, "from the operations on the same samples"),
        ({"distance_from_ops": lambda *_: 0.0, "recovered": lambda _: 0.125}, "found 12% of a planted structure"),
    ],
)
def test_nothing_is_reported_where_something_is_wrong(wrong, reason, monkeypatch):
    gate.check.cache_clear()
    for name, function in wrong.items():
        monkeypatch.setattr(gate, name, function)
    with pytest.raises(SystemExit, match=reason):
        gate.check(Settings(embedding_dim=16), Own(threads=1))
    gate.check.cache_clear()


def test_the_store_keeps_what_it_is_given(tmp_path):
    path = tmp_path / "store.json"
    store = Store(path)
    assert store.get({"seed": 0}) is None
    store.put({"seed": 0}, {"seconds": 1.5})
    store.put({"seed": 1}, {"seconds": 2.5})
    assert Store(path).get({"seed": 1}) == {"seconds": 2.5}
    assert Store(path).get({"seed": 1, "epochs": 5}) is None


@pytest.mark.parametrize("line", ALL, ids=" ".join)
def test_all_is_made_of_commands_that_there_are(line):
    assert parser().parse_args([*line, "--rounds", "1"]).command == line[0]


def test_all_judges_each_setting_it_times_once():
    orders = [parser().parse_args(line) for line in ALL]
    timed = [(model, dim) for one in orders if one.command == "speed" for model in one.models for dim in one.dims]
    judged = [
        (model, dim)
        for one in orders
        if one.command == "quality" or (one.command == "speed" and one.quality_seeds)
        for model in one.models
        for dim in getattr(one, "dims", None) or [one.dim]
    ]
    assert sorted(judged) == sorted(timed)


@pytest.mark.parametrize("words", ["speed --quality-seeds -1", "quality --seeds 0", "speed --rounds two"])
def test_a_count_that_is_none_is_refused(words, capsys):
    with pytest.raises(SystemExit):
        parser().parse_args(words.split())
    assert "must be a whole number of at least" in capsys.readouterr().err
