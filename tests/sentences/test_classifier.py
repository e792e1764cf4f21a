from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from tests.sentences.planted import CLASSES, sentences, vectors
from torchw2v import InputError, WordVectors
from torchw2v.nn import SoftmaxRegression
from torchw2v.sentences import SentenceClassifier


@pytest.fixture
def classifier() -> SentenceClassifier:
    found = sentences(300, mood=4)
    return SentenceClassifier.fit(vectors(), [words for _, words in found], [name for name, _ in found])


@pytest.fixture
def saved(classifier: SentenceClassifier, tmp_path: Path) -> Path:
    table = tmp_path / "vectors.safetensors"
    classifier.vectors.save(table)
    classifier.save(tmp_path / "model.safetensors", vectors_path=table)
    return tmp_path


def test_it_says_the_classes_of_texts_and_of_lists_of_words(classifier: SentenceClassifier) -> None:
    found = sentences(100, mood=4, seed=1)
    predictions = classifier.predict([words for _, words in found])
    assert sum(one.label == name for one, (name, _) in zip(predictions, found, strict=True)) > 90
    text, words, upper = classifier.predict(
        ["Good1, good2: GOOD3!", ["good1", "good2", "good3"], ["GOOD1", "good2", "Good3"]]
    )
    assert text == words == upper
    assert text.label == "good"
    assert text.probability == text.probabilities["good"] == max(text.probabilities.values())
    assert sum(text.probabilities.values()) == pytest.approx(1)
    assert list(text.probabilities) == list(CLASSES)


def test_empty_and_unknown_sentences_get_what_the_zero_vector_gets(classifier: SentenceClassifier) -> None:
    empty, unknown = classifier.predict(["", "zzz qqq"])
    assert empty == unknown
    expected = torch.softmax(classifier.model.bias.detach(), 0)
    assert list(empty.probabilities.values()) == pytest.approx(expected.tolist())
    assert classifier.predict([]) == []


def test_it_comes_back_from_its_file(classifier: SentenceClassifier, saved: Path) -> None:
    texts = ["good1 the2", "bad3", ""]
    for again in (
        SentenceClassifier.load(saved),
        SentenceClassifier.load(saved / "model.safetensors", vectors=classifier.vectors),
        SentenceClassifier.load(str(saved), vectors=saved / "vectors.safetensors"),
    ):
        assert again.predict(texts) == classifier.predict(texts)
        assert (again.class_names, again.tokenizer, again.lower) == (CLASSES, "words", True)
        assert again.model.l2 == classifier.model.l2


def test_vectors_that_moved_or_changed(classifier: SentenceClassifier, saved: Path) -> None:
    (saved / "vectors.safetensors").rename(saved / "moved.safetensors")
    with pytest.raises(InputError, match=r"were .*vectors\.safetensors, and are not there; give vectors="):
        SentenceClassifier.load(saved)
    assert SentenceClassifier.load(saved, vectors=saved / "moved.safetensors").class_names == CLASSES
    table = classifier.vectors
    for other in (
        vectors(seed=1),
        WordVectors(table.words, table.matrix.double()),
        WordVectors(table.words[::-1], table.matrix),
    ):
        with pytest.raises(InputError, match="was trained with other vectors than these"):
            SentenceClassifier.load(saved, vectors=other)


def test_files_that_are_none(saved: Path) -> None:
    with pytest.raises(InputError, match=r"no such file; give the model.safetensors of a run of model=sentiment"):
        SentenceClassifier.load(saved / "none")
    with pytest.raises(InputError, match="but not one of a classifier of sentences"):
        SentenceClassifier.load(saved / "vectors.safetensors")
    path = saved / "model.safetensors"
    with safe_open(path, framework="pt") as file:
        about, tensors = file.metadata(), {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    for changed, message in (
        ({"classes": '["one"]'}, "damaged"),
        ({"classes": "[["}, "damaged"),
        ({"classes": "3"}, "damaged"),
        ({"lower": "perhaps"}, "damaged"),
        ({"tokenizer": "bert"}, "tokenizer must be one of"),
    ):
        save_file(tensors, path, metadata=about | changed)
        with pytest.raises(InputError, match=message):
            SentenceClassifier.load(saved)
    path.write_bytes(b"cut off")
    with pytest.raises(InputError, match="not a safetensors file"):
        SentenceClassifier.load(saved)


def test_what_does_not_fit(classifier: SentenceClassifier) -> None:
    with pytest.raises(InputError, match="put the one into brackets"):
        classifier.predict("good1")
    with pytest.raises(InputError, match="2 sentences, but 1 labels"):
        SentenceClassifier.fit(vectors(), ["a", "b"], ["x"])
    with pytest.raises(InputError, match=r"two classes or more are needed, but there are \['x'\]"):
        SentenceClassifier.fit(vectors(), ["a", "b"], ["x", "x"])
    with pytest.raises(InputError, match="does not fit vectors of 8 dimensions and 2 classes"):
        SentenceClassifier(vectors(), SoftmaxRegression(8, 3), ["x", "y"])
