"""Files of vectors, read back by the tools they are for."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch
from google.protobuf import text_format
from tensorboard.plugins.projector.projector_config_pb2 import ProjectorConfig

from torchw2v import InputError, WordVectors
from torchw2v.atomic import atomic_path
from torchw2v.formats import WordTable, write_projector

WORDS = ["the", "naïve", "語彙", "don't", "a\u200bb", "x" * 300]


@pytest.fixture
def vectors() -> WordVectors:
    generator = torch.Generator().manual_seed(0)
    scales = 10.0 ** torch.tensor([0, -9, 9, 3, -3, 0])[:, None]
    return WordVectors(WORDS, torch.randn(6, 4, generator=generator) * scales)


def test_golden_word2vec_text(tmp_path):
    vectors = WordVectors(["a", "b"], torch.tensor([[0.5, -1 / 3], [1e-9, 12345678]]))
    vectors.save(tmp_path / "vectors.txt")
    assert (tmp_path / "vectors.txt").read_bytes() == b"2 2\na 0.5 -0.33333334\nb 1e-9 12345678\n"


def test_gensim_reads_word2vec_text(tmp_path, vectors):
    vectors.save(tmp_path / "vectors.txt")
    loaded = pytest.importorskip("gensim.models").KeyedVectors.load_word2vec_format(tmp_path / "vectors.txt")
    assert loaded.index_to_key == WORDS
    np.testing.assert_array_equal(loaded.vectors, vectors.matrix.numpy())
    assert [word for word, _ in loaded.most_similar("the", topn=3)] == [
        n.word for n in vectors.most_similar("the", k=3)
    ]


def read_text(path: Path) -> np.ndarray:
    """(V, D) float64, as a reader without tricks reads it."""
    lines = path.read_text(encoding="utf-8").split("\n")[1:-1]
    return np.array([[float(field) for field in line.split(" ")[1:]] for line in lines])


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_word2vec_text_gives_back_every_number(tmp_path, dtype):
    """Any bit patterns, and the extremes; NaN and infinity are written as Python reads them."""
    limits = torch.finfo(dtype)
    smallest = 5e-324 if dtype == torch.float64 else limits.tiny * limits.eps
    extremes = [0.0, -0.0, 1.0, -1.0, 16777217.0, limits.max, limits.min, limits.tiny, smallest, 1e38, 1e-38]
    extremes = torch.tensor([*extremes, torch.inf, -torch.inf, torch.nan], dtype=dtype)
    bits = torch.randint(-(1 << 63), (1 << 63) - 1, (7000,), generator=torch.Generator().manual_seed(0))
    matrix = torch.cat((extremes, bits.view(dtype)[: 7000 - len(extremes)])).reshape(-1, 7)
    WordVectors(map(str, range(len(matrix))), matrix).save(tmp_path / "vectors.txt")
    read = torch.from_numpy(read_text(tmp_path / "vectors.txt")).to(dtype)
    assert torch.equal(read.isnan(), matrix.isnan())
    assert torch.equal(read.nan_to_num(1.0), matrix.nan_to_num(1.0))
    assert torch.equal(read.signbit()[~read.isnan()], matrix.signbit()[~read.isnan()])


def test_rows_are_written_in_order(tmp_path, monkeypatch):
    monkeypatch.setattr("torchw2v.formats.numbers._NUMBERS_AT_ONCE", 7)
    matrix = torch.arange(303.0).reshape(101, 3)
    WordVectors([f"w{i}" for i in range(101)], matrix).save(tmp_path / "vectors.txt")
    expected = "101 3\n" + "".join(f"w{i} {3 * i} {3 * i + 1} {3 * i + 2}\n" for i in range(101))
    assert (tmp_path / "vectors.txt").read_text() == expected


def test_safetensors_round_trip_is_exact(tmp_path, vectors):
    vectors.save(tmp_path / "vectors.safetensors")
    loaded = WordVectors.load(tmp_path / "vectors.safetensors")
    assert loaded.words == tuple(WORDS)
    assert torch.equal(loaded.matrix, vectors.matrix)
    tensors = safetensors.torch.load_file(tmp_path / "vectors.safetensors")
    assert bytes(tensors["words"].tolist()).decode().split("\n")[:-1] == WORDS


@pytest.mark.parametrize(
    ("suffix", "words"),
    [
        (".txt", ["new york", "a\tb", "a\nb", "a\x85b", "\u3000", ""]),
        (".safetensors", ["a\nb", ""]),
    ],
)
def test_a_word_that_would_break_the_file(tmp_path, suffix, words):
    for word in words:
        vectors = WordVectors(["fine", word], torch.zeros(2, 3))
        with pytest.raises(InputError, match="cannot be saved") as caught:
            vectors.save(tmp_path / f"vectors{suffix}")
        assert repr(word) in str(caught.value)
        assert not list(tmp_path.iterdir())


def test_safetensors_holds_words_with_spaces(tmp_path):
    WordVectors(["new york", "a\tb"], torch.zeros(2, 3)).save(tmp_path / "vectors.safetensors")
    assert WordVectors.load(tmp_path / "vectors.safetensors").words == ("new york", "a\tb")


def test_a_transposed_matrix_is_saved(tmp_path):
    matrix = torch.arange(6.0).reshape(3, 2).T
    WordVectors("ab", matrix).save(tmp_path / "vectors.safetensors")
    assert torch.equal(WordVectors.load(tmp_path / "vectors.safetensors").matrix, matrix)


@pytest.mark.parametrize("suffix", [".txt", ".safetensors", ""])
def test_saving_copies_no_large_table(tmp_path, monkeypatch, vectors, suffix):
    with monkeypatch.context() as patched:
        patched.setattr(torch.Tensor, "clone", lambda *_, **__: pytest.fail("a copy"))
        patched.setattr(torch.Tensor, "contiguous", lambda *_, **__: pytest.fail("a copy"))
        if suffix:
            vectors.save(tmp_path / f"vectors{suffix}")
        else:
            write_projector(tmp_path, WordTable(vectors.words, vectors.rows()))
    assert list(tmp_path.iterdir())


@pytest.mark.parametrize("content", [b"", b"not safetensors", b"\xff" * 100])
def test_a_file_that_is_no_safetensors_file(tmp_path, content):
    path = tmp_path / "vectors.safetensors"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"vectors\.safetensors: not a safetensors file"):
        WordVectors.load(path)


def test_safetensors_of_something_else(tmp_path):
    path = tmp_path / "model.safetensors"
    safetensors.torch.save_file({"weight": torch.zeros(2)}, path)
    with pytest.raises(InputError, match="not one of word vectors"):
        WordVectors.load(path)
    safetensors.torch.save_file({"weight": torch.zeros(2)}, path, metadata={"format": "torchw2v.vectors.1"})
    with pytest.raises(InputError, match="damaged"):
        WordVectors.load(path)


def test_tensorboard_reads_the_projector(tmp_path):
    words = ["plain", "tab\there", "line\nbreak", "\u2028", "ünïcode", *(f"w{i}" for i in range(20))]
    vectors = WordVectors(words, torch.arange(len(words) * 3).reshape(-1, 3) / 7)
    write_projector(tmp_path, WordTable(vectors.words, vectors.rows()), max_words=10)
    config = text_format.Parse((tmp_path / "projector_config.pbtxt").read_text(), ProjectorConfig())
    (embedding,) = config.embeddings
    assert list(embedding.tensor_shape) == [10, 3]
    rows = np.loadtxt(tmp_path / embedding.tensor_path, delimiter="\t")
    np.testing.assert_array_equal(rows.astype(np.float32), vectors.matrix[:10].numpy())
    labels = (tmp_path / embedding.metadata_path).read_text(encoding="utf-8").split("\n")
    assert labels == ["plain", "tab\\there", "line\\nbreak", "\\u2028", "ünïcode", *(f"w{i}" for i in range(5)), ""]


def test_a_write_that_fails_leaves_the_old_file(tmp_path):
    path = tmp_path / "file"
    path.write_text("old")

    def fail() -> None:
        with atomic_path(path) as temporary:
            temporary.write_text("half of the n")
            raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space"):
        fail()
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_files_get_the_permissions_of_the_umask(tmp_path):
    before = os.umask(0o027)
    try:
        with atomic_path(tmp_path / "file") as temporary:
            temporary.write_text(json.dumps({}))
    finally:
        os.umask(before)
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o640
