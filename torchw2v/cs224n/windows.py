"""The windows of the assignment's main run: 50 for every iteration, drawn word by word, computed in one batch.

The cost of an iteration is the mean over its windows of the sum over the words of the context.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from torchw2v.checks import int_at_least, positive_int
from torchw2v.data.datasets.stanford_sentiment import StanfordSentiment
from torchw2v.errors import InputError


class WindowBatch(NamedTuple):
    """The pairs of some windows, one after the other; P pairs, K negatives."""

    centers: Tensor  # (P,) int64, the word in the middle of the pair's window
    targets: Tensor  # (P,) int64, the word of the context
    negatives: Tensor  # (P, K) int64
    windows: Tensor  # (P,) int64, which window the pair is of, from 0
    num_windows: int


class WindowDraws:
    """Draws windows and negatives from the treebank, in the order in which the assignment does.

    For each window: a radius from 1 to `window`; a word and its context; then, for each word of the context, the
    negatives, each drawn again while it is that word.

    Args:
        dataset: where words come from; its generator is the one that is used.
        window: largest radius, C.
        num_negatives: K; 0 draws none, for the full softmax.
        num_windows: windows in a batch.

    Raises:
        InputError: a size that is too small, or a table of negatives that holds only one word.
    """

    def __init__(
        self, dataset: StanfordSentiment, *, window: int = 5, num_negatives: int = 10, num_windows: int = 50
    ) -> None:
        self.dataset = dataset
        self.window = positive_int("window", window)
        self.num_negatives = int_at_least(0, "num_negatives", num_negatives)
        self.num_windows = positive_int("num_windows", num_windows)
        table = dataset.sampleTable() if self.num_negatives else [0, 1]
        if table[0] == table[-1]:
            raise InputError(
                f"all {len(table)} places of the table of negatives hold {dataset.words()[table[0]]!r}: set a larger"
                " tablesize, or take a text of more words"
            )

    def draw(self) -> WindowBatch:
        tokens, randint = self.dataset.tokens(), self.dataset.random.randint
        centers: list[int] = []
        targets: list[int] = []
        negatives: list[int] = []
        windows: list[int] = []
        for i in range(self.num_windows):
            center, context = self.dataset.getRandomContext(randint(1, self.window))
            for word in context:
                centers.append(tokens[center])
                targets.append(tokens[word])
                negatives.extend(self._draw_negatives(tokens[word]))
                windows.append(i)
        return WindowBatch(
            _tensor(centers),
            _tensor(targets),
            _tensor(negatives).reshape(len(targets), self.num_negatives),
            _tensor(windows),
            self.num_windows,
        )

    def state_dict(self) -> dict[str, Any]:
        """Where the draws are, as lists and numbers."""
        return self.dataset.random_state()

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on where `state_dict` was called, in another process as well."""
        self.dataset.set_random_state(state)

    def _draw_negatives(self, target: int) -> list[int]:
        """As `getNegativeSamples`; `randint` and `sampleTokenIdx` are written out, for they took half of the time."""
        table, getrandbits = self.dataset.sampleTable(), self.dataset.random.getrandbits
        n, k = len(table), len(table).bit_length()
        drawn = []
        for _ in range(self.num_negatives):
            word = target
            while word == target:
                place = getrandbits(k)
                if place < n:
                    word = table[place]
            drawn.append(word)
        return drawn


def _tensor(ids: list[int]) -> Tensor:
    return torch.from_numpy(np.array(ids, dtype=np.int64))  # three times faster than torch.tensor(ids)


def initial_vectors(vocab_size: int, embedding_dim: int = 10, *, seed: int = 9265) -> NDArray[np.float64]:
    """Centre vectors (u − ½) / D with u uniform on [0, 1), above outside vectors of zero: (2V, D).

    The u are those of `np.random.seed(seed)` and `np.random.rand(V, D)`; NumPy's own generator stays as it is.
    """
    drawn = np.random.RandomState(seed).rand(vocab_size, embedding_dim)
    return np.concatenate(((drawn - 0.5) / embedding_dim, np.zeros((vocab_size, embedding_dim))))
