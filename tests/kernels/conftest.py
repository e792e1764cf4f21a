"""A text with everything that makes windows differ."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from torchw2v.data import Corpus, EncodedCorpus, encode

VOCABULARY = 30


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> EncodedCorpus:
    """Sentences of one word and of hundreds, words that stand next to themselves, words outside the vocabulary."""
    generator = np.random.default_rng(0)
    lengths = [1, 2, 3, 300, 1, 40, 7, 2, 2, 500, 11, 1, 150]
    ranks = [np.minimum(generator.geometric(0.08, size=length), 40) for length in lengths]
    sentences = [[f"w{rank:02}" for rank in sentence] for sentence in ranks]
    sentences += [["w01", "w01", "w01", "w02", "w01"], ["w03"] * 20]
    cache: Path = tmp_path_factory.mktemp("cache")
    return encode(Corpus(sentences), cache_dir=cache)
