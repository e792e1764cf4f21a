from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.data.datasets.treebank import write_text
from tests.reference import sst as reference
from torchw2v import functional as F
from torchw2v.cs224n import (
    StanfordSentiment,
    WindowDraws,
    initial_vectors,
    negSamplingCostAndGradient,
    sgd,
    skipgram,
    word2vec_sgd_wrapper,
)
from torchw2v.errors import InputError

TABLE = 1000
PRINTED = 8  # prints of the run that is compared, one after every 10 iterations


@pytest.fixture
def text(tmp_path: Path) -> list[list[str]]:
    return write_text(tmp_path)


def draws(folder: Path, seed: int = 31415, **options) -> WindowDraws:
    return WindowDraws(StanfordSentiment(folder, TABLE, rng=random.Random(seed)), **options)


def cost_and_gradient(batch, vectors):
    """Of all windows in one call, as the training does it."""
    n = len(vectors) // 2
    vectors = torch.from_numpy(vectors).requires_grad_()
    outputs = F.embedding(vectors[n:], torch.cat((batch.targets[:, None], batch.negatives), dim=1))
    centers = F.embedding(vectors[:n], batch.centers)
    cost = F.packed_negative_sampling_loss(centers, outputs, reduction="sum") / batch.num_windows
    return cost.item(), torch.autograd.grad(cost, vectors)[0].numpy()


@pytest.mark.parametrize("options", [{}, {"window": 2, "num_negatives": 3, "num_windows": 7}, {"num_negatives": 0}])
def test_windows_are_drawn_as_in_the_loop(tmp_path, text, options):
    treebank = reference.Treebank(text, random.Random(31415), TABLE)
    window, num_negatives, num_windows = ({"window": 5, "num_negatives": 10, "num_windows": 50} | options).values()
    drawer = draws(tmp_path, **options)
    for _ in range(5):
        batch, expected = drawer.draw(), treebank.pairs(num_windows, window, num_negatives)
        assert batch.num_windows == num_windows
        assert batch.negatives.shape == (len(expected), num_negatives)
        ids = (x.tolist() for x in (batch.windows, batch.centers, batch.targets, batch.negatives))
        assert list(zip(*ids, strict=True)) == expected


def test_a_run_prints_the_costs_of_the_loop(tmp_path, text):
    expected_vectors, expected = reference.main_run(text, 10 * PRINTED, tablesize=TABLE, anneal_every=50)
    drawer = draws(tmp_path)
    vectors = initial_vectors(len(drawer.dataset.tokens()))
    smoothed, printed, step = None, [], 0.3
    for iteration in range(1, 10 * PRINTED + 1):
        cost, gradient = cost_and_gradient(drawer.draw(), vectors)
        vectors -= step * gradient
        if iteration % 10 == 0:
            smoothed = cost if smoothed is None else 0.95 * smoothed + 0.05 * cost
            printed.append(smoothed)
        if iteration % 50 == 0:
            step /= 2
    np.testing.assert_allclose(printed, expected, rtol=1e-11)
    np.testing.assert_allclose(vectors, expected_vectors, rtol=1e-9, atol=1e-12)


def test_sgd_over_the_wrapper_is_the_same_run(tmp_path, text, capsys):
    """The assignment's own script, on its functions: seeds, treebank, wrapper, sgd."""
    expected_vectors, expected = reference.main_run(text, 4, tablesize=TABLE, print_every=2)
    random.seed(31415)
    np.random.seed(9265)
    dataset = StanfordSentiment(tmp_path, TABLE)
    tokens = dataset.tokens()
    n = len(tokens)
    start = np.concatenate(((np.random.rand(n, 10) - 0.5) / 10, np.zeros((n, 10))), axis=0)
    assert np.array_equal(initial_vectors(n), start)
    vectors = sgd(
        lambda v: word2vec_sgd_wrapper(skipgram, tokens, v, dataset, 5, negSamplingCostAndGradient),
        start,
        0.3,
        4,
        PRINT_EVERY=2,
    )
    assert capsys.readouterr().out == "".join(f"iter {2 * i}: {e:f}\n" for i, e in enumerate(expected, 1))
    np.testing.assert_allclose(vectors, expected_vectors, rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("batches", [0, 2])
def test_draws_go_on_where_the_state_was_taken(tmp_path, text, batches):
    first = draws(tmp_path)
    for _ in range(batches):
        first.draw()
    state = json.loads(json.dumps(first.state_dict()))
    second = draws(tmp_path, seed=1)
    second.draw()
    second.load_state_dict(state)
    for _ in range(3):
        for a, b in zip(first.draw(), second.draw(), strict=True):
            assert torch.equal(torch.as_tensor(a), torch.as_tensor(b))


def test_initial_vectors_leave_the_global_generator_alone():
    np.random.seed(1)
    before = np.random.get_state()[1].copy()
    vectors = initial_vectors(4, 3, seed=2)
    assert np.array_equal(np.random.get_state()[1], before)
    assert vectors.shape == (8, 3)
    assert not vectors[4:].any()
    assert 0 < np.abs(vectors[:4]).max() <= 1 / 6


def test_a_table_of_one_word_is_an_error_not_an_endless_loop(tmp_path, text):
    with pytest.raises(InputError, match="all 1 places of the table of negatives hold 'w"):
        WindowDraws(StanfordSentiment(tmp_path, 1))
    assert WindowDraws(StanfordSentiment(tmp_path, 1), num_negatives=0).draw().negatives.shape[1] == 0


def test_sizes_that_cannot_be(tmp_path, text):
    with pytest.raises(InputError, match="window must be an integer of at least 1, not 0"):
        draws(tmp_path, window=0)
    with pytest.raises(InputError, match="num_negatives must be an integer of at least 0, not -1"):
        draws(tmp_path, num_negatives=-1)
