"""Callbacks: what is logged is right, and nothing beside training can end it."""

from __future__ import annotations

import math
import os
import signal
from functools import partial
from pathlib import Path
from typing import Any

import lightning.pytorch as pl
import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from tests.training import planted
from tests.training.conftest import ENGINES, make_trainer
from torchw2v import InputError
from torchw2v.data import Corpus
from torchw2v.optim import RowSGD
from torchw2v.training import ModelSettings, train_word2vec
from torchw2v.training.callbacks import LastCheckpoint
from torchw2v.training.event_logger import EventLogger

SENTENCES = planted.sentences(200)


class Steps(pl.Callback):
    """Losses and rates of every step, as they were; and what is on disk after some of them."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self.losses: list[float] = []
        self.pairs: list[int] = []
        self.rates: list[float] = []
        self.on_disk: list[bool] = []
        self._sum = 0.0

    def on_train_batch_end(self, trainer: pl.Trainer, module: Any, outputs: Any, batch: Any, batch_idx: int) -> None:
        before, self._sum = self._sum if batch_idx else 0.0, module.loss_sum.item()
        self.losses.append(self._sum - before)
        self.pairs.append(module.seen.examples - sum(self.pairs))
        self.rates.append(trainer.optimizers[0].param_groups[0]["lr"])
        self.on_disk.append(self.path is not None and self.path.exists())


def train_with_events(tmp_path: Path, steps: Steps, engine: str = "autograd") -> dict[str, list[float]]:
    folder = tmp_path / "run"
    folder.mkdir()
    settings = {"accelerator": "cpu", "max_epochs": 2, "enable_model_summary": False, "log_every_n_steps": 1}
    train_word2vec(
        lambda: Corpus(SENTENCES),
        folder,
        lambda own: pl.Trainer(callbacks=[*own, steps], logger=EventLogger(folder), **settings),
        model=ModelSettings(embedding_dim=8),
        engine=ENGINES[engine],
        cache_dir=tmp_path / "cache",
    )
    events = EventAccumulator(str(folder)).Reload()
    return {tag: [event.value for event in events.Scalars(tag)] for tag in events.Tags()["scalars"]}


def test_scalars_are_what_the_steps_had(tmp_path, engine):
    steps = Steps()
    scalars = train_with_events(tmp_path, steps, engine)
    each = [loss / pairs for loss, pairs in zip(steps.losses, steps.pairs, strict=True)]
    assert scalars["train/loss"] == pytest.approx(each, rel=1e-5)
    assert scalars["train/learning_rate"] == pytest.approx(steps.rates, rel=1e-5)
    assert min(scalars["train/words_per_second"]) > 0
    half = len(each) // 2
    epochs = [sum(steps.losses[part]) / sum(steps.pairs[part]) for part in (slice(half), slice(half, None))]
    assert scalars["epoch/loss"] == pytest.approx(epochs, rel=1e-5)


def test_training_goes_on_without_events_where_they_cannot_be_written(tmp_path, monkeypatch):
    def full(*args: object, **kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("torch.utils.tensorboard.SummaryWriter.add_scalar", full)
    with pytest.warns(UserWarning, match="no more events for TensorBoard, training goes on") as warnings:
        train_with_events(tmp_path, Steps())
    assert len([warning for warning in warnings if "TensorBoard" in str(warning.message)]) == 1
    assert (tmp_path / "run" / "vectors.txt").exists()


def test_training_goes_on_without_checkpoints_where_they_cannot_be_written(train, tmp_path, monkeypatch):
    def full(*args: object, **kwargs: object) -> None:
        raise RuntimeError("PytorchStreamWriter failed writing file data/0: file write failed\nmore")

    monkeypatch.setattr("lightning.pytorch.Trainer.save_checkpoint", full)
    with pytest.warns(UserWarning, match=r"last\.ckpt: no checkpoint could be written, training goes on: .*failed$"):
        train(SENTENCES, max_epochs=1)
    assert (tmp_path / "run" / "vectors.txt").exists()
    assert not list((tmp_path / "run" / "checkpoints").iterdir())


@pytest.mark.parametrize(("every_minutes", "expected"), [(1e-9, True), (60.0, False)])
def test_a_checkpoint_inside_a_long_epoch(train, tmp_path, every_minutes, expected):
    path = tmp_path / "often.ckpt"
    steps = Steps(path)
    train(SENTENCES, max_epochs=1, callbacks=[steps, LastCheckpoint(path, every_minutes)])
    assert steps.on_disk[3] is expected
    assert path.exists()


@pytest.mark.parametrize(("epoch_seconds", "expected"), [(0.0, True), (60.0, False)])
def test_short_epochs_do_not_each_end_with_a_checkpoint(train, tmp_path, epoch_seconds, expected):
    path = tmp_path / "epochs.ckpt"
    steps = Steps(path)
    result = train(
        SENTENCES, max_epochs=2, engine="fused", callbacks=[steps, LastCheckpoint(path, epoch_seconds=epoch_seconds)]
    )
    assert steps.on_disk[-1] is expected
    assert torch.load(path, weights_only=True)["global_step"] == result.metrics["training"]["steps"]
    assert result.metrics["seconds"]["checkpoints"] > 0


class Signals(pl.Callback):
    """Send signals to this process while step 3 is being computed."""

    def __init__(self, *numbers: signal.Signals) -> None:
        self.numbers = numbers

    def on_train_batch_start(self, trainer: pl.Trainer, *args: object) -> None:
        if trainer.global_step == 3:
            for number in self.numbers:
                os.kill(os.getpid(), number)


def test_a_second_signal_gives_up(train, capsys):
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with pytest.raises(SystemExit) as stop:
        train(SENTENCES, callbacks=[Signals(signal.SIGINT, signal.SIGTERM)])
    assert stop.value.code == 128 + signal.SIGTERM
    assert "again to give up" in capsys.readouterr().err
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == handlers


def test_a_signal_while_results_are_written_waits_for_them(train, tmp_path, monkeypatch):
    from torchw2v.training.word2vec import results

    write = results.write_projector

    def interrupted(*args: Any) -> list[Path]:
        os.kill(os.getpid(), signal.SIGTERM)
        return write(*args)

    monkeypatch.setattr(results, "write_projector", interrupted)
    assert train(SENTENCES, max_epochs=1).stopped_by is None
    assert (tmp_path / "run" / "metrics.json").exists()


def test_sentences_of_one_word_are_nothing_to_train_on(train, tmp_path):
    with pytest.raises(InputError, match="nothing to train on: no sentence has two words that are kept"):
        train([[word] for sentence in SENTENCES for word in sentence])
    assert not list((tmp_path / "run").rglob("*.*"))


def test_an_epoch_without_a_pair_is_no_failure_later_on(train):
    text = [["a", "b"], ["b", "c"], ["a", "c"]] * 3
    epochs = train(text, max_epochs=40, min_count=1, model={"sample": 0.05}).metrics["training"]["epoch_losses"]
    assert any(math.isnan(loss) for loss in epochs), "the case is not there"


def test_a_checkpoint_of_something_else_is_refused(train, tmp_path):
    train(SENTENCES, name="first", max_epochs=1)
    path = tmp_path / "first" / "checkpoints" / "last.ckpt"
    state = torch.load(path, weights_only=True)
    del state["descent"]
    torch.save(state, path)
    with pytest.raises(InputError, match=r"another engine \(None, here autograd\)"):
        train(SENTENCES, resume=path)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"model": {"learning_rate": 0.05}}, "another learning_rate"),
        ({"model": {"window": 2}}, "another window"),
        ({"model": {"negatives": "per_pair"}}, "another negatives"),
        ({"engine": "fused"}, r"another engine \(autograd, here fused\)"),
        ({"seed": 1}, "another seed"),
        ({"engine": {"optimizer": torch.optim.SparseAdam}}, "another optimizer"),
        ({"engine": {"optimizer": partial(RowSGD, max_row_step=3.0)}}, "another optimizer settings"),
        ({"max_epochs": 1}, "has nothing left to do; set trainer.max_epochs above 1"),
        ({"max_steps": 2}, "has nothing left to do; set trainer.max_steps above"),
    ],
)
def test_resuming_with_what_would_not_be_the_same_run(train, tmp_path, changes, message):
    train(SENTENCES, name="first", max_epochs=1)
    with pytest.raises(InputError, match=message):
        train(SENTENCES, resume=tmp_path / "first" / "checkpoints" / "last.ckpt", **changes)


@pytest.mark.parametrize(
    ("engine", "settings", "message"),
    [
        ("autograd", {"gradient_clip_val": 1.0}, "gradient_clip_val needs dense gradients"),
        ("autograd", {"accumulate_grad_batches": 2}, "accumulate_grad_batches must be 1"),
        ("autograd", {"max_epochs": -1}, "max_epochs must be an integer of at least 1"),
        (
            "fused",
            {"gradient_clip_val": 1.0},
            "gradient_clip_val has nothing to clip, as engine=fused holds no gradients",
        ),
        ("fused", {"accumulate_grad_batches": 2}, "accumulate_grad_batches must be 1"),
        ("fused", {"precision": "bf16-true"}, "trainer.precision is bf16-true, but engine=fused computes in float32"),
    ],
)
def test_trainer_settings_that_do_not_fit(tmp_path, engine, settings, message):
    trainer = make_trainer(tmp_path, **{"max_epochs": 1} | settings)
    with pytest.raises(InputError, match=message):
        train_word2vec(
            lambda: Corpus(SENTENCES),
            tmp_path,
            lambda own: trainer(callbacks=own),
            model=ModelSettings(),
            engine=ENGINES[engine],
        )


def test_the_bar_begins_where_a_resumed_run_does(train, tmp_path, monkeypatch):
    from torchw2v.training.callbacks import progress

    bars: list[dict[str, Any]] = []

    def bar(**settings: Any) -> Any:
        bars.append(settings)
        return tqdm(**settings)

    tqdm = progress.tqdm
    monkeypatch.setattr(progress, "tqdm", bar)
    train(SENTENCES, name="first", max_epochs=2, max_steps=math.ceil(2400 / 512) + 2)
    train(SENTENCES, name="rest", max_epochs=2, resume=tmp_path / "first" / "checkpoints" / "last.ckpt")
    assert [(bar["initial"], bar["total"]) for bar in bars] == [(0, 4800), (2400 + 2 * 512, 4800)]
