"""What a person reads about new word vectors."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from torchw2v.evaluation import Judgement, format_judgement
from torchw2v.pictures import telling_words
from torchw2v.vectors import WordVectors
from torchw2v.vectors.latest_run import RUNS

_NEIGHBOURS = 6
_FREQUENT = 2000
_MUCH_PUNCTUATION = 0.05
_FEW_WORDS = 1_000_000


def shown_words(words: Sequence[str], n: int = 10) -> list[str]:
    """Telling words spread over the frequent ranks, denser where words are more frequent."""
    candidates = telling_words(words, _FREQUENT)
    return [candidates[rank] for rank in sorted({int(len(candidates) * (i / n) ** 2) for i in range(n)})]


def format_report(vectors: WordVectors, metrics: dict[str, Any], judgement: Judgement | None = None) -> list[str]:
    """Neighbours, what was trained, and how good it is."""
    lines = []
    if len(vectors) > 1:
        words = shown_words(vectors.words)
        width = max(map(len, words))
        lines.append("Nearest words (cosine):")
        for word, neighbours in zip(words, vectors.nearest(words, _NEIGHBOURS), strict=True):
            lines.append(f"  {word:<{width}}  {', '.join(f'{n.word} {n.similarity:.2f}' for n in neighbours)}")
        lines.append("")
    lines += _what_was_trained(vectors, metrics)
    if judgement:
        lines += format_judgement(judgement)
    return lines


def _what_was_trained(vectors: WordVectors, metrics: dict[str, Any]) -> list[str]:
    corpus, training, seconds = metrics["corpus"], metrics["training"], metrics["seconds"]
    losses = [loss for loss in training["epoch_losses"] if loss == loss]
    example, threads = training["example"], metrics["machine"]["threads"]
    lines = [
        f"Vocabulary  {corpus['vocabulary']:,} words of {corpus['different_words']:,}, "
        f"seen in {corpus['words']:,} words of text; {vectors.embedding_dim} numbers each",
        f"Trained     {training['words']:,} words, {training['examples']:,} {example}s in {seconds['training']:.1f} s: "
        f"{training['words_per_second']:,.0f} words/s",
        f"            with engine={training['engine']} on {threads} thread{'s' if threads > 1 else ''}",
    ]
    if phrases := corpus["phrases"]:
        lines.append(
            f"Phrases     {phrases['different']:,} different, joined {phrases['joins']:,} times in "
            f"{phrases['passes']} pass{'es' if phrases['passes'] > 1 else ''}"
        )
    since = " since the run was resumed" if training["resumed_at_step"] else ""
    if losses:
        first, last = losses[0], losses[-1]
        lines.append(
            f"Loss        {first:.4f} -> {last:.4f} nats a {example}, first and last epoch{since}"
            if len(losses) > 1
            else f"Loss        {last:.4f} nats a {example}"
        )
    return lines


def next_steps(vectors: WordVectors, metrics: dict[str, Any], folder: Path, *, judged: bool) -> list[str]:
    """What to try with new vectors, as commands that can be copied, and what would make better ones."""
    newest_by_default = folder.resolve().parent.parent == Path(RUNS).resolve()
    where = "" if newest_by_default else f" -v {shlex.quote(str(folder))}"
    word = shlex.quote(shown_words(vectors.words)[-1])
    ask = _command("torchw2v", "torchw2v")
    lines = [
        f"{ask} neighbours {word}{where}",
        f"{ask} plot --html{where}",
        f"{_command('tensorboard', 'tensorboard.main')} --logdir {shlex.quote(str(folder))}",
    ]
    if not judged:
        lines.append(f"{ask} evaluate --similarity FILE --analogies FILE{where}")
    lines = ["To try next:", *(f"  {line}" for line in lines)]
    words, epochs = metrics["corpus"]["words"], len(metrics["training"]["epoch_losses"])
    if _share_with_punctuation(vectors.words) > _MUCH_PUNCTUATION:
        lines.append("Many words end in punctuation: data.tokenizer=words leaves it out, and puts text in lower case.")
    if words < _FEW_WORDS:
        lines.append(f"{words:,} words are few: more text makes better vectors, or more epochs than {epochs}.")
    return lines


def _share_with_punctuation(words: Sequence[str]) -> float:
    ends = [word for word in words if len(word) > 1 and word[:-1].isalpha() and word[-1] in ".,;:!?)"]
    return len(ends) / max(len(words), 1)


def _command(name: str, module: str) -> str:
    """How to call a program of this environment from here."""
    return name if shutil.which(name) else f"{shlex.quote(os.path.relpath(sys.executable))} -m {module}"
