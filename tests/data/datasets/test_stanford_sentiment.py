from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest

from tests.data.datasets.treebank import TREES, write_plain, write_text
from tests.reference import sst as reference
from torchw2v.data.datasets import stanford_sentiment
from torchw2v.data.datasets.stanford_sentiment import StanfordSentiment
from torchw2v.errors import InputError


def test_words_are_numbered_as_they_come_and_unk_is_the_last(tmp_path: Path) -> None:
    write_plain(tmp_path)
    dataset = StanfordSentiment(tmp_path)
    tokens, counts = dataset.tokens(), dataset.counts()
    assert list(tokens)[:4] == ["effective", "but", "too-tepid", "mollà"]
    assert list(tokens.values()) == list(range(len(tokens)))
    assert (tokens["UNK"], counts[-1]) == (len(tokens) - 1, 1)
    assert counts[tokens["the"]] == 2
    assert dataset.numSentences() == len(dataset.sentences()) == 7
    assert counts.sum() == sum(map(len, dataset.sentences())) + 1


def test_splits_and_labels(tmp_path: Path) -> None:
    write_plain(tmp_path)
    dataset = StanfordSentiment(tmp_path)
    assert dataset.dataset_split() == [[0, 3, 4, 6], [1, 5], [2]]
    for split, sentences in (
        ("train", dataset.getTrainSentences()),
        ("test", dataset.getTestSentences()),
        ("dev", dataset.getDevSentences()),
    ):
        assert [label for _, label in sentences] == [int(tree[1]) for tree in TREES[split]]
    assert dataset.getSplitSentences(2) == [(["bon", "appétit", "!"], 4)]
    assert dataset.sent_labels()[:2] == [0.7, 0.4]
    assert dataset.categorify(0.7) == 3
    assert dataset.getRandomTrainSentence() in dataset.getTrainSentences()
    with pytest.raises(InputError, match=r"0 \(train\), 1 \(test\) or 2 \(dev\), not 3"):
        dataset.getSplitSentences(3)


def test_without_labels_only_they_are_missing(tmp_path: Path) -> None:
    write_plain(tmp_path, dictionary=False)
    dataset = StanfordSentiment(tmp_path)
    assert len(dataset.sentences()) == 7
    with pytest.raises(InputError, match="nothing here labels the sentences; put dictionary"):
        dataset.getTrainSentences()


@pytest.mark.parametrize("tablesize", [1, 7, 1000, 12345])
def test_sampling_table_is_that_of_the_loop(tmp_path: Path, tablesize: int) -> None:
    write_text(tmp_path)
    dataset = StanfordSentiment(tmp_path, tablesize=tablesize)
    assert dataset.sampleTable() == reference.sampling_table(dataset.counts().tolist(), tablesize)


def test_a_place_on_the_border_of_two_words_is_the_first_ones(tmp_path: Path) -> None:
    """Three words and UNK, a quarter each: i ≤ 2 is the first."""
    (tmp_path / "datasetSentences.txt").write_text("sentence_index\tsentence\n1\ta b c\n")
    (tmp_path / "datasetSplit.txt").write_text("sentence_index,splitset_label\n1,1\n")
    table = StanfordSentiment(tmp_path, tablesize=8).sampleTable()
    assert table == [0, 0, 0, 1, 1, 2, 2, 3] == reference.sampling_table([1, 1, 1, 1], 8)


@pytest.mark.parametrize("threshold", [1e-5, 1e-2])  # all words of so short a text are common, or some are
def test_draws_are_those_of_the_loop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, threshold: float) -> None:
    monkeypatch.setattr(stanford_sentiment, "THRESHOLD", threshold)
    text = write_text(tmp_path)
    dataset = StanfordSentiment(tmp_path, tablesize=1000, rng=random.Random(5))
    expected = reference.Treebank(text, random.Random(5), 1000, threshold=threshold)
    words = dataset.words()
    assert np.any(dataset.rejectProb() == 0) == (threshold > 1e-5)
    for radius in (3, 1, 5) * 20:
        center, context = dataset.getRandomContext(radius)
        expected_center, expected_context = expected.context(radius)
        assert (center, context) == (words[expected_center], [words[i] for i in expected_context])
        assert dataset.sampleTokenIdx() == expected.table[expected.rng.randint(0, 999)]
    assert dataset.allSentences() == [[words[i] for i in sentence] for sentence in expected.subsampled]
    assert all(len(sentence) > 1 for sentence in dataset.allSentences())


def test_without_a_generator_the_module_random_decides(tmp_path: Path) -> None:
    write_text(tmp_path)
    dataset = StanfordSentiment(tmp_path, tablesize=1000)
    random.seed(5)
    drawn = [dataset.sampleTokenIdx() for _ in range(5)]
    own = StanfordSentiment(tmp_path, tablesize=1000, rng=random.Random(5))
    assert drawn == [own.sampleTokenIdx() for _ in range(5)]


@pytest.mark.parametrize("draws_before", [0, 3])
def test_the_random_state_goes_through_json(tmp_path: Path, draws_before: int) -> None:
    """The subsampled sentences come back, too, although they were drawn before."""
    write_text(tmp_path)
    first, second = (StanfordSentiment(tmp_path, tablesize=1000, rng=random.Random(seed)) for seed in (1, 2))
    second.getRandomContext(5)
    for _ in range(draws_before):
        first.getRandomContext(5)
    state = json.loads(json.dumps(first.random_state()))
    expected = [first.getRandomContext(5) for _ in range(20)]
    second.set_random_state(state)
    assert [second.getRandomContext(5) for _ in range(20)] == expected
    first.set_random_state(state)
    assert [first.getRandomContext(5) for _ in range(20)] == expected
    assert second.allSentences() == first.allSentences()


@pytest.mark.parametrize("text", ["a", "a a a a", ""])
def test_a_treebank_without_contexts_is_an_error_not_an_endless_loop(tmp_path: Path, text: str) -> None:
    (tmp_path / "datasetSentences.txt").write_text(f"sentence_index\tsentence\n1\t{text}\n")
    (tmp_path / "datasetSplit.txt").write_text("sentence_index,splitset_label\n1,1\n")
    dataset = StanfordSentiment(tmp_path, tablesize=10)
    with pytest.raises(InputError, match="found no context in 10000 draws"):
        dataset.getRandomContext(5)


def test_rejection_is_that_of_the_loop_at_the_published_threshold(tmp_path: Path) -> None:
    text = write_text(tmp_path)
    dataset = StanfordSentiment(tmp_path)
    total = sum(map(len, text)) + 1
    expected = [reference.reject_probability(count, total) for count in dataset.counts()]
    np.testing.assert_allclose(dataset.rejectProb(), expected, rtol=1e-14, atol=0)
