"""The same figures as gensim's evaluations, on its own files and on files made to be awkward.

gensim rounds the cosines of equal pairs, such as the "money cash" that WordSim-353 has twice, up or down as they happen
to lie in memory, and ranks them by that. So pairs are compared on vectors of float64, with the last digits taken away.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
import torch

import torchw2v
from torchw2v import WordVectors
from torchw2v.evaluation import JudgeSettings, Resampling, judge, read_analogies, read_pairs

pytest.importorskip("gensim", reason="the comparison needs gensim")
from gensim.models import KeyedVectors
from gensim.test.utils import datapath

NONE = Resampling(0)


class Rounded(KeyedVectors):
    def similarity(self, w1, w2):
        return round(super().similarity(w1, w2), 12)


def keyed(vectors: WordVectors) -> KeyedVectors:
    result = Rounded(vectors.embedding_dim, dtype=vectors.matrix.numpy().dtype)
    result.add_vectors(list(vectors.words), vectors.matrix.numpy())
    return result


def words_of_both_cases(seed: int, n: int = 60) -> list[str]:
    generator = np.random.default_rng(seed)
    words = [form(f"word{i}") for i in range(n) for form in (str.lower, str.upper, str.title)]
    return [words[i] for i in generator.permutation(len(words))[: 2 * n]]


def same_pairs(vectors: WordVectors, path: Path | str, **settings) -> None:
    chosen = JudgeSettings(**settings)
    vectors = WordVectors(vectors.words, vectors.matrix.double())
    (score,) = judge(vectors, similarity=path, settings=chosen, resampling=NONE).similarity
    pearson, spearman, unknown = keyed(vectors).evaluate_word_pairs(
        path,
        case_insensitive=chosen.case_insensitive,
        restrict_vocab=chosen.restrict_vocab,
        dummy4unknown=chosen.unknown_as_zero,
    )
    assert score.pearson.value == pytest.approx(pearson[0], abs=1e-6)
    assert score.spearman.value == pytest.approx(spearman[0], abs=1e-6)
    assert score.unknown_percent == pytest.approx(unknown, abs=1e-6)


def same_analogies(vectors: WordVectors, path: Path | str, **settings) -> int:
    """How many were right, which is the same for both."""
    chosen = JudgeSettings(**settings)
    (score,) = judge(vectors, analogies=path, settings=chosen, resampling=NONE).analogies
    accuracy, sections = keyed(vectors).evaluate_word_analogies(
        path,
        case_insensitive=chosen.case_insensitive,
        restrict_vocab=chosen.restrict_vocab,
        dummy4unknown=chosen.unknown_as_zero,
    )
    assert score.total.accuracy.value == pytest.approx(accuracy, abs=1e-6)
    written = str.upper if chosen.case_insensitive else str
    for ours, theirs in zip((*score.sections, score.total), sections, strict=True):
        for name in ("correct", "incorrect"):
            assert [tuple(map(written, question)) for question in getattr(ours, name)] == theirs[name], theirs[
                "section"
            ]
    return len(score.total.correct)


SETTINGS = [
    {},
    {"case_insensitive": False},
    {"restrict_vocab": 70},
    {"unknown_as_zero": True},
    {"case_insensitive": False, "restrict_vocab": 90, "unknown_as_zero": True},
]


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_words_of_both_cases(tmp_path, settings):
    generator = np.random.default_rng(0)
    words = words_of_both_cases(0)
    vectors = WordVectors(words, torch.from_numpy(generator.normal(size=(len(words), 3)).astype("float32")))
    known = [*words, *(f"unknown{i}" for i in range(5))]
    path = tmp_path / "pairs.tsv"
    drawn = [(*generator.choice(known, 2), s) for s in generator.random(200)]
    path.write_text("".join(f"{a}\t{b}\t{s}\n" for a, b, s in drawn))
    same_pairs(vectors, path, **settings)
    questions = tmp_path / "questions.txt"
    lines = [" ".join(generator.choice(known, 4, replace=False)) + "\n" for _ in range(900)]
    questions.write_text(": first\n" + "".join(lines[:300]) + ": gram2\n" + "".join(lines[300:]) + ": empty\n")
    assert same_analogies(vectors, questions, **settings) > 0


def test_more_than_five_forms_of_a_word_crowd_out_the_answer(tmp_path):
    """Gensim looks at five words, and finds five forms of `aaa` that the question bars."""
    forms = ["aaa", "AAA", "aAa", "Aaa", "aaA", "AAa", "aAA"]
    words = [*forms, "b", "c", "d", "e"]
    matrix = torch.tensor(
        [[1.0, 0, 0]] + [[0.99, 0.1, 0.1]] * 6 + [[0.6, 0.9, 0], [0.6, 0, 0.9], [0.1, 1, 1], [0, 0, 1]]
    )
    matrix += 1e-3 * torch.arange(33.0).reshape(11, 3)  # no two alike
    path = tmp_path / "questions.txt"
    path.write_text(": one\naaa b c d\nb aaa c d\nb aaa aAa d\ne d b c\n")
    same_analogies(WordVectors(words, matrix), path)
    same_analogies(WordVectors(words, matrix), path, case_insensitive=False)


@pytest.fixture(scope="module")
def vectors() -> WordVectors:
    """Of a text that gensim ships, half of its words with a capital."""
    lines = Path(datapath("lee_background.cor")).read_text(encoding="utf-8").splitlines()
    settings = {"embedding_dim": 16, "epochs": 5, "threads": 1}
    return torchw2v.fit([line.split() for line in lines], min_count=2, progress=False, **settings)


@pytest.mark.parametrize("settings", [{}, {"restrict_vocab": 3000, "unknown_as_zero": True}], ids=str)
def test_trained_vectors_on_gensims_own_files(vectors, settings):
    same_pairs(vectors, datapath("wordsim353.tsv"), **settings)
    same_pairs(vectors, datapath("simlex999.txt"), **settings)
    same_analogies(vectors, datapath("questions-words.txt"), **settings)


def test_gensims_own_files_are_read_whole():
    assert [len(read_pairs(datapath(name)).pairs) for name in ("wordsim353.tsv", "simlex999.txt")] == [353, 999]
    sections = read_analogies(datapath("questions-words.txt")).sections
    assert sum(len(section.questions) for section in sections) == 19_544
    assert [section.is_syntactic for section in sections] == [False] * 5 + [True] * 9


def test_the_multiplicative_answers_are_those_of_gensim(vectors, tmp_path):
    """Gensim's evaluation has no 3CosMul, but its search has."""
    table = keyed(vectors)
    generator = np.random.default_rng(0)
    lines, answers = [], []
    for words in generator.choice(vectors.words[:500], (40, 3)):
        if len({word.upper() for word in words}) == 3:
            a, b, c = map(str, words)
            with warnings.catch_warnings(action="ignore", category=DeprecationWarning):  # gensim calls its own
                answers.append(table.most_similar_cosmul([b, c], [a], topn=1)[0][0])
            lines.append(f"{a} {b} {c} {answers[-1]}\n")
    path = tmp_path / "questions.txt"
    path.write_text(": all\n" + "".join(lines), encoding="utf-8")
    chosen = JudgeSettings(method="3cosmul", case_insensitive=False)
    assert judge(vectors, analogies=path, settings=chosen, resampling=NONE).analogies[0].total.accuracy.value == 1
