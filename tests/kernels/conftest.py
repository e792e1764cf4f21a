"""A text with everything that makes windows differ."""

from __future__ import annotations

import numpy as np
import pytest

from torchw2v.data import Corpus, EncodedCorpus, encode

VOCABULARY = 30


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> EncodedCorpus:
    return encode(Corpus(sentences()), cache_dir=tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session")
def long_corpus(tmp_path_factory: pytest.TempPathFactory) -> EncodedCorpus:
    """Ten tiles and more, so that several threads find work."""
    return encode(Corpus(sentences() * 12), cache_dir=tmp_path_factory.mktemp("cache"))


def sentences() -> list[list[str]]:
    """Sentences of one word and of hundreds, words that stand next to themselves, words outside the vocabulary."""
    generator = np.random.default_rng(0)
    lengths = [1, 2, 3, 300, 1, 40, 7, 2, 2, 500, 11, 1, 150]
    ranks = [np.minimum(generator.geometric(0.08, size=length), 40) for length in lengths]
    result = [[f"w{rank:02}" for rank in sentence] for sentence in ranks]
    return [*result, ["w01", "w01", "w01", "w02", "w01"], ["w03"] * 20]
