"""Training of classifiers: a recipe against an independent loop, digits, early stopping, resuming, and what is left."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import lightning.pytorch as pl
import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from tests.training.conftest import make_trainer
from torchw2v import InputError
from torchw2v.data.datasets import digits
from torchw2v.data.labelled_images import ImageSplits, LabelledImages
from torchw2v.nn import MLP
from torchw2v.training.classification import (
    ClassifierResult,
    ClassifierSettings,
    MinibatchSettings,
    evaluate,
    train_classifier,
)
from torchw2v.training.event_logger import EventLogger

pytest.importorskip("matplotlib", reason="a run ends with pictures, which need the package matplotlib")

DEVICES = ["cpu", pytest.param("cuda", marks=pytest.mark.gpu)]
SGD = partial(torch.optim.SGD, momentum=0.0)


def blobs(n: int = 240, classes: int = 3, seed: int = 0, noise: float = 0.1) -> ImageSplits:
    """Images of 2×3 pixels whose classes are clouds that hardly overlap."""
    generator = torch.Generator().manual_seed(seed)
    labels = torch.arange(n) % classes
    centres = torch.rand(classes, 6, generator=generator)
    images = (centres[labels] + noise * torch.randn(n, 6, generator=generator)).clamp(0, 1)
    everything = LabelledImages(images, labels, (2, 3), tuple("abcdefgh"[:classes]))
    return ImageSplits(everything[: n // 2], everything[n // 2 : 3 * n // 4], everything[3 * n // 4 :])


@pytest.fixture
def train(tmp_path: Path) -> Callable[..., ClassifierResult]:
    def run(
        images: ImageSplits | None = None,
        *,
        name: str = "run",
        max_epochs: int = 5,
        model: dict[str, Any] | None = None,
        engine: dict[str, Any] | None = None,
        callbacks: tuple[pl.Callback, ...] = (),
        accelerator: str = "cpu",
        logger: bool = False,
        **settings: Any,
    ) -> ClassifierResult:
        folder = tmp_path / name
        folder.mkdir()
        options = {key: settings.pop(key) for key in ("max_steps",) if key in settings}
        trainer = make_trainer(folder, max_epochs, accelerator, **options)
        if logger:
            trainer = partial(trainer, logger=EventLogger(folder), log_every_n_steps=1)
        return train_classifier(
            lambda: images or blobs(),
            folder,
            lambda own: trainer(callbacks=[*own, *callbacks]),
            model=ClassifierSettings(**{"hidden": [8]} | (model or {})),
            engine=MinibatchSettings(**engine or {}),
            **settings,
        )

    return run


def reference_run(
    images: ImageSplits, sizes: list[int], *, std: float, seed: int, epochs: int, batch: int, rate: float
):
    """A recipe in print, as a loop: RandomState draws, no shuffling, steps of the summed gradient, relu."""
    draws = np.random.RandomState(seed)
    pairs = list(pairwise(sizes))
    weights = [draws.normal(scale=std, size=pair) for pair in pairs]
    biases = [draws.normal(scale=std, size=pair[1]) for pair in pairs]
    inputs, labels = images.train.images.double().numpy(), images.train.labels.numpy()
    for _ in range(epochs):
        for start in range(0, len(labels), batch):
            rows = [inputs[start : start + batch]]
            for w, b in zip(weights[:-1], biases[:-1], strict=True):
                rows.append(np.maximum(rows[-1] @ w + b, 0))
            scores = rows[-1] @ weights[-1] + biases[-1]
            p = np.exp(scores - scores.max(1, keepdims=True))
            delta = p / p.sum(1, keepdims=True) - np.eye(sizes[-1])[labels[start : start + batch]]
            for layer in reversed(range(len(weights))):
                below = (delta @ weights[layer].T) * (rows[layer] > 0)
                weights[layer] = weights[layer] - rate * rows[layer].T @ delta
                biases[layer] = biases[layer] - rate * delta.sum(0)
                delta = below
    return weights, biases


def test_a_recipe_in_print_gives_the_weights_of_an_independent_loop(train):
    """The recipe of experiment=dlsys_mlp but for the size: in float32 here, in float64 there."""
    images = blobs()
    weights, biases = reference_run(images, [6, 8, 5, 3], std=0.1, seed=123, epochs=3, batch=50, rate=1e-3)
    result = train(
        images,
        max_epochs=3,
        model={
            "hidden": [8, 5],
            "activation": "relu",
            "initialization": "normal",
            "init_seed": 123,
            "learning_rate": 1e-3,
        },
        engine={
            "batch_size": 50,
            "shuffle": False,
            "reduction": "sum",
            "patience": None,
            "keep_best": False,
            "optimizer": SGD,
        },
    )
    for layer, weight, bias in zip(result.model.layers, weights, biases, strict=True):
        np.testing.assert_allclose(layer.weight.detach().numpy(), weight, rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(layer.bias.detach().numpy(), bias, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("accelerator", DEVICES)
@pytest.mark.parametrize(
    ("model", "accuracy"),
    [({"hidden": [50]}, 0.93), ({"architecture": "softmax_regression", "l2": 1e-3}, 0.92)],
    ids=["mlp", "softmax_regression"],
)
def test_it_learns_digits(train, accelerator, model, accuracy):
    pytest.importorskip("sklearn", reason="scikit-learn ships the digits, and is not installed")
    result = train(digits(), model=model, max_epochs=8, accelerator=accelerator)
    assert result.test.accuracy > accuracy
    assert result.metrics["test"]["accuracy"] == result.test.accuracy
    assert result.test.confusion.sum() == 300
    assert result.metrics["training"]["train_losses"][0] > 2 * result.metrics["training"]["train_losses"][-1]


def test_the_last_figure_is_of_the_epoch_with_the_lowest_loss_of_validation(train):
    images, engine = blobs(noise=0.6), {"patience": 3, "batch_size": 8}  # clouds that overlap are learnt by heart
    result = train(images, max_epochs=60, model={"learning_rate": 0.5, "hidden": [30]}, engine=engine)
    training = result.metrics["training"]
    losses = training["val_losses"]
    assert training["epochs"] == len(losses) < 60, "it did not stop early"
    best = int(np.argmin(losses))
    assert training["epoch_of_weights"] == best + 1 == len(losses) - 3
    assert len(training["train_losses"]) == len(losses)
    assert result.validation.loss == pytest.approx(losses[best], rel=1e-5)
    engine["keep_best"] = False
    last = train(images, name="last", max_epochs=60, model={"learning_rate": 0.5, "hidden": [30]}, engine=engine)
    assert last.metrics["training"]["epoch_of_weights"] == len(losses)
    assert last.validation.loss == pytest.approx(losses[-1], rel=1e-5)


def test_the_penalty_shrinks_the_weights_and_is_no_part_of_the_reported_loss(train):
    sizes = {}
    for l2 in (0.0, 0.1):
        result = train(name=f"l2-{l2}", model={"architecture": "softmax_regression", "l2": l2}, max_epochs=20)
        sizes[l2] = result.model.layers[0].weight.norm()
        x, y = blobs().validation.images, blobs().validation.labels
        logits = x.double() @ result.model.layers[0].weight.double() + result.model.layers[0].bias.double()
        expected = -torch.log_softmax(logits, 1).gather(1, y[:, None]).mean()
        assert result.validation.loss == pytest.approx(expected.item(), rel=1e-5)
    assert sizes[0.1] < 0.7 * sizes[0.0]


def test_a_run_that_was_stopped_goes_on_to_the_same_bits(train, tmp_path):
    whole = train(name="whole")
    train(name="part", max_steps=9)  # in the middle of the third epoch of four batches
    rest = train(name="rest", resume=tmp_path / "part" / "checkpoints" / "last.ckpt")
    assert all(map(torch.equal, rest.model.parameters(), whole.model.parameters()))
    assert rest.metrics["test"] == whole.metrics["test"]
    again = train(name="again")
    assert all(map(torch.equal, again.model.parameters(), whole.model.parameters()))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"images": blobs(seed=1)}, "made with another data"),
        ({"model": {"hidden": [9]}}, r"made with another model \(MLP \[6, 8, 3\], sigmoid, l2 0, here MLP \[6, 9, 3\]"),
        ({"engine": {"batch_size": 5}}, "made with another batch_size"),
        ({"engine": {"reduction": "sum"}}, "made with another reduction"),
        ({"seed": 3}, "made with another seed"),
        ({"max_epochs": 2}, "has nothing left to do"),
    ],
)
def test_resuming_with_what_would_not_be_the_same_run(train, tmp_path, changes, message):
    train(name="first", max_epochs=2)
    images = changes.pop("images", None)
    with pytest.raises(InputError, match=message):
        train(images, resume=tmp_path / "first" / "checkpoints" / "last.ckpt", **{"max_epochs": 4} | changes)


def test_files_of_a_run(train, tmp_path):
    result = train(logger=True)
    folder = tmp_path / "run"
    names = {path.name for path in result.paths}
    assert names == {"model.safetensors", "metrics.json", "confusion_matrix.png", "weights.png", "last.ckpt"}
    assert all(path.exists() for path in result.paths)
    metrics = json.loads((folder / "metrics.json").read_text())
    assert metrics["num_parameters"] == 7 * 8 + 9 * 3
    assert np.array(metrics["test"]["confusion"]).sum() == 60
    model = MLP((6, 8, 3))
    model.load_state_dict(load_file(folder / "model.safetensors"))
    test = blobs().test
    assert evaluate(model, test.images, test.labels, 3).accuracy == result.test.accuracy
    events = EventAccumulator(str(folder)).Reload()
    assert set(events.Tags()["images"]) == {"confusion_matrix", "weights"}
    assert [event.step for event in events.Scalars("val/accuracy")] == [4, 8, 12, 16, 20]
    assert {"train/loss", "val/loss"} <= set(events.Tags()["scalars"])
    report = "\n".join(result.report())
    assert f"Test        {result.test.accuracy:.2%} right" in report
    assert "6 -> 8 -> 3, 83 parameters" in report


def test_evaluation_counts_by_class():
    model = MLP((2, 2), init_std=0.0)
    with torch.no_grad():
        model.layers[0].weight.copy_(torch.eye(2))
    inputs = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0], [1.0, 0.0]])
    result = evaluate(model, inputs, torch.tensor([0, 0, 1, 1]), 2)
    assert result.confusion.tolist() == [[1, 1], [1, 1]]
    assert result.accuracy == 0.5
    assert result.recalls == [0.5, 0.5]
    assert result.loss == pytest.approx(np.log1p(np.e) - 0.5)


@pytest.mark.parametrize("max_steps", [2, 6])
def test_the_last_weights_are_validated_where_training_ends_inside_an_epoch(train, max_steps):
    result = train(max_steps=max_steps, name=str(max_steps))  # of four batches an epoch
    training = result.metrics["training"]
    assert training["epoch_of_weights"] == max_steps / 4
    assert len(training["val_losses"]) == max_steps // 4
    assert all(result.validation.loss < loss for loss in training["val_losses"])


def test_a_loss_worse_than_knowing_nothing_is_pointed_out(train):
    result = train(max_epochs=2, model={"activation": "relu", "learning_rate": 1e4}, engine={"optimizer": SGD})
    assert result.test.loss > np.log(3)
    assert "that of knowing nothing: lower model.learning_rate" in "\n".join(result.report())


def test_a_setting_that_the_optimiser_does_not_know_is_told_with_the_way_out(train):
    engine = {"optimizer": partial(torch.optim.Adam, momentum=0.9)}
    with pytest.raises(InputError, match=r"'momentum'; take it away with '~engine.optimizer.momentum'"):
        train(engine=engine)


def test_a_training_that_diverges_says_so(train, tmp_path):
    with pytest.raises(InputError, match=r"training diverged: the loss is nan after \d+ steps; lower model.learning_"):
        train(model={"activation": "relu", "learning_rate": 1e30})
    assert not list((tmp_path / "run").rglob("*.*t*"))


@pytest.mark.parametrize(
    ("settings", "kind", "message"),
    [
        ({"architecture": "cnn"}, ClassifierSettings, "model.architecture must be one of mlp, softmax_regression"),
        ({"activation": "gelu"}, ClassifierSettings, "model.activation must be one of sigmoid, tanh, relu"),
        ({"hidden": 100}, ClassifierSettings, r"model.hidden must be a list of sizes such as \[256,100\], not 100"),
        ({"hidden": [0]}, ClassifierSettings, "model.hidden must be an integer of at least 1"),
        ({"l2": -1}, ClassifierSettings, "model.l2 must be at least 0"),
        ({"initialization": "zeros"}, ClassifierSettings, "zeros leaves all hidden units of an mlp equal"),
        ({"optimizer": torch.optim.SparseAdam}, MinibatchSettings, "SparseAdam takes sparse gradients only"),
        ({"bias": "no"}, ClassifierSettings, "model.bias must be true or false"),
        ({"batch_size": 0}, MinibatchSettings, "engine.batch_size must be"),
        ({"patience": 0}, MinibatchSettings, "engine.patience must be"),
        ({"shuffle": "yes"}, MinibatchSettings, "engine.shuffle must be true or false"),
        ({"reduction": "none"}, MinibatchSettings, "engine.reduction must be one of mean, sum"),
    ],
)
def test_settings_out_of_range(settings, kind, message):
    with pytest.raises(InputError, match=message):
        kind(**settings)
