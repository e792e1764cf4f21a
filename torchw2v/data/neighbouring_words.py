"""The pairs of words that may become a phrase: neighbours in a sentence, with nothing but connector words between.

A pair is an int64: (r V + a) V + b for the words a and b, of V, and the run r of connector words between them. Run 0 is
no connector word at all; the others get numbers as they are seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from torchw2v.data.encoding import EncodedCorpus
from torchw2v.errors import InputError

WORDS_AT_ONCE = 1 << 20
_BLOCKS_BEFORE_GIVING_BACK = 16

Ids = npt.NDArray[np.int64]


class Neighbours(NamedTuple):
    """Of a stretch of the corpus; where a sentence goes on, the next stretch begins with the last of its pairs' words.

    Attributes:
        start: the place of the stretch in the corpus.
        ids: (n,) int64, its words.
        stop: words of it that are not in the next one, too.
        left: (p,) int64, where in the stretch each pair begins; the next pair begins where it ends, or later.
        right: (p,) int64, where it ends.
        keys: (p,) int64; -1 where another sentence begins between the two.
    """

    start: int
    ids: Ids
    stop: int
    left: Ids
    right: Ids
    keys: Ids


class NeighbouringWords:
    """All pairs of a corpus, in order; the numbers of runs stay the same from one reading to the next.

    Args:
        corpus: what is read.
        is_connector: (V,) bool, whether no phrase begins or ends with a word; None where there is no such word.
        on_block: called with the number of words of every stretch that was read.
    """

    def __init__(
        self,
        corpus: EncodedCorpus,
        is_connector: npt.NDArray[np.bool_] | None,
        on_block: Callable[[int], None] | None = None,
    ) -> None:
        self.corpus = corpus
        self.on_block = on_block
        self.is_connector = is_connector
        self.vocab_size = int(corpus.counts.size)
        self._runs: dict[int, int] = {}
        self._run_parts: list[tuple[int, int]] = [(0, 0)]

    def __iter__(self) -> Iterator[Neighbours]:
        corpus, start, size, blocks = self.corpus, 0, WORDS_AT_ONCE, 0
        while start < len(corpus):
            ids = corpus.ids[start : start + size].astype(np.int64)
            places = np.arange(ids.size) if self.is_connector is None else np.flatnonzero(~self.is_connector[ids])
            is_last = start + ids.size == len(corpus)
            if places.size == 1 and places[0] == 0 and not is_last:
                size *= 2  # a run of connector words longer than the stretch
                continue
            stop = ids.size if is_last or not places.size else int(places[-1])
            yield self._pairs(start, ids, stop, places)
            if self.on_block:
                self.on_block(stop)
            start, size, blocks = start + stop, WORDS_AT_ONCE, blocks + 1
            if blocks % _BLOCKS_BEFORE_GIVING_BACK == 0:
                corpus.give_back()

    def split(self, keys: Ids) -> tuple[Ids, Ids, Ids]:
        """The first word, the run and the second word of each pair."""
        run, words = np.divmod(keys, self.vocab_size**2)
        first, second = np.divmod(words, self.vocab_size)
        return first, run, second

    @property
    def num_runs(self) -> int:
        """Runs of connector words that were seen, and the one of none."""
        return len(self._run_parts)

    def run(self, number: int) -> list[int]:
        """The connector words of a run."""
        words: list[int] = []
        while number:
            number, word = self._run_parts[number]
            words.append(word)
        return words[::-1]

    def _pairs(self, start: int, ids: Ids, stop: int, places: Ids) -> Neighbours:
        left, right = places[:-1], places[1:]
        begins = np.zeros(ids.size, dtype=np.int32)
        begins[sentence_starts(self.corpus, start, start + ids.size) - start] = 1
        sentence = np.cumsum(begins, dtype=np.int32)
        keys = ids[left] * self.vocab_size + ids[right]
        together = sentence[left] == sentence[right]
        if self.is_connector is not None:
            apart = np.flatnonzero(together & (right - left > 1))
            keys[apart] += self._number_runs(ids, left[apart] + 1, right[apart]) * self.vocab_size**2
        keys[~together] = -1
        return Neighbours(start, ids, stop, left, right, keys)

    def _number_runs(self, ids: Ids, first: Ids, end: Ids) -> Ids:
        numbers = np.zeros(first.size, dtype=np.int64)
        longer = np.arange(first.size)
        place = first
        while longer.size:
            numbers[longer] = self._extend(numbers[longer], ids[place])
            more = place + 1 < end[longer]
            longer, place = longer[more], place[more] + 1
        return numbers

    def _extend(self, runs: Ids, words: Ids) -> Ids:
        """The numbers of runs that are longer by a word."""
        distinct, which = np.unique(runs * self.vocab_size + words, return_inverse=True)
        numbers = np.empty(distinct.size, dtype=np.int64)
        for i, key in enumerate(distinct.tolist()):
            number = self._runs.setdefault(key, len(self._run_parts))
            if number == len(self._run_parts):
                self._run_parts.append(divmod(key, self.vocab_size))
            numbers[i] = number
        if len(self._run_parts) * self.vocab_size**2 >= 1 << 63:
            raise InputError(
                f"the {self.vocab_size:,} different words have too many runs of connector words between them to be "
                "counted; give fewer connector_words"
            )
        return numbers[which]


def sentence_starts(corpus: EncodedCorpus, start: int, stop: int) -> Ids:
    """Where sentences begin from `start` to before `stop`."""
    first, last = np.searchsorted(corpus.offsets, [start, stop])
    return np.asarray(corpus.offsets[first:last])
