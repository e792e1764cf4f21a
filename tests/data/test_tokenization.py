"""The vectorised tokeniser gives the words that Python's own string methods give."""

from __future__ import annotations

import itertools
import random
import re

import numpy as np
import pytest

from torchw2v.data.tokenization import tokenize_block

EVERY_WHITESPACE = [chr(i) for i in range(0x110000) if chr(i).isspace()]


def sentences(text: str, tokenizer: str) -> list[list[str]]:
    block = tokenize_block(text, tokenizer)
    words = block.words.to_pylist()
    bounds = [0, *block.line_ends.tolist(), len(words)]
    return [words[a:b] for a, b in itertools.pairwise(bounds)]


def random_text(seed: int) -> str:
    """Any characters for an odd seed, ASCII alone, which has a path of its own, for an even one."""
    generator = random.Random(seed)
    alphabet = ["a", "B", "7", "é", "語", "🙂", "'", "’", "_", "-", "ß", "\n", "\n", " ", " ", *EVERY_WHITESPACE]
    if seed % 2 == 0:
        alphabet = [chr(i) for i in range(128)] + ["a", "B", "7", "'", "\n"] * 20
    return "".join(generator.choice(alphabet) for _ in range(generator.randrange(400)))


@pytest.mark.parametrize("seed", range(60))
def test_whitespace_gives_the_words_of_str_split(seed):
    text = random_text(seed)
    assert sentences(text, "whitespace") == [line.split() for line in text.split("\n")]


@pytest.mark.parametrize("seed", range(60))
def test_words_are_lower_case_runs_of_letters_and_digits(seed):
    text = random_text(seed)
    expected = [re.findall(r"[^\W_]+(?:'[^\W_]+)*", line.lower().replace("’", "'")) for line in text.split("\n")]
    assert sentences(text, "words") == expected


@pytest.mark.parametrize("text", ["", " ", "\n", "\n\n", "a", " a", "a\n", "\na b"])
def test_edges(text):
    assert sentences(text, "whitespace") == [line.split() for line in text.split("\n")]


def test_line_ends_count_the_words_before_them():
    assert np.array_equal(tokenize_block("a b\n\nc\nd", "whitespace").line_ends, [2, 2, 3])
