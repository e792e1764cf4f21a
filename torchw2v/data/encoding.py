"""A corpus as numbers on disk: one pass over the text, then memory-mapped.

`ids.bin` holds an int32 for every word of the corpus, `offsets.bin` an int64 for every sentence (where it begins) and
the end. Ids are ranks: 0 is the most frequent word, and *all* words have one, so the vocabulary for any `min_count` or
`max_size` is a prefix of the ranks, and an id at or beyond its size is a word outside it. One encoding serves every
vocabulary setting.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import shutil
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np
import numpy.typing as npt

from torchw2v.cache import make_cache_dir
from torchw2v.data.content import check_unchanged, content_digests, file_states
from torchw2v.data.corpus import Corpus
from torchw2v.data.numbering import Numbering, number_words
from torchw2v.data.temporary_folder import TemporaryFolder, is_temporary
from torchw2v.data.vocabulary import Vocabulary, vocabulary_size
from torchw2v.errors import InputError
from torchw2v.memory import give_back

if TYPE_CHECKING:
    import pyarrow as pa

FORMAT = 2
_ID_TYPE, _OFFSET_TYPE = np.dtype("<i4"), np.dtype("<i8")
_IDS_AT_ONCE = 1 << 16
_BLOCKS_BEFORE_GIVING_BACK = 16
_PIECES = ("ids.bin", "offsets.bin", "counts.bin", "words.txt")

Encoded = TypeVar("Encoded", bound="EncodedCorpus")


class EncodedCorpus:
    """A corpus as ids, read from the folder that `encode` wrote.

    Attributes:
        ids: (n,) int32, memory-mapped; the rank of every word.
        offsets: (s + 1,) int64, memory-mapped; sentence i is `ids[offsets[i]:offsets[i + 1]]`, never empty.
        counts: (w,) int64, memory-mapped; the count of every rank.
        fingerprint: a digest of the words, the counts and the order of the text.

    Raises:
        InputError: something in the folder is missing, cut short, or cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
            if meta["bytes"] != _sizes(folder):
                raise ValueError("not the sizes that were written")
            self.ids = np.memmap(folder / "ids.bin", dtype=_ID_TYPE, mode="r")
            self.offsets = np.memmap(folder / "offsets.bin", dtype=_OFFSET_TYPE, mode="r")
            self.counts = np.memmap(folder / "counts.bin", dtype=_OFFSET_TYPE, mode="r")
            self.fingerprint = str(meta["fingerprint"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(
                f"{folder}: this encoded corpus is damaged or cannot be read; delete the folder and encode again"
            ) from error

    def __len__(self) -> int:
        """Words in the corpus."""
        return self.ids.size

    @property
    def num_sentences(self) -> int:
        return self.offsets.size - 1

    @property
    def is_temporary(self) -> bool:
        """Whether its folder goes away with it."""
        return is_temporary(self.folder)

    def __repr__(self) -> str:
        kind, different = type(self).__name__, self.counts.size
        return f"{kind}({len(self):,} words, {self.num_sentences:,} sentences, {different:,} different)"

    def give_back(self) -> None:
        """Let no page of the files stay in this process's memory until it is read again."""
        if hasattr(mmap, "MADV_DONTNEED"):
            for array in (self.ids, self.offsets, self.counts):
                cast(mmap.mmap, array.base).madvise(mmap.MADV_DONTNEED)

    def words(self) -> pa.LargeStringArray:
        """All words in order of their ids, without a Python object for each."""
        import pyarrow as pa

        text = np.fromfile(self.folder / "words.txt", dtype=np.uint8)
        is_end = text == ord("\n")
        ends = np.flatnonzero(is_end)
        offsets = np.concatenate([[0], ends - np.arange(ends.size)])
        buffers = [pa.py_buffer(offsets), pa.py_buffer(text[~is_end])]
        return pa.LargeStringArray.from_buffers(ends.size, *buffers)

    def vocabulary(self, *, min_count: int = 5, max_size: int | None = None) -> Vocabulary:
        """The words that occur at least `min_count` times, at most `max_size` of them.

        Raises:
            InputError: no word is left.
        """
        size = vocabulary_size(self.counts, min_count=min_count, max_size=max_size)
        words: list[str] = []
        with (self.folder / "words.txt").open(encoding="utf-8", newline="\n") as file:
            for line in file:
                words.append(line[:-1])
                if len(words) == size:
                    break
        return Vocabulary(words, self.counts[:size])


def encode(
    corpus: Corpus,
    *,
    cache_dir: str | Path | None = None,
    threads: int | None = None,
    on_block: Callable[[int], None] | None = None,
) -> EncodedCorpus:
    """Read a corpus once and keep it as ids.

    Text files are kept in the cache under a key of their content and tokenisation, and the second call returns at
    once. What cannot be recognised again (standard input, pipes, sentences in memory, a tokeniser of your own) is
    encoded into a temporary folder that goes away with the result.

    Args:
        corpus: what to read.
        cache_dir: by default the user's cache folder, or TORCHW2V_CACHE.
        threads: for hashing and tokenising text; by default as many as there are cores.
        on_block: called with the number of words in every stretch that was read.

    Raises:
        InputError: the corpus is empty, cannot be read or changes meanwhile, or the cache folder cannot be written.
    """
    root = make_cache_dir(cache_dir)
    states = file_states(corpus.files)

    def write(folder: Path) -> None:
        _write(corpus, folder, threads, on_block)
        give_back()

    def check() -> None:
        check_unchanged(corpus.files, states)  # the key is of what was in the files at first

    return in_cache(root, _cache_key(corpus, root, threads), write, EncodedCorpus, check)


def in_cache(
    root: Path,
    key: str | None,
    write: Callable[[Path], None],
    read: Callable[[Path], Encoded],
    check: Callable[[], None] = lambda: None,
) -> Encoded:
    """What the cache holds under a key, written now if it is not there; without a key it goes away with the result.

    Args:
        root: the cache folder.
        key: names the content; None keeps nothing.
        write: puts the pieces into a folder.
        read: opens such a folder, and raises InputError if it is damaged.
        check: raises where what was written is not what the key says.

    Raises:
        InputError: it cannot be written.
    """
    folder = root / f"corpus-{key}"
    if key is not None and folder.exists():
        try:
            return read(folder)
        except InputError:
            shutil.rmtree(folder, ignore_errors=True)
    try:
        temporary = TemporaryFolder(root)
    except OSError as error:
        raise _cannot_write(root, error) from error
    try:
        write(temporary.path)
        if key is None:
            encoded = read(temporary.path)
            weakref.finalize(encoded, temporary.remove)
            return encoded
        check()
        temporary.move(folder)
    except BaseException as error:
        temporary.remove()
        if isinstance(error, OSError):
            raise _cannot_write(root, error) from error
        raise
    return read(folder)


def _cannot_write(root: Path, error: OSError) -> InputError:
    reason = error.strerror or "no space left?"  # NumPy's has no reason in it
    return InputError(f"{root}: the encoded corpus cannot be written: {reason}; free some space or set data.cache_dir")


def _cache_key(corpus: Corpus, root: Path, threads: int | None) -> str | None:
    if not corpus.files or callable(corpus.tokenizer) or not all(path.is_file() for path in corpus.files):
        return None  # a pipe or a device cannot be read twice
    settings = [FORMAT, corpus.tokenizer, corpus.encoding, corpus.errors]
    digests = content_digests(corpus.files, root, threads=threads)
    # the suffix decides how a file is decompressed
    suffixes = [path.suffix.lower() for path in corpus.files]
    return hashlib.blake2b(json.dumps([settings, digests, suffixes]).encode(), digest_size=16).hexdigest()


def _sizes(folder: Path) -> dict[str, int]:
    return {name: (folder / name).stat().st_size for name in _PIECES}


def _write(corpus: Corpus, folder: Path, threads: int | None, on_block: Callable[[int], None] | None) -> None:
    numbers = number_words(corpus, threads=threads)
    total = _spool(numbers, folder, on_block)
    give_back()
    if total == 0:
        raise InputError(f"{_name(corpus)}: no words in it; give text with at least a few sentences")
    write_ranked(folder, numbers.words(), numbers.counts, total, source=_name(corpus))


def write_ranked(
    folder: Path, words: pa.LargeStringArray, counts: npt.NDArray[np.int64], total: int, **about: Any
) -> None:
    """Exchange the numbers in `ids.bin` for ranks, and write the pieces that go with it and with `offsets.bin`.

    Args:
        folder: holds both of them.
        words: in order of their numbers.
        counts: of the words; one that does not occur gets no rank.
        total: of the numbers in `ids.bin`.
        about: the text, for `meta.json`.
    """
    text, order = _rank(words, counts)
    del words
    give_back()
    rank = np.zeros(len(counts), dtype=_ID_TYPE)
    rank[order] = np.arange(len(order), dtype=_ID_TYPE)
    digest = hashlib.blake2b(digest_size=16)
    path = folder / "ids.bin"
    # in place: the pieces are read ahead of where they are written
    with path.open("rb", buffering=0) as old, path.open("r+b", buffering=0) as new:
        for _ in range(0, total, _IDS_AT_ONCE):
            piece = rank.take(np.fromfile(old, _ID_TYPE, _IDS_AT_ONCE))
            piece.tofile(new)
            digest.update(piece.data)
    counts[order].astype(_OFFSET_TYPE).tofile(folder / "counts.bin")
    (folder / "words.txt").write_bytes(text)
    digest.update(text)
    with (folder / "offsets.bin").open("rb") as file:
        while data := file.read(_IDS_AT_ONCE):
            digest.update(data)
    meta = {
        "format": FORMAT,
        "fingerprint": digest.hexdigest(),
        "words": total,
        "bytes": _sizes(folder),
        **about,
    }
    (folder / "meta.json").write_text(json.dumps(meta, indent=2) + "\n", encoding="utf-8")


def _spool(numbers: Numbering, folder: Path, on_block: Callable[[int], None] | None) -> int:
    """Write ids in order of first appearance, and where sentences begin; the number of words."""
    total, last_offset = 0, 0
    with (folder / "ids.bin").open("wb") as ids, (folder / "offsets.bin").open("wb") as offsets:
        np.zeros(1, dtype=_OFFSET_TYPE).tofile(offsets)
        for i, block in enumerate(numbers):
            if i % _BLOCKS_BEFORE_GIVING_BACK == 0:
                give_back()
            block.ids.astype(_ID_TYPE, copy=False).tofile(ids)
            ends = block.sentence_ends + total
            new = ends[np.diff(ends, prepend=last_offset) > 0]  # empty lines are no sentences
            new.astype(_OFFSET_TYPE, copy=False).tofile(offsets)
            last_offset = int(new[-1]) if new.size else last_offset
            total += block.ids.size
            if on_block:
                on_block(block.ids.size)
        if total > last_offset:  # the text ends without a line end
            np.array([total], dtype=_OFFSET_TYPE).tofile(offsets)
    return total


def _rank(words: pa.LargeStringArray, counts: npt.NDArray[np.int64]) -> tuple[memoryview, npt.NDArray[np.int64]]:
    """The words that occur by decreasing count, then by code points, a line each, and the numbers they had."""
    import pyarrow as pa
    import pyarrow.compute as pc

    pool = pa.system_memory_pool()
    table = pa.table({"word": words, "count": counts})
    sort_keys = pc.SortOptions([("count", "descending"), ("word", "ascending")])
    order = pc.call_function("sort_indices", [table], sort_keys, memory_pool=pool)
    order = order.slice(0, np.count_nonzero(counts))
    words = pc.take(words, order, memory_pool=pool)
    nothing, end = (pa.scalar(part, words.type, memory_pool=pool) for part in ("", "\n"))
    text = pc.binary_join_element_wise(words, nothing, end, memory_pool=pool).buffers()[2]
    return memoryview(text), order.to_numpy().astype(np.int64)


def _name(corpus: Corpus) -> str:
    if corpus.is_standard_input:
        return "standard input"
    return str(corpus.source) if corpus.is_text else f"the {type(corpus.source).__name__} of sentences"
