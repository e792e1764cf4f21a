"""The names of pairs of words, and which of them are the same: `a_b` and `c` make the name that `a` and `b_c` make.

Names are compared by a polynomial hash of their bytes, which for a joined name follows from those of its parts, so that
no name is put together to be compared. Where two hashes are the same, the names themselves decide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from torchw2v.data.neighbouring_words import Ids, NeighbouringWords

if TYPE_CHECKING:
    import pyarrow as pa

_BASE = 0x9E3779B97F4A7C15  # odd, so that no power of it is 0 modulo 2^64
_WORDS_AT_ONCE = 1 << 16

Hashes = npt.NDArray[np.uint64]


class NameCounts(NamedTuple):
    """How often each name occurs, be it as a word or as a pair.

    Attributes:
        of_words: (V,) int64, of the names that the words have.
        of_pairs: (n,) int64, of the names that the pairs have.
        different: how many names there are.
    """

    of_words: Ids
    of_pairs: Ids
    different: int


class JoinedNames:
    """Names of pairs: the words, and the connector words between them, with the delimiter between any two.

    Args:
        words: in order of their ids.
        pairs: what the keys are made by.
        delimiter: at least a character.
    """

    def __init__(self, words: pa.LargeStringArray, pairs: NeighbouringWords, delimiter: str) -> None:
        self.words = words
        self.pairs = pairs
        self.delimiter = delimiter

    def of(self, keys: Ids) -> list[str]:
        """The name of each pair."""
        first, run, second = self.pairs.split(keys)
        links = self._links()
        begins, ends = self.words.take(first).to_pylist(), self.words.take(second).to_pylist()
        return [begin + links[i] + end for begin, i, end in zip(begins, run.tolist(), ends, strict=True)]

    def count(self, keys: Ids, counts: Ids) -> NameCounts:
        """Add up what has the same name; connector words are not counted as words.

        Args:
            keys: (n,) of pairs, each once.
            counts: (n,) how often each pair occurs.
        """
        is_connector, word_counts = self.pairs.is_connector, np.asarray(self.pairs.corpus.counts)
        counted = np.arange(word_counts.size) if is_connector is None else np.flatnonzero(~is_connector)
        different = counted.size + keys.size
        if not self._may_be_equal():
            return NameCounts(word_counts, counts, different)
        hashes = np.concatenate([_hash(self.words)[0][counted], self._hash_pairs(keys)])
        alike = _not_alone(hashes)
        del hashes
        words, pairs = counted[alike[alike < counted.size]], alike[alike >= counted.size] - counted.size
        names = [*self.words.take(words).to_pylist(), *self.of(keys[pairs])]
        numbers: dict[str, int] = {}
        number = np.array([numbers.setdefault(name, len(numbers)) for name in names], dtype=np.int64)
        totals = np.zeros(len(numbers), dtype=np.int64)
        np.add.at(totals, number, np.concatenate([word_counts[words], counts[pairs]]))
        word_counts, counts = word_counts.copy(), counts.copy()
        word_counts[words], counts[pairs] = totals[number[: words.size]], totals[number[words.size :]]
        return NameCounts(word_counts, counts, different - len(names) + len(numbers))

    def _may_be_equal(self) -> bool:
        """False where no word has a character of the delimiter, so that every name falls into its parts in one way."""
        import pyarrow.compute as pc

        return any(pc.any(pc.match_substring(self.words, part)).as_py() for part in set(self.delimiter))

    def _links(self) -> list[str]:
        """What stands between two words, by the number of the run."""
        links = []
        for number in range(self.pairs.num_runs):
            run = self.words.take(np.array(self.pairs.run(number), dtype=np.int64)).to_pylist()
            links.append("".join(f"{self.delimiter}{word}" for word in run) + self.delimiter)
        return links

    def _hash_pairs(self, keys: Ids) -> Hashes:
        import pyarrow as pa

        words, word_powers = _hash(self.words)
        links, link_powers = _hash(pa.array(self._links(), pa.large_string()))
        hashes = np.empty(keys.size, dtype=np.uint64)
        for i in range(0, keys.size, _WORDS_AT_ONCE):
            first, run, second = self.pairs.split(keys[i : i + _WORDS_AT_ONCE])
            begin = words[first] * link_powers[run] + links[run]
            hashes[i : i + _WORDS_AT_ONCE] = begin * word_powers[second] + words[second]
        return hashes


def _hash(names: pa.LargeStringArray) -> tuple[Hashes, Hashes]:
    """Σ byte_i · base^(n - 1 - i) modulo 2^64 of each name of n bytes, none empty, and base^n."""
    _, offsets, data = names.buffers()
    ends = np.frombuffer(offsets, dtype=np.int64)[names.offset : names.offset + len(names) + 1]
    text = np.frombuffer(data, dtype=np.uint8)
    lengths = np.diff(ends)
    powers = np.full(int(lengths.max()) + 1, _BASE, dtype=np.uint64)
    powers[0] = 1
    powers = np.multiply.accumulate(powers)
    hashes = np.empty(len(names), dtype=np.uint64)
    for i in range(0, len(names), _WORDS_AT_ONCE):
        some = ends[i : i + _WORDS_AT_ONCE + 1]
        behind = np.repeat(some[1:], np.diff(some)) - np.arange(some[0] + 1, some[-1] + 1)
        hashes[i : i + _WORDS_AT_ONCE] = np.add.reduceat(
            text[some[0] : some[-1]] * powers[behind], some[:-1] - some[0], dtype=np.uint64
        )
    return hashes, powers[lengths]


def _not_alone(hashes: Hashes) -> Ids:
    """Where the same value stands somewhere else, too."""
    order = np.argsort(hashes)
    same = hashes[order[1:]] == hashes[order[:-1]]
    return np.sort(order[np.concatenate([same, [False]]) | np.concatenate([[False], same])])
