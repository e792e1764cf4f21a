"""What a person reads and sees of a new classifier of sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torchw2v.pictures import confusion_picture
from torchw2v.training.classification.evaluation import Evaluation

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PARTS = ("train", "dev", "test")
_FEW_KNOWN = 0.8


def format_report(metrics: dict[str, Any]) -> list[str]:
    """Vectors, words, the strengths that were tried, and accuracy beside that of the most frequent class."""
    data, vectors, chosen = metrics["data"], metrics["vectors"], metrics["l2"]
    words, known = (sum(data["words"][part][name] for part in PARTS) for name in ("words", "known"))
    empty, unknown = (sum(data["words"][part][name] for part in PARTS) for name in ("empty", "unknown"))
    sizes = ", ".join(f"{metrics[part]['examples']:,} {part}" for part in PARTS)
    lines = [
        f"Vectors     {vectors['words']:,} of {vectors['dimensions']} dimensions, {vectors['path']}",
        f"Sentences   {sizes}; {len(data['classes'])} classes: {', '.join(data['classes'])}",
        f"Words       {words:,}, of which {known / max(words, 1):.1%} have a vector; "
        f"sentences without a word: {empty:,}, with unknown words only: {unknown:,}",
    ]
    if known < _FEW_KNOWN * words:
        lines.append(
            "            many words have no vector: are the vectors of this language, and was their text split and put "
            "into lower case as data.lower and data.tokenizer have it?"
        )
    lines += ["", "   l2         train      dev        dev loss   (strength of the penalty, chosen on dev)"]
    for one in metrics["grid"]:
        mark = "*" if one["l2"] == chosen else " "
        train, dev = one["train_accuracy"], one["dev_accuracy"]
        lines.append(f" {mark} {one['l2']:<9.3g}  {train:<9.2%}  {dev:<9.2%}  {one['dev_loss']:.4f}")
    lines += [f"   {note}" for note in metrics["notes"]]
    lines += ["", f"   {'':<9}  {'right':<9}  {'majority':<9}  loss in nats a sentence"]
    for part in PARTS:
        figures = metrics[part]
        lines.append(f"   {part:<9}  {figures['accuracy']:<9.2%}  {figures['majority']:<9.2%}  {figures['loss']:.4f}")
    lines += ["   majority: right by always giving the most frequent class of the sentences to train on"]
    names = data["classes"]
    recalls = ", ".join(
        f"{name} {recall:.0%}"
        for name, recall in zip(names, metrics["test"]["recalls"], strict=True)
        if recall == recall
    )
    lines += ["", f"Test        right of each class: {recalls}"]
    lines += [f"Mistakes    {metrics['mistakes']:,} on dev, the surest first, in mistakes.tsv"]
    return lines


def sentiment_pictures(test: Evaluation, names: tuple[str, ...]) -> dict[str, Figure]:
    """The confusion matrix of the test."""
    return {"confusion_matrix": confusion_picture(test.confusion.numpy(), names, f"test: {test.accuracy:.2%} right")}


def grid_notes(grid: list[dict[str, Any]], chosen: float, tolerance: float) -> list[str]:
    """What a user should know about the strengths that were tried."""
    strengths = [one["l2"] for one in grid]
    notes = []
    if len(strengths) > 1 and chosen in (max(strengths), min(strengths)):
        side, more = ("largest", "larger") if chosen == max(strengths) else ("smallest", "smaller")
        notes.append(f"the best is the {side} that was tried: a {more} one may be better, see model.l2")
    unfinished = [f"{one['l2']:g}" for one in grid if one["gradient"] > 10 * tolerance]
    if unfinished:
        notes.append(f"not converged for {', '.join(unfinished)}: raise engine.max_iterations")
    return notes
