"""Planted twins and held-out neighbours: what is planted is found, and random vectors are at chance."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
import torch

import torchw2v
from tests.reference import judging as reference
from tests.training import planted
from torchw2v import InputError, WordVectors
from torchw2v.data import Vocabulary
from torchw2v.evaluation import PlantedTwins, choose_twins, probe_cooccurrence, probe_twins

SENTENCES = planted.sentences(1500)
VOCABULARY = Vocabulary.from_counts(Counter(word for sentence in SENTENCES for word in sentence))


def test_half_of_the_occurrences_are_twins_and_the_text_is_the_same_each_time():
    twins = choose_twins(VOCABULARY, 20, seed=1)
    text = PlantedTwins(SENTENCES, twins, seed=2)
    first = list(text)
    assert list(text) == first != list(PlantedTwins(SENTENCES, twins, seed=3))
    back = {twin: word for word, twin in twins.items()}
    assert [[back.get(word, word) for word in sentence] for sentence in first] == SENTENCES
    n = Counter(word for sentence in first for word in sentence)
    assert len(twins) == 20
    for word, twin in twins.items():
        whole = n[word] + n[twin]
        assert abs(n[twin] - whole / 2) < 4 * (whole / 4) ** 0.5, "further from half than chance allows"
    few = Counter(w for s in PlantedTwins(SENTENCES, twins, share=0.1) for w in s)
    assert sum(few[twin] for twin in back) < 0.2 * sum(n[twin] for twin in back)
    # a draw of its place: what stands before a sentence changes nothing in it but its number
    assert next(iter(PlantedTwins(SENTENCES[:1], twins, seed=2))) == first[0]


def test_trained_vectors_find_the_twins_and_random_ones_do_not():
    twins = choose_twins(VOCABULARY, 20)
    vectors = torchw2v.fit(
        PlantedTwins(SENTENCES, twins), embedding_dim=16, min_count=1, epochs=8, threads=1, progress=False
    )
    random = WordVectors(vectors.words, torch.randn(len(vectors), 16, generator=torch.Generator().manual_seed(0)))
    trained, chance = probe_twins(vectors, twins), probe_twins(random, twins)
    assert trained.twins == 20
    # the nine other words of the cluster and their twins stand where the twin does
    assert trained.recall_at_10.low > 3 * 10 / len(vectors)
    assert trained.mean_reciprocal_rank.low > trained.chance
    assert chance.mean_reciprocal_rank.low < chance.chance < chance.mean_reciprocal_rank.high
    assert "20 twins among" in str(trained)


def test_ranks_beside_the_definition(monkeypatch):
    monkeypatch.setattr("torchw2v.evaluation.twins._QUERIES_AT_ONCE", 3)
    monkeypatch.setattr("torchw2v.evaluation.twins._ROWS_AT_ONCE", 7)
    words = [f"w{i}" for i in range(30)]
    matrix = np.random.default_rng(0).normal(size=(30, 4))
    twins = {"w0": "w9", "w28": "w3", "w5": "w6", "w7": "nowhere"}
    score = probe_twins(WordVectors(words, torch.tensor(matrix)), twins)
    pairs = [(0, 9), (28, 3), (5, 6)]
    ranks = [reference.twin_rank(matrix, *way) for a, b in pairs for way in ((a, b), (b, a))]
    assert score.mean_reciprocal_rank.value == pytest.approx(np.mean([1 / rank for rank in ranks]), abs=1e-12)
    assert score.recall_at_10.value == pytest.approx(np.mean([rank <= 10 for rank in ranks]), abs=1e-12)
    assert (score.twins, score.unknown) == (3, 1)
    assert score.chance == pytest.approx(np.mean([1 / rank for rank in range(1, 30)]))


def test_vectors_that_are_all_alike_do_not_look_perfect():
    words = [f"w{i}" for i in range(21)]
    score = probe_twins(WordVectors(words, torch.ones(21, 2)), {"w0": "w1", "w2": "w3"})
    assert score.mean_reciprocal_rank.value == pytest.approx(1 / 10.5)
    assert score.recall_at_1.value == 0


def test_which_words_stand_together():
    held_out = planted.sentences(1000, seed=9)
    vectors = torchw2v.fit(SENTENCES, embedding_dim=16, min_count=1, epochs=5, threads=1, progress=False)
    random = WordVectors(vectors.words, torch.randn(len(vectors), 16, generator=torch.Generator().manual_seed(1)))
    trained, chance = probe_cooccurrence(vectors, held_out), probe_cooccurrence(random, held_out)
    assert trained.auc.low > 0.55  # a third of the words stand everywhere, and nothing tells these
    assert chance.auc.low < 0.5 < chance.auc.high
    assert trained == probe_cooccurrence(vectors, held_out) != probe_cooccurrence(vectors, held_out, seed=1)
    counted = probe_cooccurrence(vectors, [*held_out, ["c0_0", "c0_0"], ["new"], []])
    assert counted.left_out == 3
    assert "chance 0.50" in str(counted)


def test_frequent_words_alone_are_at_chance():
    """Vectors that know how frequent words are, and nothing else, cannot tell: both candidates are as frequent."""
    generator = np.random.default_rng(0)
    words = [f"w{i}" for i in range(200)]
    text = [[words[i] for i in generator.zipf(1.4, size=8) if i < 200] for _ in range(4000)]
    frequency = torch.linspace(0, 1.5, 200)
    score = probe_cooccurrence(WordVectors(words, torch.stack([frequency.cos(), frequency.sin()], dim=1)), text)
    assert score.auc.value == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: choose_twins(VOCABULARY, least_count=10**6), "no word occurs 1,000,000 times"),
        (lambda: PlantedTwins([], {"a": "b", "b": "c"}), "each word needs a twin of its own"),
        (lambda: PlantedTwins([], {"a": "b"}, share=1), "share must be between 0 and 1"),
        (lambda: list(PlantedTwins([["x"], ["b"]], {"a": "b"})), "sentence 2 has the word 'b', which is to be a twin"),
        (lambda: probe_twins(WordVectors(["a"], torch.ones(1, 2)), {"a": "b"}), "none of the twins has a vector"),
        (lambda: probe_cooccurrence(WordVectors(["a"], torch.ones(1, 2)), [["a", "b"]]), "0 sentences have two"),
    ],
)
def test_what_cannot_be_probed(make, message):
    with pytest.raises(InputError, match=message):
        make()
