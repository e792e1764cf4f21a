"""HuffmanTree: codes that no other begins with, as short as codes can be."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from gensim.models import Word2Vec

from tests.reference.huffman import least_weighted_length
from torchw2v import InputError
from torchw2v.data import HuffmanTree

ZIPF = (10_000 / np.arange(1, 801)).astype(np.int64)
FIBONACCI = [1, 1]
while FIBONACCI[-1] < 2**60:
    FIBONACCI.append(FIBONACCI[-1] + FIBONACCI[-2])
COUNTS = {
    "one word": [5],
    "two words": [5, 9],
    "all equal": [3] * 13,
    "all zero": [0] * 6,
    "some zero": [4, 0, 0, 2, 0, 1],
    "Zipf": ZIPF,
    "Zipf, shuffled": np.random.default_rng(0).permutation(ZIPF),
    "random": np.random.default_rng(1).integers(1, 100, 301),
    "the deepest": FIBONACCI[:90],
}

for_all_counts = pytest.mark.parametrize("counts", COUNTS.values(), ids=COUNTS.keys())


def paths(tree: HuffmanTree) -> list[list[tuple[int, int]]]:
    """(point, code) of each word, without the padding."""
    rows = zip(tree.points.tolist(), tree.codes.tolist(), tree.lengths.tolist(), strict=True)
    return [list(zip(points[:n], codes[:n], strict=True)) for points, codes, n in rows]


def weighted_length(counts, tree: HuffmanTree) -> int:
    return sum(int(count) * length for count, length in zip(counts, tree.lengths.tolist(), strict=True))


@for_all_counts
def test_no_tree_is_shorter(counts):
    assert weighted_length(counts, HuffmanTree(counts)) == least_weighted_length(counts)


@for_all_counts
def test_the_paths_are_those_of_one_binary_tree(counts):
    """Followed from the root, each node has two children, and each word is reached once: the codes are prefix-free."""
    tree = HuffmanTree(counts)
    size = len(counts)
    children: dict[tuple[int, int], tuple[str, int]] = {}
    for word, path in enumerate(paths(tree)):
        assert [node for node, _ in path[:1]] == [size - 2] * (size > 1)  # the root
        ends = [*(("node", node) for node, _ in path[1:]), ("word", word)]
        for turn, end in zip(path, ends, strict=False):
            assert children.setdefault(turn, end) == end
    assert len(set(children.values())) == len(children)
    assert set(children) == {(node, code) for node in range(size - 1) for code in (0, 1)}
    if size > 1:
        assert {end for end in children.values() if end[0] == "word"} == {("word", word) for word in range(size)}
    assert sum(2.0 ** -len(path) for path in paths(tree)) == 1  # Kraft


@for_all_counts
def test_more_frequent_words_never_have_longer_codes(counts):
    lengths = HuffmanTree(counts).lengths.tolist()
    by_rank = sorted(range(len(counts)), key=lambda word: (-int(counts[word]), word))  # of equal counts the lesser id
    ranked = [lengths[word] for word in by_rank]
    assert ranked == sorted(ranked)


@for_all_counts
def test_dtypes_shapes_and_padding(counts):
    tree = HuffmanTree(counts)
    longest = int(tree.lengths.max())
    assert (tree.codes.dtype, tree.points.dtype, tree.lengths.dtype) == (torch.int8, torch.int32, torch.int32)
    assert tree.codes.shape == tree.points.shape == (len(counts), longest)
    assert len(tree) == len(counts)
    behind = torch.arange(longest) >= tree.lengths[:, None]
    assert (tree.codes[behind] == -1).all()
    assert (tree.points[behind] == 0).all()
    assert (tree.codes[~behind] >= 0).all()


def test_a_small_tree_by_hand():
    """5 and 4 make node 0 of 9; 9 before it (a word before a node) make node 1 of 18; 20 and that make the root."""
    tree = HuffmanTree([20, 9, 5, 4])
    assert tree.points.tolist() == [[2, 0, 0], [2, 1, 0], [2, 1, 0], [2, 1, 0]]
    assert tree.codes.tolist() == [[1, -1, -1], [0, 0, -1], [0, 1, 1], [0, 1, 0]]
    assert tree.lengths.tolist() == [1, 2, 3, 3]
    assert repr(tree) == "HuffmanTree(4 words, longest path 3)"


def test_equal_counts_give_a_balanced_tree_and_always_the_same():
    assert HuffmanTree([7] * 16).lengths.tolist() == [4] * 16
    for kind in (list, tuple, np.array, torch.tensor, lambda counts: np.array(counts, dtype=np.uint16)):
        tree, same = HuffmanTree([4, 4, 4, 2, 2]), HuffmanTree(kind([4, 4, 4, 2, 2]))
        assert torch.equal(tree.codes, same.codes)
        assert torch.equal(tree.points, same.points)


def test_gensims_codes_are_no_shorter():
    model = Word2Vec(hs=1, negative=0, min_count=1, vector_size=1)
    words = {f"w{i}": int(count) for i, count in enumerate(ZIPF)}
    model.build_vocab_from_freq(words)
    gensims = sum(count * len(model.wv.get_vecattr(word, "code")) for word, count in words.items())
    assert weighted_length(ZIPF, HuffmanTree(ZIPF)) == gensims


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ([], r"non-empty vector, not of shape \(0,\)"),
        ([[1, 2]], r"not of shape \(1, 2\)"),
        ([1.5, 2], "must be integers, not float64"),
        ([3, -1, 2], "that of word 1 is -1"),
    ],
)
def test_counts_that_make_no_tree_are_named(counts, message):
    with pytest.raises(InputError, match=message):
        HuffmanTree(counts)
