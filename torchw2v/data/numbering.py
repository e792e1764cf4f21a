"""Words as numbers, in order of first appearance: the one pass over a corpus, whatever it is for."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from torchw2v.compiled.availability import why_not
from torchw2v.data.corpus import Corpus
from torchw2v.data.tokenization import TokenBlock, normalize_words, utf8
from torchw2v.data.word_table import WordTable
from torchw2v.errors import InputError
from torchw2v.threads import map_in_order

if TYPE_CHECKING:
    import pyarrow as pa

_WORDS_AT_ONCE = 1 << 20
_WORTH_COMPILING_BYTES = 1 << 20


class NumberedBlock(NamedTuple):
    """A stretch of the corpus.

    Attributes:
        ids: (n,) int32, a number for every word.
        sentence_ends: (m,) int64, for every sentence that ends in the block the number of words before the end;
            sentences of no words among them. The last of the corpus may have no end.
    """

    ids: npt.NDArray[np.int32]
    sentence_ends: npt.NDArray[np.int64]


class Numbering(Protocol):
    """A corpus as numbers. What it says of its words is right once all blocks were read, which can be done once."""

    def __iter__(self) -> Iterator[NumberedBlock]: ...

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        """How often each number occurred."""
        ...

    def words(self) -> pa.LargeStringArray:
        """The words in order of their numbers."""
        ...


def number_words(corpus: Corpus, *, threads: int | None = None) -> Numbering:
    """A corpus as numbers: text in compiled loops; sentences in memory, and text without numba, in Python."""
    if corpus.is_text and not callable(corpus.tokenizer) and _is_worth_compiling(corpus):
        with suppress(ImportError):  # numba may be there and refuse this NumPy
            return _NumberedText(corpus, threads)
    return _NumberedSentences(corpus)


def _is_worth_compiling(corpus: Corpus) -> bool:
    """Not if numba is missing, nor for small files, which are read before it is loaded."""
    files = corpus.files
    sizes_are_known = files and all(path.is_file() for path in files)
    if sizes_are_known and sum(path.stat().st_size for path in files) < _WORTH_COMPILING_BYTES:
        return False
    return why_not() is None


class _NumberedText:
    """Of text; while words are found on other threads, this one reads, normalises and numbers."""

    def __init__(self, corpus: Corpus, threads: int | None) -> None:
        self._corpus = corpus
        self._threads = threads
        self._table = WordTable()
        self.words = self._table.words

    def __iter__(self) -> Iterator[NumberedBlock]:
        tokenizer = self._corpus.tokenizer
        assert not callable(tokenizer)
        blocks = (TokenBlock(text, tokenizer) for text in self._corpus.blocks())
        for block in map_in_order(TokenBlock.find, blocks, self._threads):
            yield NumberedBlock(self._table.number(block), block.line_ends)

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        return self._table.counts


class _NumberedSentences:
    """Of lists of words."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._numbers = _Numbers()
        self.counts = np.zeros(0, dtype=np.int64)

    def __iter__(self) -> Iterator[NumberedBlock]:
        numbers, ids, ends = self._numbers, array("i"), array("q")
        for words, is_end in _stretches(self._corpus):
            try:
                ids.extend(map(numbers.__getitem__, words))
            except TypeError:  # a word that no table can hold, such as a list
                for word in words:
                    _check_word(word)
                raise
            if is_end:
                ends.append(len(ids))
            if len(ids) >= _WORDS_AT_ONCE:
                yield self._block(ids, ends)
                ids, ends = array("i"), array("q")
        if ids or ends:
            yield self._block(ids, ends)

    def _block(self, ids: array[int], ends: array[int]) -> NumberedBlock:
        numbered = NumberedBlock(np.array(ids), np.array(ends))
        counts = np.bincount(numbered.ids, minlength=len(self._numbers))
        counts[: self.counts.size] += self.counts
        self.counts = counts
        return numbered

    def words(self) -> pa.LargeStringArray:
        import pyarrow as pa

        return pa.array(self._numbers, pa.large_string())


def _stretches(corpus: Corpus) -> Iterator[tuple[list[str], bool]]:
    """Words in a row, and whether a sentence ends after them; of text no more than a block at once."""
    if not corpus.is_text or callable(corpus.tokenizer):
        for sentence in corpus:
            yield sentence, True
        return
    for text in corpus.blocks():
        *lines, rest = (normalize_words(text) if corpus.tokenizer == "words" else text).split("\n")
        for line in lines:
            yield line.split(), True
        yield rest.split(), False


class _Numbers(dict[str, int]):
    """Word to number; a word not seen before gets the next one."""

    def __missing__(self, word: str) -> int:
        _check_word(word)
        number = self[word] = len(self)
        return number


def _check_word(word: object) -> None:
    """InputError for a word that could not be written to a file of vectors, where spaces stand between fields."""
    if not isinstance(word, str):
        raise InputError(f"a word must be a string, not {word!r} of type {type(word).__name__}")
    if word.split() != [word]:
        raise InputError(f"the word {word!r} is empty or holds whitespace; join its parts with '_'")
    utf8(word)
