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
from benchmarks import gate
from benchmarks.__main__ import ALL, parser
from benchmarks.rounds import Sample, alternate
from benchmarks.settings import Settings
from benchmarks.store import Store
from benchmarks.trainers.with_torchw2v import Own
from torchw2v.data import Corpus, encode
from torchw2v.kernels import FusedPass

ROOT = Path(__file__).parents[1]


def test_the_entry_point_prints_a_table_and_writes_every_number(tmp_path):
    text, out = tmp_path / "text.txt", tmp_path / "out.json"
    text.write_text("".join(" ".join(sentence) + "\n" for sentence in planted.sentences(300)))
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
    figure = next(figure for figure in speed["figures"] if "gensim" in figure["name"])
    assert figure["median"] == pytest.approx((low + high) / 2)
    assert f"| skipgram_neg | 16 | {sum(ours) / 2:,.0f} |" in run.stdout
    assert str(tmp_path) not in run.stdout + out.read_text()


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
