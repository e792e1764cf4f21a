"""Words as numbers, in order of first appearance: the one pass over a corpus, whatever it is for."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from torchw2v.data.corpus import Corpus
from torchw2v.data.distinct_words import DistinctWords, distinct_words
from torchw2v.data.frequent_words import Found
from torchw2v.data.tokenization import tokenize_block
from torchw2v.data.word_table import WordTable
from torchw2v.errors import InputError
from torchw2v.threads import map_in_order

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


def number_words(
    corpus: Corpus, numbers: WordTable, *, threads: int | None = None, on_block: Callable[[int], None] | None = None
) -> Iterator[NumberedBlock]:
    """The corpus as numbers; `numbers` fills up on the way, with counts that are right at the end.

    `on_block` is called with the number of words in every block.
    """
    vectorised = corpus.is_text and not callable(corpus.tokenizer)
    for block in _blocks_of_text(corpus, numbers, threads) if vectorised else _blocks_of_sentences(corpus, numbers):
        if on_block:
            on_block(block.ids.size)
        yield block


class _LookedUp(NamedTuple):
    """A block of text: the words that were found among the frequent ones, the different ones of the others."""

    found: Found
    others: DistinctWords
    line_ends: Int64Array


def _blocks_of_text(corpus: Corpus, numbers: WordTable, threads: int | None) -> Iterator[NumberedBlock]:
    tokenizer = corpus.tokenizer
    assert not callable(tokenizer)
    frequent = numbers.frequent()

    def look_up(text: str) -> _LookedUp:
        block = tokenize_block(text, tokenizer)
        found = frequent.find(block)
        return _LookedUp(found, distinct_words(block, found.missed), block.line_ends)

    for i, (found, others, line_ends) in enumerate(map_in_order(look_up, corpus.blocks(), threads), start=1):
        numbers.count(found.counted, found.counts)
        found.numbers[found.missed] = numbers.add(others.words, others.counts)[others.codes]
        yield NumberedBlock(found.numbers, line_ends)
        if i & (i - 1) == 0:  # the text has doubled
            frequent = numbers.frequent()


def _blocks_of_sentences(corpus: Corpus, numbers: WordTable) -> Iterator[NumberedBlock]:
    for words, ends in _words_of_sentences(corpus):
        yield NumberedBlock(numbers.add(words.words, words.counts)[words.codes], ends)


def _words_of_sentences(corpus: Corpus) -> Iterator[tuple[DistinctWords, Int64Array]]:
    codes, ends, seen = array("i"), array("q"), _Seen()
    for sentence in corpus:
        try:
            codes.extend(map(seen.__getitem__, sentence))
        except TypeError:  # a word that no table can hold, such as a list
            for word in sentence:
                _check_word(word)
            raise
        ends.append(len(codes))
        if len(codes) >= _WORDS_AT_ONCE:
            yield seen.words(codes), np.array(ends)
            codes, ends, seen = array("i"), array("q"), _Seen()
    if codes:
        yield seen.words(codes), np.array(ends)


class _Seen(dict[str, int]):
    """Word to code; a word not seen before gets the next one."""

    def __missing__(self, word: str) -> int:
        _check_word(word)
        code = self[word] = len(self)
        return code

    def words(self, codes: array[int]) -> DistinctWords:
        import pyarrow as pa

        return DistinctWords(pa.array(self, pa.string()), np.array(codes), np.bincount(codes, minlength=len(self)))


def _check_word(word: object) -> None:
    """InputError for a word that could not be written to a file of vectors, where spaces stand between fields."""
    if not isinstance(word, str):
        raise InputError(f"a word must be a string, not {word!r} of type {type(word).__name__}")
    if word.split() != [word]:
        raise InputError(f"the word {word!r} is empty or holds whitespace; join its parts with '_'")
    try:
        word.encode()
    except UnicodeEncodeError:
        raise InputError(f"the word {word!r} is not valid Unicode; clean the text") from None
