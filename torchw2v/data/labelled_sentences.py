"""Sentences with a class each, and their three parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from torch import Tensor

from torchw2v.errors import InputError


@dataclass(frozen=True, eq=False)
class LabelledSentences:
    """Sentences and the class of each.

    Attributes:
        sentences: the words of each of N sentences, as they are looked up; none for an empty one.
        texts: each sentence as a person reads it.
        labels: (N,) int64, places in `class_names`.
        class_names: a name for each class.

    Raises:
        ValueError: the lengths do not fit, or a label is no class.
    """

    sentences: Sequence[Sequence[str]]
    texts: Sequence[str]
    labels: Tensor
    class_names: tuple[str, ...]

    def __post_init__(self) -> None:
        if not len(self.sentences) == len(self.texts) == len(self.labels):
            raise ValueError(
                f"LabelledSentences: {len(self.sentences)} sentences, {len(self.texts)} texts and {len(self.labels)}"
                " labels, but there must be as many of each"
            )
        if len(self) and not 0 <= int(self.labels.min()) <= int(self.labels.max()) < len(self.class_names):
            raise ValueError(f"LabelledSentences: labels must be from 0 to {len(self.class_names) - 1}")

    def __len__(self) -> int:
        return len(self.texts)

    def __getitem__(self, rows: Tensor) -> LabelledSentences:
        """The sentences of these places, (n,) int64."""
        places = rows.tolist()
        return LabelledSentences(
            [self.sentences[i] for i in places], [self.texts[i] for i in places], self.labels[rows], self.class_names
        )

    def __repr__(self) -> str:
        return f"<LabelledSentences: {len(self):,} of {len(self.class_names)} classes>"


class SentenceSplits(NamedTuple):
    """What to learn from, what to choose settings by, and what to look at once, at the end.

    Attributes:
        train: to learn from.
        dev: to choose settings by.
        test: for the figure that is reported.
        tokenizer: that makes such words of a text: "whitespace", "words" or "treebank".
        lower: whether the words were put into lower case.
    """

    train: LabelledSentences
    dev: LabelledSentences
    test: LabelledSentences
    tokenizer: str
    lower: bool


def check_parts(train: LabelledSentences, dev: LabelledSentences, test: LabelledSentences, source: str) -> None:
    """InputError where the parts cannot be learnt from, chosen by or tested on."""
    for name, part in (("train", train), ("dev", dev), ("test", test)):
        if not len(part):
            raise InputError(f"{source}: no sentence is left for the {name} part; give more sentences")
    present = train.labels.bincount(minlength=len(train.class_names)).tolist()
    if missing := [name for name, n in zip(train.class_names, present, strict=True) if not n]:
        raise InputError(
            f"{source}: no sentence to train on is of the class {missing[0]!r}, which is in dev or test; "
            "give some, or take the class out"
        )
    if len(train.class_names) < 2:
        raise InputError(f"{source}: all sentences are of one class, {train.class_names[0]!r}; give two or more")
