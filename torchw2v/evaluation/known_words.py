"""Which words of a question have vectors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from torchw2v.checks import positive_int

Ids = npt.NDArray[np.int64]


class KnownWords:
    """The first words of a vocabulary, with or without regard to case; the same rules as in gensim.

    Args:
        words: most frequent first.
        case_insensitive: compare in upper case; of several forms of a word the first, most frequent one counts.
        restrict_vocab: only so many words, the most frequent ones, are known and can be answers; None takes all.

    Attributes:
        size: how many there are.
        forms: (size,) the id of the form that counts, for each word.
        others: the ids of the forms that do not, by the id of the one that does.

    Raises:
        InputError: `restrict_vocab` below 1.
    """

    def __init__(
        self, words: Sequence[str], *, case_insensitive: bool = True, restrict_vocab: int | None = 300_000
    ) -> None:
        self.size = len(words)
        if restrict_vocab is not None:
            self.size = min(self.size, positive_int("restrict_vocab", restrict_vocab))
        self.case_insensitive = case_insensitive
        self._ids: dict[str, int] = {}
        self.forms: Ids = np.fromiter(
            (self._ids.setdefault(self._key(word), i) for i, word in enumerate(words[: self.size])), np.int64, self.size
        )
        self.others: dict[int, list[int]] = {}
        for i in np.flatnonzero(self.forms != np.arange(self.size)).tolist():
            self.others.setdefault(int(self.forms[i]), []).append(i)

    def ids(self, rows: Sequence[Sequence[str]]) -> Ids:
        """The ids of rows of as many words each; −1 is unknown."""
        ids = [[self._ids.get(self._key(word), -1) for word in row] for row in rows]
        return np.array(ids, dtype=np.int64).reshape(len(rows), -1)

    def _key(self, word: str) -> str:
        return word.upper() if self.case_insensitive else word
