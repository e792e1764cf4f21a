"""What a person reads and sees of a new classifier."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from torchw2v.data.labelled_images import ImageSplits
from torchw2v.nn import MLP
from torchw2v.pictures import confusion_picture, weights_picture
from torchw2v.training.classification.evaluation import Evaluation

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MOST_MISTAKES = 5


def format_report(model: MLP, test: Evaluation, metrics: dict[str, Any]) -> list[str]:
    """Sizes, curves, accuracy beside that of the most frequent answer, and the commonest mistakes."""
    data, training, names = metrics["data"], metrics["training"], metrics["data"]["classes"]
    examples = data["examples"]
    lines = [f"Note        {data['note']}"] if data["note"] else []
    lines += [
        f"Network     {' -> '.join(map(str, model.sizes))}, {metrics['num_parameters']:,} parameters",
        f"Examples    {examples['train']:,} to train on, {examples['validation']:,} for validation, "
        f"{examples['test']:,} for the test",
        f"Trained     {training['steps']:,} steps in {metrics['seconds']['training']:.1f} s"
        + (f", after the {resumed:,} of the run that was resumed" if (resumed := training["resumed_at_step"]) else "")
        + f"; the weights are those after {training['epoch_of_weights']:.4g} epochs",
    ]
    if training["train_losses"]:
        first, last = training["train_losses"][0], training["train_losses"][-1]
        lines.append(f"Loss        {first:.4g} -> {last:.4g} nats an example while training, first and last epoch")
    for title, name in (("Validation", "validation"), ("Test", "test")):
        figures = metrics[name]
        lines.append(f"{title:<11} {figures['accuracy']:.2%} right, loss {figures['loss']:.4g} nats an example")
    baseline = test.confusion.sum(1).max().item() / max(int(test.confusion.sum()), 1)
    lines.append(f"            {baseline:.2%} would be right by always giving the most frequent class of the test")
    if test.loss > math.log(len(names)):
        lines.append(
            f"            a loss above {math.log(len(names)):.4g}, that of knowing nothing: lower model.learning_rate, "
            "or raise model.l2 against learning by heart"
        )
    mistakes = _mistakes(test, names)
    return [*lines, f"Mistakes    {mistakes}"] if mistakes else lines


def classifier_pictures(model: MLP, test: Evaluation, images: ImageSplits) -> dict[str, Figure]:
    """The confusion matrix of the test, and the weights of the first layer as images."""
    names = images.train.class_names
    weight = model.layers[0].get_parameter("weight").detach().cpu().double().numpy()
    units = names if len(model.layers) == 1 else None
    return {
        "confusion_matrix": confusion_picture(test.confusion.numpy(), names, f"test: {test.accuracy:.2%} right"),
        "weights": weights_picture(weight, images.train.image_shape, units),
    }


def _mistakes(test: Evaluation, names: list[str]) -> str:
    wrong = test.confusion.clone().fill_diagonal_(0)
    counts, places = wrong.flatten().topk(min(_MOST_MISTAKES, wrong.numel()))
    pairs = [(divmod(place, len(names)), n) for place, n in zip(places.tolist(), counts.tolist(), strict=True) if n]
    return ", ".join(f"{names[true]} taken for {names[taken]} {n}×" for (true, taken), n in pairs)
