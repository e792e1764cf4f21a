"""A small treebank of our own making, in both formats."""

from __future__ import annotations

import random
from pathlib import Path

TREES = {
    "train": [
        "(3 (2 Effective) (3 (2 but) (1 too-tepid)))",
        "(4 (2 (2 The) (2 clichés)) (4 (2 -LRB-) (4 (3 of) (2 -RRB-))))",
        "(0 (1 Bad) (2 .))",
        "(2 (2 the) (2 (2 Rock) (2 rocks)))",
    ],
    "test": ["(1 (2 Mollà) (2 ,))", "(2 (2 8\u00a01\\/2) (2 .))"],
    "dev": ["(4 (4 (3 Bon) (3 appétit)) (2 !))"],
}
# (number in the file of sentences, split, place in the split): the two formats have different orders
ORDER = [("train", 0), ("test", 0), ("dev", 0), ("train", 1), ("train", 2), ("test", 1), ("train", 3)]
SCORES = {"train": [0.7, 0.81, 0.2, 0.5], "test": [0.4, 0.6], "dev": [1.0]}
NUMBERS = {"train": 1, "test": 2, "dev": 3}


def words_of(tree: str) -> list[str]:
    return [part.rstrip(")") for part in tree.split(" ") if not part.startswith("(")]


def encoded_twice(text: str) -> str:
    return text.encode("utf-8").decode("latin-1")


def write_trees(folder: Path, trees: dict[str, list[str]] = TREES) -> None:
    folder.mkdir(exist_ok=True)
    for split, lines in trees.items():
        (folder / f"{split}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_plain(
    folder: Path,
    *,
    dictionary: bool = True,
    trees: dict[str, list[str]] = TREES,
    order: list[tuple[str, int]] = ORDER,
    scores: dict[str, list[float]] = SCORES,
) -> None:
    sentences, splits, phrases, labels = ["sentence_index\tsentence"], ["sentence_index,splitset_label"], [], []
    for i, (split, place) in enumerate(order, 1):
        sentence = " ".join(words_of(trees[split][place]))
        sentences.append(f"{i}\t{encoded_twice(sentence)}")
        splits.append(f"{i},{NUMBERS[split]}")
        phrases.append(f"{sentence.replace('-LRB-', '(').replace('-RRB-', ')')}|{2 * i}")
        labels.append(f"{2 * i}|{scores[split][place]}")
    (folder / "datasetSentences.txt").write_text("\n".join(sentences) + "\n", encoding="utf-8")
    (folder / "datasetSplit.txt").write_text("\n".join(splits) + "\n", encoding="utf-8")
    if dictionary:
        (folder / "dictionary.txt").write_text("\n".join(phrases) + "\n", encoding="utf-8")
        (folder / "sentiment_labels.txt").write_text(
            "\n".join(["phrase ids|sentiment values", *labels]) + "\n", encoding="utf-8"
        )


def write_text(folder: Path, *, sentences: int = 300, words: int = 200) -> list[list[str]]:
    """A plain treebank without labels, of words with very different counts; the sentences in it."""
    rng = random.Random(0)
    vocabulary = [f"w{i}" for i in range(words)]
    weights = [1 / (i + 1) for i in range(words)]
    text = [rng.choices(vocabulary, weights, k=rng.randint(1, 15)) for _ in range(sentences)]
    lines = [f"{i}\t{' '.join(sentence).upper()}" for i, sentence in enumerate(text, 1)]
    (folder / "datasetSentences.txt").write_text("\n".join(["sentence_index\tsentence", *lines]) + "\n")
    splits = [f"{i},{rng.randint(1, 3)}" for i in range(1, sentences + 1)]
    (folder / "datasetSplit.txt").write_text("\n".join(["sentence_index,splitset_label", *splits]) + "\n")
    return text
