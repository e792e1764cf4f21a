"""engine=fused: the same words, rates and bits wherever the corpus is cut, and what it cannot do is said."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any

import lightning.pytorch as pl
import pytest
import torch
from torch import nn

from tests.kernels.threads import begin_together
from tests.training import planted
from tests.training.test_learning import unigram_entropy
from torchw2v import InputError
from torchw2v.data import Stretch
from torchw2v.kernels import FusedPass, Totals
from torchw2v.threads import usable_cores
from torchw2v.training import FusedSettings
from torchw2v.training.devices import choose_accelerator
from torchw2v.training.word2vec.fused import WORDS_PER_STEP, FusedSGD
from torchw2v.training.word2vec.learning_rate import RateLine

SENTENCES = planted.sentences(400)
NUM_WORDS = sum(map(len, SENTENCES))
MODELS = {
    "skipgram_neg": {},
    "skipgram_neg, a draw for each pair": {
        "negatives": "per_pair",
        "learning_rate": 0.025,
        "min_learning_rate": 1e-4,
    },
    "skipgram_hs": {"loss": "hierarchical_softmax"},
    "skipgram_softmax": {"loss": "softmax"},
    "cbow_neg": {"architecture": "cbow", "learning_rate": 0.1},
    "cbow_neg, sum": {"architecture": "cbow", "reduce": "sum"},
    "cbow_neg, word2vec's gradient": {"architecture": "cbow", "gradient": "word2vec"},
    "cbow_hs": {"architecture": "cbow", "loss": "hierarchical_softmax", "learning_rate": 0.1},
    "cbow_softmax": {"architecture": "cbow", "loss": "softmax", "learning_rate": 0.1},
}
SIZES = {"embedding_dim": 16, "sample": 1e-2}


@pytest.mark.parametrize("model", MODELS)
def test_each_model_learns_what_was_planted(train, model):
    settings = MODELS[model]
    engine = FusedSettings(words_per_step=1024, threads=1, words_per_batch=_words_per_batch(settings))
    result = train(planted.sentences(), max_epochs=4, min_count=1, model=settings | SIZES, engine=engine)
    assert planted.recovered(result.vectors) > 0.95
    losses = result.metrics["training"]["epoch_losses"]
    if model != "skipgram_hs":  # which learns most of it within the first epoch
        assert losses[-1] < losses[0] - 0.2
    # the frequencies alone are worth 4.1, all clusters 2.7
    by_noise = settings.get("loss", "negative_sampling") == "negative_sampling"
    untrained = 6 * math.log(2) if by_noise else unigram_entropy(planted.sentences())
    assert losses[-1] < untrained - 0.8


@pytest.mark.parametrize("model", ["skipgram_neg", "skipgram_hs", "cbow_neg"])
def test_two_threads_learn_it_together(train, monkeypatch, model):
    """An epoch is a step of 71 tiles, so that both find work."""
    runs = begin_together(monkeypatch, 2)
    text, engine = planted.sentences(6000), FusedSettings(threads=2)
    result = train(text, max_epochs=3, min_count=1, model=MODELS[model] | SIZES, engine=engine)
    assert [run.main for run in runs].count(True) == len(runs) / 2 == 3
    for main in (True, False):
        assert sum(run.kept for run in runs if run.main == main) > 0
    assert planted.recovered(result.vectors) > 0.95
    losses = result.metrics["training"]["epoch_losses"]
    if model != "skipgram_hs":  # which learns most of it within the first epoch
        assert losses[-1] < losses[0] - 0.1
    untrained = unigram_entropy(text) if model == "skipgram_hs" else 6 * math.log(2)
    assert losses[-1] < untrained - 0.8


@pytest.mark.parametrize("model", ["skipgram_neg", "cbow_hs", "skipgram_softmax"])
def test_where_the_corpus_is_cut_changes_no_bit(train, model):
    settings = MODELS[model]
    batch = _words_per_batch(settings)
    runs = [
        train(
            SENTENCES,
            name=str(words),
            max_epochs=2,
            model=settings | SIZES,
            engine=FusedSettings(words_per_step=words, threads=1, words_per_batch=batch),
        )
        for words in (128 * NUM_WORDS, 128)
    ]
    whole, cut = (run.metrics["training"] for run in runs)
    assert (whole["steps"], cut["steps"]) == (2, 2 * math.ceil(NUM_WORDS / 128))
    assert torch.equal(runs[0].vectors.matrix, runs[1].vectors.matrix)
    assert whole["epoch_losses"] == pytest.approx(cut["epoch_losses"], rel=1e-6)
    assert (whole["examples"], whole["kept_words"]) == (cut["examples"], cut["kept_words"])


def test_the_corpus_itself_is_one_step_by_default(train):
    training = train(SENTENCES, max_epochs=3, engine=FusedSettings(threads=1)).metrics["training"]
    assert NUM_WORDS < WORDS_PER_STEP
    assert (training["steps"], training["words"]) == (3, 3 * NUM_WORDS)


class Calls:
    """In place of a pass: notes what it is asked for."""

    def __init__(self) -> None:
        self.calls: list[tuple[int, int, int, float, float]] = []

    def __call__(self, *args: Any, learning_rate: float, slope: float) -> Totals:
        self.calls.append((*args[2:], learning_rate, slope))
        return Totals(0.0, 1, 1)


class Rates(pl.Callback):
    def __init__(self) -> None:
        self.rates: list[float] = []

    def on_train_batch_end(self, trainer: pl.Trainer, *args: object) -> None:
        self.rates.append(trainer.optimizers[0].param_groups[0]["lr"])


@pytest.mark.parametrize(("max_steps", "words"), [(-1, 3 * NUM_WORDS), (7, NUM_WORDS + 2 * 1000)])
def test_the_rate_falls_in_a_straight_line_over_the_words_of_the_run(train, monkeypatch, max_steps, words):
    calls, shown = Calls(), Rates()
    monkeypatch.setattr(FusedPass, "compile", lambda self, *matrices: None)
    monkeypatch.setattr(FusedPass, "__call__", lambda self, *args, **rates: calls(*args, **rates))
    model = {"learning_rate": 0.5, "min_learning_rate": 0.1}
    engine = FusedSettings(words_per_step=1000, threads=1)
    train(SENTENCES, max_epochs=3, max_steps=max_steps, model=model, engine=engine, callbacks=[shown])
    begins = []
    for (start, stop, epoch, rate, slope), lr in zip(calls.calls, shown.rates, strict=True):
        begins.append(epoch * NUM_WORDS + start)
        done = epoch * NUM_WORDS + stop
        assert stop == min(start + 1000, NUM_WORDS)
        assert rate + slope * start == pytest.approx(0.5 - 0.4 * begins[-1] / words, rel=1e-12)
        assert lr == pytest.approx(0.5 - 0.4 * done / words, rel=1e-12)
    assert lr == pytest.approx(0.1)
    assert begins == [e * NUM_WORDS + s for e in range(3) for s in range(0, NUM_WORDS, 1000)][: len(begins)]


def test_a_step_changes_both_matrices_and_has_callbacks_called_before_it():
    order: list[str] = []

    class Pass:
        def __call__(self, rows: torch.Tensor, others: torch.Tensor, *args: Any, **rates: Any) -> Totals:
            order.append("pass")
            rows += 1
            others += 2
            return Totals(1.5, 3, 2)

    matrices = [nn.Parameter(torch.zeros(2, 3)) for _ in range(2)]
    optimizer = FusedSGD(*matrices, Pass(), RateLine.over(10, 1.0, 0.0), epoch_words=5)  # type: ignore[arg-type]
    totals = optimizer.step(lambda: order.append("closure"), stretch=Stretch(0, 4, 1))
    assert totals == (1.5, 3, 2)
    assert order == ["closure", "pass"]
    assert [matrix.unique().tolist() for matrix in matrices] == [[1.0], [2.0]]
    assert optimizer.param_groups[0]["lr"] == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"engine": "autograd"}, r"another engine \(fused, here autograd\)"),
        ({"engine": FusedSettings(words_per_step=100, threads=1)}, r"another words_per_step \(512, here 100\)"),
        ({"model": {"negatives": "per_pair"}}, r"another negatives \(per_window, here per_pair\)"),
        ({"model": {"learning_rate": 0.05}}, "another learning_rate"),
        ({"max_epochs": 1}, "has nothing left to do; set trainer.max_epochs above 1"),
    ],
)
def test_resuming_with_what_would_not_be_the_same_run(train, tmp_path, changes, message):
    train(SENTENCES, name="first", max_epochs=1, engine="fused")
    with pytest.raises(InputError, match=message):
        train(SENTENCES, resume=tmp_path / "first" / "checkpoints" / "last.ckpt", **{"engine": "fused"} | changes)


def test_a_training_that_diverges_says_so_and_keeps_no_vectors(train, tmp_path):
    with pytest.raises(InputError, match=r"training diverged: the loss is (nan|inf) after \d+ steps; lower model\.lea"):
        train(SENTENCES, model={"learning_rate": 1e30}, engine="fused")
    assert not list((tmp_path / "run").rglob("*.*t*"))


def test_sentences_of_one_word_are_nothing_to_train_on(train):
    with pytest.raises(InputError, match="nothing to train on: no sentence has two words that are kept"):
        train([[word] for sentence in SENTENCES for word in sentence], engine="fused")


def test_it_says_when_it_compiles_and_how_fast_it_was(train, monkeypatch, capsys):
    monkeypatch.setattr(FusedPass, "is_compiled", lambda self, *matrices: False)
    result = train(SENTENCES, max_epochs=1, engine=FusedSettings(threads=2))
    _, err = capsys.readouterr()
    assert err.index("compiling the training loop for dimension 16, once") < err.index("training:")
    assert result.metrics["seconds"]["compiling"] > 0
    assert result.metrics["machine"]["threads"] == 2
    lines = "\n".join(result.report())
    assert "words/s\n            with engine=fused on 2 threads" in lines
    monkeypatch.setattr(FusedPass, "is_compiled", lambda self, *matrices: True)
    train(SENTENCES, name="again", max_epochs=1, engine="fused")
    assert "compiling" not in capsys.readouterr().err


def test_all_cores_by_default(train):
    metrics = train(SENTENCES, max_epochs=1, engine=FusedSettings()).metrics
    assert metrics["machine"]["threads"] == usable_cores() >= 1


def test_without_numba_it_says_what_to_install(train, monkeypatch):
    monkeypatch.setitem(sys.modules, "numba", None)
    with pytest.raises(InputError, match=r"engine=fused needs the package numba: pip install 'torchw2v\[train\]'"):
        train(SENTENCES, engine="fused")


@pytest.mark.parametrize(
    ("name", "engine", "expected"),
    [("auto", "fused", "cpu"), ("cpu", "fused", "cpu"), ("auto", "autograd", "cuda"), ("gpu", "autograd", "cuda")],
)
def test_where_a_machine_with_a_gpu_computes(monkeypatch, capsys, name, engine, expected):
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    assert choose_accelerator(name, engine=engine) == expected
    told = "torchw2v: engine=fused computes on the CPU; engine=autograd takes the GPU\n"
    assert capsys.readouterr().err == (told if (name, engine) == ("auto", "fused") else "")


def test_a_gpu_for_the_fused_engine_is_refused(monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    with pytest.raises(
        InputError, match="trainer=gpu: engine=fused computes on the CPU only so far; take engine=autog"
    ):
        choose_accelerator("gpu", engine="fused")


def test_a_checkpoint_holds_the_matrices(train, tmp_path):
    result = train(SENTENCES, max_epochs=1, engine="fused")
    state = torch.load(Path(tmp_path, "run", "checkpoints", "last.ckpt"), weights_only=True)
    assert torch.equal(state["state_dict"]["model.in_embeddings"], result.vectors.matrix)
    assert state["global_step"] == math.ceil(NUM_WORDS / 512)


def _words_per_batch(settings: dict[str, Any]) -> int | None:
    return 64 if settings.get("loss") == "softmax" else None


def test_it_says_where_compiled_code_cannot_be_kept(train, monkeypatch, capsys):
    monkeypatch.setattr(FusedPass, "is_compiled", lambda self, *matrices: False)
    train(SENTENCES[:50], name="kept", max_epochs=1, engine=FusedSettings(threads=1))
    assert "compiling the training loop for dimension 16, once; it is kept for other runs" in capsys.readouterr().err
    monkeypatch.setattr(FusedPass, "keeps_code", staticmethod(lambda: False))
    train(SENTENCES[:50], name="lost", max_epochs=1, engine=FusedSettings(threads=1))
    assert "it is not kept, as" in capsys.readouterr().err


def test_a_loss_far_above_that_of_knowing_nothing_is_a_divergence(train):
    line = [word for words in SENTENCES for word in words]
    model = {"window": 200, "learning_rate": 0.3, "sample": 0}
    with pytest.raises(InputError, match=r"training diverged: the loss is .*or model\.negatives=per_pair"):
        train([line], max_epochs=5, model=model, engine=FusedSettings(threads=1))


def test_sizes_that_do_not_fit_into_memory(train, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("Usage", (), {"free": 1 << 70})())
    with pytest.raises(InputError, match="not enough memory for a model of this size"):
        train(SENTENCES, model={"embedding_dim": 10**12}, engine=FusedSettings(threads=1))
