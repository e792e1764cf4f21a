"""Vocabulary: the words that are frequent enough, in an order that never changes."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from torchw2v import InputError
from torchw2v.data import Corpus, Vocabulary, count_words

COUNTS = {"b": 3, "a": 3, "d": 1, "c": 7, "é": 1}


def test_order_is_by_count_then_word():
    vocabulary = Vocabulary.from_counts(COUNTS)
    assert vocabulary.words == ("c", "a", "b", "d", "é")
    assert vocabulary.counts.tolist() == [7, 3, 3, 1, 1]
    assert vocabulary.total == 15
    assert [vocabulary.id(word) for word in vocabulary] == list(range(5))
    assert "a" in vocabulary
    assert "z" not in vocabulary


@pytest.mark.parametrize(
    ("min_count", "max_size", "words"),
    [(2, None, "cab"), (1, 2, "ca"), (3, 2, "ca"), (4, 9, "c"), (7, None, "c")],
)
def test_min_count_and_max_size(min_count, max_size, words):
    assert "".join(Vocabulary.from_counts(COUNTS, min_count=min_count, max_size=max_size)) == words


def test_from_corpus_counts_what_counter_counts(tmp_path):
    text = "a b a\nc a b\n" * 100 + "d"
    (tmp_path / "text").write_text(text)
    expected = Counter(text.split())
    assert count_words(Corpus(tmp_path / "text")) == expected
    assert count_words(Corpus([line.split() for line in text.split("\n")])) == expected
    assert Vocabulary.from_corpus(Corpus(tmp_path / "text"), min_count=2) == Vocabulary(
        ["a", "b", "c"], [300, 200, 100]
    )


def test_save_and_load(tmp_path):
    vocabulary = Vocabulary.from_counts({**COUNTS, "\u2028": 1, "語'": 2})
    vocabulary.save(tmp_path / "words.tsv")
    assert Vocabulary.load(tmp_path / "words.tsv") == vocabulary
    assert [path.name for path in tmp_path.iterdir()] == ["words.tsv"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a\t2\nb\n", "line 2: not a word, a tab and its count: 'b'"),
        (b"a\t2\nb\t-1\n", "line 2"),
        (b"a\t2\na\t1\n", "a word stands there twice"),
        (b"a\t1\nb\t2\n", "decreasing order"),
        (b"\xff\t1\n", "UTF-8"),
        (b"", "at least one word"),
    ],
)
def test_damaged_file(tmp_path, content, message):
    (tmp_path / "words.tsv").write_bytes(content)
    with pytest.raises(InputError, match=message):
        Vocabulary.load(tmp_path / "words.tsv")


def test_nothing_left_says_what_would_help():
    with pytest.raises(InputError, match=r"min_count=8 leaves no word of 5: the most frequent occurs 7 times"):
        Vocabulary.from_counts(COUNTS, min_count=8)
    with pytest.raises(InputError, match="min_count must be an integer of at least 1, not 0"):
        Vocabulary.from_counts(COUNTS, min_count=0)
    with pytest.raises(InputError, match="max_size must be an integer of at least 1, not -2"):
        Vocabulary.from_counts(COUNTS, max_size=-2)


def test_a_word_twice():
    with pytest.raises(InputError, match="a word stands there twice: 'a'"):
        Vocabulary(["b", "a", "a"], [3, 2, 1])


@pytest.mark.parametrize("word", ["a\tb", "a\nb", ""])
def test_a_word_that_its_file_cannot_hold(tmp_path, word):
    vocabulary = Vocabulary(["fine", word], [2, 1])
    with pytest.raises(InputError, match="cannot be saved") as caught:
        vocabulary.save(tmp_path / "words.tsv")
    assert repr(word) in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_it_cannot_be_changed():
    vocabulary = Vocabulary.from_counts(COUNTS)
    with pytest.raises(ValueError, match="read-only"):
        vocabulary.counts[0] = 1
    counts = np.array([2, 1])
    vocabulary = Vocabulary(["a", "b"], counts)
    counts[0] = 99
    assert vocabulary.counts[0] == 2
