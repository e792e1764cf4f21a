"""info: what a file of vectors or the folder of a run holds."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path
from typing import Any

import torch

from torchw2v.cli.output import write_json
from torchw2v.cli.sources import chosen_path
from torchw2v.errors import InputError
from torchw2v.vectors import WordVectors

_FIRST = 8


def info(arguments: Namespace) -> int:
    path = chosen_path(arguments)
    vectors = WordVectors.load(path, format=arguments.format)
    lengths = vectors.lengths()
    facts: dict[str, Any] = {
        "path": str(path),
        "words": len(vectors),
        "dimensions": vectors.embedding_dim,
        "type": str(vectors.rows().dtype).removeprefix("torch."),
        "first_words": list(vectors.words[:_FIRST]),
        "lengths": dict(zip(("least", "median", "most"), _spread(lengths), strict=True)),
    }
    metrics = _metrics(path)
    if metrics:
        facts["run"] = metrics
    if arguments.json:
        write_json(facts)
        return 0
    print(f"Vectors     {path}")
    print(f"            {len(vectors):,} words, {vectors.embedding_dim} dimensions, {facts['type']}")
    print(f"First       {', '.join(facts['first_words'])}")
    print("Lengths     {least:.3g} to {most:.3g}, the median {median:.3g}".format(**facts["lengths"]))
    try:
        lines = _lines(metrics)
    except (KeyError, TypeError, ValueError, AttributeError):  # of another program
        lines = []
    print(*lines, sep="\n", end="\n" if lines else "")
    return 0


def _spread(lengths: torch.Tensor) -> tuple[float, float, float]:
    return (lengths.min().item(), lengths.median().item(), lengths.max().item()) if len(lengths) else (0.0, 0.0, 0.0)


def _metrics(path: Path) -> dict[str, Any]:
    """Of the run in whose folder the vectors are; none if they are elsewhere."""
    file = (path if path.is_dir() else path.parent) / "metrics.json"
    try:
        metrics = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise InputError(f"{file}: cannot be read: {error}") from None
    return metrics if isinstance(metrics, dict) else {}


def _lines(metrics: dict[str, Any]) -> list[str]:
    corpus, training = metrics.get("corpus", {}), metrics.get("training", {})
    lines = []
    if "words" in corpus and "different_words" in corpus:
        lines.append(f"Text        {corpus['words']:,} words, {corpus['different_words']:,} different ones")
    if "words_per_second" in training:
        lines.append(
            f"Trained     {training['words']:,} words with engine={training['engine']}: "
            f"{training['words_per_second']:,.0f} words/s"
        )
    if losses := [loss for loss in training.get("epoch_losses", []) if loss is not None]:
        lines.append(f"Loss        {losses[0]:.4f} -> {losses[-1]:.4f} nats, first and last epoch")
    return lines
