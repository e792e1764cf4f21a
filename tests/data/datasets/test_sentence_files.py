"""Labelled sentences of one's own: lines to parts, and what is said of files that are not such lines."""

from __future__ import annotations

import gzip
from collections import Counter
from pathlib import Path

import pytest

from torchw2v import InputError
from torchw2v.data.datasets import sentence_files
from torchw2v.data.labelled_sentences import LabelledSentences
from torchw2v.data.treebank_words import treebank_words

LINES = [f"{'pos' if i % 4 else 'neg'}\tSentence No. {i}" for i in range(100)]


def write(folder: Path, lines: list[str], name: str = "sentences.tsv") -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_parts_are_drawn_in_proportion_and_hold_every_sentence_once(tmp_path: Path) -> None:
    splits = sentence_files(write(tmp_path, LINES))
    assert [len(part) for part in splits[:3]] == [80, 10, 10]
    assert splits.train.class_names == ("neg", "pos")
    assert [Counter(part.labels.tolist())[0] for part in splits[:3]] == [20, 3, 2]
    found = [
        (part.class_names[y], text) for part in splits[:3] for y, text in zip(part.labels, part.texts, strict=True)
    ]
    assert sorted(found) == sorted(tuple(line.split("\t")) for line in LINES)
    assert splits.train.sentences[0] == splits.train.texts[0].lower().replace(".", "").split()


def test_the_draw_is_a_function_of_the_seed(tmp_path: Path) -> None:
    path = write(tmp_path, LINES)
    first, again, other = (sentence_files(path, seed=seed).test.texts for seed in (3, 3, 4))
    assert first == again != other


def test_parts_given_apart(tmp_path: Path) -> None:
    path, dev, test = (write(tmp_path, LINES[i : i + 8], f"{i}.tsv") for i in (0, 8, 16))
    splits = sentence_files(path, dev_path=dev, test_path=test)
    assert [part.texts[0] for part in splits[:3]] == ["Sentence No. 0", "Sentence No. 8", "Sentence No. 16"]
    only_test = sentence_files(write(tmp_path, LINES), test_path=test)
    assert [len(part) for part in only_test[:3]] == [90, 10, 8]


def test_what_a_line_may_look_like(tmp_path: Path) -> None:
    lines = ["\ufeff10\t caf\u00e9\tau lait \r", "", "9\t", "  ", "9\tIt isn't", *["10\tx"] * 4, *["9\tx"] * 5]
    path = tmp_path / "s.tsv.gz"
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    splits = sentence_files(path, tokenizer="treebank", dev_path=path, test_path=path)
    part: LabelledSentences = splits.train
    assert part.class_names == ("9", "10"), "labels that are numbers are in the order of numbers"
    assert part.labels.tolist()[:3] == [1, 0, 0]
    assert part.texts[:3] == ["caf\u00e9\tau lait", "", "It isn't"]
    assert part.sentences[:3] == [["caf\u00e9", "au", "lait"], [], ["it", "is", "n't"]]
    assert sentence_files(path, tokenizer="whitespace", lower=False, dev_path=path).train.sentences[2] == [
        "It",
        "isn't",
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Can't you see? It's great--really!", "Ca n't you see ? It 's great -- really !"),
        ("a well-made, 3.5-star film...", "a well-made , 3.5-star film ..."),
        ("They\u2019ll (not) go.", "They 'll -LRB- not -RRB- go ."),
        ("", ""),
    ],
)
def test_sentences_as_people_write_them(text: str, words: str) -> None:
    assert treebank_words(text) == words.split()


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["a\tb", "", "no tab here"], r"sentences\.tsv, line 3: no tab between label and text: 'no tab here'"),
        (["a\tb", "\ttext"], r"sentences\.tsv, line 2: no label before the tab"),
        (["", " "], r"sentences\.tsv: no sentences in it"),
        (["a\tb"] * 20, r"sentences\.tsv: all sentences are of one class, 'a'"),
        (["a\tb", "c\td"], "2 sentences are too few to draw parts from; give at least 10, or data.dev_path"),
    ],
)
def test_files_that_will_not_do(tmp_path: Path, lines: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        sentence_files(write(tmp_path, lines))


def test_other_mistakes(tmp_path: Path) -> None:
    path = write(tmp_path, LINES)
    with pytest.raises(InputError, match="no sentence to train on is of the class 'odd', which is in dev or test"):
        sentence_files(path, test_path=write(tmp_path, ["odd\tone"], "test.tsv"))
    with pytest.raises(InputError, match=r"no sentences were given; set data.path"):
        sentence_files(None)
    with pytest.raises(InputError, match="no such file or folder"):
        sentence_files(tmp_path / "none")
    with pytest.raises(InputError, match=r"data\.tokenizer must be one of whitespace, words, treebank, not 'bert'"):
        sentence_files(path, tokenizer="bert")
    path.write_bytes("a\tcaf\u00e9".encode("latin-1"))
    with pytest.raises(InputError, match="byte 5 is not utf-8"):
        sentence_files(path)
