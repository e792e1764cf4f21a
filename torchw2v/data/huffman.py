"""Huffman's tree: a path of left and right turns to each word, the shorter the more frequent the word.

    Make a leaf of each word; then, until one node is left, join the two nodes of least count under a new inner node.
    Σ_w count_w · length_w, the number of turns for all of the text, is then the least that any binary tree has.

Inner nodes are made in order of increasing count, so the two least are always at the head of one of two queues: the
leaves, sorted, and the inner nodes, as made. After the sorting that takes V steps.

Source: Huffman 1952, "A Method for the Construction of Minimum-Redundancy Codes"; the two queues: van Leeuwen 1976, "On
the construction of Huffman trees".
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch

from torchw2v.errors import InputError


class HuffmanTree:
    """The paths from the root to V words.

    The V − 1 inner nodes are numbered in the order they were made, so the root is V − 2, and the first point of every
    path, as in word2vec.c. A path's points are the inner nodes on it, root first; its codes say to which child each of
    them is left: 0 for the one of smaller count, 1 for the other. A single word has a path of length 0.

    The same counts give the same tree everywhere: of equal counts a word goes before an inner node, which keeps the
    longest path short, and the word of greater id before the one of smaller. So with words in order of decreasing count
    lengths never decrease.

    Args:
        counts: (V,) integers of at least 0: how often each word occurs.

    Attributes:
        codes: (V, L) int8, the turns, then −1 to the end. L is the length of the longest path.
        points: (V, L) int32, the inner nodes, then 0 to the end.
        lengths: (V,) int32, how many turns each word has.

    Raises:
        InputError: counts that are no vector of integers, empty or negative.
    """

    def __init__(self, counts: npt.ArrayLike) -> None:
        numbers = np.asarray(counts)
        if numbers.ndim != 1 or numbers.size == 0:
            raise InputError(f"counts must be a non-empty vector, not of shape {numbers.shape}")
        if not np.issubdtype(numbers.dtype, np.integer):
            raise InputError(f"counts must be integers, not {numbers.dtype}")
        if (numbers < 0).any():
            word = int(np.argmax(numbers < 0))
            raise InputError(f"counts must be at least 0, but that of word {word} is {numbers[word]}")
        parents, turns = _join(numbers)
        codes, points, lengths = _paths(parents, turns)
        self.codes = torch.from_numpy(codes)
        self.points = torch.from_numpy(points)
        self.lengths = torch.from_numpy(lengths)

    def __len__(self) -> int:
        return self.lengths.numel()

    def __repr__(self) -> str:
        return f"HuffmanTree({len(self):,} words, longest path {self.codes.shape[1]})"


def _join(counts: npt.NDArray[np.integer]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int8]]:
    """Parent, and turn there, of each node: word w is node w, inner node i is node V + i; the root has neither."""
    n = len(counts)
    order = (n - 1 - np.argsort(counts[::-1], kind="stable")).tolist()  # of equal counts the greater id first
    leaves = counts[order].tolist()
    inner: list[int] = []
    first, second = [], []  # the two children of each inner node
    leaf = node = 0  # the heads of the queues
    for _ in range(n - 1):
        children = []
        count = 0
        for _ in range(2):
            if node == len(inner) or (leaf < n and leaves[leaf] <= inner[node]):
                children.append(order[leaf])
                count += leaves[leaf]
                leaf += 1
            else:
                children.append(n + node)
                count += inner[node]
                node += 1
        inner.append(count)
        first.append(children[0])
        second.append(children[1])
    parents = np.full(2 * n - 1, -1, dtype=np.int64)
    turns = np.zeros(2 * n - 1, dtype=np.int8)
    parents[first] = parents[second] = np.arange(n, 2 * n - 1)
    turns[second] = 1
    return parents, turns


def _paths(
    parents: npt.NDArray[np.int64], turns: npt.NDArray[np.int8]
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Codes, points and lengths of the words, all words one step towards the root at a time."""
    n = (len(parents) + 1) // 2
    lengths = np.zeros(n, dtype=np.int32)
    steps = []
    words, nodes = np.arange(n), np.arange(n)
    while True:
        below = parents[nodes] >= 0
        words, nodes = words[below], nodes[below]
        if not len(words):
            break
        steps.append((words, turns[nodes], (parents[nodes] - n).astype(np.int32)))
        lengths[words] += 1
        nodes = parents[nodes]
    codes = np.full((n, len(steps)), -1, dtype=np.int8)
    points = np.zeros((n, len(steps)), dtype=np.int32)
    for up, (words, code, point) in enumerate(steps, start=1):
        codes[words, lengths[words] - up] = code
        points[words, lengths[words] - up] = point
    return codes, points, lengths
