"""Corpus: whatever text is in, the same sentences come out."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from torchw2v import InputError
from torchw2v.data import Corpus
from torchw2v.data.text_blocks import LONGEST_WORD, read_blocks

TEXT = "the quick brown fox\njumps over\n\n  the lazy\tdog  \n"


def zstd(data: bytes) -> bytes:
    return pa.compress(data, codec="zstd", asbytes=True)


COMPRESS = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress, ".zst": zstd}
SENTENCES = [["the", "quick", "brown", "fox"], ["jumps", "over"], ["the", "lazy", "dog"]]


@pytest.mark.parametrize("suffix", ["", *COMPRESS])
def test_compressed_files_give_the_same_sentences(tmp_path, suffix):
    path = tmp_path / f"text{suffix}"
    path.write_bytes(COMPRESS.get(suffix, bytes)(TEXT.encode()))
    assert list(Corpus(path)) == SENTENCES


@pytest.mark.parametrize("suffix", COMPRESS)
@pytest.mark.parametrize("damage", ["other", "truncated"])
def test_damaged_compressed_file_is_named(tmp_path, suffix, damage):
    text = "".join(f"word{i * 7919 % 1000} " for i in range(20_000)).encode()
    path = tmp_path / f"text{suffix}"
    path.write_bytes(COMPRESS[suffix](text)[:500] if damage == "truncated" else b"not compressed at all, " * 10)
    with pytest.raises(InputError, match=rf"text\{suffix}: damaged, or not a \{suffix} file"):
        list(Corpus(path))


def test_folder_and_glob_are_read_in_order_of_path(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "1.txt").write_text("third")
    (tmp_path / "a.txt").write_text("first")
    (tmp_path / "a2.txt").write_text("second")
    (tmp_path / ".hidden").write_text("never")
    assert list(Corpus(tmp_path)) == [["first"], ["second"], ["third"]]
    assert list(Corpus(tmp_path / "*.txt")) == [["first"], ["second"]]
    assert list(Corpus(str(tmp_path / "**" / "*.txt"))) == [["first"], ["second"], ["third"]]


def test_links_are_followed_and_every_file_is_read_once(tmp_path):
    below = tmp_path / "corpus" / "below"
    below.mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "c.txt").write_text("third")
    (tmp_path / "corpus" / "z.txt").write_text("last")
    (below / "b.txt").write_text("second")
    (tmp_path / "corpus" / "a.txt").write_text("first")
    (tmp_path / "corpus" / "linked").symlink_to(tmp_path / "elsewhere")
    (below / "loop").symlink_to(tmp_path / "corpus")
    (below / "same.txt").symlink_to(below / "b.txt")
    expected = [["first"], ["second"], ["third"], ["last"]]
    assert list(Corpus(tmp_path / "corpus")) == expected
    assert list(Corpus(tmp_path / "corpus" / "**" / "*.txt")) == expected


@pytest.mark.parametrize("pattern", ["", "*"])
def test_broken_link_is_named(tmp_path, pattern):
    (tmp_path / "a.txt").write_text("text")
    (tmp_path / ".hidden").symlink_to(tmp_path / "nowhere")
    assert list(Corpus(tmp_path / pattern)) == [["text"]]
    (tmp_path / "b.txt").symlink_to(tmp_path / "nowhere")
    with pytest.raises(InputError, match=r"b\.txt: cannot be read: a broken link"):
        Corpus(tmp_path / pattern)


def test_unreadable_folder_is_named(tmp_path, monkeypatch):
    (tmp_path / "locked").mkdir()
    (tmp_path / "a.txt").write_text("text")
    scandir = os.scandir

    def refuse(path):  # not by its mode, which root may ignore
        if Path(path).name == "locked":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(InputError, match="locked: cannot be read: Permission denied"):
        Corpus(tmp_path)


@pytest.mark.parametrize("suffix", ["", *COMPRESS, ".lzma"])
def test_file_of_no_bytes_is_empty_text(tmp_path, suffix):
    path = tmp_path / f"text{suffix}"
    path.touch()
    assert list(Corpus(path)) == []


def test_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TEXT.encode())))
    assert list(Corpus("-")) == SENTENCES


def test_standard_input_ends_its_last_line(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"no newline")))
    assert "".join(Corpus("-").blocks()) == "no newline\n"


def test_sentences_in_memory_may_be_read_once_only():
    assert list(Corpus(iter(SENTENCES))) == SENTENCES


def test_callable_tokenizer_gets_lines(tmp_path):
    path = tmp_path / "text"
    path.write_text("a-b c\nd-e")
    assert list(Corpus(path, tokenizer=lambda line: line.split("-"))) == [["a", "b c"], ["d", "e"]]


def test_words_tokenizer(tmp_path):
    path = tmp_path / "text"
    path.write_text("Don’t PANIC: x_1 = float32(4.5)!\nÉtude №5", encoding="utf-8")
    assert list(Corpus(path, tokenizer="words")) == [
        ["don't", "panic", "x", "1", "float32", "4", "5"],
        ["étude", "5"],
    ]


def test_line_longer_than_a_block_is_one_sentence():
    text = " ".join(str(i) for i in range(1000))
    blocks = list(read_blocks(io.BytesIO(text.encode()), "text", size=64))
    assert len(blocks) > 10
    assert "".join(blocks) == text
    assert all(block[-1] == " " for block in blocks[:-1])


def test_characters_cut_by_a_block_stay_whole():
    text = "größe naïve 語彙 🙂 " * 50
    for size in range(1, 9):
        assert "".join(read_blocks(io.BytesIO(text.encode()), "text", size=size)) == text


def test_byte_order_mark_is_no_part_of_a_word(tmp_path):
    path = tmp_path / "text"
    path.write_bytes(b"\xef\xbb\xbfword")
    assert list(Corpus(path)) == [["word"]]


@pytest.mark.parametrize("encoding", ["utf16", "UTF_32", "utf-16-be"])
def test_zero_bytes_are_text_in_wide_encodings(tmp_path, encoding):
    path = tmp_path / "text"
    path.write_bytes("größe".encode(encoding))
    assert list(Corpus(path, encoding=encoding)) == [["größe"]]


@pytest.mark.parametrize("padding", [0, 1, 5_000_000])
def test_bad_bytes_are_named_with_their_place_or_treated_as_asked(tmp_path, padding):
    path = tmp_path / "text"
    path.write_bytes(b"a " * padding + b"good b\xffd")
    with pytest.raises(InputError, match=rf"text: byte {2 * padding + 6:,} is not utf-8.*errors"):
        list(Corpus(path))
    assert next(iter(Corpus(path, errors="replace")))[-1] == "b\ufffdd"
    assert next(iter(Corpus(path, errors="ignore")))[-1] == "bd"
    assert next(iter(Corpus(path, encoding="latin-1")))[-1] == "bÿd"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x7fELF\0\0 text", "text: not a text file: a zero byte at byte 4"),
        (b"a" * (LONGEST_WORD + 1), "characters without a space"),
    ],
)
def test_what_is_no_text_is_refused(tmp_path, content, message):
    path = tmp_path / "text"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        list(Corpus(path))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"source": "no/such/file"}, "no/such/file: no such file or folder"),
        ({"source": "no/such/*.txt"}, "matches no file"),
        ({"source": [], "tokenizer": "word"}, "tokenizer must be one of whitespace, words or a callable"),
        ({"source": [], "errors": "pass"}, "errors must be one of strict, replace, ignore, not 'pass'"),
        ({"source": [], "encoding": "utf-9"}, "encoding 'utf-9' is no text encoding"),
        ({"source": [], "encoding": "hex"}, "encoding 'hex' is no text encoding"),
        ({"source": [], "encoding": "utf\0"}, "is no text encoding"),
        ({"source": [], "encoding": None}, "encoding None is no text encoding"),
        ({"source": ""}, "an empty path was given"),
        ({"source": None}, "no text was given"),
        ({"source": 7}, "a corpus is a path or an iterable of sentences"),
    ],
)
def test_wrong_arguments(arguments, message):
    with pytest.raises(InputError, match=message):
        Corpus(**arguments)


def test_empty_folder(tmp_path):
    with pytest.raises(InputError, match="holds no files"):
        Corpus(tmp_path)


def test_a_sentence_must_not_be_a_string():
    with pytest.raises(InputError, match="sentence 2 is a string, not a list of words"):
        list(Corpus([["fine"], "not fine"]))


def test_a_word_must_be_a_string(tmp_path):
    from torchw2v.data import encode

    with pytest.raises(InputError, match=r"a word must be a string, not 7"):
        encode(Corpus([["fine", 7]]), cache_dir=tmp_path)


@pytest.mark.parametrize("word", ["New York", "", "two\nlines", "\ud800"])
def test_a_word_must_fit_into_a_file_of_vectors(tmp_path, word):
    from torchw2v.data import encode

    with pytest.raises(InputError, match=r"the word .* is (empty or holds whitespace|not valid Unicode)"):
        encode(Corpus([["fine", word]]), cache_dir=tmp_path)


def test_standard_input_that_is_a_terminal(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal())
    with pytest.raises(InputError, match="standard input is a terminal"):
        list(Corpus("-"))


def test_paths_of_any_kind(tmp_path):
    path = tmp_path / "with [brackets] and spaces.txt"
    path.write_text("a b")
    assert list(Corpus(path)) == list(Corpus(str(path))) == [["a", "b"]]
    assert Corpus(Path(path)).files == [path]
