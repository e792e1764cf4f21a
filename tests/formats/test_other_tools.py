"""What we write, read by the tool it is for, and what the tool writes, read by us."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchw2v import InputError, WordVectors

VECTORS = WordVectors(["the", "cat", "naïve", "語彙"], torch.randn(4, 5, generator=torch.Generator().manual_seed(0)))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # gensim leaves a file open
@pytest.mark.parametrize(
    ("name", "keywords"),
    [("a.txt", {}), ("a.bin", {"binary": True}), ("a.glove", {"no_header": True})],
)
def test_gensim_and_files(tmp_path, name, keywords):
    gensim = pytest.importorskip("gensim.models", reason="needs the package gensim")
    VECTORS.save(tmp_path / name)
    theirs = gensim.KeyedVectors.load_word2vec_format(str(tmp_path / name), **keywords)
    assert tuple(theirs.index_to_key) == VECTORS.words
    np.testing.assert_array_equal(theirs.vectors, VECTORS.matrix.numpy())
    binary = keywords.get("binary", False)
    theirs.save_word2vec_format(str(tmp_path / f"theirs_{name}"), binary=binary, write_header=name != "a.glove")
    ours = WordVectors.load(tmp_path / f"theirs_{name}")
    assert ours.words == VECTORS.words
    assert torch.equal(ours.matrix, VECTORS.matrix)


def test_gensim_and_objects():
    pytest.importorskip("gensim", reason="needs the package gensim")
    theirs = VECTORS.to_gensim()
    assert theirs.most_similar("cat")[0][0] == VECTORS.most_similar("cat")[0].word
    ours = WordVectors.from_gensim(theirs)
    assert ours.words == VECTORS.words
    assert torch.equal(ours.matrix, VECTORS.matrix)
    ours.rows().zero_()
    assert theirs.vectors.any(), "the matrix was not copied"
    with pytest.raises(InputError, match="KeyedVectors is needed, not a dict"):
        WordVectors.from_gensim({})


def test_model2vec_embeds_sentences_as_means_of_words(tmp_path):
    model2vec = pytest.importorskip("model2vec", reason="needs the package model2vec")
    VECTORS.save(tmp_path / "static", format="static-model")
    model = model2vec.StaticModel.from_pretrained(tmp_path / "static")
    mean = VECTORS[["the", "cat"]].mean(0)
    found = model.encode(["The cat?", "語彙", "unknown"])
    np.testing.assert_allclose(found[0], mean / mean.norm(), rtol=1e-5)
    np.testing.assert_allclose(found[1], VECTORS["語彙"] / VECTORS["語彙"].norm(), rtol=1e-5)
    assert not found[2].any()
    model.save_pretrained(tmp_path / "theirs")
    ours = WordVectors.load(tmp_path / "theirs")
    assert ours.words == VECTORS.words
    torch.testing.assert_close(ours.matrix, VECTORS.matrix)


def test_the_static_model_is_that_of_words_as_they_are(tmp_path):
    vectors = WordVectors(["New", "don't"], torch.eye(2))
    vectors.save(tmp_path / "static", format="static-model")
    model = pytest.importorskip("model2vec").StaticModel.from_pretrained(tmp_path / "static")
    np.testing.assert_allclose(model.encode(["don't new", "New"]), [[0, 1], [1, 0]])
    assert WordVectors.load(tmp_path / "static").words == vectors.words


def test_numpy_opens_the_archive_without_pickles(tmp_path):
    VECTORS.save(tmp_path / "a.npz")
    with np.load(tmp_path / "a.npz", allow_pickle=False) as archive:
        assert archive["words"].tolist() == list(VECTORS.words)
        np.testing.assert_array_equal(archive["vectors"], VECTORS.matrix)
