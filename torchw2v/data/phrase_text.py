"""Texts with their phrases joined, as files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from heapq import nlargest
from pathlib import Path
from typing import BinaryIO

import numpy as np

from torchw2v.atomic import atomic_path
from torchw2v.data.corpus import Corpus
from torchw2v.data.encoding import EncodedCorpus, encode
from torchw2v.data.neighbouring_words import WORDS_AT_ONCE, sentence_starts
from torchw2v.data.phrase_settings import PhraseSettings
from torchw2v.data.phrases import Phrase, join_phrases_as_set
from torchw2v.errors import InputError

_COMPRESSED = (".gz", ".bz2", ".xz", ".lzma", ".zst")


@dataclass(frozen=True)
class PhraseSummary:
    """What `write_phrases` did.

    Attributes:
        words: of the text that was read.
        words_left: of the text that was written.
        sentences: of both.
        num_phrases: different ones.
        num_joins: how often two words became one.
        most_frequent: those that were joined most often.
        highest: those with the highest scores.
    """

    words: int
    words_left: int
    sentences: int
    num_phrases: int
    num_joins: int
    most_frequent: list[Phrase]
    highest: list[Phrase]


def write_phrases(
    corpus: Corpus,
    path: str | Path,
    settings: PhraseSettings | None = None,
    *,
    show: int = 10,
    cache_dir: str | Path | None = None,
    on_block: Callable[[int], None] | None = None,
) -> PhraseSummary:
    """Write a text again with its phrases joined: a sentence a line, words between single spaces.

    The file appears when it is complete. The text is read in blocks, whatever its size.

    Args:
        corpus: the text.
        path: of the new file.
        settings: what makes a phrase; by default those of `join_phrases`.
        show: how many phrases the summary has of either kind.
        cache_dir: where the text is kept as ids; by default the user's cache folder, or TORCHW2V_CACHE.
        on_block: called with the number of words in every stretch that was read; see `join_phrases_as_set`.

    Raises:
        InputError: the text cannot be read, or the new file not written.
    """
    path = Path(path)
    _check_output(corpus, path)
    encoded = encode(corpus, cache_dir=cache_dir)
    joined = join_phrases_as_set(encoded, settings or PhraseSettings(), cache_dir=cache_dir, on_block=on_block)
    try:
        with atomic_path(path) as temporary, temporary.open("wb") as file:
            write_sentences(joined, file)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from None
    phrases = joined.phrases()
    return PhraseSummary(
        words=len(encoded),
        words_left=len(joined),
        sentences=joined.num_sentences,
        num_phrases=joined.num_phrases,
        num_joins=joined.num_joins,
        most_frequent=nlargest(show, phrases, key=lambda phrase: phrase.count),
        highest=nlargest(show, phrases, key=lambda phrase: phrase.score),
    )


def write_sentences(corpus: EncodedCorpus, file: BinaryIO) -> None:
    """Write an encoded corpus as text in UTF-8: a sentence a line, words between single spaces."""
    import pyarrow as pa
    import pyarrow.compute as pc

    words = corpus.words()
    nothing, space = (pa.scalar(part, words.type) for part in ("", " "))
    spaced = pc.binary_join_element_wise(words, space, nothing)
    for start in range(0, len(corpus), WORDS_AT_ONCE):
        ids = np.array(corpus.ids[start : start + WORDS_AT_ONCE])
        taken = spaced.take(pa.array(ids))
        _, ends, data = taken.buffers()
        text = np.frombuffer(data, dtype=np.uint8).copy()
        # a sentence ends where the next begins, and the last with the corpus
        last = sentence_starts(corpus, start + 1, start + ids.size + 1) - start
        text[np.frombuffer(ends, dtype=np.int64)[last] - 1] = ord("\n")
        file.write(text.data)
    corpus.give_back()


def _check_output(corpus: Corpus, path: Path) -> None:
    if path.suffix.lower() in _COMPRESSED:
        raise InputError(f"{path}: the text is written without compression; give a name without {path.suffix}")
    if not path.parent.is_dir():
        raise InputError(f"{path}: there is no folder {path.parent}")
    if path.is_dir():
        raise InputError(f"{path}: is a folder; give the name of a file")
    if path.exists() and any(path.samefile(file) for file in corpus.files):
        raise InputError(f"{path}: is the text itself; give another name")
