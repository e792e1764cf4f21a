"""Words as numbers, in order of first appearance: the one pass over a corpus, whatever it is for."""

from __future__ import annotations

import os
from array import array
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from torchw2v.data.corpus import Corpus
from torchw2v.data.tokenization import tokenize_block
from torchw2v.errors import InputError

T = TypeVar("T")
R = TypeVar("R")
Int32Array = npt.NDArray[np.int32]
Int64Array = npt.NDArray[np.int64]

_WORDS_AT_ONCE = 1 << 20


class NumberedBlock(NamedTuple):
    """A stretch of the corpus.

    Attributes:
        ids: (n,) int32, a number for every word.
        sentence_ends: (m,) int64, for every sentence that ends in the block the number of words before the end.
    """

    ids: Int32Array
    sentence_ends: Int64Array


class WordNumbers(dict[str, int]):
    """Word to number; a word not seen before gets the next one."""

    def __init__(self) -> None:
        super().__init__()
        self._counts = np.zeros(0, dtype=np.int64)

    @property
    def counts(self) -> Int64Array:
        """How often each number occurred."""
        return self._counts[: len(self)]

    def __missing__(self, word: str) -> int:
        if not isinstance(word, str):
            raise InputError(f"a word must be a string, not {word!r} of type {type(word).__name__}")
        number = self[word] = len(self)
        return number

    def number(self, words: Iterable[str]) -> Int32Array:
        return np.fromiter(map(self.__getitem__, words), dtype=np.int32)

    def add_counts(self, ids: Int32Array) -> None:
        if len(self) > self._counts.size:
            self._counts = np.concatenate((self._counts, np.zeros(len(self), dtype=np.int64)))
        seen = np.bincount(ids)
        self._counts[: seen.size] += seen

    def check_words(self) -> None:
        """InputError for words that could not be written to a file of vectors, where spaces stand between fields."""
        for word in self:
            if not word or word.split() != [word]:
                raise InputError(f"the word {word!r} is empty or holds whitespace; join its parts with '_'")
            try:
                word.encode()
            except UnicodeEncodeError:
                raise InputError(f"the word {word!r} is not valid Unicode; clean the text") from None


def number_words(
    corpus: Corpus, numbers: WordNumbers, *, threads: int | None = None, on_block: Callable[[int], None] | None = None
) -> Iterator[NumberedBlock]:
    """The corpus as numbers; `numbers` fills up on the way, with counts that are right at the end.

    `on_block` is called with the number of words in every block.
    """
    vectorised = corpus.is_text and not callable(corpus.tokenizer)
    source = _from_text(corpus, numbers, threads) if vectorised else _from_sentences(corpus, numbers)
    for block in source:
        numbers.add_counts(block.ids)
        if on_block:
            on_block(block.ids.size)
        yield block
    if not vectorised:
        numbers.check_words()


def _from_text(corpus: Corpus, numbers: WordNumbers, threads: int | None) -> Iterator[NumberedBlock]:
    assert not callable(corpus.tokenizer)
    encode = partial(_encode_block, tokenizer=corpus.tokenizer)
    for words, codes, line_ends in _map_in_order(encode, corpus.blocks(), threads or os.cpu_count() or 1):
        yield NumberedBlock(numbers.number(words)[codes], line_ends)


def _encode_block(text: str, tokenizer: str) -> tuple[list[str], Int32Array, Int64Array]:
    block = tokenize_block(text, tokenizer)  # type: ignore[arg-type]
    encoded = block.words.dictionary_encode()
    return encoded.dictionary.to_pylist(), encoded.indices.to_numpy(), block.line_ends


def _from_sentences(corpus: Corpus, numbers: WordNumbers) -> Iterator[NumberedBlock]:
    ids, ends = array("i"), array("q")
    for sentence in corpus:
        ids.extend(map(numbers.__getitem__, sentence))
        ends.append(len(ids))
        if len(ids) >= _WORDS_AT_ONCE:
            yield NumberedBlock(np.array(ids), np.array(ends))
            ids, ends = array("i"), array("q")
    if ids:
        yield NumberedBlock(np.array(ids), np.array(ends))


def _map_in_order(function: Callable[[T], R], items: Iterable[T], threads: int) -> Iterator[R]:
    """`map` over a pool of threads that never runs far ahead of its reader."""
    waiting: deque[Future[R]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for item in items:
            waiting.append(pool.submit(function, item))
            if len(waiting) > threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
