"""The sentences that a classifier is most wrong about, in a table for people."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from torchw2v.atomic import write_text
from torchw2v.data.labelled_sentences import LabelledSentences

HEADINGS = ("label", "predicted", "probability", "text")


def write_mistakes(path: Path, probabilities: Tensor, part: LabelledSentences) -> int:
    """Write the sentences that were taken for another class, those of which it was surest first; how many they are.

    A line is the class, the class it was taken for, the probability given to that one, and the text. Tabs, ends of
    lines and what else would break the table or a terminal stand as spaces.

    Shape: probabilities (N, C).
    """
    sure, taken = probabilities.max(1)
    wrong = (taken != part.labels).nonzero()[:, 0]
    order = wrong[sure[wrong].argsort(descending=True, stable=True)]
    lines = ["\t".join(HEADINGS)]
    for i in order.tolist():
        label, predicted = part.class_names[int(part.labels[i])], part.class_names[int(taken[i])]
        lines.append("\t".join((_plain(label), _plain(predicted), f"{float(sure[i]):.4f}", _plain(part.texts[i]))))
    write_text(path, "\n".join(lines) + "\n")
    return len(order)


def _plain(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def majority_share(labels: Tensor, train_labels: Tensor) -> float:
    """The share of some sentences that is right by always giving the most frequent class of those to train on."""
    most = int(train_labels.bincount().argmax())
    return float((labels == most).to(torch.float64).mean())
