"""Costs and gradients of word2vec that were published with the assignment.

Losses agree to 1e-9 relative, 1e-12 where 16 digits were printed; gradients, printed with 8 digits, to
rtol 1e-5, atol 1e-8.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from numpy.testing import assert_allclose

from tests.cs224n.differences import central_differences
from tests.cs224n.dummy import TOKENS, DummyDataset, Replayed, dummy_vectors, randint_of_python_2
from torchw2v.cs224n import (
    cbow,
    getNegativeSamples,
    gradcheck_naive,
    naiveSoftmaxLossAndGradient,
    negSamplingCostAndGradient,
    negSamplingLossAndGradient,
    normalizeRows,
    skipgram,
    softmaxCostAndGradient,
    word2vec_sgd_wrapper,
)
from torchw2v.errors import InputError

VECTORS = dummy_vectors()
CENTER, OUTSIDE = VECTORS[:5], VECTORS[5:]
GRADIENT = {"rtol": 1e-5, "atol": 1e-8}


def check(result, loss, rel, grad_center, grad_outside):
    """`grad_center` names the rows that are not zero."""
    cost, of_center, of_outside = result
    assert isinstance(cost, float)
    assert cost == pytest.approx(loss, rel=rel, abs=0)
    expected = np.zeros((5, 3))
    for row, values in grad_center.items():
        expected[row] = values
    assert_allclose(of_center, expected, **GRADIENT)
    assert_allclose(of_outside, grad_outside, **GRADIENT)


PUBLISHED_VECTORS = """
centre  a [-0.96735714039493281, -0.021826408701617506, 0.25247528752360726]
centre  b [0.73663029283382919, -0.48088686664411984, -0.47552458734406944]
centre  c [-0.27323644503937938, 0.12538062347179069, 0.95374081613406236]
centre  d [-0.56713773667061751, -0.27178229466593129, -0.77748901725378095]
centre  e [-0.59609459288202926, 0.77956659620551061, 0.19221643638711614]
outside a [-0.68318090405183318, -0.042005189369976922, 0.72904006502037477]
outside b [0.18289106803498664, 0.76098586891170639, -0.62245591373985443]
outside c [-0.61517873513884103, 0.51476239871340945, -0.59713884206589052]
outside d [-0.33867073586509638, -0.80966534309916538, -0.4793163515390485]
outside e [-0.52629528655149438, -0.78190407615855295, 0.33412465793520896]
"""


def test_the_dummy_vectors_are_those_published():
    """From the seed, and with our `normalizeRows`, to the rounding of a number of 16 digits."""
    lines = PUBLISHED_VECTORS.strip().splitlines()
    expected = [json.loads(line[line.index("[") :]) for line in lines]
    assert_allclose(VECTORS, expected, rtol=1e-15, atol=0)
    np.random.seed(9265)
    assert_allclose(normalizeRows(np.random.randn(10, 3)), expected, rtol=1e-15, atol=0)


@pytest.mark.parametrize("function", [naiveSoftmaxLossAndGradient, softmaxCostAndGradient])
@pytest.mark.parametrize("shape", [(3,), (1, 3)])
def test_softmax_of_one_word(function, shape):
    cost, of_center, of_outside = function(CENTER[2].reshape(shape), 3, OUTSIDE, None)
    assert cost == pytest.approx(2.217424877675181, rel=1e-12, abs=0)
    assert of_center.shape == shape
    assert_allclose(of_center.ravel(), [-0.17249875, 0.64873661, 0.67821423], **GRADIENT)
    expected = [
        [-0.11394933, 0.05228819, 0.39774391],
        [-0.02740743, 0.01257651, 0.09566654],
        [-0.03385715, 0.01553611, 0.11817949],
        [0.24348396, -0.11172803, -0.84988879],
        [-0.06827005, 0.03132723, 0.23829885],
    ]
    assert_allclose(of_outside, expected, **GRADIENT)


SKIPGRAM_SOFTMAX = {
    "c": (
        11.16610900153398,  # Python 2 prints ...3981
        [-1.26947339, -1.36873189, 2.45158957],
        [
            [-0.41045956, 0.18834851, 1.43272264],
            [0.38202831, -0.17530219, -1.33348241],
            [0.07009355, -0.03216399, -0.24466386],
            [0.09472154, -0.04346509, -0.33062865],
            [-0.13638384, 0.06258276, 0.47605228],
        ],
    ),
    "b": (
        9.87714910003414,
        [-0.14586705, -1.34158321, -0.29291951],
        [
            [-0.30342672, 0.19808298, 0.19587419],
            [-0.41359958, 0.27000601, 0.26699522],
            [-0.08192272, 0.05348078, 0.05288442],
            [0.6981188, -0.4557458, -0.45066387],
            [0.10083022, -0.06582396, -0.06508997],
        ],
    ),
    "a": (
        10.810758628593335,
        [-1.1790274, -1.35861865, 1.53590492],
        [
            [-0.796035953, -0.0179609012, 0.207761330],
            [1.40175316, 0.0316276545, -0.365850437],
            [-0.199691259, -0.00450561933, 0.0521184016],
            [0.0202560028, 0.000457034715, -0.00528671357],
            [-0.426281954, -0.00961816867, 0.111257419],
        ],
    ),
}


@pytest.mark.parametrize("center", SKIPGRAM_SOFTMAX)
def test_skipgram_softmax(center):
    loss, of_center, of_outside = SKIPGRAM_SOFTMAX[center]
    result = skipgram(center, 3, list("abedbc"), TOKENS, CENTER, OUTSIDE, None, softmaxCostAndGradient)
    check(result, loss, 1e-12, {TOKENS[center]: of_center}, of_outside)


CBOW_SOFTMAX = {
    "sum": (
        0.79899580109066504,
        ([0.23330542, -0.51643128, -0.8281311], [0.11665271, -0.25821564, -0.41406555]),
        [
            [0.80954933, 0.21962514, -0.54095764],
            [-0.03556575, -0.00964874, 0.02376577],
            [-0.13016109, -0.0353118, 0.08697634],
            [-0.1650812, -0.04478539, 0.11031068],
            [-0.47874129, -0.1298792, 0.31990485],
        ],
    ),
    "mean": (
        1.328772507065725,
        ([0.11259983, -0.06189544, -0.36437763], [0.05629992, -0.03094772, -0.18218881]),
        [
            [0.27042792, 0.07336523, -0.18070554],
            [-0.04689751, -0.01272297, 0.03133789],
            [-0.06486524, -0.01759749, 0.0433443],
            [-0.06883608, -0.01867475, 0.0459977],
            [-0.08982909, -0.02437001, 0.06002566],
        ],
    ),
}


def of_context(row_a, row_b):
    """Rows of the words a b c, of which a stands twice in the context and c has the gradient of b."""
    return {0: row_a, 1: row_b, 2: row_b}


@pytest.mark.parametrize("reduce", CBOW_SOFTMAX)
def test_cbow_softmax(reduce):
    loss, rows, of_outside = CBOW_SOFTMAX[reduce]
    result = cbow("a", 2, list("abca"), TOKENS, CENTER, OUTSIDE, None, softmaxCostAndGradient, reduce=reduce)
    check(result, loss, 1e-12, of_context(*rows), of_outside)


# loss, its relative tolerance, may the target be drawn, negatives of a, negatives of b, gradients of row c and of U
ROW_A_1 = [-0.11265089, 0.05169237, 0.39321163]
ROW_B_1 = [-0.22716495, 0.10423969, 0.79292674]
ROW_C_1 = [-0.45528438, 0.20891737, 1.58918512]
ROW_D_1 = [-0.31602611, 0.14501561, 1.10309954]
ROW_D_2 = [-0.73739425, 0.33836976, 2.57389893]
ROW_E_1 = [-0.80620296, 0.36994417, 2.81407799]
SKIPGRAM_NEGATIVE = {
    "A2 2019-24": (
        (16.15119285363322, 1e-12, True, "3224131311", "2400004424"),
        [-4.54650789, -1.85942252, 0.76397441],
        [[-0.69148188, 0.31730185, 2.41364029], ROW_B_1, ROW_C_1, ROW_D_1, ROW_E_1],
    ),
    "A2 January 2019": (
        (14.3018669327, 1e-9, True, "2334411221", "3432033034"),
        [-3.86035429, -2.8660339, -0.9739887],
        [
            [-0.30559455, 0.14022886, 1.06668785],
            [-0.12708467, 0.05831563, 0.44359323],
            ROW_C_1,
            ROW_D_2,
            [-0.64496237, 0.29595533, 2.25126239],
        ],
    ),
    "A1 2017": (
        (14.093692760899629, 1e-12, True, "2413212211", "2444430232"),
        [-3.86802836, -1.12713967, -1.52668625],
        [ROW_A_1, ROW_B_1, [-0.79674766, 0.36560539, 2.78107395], ROW_D_1, ROW_E_1],
    ),
    "A1 2016": (
        (13.80166427, 1e-9, True, "2142233322", "4334442334"),
        [-4.16316046, -3.85813361, -1.65076986],
        [
            [0.08029278, -0.03684413, -0.28026459],
            [0.07307589, -0.0335325, -0.25507379],
            [-0.68292656, 0.31337605, 2.38377767],
            ROW_D_2,
            [-0.96744355, 0.443933, 3.37689359],
        ],
    ),
    "CS224d 2015, python 2": (
        (14.09527265, 1e-9, False, "3241303332", "1130334301"),
        [-3.40325278, -2.74731195, -0.95360761],
        [
            [-0.49853822, 0.22876535, 1.74016407],
            ROW_B_1,
            [-0.22764219, 0.10445868, 0.79459256],
            [-0.94807832, 0.43504684, 3.30929863],
            [-0.32248118, 0.14797767, 1.1256312],
        ],
    ),
    "CS224d 2015, python 3": (
        (13.855545353810484, 1e-12, False, "3343110343", "2142414213"),
        [-3.16769624, -2.64259997, -1.31406475],
        [
            ROW_A_1,
            [-0.32724523, 0.15016375, 1.14226025],
            [-0.34146328, 0.15668803, 1.19188884],
            [-0.63205221, 0.29003122, 2.20619908],
            ROW_E_1,
        ],
    ),
}


@pytest.mark.parametrize("published", SKIPGRAM_NEGATIVE)
@pytest.mark.parametrize("function", [negSamplingCostAndGradient, negSamplingLossAndGradient])
def test_skipgram_negative_sampling(published, function):
    (loss, rel, exclude, of_a, of_b), of_center, of_outside = SKIPGRAM_NEGATIVE[published]
    dataset = Replayed(map(int, of_a + of_b))
    cost = partial(function, exclude_target=exclude)
    result = skipgram("c", 1, ["a", "b"], TOKENS, CENTER, OUTSIDE, dataset, cost)
    check(result, loss, rel, {2: of_center}, of_outside)
    assert dataset.draws == []


CBOW_NEGATIVE = {
    "A1 2017": (
        (7.895593203599139, 1e-12, True, "sum", "1131441233"),
        ([-2.98873309, -3.38440688, -2.62676289], [-1.49436655, -1.69220344, -1.31338145]),
        [
            [0.21992784, 0.0596649, -0.14696034],
            [-1.37825047, -0.37390982, 0.92097553],
            [-0.77702167, -0.21080061, 0.51922198],
            [-2.58955401, -0.7025281, 1.73039366],
            [-2.36749007, -0.64228369, 1.58200593],
        ],
    ),
    "A1 2016": (
        (7.14668013, 1e-9, True, "sum", "1233314131"),
        ([-2.53925378, -3.07626957, -3.72680462], [-1.26962689, -1.53813479, -1.86340231]),
        [
            [0.21992784, 0.0596649, -0.14696034],
            [-1.37825047, -0.37390982, 0.92097553],
            [-0.77702167, -0.21080061, 0.51922198],
            [-3.45273868, -0.93670413, 2.30719154],
            [-1.18374504, -0.32114184, 0.79100296],
        ],
    ),
    "CS224d 2015, python 3": (
        (8.401406208119816, 1e-12, False, "mean", "3100233304"),
        ([-1.11282956, -0.81199755, -0.16573265], [-0.55641478, -0.40599878, -0.08286633]),
        [
            [-0.52524701, -0.14249588, 0.35098094],
            [-0.15687411, -0.04255886, 0.10482653],
            [-0.1865027, -0.05059689, 0.12462497],
            [-0.76784599, -0.20831131, 0.5130906],
            [-0.21610895, -0.05862886, 0.14440848],
        ],
    ),
}


@pytest.mark.parametrize("published", CBOW_NEGATIVE)
def test_cbow_negative_sampling(published):
    (loss, rel, exclude, reduce, negatives), rows, of_outside = CBOW_NEGATIVE[published]
    dataset = Replayed(map(int, negatives))
    cost = partial(negSamplingCostAndGradient, exclude_target=exclude)
    result = cbow("a", 2, list("abac"), TOKENS, CENTER, OUTSIDE, dataset, cost, reduce=reduce)
    check(result, loss, rel, of_context(*rows), of_outside)
    assert dataset.draws == []


# ------------------------------------------------ how the negatives arise: what was drawn before the printed calls


def test_figures_of_2019_come_from_the_seed(capsys):
    """One seed, both gradient checks, then the printed call: the published loss. The checks restore the generator."""
    random.seed(31415)
    for cost in (naiveSoftmaxLossAndGradient, negSamplingLossAndGradient):
        assert gradcheck_naive(
            lambda vectors, cost=cost: word2vec_sgd_wrapper(skipgram, TOKENS, vectors, DummyDataset(), 5, cost),
            VECTORS,
        )
    assert capsys.readouterr().out == "Gradient check passed!\n" * 2
    result = skipgram("c", 1, ["a", "b"], TOKENS, CENTER, OUTSIDE, DummyDataset(), negSamplingLossAndGradient)
    assert result[0] == pytest.approx(16.15119285363322, rel=1e-12, abs=0)


# The gradient checks before the printed calls, each of which leaves the generator as after one evaluation.
HISTORIES: dict[str, tuple[int, list[Callable]]] = {
    "A2 2019-24": (3, [skipgram]),
    "A2 January 2019": (2, [skipgram]),
    "A1 2017": (3, [skipgram, cbow]),
    "A1 2016": (2, []),  # seeded again right before
    "CS224d 2015, python 2": (2, [skipgram, cbow]),
    "CS224d 2015, python 3": (3, [skipgram, cbow]),
}


@pytest.mark.parametrize("published", HISTORIES)
def test_figures_of_every_year_come_from_the_seed(published, monkeypatch):
    """Skip-gram and then CBOW, whose negatives are the next ones drawn."""
    (loss, rel, exclude, *_), of_center, of_outside = SKIPGRAM_NEGATIVE[published]
    python, models = HISTORIES[published]
    if python == 2:
        monkeypatch.setattr(random, "randint", randint_of_python_2)
    dataset = DummyDataset(random.randint)
    negative_sampling = partial(negSamplingCostAndGradient, exclude_target=exclude)
    random.seed(31415)
    for model in models:
        for cost in (softmaxCostAndGradient, negative_sampling):
            word2vec_sgd_wrapper(model, TOKENS, VECTORS, dataset, 5, cost)
    result = skipgram("c", 1, ["a", "b"], TOKENS, CENTER, OUTSIDE, dataset, negative_sampling)
    check(result, loss, rel, {2: of_center}, of_outside)
    if published in CBOW_NEGATIVE:
        (loss, rel, _, reduce, _), rows, of_outside = CBOW_NEGATIVE[published]
        result = cbow("a", 2, list("abac"), TOKENS, CENTER, OUTSIDE, dataset, negative_sampling, reduce=reduce)
        check(result, loss, rel, of_context(*rows), of_outside)


def test_figures_of_the_author_who_adds_1e_12_in_the_logarithm():
    """His cost as one's own: the losses as he printed them, which differ from the exact ones in the 12th digit."""

    def cost(predicted, target, output_vectors, dataset):
        rows = [target, *getNegativeSamples(target, dataset, 10, exclude_target=False)]
        scores = output_vectors[rows] @ predicted.ravel() * np.array([1] + [-1] * 10)
        value = -np.sum(np.log(1 / (1 + np.exp(-scores)) + 1e-12))
        return value, np.zeros(predicted.shape), np.zeros(output_vectors.shape)

    dataset = Replayed(map(int, "3343110343" + "2142414213" + "3100233304"))
    of_skipgram, _, _ = skipgram("c", 1, ["a", "b"], TOKENS, CENTER, OUTSIDE, dataset, cost)
    of_cbow, _, _ = cbow("a", 2, list("abac"), TOKENS, CENTER, OUTSIDE, dataset, cost, reduce="mean")
    assert of_skipgram == pytest.approx(13.85554535376794, rel=1e-15, abs=0)
    assert of_cbow == pytest.approx(8.4014062080959739, rel=1e-15, abs=0)


# ---------------------------------------------------------------------------------------- against central differences


class Words:
    """A vocabulary of n words, from which contexts and negatives are drawn."""

    def __init__(self, n):
        self.n = n
        self.tokens = {f"w{i}": i for i in range(n)}

    def sampleTokenIdx(self):  # noqa: N802
        return random.randrange(self.n)

    def context(self, length):
        words = list(self.tokens)
        return random.choice(words), random.choices(words, k=length)


def restored(function):
    """`function`, drawing the same at each call."""
    state = random.getstate()

    def call(*args):
        random.setstate(state)
        return function(*args)

    return call


@pytest.mark.parametrize("dim", [3, 10, 20])
@pytest.mark.parametrize("length", [5, 25])
@pytest.mark.parametrize("vocabulary", [1, 5, 10, 20])
@pytest.mark.parametrize("model", [skipgram, cbow])
@pytest.mark.parametrize("cost", [softmaxCostAndGradient, partial(negSamplingCostAndGradient, K=5)])
def test_gradients_are_the_numerical_ones(cost, model, vocabulary, length, dim):
    """At five entries anywhere, at five that the analytic gradient says matter, and along a random direction.

    Contexts repeat words, hold the centre, and outgrow the vocabulary.
    """
    random.seed(0)
    rng = np.random.default_rng(0)
    words = Words(vocabulary)
    center, context = words.context(length)
    inputs, outputs, of_inputs, of_outputs = rng.normal(size=(4, vocabulary, dim)) / np.sqrt(dim)
    f = restored(lambda i, o: model(center, length, context, words.tokens, i, o, words, cost))
    if vocabulary == 1 and cost is not softmaxCostAndGradient:
        with pytest.raises(InputError, match="vocabulary of at least two words"):
            f(inputs, outputs)
        return
    _, grad_inputs, grad_outputs = f(inputs, outputs)
    for x, gradient in ((inputs, grad_inputs), (outputs, grad_outputs)):
        anywhere, not_zero = (rng.permutation(np.argwhere(places))[:5] for places in (np.ones(x.shape), gradient))
        places = [tuple(place) for place in (*anywhere, *not_zero)]
        numeric = central_differences(lambda: f(inputs, outputs)[0], x, places)
        assert_allclose([gradient[place] for place in places], numeric, rtol=1e-6, atol=1e-8)
    h = 1e-5
    numeric = (f(inputs + h * of_inputs, outputs)[0] - f(inputs - h * of_inputs, outputs)[0]) / (2 * h)
    assert np.sum(grad_inputs * of_inputs) == pytest.approx(numeric, rel=1e-6, abs=1e-8)
    numeric = (f(inputs, outputs + h * of_outputs)[0] - f(inputs, outputs - h * of_outputs)[0]) / (2 * h)
    assert np.sum(grad_outputs * of_outputs) == pytest.approx(numeric, rel=1e-6, abs=1e-8)


# ------------------------------------------------------------------------------------------- traps, and other answers


def test_trap_a_vocabulary_of_one_word_draws_endlessly():
    with pytest.raises(InputError, match="one row: negative sampling needs a vocabulary of at least two words"):
        negSamplingCostAndGradient(np.ones(3), 0, np.ones((1, 3)), Words(1))
    with pytest.raises(InputError, match="in a row were the target, word 0"):
        getNegativeSamples(0, Words(1), 3)
    assert getNegativeSamples(0, Words(1), 3, exclude_target=False) == [0, 0, 0]


def test_trap_repeated_negatives_are_lost():
    once, twice, none = (
        negSamplingCostAndGradient(CENTER[0], 1, OUTSIDE, Replayed(draws), len(draws)) for draws in ([4], [4, 4], [])
    )
    assert twice[0] - none[0] == pytest.approx(2 * (once[0] - none[0]))
    assert_allclose(twice[2][4], 2 * once[2][4])


def test_arrays_that_are_read_only_strided_or_float32_will_do():
    inputs = np.asfortranarray(CENTER.astype(np.float32))
    inputs.setflags(write=False)
    outputs = np.repeat(OUTSIDE, 2, axis=0)[::-2][::-1]
    result = skipgram("c", 3, list("abedbc"), TOKENS, inputs, outputs, None)
    assert result[0] == pytest.approx(11.16610900153398, rel=1e-6)
    assert {array.dtype for array in result[1:]} == {np.dtype(np.float64)}


def test_a_cost_function_of_ones_own_will_do():
    def score(predicted, target, output_vectors, dataset):
        grad = np.zeros(output_vectors.shape)
        grad[target] = predicted
        return output_vectors[target] @ predicted, output_vectors[target], grad

    cost, of_inputs, of_outputs = skipgram("a", 1, [], TOKENS, CENTER, OUTSIDE, None)
    assert cost == 0
    assert not of_inputs.any()
    assert not of_outputs.any()
    cost, of_inputs, of_outputs = cbow("a", 1, ["b", "b"], TOKENS, CENTER, OUTSIDE, None, score)
    assert cost == pytest.approx(2 * CENTER[1] @ OUTSIDE[0])
    assert_allclose(of_inputs[1], 2 * OUTSIDE[0])
    assert_allclose(of_outputs[0], 2 * CENTER[1])


@pytest.mark.parametrize("model", [skipgram, cbow, partial(cbow, reduce="mean")])
@pytest.mark.parametrize("cost", [softmaxCostAndGradient, partial(negSamplingCostAndGradient, K=3)])
def test_windows_computed_together_are_those_computed_one_by_one(model, cost):
    """Ours are computed together; wrapped into functions that the module does not know, they are called one by one."""

    def of(model, cost):
        random.seed(3)
        value, gradient = word2vec_sgd_wrapper(model, TOKENS, VECTORS, DummyDataset(), 5, cost)
        return value, gradient, random.random()

    value, gradient, then = of(model, cost)
    for others in ((lambda *args: model(*args), cost), (model, lambda *args: cost(*args))):
        other_value, other_gradient, other_then = of(*others)
        assert other_value == pytest.approx(value, rel=1e-13)
        assert_allclose(other_gradient, gradient, rtol=1e-11, atol=1e-14)
        assert other_then == then


def test_names_of_the_arguments_in_later_years():
    by_name = naiveSoftmaxLossAndGradient(centerWordVec=CENTER[2], outsideWordIdx=3, outsideVectors=OUTSIDE)
    assert by_name[0] == pytest.approx(2.217424877675181, rel=1e-12, abs=0)
    dataset = Replayed([1] * 10)
    by_name = negSamplingLossAndGradient(
        centerWordVec=CENTER[2], outsideWordIdx=3, outsideVectors=OUTSIDE, dataset=dataset, K=10
    )
    assert by_name[0] == negSamplingCostAndGradient(CENTER[2], 3, OUTSIDE, Replayed([1] * 10))[0]


def test_what_cannot_be():
    with pytest.raises(InputError, match="'sum' or 'mean', not 'max'"):
        cbow("a", 1, ["b"], TOKENS, CENTER, OUTSIDE, None, reduce="max")
    with pytest.raises(InputError, match="'sum' or 'mean', not 'max'"):
        word2vec_sgd_wrapper(partial(cbow, reduce="max"), TOKENS, VECTORS, DummyDataset(), 5)
    with pytest.raises(TypeError, match="K2"):
        skipgram("a", 1, ["b"], TOKENS, CENTER, OUTSIDE, Words(5), partial(negSamplingCostAndGradient, K2=1))
    with pytest.raises(TypeError, match="window"):
        word2vec_sgd_wrapper(partial(cbow, window=3), TOKENS, VECTORS, DummyDataset(), 5)
    with pytest.raises(ValueError, match="empty"):
        cbow("a", 1, [], TOKENS, CENTER, OUTSIDE, None)
    with pytest.raises(InputError, match=r"input vectors above output vectors, but its shape is \(9, 3\)"):
        word2vec_sgd_wrapper(skipgram, TOKENS, VECTORS[1:], DummyDataset(), 5)
    for target in (-1, 5):
        with pytest.raises((IndexError, RuntimeError), match="out of"):
            softmaxCostAndGradient(CENTER[0], target, OUTSIDE)
        with pytest.raises(IndexError):
            negSamplingCostAndGradient(CENTER[0], target, OUTSIDE, Replayed([1] * 10))


def test_gradcheck_naive_says_where_a_gradient_is_wrong(capsys):
    def f(x):
        gradient = 2 * x
        gradient[1, 2] += 0.5
        return np.sum(x**2), gradient

    x = np.arange(12.0).reshape(3, 4)
    assert not gradcheck_naive(f, x, "the square")
    out = capsys.readouterr().out
    assert "Gradient check failed for the square." in out
    assert "First gradient error found at index (1, 2)" in out
    assert "Your gradient: 12.500000 \t Numerical gradient: 12.000000" in out
    assert gradcheck_naive(lambda x: (np.sum(x**2), x * 2), np.array(123.456))
    assert gradcheck_naive(lambda x: (np.sum(x**2), x * 2), np.array([[1, -2], [0, 3]]))
    assert not gradcheck_naive(lambda x: (np.sum(x**2), x), np.array([[1, -2], [0, 3]]))
    assert np.array_equal(x, np.arange(12.0).reshape(3, 4))
