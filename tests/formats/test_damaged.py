"""Files that are cut off, lie or attack: one line that says where, no code run, no memory taken at a file's word."""

from __future__ import annotations

import gzip
import io
import json
import pickle
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from torchw2v import InputError, WordVectors

HUGE = 10**12


def floats(*numbers: float) -> bytes:
    return struct.pack(f"<{len(numbers)}f", *numbers)


def npy(shape: tuple[int, ...], data: bytes = b"") -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": "<f4", "fortran_order": False, "shape": shape})
    return file.getvalue() + data


def archive(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in members.items():
            out.writestr(f"{name}.npy", data)
    return file.getvalue()


def array(values: object) -> bytes:
    file = io.BytesIO()
    np.save(file, np.array(values))
    return file.getvalue()


# a string of one character, which is none of Unicode's
NO_CHARACTER = npy((1,), b"\xff\xff\xff\x7f").replace(b"<f4", b"<U1")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", b"", "line 1 must say how many"),
        ("a.txt", b"3 2\nthe 1 2\n", "line 1 says 3 words, but 1 are there: it was cut off"),
        ("a.txt", f"{HUGE} {HUGE}\nthe 1 2\n".encode(), "line 1 says that vectors have 1,000,000,000,000 numbers"),
        ("a.txt", b"1 2\nthe 1 2\nof 1 2\n", "line 1 says 1 words, but 2 are there: its header is wrong"),
        ("a.txt", b"2 2\nthe 1 2\nof 1\n", "line 3: a word and 2 numbers are needed, but it has 1"),
        ("a.txt", b"2 2\nthe 1 2\nof 1 2,5\n", "line 3: '2,5' is not a number"),
        ("a.txt", b"2 2\nthe 1 2\nof 1 nan\n", "line 3: the vector of 'of' holds a number that is not finite"),
        ("a.txt", b"3 1\nthe 1\nof 2\nthe 3\n", "line 4: the word 'the' stands there a second time"),
        ("a.txt", b"1 1\nt\xe9 1\n", "line 2: the word b't.xe9' is not UTF-8"),
        ("a.txt", b"1 0\nthe\n", "line 1 says that vectors have 0 numbers"),
        ("a.txt", b"the\n", "line 1 must say how many words"),
        ("a.txt", b"the 1 2\nof 1\n", "line 2: a word and 2 numbers"),
        ("a.bin", b"", "line 1 must say how many"),
        ("a.bin", b"\x80\x04binary", "line 1 must say how many"),
        ("a.bin", b"\xba\x16\x4f\x2f" + bytes(50), "a model of fastText"),
        ("a.bin", b"2 2\nthe " + floats(1, 2) + b"\nof " + floats(1)[:3], "byte 23: the file ends with 1 of the 2"),
        ("a.bin", f"{HUGE} 2\nthe ".encode() + floats(1, 2), "the file ends with 1 of the 1,000,000,000,000"),
        ("a.bin", f"1 {HUGE}\nthe ".encode() + floats(1, 2), "line 1 says that vectors have 1,000,000,000,000 numbers"),
        ("a.bin", b"1 2\nthe " + floats(1, 2, 3), "byte 16: something follows the 1 vectors"),
        ("a.bin", b"1 2\n" + b"x" * 20000 + floats(1, 2), "byte 4: no word of at most 16,384 bytes"),
        ("a.bin", b"2 1\na " + floats(1) + b"\nb " + floats(np.inf), "byte 11: the vector of 'b' holds a number"),
        ("a.bin", b"2 1\na " + floats(1) + b"\na " + floats(1), "byte 11: the word 'a' stands there a second time"),
        ("a.npz", b"", "not an .npz file"),
        ("a.npz", b"PK\x03\x04 nothing", "not an .npz file"),
        ("a.npz", archive(vectors=array([[1.0]])), "words and vectors are needed"),
        ("a.npz", archive(words=array(["a"]), vectors=npy((HUGE, 300))), r"says shape \(1000000000000, 300\)"),
        ("a.npz", archive(words=array(["a"]), vectors=npy((25_000_000,), bytes(100_000_000))), "unpacks to 100,000"),
        ("a.npz", archive(words=array(["a", "b"]), vectors=array([[1.0]])), "2 words, but 1 vectors"),
        ("a.npz", archive(words=array(["a"]), vectors=array([[1]])), "must be .V, D. of floats, not int64"),
        ("a.npz", archive(words=array([1.0]), vectors=array([[1.0]])), "words must be one row of strings"),
        ("a.npz", archive(words=array(["a"]), vectors=array([[np.nan]])), "vector 1, of 'a', holds a number"),
        ("a.npz", archive(words=b"no array", vectors=array([[1.0]])), "words is no array"),
        ("a.txt", b"1 99999999999999999999\nthe 1\n", "line 1 says that vectors have"),
        ("a.txt", b"0 99999999999999999999\n", "line 1 says that vectors have"),
        ("a.txt", b"0 3\n", "holds no words"),
        ("a.txt", b"-1 2\nthe 1 2\n", "line 1 must say how many words"),
        ("a.txt", b"1 1\nthe 1_0\n", "line 2: '1_0' is not a number"),
        ("a.txt", b"x" * 5_000_000, "line 1 must say how many"),
        ("a.txt", b"x" * 30_000_000, "line 1: more than 16 MB without an end"),
        ("a.bin", b"0 9999999999999\n", "line 1 says that vectors have"),
        ("a.npz", archive(words=array(["a", "a"]), vectors=array([[1.0], [2.0]])), "word 2: 'a' stands there a second"),
        ("a.npz", archive(words=array(["a", ""]), vectors=array([[1.0], [2.0]])), "word 2: '' is empty"),
        ("a.npz", archive(words=array([""] * 9), vectors=npy((9, 0))), "vectors is empty"),
        ("a.npz", archive(words=npy((3,)).replace(b"<f4", b"<U0"), vectors=npy((3, 0))), "words is empty"),
        ("a.npz", archive(words=array(["a"]), vectors=npy((-2, -2))), "vectors is empty"),
        ("a.npz", archive(words=NO_CHARACTER, vectors=array([[1.0]])), "not an .npz file"),
        ("a.kv", b"", r"\.kv files are pickles, which can run code"),
        ("a.docx", b"", "no format is known by this suffix"),
    ],
)
def test_a_file_of_vectors_that_is_none(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        WordVectors.load(tmp_path / name)
    assert "\n" not in str(caught.value)
    assert name in str(caught.value)


class Bomb:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.touch, (Path("went_off"),)  # type: ignore[return-value]


def test_pickled_objects_are_not_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with Path("a.npz").open("wb") as file:
        np.savez(file, words=np.array([Bomb()], dtype=object), vectors=np.ones((1, 1)))
    Path("a.bin").write_bytes(pickle.dumps(Bomb()))
    for name in ("a.npz", "a.bin"):
        with pytest.raises(InputError):
            WordVectors.load(name)
    assert not Path("went_off").exists()


def test_words_that_are_not_utf8_are_read_if_asked(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"1 1\nt\xe9 1\n")
    assert WordVectors.load(tmp_path / "a.txt", errors="replace").words == ("t\ufffd",)
    with pytest.raises(InputError, match="errors must be one of"):
        WordVectors.load(tmp_path / "a.txt", errors="lenient")


def test_a_projector_names_no_file_elsewhere(tmp_path):
    (tmp_path / "secret").write_text("1\n")
    folder = tmp_path / "projector"
    folder.mkdir()
    (folder / "projector_config.pbtxt").write_text('tensor_path: "../secret"\nmetadata_path: "../secret"\n')
    with pytest.raises(InputError, match="tensor_path must name a file in this folder"):
        WordVectors.load(folder)


@pytest.mark.parametrize(
    ("tensors", "message"),
    [
        ({"vectors": torch.ones(1), "words": b"a"}, "a matrix .V, D. of floats is needed"),
        ({"vectors": torch.ones(1, 1, dtype=torch.int32), "words": b"a"}, "of floats is needed, not torch.int32"),
        ({"vectors": torch.ones(1, 2).to(torch.float8_e4m3fn), "words": b"a"}, "of floats is needed, not torch.float8"),
        ({"vectors": torch.tensor([[1.0], [torch.nan]]), "words": b"a"}, "1 words, but 2 vectors"),
        ({"vectors": torch.ones(2, 1), "words": b"a\na"}, "word 2: 'a' stands there a second time"),
        ({"vectors": torch.ones(1, 1), "words": b"\xff"}, "the words are not UTF-8"),
        ({"vectors": torch.ones(1, 1), "words": torch.ones(1, dtype=torch.bfloat16)}, "the words are torch.bfloat16"),
    ],
)
def test_a_safetensors_file_of_ours_that_is_none(tmp_path, tensors, message):
    words = tensors["words"]
    if isinstance(words, bytes):
        tensors = tensors | {"words": torch.tensor(list(words + b"\n"), dtype=torch.uint8)}
    save_file(tensors, tmp_path / "a.safetensors", metadata={"format": "torchw2v.vectors.1"})
    with pytest.raises(InputError, match=message) as caught:
        WordVectors.load(tmp_path / "a.safetensors")
    assert "a.safetensors" in str(caught.value)


def test_a_compressed_header_takes_no_memory(tmp_path):
    path = tmp_path / "a.bin.gz"
    path.write_bytes(gzip.compress(b"1 900000\nthe " + bytes(1000)))
    with pytest.raises(InputError, match="the file ends with 0 of the 1"):
        WordVectors.load(path)


@pytest.mark.parametrize(
    ("vocabulary", "tensors", "message"),
    [
        ({"a": float("inf")}, {"embeddings": torch.ones(1, 3)}, "not a tokenizer with a vocabulary"),
        ({"a": 0, "b": 0}, {"embeddings": torch.ones(2, 3)}, "not a tokenizer with a vocabulary"),
        ("ab", {"embeddings": torch.ones(2, 3)}, "not a tokenizer with a vocabulary"),
        ({"a": 0, "b": 1}, {"embeddings": torch.ones(3, 3)}, "2 tokens, but embeddings of shape"),
        ({"a": 0, "b": 1}, {"weight": torch.ones(2, 3)}, "a matrix of embeddings alone is needed"),
        ({"a": 0, "b": 1}, {"embeddings": torch.ones(2, 3), "mapping": torch.ones(2)}, "of embeddings alone"),
    ],
)
def test_a_static_model_that_is_none(tmp_path, vocabulary, tensors, message):
    (tmp_path / "tokenizer.json").write_text(json.dumps({"model": {"vocab": vocabulary}}))
    save_file(tensors, tmp_path / "model.safetensors")
    with pytest.raises(InputError, match=message):
        WordVectors.load(tmp_path)


def test_places_where_nothing_can_be_read_or_written(tmp_path):
    vectors = WordVectors("ab", torch.ones(2, 2))
    with pytest.raises(InputError, match="nothing is there"):
        WordVectors.load(tmp_path / "a.txt")
    with pytest.raises(InputError, match="a folder, but not of a run"):
        WordVectors.load(tmp_path)
    with pytest.raises(InputError, match="no such folder"):
        vectors.save(tmp_path / "nowhere" / "a.txt")
    with pytest.raises(InputError, match="written uncompressed"):
        vectors.save(tmp_path / "a.txt.gz")
    with pytest.raises(InputError, match="format must be one of safetensors, word2vec"):
        vectors.save(tmp_path / "a.txt", format="onnx")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    with pytest.raises(InputError, match="is there already"):
        vectors.save(tmp_path / "full", format="static-model")
