"""Files as other tools write them, kept here byte for byte: each is read, and each of ours is written the same."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import pytest
import torch

from torchw2v import WordVectors

GOLDEN = Path(__file__).parent / "golden"
WORDS = ("the", "naïve", "語彙")
MATRIX = torch.tensor([[0.5, -0.25], [1e-9, 12345678.0], [-1.0, 3.0]])
OURS = {
    "word2vec.txt": None,
    "word2vec.bin": None,
    "glove.glove": None,
    "vectors.npz": None,
    "vectors.safetensors": None,
    "projector": "projector",
}


@pytest.mark.parametrize("name", [*OURS, "word2vec_c.txt", "word2vec_gensim.bin"])
def test_it_is_read(name):
    vectors = WordVectors.load(GOLDEN / name)
    assert vectors.words == WORDS
    assert torch.equal(vectors.rows(), MATRIX)


@pytest.mark.parametrize(("name", "format"), OURS.items())
def test_ours_are_the_same_bytes(tmp_path, name, format):
    WordVectors(WORDS, MATRIX).save(tmp_path / name, format=format)
    written = [tmp_path / name] if format is None else sorted((tmp_path / name).iterdir())
    for path in written:
        assert path.read_bytes() == (GOLDEN / path.relative_to(tmp_path)).read_bytes()


def test_words_with_spaces_as_glove_has_them():
    vectors = WordVectors.load(GOLDEN / "glove_spaces.txt")
    assert vectors.words == ("the", ". . .", "at name@domain.com")
    assert torch.equal(vectors.rows(), MATRIX)


@pytest.mark.parametrize("name", ["word2vec.txt", "word2vec.bin", "glove_spaces.txt"])
def test_a_compressed_file_is_read(tmp_path, name):
    path = tmp_path / f"{name}.gz"
    path.write_bytes(gzip.compress((GOLDEN / name).read_bytes()))
    assert torch.equal(WordVectors.load(path).rows(), MATRIX)


@pytest.mark.parametrize("size", [1, 7, 64])
@pytest.mark.parametrize("name", ["word2vec_c.txt", "word2vec.bin", "word2vec_gensim.bin", "glove_spaces.txt"])
def test_blocks_may_end_anywhere(monkeypatch, name, size):
    monkeypatch.setattr("torchw2v.formats.text_rows._BYTES_AT_ONCE", size)
    monkeypatch.setattr("torchw2v.formats.word2vec_binary._BYTES_AT_ONCE", 4 + size)
    assert torch.equal(WordVectors.load(GOLDEN / name).rows(), MATRIX)


def test_a_byte_order_mark_is_no_part_of_the_first_line(tmp_path):
    for name in ("word2vec.txt", "glove.glove"):
        (tmp_path / name).write_bytes(b"\xef\xbb\xbf" + (GOLDEN / name).read_bytes().replace(b"\n", b"\r\n"))
        assert WordVectors.load(tmp_path / name).words == WORDS


def test_the_folder_of_a_run_stands_for_its_vectors(tmp_path):
    shutil.copy(GOLDEN / "vectors.safetensors", tmp_path)
    assert WordVectors.load(tmp_path).words == WORDS
