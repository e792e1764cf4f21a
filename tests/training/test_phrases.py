"""Training with phrases: what was planted becomes a word, and gets the neighbours that the word had."""

from __future__ import annotations

import pytest

import torchw2v
from tests.training import planted
from torchw2v import InputError
from torchw2v.data import PhraseSettings
from torchw2v.training.word2vec.phrases import read_phrase_settings
from torchw2v.training.word2vec.report import format_report

ONE_PASS = PhraseSettings()


def planted_phrase(n: int = 3000) -> list[list[str]]:
    """The planted clusters, with two words in place of one."""
    return [
        [part for word in sentence for part in (["new", "york"] if word == "c0_0" else [word])]
        for sentence in planted.sentences(n)
    ]


@pytest.mark.parametrize("phrases", [{"threshold": 1.0}, {"threshold": 0.5, "scoring": "npmi"}], ids=str)
def test_a_planted_phrase_becomes_a_word_with_neighbours(phrases):
    vectors = torchw2v.fit(
        planted_phrase(1500),
        phrases=phrases,
        embedding_dim=16,
        epochs=6,
        sample=1e-2,
        min_count=1,
        engine="autograd",
        words_per_batch=512,
        progress=False,
    )
    assert "new_york" in vectors
    assert not {"new", "york"} & set(vectors)
    neighbours = [neighbour.word for (some,) in [vectors.nearest(["new_york"], 9)] for neighbour in some]
    assert sum(word.startswith("c0_") for word in neighbours) >= 8


def test_metrics_and_report_say_how_many(train):
    sentences = planted_phrase(300)
    joins = sum(sentence.count("new") for sentence in sentences)
    result = train(sentences, phrases=ONE_PASS)
    assert result.metrics["corpus"]["phrases"] == {"passes": 1, "different": 1, "joins": joins}
    assert result.metrics["corpus"]["words"] == sum(map(len, sentences)) - joins
    assert result.metrics["seconds"]["phrases"] > 0
    report = format_report(result.vectors, result.metrics)
    assert f"Phrases     1 different, joined {joins:,} times in 1 pass" in report
    assert train(sentences, name="without").metrics["corpus"]["phrases"] is None


def test_a_checkpoint_is_of_the_joined_text(train, tmp_path):
    sentences = planted_phrase(300)
    whole = train(sentences, phrases=ONE_PASS, max_size=50, max_epochs=2)
    train(sentences, name="first", phrases=ONE_PASS, max_size=50, max_epochs=2, max_steps=3)
    checkpoint = tmp_path / "first" / "checkpoints" / "last.ckpt"
    resumed = train(sentences, name="resumed", phrases=ONE_PASS, max_size=50, max_epochs=2, resume=checkpoint)
    assert resumed.metrics["training"]["steps"] == whole.metrics["training"]["steps"]
    with pytest.raises(InputError, match="made with another corpus"):
        train(sentences, name="other", max_size=50, max_epochs=2, resume=checkpoint)


@pytest.mark.parametrize(
    ("chosen", "settings"),
    [
        (None, None),
        (0, None),
        (2, PhraseSettings(passes=2)),
        ({"passes": 0, "threshold": None, "connector_words": []}, None),
        ({"threshold": 3}, PhraseSettings(threshold=3)),
        (ONE_PASS, ONE_PASS),
    ],
)
def test_a_number_of_passes_or_all_settings(chosen, settings):
    assert read_phrase_settings(chosen) == settings


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        (-1, "data.phrases: passes must be an integer of at least 1, not -1"),
        ("many", "data.phrases: passes must be an integer of at least 1, not 'many'"),
        (False, "data.phrases: passes must be an integer of at least 1, not False"),
        ({"pass": 1}, "data.phrases.pass is no setting; there are passes, min_count, threshold"),
        ({"passes": 1, "scoring": "npmi", "threshold": 5}, "data.phrases: threshold must be from -1 to 1 with scoring"),
        ({"passes": 0, "threshold": 5}, "passes is 0, so that nothing else of it counts; set data.phrases.passes=1"),
    ],
)
def test_what_cannot_be_is_one_clear_line(chosen, message):
    with pytest.raises(InputError, match=message):
        read_phrase_settings(chosen)
