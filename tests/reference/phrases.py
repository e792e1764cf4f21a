"""Phrases, one word at a time.

Every sentence is cut into its words that are no connector words; two that follow each other make a pair, whose name is
all words from the one to the other, joined. A table counts names, of words and of pairs alike.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Sequence
from itertools import pairwise

Sentences = Sequence[Sequence[str]]


def join(
    sentences: Sentences,
    *,
    min_count: int,
    threshold: float,
    scoring: str,
    connector_words: Collection[str] = (),
    delimiter: str = "_",
) -> tuple[list[list[str]], dict[str, tuple[float, int]]]:
    """One pass: the new sentences, and of each phrase its highest score and how often it was joined."""
    table: Counter[str] = Counter()
    for sentence in sentences:
        places = [i for i, word in enumerate(sentence) if word not in connector_words]
        table.update(sentence[i] for i in places)
        table.update(delimiter.join(sentence[i : j + 1]) for i, j in pairwise(places))
    words = sum(map(len, sentences))

    def score(first: str, second: str, name: str) -> float:
        n_a, n_b, n_ab = table[first], table[second], table[name]
        if scoring == "default":
            return (n_ab - min_count) / (n_a * n_b) * len(table)
        if n_ab < min_count:
            return -math.inf
        p_a, p_b, p_ab = n_a / words, n_b / words, n_ab / words
        return math.log(p_ab / (p_a * p_b)) / -math.log(p_ab)

    result, found = [], dict[str, tuple[float, int]]()
    for sentence in sentences:
        new, i = [], 0
        while i < len(sentence):
            j = i + 1
            while j < len(sentence) and sentence[j] in connector_words:
                j += 1
            name = delimiter.join(sentence[i : j + 1])
            if sentence[i] in connector_words or j == len(sentence):
                new.append(sentence[i])
                i += 1
            elif (value := score(sentence[i], sentence[j], name)) > threshold:
                new.append(name)
                best, count = found.get(name, (-math.inf, 0))
                found[name] = (max(best, value), count + 1)
                i = j + 1
            else:
                new.append(sentence[i])
                i += 1
        result.append(new)
    return result, found
