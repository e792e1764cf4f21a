"""RowSGD: torch's SGD where rows are rare, a bounded step where they are not."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from torchw2v import InputError
from torchw2v.data import Corpus, PairBatches, WindowSampler, encode
from torchw2v.functional import embedding
from torchw2v.nn import NegativeSampling, SkipGram
from torchw2v.optim import RowSGD

V, D = 5, 3


def step(optimizer: type[torch.optim.Optimizer], ids: list[int], *, sparse: bool = True, **settings: float):
    weight = torch.linspace(-1, 1, V * D, dtype=torch.float64).reshape(V, D).clone().requires_grad_()
    embedding(weight, torch.tensor(ids, dtype=torch.int64), sparse=sparse).pow(3).sum().backward()
    optimizer([weight], lr=0.1, **settings).step()
    return weight.detach()


@pytest.mark.parametrize("ids", [[], [4], [0, 0, 3, 0, 4]])
@pytest.mark.parametrize("sparse", [True, False])
def test_it_is_sgd_while_no_row_is_used_often(ids, sparse):
    assert_close(step(RowSGD, ids, sparse=sparse), step(torch.optim.SGD, ids, sparse=sparse), rtol=1e-14, atol=1e-14)


def test_a_row_used_often_goes_as_far_as_the_limit_allows():
    ids = [1] * 50 + [2] * 10 + [3]
    before = np.linspace(-1, 1, V * D).reshape(V, D)
    for limit, counted in ((1.0, [0, 10, 10, 1, 0]), (3.2, [0, 32, 10, 1, 0]), (float("inf"), [0, 50, 10, 1, 0])):
        expected = before - 0.1 * np.array(counted)[:, None] * 3 * before**2
        assert_close(step(RowSGD, ids, max_row_step=limit), torch.from_numpy(expected), rtol=1e-12, atol=1e-14)


def test_a_vocabulary_of_a_few_words_does_not_diverge(tmp_path):
    """Twenty words, so that a batch uses each row hundreds of times: plain SGD ends in infinities here."""
    generator = np.random.default_rng(0)
    text = [[f"w{i}" for i in generator.integers(20, size=40)] for _ in range(300)]
    corpus = encode(Corpus(text), cache_dir=tmp_path)
    batches = PairBatches(corpus, WindowSampler(corpus.vocabulary().counts, sample=0.0), 1024)

    def final_loss(optimizer: type[torch.optim.Optimizer]) -> float:
        model, loss = SkipGram(20, 16, sparse=True), NegativeSampling(reduction="sum", sparse=True)
        descent = optimizer(model.parameters(), lr=0.1)
        for epoch in range(8):
            total, pairs = 0.0, 0
            for batch in batches.epoch(epoch):
                descent.zero_grad()
                value = loss(model(batch.inputs), model.out_embeddings, batch.targets, batch.negatives)
                value.backward()
                descent.step()
                total, pairs = total + value.item(), pairs + len(batch.inputs)
        return total / pairs

    # random text: nothing to learn but how often words come, which 2.7 nats are about right for
    assert final_loss(RowSGD) < 2.75
    assert not final_loss(torch.optim.SGD) < 100


@pytest.mark.parametrize("settings", [{"lr": 0}, {"lr": -1}, {"max_row_step": 0}])
def test_limits_out_of_range(settings):
    with pytest.raises(InputError, match="must be above 0"):
        RowSGD([torch.zeros(1)], **settings)
