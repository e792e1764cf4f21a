"""What a person reads about new word vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torchw2v.vectors import WordVectors

_NEIGHBOURS = 6
_SHORTEST = 4
_FIRST_RANK = 60


def telling_words(words: Sequence[str], n: int = 10) -> list[str]:
    """Frequent words that mean something: from a bit below the top, longer than most function words."""
    candidates = [word for word in words[_FIRST_RANK:] if len(word) >= _SHORTEST and word.isalpha()]
    candidates = candidates or list(words)
    # spread over the ranks, denser where words are more frequent
    ranks = sorted({int(len(candidates[:2000]) * (i / n) ** 2) for i in range(n)})
    return [candidates[rank] for rank in ranks]


def format_report(vectors: WordVectors, metrics: dict[str, Any]) -> list[str]:
    """Neighbours and totals."""
    words = telling_words(vectors.words)
    lines = ["Nearest words (cosine):"]
    width = max(map(len, words), default=0)
    if len(vectors) > 1:
        for word, neighbours in zip(words, vectors.nearest(words, _NEIGHBOURS), strict=True):
            lines.append(f"  {word:<{width}}  {', '.join(f'{n.word} {n.similarity:.2f}' for n in neighbours)}")
    corpus, training, seconds = metrics["corpus"], metrics["training"], metrics["seconds"]
    losses = [loss for loss in training["epoch_losses"] if loss == loss]
    example, threads = training["example"], metrics["machine"]["threads"]
    lines += [
        "",
        f"Vocabulary  {corpus['vocabulary']:,} words of {corpus['different_words']:,}, "
        f"seen in {corpus['words']:,} words of text",
        f"Trained     {training['words']:,} words, {training['examples']:,} {example}s in {seconds['training']:.1f} s: "
        f"{training['words_per_second']:,.0f} words/s",
        f"            with engine={training['engine']} on {threads} thread{'s' if threads > 1 else ''}",
    ]
    if phrases := corpus["phrases"]:
        lines.append(
            f"Phrases     {phrases['different']:,} different, joined {phrases['joins']:,} times in "
            f"{phrases['passes']} pass{'es' if phrases['passes'] > 1 else ''}"
        )
    if losses:
        first, last = losses[0], losses[-1]
        lines.append(
            f"Loss        {first:.4f} -> {last:.4f} nats a {example}, first and last epoch"
            if len(losses) > 1
            else f"Loss        {last:.4f} nats a {example}"
        )
    return lines
