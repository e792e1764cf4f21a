"""Stanford Sentiment Treebank: 11,855 sentences from film reviews, each with how positive readers found it.

Two formats are read. The plain one is a folder with

    datasetSentences.txt    number of the sentence, tab, its words between spaces; one line of headings
    datasetSplit.txt        number of the sentence, comma, 1 (train), 2 (test) or 3 (dev); one line of headings
    dictionary.txt          phrase|number of the phrase
    sentiment_labels.txt    number of the phrase|score in [0, 1]; one line of headings

and the other is trees/train.txt, trees/dev.txt and trees/test.txt, a line a sentence, where every phrase has its class:

    (3 (2 Effective) (2 (2 but) (1 too-tepid)))

In datasetSentences.txt the letters beyond ASCII were encoded twice (é stands there as Ã©); they are repaired here.
"""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from torchw2v.errors import InputError

SPLITS = ("train", "test", "dev")  # in datasetSplit.txt they are 1, 2 and 3
EDGES = (0.2, 0.4, 0.6, 0.8)
BRACKETS = {"-LRB-": "(", "-RRB-": ")"}

_LEAF = re.compile(r"\([0-4] ([^() ]+)\)")
_NODE = re.compile(r"\([0-4]\0+\)")


@dataclass(frozen=True)
class SentimentTreebank:
    """The sentences of the treebank.

    Attributes:
        sentences: the words of each sentence.
        splits: "train", "test" or "dev", for each sentence.
        scores: how positive, in [0, 1], for each sentence; None where the files do not say. Trees tell only the class,
            so a score from them is the middle of its class: 0.1, 0.3, 0.5, 0.7 or 0.9.
    """

    sentences: list[list[str]]
    splits: list[str]
    scores: list[float] | None

    @property
    def labels(self) -> list[int] | None:
        """Class of each sentence, 0 (very negative) to 4 (very positive); None where there are no scores."""
        return None if self.scores is None else [sentiment_class(score) for score in self.scores]


def sentiment_class(score: float) -> int:
    """Class of a score: [0, 0.2] is 0, (0.2, 0.4] is 1, (0.4, 0.6] is 2, (0.6, 0.8] is 3, (0.8, 1] is 4.

    Raises:
        InputError: a score outside [0, 1].
    """
    if not 0 <= score <= 1:
        raise InputError(f"a sentiment score must be between 0 and 1, not {score!r}")
    return bisect.bisect_left(EDGES, score)


def read_sentiment_treebank(
    path: str | Path,
    *,
    format: Literal["auto", "plain", "tree"] = "auto",
    lower: bool = False,
    brackets: bool = False,
    split_at_no_break_spaces: bool = False,
) -> SentimentTreebank:
    """Read the treebank from a folder.

    Args:
        path: the folder of the files, or, for trees, the one above `trees/`.
        format: "plain" takes the order of datasetSentences.txt, and the scores from the dictionary or, where that is
            missing, from the trees; "tree" takes train, test, dev. "auto" is "plain" where datasetSentences.txt is.
        lower: write the words in lower case.
        brackets: write the words -LRB- and -RRB- as ( and ).
        split_at_no_break_spaces: U+00A0 ends a word, as it does for `str.split` and so in the assignment under
            Python 3. The letters are repaired afterwards, which half a letter cannot be. Plain format only.

    Raises:
        InputError: a file is missing or is not in its format.
    """
    folder = Path(path).expanduser()
    if format not in ("auto", "plain", "tree"):
        raise InputError(f"format must be 'auto', 'plain' or 'tree', not {format!r}")
    if not folder.is_dir():
        reason = "is a file" if folder.exists() else "is not there"
        raise InputError(f"{folder} {reason}: give the folder of the Stanford Sentiment Treebank")
    if format == "auto":
        format = "plain" if (folder / "datasetSentences.txt").exists() else "tree"
    treebank = _read_plain(folder, split_at_no_break_spaces) if format == "plain" else _read_trees(folder)

    def written(word: str) -> str:
        word = BRACKETS.get(word, word) if brackets else word
        return word.lower() if lower else word

    sentences = [[written(word) for word in sentence] for sentence in treebank.sentences]
    return SentimentTreebank(sentences, treebank.splits, treebank.scores)


def is_treebank(folder: Path) -> bool:
    """Whether there are files of the treebank in a folder, in one format or the other."""
    return (folder / "datasetSentences.txt").exists() or bool(_tree_files(folder))


def _read_plain(folder: Path, split_at_no_break_spaces: bool) -> SentimentTreebank:
    path = folder / "datasetSentences.txt"
    texts = [row[1] for row in _numbered_rows(path, "\t")]
    splits = _read_splits(folder / "datasetSplit.txt", len(texts))
    whole = [_repaired(text).split(" ") for text in texts]
    if (folder / "dictionary.txt").exists():
        scores = _scores_from_dictionary(folder, whole)
    elif _tree_files(folder):
        scores = _scores_from_trees(folder, whole)
    else:
        scores = None
    if split_at_no_break_spaces:
        sentences = [[_repaired(word) for word in text.split()] for text in texts]
    else:
        sentences = [[word for word in sentence if word] for sentence in whole]
    return SentimentTreebank(sentences, splits, scores)


def _read_splits(path: Path, num_sentences: int) -> list[str]:
    splits = []
    for number, split in _numbered_rows(path, ","):
        if split not in ("1", "2", "3"):
            raise InputError(f"{path}: sentence {number} is in split {split!r}; the splits are 1, 2 and 3")
        splits.append(SPLITS[int(split) - 1])
    if len(splits) != num_sentences:
        raise InputError(f"{path} has {len(splits)} sentences and datasetSentences.txt {num_sentences}: get both anew")
    return splits


def _scores_from_dictionary(folder: Path, sentences: list[list[str]]) -> list[float]:
    path = folder / "sentiment_labels.txt"
    score_of_number = {}
    for line in _lines(path)[1:]:
        number, bar, score = line.partition("|")
        try:
            score_of_number[int(number)] = float(score)
        except ValueError:
            raise InputError(f"{path}: {line!r} is not a number, a bar and a score") from None
    path = folder / "dictionary.txt"
    number_of_phrase: dict[str, int] = {}
    for line in _lines(path):
        phrase, bar, number = line.rpartition("|")
        if not bar or not number.isdecimal() or int(number) not in score_of_number:
            raise InputError(f"{path}: {line!r} is not a phrase, a bar and a number of sentiment_labels.txt")
        number_of_phrase[_repaired(phrase)] = int(number)
    lower_case = {phrase.lower(): number for phrase, number in number_of_phrase.items()}

    scores = []
    for i, sentence in enumerate(sentences, 1):
        phrase = " ".join(BRACKETS.get(word, word) for word in sentence)
        found = number_of_phrase.get(phrase, lower_case.get(phrase.lower()))
        if found is None:
            raise InputError(f"{path} does not have sentence {i} of datasetSentences.txt, {phrase!r}: get both anew")
        scores.append(score_of_number[found])
    return scores


def _scores_from_trees(folder: Path, sentences: list[list[str]]) -> list[float]:
    trees = _read_trees(folder)
    assert trees.scores is not None
    score_of_text = dict(zip(map(" ".join, trees.sentences), trees.scores, strict=True))
    scores = []
    for i, sentence in enumerate(sentences, 1):
        score = score_of_text.get(" ".join(sentence))
        if score is None:
            raise InputError(
                f"{folder}: no tree is that of sentence {i} of datasetSentences.txt, {' '.join(sentence)!r}:"
                " get both anew"
            )
        scores.append(score)
    return scores


def _tree_files(folder: Path) -> dict[str, Path]:
    """The three files of trees, by split; none if one is missing."""
    for place in (folder / "trees", folder):
        files = {split: place / f"{split}.txt" for split in SPLITS}
        if all(file.exists() for file in files.values()):
            return files
    return {}


def _read_trees(folder: Path) -> SentimentTreebank:
    files = _tree_files(folder)
    if not files:
        raise InputError(
            f"{folder}: neither datasetSentences.txt nor train.txt, test.txt and dev.txt (here or in trees/) are in"
            " this folder; unpack the Stanford Sentiment Treebank there"
        )
    sentences, splits, scores = [], [], []
    for split, path in files.items():
        for i, line in enumerate(_lines(path), 1):
            words, label = _read_tree(line, f"{path}, line {i}")
            sentences.append(words)
            splits.append(split)
            scores.append((label + 0.5) / (len(EDGES) + 1))
    return SentimentTreebank(sentences, splits, scores)


def _read_tree(line: str, where: str) -> tuple[list[str], int]:
    """The words of a tree and the class at its root."""
    line = line.strip()
    words = [_repaired(leaf[1]) for leaf in _LEAF.finditer(line)]
    # Leaves shrink to one sign, then phrases of such signs, until the root has shrunk, too.
    shape, before = _LEAF.sub("\0", line).replace(" ", ""), ""
    while shape != before:
        shape, before = _NODE.sub("\0", shape), shape
    if shape != "\0":
        raise InputError(f"{where}: {line[:60]!r} is not a tree such as (3 (2 Effective) (1 biopic))")
    return words, int(line[1])


def _numbered_rows(path: Path, separator: str) -> list[tuple[int, str]]:
    """The rows `number separator text` below the headings; the numbers must be 1, 2, 3, …"""
    rows = []
    for i, line in enumerate(_lines(path)[1:], 1):
        number, found, text = line.partition(separator)
        if not found or number.strip() != str(i):
            raise InputError(f"{path}, line {i + 1}: {line[:60]!r} does not begin with {i} and {separator!r}")
        rows.append((i, text.strip(" ")))
    return rows


def _lines(path: Path) -> list[str]:
    """The lines that are not empty; UTF-8, or latin-1 where it is no UTF-8, as in copies saved by some editors."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    # not str.splitlines, which ends lines at half of a letter that was encoded twice
    return [line.removesuffix("\r") for line in text.split("\n") if line.strip("\r")]


def _repaired(text: str) -> str:
    """Each word that was UTF-8, read as latin-1: é from Ã©. Other words stay: no é is UTF-8 read as latin-1."""
    return " ".join(_repaired_word(word) for word in text.split(" "))


def _repaired_word(word: str) -> str:
    try:
        return word.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return word
