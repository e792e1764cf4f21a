"""Questions to WordVectors beside their equations in NumPy, and beside gensim's answers."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch

from torchw2v import InputError, WordVectors
from torchw2v.vectors import UnknownWordError, combine_matrices
from torchw2v.vectors.nearest import best_rows

WORDS = [f"w{i}" for i in range(60)]
MATRIX = torch.randn(60, 7, generator=torch.Generator().manual_seed(3)) * torch.linspace(0.1, 9, 60)[:, None]
VECTORS = WordVectors(WORDS, MATRIX)
X = MATRIX.double().numpy()


def cosines(query: np.ndarray) -> np.ndarray:
    """(60,) in float64, from the definition."""
    return np.array([row @ query / (np.sqrt(row @ row) * np.sqrt(query @ query)) for row in X])


def unit(i: int) -> np.ndarray:
    return X[i] / np.sqrt(X[i] @ X[i])


def assert_found(found, scores, left_out, k):
    order = [i for i in np.argsort(-scores, kind="stable") if i not in left_out][:k]
    assert [word for word, _ in found] == [WORDS[i] for i in order]
    np.testing.assert_allclose([score for _, score in found], scores[order], rtol=1e-5)


@pytest.fixture(params=[1 << 22, 50])
def _blocks(request, monkeypatch):
    monkeypatch.setattr("torchw2v.vectors.nearest.SCORES_AT_ONCE", request.param)
    monkeypatch.setattr("torchw2v.vectors.word_vectors.QUERIES_AT_ONCE", 1 << 10 if request.param > 50 else 3)


@pytest.mark.usefixtures("_blocks")
def test_most_similar_to_words_and_vectors():
    query = unit(1) + unit(2) - unit(3)
    assert_found(VECTORS.most_similar(["w1", "w2"], "w3", k=5), cosines(query), [1, 2, 3], 5)
    vector = torch.arange(7.0)
    query = unit(1) + vector.numpy() / np.linalg.norm(vector)
    assert_found(VECTORS.most_similar(["w1", vector], k=60), cosines(query), [1], 60)
    assert_found(VECTORS.most_similar(vector.numpy(), k=3), cosines(vector.double().numpy()), [], 3)
    assert_found(VECTORS.most_similar(negative="w5", k=3), cosines(-unit(5)), [5], 3)


@pytest.mark.usefixtures("_blocks")
def test_many_queries_are_answered_like_one():
    for found, i in zip(VECTORS.nearest(WORDS, 9), range(60), strict=True):
        assert_found(found, cosines(X[i]), [i], 9)
    for found, i in zip(VECTORS.nearest(MATRIX[:7], 9), range(7), strict=True):
        assert_found(found, cosines(X[i]), [], 9)


@pytest.mark.usefixtures("_blocks")
def test_analogies_by_addition_and_by_multiplication():
    questions = [(WORDS[i], WORDS[i + 1], WORDS[i + 7]) for i in range(20)]
    vectors = WordVectors(WORDS, MATRIX.double())  # near −1, a cosine in float32 leaves 3CosMul few digits
    added, multiplied = (vectors.analogies(questions, k=4, method=m) for m in ("3cosadd", "3cosmul"))
    for i in range(20):
        a, b, c = i, i + 1, i + 7
        assert_found(added[i], cosines(unit(b) - unit(a) + unit(c)), [a, b, c], 4)
        ca, cb, cc = ((1 + cosines(X[j])) / 2 for j in (a, b, c))
        assert_found(multiplied[i], cb * cc / (ca + 1e-6), [a, b, c], 4)
    assert [n.word for n in vectors.analogy("w0", "w1", "w7", k=4)] == [n.word for n in added[0]]
    assert VECTORS.analogies([]) == []


def test_rows_are_looked_at_in_blocks_of_bounded_size():
    asked = []

    def score(start: int, stop: int) -> torch.Tensor:
        asked.append((start, stop))
        return torch.zeros(1000, stop - start)

    best_rows(score, 1_000_000, 10, left_out=torch.full((1000, 1), -1))
    assert asked[0][0] == 0
    assert asked[-1][1] == 1_000_000
    assert all(first[1] == second[0] for first, second in itertools.pairwise(asked))
    assert max(stop - start for start, stop in asked) * 1000 <= 1 << 22


@pytest.mark.filterwarnings("ignore:Call to deprecated:DeprecationWarning")  # of gensim, by gensim
def test_gensim_answers_the_same():
    pytest.importorskip("gensim", reason="needs the package gensim")
    theirs = VECTORS.to_gensim()
    for ours, other in (
        (VECTORS.most_similar(["w1", "w2"], ["w3"], k=9), theirs.most_similar(["w1", "w2"], ["w3"], topn=9)),
        (
            VECTORS.analogy("w3", "w1", "w2", k=9, method="3cosmul"),
            theirs.most_similar_cosmul(["w1", "w2"], ["w3"], topn=9),
        ),
    ):
        assert [word for word, _ in ours] == [word for word, _ in other]
        np.testing.assert_allclose([score for _, score in ours], [score for _, score in other], rtol=1e-5)
    for words in (WORDS[:4], WORDS[20:27], WORDS[::9]):
        assert VECTORS.doesnt_match(words) == theirs.doesnt_match(words)


@pytest.mark.parametrize("scale", [1e-20, 1e-30, 1e30])
def test_cosines_of_very_short_and_very_long_vectors(scale):
    vectors = WordVectors("abc", torch.tensor([[1.0, 2], [2, 1], [0, 0]]) * scale)
    assert vectors.similarity("a", "b") == pytest.approx(0.8)
    assert vectors.most_similar("a", k=1)[0].similarity == pytest.approx(0.8)
    assert vectors.similarity("a", "c") == 0


def test_an_empty_table_has_no_neighbours():
    assert WordVectors([], torch.zeros(0, 2)).most_similar(torch.ones(2)) == []
    assert WordVectors(["a"], torch.ones(1, 2)).most_similar("a") == []


def test_pairs_are_compared_together():
    found = VECTORS.similarities(WORDS[:9], WORDS[9:18])
    np.testing.assert_allclose(found, [cosines(X[i])[i + 9] for i in range(9)], rtol=1e-5)
    with pytest.raises(InputError, match="2 first words, but 1 second"):
        VECTORS.similarities(WORDS[:2], WORDS[:1])


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16, torch.float16])
def test_other_types_are_computed_with_enough_digits(dtype):
    vectors = WordVectors(WORDS, MATRIX.to(dtype))
    x = MATRIX.to(dtype).double()
    expected = x[4] @ x[5] / (x[4].norm() * x[5].norm())
    assert vectors.similarity("w4", "w5") == pytest.approx(expected.item(), rel=1e-12 if dtype.itemsize == 8 else 1e-6)
    assert vectors.nearest(["w4"], 3)[0][0].word == vectors.most_similar("w4")[0].word
    assert vectors.normalized().rows().dtype == dtype


def test_parts_of_the_table():
    assert VECTORS.subset(3).words == ("w0", "w1", "w2")
    some = VECTORS.subset(["w9", "w2", "w9"])
    assert some.words == ("w2", "w9")
    assert torch.equal(some.rows(), MATRIX[[2, 9]])
    assert torch.equal(VECTORS[["w9", "w2"]], MATRIX[[9, 2]])
    assert VECTORS.ids(["w9", "?", "w2"], unknown=-1).tolist() == [9, -1, 2]
    torch.testing.assert_close(VECTORS.normalized().rows().norm(dim=1), torch.ones(60))
    assert not WordVectors("ab", torch.tensor([[0.0], [2.0]])).normalized()["a"].any()


def test_as_a_layer_of_another_network():
    layer = VECTORS.to_embedding()
    assert not layer.weight.requires_grad
    assert torch.equal(layer(VECTORS.ids(["w3"]))[0], MATRIX[3])
    layer = VECTORS.to_embedding(freeze=False, padding_idx=len(VECTORS))
    ids = VECTORS.ids(["w3", "unknown"], unknown=len(VECTORS))
    layer(ids).sum().backward()
    assert not layer.weight[60].any()
    assert layer.weight.grad.nonzero()[:, 0].unique().tolist() == [3]
    with torch.no_grad():
        layer.weight.zero_()
    assert torch.equal(VECTORS.rows(), MATRIX)


def test_matrices_are_combined():
    a, b = torch.ones(2, 3), torch.full((2, 3), 2.0)
    assert combine_matrices(a, b, "input") is a
    assert combine_matrices(a, b, "output") is b
    assert combine_matrices(a, b, "sum").unique().tolist() == [3]
    assert combine_matrices(a, b, "concatenation").tolist() == [[1, 1, 1, 2, 2, 2]] * 2
    with pytest.raises(InputError, match="hierarchical softmax has vectors=input only"):
        combine_matrices(a, b[:1], "sum")


@pytest.mark.parametrize(
    ("word", "suggestion"),
    [("Colour", "colour"), ("colur", "colour"), ("new york", "new_york"), ("xyzzy", None)],
)
def test_an_unknown_word_is_a_key_error_with_words_spelt_alike(word, suggestion):
    vectors = WordVectors(["the", "colour", "new_york", "colon"], torch.eye(4))
    with pytest.raises(KeyError) as caught:
        vectors[word]
    assert isinstance(caught.value, UnknownWordError)
    expected = f"{word!r} is not among the 4 words" + (f"; did you mean {suggestion!r}" if suggestion else "")
    assert str(caught.value).startswith(expected)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: VECTORS.most_similar(), "needs a word or a vector"),
        (lambda: VECTORS.most_similar("w1", 5), "how many is said by k=5"),
        (lambda: VECTORS.most_similar("w1", k=0), "k must be an integer of at least 1, not 0"),
        (lambda: VECTORS.most_similar(torch.ones(3)), r"must have the shape \(7,\), not \(3,\)"),
        (lambda: VECTORS.most_similar(torch.full((7,), torch.nan)), "must be finite"),
        (lambda: VECTORS.nearest(torch.full((1, 7), torch.inf)), "must be finite"),
        (lambda: VECTORS.most_similar([3]), "must be words or vectors, not 3"),
        (lambda: VECTORS.nearest("w1"), "takes a sequence of words, not 'w1'"),
        (lambda: VECTORS.nearest(torch.ones(2, 3)), r"must be \(Q, 7\), not \(2, 3\)"),
        (lambda: VECTORS.analogy("w1", "w2", "w3", method="add"), "method must be one of 3cosadd, 3cosmul"),
        (lambda: VECTORS.analogies([("w1", "w2")]), "by three words"),
        (lambda: VECTORS.doesnt_match(["w1"]), "of two words or more"),
        (lambda: VECTORS.subset("w1"), "takes a number or several words"),
        (lambda: VECTORS.subset(0), "k must be an integer"),
        (lambda: VECTORS.to_embedding(padding_idx=61), "must be at most 60"),
    ],
)
def test_questions_that_are_none(ask, message):
    with pytest.raises(InputError, match=message):
        ask()


@pytest.mark.gpu
def test_a_gpu_gives_the_same_answers():
    there = VECTORS.to("cuda")
    for ours, theirs in (
        (VECTORS.nearest(WORDS, 5), there.nearest(WORDS, 5)),
        (VECTORS.analogies([("w1", "w2", "w3")]), there.analogies([("w1", "w2", "w3")])),
        ([VECTORS.most_similar("w1", "w2")], [there.most_similar("w1", "w2")]),
    ):
        for one, other in zip(ours, theirs, strict=True):
            assert [n.word for n in one] == [n.word for n in other]
            np.testing.assert_allclose([n.similarity for n in one], [n.similarity for n in other], rtol=1e-4)
    assert there.subset(3).device.type == "cuda"
