"""The assignment's main run, word by word: skip-gram with negative sampling over windows drawn from a treebank.

cost = 1/windows Σ_windows Σ_context (−log σ(u_o·v) − Σ_k log σ(−u_k·v))
"""

import math
import random

import numpy as np


def reject_probability(count, total, threshold=1e-5):
    return max(0.0, 1 - math.sqrt(threshold * total / count))


def sampling_table(counts, size):
    """Slot i holds the first word whose cumulated share of f^¾, times `size`, is at least i."""
    weights = [count**0.75 for count in counts]
    table, word, end = [], 0, weights[0]
    for i in range(size):
        while i > end / sum(weights) * size:
            word += 1
            end += weights[word]
        table.append(word)
    return table


class Treebank:
    """Draws contexts and negatives with one `random.Random`; `sentences` are lists of words in lower case."""

    def __init__(self, sentences, rng, tablesize, repeats=30, threshold=1e-5):
        self.rng, self.sentences, self.repeats, self.threshold = rng, sentences, repeats, threshold
        self.ids, self.counts = {}, []
        for sentence in sentences:
            for word in sentence:
                if word not in self.ids:
                    self.ids[word] = len(self.counts)
                    self.counts.append(0)
                self.counts[self.ids[word]] += 1
        self.ids["UNK"] = len(self.counts)
        self.counts.append(1)
        self.table = sampling_table(self.counts, tablesize)
        self.subsampled = None

    def subsample(self):
        self.subsampled, total = [], sum(self.counts)
        for _ in range(self.repeats):
            for sentence in self.sentences:
                kept = []
                for word in sentence:
                    p = reject_probability(self.counts[self.ids[word]], total, self.threshold)
                    if p <= 0 or self.rng.random() >= p:
                        kept.append(self.ids[word])
                if len(kept) > 1:
                    self.subsampled.append(kept)

    def context(self, radius):
        if self.subsampled is None:
            self.subsample()
        while True:
            sentence = self.subsampled[self.rng.randint(0, len(self.subsampled) - 1)]
            place = self.rng.randint(0, len(sentence) - 1)
            context = [
                sentence[i]
                for i in range(max(0, place - radius), min(len(sentence), place + radius + 1))
                if sentence[i] != sentence[place]
            ]
            if context:
                return sentence[place], context

    def negatives(self, target, number):
        drawn = []
        while len(drawn) < number:
            word = self.table[self.rng.randint(0, len(self.table) - 1)]
            if word != target:
                drawn.append(word)
        return drawn

    def pairs(self, windows, window, num_negatives):
        """(window, centre, target, negatives), in the order in which they are drawn."""
        result = []
        for i in range(windows):
            center, context = self.context(self.rng.randint(1, window))
            for target in context:
                result.append((i, center, target, self.negatives(target, num_negatives)))
        return result


def main_run(sentences, iterations, *, seed=31415, numpy_seed=9265, dim=10, window=5, num_negatives=10, step=0.3,
             windows=50, tablesize=1_000_000, anneal_every=20_000, print_every=10):  # fmt: skip
    """Return the vectors (2V, D) at the end, and the smoothed costs that are printed."""
    treebank = Treebank(sentences, random.Random(seed), tablesize)
    n = len(treebank.counts)
    vectors = np.zeros((2 * n, dim))
    vectors[:n] = (np.random.RandomState(numpy_seed).rand(n, dim) - 0.5) / dim
    smoothed, printed = None, []
    for iteration in range(1, iterations + 1):
        cost, gradient = 0.0, np.zeros(vectors.shape)
        for _, center, target, negatives in treebank.pairs(windows, window, num_negatives):
            v = vectors[center]
            for word, label in [(target, 1), *((word, -1) for word in negatives)]:
                u = vectors[n + word]
                margin = label * (u @ v)
                cost += math.log1p(math.exp(-margin)) / windows
                delta = -label / (1 + math.exp(margin)) / windows
                gradient[center] += delta * u
                gradient[n + word] += delta * v
        vectors -= step * gradient
        if iteration % print_every == 0:
            smoothed = cost if smoothed is None else 0.95 * smoothed + 0.05 * cost
            printed.append(smoothed)
        if iteration % anneal_every == 0:
            step /= 2
    return vectors, printed
