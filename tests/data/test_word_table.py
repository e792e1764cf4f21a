"""The words of blocks of text told apart and numbered, as a dictionary of strings does it."""

from __future__ import annotations

import random
from collections import Counter

import numpy as np
import pytest
from numba import njit

from torchw2v.compiled import word_numbers, words
from torchw2v.data import word_table
from torchw2v.data.tokenization import TokenBlock
from torchw2v.data.word_table import WordTable


def random_words(seed: int, count: int) -> list[str]:
    """Words that share beginnings and ends, of 1 to 45 bytes, with zero characters at the end of some."""
    generator = random.Random(seed)
    parts = ["a", "b", "\0", "é", "語", "🙂", "\xff", "ab", "abcdefg", "abcdefgh"]
    return ["".join(generator.choices(parts, k=generator.randrange(1, 7))) for _ in range(count)]


def number(table: WordTable, text: str) -> list[int]:
    return table.number(TokenBlock(text, "whitespace").find()).tolist()


def assert_numbers_in_order(table: WordTable, count: int) -> None:
    expected: Counter[str] = Counter()
    for seed in range(5):
        text = random_words(seed, count)
        numbers = number(table, " ".join(text))
        expected.update(text)
        order = {word: i for i, word in enumerate(expected)}
        assert numbers == [order[word] for word in text]
    assert len(table) == len(expected) > count
    assert table.words().to_pylist() == list(expected)
    assert table.counts.tolist() == list(expected.values())


def test_numbers_are_in_order_of_first_appearance():
    assert_numbers_in_order(WordTable(), 20_000)


def test_words_of_the_same_hash_are_told_apart_within_the_bounds_of_small_tables(monkeypatch):
    """Compiled with a hash that is 0 for every word, and with a check of every index."""
    monkeypatch.setattr(word_numbers, "_MIXER", np.uint64(0))
    for module, name in [(words, "find_words"), (word_numbers, "number_words"), (word_numbers, "fill_slots")]:
        kept = getattr(module, name)
        monkeypatch.setattr(module, name, njit(kept.signature, boundscheck=True)(kept.function))
    monkeypatch.setattr(word_table, "_SLOTS", 4)
    monkeypatch.setattr(word_table, "_STORE_BYTES", 8)
    assert_numbers_in_order(WordTable(), 400)


@pytest.mark.parametrize("text", ["", " \n", "a", "x" * 100_000, "é", "\xa0"])
def test_blocks_of_one_word_or_none(text):
    table = WordTable()
    assert number(table, text) == [0] * len(text.split())
    assert table.words().to_pylist() == text.split()
    assert table.counts.tolist() == [1] * len(text.split())


def test_one_version_of_each_loop_is_compiled():
    """Whatever the memory of a block is like: read-only or not, of one number or none."""
    table = WordTable()
    for text in ("a b", "é\u3000b", "", "x" * 100_000):
        number(table, text)
    loops = words.find_words, words.blank_other_spaces, word_numbers.number_words, word_numbers.fill_slots
    assert [len(loop._compile().overloads) for loop in loops] == [1, 1, 1, 1]
