"""Encoding: the ids are the text again, once and for all vocabulary settings."""

from __future__ import annotations

import itertools
import os
import sys
import time
import tracemalloc
from collections import Counter
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from torchw2v import InputError
from torchw2v.data import Corpus, EncodedCorpus, StretchBatches, encode
from torchw2v.data.content import _digest
from torchw2v.data.numbering import number_words
from torchw2v.data.text_blocks import read_blocks

LINES = ["the cat sat on the mat", "", "the dog", "   ", "a cat"]
SENTENCES = [line.split() for line in LINES if line.split()]


@pytest.fixture(autouse=True)
def _compiled_for_texts_of_any_size(monkeypatch):
    monkeypatch.setattr("torchw2v.data.numbering._WORTH_COMPILING_BYTES", 0)


def decode(corpus: EncodedCorpus) -> list[list[str]]:
    words = corpus.vocabulary(min_count=1).words
    bounds = corpus.offsets.tolist()
    return [[words[i] for i in corpus.ids[a:b]] for a, b in itertools.pairwise(bounds)]


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    old = time.time() - 60  # files that change while they are read are not remembered
    os.utime(path, (old, old))
    return path


@pytest.mark.parametrize("kind", ["text", "files", "memory", "generator", "callable", "no compiler", "small"])
def test_ids_are_the_text(tmp_path, monkeypatch, kind):
    path = write(tmp_path / "text", "\n".join(LINES))
    write(tmp_path / "more", "no newline at the end")
    source, expected, tokenizer = path, SENTENCES, "whitespace"
    match kind:
        case "files":
            source, expected = tmp_path, [["no", "newline", "at", "the", "end"], *SENTENCES]
        case "memory":
            source = [line.split() for line in LINES]
        case "generator":
            source = (line.split() for line in LINES)
        case "callable":
            tokenizer = str.split
        case "no compiler":
            monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
        case "small":
            monkeypatch.setattr("torchw2v.data.numbering._WORTH_COMPILING_BYTES", 1 << 20)
            monkeypatch.setattr("torchw2v.data.numbering.WordTable", None)
    corpus = encode(Corpus(source, tokenizer=tokenizer), cache_dir=tmp_path / "cache")
    assert decode(corpus) == expected
    counts = Counter(word for sentence in expected for word in sentence)
    vocabulary = corpus.vocabulary(min_count=1)
    assert list(vocabulary) == sorted(counts, key=lambda word: (-counts[word], word))
    assert [counts[word] for word in vocabulary] == vocabulary.counts.tolist()
    assert corpus.ids.dtype == np.int32


@pytest.mark.parametrize("text", ["a b\nc", "a b\nc\n", "a b\nc\n\n  "])
def test_the_last_sentence_ends_with_or_without_a_line_end(tmp_path, monkeypatch, text):
    monkeypatch.setattr(Corpus, "blocks", lambda self: iter([text]))
    assert decode(encode(Corpus("-"), cache_dir=tmp_path)) == [["a", "b"], ["c"]]


def test_a_long_text_in_many_blocks(tmp_path, monkeypatch):
    monkeypatch.setattr("torchw2v.data.corpus.read_blocks", partial(read_blocks, size=1000))
    monkeypatch.setattr("torchw2v.data.encoding._IDS_AT_ONCE", 777)
    generator = np.random.default_rng(0)
    sentences = [[f"w{i}" for i in generator.zipf(1.3, size=generator.integers(1, 30)) % 500] for _ in range(3000)]
    path = write(tmp_path / "text", "\n".join(" ".join(sentence) for sentence in sentences))
    assert decode(encode(Corpus(path), cache_dir=tmp_path / "cache")) == sentences


def test_sentences_in_memory_are_read_in_batches_of_words(monkeypatch):
    monkeypatch.setattr("torchw2v.data.numbering._WORDS_AT_ONCE", 4)
    corpus = Corpus([["a"] * length for length in (3, 3, 1, 10, 2)])
    blocks = list(number_words(corpus))
    assert [block.ids.size for block in blocks] == [6, 11, 2]
    assert [block.sentence_ends.tolist() for block in blocks] == [[3, 6], [1, 11], [2]]


@pytest.mark.parametrize("kind", ["generator", "text", "no compiler"])
def test_memory_does_not_grow_with_the_corpus(tmp_path, monkeypatch, kind):
    monkeypatch.setattr("torchw2v.data.corpus.read_blocks", partial(read_blocks, size=1 << 15))
    monkeypatch.setattr("torchw2v.data.numbering._WORDS_AT_ONCE", 1 << 14)
    monkeypatch.setattr("torchw2v.data.encoding._IDS_AT_ONCE", 1 << 14)
    monkeypatch.setattr("torchw2v.data.content._PIECE_BYTES", 1 << 16)
    words = [f"w{i}" for i in range(1000)]
    repeats = 1000 if kind == "no compiler" else 3000  # 4 or 12 MB of ids
    if kind == "no compiler":
        monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
    if kind != "generator":
        source = write(tmp_path / "text", (" ".join(words) + " ") * repeats)  # one line
    else:
        source = (list(words) for _ in range(repeats))
    encode(Corpus(write(tmp_path / "first", "a b")), cache_dir=tmp_path / "cache")  # imports, and compiles
    tracemalloc.start()
    try:
        corpus = encode(Corpus(source), cache_dir=tmp_path / "cache", threads=2)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(corpus) == 1000 * repeats
    assert peak < 3_000_000


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells what of a file is in memory")
def test_pages_that_were_read_are_given_back(tmp_path):
    corpus = encode(Corpus([["a", "b"] * 5000] * 600), cache_dir=tmp_path)  # 24 MB of ids
    in_memory = []
    for stretch in StretchBatches(corpus, 300_000).epoch(0):
        assert corpus.ids[stretch.start : stretch.stop].sum() == 150_000
        in_memory.append(bytes_in_memory(corpus.folder / "ids.bin"))
    assert 0 < max(in_memory) < 12_000_000  # the system maps up to 2 MB around what was read
    assert bytes_in_memory(corpus.folder / "ids.bin") == 0
    assert corpus.ids.sum() == 3_000_000


def bytes_in_memory(path: Path) -> int:
    lines = iter(Path("/proc/self/smaps").read_text().splitlines())
    sizes = (next(line for line in lines if line.startswith("Rss")) for line in lines if line.endswith(str(path)))
    return sum(1024 * int(size.split()[1]) for size in sizes)


def test_vocabulary_settings_are_prefixes_of_one_encoding(tmp_path):
    path = write(tmp_path / "text", "\n".join(LINES))
    corpus = encode(Corpus(path), cache_dir=tmp_path / "cache")
    assert corpus.vocabulary(min_count=2).words == ("the", "cat")
    assert corpus.vocabulary(min_count=1, max_size=3).words == ("the", "cat", "a")
    with pytest.raises(InputError, match="min_count=4 leaves no word of 7"):
        corpus.vocabulary(min_count=4)


def test_the_second_time_the_text_is_not_read(tmp_path, monkeypatch):
    path = write(tmp_path / "text", "\n".join(LINES))
    first = encode(Corpus(path), cache_dir=tmp_path / "cache")
    monkeypatch.setattr(Corpus, "blocks", lambda self: pytest.fail("the text was read again"))
    monkeypatch.setattr("torchw2v.data.content._digest", lambda *args: pytest.fail("the text was hashed again"))
    again = encode(Corpus(path), cache_dir=tmp_path / "cache")
    assert again.fingerprint == first.fingerprint


def test_other_content_or_settings_are_encoded_anew(tmp_path):
    path = write(tmp_path / "text", "\n".join(LINES))
    seen = {encode(Corpus(path), cache_dir=tmp_path / "cache").folder}
    seen.add(encode(Corpus(path, tokenizer="words"), cache_dir=tmp_path / "cache").folder)
    seen.add(encode(Corpus(path, errors="ignore"), cache_dir=tmp_path / "cache").folder)
    path.write_text("the cat sat on the rug")  # as long as before, a new time stamp
    assert encode(Corpus(path), cache_dir=tmp_path / "cache").folder not in seen
    assert len(seen) == 3


def test_how_a_file_is_decompressed_is_part_of_the_key(tmp_path):
    encode(Corpus(write(tmp_path / "text.txt", "plain text")), cache_dir=tmp_path / "cache")
    with pytest.raises(InputError, match=r"text.gz: damaged, or not a .gz file"):
        encode(Corpus(write(tmp_path / "text.gz", "plain text")), cache_dir=tmp_path / "cache")


@pytest.mark.parametrize("change", ["size", "time", "inode"])
@pytest.mark.parametrize("reader", ["torchw2v.data.content._digest", "torchw2v.data.corpus.read_blocks"])
def test_a_file_that_changes_while_it_is_read_is_not_kept(tmp_path, monkeypatch, reader, change):
    path = write(tmp_path / "text", "first version")

    def read_and_change(*args: object, **options: object) -> object:
        result = original(*args, **options)
        result = result if isinstance(result, str) else list(result)
        time_ns = path.stat().st_mtime_ns
        if change == "inode":
            (tmp_path / "new").write_text("other version")
            (tmp_path / "new").replace(path)
        else:
            path.write_text("longer version" if change == "size" else "other version")
        os.utime(path, ns=(time_ns, time_ns + (change == "time")))
        return result

    original = read_blocks if reader.endswith("read_blocks") else _digest
    with monkeypatch.context() as patch:
        patch.setattr(reader, read_and_change)
        with pytest.raises(InputError, match=r"text: changed while it was read; wait until it is complete"):
            encode(Corpus(path), cache_dir=tmp_path / "cache")
    assert list((tmp_path / "cache").glob("corpus-*")) == []
    version = "longer" if change == "size" else "other"
    assert decode(encode(Corpus(path), cache_dir=tmp_path / "cache")) == [[version, "version"]]


@pytest.mark.parametrize("damage", ["shorter", "empty", "missing"])
@pytest.mark.parametrize("piece", ["ids.bin", "offsets.bin", "counts.bin", "words.txt", "meta.json"])
def test_a_damaged_encoding_is_noticed_and_made_again(tmp_path, piece, damage):
    path = write(tmp_path / "text", "\n".join(LINES))
    folder = encode(Corpus(path), cache_dir=tmp_path / "cache").folder
    match damage:
        case "shorter":
            (folder / piece).write_bytes((folder / piece).read_bytes()[:-8])
        case "empty":
            (folder / piece).write_bytes(b"")
        case "missing":
            (folder / piece).unlink()
    with pytest.raises(InputError, match=f"{folder}: this encoded corpus is damaged or cannot be read"):
        EncodedCorpus(folder)
    again = encode(Corpus(path), cache_dir=tmp_path / "cache")
    assert (again.folder, decode(again)) == (folder, SENTENCES)


def test_a_file_that_has_just_changed_is_hashed_again(tmp_path):
    path = tmp_path / "text"
    path.write_text("first version of it")
    stamp = time.time_ns()
    os.utime(path, ns=(stamp, stamp))
    encode(Corpus(path), cache_dir=tmp_path / "cache")
    path.write_text("other version of it")
    os.utime(path, ns=(stamp, stamp))  # what a coarse clock would leave
    assert decode(encode(Corpus(path), cache_dir=tmp_path / "cache")) == [["other", "version", "of", "it"]]


def test_what_cannot_be_recognised_leaves_nothing_behind(tmp_path):
    corpus = encode(Corpus(SENTENCES), cache_dir=tmp_path)
    assert decode(corpus) == SENTENCES
    assert len(list(tmp_path.iterdir())) == 1
    del corpus
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", ["", "\n \n\t\n"])
def test_empty_corpus(tmp_path, content):
    path = write(tmp_path / "text", content)
    with pytest.raises(InputError, match=r"text: no words in it"):
        encode(Corpus(path), cache_dir=tmp_path / "cache")
    assert [entry.name for entry in (tmp_path / "cache").iterdir()] == ["digests.json"]


def test_cache_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"cannot keep a cache here.*set data.cache_dir"):
        encode(Corpus(SENTENCES), cache_dir=tmp_path / "file" / "cache")


def test_a_full_disk_is_named_and_leaves_nothing(tmp_path, monkeypatch):
    def full(*args: object) -> None:
        raise OSError("1000 requested and 0 written")  # as ndarray.tofile

    monkeypatch.setattr("torchw2v.data.encoding._spool", full)
    with pytest.raises(InputError, match=r"the encoded corpus cannot be written: no space left\?.*set data.cache_dir"):
        encode(Corpus(SENTENCES), cache_dir=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_temporary_corpus_in_use_is_kept_for_longer_than_a_week(tmp_path):
    corpus = encode(Corpus(SENTENCES), cache_dir=tmp_path)
    stamp = time.time() - 8 * 86400
    for path in (*corpus.folder.iterdir(), corpus.folder):
        os.utime(path, (stamp, stamp))
    encode(Corpus(SENTENCES), cache_dir=tmp_path)
    assert [word for sentence in decode(corpus) for word in sentence] == " ".join(LINES).split()


def test_the_fingerprint_tells_texts_apart(tmp_path):
    def fingerprint(sentences: list[list[str]]) -> str:
        return encode(Corpus(sentences), cache_dir=tmp_path).fingerprint

    assert fingerprint(SENTENCES) == fingerprint(list(SENTENCES))
    assert fingerprint(SENTENCES) != fingerprint(SENTENCES[::-1])
    assert fingerprint([["a", "b"], ["c"]]) != fingerprint([["a"], ["b", "c"]])
    assert fingerprint([["a", "b"], ["c"]]) != fingerprint([["a", "b"], ["d"]])


@pytest.mark.parametrize("tokenizer", ["whitespace", "words"])
@pytest.mark.parametrize("text", ["a b\nc d", "\n\na\u3000b \n \nC, d\n", "a", "\n a\n"])
def test_text_is_the_same_with_and_without_a_compiler(tmp_path, monkeypatch, text, tokenizer):
    def encoded(folder: str) -> tuple[list[list[str]], str]:
        corpus = encode(Corpus(write(tmp_path / "text", text), tokenizer=tokenizer), cache_dir=tmp_path / folder)
        return decode(corpus), corpus.fingerprint

    compiled = encoded("compiled")
    monkeypatch.setattr("torchw2v.data.corpus.read_blocks", partial(read_blocks, size=4))
    monkeypatch.setattr("torchw2v.data.numbering.WordTable", refuse)
    assert encoded("not compiled") == compiled


def refuse() -> None:
    raise ImportError("Numba needs NumPy 2.2 or less")
