from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.reference.sentences import average
from tests.sentences.planted import sentences, vectors
from torchw2v import InputError, WordVectors
from torchw2v.sentences import FeatureCounts, sentence_features


def test_averages_of_the_words_that_are_known() -> None:
    table = vectors()
    texts = [words for _, words in sentences(20)]
    texts[1:1] = [["unheard"], [], ["the1", "unheard", "the1", "good2"]]
    features, counts = sentence_features(table, texts)
    rows = {word: table[word].tolist() for word in table}
    expected = np.stack([average(rows, words) for words in texts])
    assert features.dtype == torch.float64
    np.testing.assert_allclose(features.numpy(), expected, rtol=1e-13)
    assert counts == FeatureCounts(sentences=23, words=205, known=203, empty=1, unknown=1)
    assert not features[1:3].any()


def test_no_word_is_known() -> None:
    features, counts = sentence_features(vectors(), [["a", "b"], []])
    assert features.shape == (2, 8)
    assert not features.any()
    assert counts == FeatureCounts(2, 2, 0, 1, 1)
    assert sentence_features(vectors(), [])[0].shape == (0, 8)


def test_what_is_no_sentence_or_no_vector() -> None:
    with pytest.raises(InputError, match="a list of words, not the string 'good1'"):
        sentence_features(vectors(), ["good1"])
    table = WordVectors(["fine", "broken"], torch.tensor([[1.0], [float("nan")]]))
    assert sentence_features(table, [["fine"]])[0].tolist() == [[1.0]]
    with pytest.raises(InputError, match="the vector of 'broken' is not finite"):
        sentence_features(table, [["fine", "broken"]])
