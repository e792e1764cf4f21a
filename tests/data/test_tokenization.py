"""The compiled tokeniser gives the words that Python's own string methods give."""

from __future__ import annotations

import itertools
import random
import unicodedata

import numpy as np
import pytest

from torchw2v import InputError
from torchw2v.data.tokenization import TokenBlock, normalize_words

EVERY_WHITESPACE = [chr(i) for i in range(0x110000) if chr(i).isspace()]


def sentences(text: str, tokenizer: str) -> list[list[str]]:
    block = TokenBlock(text, tokenizer).find()
    words = [block.text[begin:end].tobytes().decode() for begin, end in block.bounds.reshape(-1, 2)]
    bounds = [0, *block.line_ends.tolist(), len(words)]
    return [words[a:b] for a, b in itertools.pairwise(bounds)]


def random_text(seed: int) -> str:
    """Any characters for an odd seed, ASCII alone, which has a path of its own, for an even one."""
    generator = random.Random(seed)
    alphabet = ["a", "B", "7", "é", "語", "🙂", "'", "’", "_", "-", "ß", "\n", "\n", " ", " ", *EVERY_WHITESPACE]
    alphabet += [*"e½Σİㅎ\u200c\u200d\u0301\u0307\u0323\u093f\u094d\ufe0f\U0001d165"] * 3
    alphabet += [chr(generator.choice([generator.randrange(0x3000), generator.randrange(0x20000)])) for _ in range(40)]
    alphabet = [character for character in alphabet if unicodedata.category(character) != "Cs"]  # not in UTF-8
    if seed % 2 == 0:
        alphabet = [chr(i) for i in range(128)] + ["a", "B", "7", "'", "\n"] * 20
    return "".join(generator.choice(alphabet) for _ in range(generator.randrange(400)))


@pytest.mark.parametrize("seed", range(60))
def test_whitespace_gives_the_words_of_str_split(seed):
    text = random_text(seed)
    assert sentences(text, "whitespace") == [line.split() for line in text.split("\n")]


def words_by_category(line: str) -> list[str]:
    """The words of a line, one character at a time; a joiner counts only when what it joins has come."""
    words, word, joiner = [], "", ""
    for character in unicodedata.normalize("NFC", line.lower()).replace("’", "'") + "\n":
        category = unicodedata.category(character)[0]
        if category in "LN" or (category == "M" and word and joiner != "'"):
            word, joiner = word + joiner + character, ""
        elif (character in "\u200c\u200d" and word and joiner != "'") or (character == "'" and word and not joiner):
            joiner += character
        else:
            words += [word] if word else []
            word = joiner = ""
    return words


@pytest.mark.parametrize("seed", range(200))
def test_words_are_lower_case_runs_of_letters_digits_and_marks(seed):
    text = random_text(seed)
    assert sentences(text, "words") == [words_by_category(line) for line in text.split("\n")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("नमस्ते, दुनिया!", ["नमस्ते", "दुनिया"]),
        ("nai\u0308ve cafe\u0301s", ["naïve", "cafés"]),
        ("İstanbul'da", ["i\u0307stanbul'da"]),
        ("می\u200cخواهم \u200cکتاب\u200c", ["می\u200cخواهم", "کتاب"]),
        ("𝅥 \u0301x 'y' 👩\u200d🔬", ["x", "y"]),
        ("Don’t x_1 = float32(4.5); Étude", ["don't", "x", "1", "float32", "4", "5", "étude"]),
    ],
)
def test_words_of_many_scripts(text, words):
    assert sentences(text, "words") == [words]
    assert normalize_words(text) == " ".join(words)


@pytest.mark.parametrize("text", ["", " ", "\n", "\n\n", "a", " a", "a\n", "\na b", "é", "a\u3000", "a \n\r\nb"])
def test_edges(text):
    assert sentences(text, "whitespace") == [line.split() for line in text.split("\n")]
    assert sentences(text, "words") == [words_by_category(line) for line in text.split("\n")]


def test_half_a_pair_of_surrogates_is_named():
    with pytest.raises(InputError, match=r"the word 'b\\ud800c' is not valid Unicode; clean the text"):
        TokenBlock("a b\ud800c", "whitespace")


@pytest.mark.parametrize(("text", "expected"), [("a b\n\nc\nd", [2, 2, 3]), ("a b\nc\nd", [2, 3]), ("\na b", [0])])
def test_line_ends_count_the_words_before_them(text, expected):
    assert np.array_equal(TokenBlock(text, "whitespace").find().line_ends, expected)
