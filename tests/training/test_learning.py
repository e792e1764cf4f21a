"""Training learns: a planted structure, and real text."""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

import pytest
import torch

from tests.training import planted
from torchw2v import WordVectors
from torchw2v.nn import SkipGram

DEVICES = ["cpu", pytest.param("gpu", marks=pytest.mark.gpu)]


@pytest.mark.parametrize("accelerator", DEVICES)
def test_planted_clusters_are_recovered(train, accelerator):
    untrained = WordVectors((f"c{c}_{i}" for c in range(8) for i in range(10)), SkipGram(80, 16).in_embeddings)
    assert planted.recovered(untrained) < 0.3
    accelerator = "cuda" if accelerator == "gpu" else accelerator
    result = train(planted.sentences(), accelerator=accelerator, max_epochs=6, min_count=1, model={"sample": 1e-2})
    assert planted.recovered(result.vectors) > 0.95
    losses = result.metrics["training"]["epoch_losses"]
    assert losses[-1] < losses[0] - 0.1


@pytest.mark.parametrize("loss", ["negative_sampling", "softmax", "hierarchical_softmax"])
@pytest.mark.parametrize("architecture", ["skipgram", "cbow"])
def test_each_model_with_each_loss_learns_it(train, architecture, loss):
    model = {"architecture": architecture, "loss": loss, "sample": 1e-2}
    result = train(planted.sentences(), max_epochs=4, min_count=1, model=model)
    assert planted.recovered(result.vectors) > 0.95
    losses = result.metrics["training"]["epoch_losses"]
    assert losses[-1] < losses[0] - 0.3
    if loss != "negative_sampling":  # these are entropies of the next word: a model of it beats its frequencies
        assert losses[-1] < unigram_entropy(planted.sentences())


def unigram_entropy(sentences: list[list[str]]) -> float:
    counts = torch.tensor(list(Counter(word for words in sentences for word in words).values())).double()
    shares = counts / counts.sum()
    return -(shares * shares.log()).sum().item()


OTHER_WAYS = [
    {"negatives": "per_pair"},
    {"architecture": "cbow", "reduce": "sum"},
    {"architecture": "cbow", "gradient": "word2vec"},
]


@pytest.mark.parametrize("options", OTHER_WAYS, ids=str)
def test_the_other_ways_learn_it_too(train, options):
    result = train(planted.sentences(), min_count=1, model={"sample": 1e-2} | options)
    assert planted.recovered(result.vectors) > 0.9


@pytest.mark.parametrize(
    ("optimizer", "learning_rate", "words_per_batch"),
    [
        (torch.optim.SGD, 0.025, 64),  # adds up all steps of a row, and of 85 words a larger batch has too many
        (torch.optim.Adagrad, 0.1, 512),
        (torch.optim.SparseAdam, 0.03, 512),
        (torch.optim.Adam, 0.03, 512),
    ],
)
def test_other_optimisers_learn_it_too(train, optimizer, learning_rate, words_per_batch):
    result = train(
        planted.sentences(),
        min_count=1,
        model={"sample": 1e-2, "learning_rate": learning_rate},
        engine={"optimizer": optimizer, "words_per_batch": words_per_batch},
    )
    assert planted.recovered(result.vectors) > 0.9


def plurals_found(vectors: WordVectors) -> float:
    """How often, among frequent words with a plural in the text, the plural is among the 20 nearest words."""
    words = [word for word in vectors.words[:600] if len(word) > 3 and f"{word}s" in vectors]
    assert len(words) > 50
    found = [
        f"{word}s" in {n.word for n in neighbours}
        for word, neighbours in zip(words, vectors.nearest(words, 20), strict=True)
    ]
    return sum(found) / len(found)


def test_real_text_lowers_the_loss_and_beats_untrained_vectors(train, tmp_path):
    # the language reference that every Python carries for its help(): real English, no network
    text = (Path(sys.modules["os"].__file__).parent / "pydoc_data" / "topics.py").read_text(encoding="utf-8")
    (tmp_path / "text").write_text(re.sub(r"\\n|[^\w\s.]", " ", text).replace(".", "\n"), encoding="utf-8")
    result = train(
        tmp_path / "text", tokenizer="words", max_epochs=12, model={"embedding_dim": 50, "learning_rate": 0.05}
    )
    untrained = WordVectors(result.vectors.words, SkipGram(len(result.vectors), 50).in_embeddings)
    losses = result.metrics["training"]["epoch_losses"]
    print(losses, plurals_found(result.vectors), plurals_found(untrained))
    assert losses[-1] < losses[0] - 0.5
    assert plurals_found(result.vectors) > 4 * plurals_found(untrained) + 0.05
