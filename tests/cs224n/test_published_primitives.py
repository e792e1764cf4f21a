"""The tables of the assignment's handout, and what its public test suites ask of these functions."""

import random
from functools import partial

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from tests.cs224n.differences import central_differences
from tests.cs224n.dummy import TOKENS, DummyDataset, dummy_vectors
from torchw2v import cs224n
from torchw2v.errors import InputError

S = np.array([[0.73105858, 0.88079708], [0.26894142, 0.11920292]])
PRINTED = {"rtol": 0, "atol": 5e-9}  # eight decimals were printed


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        (np.array([1, 2]), [0.26894142, 0.73105858]),
        (np.array([[1001, 1002], [3, 4]]), [[0.26894142, 0.73105858]] * 2),
        (np.array([[-1001, -1002]]), [[0.73105858, 0.26894142]]),
    ],
)
def test_softmax_of_the_handout(x, expected):
    before = x.copy()
    assert_allclose(cs224n.softmax(x), expected, **PRINTED)
    assert np.array_equal(x, before)


def test_softmax_of_a_vector_is_that_of_its_row_and_shifts_change_nothing():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(7, 11))
    p = cs224n.softmax(x)
    assert p.shape == x.shape
    assert np.array_equal(cs224n.softmax(x[0]), p[0])
    for shift in (rng.uniform(-100, 100), rng.uniform(-100, 100, size=(7, 1))):
        assert_allclose(cs224n.softmax(x + shift), p, rtol=1e-8)
    rows, columns = rng.permutation(7), rng.permutation(11)
    assert_allclose(cs224n.softmax(x[rows][:, columns]), p[rows][:, columns], rtol=1e-12)


def test_sigmoid_of_the_handout():
    x = np.array([[1, 2], [-1, -2]])
    s = cs224n.sigmoid(x)
    assert_allclose(s, S, **PRINTED)
    assert_allclose(cs224n.sigmoid_grad(s), [[0.19661193, 0.10499359]] * 2, **PRINTED)
    assert cs224n.sigmoid(0) == 0.5
    assert_allclose(cs224n.sigmoid(np.array([1, 2, 3])), [0.73105858, 0.88079708, 0.95257413], **PRINTED)


def test_sigmoid_of_published_scores():
    """Of all the dummy data's pairs in the order of a text. Half a unit of each rounding: 5e-9 and ¼ of 5e-9."""
    scores = """-0.46612273 -0.87671855 0.54822123 -0.36443576 -0.87671855 0.33688521
        -0.87671855 0.33688521 -0.36443576 -0.36443576 0.54822123"""
    expected = """0.38553435 0.29385824 0.63372281 0.40988622 0.29385824 0.5834337
        0.29385824 0.5834337 0.40988622 0.40988622 0.63372281"""
    of_scores = cs224n.sigmoid(np.array(scores.split(), dtype=float))
    assert_allclose(of_scores, np.array(expected.split(), dtype=float), rtol=0, atol=6.25e-9)


@pytest.mark.parametrize("ndim", range(8))
def test_sigmoid_keeps_the_shape_and_sigmoid_grad_takes_the_value(ndim):
    rng = np.random.default_rng(ndim)
    x = rng.normal(scale=20, size=tuple(rng.integers(1, 6, ndim)))
    s, h = cs224n.sigmoid(x), 1e-5
    assert np.shape(s) == x.shape if ndim else isinstance(s, float)
    numeric = (cs224n.sigmoid(x + h) - cs224n.sigmoid(x - h)) / (2 * h)
    assert_allclose(cs224n.sigmoid_grad(s), numeric, rtol=0, atol=1e-7)


def test_sigmoid_is_symmetric_monotone_and_goes_with_permutations():
    rng = np.random.default_rng(0)
    z = rng.normal(scale=100, size=(50, 20))
    s = cs224n.sigmoid(z)
    assert_allclose(1 - cs224n.sigmoid(-z), s, rtol=1e-7, atol=1e-15)  # 1 − s rounds to multiples of 1e-16
    assert np.all((s >= 0) & (s <= 1))
    ascending = cs224n.sigmoid(np.sort(z, axis=None))
    assert np.all(np.diff(ascending) >= 0)
    assert np.all(np.diff(cs224n.sigmoid(np.arange(-700.0, 36))) > 0)
    rows, columns = rng.permutation(50), rng.permutation(20)
    assert_allclose(cs224n.sigmoid(z[rows][:, columns]), s[rows][:, columns], rtol=1e-14)


def test_normalize_rows_of_the_handout():
    x = np.array([[3.0, 4.0], [1, 2], [0, 0]])
    assert_allclose(cs224n.normalizeRows(x), [[0.6, 0.8], [0.4472136, 0.89442719], [0, 0]], **PRINTED)
    assert x[0, 0] == 3


def test_affine_layer_of_the_linspace_case():
    x = np.linspace(-0.1, 0.5, 240).reshape(2, 4, 5, 6)
    w = np.linspace(-0.2, 0.3, 360).reshape(120, 3)
    b = np.linspace(-0.3, 0.1, 3)
    out, cache = cs224n.affine_forward(x, w, b.reshape(1, 3))
    assert_allclose(out, [[1.49834967, 1.70660132, 1.91485297], [3.25553199, 3.5141327, 3.77273342]], **PRINTED)
    g = np.array([[1.0, -2, 3], [0.5, 0, -1]])
    dx, dw, db = cs224n.affine_backward(g, cache)
    assert_allclose(dx, (g @ w.T).reshape(x.shape))
    assert_allclose(dw, x.reshape(2, 120).T @ g)
    assert_allclose(db, g.sum(0, keepdims=True))


def test_affine_gradients_are_the_numerical_ones():
    rng = np.random.default_rng(0)
    inputs = [rng.normal(size=(10, 2, 3)), rng.normal(size=(6, 5)), rng.normal(size=5)]
    g = rng.normal(size=(10, 5))
    gradients = cs224n.affine_backward(g, cs224n.affine_forward(*inputs)[1])
    for x, gradient in zip(inputs, gradients, strict=True):
        numeric = central_differences(lambda: np.sum(cs224n.affine_forward(*inputs)[0] * g), x, np.ndindex(x.shape))
        assert_allclose(gradient.ravel(), numeric, rtol=0, atol=5e-7)


def test_sigmoid_layer():
    x, g = np.array([[-1.0, 2.0]]), np.array([[3.0, -4.0]])
    out, cache = cs224n.sigmoid_forward(x)
    assert_allclose(out, 1 / (1 + np.exp(-x)))
    assert_allclose(cs224n.sigmoid_backward(g, cache), g * np.exp(-x) / (1 + np.exp(-x)) ** 2)


def second_network(data, labels, params, dimensions):
    """The two-layer network once more, in NumPy."""
    d_x, h, d_y = dimensions
    w1, b1, w2, b2 = np.split(params, np.cumsum([d_x * h, h, h * d_y]))
    w1, w2 = w1.reshape(d_x, h), w2.reshape(h, d_y)
    hidden = 1 / (1 + np.exp(-(data @ w1 + b1)))
    e = np.exp(hidden @ w2 + b2)
    p = e / e.sum(1, keepdims=True)
    delta2 = p - labels
    delta1 = delta2 @ w2.T * hidden * (1 - hidden)
    parts = (data.T @ delta1, delta1.sum(0), hidden.T @ delta2, delta2.sum(0))
    return -np.sum(labels * np.log(p)), np.concatenate([part.ravel() for part in parts])


@pytest.mark.parametrize("d_x", range(2, 10))
def test_two_layer_network_of_every_size_is_that_of_a_second_implementation(d_x):
    rng = np.random.default_rng(d_x)
    for h in range(2, 10):
        for d_y in range(2, 10):
            data, labels = rng.normal(size=(300, d_x)), np.eye(d_y)[rng.integers(0, d_y, 300)]
            params = rng.normal(size=(d_x + 1) * h + (h + 1) * d_y)
            cost, gradient = cs224n.forward_backward_prop(data, labels, params, [d_x, h, d_y])
            expected_cost, expected_gradient = second_network(data, labels, params, (d_x, h, d_y))
            assert isinstance(cost, float)
            assert cost == pytest.approx(expected_cost, rel=1e-12)
            assert gradient.shape == params.shape
            assert_allclose(gradient, expected_gradient, rtol=1e-8, atol=1e-8)


def test_parameters_of_another_size_are_counted():
    with pytest.raises(InputError, match=r"params has 12 entries, but .*\(2 \+ 1\) 3 \+ \(3 \+ 1\) 2 = 17"):
        cs224n.forward_backward_prop(np.ones((1, 2)), np.ones((1, 2)), np.ones(12), (2, 3, 2))


def test_softmax_regression_of_random_inputs():
    rng = np.random.default_rng(0)
    features, labels = rng.normal(size=(1000, 20)), rng.integers(0, 100, 1000)
    weights = 0.1 * rng.normal(size=(20, 100)) + 1
    cost, gradient, predicted = cs224n.softmaxRegression(features, labels, weights)
    assert cost == pytest.approx(np.log(100), rel=0.15)
    assert np.array_equal(predicted, np.argmax(features @ weights, axis=1))
    for regularization in (0.0, 1.5):
        cost, gradient = cs224n.softmax_wrapper(features, labels, weights, regularization)
        places = [tuple(rng.integers(0, weights.shape)) for _ in range(20)]
        numeric = central_differences(
            lambda by=regularization: cs224n.softmax_wrapper(features, labels, weights, by)[0], weights, places
        )
        assert_allclose([gradient[place] for place in places], numeric, rtol=2e-4, atol=1e-9)


def test_softmax_regression_of_one_example():
    weights = np.array([[1.0, 2.0], [0.0, -1.0]])
    of_row = cs224n.softmaxRegression(np.array([[1.0, 1.0]]), np.array([1]), weights, 0.1)
    of_vector = cs224n.softmaxRegression(np.array([1.0, 1.0]), 1, weights, 0.1)
    assert of_row[0] == of_vector[0] == pytest.approx(np.log(2) + 0.05 * 6)
    assert np.array_equal(of_row[1], of_vector[1])
    assert of_row[2].shape == (1,)
    assert of_vector[2] == of_row[2][0]


def test_trap_a_class_or_a_word_with_a_fraction_is_cut_to_a_whole_one():
    x, weights, dataset = dummy_vectors()[:5], np.ones((3, 2)), DummyDataset()
    expected = cs224n.softmaxRegression(x, np.array([0, 1, 1, 0, 1]), weights)
    result = cs224n.softmaxRegression(x, np.array([0, 1, 1, 0, 1], dtype=np.float32), weights)
    assert result[0] == expected[0]
    assert np.array_equal(result[1], expected[1])
    for label, named in ((1.5, "1.5"), (np.nan, "nan"), (1e300, r"1e\+300")):
        with pytest.raises(InputError, match=f"labels must be whole numbers of at most 64 bits, but one is {named}"):
            cs224n.softmaxRegression(x, [0, 1, label, 0, 1], weights)
    with pytest.raises(InputError, match="labels must be whole numbers, but the dtype is <U1"):
        cs224n.softmaxRegression(x, list("01101"), weights)

    assert cs224n.softmaxCostAndGradient(x[0], 1.0, x)[0] == cs224n.softmaxCostAndGradient(x[0], 1, x)[0]
    for function in (cs224n.softmaxCostAndGradient, cs224n.negSamplingCostAndGradient):
        with pytest.raises(InputError, match=r"target must be whole numbers of at most 64 bits, but one is 1\.7"):
            function(x[0], 1.7, x, dataset)
        with pytest.raises(InputError, match=r"target must be one number, but has shape \(1,\)"):
            function(x[0], np.array([1]), x, dataset)
    with pytest.raises(InputError, match=r"target must be whole numbers .* 1\.7"):
        cs224n.getNegativeSamples(1.7, dataset, 1)
    with pytest.raises(InputError, match=r"the dataset draws must be whole numbers .* 1\.5"):
        cs224n.getNegativeSamples(0, DummyDataset(lambda low, high: 1.5), 1)
    with pytest.raises(InputError, match=r"tokens must be whole numbers .* 0\.5"):
        cs224n.skipgram("a", 1, ["b"], {"a": 0.5, "b": 1}, x, x, None)
    with pytest.raises(InputError, match=r"tokens must be whole numbers .* 0\.5"):
        cs224n.getSentenceFeatures({"a": 0.5}, x, ["a"])


def test_labels_weights_and_regularization_that_do_not_fit():
    x = np.ones((3, 4))
    with pytest.raises(InputError, match=r"labels must be one for each example, .* \(3, 4\) and \(2,\)"):
        cs224n.softmaxRegression(x, [0, 1], np.ones((4, 2)))
    with pytest.raises(InputError, match=r"weights must be \(D, C\), but the shape is \(4,\)"):
        cs224n.softmaxRegression(x, [0, 1, 0], np.ones(4))
    with pytest.raises(InputError, match="at least 0, not -1"):
        cs224n.softmaxRegression(x, [0, 1, 0], np.ones((4, 2)), -1)
    with pytest.raises(IndexError):
        cs224n.softmaxRegression(x, [0, 2, 0], np.ones((4, 2)))


def everything(x):
    """What each function gives for these rows, (5, 3)."""

    def own_cost(*args):
        return cs224n.softmaxCostAndGradient(*args)

    dataset = DummyDataset(random.Random(0).randint)
    random.seed(0)
    window = ("a", 1, ["b", "c"], TOKENS, x, x + 1, dataset)
    cost = cs224n.negSamplingCostAndGradient
    yield from (f(x) for f in (cs224n.softmax, cs224n.sigmoid, cs224n.sigmoid_grad, cs224n.normalizeRows))
    yield from cs224n.forward_backward_prop(x, np.eye(5, 2), np.arange(14.0), (3, 2, 2))
    yield from cs224n.softmaxRegression(x, [0, 1, 1, 0, 1], x[:3, :2], 0.1)
    yield from cs224n.affine_backward(x, cs224n.affine_forward(x, x[:3], x[0])[1])
    yield cs224n.sigmoid_backward(x, cs224n.sigmoid_forward(x)[1])
    yield from cs224n.softmaxCostAndGradient(x[0], 1, x)
    yield from cs224n.negSamplingCostAndGradient(x[0], 1, x, dataset)
    for model in (cs224n.skipgram, cs224n.cbow):
        yield from model(*window, cost)
        yield from model(*window, own_cost)
    yield from cs224n.word2vec_sgd_wrapper(cs224n.cbow, TOKENS, np.concatenate((x, x)), dataset, 1, cost)
    yield cs224n.getSentenceFeatures(TOKENS, x, ["a", "c"])
    yield cs224n.gradcheck_naive(lambda x: (np.sum(x**2), 2 * x), x)


@pytest.mark.parametrize("mode", [torch.inference_mode, torch.no_grad, partial(torch.device, "meta")])
def test_torch_may_be_in_any_mode(mode):
    """The last is another default device."""
    x = dummy_vectors()[5:]
    expected = list(everything(x))
    with mode():
        results = list(everything(x))
    assert len(results) == len(expected)
    for result, of_expected in zip(results, expected, strict=True):
        assert np.array_equal(result, of_expected)


def test_accuracy_is_in_percent():
    assert cs224n.accuracy(np.array([1, 2, 3, 4]), np.array([1, 2, 0, 0])) == 50
    with pytest.raises(InputError, match=r"\(2,\) and \(3,\)"):
        cs224n.accuracy(np.zeros(2), np.zeros(3))


def test_trap_the_average_of_an_empty_sentence_divides_by_zero():
    vectors, tokens = np.arange(6.0).reshape(3, 2), {"a": 0, "b": 1, "c": 2}
    assert_allclose(cs224n.getSentenceFeatures(tokens, vectors, ["c", "a", "c"]), [8 / 3, 11 / 3])
    assert_allclose(cs224n.getSentenceFeature(tokens, vectors, ["b", "zebra"]), [2, 3])
    for sentence in ([], ["zebra"]):
        assert np.array_equal(cs224n.getSentenceFeatures(tokens, vectors, sentence), [0, 0])
