"""The words of a block told apart, and numbered over blocks, as a dictionary of strings does it."""

from __future__ import annotations

import random
from collections import Counter

import numpy as np
import pytest

from torchw2v.data.distinct_words import distinct_words
from torchw2v.data.tokenization import tokenize_block
from torchw2v.data.word_table import WordTable

LONG = "x" * 30


def random_words(seed: int, count: int) -> list[str]:
    """Words that share beginnings and ends, of 1 to 45 bytes, with zero characters at the end of some."""
    generator = random.Random(seed)
    parts = ["a", "b", "\0", "é", "語", "🙂", "\xff", "ab", "abcdefg", "abcdefgh"]
    return ["".join(generator.choices(parts, k=generator.randrange(1, 7))) for _ in range(count)]


@pytest.mark.parametrize("seed", range(8))
def test_distinct_words_of_a_block(seed):
    words = random_words(seed, 400)
    distinct = distinct_words(tokenize_block(" ".join(words), "whitespace"))
    counts = Counter(words)
    assert distinct.words.to_pylist() == list(counts)  # in order of first appearance
    assert distinct.counts.tolist() == list(counts.values())
    assert [list(counts)[code] for code in distinct.codes] == words


@pytest.mark.parametrize("text", ["", " \n", "a", "abcdefgh", "abcdefghi", LONG])
def test_blocks_of_one_word_or_none(text):
    distinct = distinct_words(tokenize_block(text, "whitespace"))
    assert distinct.words.to_pylist() == text.split()
    assert distinct.codes.tolist() == [0] * len(text.split())


def test_long_words_are_no_words_of_zeros():
    words = [LONG, "\0" * 8, LONG + "y", "\0\1" + "\0" * 6]
    distinct = distinct_words(tokenize_block(" ".join(words), "whitespace"))
    assert distinct.words.to_pylist() == words
    table = WordTable()
    assert table.add(distinct.words, distinct.counts).tolist() == [0, 1, 2, 3]
    assert table.add(distinct.words, distinct.counts).tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("crowded", [False, True])
def test_numbers_are_in_order_of_first_appearance(monkeypatch, crowded):
    if crowded:  # all words want one of two slots, the last of them among those
        monkeypatch.setattr(
            WordTable, "_home", lambda table, keys: (keys[0] % 2).astype(np.int64) * (table._slots.size - 1)
        )
    table, expected = WordTable(), Counter()
    for seed in range(5):
        words = random_words(seed, 300 if crowded else 20_000)
        distinct = distinct_words(tokenize_block(" ".join(words), "whitespace"))
        numbers = table.add(distinct.words, distinct.counts)
        expected.update(words)
        order = {word: i for i, word in enumerate(expected)}
        assert numbers.tolist() == [order[word] for word in distinct.words.to_pylist()]
    assert len(expected) > (800 if crowded else 20_000)
    assert table.words().to_pylist() == list(expected)
    assert table.counts.tolist() == list(expected.values())


def test_the_table_of_no_words():
    table = WordTable()
    assert (len(table), table.words().to_pylist(), table.counts.tolist()) == (0, [], [])
