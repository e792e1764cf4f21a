"""A run, from labelled images to a classifier on disk and how good it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import lightning.pytorch as pl
import torch
from lightning.pytorch.callbacks import EarlyStopping
from safetensors.torch import save_file

from torchw2v.atomic import atomic_path
from torchw2v.checks import seed_of_draws
from torchw2v.data.labelled_images import ImageSplits
from torchw2v.errors import InputError
from torchw2v.nn import MLP, SoftmaxRegression
from torchw2v.nn.initialization import init_normal_
from torchw2v.pictures import check_pictures_can_be_drawn
from torchw2v.training.classification.best_weights import BestWeights
from torchw2v.training.classification.data_module import ImageData
from torchw2v.training.classification.evaluation import Evaluation, evaluate
from torchw2v.training.classification.metrics import ClassifierMetrics
from torchw2v.training.classification.module import ClassifierModule
from torchw2v.training.classification.report import classifier_pictures, format_report
from torchw2v.training.classification.settings import ClassifierSettings, MinibatchSettings
from torchw2v.training.environment import surroundings
from torchw2v.training.fitting import Fit, MakeTrainer
from torchw2v.training.pictures import write_pictures
from torchw2v.training.result import RunResult, write_metrics
from torchw2v.training.settings import read_settings


@dataclass(kw_only=True)
class ClassifierResult(RunResult):
    """What a run made.

    Attributes:
        model: with the weights that were evaluated.
        validation: on the examples that chose the epoch.
        test: on examples that nothing was chosen by.
    """

    model: MLP = field()
    validation: Evaluation = field()
    test: Evaluation = field()

    def report(self) -> list[str]:
        return format_report(self.model, self.test, self.metrics)


def classification_task(config: Mapping[str, Any], make: Callable[[Any], Any]) -> Callable[..., ClassifierResult]:
    """`train_classifier` with the settings of a configuration; `make` makes what it names by `_target_`.

    Raises:
        InputError: a setting that is none, or is out of range.
    """
    model, engine = config["model"], dict(config["engine"])
    if "images" not in config["data"]:
        raise InputError(f"model={model['name']} trains on images: add data=digits or data=mnist")
    if engine["name"] != "minibatch":
        raise InputError(f"model={model['name']} trains with engine=minibatch, not engine={engine['name']}")
    return partial(
        train_classifier,
        lambda: make(config["data"]["images"]),
        model=read_settings(ClassifierSettings, "model", model),
        engine=read_settings(MinibatchSettings, "engine", engine | {"optimizer": make(engine["optimizer"])}),
        seed=config["seed"],
    )


def train_classifier(
    make_images: Callable[[], ImageSplits],
    folder: Path,
    make_trainer: MakeTrainer,
    *,
    model: ClassifierSettings,
    engine: MinibatchSettings,
    seed: int = 0,
    resume: Path | None = None,
) -> ClassifierResult:
    """Train a network on labelled images, choose the epoch on validation, test it, and write the results.

    Args:
        make_images: gives the images; may take its time.
        folder: of this run alone.
        make_trainer: gives the trainer for these callbacks.
        model: what is trained.
        engine: how it is trained.
        seed: of the initial values and the order of the examples.
        resume: a checkpoint to go on from.

    Raises:
        InputError: what was given cannot be trained on or written to.
    """
    seed_of_draws(seed)
    check_pictures_can_be_drawn()
    totals, best = ClassifierMetrics(), BestWeights()
    callbacks: list[pl.Callback] = [totals, best]
    if engine.patience:
        callbacks.append(EarlyStopping("val/loss", patience=engine.patience, check_on_train_epoch_end=False))
    fit = Fit(folder, make_trainer, callbacks, resume=resume)
    with fit.timed("data"):
        images = make_images()
        data = ImageData(images, engine.batch_size, shuffle=engine.shuffle, seed=seed)
    network = _make_network(images, model, seed)
    module = ClassifierModule(network, engine.optimizer, learning_rate=model.learning_rate, reduction=engine.reduction)
    with fit.training(module, data, threads=engine.threads):
        classes, steps = len(images.train.class_names), fit.trainer.global_step
        validation = evaluate(network, images.validation.images, images.validation.labels, classes)
        # the last weights were not validated where training ended inside an epoch
        if engine.keep_best and best.step is not None and best.loss < validation.loss:
            best.restore(module)
            steps = best.step
            validation = evaluate(network, images.validation.images, images.validation.labels, classes)
        test = evaluate(network, images.test.images, images.test.labels, classes)
        metrics = {
            "data": _describe(images),
            "training": totals.summary()
            | {
                "epochs": len(totals.train_losses),
                "steps": fit.trainer.global_step - fit.steps_done,
                "resumed_at_step": fit.steps_done,
                "epoch_of_weights": steps / len(data.batches),
                "stopped_by": fit.stopped_by,
            },
            "num_parameters": network.num_parameters,
            **{
                name: {
                    "loss": part.loss,
                    "accuracy": part.accuracy,
                    "recalls": part.recalls,
                    "confusion": part.confusion.tolist(),
                }
                for name, part in (("validation", validation), ("test", test))
            },
            "seconds": fit.seconds,
            "seed": seed,
            **surroundings(fit.trainer.strategy.root_device, engine.threads),
        }
        written = _write_results(folder, fit.trainer, network, images, test, metrics)
    return ClassifierResult(
        model=network.cpu(),
        validation=validation,
        test=test,
        metrics=metrics,
        paths=fit.written(written),
        stopped_by=fit.stopped_by,
    )


def _make_network(images: ImageSplits, model: ClassifierSettings, seed: int) -> MLP:
    generator = torch.Generator().manual_seed(seed)
    features, classes = images.train.images.shape[1], len(images.train.class_names)
    init_std = 0.0 if model.initialization == "zeros" else None
    network: MLP
    if model.architecture == "softmax_regression":
        network = SoftmaxRegression(features, classes, bias=model.bias, l2=model.l2, generator=generator)
    else:
        sizes = (features, *model.hidden, classes)
        network = MLP(sizes, activation=model.activation, l2=model.l2, init_std=init_std, generator=generator)
    if model.initialization == "normal":
        init_normal_(network, model.init_std, seed=model.init_seed)
    return network


def _describe(images: ImageSplits) -> dict[str, Any]:
    parts = {"train": images.train, "validation": images.validation, "test": images.test}
    return {
        "examples": {name: len(part.labels) for name, part in parts.items()},
        "classes": list(images.train.class_names),
        "image": list(images.train.image_shape),
        "note": images.note,
    }


def _write_results(
    folder: Path,
    trainer: pl.Trainer,
    network: MLP,
    images: ImageSplits,
    test: Evaluation,
    metrics: dict[str, Any],
) -> list[Path]:
    weights, numbers = folder / "model.safetensors", folder / "metrics.json"
    try:
        with atomic_path(weights) as temporary:
            save_file({name: x.detach().cpu().contiguous() for name, x in network.state_dict().items()}, temporary)
        write_metrics(numbers, metrics)
        pictures = write_pictures(folder, trainer, classifier_pictures(network, test, images))
    except OSError as error:
        raise InputError(
            f"{folder.absolute()}: the results could not all be written: {error.strerror or error}; "
            "free some space and resume from the last checkpoint there"
        ) from None
    return [weights, numbers, *pictures]
