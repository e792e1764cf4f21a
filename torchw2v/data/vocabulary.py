"""The words that get vectors, with how often each was seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from torchw2v.atomic import atomic_path
from torchw2v.checks import positive_int
from torchw2v.data.corpus import Corpus
from torchw2v.data.counting import count_words
from torchw2v.errors import InputError


class Vocabulary:
    """Words in order of decreasing count, equal counts in order of the word; a word's place is its id.

    Attributes:
        words: the words, most frequent first.
        counts: (V,) int64, how often each occurs in the corpus.

    Raises:
        InputError: no words, repeated words, counts below 1, or the two of different lengths or out of order.
    """

    def __init__(self, words: Iterable[str], counts: npt.ArrayLike) -> None:
        self.words = tuple(words)
        self.counts = np.array(counts, dtype=np.int64)
        self.counts.flags.writeable = False
        if self.counts.shape != (len(self.words),):
            raise InputError(f"{len(self.words)} words, but counts of shape {self.counts.shape}")
        if not self.words:
            raise InputError("a vocabulary needs at least one word")
        if self.counts[-1] < 1 or (np.diff(self.counts) > 0).any():
            raise InputError("counts must be at least 1 and in decreasing order")
        if len(set(self.words)) != len(self.words):
            word, _ = Counter(self.words).most_common(1)[0]
            raise InputError(f"a word stands there twice: {word!r}")

    @classmethod
    def from_counts(cls, counts: Mapping[str, int], *, min_count: int = 1, max_size: int | None = None) -> Vocabulary:
        """From a table of counts, such as a `collections.Counter`."""
        positive_int("min_count", min_count)
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        totals = np.array([count for _, count in ranked], dtype=np.int64)
        size = vocabulary_size(totals, min_count=min_count, max_size=max_size)
        return cls((word for word, _ in ranked[:size]), totals[:size])

    @classmethod
    def from_corpus(cls, corpus: Corpus, *, min_count: int = 5, max_size: int | None = None) -> Vocabulary:
        """Count a corpus; where it will be trained on too, `encode` does both in one pass."""
        return cls.from_counts(count_words(corpus), min_count=min_count, max_size=max_size)

    def __len__(self) -> int:
        return len(self.words)

    def __iter__(self) -> Iterator[str]:
        return iter(self.words)

    def __contains__(self, word: object) -> bool:
        return word in self._ids

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Vocabulary):
            return NotImplemented
        return self.words == other.words and np.array_equal(self.counts, other.counts)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Vocabulary({len(self):,} words, {self.total:,} tokens)"

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {word: i for i, word in enumerate(self.words)}

    @property
    def total(self) -> int:
        """Tokens of the corpus that are in the vocabulary."""
        return int(self.counts.sum())

    def id(self, word: str) -> int:
        """The id of a word; KeyError if it has none."""
        return self._ids[word]

    def save(self, path: str | Path) -> None:
        """One word a line, a tab, its count; UTF-8.

        Raises:
            InputError: a word is empty or holds a tab or a line feed; nothing is written then.
        """
        for word in self.words:
            if not word or "\t" in word or "\n" in word:
                raise InputError(f"the word {word!r} cannot be saved: it is empty or holds a tab or a line feed")
        with atomic_path(Path(path)) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(f"{word}\t{count}\n" for word, count in zip(self.words, self.counts, strict=True))

    @classmethod
    def load(cls, path: str | Path) -> Vocabulary:
        """Read what `save` wrote; InputError names the line that cannot be read."""
        words, counts = [], []
        with Path(path).open(encoding="utf-8", newline="\n") as file:
            try:
                for number, line in enumerate(file, start=1):
                    line = line.rstrip("\n")
                    word, tab, count = line.rpartition("\t")
                    if not (word and tab and count.isascii() and count.isdigit()):
                        raise InputError(f"{path}, line {number}: not a word, a tab and its count: {line[:80]!r}")
                    words.append(word)
                    counts.append(int(count))
            except UnicodeDecodeError as error:
                raise InputError(f"{path}: not a vocabulary in UTF-8: {error}") from None
        try:
            return cls(words, counts)
        except InputError as error:
            raise InputError(f"{path}: {error}") from None


def vocabulary_size(counts: npt.NDArray[np.int64], *, min_count: int, max_size: int | None) -> int:
    """How many of the words, ranked by decreasing count, `min_count` and `max_size` leave.

    Raises:
        InputError: none is left; the message says which `min_count` would leave some.
    """
    positive_int("min_count", min_count)
    size = int(np.searchsorted(-counts, -min_count, side="right"))
    if size < 1:
        most = int(counts[0]) if counts.size else 0
        raise InputError(
            f"min_count={min_count} leaves no word of {counts.size:,}: the most frequent occurs {most:,} times; "
            "lower min_count or give more text"
        )
    return size if max_size is None else min(size, positive_int("max_size", max_size))
