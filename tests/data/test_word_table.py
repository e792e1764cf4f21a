"""The words of a block told apart, and numbered over blocks, as a dictionary of strings does it."""

from __future__ import annotations

import random
from collections import Counter

import numpy as np
import pytest

from torchw2v.data.distinct_words import DistinctWords
from torchw2v.data.distinct_words import distinct_words as distinct_words_at
from torchw2v.data.tokenization import TokenBlock, tokenize_block
from torchw2v.data.word_table import WordTable

LONG = "x" * 30


def random_words(seed: int, count: int) -> list[str]:
    """Words that share beginnings and ends, of 1 to 45 bytes, with zero characters at the end of some."""
    generator = random.Random(seed)
    parts = ["a", "b", "\0", "é", "語", "🙂", "\xff", "ab", "abcdefg", "abcdefgh"]
    return ["".join(generator.choices(parts, k=generator.randrange(1, 7))) for _ in range(count)]


def distinct_words(block: TokenBlock) -> DistinctWords:
    return distinct_words_at(block, np.arange(block.bounds.size // 2))


@pytest.mark.parametrize("seed", range(8))
def test_distinct_words_of_a_block(seed):
    words = random_words(seed, 400)
    distinct = distinct_words(tokenize_block(" ".join(words), "whitespace"))
    counts = Counter(words)
    assert distinct.words.to_pylist() == list(counts)  # in order of first appearance
    assert distinct.counts.tolist() == list(counts.values())
    assert [list(counts)[code] for code in distinct.codes] == words


def test_distinct_words_at_some_places():
    distinct = distinct_words_at(tokenize_block(f"a {LONG} c a {LONG} b", "whitespace"), np.array([1, 3, 4]))
    assert distinct.words.to_pylist() == [LONG, "a"]
    assert (distinct.codes.tolist(), distinct.counts.tolist()) == ([0, 1, 0], [2, 1])


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


@pytest.mark.parametrize("slots", [1 << 15, 4])
def test_frequent_words_are_found_and_no_others(monkeypatch, slots):
    """All of up to 16 bytes where there is room; with few slots the most frequent, and none for another."""
    monkeypatch.setattr("torchw2v.data.frequent_words._SLOTS", slots)
    known = [
        *"aabbbc",
        "abcdefgh",
        "abcdefghabcdefg",
        "abcdefghabcdefgh",
        "abcdefghabcdefghi",
        LONG,
        "語\xff",
        "\0" * 8,
    ]
    table = WordTable()
    distinct = distinct_words(tokenize_block(" ".join(known), "whitespace"))
    numbers = dict(zip(distinct.words.to_pylist(), table.add(distinct.words, distinct.counts).tolist(), strict=True))
    asked = [*known, "abcdefg", "abcdefghi", "abcdefghabcdef", "d", LONG[:16], LONG + "x", "\0" * 7, "\0" * 16]
    found = table.frequent().find(tokenize_block(" ".join(asked), "whitespace"))
    expected = [numbers.get(word, -1) if len(word.encode()) <= 16 else -1 for word in asked]
    if slots > len(known):
        assert found.numbers.tolist() == expected
    else:
        assert all(number in (-1, right) for number, right in zip(found.numbers, expected, strict=True))
        assert found.numbers[asked.index("b")] == numbers["b"]
        assert len(set(found.numbers[found.numbers >= 0])) <= slots
    assert found.missed.tolist() == np.flatnonzero(found.numbers == -1).tolist()
    counts = Counter(found.numbers[found.numbers >= 0].tolist())
    assert dict(zip(found.counted.tolist(), found.counts.tolist(), strict=True)) == counts
