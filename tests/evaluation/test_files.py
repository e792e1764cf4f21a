"""Test sets as they are published, and the lines that cannot be read, by path and number."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from torchw2v import InputError
from torchw2v.evaluation import builtin_analogies, builtin_pairs, pair_sets, read_analogies, read_pairs

PAIRS = (("tiger", "cat"), ("book", "paper"))
LAYOUTS = {
    "wordsim": "# a title\n# Word 1\tWord 2\tHuman (mean)\ntiger\tcat\t7.35\nbook\tpaper\t7.46\n",
    "wordsim csv": "Word 1,Word 2,Human (mean),1,2\ntiger,cat,7.35,9,7\nbook,paper,7.46,8,8\n",
    "simlex": "word1\tword2\tPOS\tSimLex999\tconc(w1)\r\ntiger\tcat\tN\t7.35\t4.7\r\nbook\tpaper\tN\t7.46\t5.0\r\n",
    "simverb": "tiger\tcat\tV\t7.35\tNONE\nbook\tpaper\tV\t7.46\tSYNONYMS\n",
    "rw": "tiger\tcat\t7.35\t7\t8\nbook\tpaper\t7.46\t7\t8\n",
    "men": "tiger cat 7.350000\nbook paper 7.460000",
    "semicolons, decimal commas": "Wort 1;Wort 2;Wert\ntiger;cat;7,35\nbook;paper;7,46\n",
    "quoted": 'a,b,score\n"tiger","cat","7.35"\n"book","paper","7.46"\n',
    "spaces about": " tiger \t cat \t 7.35 \n\n book \t paper \t 7.46 \n",
}


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("layout", LAYOUTS)
def test_pairs_in_every_layout(tmp_path, layout):
    pairs = read_pairs(write(tmp_path / "set.v1.txt", LAYOUTS[layout]))
    assert (pairs.name, pairs.pairs, pairs.judgements) == ("set", PAIRS, (7.35, 7.46))


@pytest.mark.parametrize(("encoding", "named"), [("utf-8-sig", "utf-8"), ("utf-16", "utf-8"), ("latin-1", "latin-1")])
def test_encodings(tmp_path, encoding, named):
    path = write(tmp_path / "set", "naïf\tcafé\t1\nnaïf\tthé\t2\n", encoding)
    assert read_pairs(path, encoding=named).pairs[0] == ("naïf", "café")


def test_a_compressed_file_and_words_of_two_parts(tmp_path):
    path = tmp_path / "set.tsv.gz"
    path.write_bytes(gzip.compress(b"New York\tcity\t8\nthe sea\twater\t7\n"))
    assert read_pairs(path).pairs == (("New York", "city"), ("the sea", "water"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds no pairs"),
        ("# only\n", "holds no pairs"),
        ("a\tb\n", "line 1: not two words and a number with tabs"),
        ("a\tb\tc\n", "line 1: no number follows the two words: 'a b c'"),
        ("a\tb\t1\n", "holds one pair"),
        ("a\tb\tc\nd\te\t1\n", "holds one pair"),
        ("a\tb\tc\nd\te\tf\ng\th\t1\n", "line 2: no number follows the two words: 'd e f'"),
        ("a\tb\t1\nc\td\tnan\n", "line 2: no number follows the two words: 'c d nan'"),
        ("a\tb\t1\nc\td\t2\ne\tf\tinf\n", "line 3: not two words and, in column 3, a number: 'e f inf'"),
        ("a\tb\t1\nc\td\tx\t2\n", "line 1: not two words and, in column 4"),
        ("a\tb\t1\n\n# x\nc\t2\n", "line 4: no number follows"),
        ("a\tb\t1\nc\t\t2\n", "line 2: not two words"),
        ("a\tb\tN\t1\nc\td\tN\t2\ne\tf\tN\n", "line 3: not two words and, in column 4"),
        ("a\tb\t1\nc\0\td\t2\n", "line 2: holds a zero byte"),
        ("a\tb\t1\nc\td\t\udcff\n", "line 2: not text in utf-8; name its encoding"),
    ],
)
def test_what_is_no_set_of_pairs_is_one_clear_line(tmp_path, text, message):
    path = tmp_path / "bad.tsv"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(InputError, match=message) as caught:
        read_pairs(path)
    assert str(path) in str(caught.value)


def test_analogies_by_section(tmp_path):
    path = write(
        tmp_path / "questions.txt", ": capitals\nAthens Greece Oslo Norway\n# no\n\n: gram1 x\na b\tc  d\r\n:empty\n"
    )
    analogies = read_analogies(path)
    assert [(s.name, s.questions, s.is_syntactic) for s in analogies.sections] == [
        ("capitals", (("Athens", "Greece", "Oslo", "Norway"),), False),
        ("gram1 x", (("a", "b", "c", "d"),), True),
        ("empty", (), False),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a b c d\n", "line 1: a question before the first section"),
        (": s\na b c\n", "line 2: 3 words, but a question has four: 'a b c'"),
        (": s\na b c d e\n", "line 2: 5 words"),
        (":\na b c d\n", "line 1: a section without a name"),
        (": s\n", "holds no questions"),
        ("", "holds no questions"),
    ],
)
def test_what_is_no_set_of_analogies_is_one_clear_line(tmp_path, text, message):
    path = write(tmp_path / "bad.txt", text)
    with pytest.raises(InputError, match=message) as caught:
        read_analogies(path)
    assert str(path) in str(caught.value)


def test_no_file_and_no_encoding(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_pairs(tmp_path / "none")
    with pytest.raises(InputError, match="is a folder"):
        read_analogies(tmp_path)
    with pytest.raises(InputError, match="encoding must be one that Python knows, not 'utf-9'"):
        read_pairs(write(tmp_path / "set", LAYOUTS["men"]), encoding="utf-9")


def test_the_built_in_sets_are_large_and_hold_nothing_twice():
    analogies, pairs = builtin_analogies(), builtin_pairs()
    questions = [question for section in analogies.sections for question in section.questions]
    assert len(questions) == len(set(questions)) >= 150
    assert all(len(set(question)) == 4 for question in questions), "a question that asks for one of its own words"
    assert len({section.name for section in analogies.sections}) == len(analogies.sections)
    assert len(pairs.pairs) == len({frozenset(pair) for pair in pairs.pairs}) >= 100
    assert all(0 <= judgement <= 10 for judgement in pairs.judgements)
    words = {word for question in questions for word in question} | {word for pair in pairs.pairs for word in pair}
    assert all(word.isalnum() and word == word.lower() for word in words), "no word of tokenizer=words"
    assert pair_sets("builtin") == [pairs]
