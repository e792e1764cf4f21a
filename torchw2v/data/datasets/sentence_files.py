"""Labelled sentences of one's own: files with a label, a tab and a text in each line."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from torchw2v.checks import one_of, seed_of_draws
from torchw2v.data.labelled_sentences import LabelledSentences, SentenceSplits, check_parts
from torchw2v.data.stratified import stratified_order
from torchw2v.data.text_blocks import check_decoding, read_blocks, whole_lines
from torchw2v.data.text_files import find_text_files, open_text_file
from torchw2v.data.tokenization import TOKENIZERS, words_of_line
from torchw2v.data.treebank_words import treebank_words
from torchw2v.errors import InputError

SENTENCE_TOKENIZERS = (*TOKENIZERS, "treebank")
FEWEST = 10  # sentences to draw parts from
_SHARE = 0.1  # of a part that is drawn to choose by or to test on


class _Lines(NamedTuple):
    labels: list[str]
    texts: list[str]


def words_of_sentence(text: str, tokenizer: str, *, lower: bool) -> list[str]:
    """The words of a text by "whitespace", "words" or "treebank", in lower case or as they are."""
    words = treebank_words(text) if tokenizer == "treebank" else words_of_line(text, tokenizer)  # type: ignore[arg-type]
    return [word.lower() for word in words] if lower else words


def sentence_files(
    path: str | Path | None,
    *,
    dev_path: str | Path | None = None,
    test_path: str | Path | None = None,
    tokenizer: str = "words",
    lower: bool = True,
    encoding: str = "utf-8",
    errors: str = "strict",
    seed: int = 0,
) -> SentenceSplits:
    """Sentences from files whose lines are a label, a tab and a text; empty lines are passed over.

    What no file is given for is drawn from the sentences of `path`, a tenth for each part, with every class in the
    same proportions. What is drawn depends on `seed` and the order of the lines alone.

    Args:
        path: a file, a folder or a glob; .gz, .bz2, .xz and .zst are decompressed.
        dev_path: the same, to choose settings by.
        test_path: the same, for the figure that is reported.
        tokenizer: "words" (lower case, words and numbers), "whitespace", or "treebank" (signs and n't apart).
        lower: put the words into lower case.
        encoding: of the files.
        errors: what to do with bytes that are no text: "strict", "replace" or "ignore".
        seed: of the draw.

    Raises:
        InputError: a file that cannot be read, a line without a tab or a label, one class only, too few sentences, or a
            class that no sentence to train on has.
    """
    if path is None:
        raise InputError("no sentences were given; set data.path to a file of lines: a label, a tab, a text")
    one_of("data.tokenizer", tokenizer, SENTENCE_TOKENIZERS)
    check_decoding(encoding, errors)
    if not isinstance(lower, bool):
        raise InputError(f"data.lower must be true or false, not {lower!r}")
    seed = seed_of_draws(seed)
    given = {"train": path, "dev": dev_path, "test": test_path}
    lines = {name: _read(source, encoding, errors) for name, source in given.items() if source is not None}
    names = _in_order({label for part in lines.values() for label in part.labels})
    numbers = {name: i for i, name in enumerate(names)}

    def labelled(part: _Lines) -> LabelledSentences:
        words = [words_of_sentence(text, tokenizer, lower=lower) for text in part.texts]
        return LabelledSentences(words, part.texts, torch.tensor([numbers[label] for label in part.labels]), names)

    parts = {name: labelled(part) for name, part in lines.items()}
    drawn = [name for name in ("dev", "test") if name not in parts]
    if drawn and len(parts["train"]) < FEWEST:
        raise InputError(
            f"{path}: {len(parts['train'])} sentences are too few to draw parts from; give at least {FEWEST}, or "
            "data.dev_path and data.test_path"
        )
    if drawn:
        everything = parts["train"]
        for name, rows in _draw(everything.labels, drawn, seed).items():
            parts[name] = everything[rows]
    check_parts(parts["train"], parts["dev"], parts["test"], str(path))
    return SentenceSplits(parts["train"], parts["dev"], parts["test"], tokenizer, lower)


def _draw(labels: Tensor, held_out: list[str], seed: int) -> dict[str, Tensor]:
    """Places of the training part and of each of the others, in the order of the file."""
    order = stratified_order(labels, seed)
    size = max(1, round(_SHARE * len(labels)))
    end = len(labels) - size * len(held_out)
    parts = {"train": order[:end]}
    for i, name in enumerate(held_out):
        parts[name] = order[end + i * size : end + (i + 1) * size]
    return {name: rows.sort().values for name, rows in parts.items()}


def _read(source: str | Path, encoding: str, errors: str) -> _Lines:
    found = _Lines([], [])
    for path in find_text_files(source):
        with open_text_file(path) as file:
            for number, line in enumerate(
                whole_lines(read_blocks(file, str(path), encoding=encoding, errors=errors)), 1
            ):
                if not line.strip():
                    continue
                label, tab, text = line.partition("\t")
                if not tab or not label.strip():
                    what = "no tab between label and text" if not tab else "no label before the tab"
                    raise InputError(
                        f"{path}, line {number}: {what}: {line.strip()[:60]!r}; a line is a label, a tab, a text"
                    )
                found.labels.append(label.strip())
                found.texts.append(text.strip())
    if not found.labels:
        raise InputError(f"{source}: no sentences in it; a line is a label, a tab, a text")
    return found


def _in_order(labels: set[str]) -> tuple[str, ...]:
    """Sorted; as numbers, where all are."""
    numeric = all(label.lstrip("+-").isdecimal() for label in labels)
    return tuple(sorted(labels, key=(lambda label: (int(label), label)) if numeric else None))
