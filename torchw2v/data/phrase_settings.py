"""What makes a phrase, as a user sets it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from torchw2v.checks import finite, one_of, positive_int
from torchw2v.data.phrase_scores import DEFAULT_THRESHOLDS, SCORINGS
from torchw2v.data.tokenization import utf8
from torchw2v.errors import InputError

# The set that gensim has under this name.
_ARTICLES = {"a", "an", "the"}
_CONJUNCTIONS = {"and", "or"}
_PREPOSITIONS = {"at", "by", "for", "from", "in", "of", "on", "to", "with", "without"}
ENGLISH_CONNECTOR_WORDS = frozenset(_ARTICLES | _CONJUNCTIONS | _PREPOSITIONS)


@dataclass(frozen=True)
class PhraseSettings:
    """How phrases are found.

    Attributes:
        passes: how often neighbours are joined; each pass sees the phrases of the one before as words.
        min_count: with "default" taken off the count of a pair, with "npmi" the least count.
        threshold: a pair with a higher score is a phrase; None takes 10 for "default" and 0.5 for "npmi".
        scoring: "default" or "npmi".
        connector_words: words inside of phrases with which none begins or ends; "english" takes
            ENGLISH_CONNECTOR_WORDS.
        delimiter: between the words of a phrase.
    """

    passes: int = 1
    min_count: int = 5
    threshold: float | None = None
    scoring: str = "default"
    connector_words: Collection[str] | str = ()
    delimiter: str = "_"

    def __post_init__(self) -> None:
        positive_int("passes", self.passes)
        positive_int("min_count", self.min_count)
        one_of("scoring", self.scoring, SCORINGS)
        if self.threshold is not None:
            _check_threshold(self.threshold, self.scoring)
        if not isinstance(self.delimiter, str) or self.delimiter.split() != [self.delimiter]:
            raise InputError(f"delimiter must be at least a character, and no whitespace, not {self.delimiter!r}")
        for word in (self.delimiter, *self.connectors):
            utf8(word)

    @property
    def least_score(self) -> float:
        """What a phrase's score is above."""
        return DEFAULT_THRESHOLDS[self.scoring] if self.threshold is None else float(self.threshold)

    @property
    def connectors(self) -> tuple[str, ...]:
        """The connector words, sorted."""
        words: Any = self.connector_words
        if words == "english":
            words = ENGLISH_CONNECTOR_WORDS
        if isinstance(words, str) or not isinstance(words, Collection) or not all(isinstance(w, str) for w in words):
            raise InputError(f"connector_words must be a list of words or 'english', not {words!r}")
        return tuple(sorted(set(words)))

    def key(self) -> list[Any]:
        """What tells texts with phrases joined apart, fit for JSON."""
        return [
            int(self.passes),
            int(self.min_count),
            self.least_score,
            self.scoring,
            self.connectors,
            self.delimiter,
        ]


def _check_threshold(threshold: Any, scoring: str) -> None:
    number = finite("threshold", threshold)
    if scoring == "default" and number <= 0:
        raise InputError(f"threshold must be above 0 with scoring 'default', not {threshold!r}")
    if scoring == "npmi" and not -1 <= number <= 1:
        raise InputError(f"threshold must be from -1 to 1 with scoring 'npmi', not {threshold!r}")
