"""How much two words belong together: word2phrase's score and normalised pointwise mutual information.

    default     (n_ab - min_count) / (n_a n_b) · N                           Mikolov et al. (2013b), equation 6
    npmi        ln(p_ab / (p_a p_b)) / -ln p_ab,   p = n / words             Bouma (2009), equations 3 and 7

n_ab is how often the name of the pair occurs, n_a and n_b those of its words, N how many different names of words and
pairs there are (the equation in print has no N, word2phrase's program has the words of the text).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numpy as np
import numpy.typing as npt

from torchw2v.data.neighbouring_words import Ids

SCORINGS = ("default", "npmi")
DEFAULT_THRESHOLDS = {"default": 10.0, "npmi": 0.5}


@dataclass(frozen=True)
class PhraseScore:
    """Of one text.

    Attributes:
        scoring: "default" or "npmi".
        min_count: what is taken off a count, or the least count.
        names: N.
        words: of the text.
    """

    scoring: str
    min_count: int
    names: int
    words: int

    def may_be_phrase(self, pairs: Ids) -> npt.NDArray[np.bool_]:
        """Whether pairs of such counts can reach any threshold."""
        return pairs >= self.min_count if self.scoring == "npmi" else pairs > self.min_count

    def __call__(self, first: Ids, second: Ids, pairs: Ids) -> npt.NDArray[np.float64]:
        """Scores of pairs that may be phrases, from the counts of both words and of the pairs."""
        if self.scoring == "default":
            return (pairs - self.min_count) / (first * second).astype(np.float64) * self.names
        total = float(self.words)
        # in Python, as NumPy's logarithm has another last digit, and a score may be the threshold
        scores = [
            log((n_ab / total) / ((n_a / total) * (n_b / total))) / -log(n_ab / total)
            for n_a, n_b, n_ab in zip(first.tolist(), second.tolist(), pairs.tolist(), strict=True)
        ]
        return np.array(scores, dtype=np.float64)
