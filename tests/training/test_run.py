"""A run: the same bits from the same seed, the counts it reports, resuming, stopping, and what it leaves on disk."""

from __future__ import annotations

import json
import os
import signal
from collections import Counter
from pathlib import Path

import lightning.pytorch as pl
import numpy as np
import pytest
import torch

from tests.training import planted
from torchw2v import InputError, WordVectors
from torchw2v.data import Corpus, WindowSampler, encode
from torchw2v.data.batches import PairBatches
from torchw2v.formats import read_counts
from torchw2v.training import EngineSettings, FusedSettings, ModelSettings
from torchw2v.training.word2vec.learning_rate import linear_decay
from torchw2v.vectors import combine_matrices

SENTENCES = planted.sentences(400)


class StopAt(pl.Callback):
    """Send a signal to this process after some steps, as Ctrl-C or a scheduler would."""

    def __init__(self, step: int, number: signal.Signals) -> None:
        self.step, self.number = step, number

    def on_train_batch_start(self, trainer: pl.Trainer, *args: object) -> None:
        if trainer.global_step == self.step:
            os.kill(os.getpid(), self.number)


class Rates(pl.Callback):
    def __init__(self) -> None:
        self.rates: list[float] = []

    def on_train_batch_start(self, trainer: pl.Trainer, *args: object) -> None:
        self.rates.append(trainer.optimizers[0].param_groups[0]["lr"])


def test_the_same_seed_gives_the_same_bits_and_another_seed_does_not(train, engine):
    first, again, other = (
        train(SENTENCES, name=f"run{i}", max_epochs=2, seed=seed, engine=engine).vectors.matrix
        for i, seed in enumerate((3, 3, 4))
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_draws_for_each_pair_are_others_than_those_for_each_window(train, engine):
    each = [
        train(SENTENCES, name=way, max_epochs=1, model={"negatives": way}, engine=engine).vectors.matrix
        for way in ("per_window", "per_pair")
    ]
    assert not torch.allclose(*each)


def test_the_counts_it_reports(train, tmp_path, engine):
    result = train(SENTENCES, max_epochs=2, min_count=2, model={"sample": 1e-2}, engine=engine)
    corpus = encode(Corpus(SENTENCES), cache_dir=tmp_path / "cache")
    vocabulary = corpus.vocabulary(min_count=2)
    sampler = WindowSampler(vocabulary.counts, sample=1e-2)
    epochs = [sampler.pairs(corpus, 0, len(corpus), epoch) for epoch in range(2)]
    training = result.metrics["training"]
    assert training["words"] == 2 * len(corpus) == 2 * sum(map(len, SENTENCES))
    assert training["kept_words"] == sum(len(pairs.kept_positions) for pairs in epochs)
    assert training["examples"] == sum(len(pairs.inputs) for pairs in epochs)
    assert training["steps"] == 2 * -(-len(corpus) // 512)
    assert result.metrics["corpus"]["vocabulary"] == len(vocabulary) == len(result.vectors)


def test_the_loss_it_reports_is_the_mean_over_the_pairs(train, engine):
    still = {"learning_rate": 1e-30, "min_learning_rate": 0.0}
    losses = train(SENTENCES, max_epochs=1, model=still, engine=engine).metrics
    assert losses["training"]["epoch_losses"] == pytest.approx([6 * np.log(2)], rel=1e-6)


def test_the_learning_rate_falls_in_a_straight_line_over_the_run(train):
    rates = Rates()
    model = {"learning_rate": 0.025, "min_learning_rate": 1e-4}
    steps = train(SENTENCES, max_epochs=3, model=model, callbacks=[rates]).metrics["training"]["steps"]
    expected = [linear_decay(step / steps, 0.025, 1e-4) for step in range(steps)]
    assert rates.rates == pytest.approx(expected, rel=1e-12)
    assert expected[0] == 0.025
    assert linear_decay(1.0, 0.025, 1e-4) == linear_decay(1.5, 0.025, 1e-4) == pytest.approx(1e-4)


@pytest.mark.parametrize("words_per_batch", [1, 100, 5000])
@pytest.mark.parametrize("negatives", ["per_pair", "per_window"])
def test_batches_are_the_pairs_of_the_epoch_cut_at_words(tmp_path, words_per_batch, negatives, monkeypatch):
    monkeypatch.setattr("torchw2v.data.batches.WORDS_AT_ONCE", 300)
    corpus = encode(Corpus(SENTENCES[:100]), cache_dir=tmp_path)
    sampler = WindowSampler(corpus.vocabulary(min_count=1).counts)
    batches = PairBatches(corpus, sampler, words_per_batch, negatives=negatives)
    whole = sampler.pairs(corpus, 0, len(corpus), 7, negatives=negatives)
    seen = list(batches.epoch(7))
    assert len(seen) == len(batches) == -(-len(corpus) // words_per_batch)
    for i, name in enumerate(("inputs", "targets", "negatives")):
        assert torch.equal(torch.cat([batch[i] for batch in seen]), getattr(whole, name))
    assert sum(batch.num_words for batch in seen) == len(corpus)
    assert sum(batch.num_kept for batch in seen) == len(whole.kept_positions)
    rest = list(batches.epoch(7, first_batch=len(seen) // 2))
    assert torch.equal(rest[0].negatives, seen[len(seen) // 2].negatives)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_keeps_what_was_learnt_and_resuming_ends_where_it_would_have(train, tmp_path, engine, number):
    handler = signal.getsignal(number)
    whole = train(SENTENCES, name="whole", max_epochs=3, engine=engine)
    stopped = train(SENTENCES, name="stopped", max_epochs=3, callbacks=[StopAt(14, number)], engine=engine)
    assert stopped.stopped_by == number.name
    assert stopped.metrics["training"]["steps"] == 15
    assert WordVectors.load(tmp_path / "stopped" / "vectors.safetensors").words == stopped.vectors.words
    assert signal.getsignal(number) == handler

    checkpoint = tmp_path / "stopped" / "checkpoints" / "last.ckpt"
    resumed = train(SENTENCES, name="resumed", max_epochs=3, resume=checkpoint, engine=engine)
    assert resumed.stopped_by is None
    assert resumed.metrics["training"]["steps"] == whole.metrics["training"]["steps"]
    words = [run.metrics["training"]["words"] for run in (whole, stopped, resumed)]
    assert words[0] == words[1] + words[2]
    assert torch.equal(resumed.vectors.matrix, whole.vectors.matrix)


def test_resuming_between_two_epochs_and_for_more_of_them(train, tmp_path, engine):
    train(SENTENCES, name="first", max_epochs=2, engine=engine)
    checkpoint = tmp_path / "first" / "checkpoints" / "last.ckpt"
    resumed = train(SENTENCES, name="more", max_epochs=3, resume=checkpoint, engine=engine)
    assert resumed.metrics["training"]["words"] == sum(map(len, SENTENCES))
    assert len(resumed.metrics["training"]["epoch_losses"]) == 1


def test_a_run_ended_by_max_steps_can_be_taken_up(train, tmp_path, engine):
    steps = train(SENTENCES, name="whole", max_epochs=2, engine=engine).metrics["training"]["steps"]
    train(SENTENCES, name="some", max_epochs=2, max_steps=steps // 2 + 2, engine=engine)
    checkpoint = tmp_path / "some" / "checkpoints" / "last.ckpt"
    rest = train(SENTENCES, name="rest", max_epochs=2, resume=checkpoint, engine=engine)
    assert rest.metrics["training"]["steps"] == steps
    assert rest.metrics["training"]["words"] < sum(map(len, SENTENCES))


def test_a_checkpoint_of_another_corpus_is_refused(train, tmp_path):
    train(SENTENCES, name="first", max_epochs=1)
    checkpoint = tmp_path / "first" / "checkpoints" / "last.ckpt"
    with pytest.raises(InputError, match="made with another corpus"):
        train(SENTENCES[1:], name="other", resume=checkpoint)
    with pytest.raises(InputError, match=r"made with another words_per_batch \(512, here 100\)"):
        train(SENTENCES, name="batch", engine={"words_per_batch": 100}, resume=checkpoint)
    with pytest.raises(InputError, match="embedding_dim"):
        train(SENTENCES, name="wider", model={"embedding_dim": 17}, resume=checkpoint)


@pytest.mark.parametrize("content", [b"", b"not a checkpoint"])
def test_a_file_that_is_no_checkpoint(train, tmp_path, content):
    path = tmp_path / "bad.ckpt"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"bad\.ckpt: not a checkpoint"):
        train(SENTENCES, resume=path)


def test_a_training_that_diverges_says_so_and_keeps_no_vectors(train, tmp_path):
    with pytest.raises(InputError, match=r"training diverged: the loss is (nan|inf) after \d+ steps; lower model\.lea"):
        train(SENTENCES, model={"learning_rate": 50.0}, engine={"optimizer": torch.optim.SGD})
    assert not list((tmp_path / "run").rglob("*.*t*"))
    with pytest.raises(InputError, match="training diverged"):
        train(
            SENTENCES,
            name="stopped",
            max_steps=3,
            model={"learning_rate": 1e30},
            engine={"optimizer": torch.optim.SGD},
        )
    assert not list((tmp_path / "stopped").rglob("*.ckpt"))


def test_files_of_a_run(train, tmp_path, engine):
    result = train(SENTENCES, max_epochs=1, engine=engine)
    folder = tmp_path / "run"
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} == {
        "vectors.txt",
        "vectors.safetensors",
        "vocabulary.tsv",
        "curves.tsv",
        "metrics.json",
        "projector_config.pbtxt",
        "projector_vectors.tsv",
        "projector_words.tsv",
        "checkpoints/last.ckpt",
    }
    assert all(path.exists() for path in result.paths)
    metrics = json.loads((folder / "metrics.json").read_text())
    assert metrics == json.loads(json.dumps(result.metrics))
    assert {"corpus", "training", "seconds", "versions", "machine", "seed"} == set(metrics)
    assert set(metrics["seconds"]) == {"corpus", "vocabulary", "compiling", "training", "checkpoints"}
    torch.load(folder / "checkpoints" / "last.ckpt", weights_only=True)


def test_no_room_for_the_results_is_known_before_training(train, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("Usage", (), {"free": 1000})())
    with pytest.raises(InputError, match=r"the results need about \d+ MB, but 0 MB are free"):
        train(SENTENCES)


def test_a_disk_that_is_full_at_the_end_does_not_lose_the_vectors(train, tmp_path, monkeypatch):
    def full(*args: object, **kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("torchw2v.training.word2vec.results.write_projector", full)
    with pytest.raises(InputError, match="No space left on device") as error:
        train(SENTENCES, max_epochs=1)
    path = Path(str(error.value).split("the vectors are in ")[1])
    assert len(WordVectors.load(path)) == 85


@pytest.mark.parametrize(
    ("settings", "kind", "message"),
    [
        ({"embedding_dim": 0}, ModelSettings, "model.embedding_dim must be an integer of at least 1, not 0"),
        ({"window": -1}, ModelSettings, "model.window must be"),
        ({"num_negatives": 0}, ModelSettings, "model.num_negatives must be"),
        ({"sample": "a"}, ModelSettings, "model.sample must be a number"),
        ({"learning_rate": 0}, ModelSettings, "model.learning_rate must be above 0"),
        ({"min_learning_rate": 1}, ModelSettings, "the rate can only fall"),
        ({"words_per_batch": 0}, EngineSettings, "engine.words_per_batch must be"),
        ({"threads": 0}, EngineSettings, "engine.threads must be"),
        ({"sparse": True, "optimizer": torch.optim.Adam}, EngineSettings, "engine.sparse=true works with"),
        (
            {"negatives": "per_word"},
            ModelSettings,
            "model.negatives must be one of per_window, per_pair, not 'per_word'",
        ),
        ({"words_per_step": 0}, FusedSettings, "engine.words_per_step must be an integer of at least 1, not 0"),
        ({"threads": -1}, FusedSettings, "engine.threads must be"),
    ],
)
def test_settings_out_of_range(settings, kind, message):
    with pytest.raises(InputError, match=message):
        kind(**settings)


@pytest.mark.parametrize("which", ["sum", "concatenation"])
def test_the_vectors_may_be_those_of_either_matrix_or_of_both(train, which, engine):
    settings = {"max_epochs": 1, "engine": engine}
    matrices = {
        one: train(SENTENCES, name=one, model={"vectors": one}, **settings).vectors.matrix
        for one in ("input", "output", which)
    }
    expected = combine_matrices(matrices["input"], matrices["output"], which)
    assert torch.equal(matrices[which], expected)
    assert not torch.equal(matrices["input"], matrices["output"])


def test_hierarchical_softmax_has_one_matrix_of_words():
    with pytest.raises(InputError, match="nodes of a tree: leave it at input"):
        ModelSettings(loss="hierarchical_softmax", vectors="sum")


def test_counts_stand_in_a_table_that_gensim_reads(train, tmp_path):
    train(SENTENCES, max_epochs=1)
    counts = Counter(word for words in SENTENCES for word in words)
    path = tmp_path / "run" / "vocabulary.tsv"
    lines = [line.split("\t") for line in path.read_text().splitlines()]
    assert {word: int(count) for word, count in lines} == counts
    assert read_counts(path) == sorted(counts.values(), reverse=True)
    gensim = pytest.importorskip("gensim.models", reason="needs the package gensim")
    theirs = gensim.KeyedVectors.load_word2vec_format(tmp_path / "run" / "vectors.txt", fvocab=path)
    assert {word: theirs.get_vecattr(word, "count") for word in counts} == counts
