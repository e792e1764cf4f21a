"""The tables of the assignment's handout, and what its public test suites ask of these functions."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from torchw2v import cs224n
from torchw2v.errors import InputError

S = np.array([[0.73105858, 0.88079708], [0.26894142, 0.11920292]])
HANDOUT = {"rtol": 1e-5, "atol": 1e-6}  # the course's own
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
    assert_allclose(cs224n.softmax(x + rng.uniform(-100, 100, size=(7, 1))), cs224n.softmax(x), rtol=1e-8)
    assert np.array_equal(cs224n.softmax(x[0]), cs224n.softmax(x[:1])[0])
    order = rng.permutation(11)
    assert_allclose(cs224n.softmax(x[:, order]), cs224n.softmax(x)[:, order], rtol=1e-12)


def test_sigmoid_of_the_handout():
    x = np.array([[1, 2], [-1, -2]])
    s = cs224n.sigmoid(x)
    assert_allclose(s, S, **PRINTED)
    assert_allclose(cs224n.sigmoid_grad(s), [[0.19661193, 0.10499359]] * 2, **PRINTED)
    assert cs224n.sigmoid(0) == 0.5
    assert_allclose(cs224n.sigmoid(np.array([1, 2, 3])), [0.73105858, 0.88079708, 0.95257413], **PRINTED)


def test_sigmoid_of_published_scores():
    scores = [-0.46612273, -0.87671855, 0.54822123, -0.36443576, -0.87671855, 0.33688521]
    expected = [0.38553435, 0.29385824, 0.63372281, 0.40988622, 0.29385824, 0.5834337]
    assert_allclose(cs224n.sigmoid(scores), expected, rtol=0, atol=1e-8)


@pytest.mark.parametrize("ndim", range(8))
def test_sigmoid_keeps_the_shape_and_sigmoid_grad_takes_the_value(ndim):
    rng = np.random.default_rng(ndim)
    x = rng.normal(scale=20, size=tuple(rng.integers(1, 5, ndim)))
    s, h = cs224n.sigmoid(x), 1e-5
    assert np.shape(s) == x.shape if ndim else isinstance(s, float)
    numeric = (cs224n.sigmoid(x + h) - cs224n.sigmoid(x - h)) / (2 * h)
    assert_allclose(cs224n.sigmoid_grad(s), numeric, rtol=0, atol=1e-7)
    assert_allclose(1 - cs224n.sigmoid(-x), s, rtol=1e-7, atol=1e-15)  # 1 − s rounds to multiples of 1e-16


def test_normalize_rows_of_the_handout():
    x = np.array([[3.0, 4.0], [1, 2], [0, 0]])
    assert_allclose(cs224n.normalizeRows(x), [[0.6, 0.8], [0.4472136, 0.89442719], [0, 0]], **HANDOUT)
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


@pytest.mark.parametrize("dimensions", [(2, 2, 2), (2, 9, 3), (9, 2, 5), (5, 5, 9), (9, 9, 9), [10, 5, 10]])
def test_two_layer_network_is_that_of_a_second_implementation(dimensions):
    rng = np.random.default_rng(0)
    d_x, h, d_y = dimensions
    data, labels = rng.normal(size=(300, d_x)), np.eye(d_y)[rng.integers(0, d_y, 300)]
    params = rng.normal(size=(d_x + 1) * h + (h + 1) * d_y)
    cost, gradient = cs224n.forward_backward_prop(data, labels, params, dimensions)
    expected_cost, expected_gradient = second_network(data, labels, params, dimensions)
    assert isinstance(cost, float)
    assert cost == pytest.approx(expected_cost, rel=1e-12)
    assert gradient.shape == params.shape
    assert_allclose(gradient, expected_gradient, rtol=1e-8, atol=1e-8)


def test_parameters_of_another_size_are_counted():
    with pytest.raises(InputError, match=r"params has 12 entries, but .*\(2 \+ 1\) 3 \+ \(3 \+ 1\) 2 = 17"):
        cs224n.forward_backward_prop(np.ones((1, 2)), np.ones((1, 2)), np.ones(12), (2, 3, 2))


def test_softmax_regression_of_random_inputs():
    rng = np.random.default_rng(0)
    features, labels = rng.normal(size=(5000, 20)), rng.integers(0, 100, 5000)
    weights = 0.1 * rng.normal(size=(20, 100)) + 1
    cost, gradient, predicted = cs224n.softmaxRegression(features, labels, weights)
    assert cost == pytest.approx(np.log(100), rel=0.15)
    assert np.array_equal(predicted, np.argmax(features @ weights, axis=1))
    for regularization in (0.0, 1.5):
        cost, gradient = cs224n.softmax_wrapper(features, labels, weights, regularization)
        for _ in range(5):
            shift = np.zeros(weights.shape)
            place = tuple(rng.integers(0, weights.shape))
            shift[place] = 1e-5
            above, below = (
                cs224n.softmaxRegression(features, labels, w, regularization, nopredictions=True)[0]
                for w in (weights + shift, weights - shift)
            )
            assert gradient[place] == pytest.approx((above - below) / 2e-5, rel=2e-4, abs=1e-9)


def test_softmax_regression_of_one_example():
    weights = np.array([[1.0, 2.0], [0.0, -1.0]])
    of_row = cs224n.softmaxRegression(np.array([[1.0, 1.0]]), np.array([1]), weights, 0.1)
    of_vector = cs224n.softmaxRegression(np.array([1.0, 1.0]), 1, weights, 0.1)
    assert of_row[0] == of_vector[0] == pytest.approx(np.log(2) + 0.05 * 6)
    assert np.array_equal(of_row[1], of_vector[1])
    assert of_row[2].shape == (1,)
    assert of_vector[2] == of_row[2][0]


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
