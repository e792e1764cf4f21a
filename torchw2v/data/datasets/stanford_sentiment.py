"""The treebank as CS224n's first assignment sees it: one object that holds the sentences and draws from them.

A word that occurs f times among N words is left out of a sentence with probability

    1 − √(10⁻⁵ N / f)        where that is positive

and drawn as a negative in proportion to f^¾, from a table in which it fills that share of the places.

The names are the assignment's; the draws come from Python's `random` and in its order, so that a seed gives the windows
that it gave there.
"""
# ruff: noqa: N802, N803

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from torchw2v.checks import positive_int
from torchw2v.data.datasets.sentiment_treebank import SPLITS, read_sentiment_treebank, sentiment_class
from torchw2v.errors import InputError

REPEATS = 30  # every sentence is subsampled this many times
THRESHOLD = 1e-5
TRIES = 10_000


class StanfordSentiment:
    """Words, subsampled sentences, contexts, negatives and labels of the treebank.

    Args:
        path: folder of the treebank; see `read_sentiment_treebank` for the files.
        tablesize: places of the table from which negatives are drawn.
        format: "plain", "tree", or "auto" for the one that is there.
        split_at_no_break_spaces: take U+00A0 for the end of a word, as Python 3's `str.split` does. The words are
            then 227,246 in all and not 227,243, `UNK` included.
        rng: where the draws come from; None is the module `random`, so `random.seed` decides.

    Raises:
        InputError: a file is missing or is not in its format, or an option is none of its choices.
    """

    def __init__(
        self,
        path: str | Path,
        tablesize: int = 1_000_000,
        *,
        format: Literal["auto", "plain", "tree"] = "auto",
        split_at_no_break_spaces: bool = False,
        rng: random.Random | None = None,
    ) -> None:
        self.path = path
        self.tablesize = positive_int("tablesize", tablesize)
        self.random: Any = random if rng is None else rng
        treebank = read_sentiment_treebank(
            path, format=format, lower=True, split_at_no_break_spaces=split_at_no_break_spaces
        )
        self._sentences, self._scores = treebank.sentences, treebank.scores
        self._split: list[list[int]] = [
            [i for i, split in enumerate(treebank.splits) if split == name] for name in SPLITS
        ]
        counts = Counter(word for sentence in self._sentences for word in sentence)
        counts["UNK"] = 1  # no word of the treebank: those are in lower case
        self._words = list(counts)
        self._counts = np.fromiter(counts.values(), dtype=np.float64, count=len(counts))
        self._tokens = {word: i for i, word in enumerate(self._words)}
        self._all_sentences: list[list[str]] | None = None
        self._state_before_subsampling: Any = None
        self._sample_table: list[int] | None = None

    def tokens(self) -> dict[str, int]:
        """Number of each word, in the order in which they first occur; `UNK` is the last."""
        return self._tokens

    def words(self) -> list[str]:
        """The words by number."""
        return self._words

    def counts(self) -> NDArray[np.float64]:
        """How often each word occurs, shape (V,); 1 for `UNK`."""
        return self._counts

    def sentences(self) -> list[list[str]]:
        return self._sentences

    def numSentences(self) -> int:
        return len(self._sentences)

    def rejectProb(self) -> NDArray[np.float64]:
        """Probability that an occurrence is left out, max(0, 1 − √(10⁻⁵ N / f)), shape (V,)."""
        probabilities: NDArray[np.float64] = np.maximum(0, 1 - np.sqrt(THRESHOLD * self._counts.sum() / self._counts))
        return probabilities

    def allSentences(self) -> list[list[str]]:
        """The sentences 30 times over, subsampled by the first call; what keeps fewer than two words is dropped.

        One `random()` is drawn for each word that may be left out, in the order of the text.
        """
        if self._all_sentences is None:
            self._state_before_subsampling = self.random.getstate()
            draw = self.random.random
            reject = dict(zip(self._words, self.rejectProb().tolist(), strict=True))
            with_reject = [[(word, reject[word]) for word in sentence] for sentence in self._sentences]
            kept = (
                [word for word, p in sentence if p <= 0 or draw() >= p]
                for _ in range(REPEATS)
                for sentence in with_reject
            )
            self._all_sentences = [sentence for sentence in kept if len(sentence) > 1]
        return self._all_sentences

    def getRandomContext(self, C: int = 5) -> tuple[str, list[str]]:
        """A word of a random sentence, and the words up to C places away that are not that very word.

        Where none is, sentence and word are drawn again.

        Raises:
            InputError: 10,000 draws found no word that has a context.
        """
        sentences, randint = self.allSentences(), self.random.randint
        for _ in range(TRIES if sentences else 0):
            sentence = sentences[randint(0, len(sentences) - 1)]
            place = randint(0, len(sentence) - 1)
            center = sentence[place]
            context = [word for word in sentence[max(0, place - C) : place + C + 1] if word != center]
            if context:
                return center, context
        raise InputError(
            f"{self.path}: found no context in {TRIES} draws from the {len(sentences)} subsampled sentences;"
            " the treebank is too small"
        )

    def sampleTable(self) -> list[int]:
        """Place i holds the first word j with i ≤ tablesize · Σ_{k≤j} f_k^¾ / Σ_k f_k^¾."""
        if self._sample_table is None:
            weights = self._counts**0.75
            ends = np.cumsum(weights / weights.sum()) * self.tablesize
            table = np.searchsorted(ends, np.arange(self.tablesize), side="left")
            self._sample_table = table.tolist()
        return self._sample_table

    def sampleTokenIdx(self) -> int:
        """Draw the number of a word in proportion to f^¾."""
        place: int = self.random.randint(0, self.tablesize - 1)
        return self.sampleTable()[place]

    def sent_labels(self) -> list[float]:
        """How positive each sentence is, in [0, 1]; the middle of its class where the files tell only the class.

        Raises:
            InputError: the folder has neither dictionary.txt and sentiment_labels.txt nor the trees.
        """
        if self._scores is None:
            raise InputError(
                f"{self.path}: nothing here labels the sentences; put dictionary.txt and sentiment_labels.txt there, or"
                " the folder trees"
            )
        return self._scores

    def categorify(self, label: float) -> int:
        """Class of a score: [0, 0.2] is 0, (0.2, 0.4] is 1, and so on to (0.8, 1], which is 4."""
        return sentiment_class(label)

    def dataset_split(self) -> list[list[int]]:
        """Places of the sentences of the splits: train, test, dev."""
        return self._split

    def getSplitSentences(self, split: int = 0) -> list[tuple[list[str], int]]:
        """Words and class of each sentence of a split: 0 train, 1 test, 2 dev."""
        if split not in (0, 1, 2):
            raise InputError(f"split must be 0 (train), 1 (test) or 2 (dev), not {split!r}")
        scores = self.sent_labels()
        return [(self._sentences[i], self.categorify(scores[i])) for i in self._split[split]]

    def getTrainSentences(self) -> list[tuple[list[str], int]]:
        return self.getSplitSentences(0)

    def getTestSentences(self) -> list[tuple[list[str], int]]:
        return self.getSplitSentences(1)

    def getDevSentences(self) -> list[tuple[list[str], int]]:
        return self.getSplitSentences(2)

    def getRandomTrainSentence(self) -> tuple[list[str], int]:
        i = self._split[0][self.random.randint(0, len(self._split[0]) - 1)]
        return self._sentences[i], self.categorify(self.sent_labels()[i])

    def random_state(self) -> dict[str, Any]:
        """Where the draws are, as lists and numbers: the generator now, and as it was before subsampling."""
        return {
            "random": _as_lists(self.random.getstate()),
            "before_subsampling": _as_lists(self._state_before_subsampling),
        }

    def set_random_state(self, state: dict[str, Any]) -> None:
        """Go on where `random_state` was called, with the same subsampled sentences, in another process as well."""
        before = _as_state(state["before_subsampling"])
        if before != self._state_before_subsampling:
            self._all_sentences, self._state_before_subsampling = None, None
            if before is not None:
                self.random.setstate(before)
                self.allSentences()
        self.random.setstate(_as_state(state["random"]))


def _as_lists(state: tuple[int, tuple[int, ...], float | None] | None) -> list[Any] | None:
    return None if state is None else [state[0], list(state[1]), state[2]]


def _as_state(lists: list[Any] | None) -> tuple[int, tuple[int, ...], float | None] | None:
    return None if lists is None else (lists[0], tuple(lists[1]), lists[2])
