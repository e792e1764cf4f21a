"""SkipGram and NegativeSampling: word2vec's matrices, and its steps."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from tests.ops.op_tester import DEVICES
from tests.reference import skipgram as reference
from torchw2v import InputError
from torchw2v.nn import NegativeSampling, SkipGram

V, D, K = 11, 6, 3


def model_with_random_rows(device: str, *, sparse: bool = False) -> SkipGram:
    torch.manual_seed(0)
    model = SkipGram(V, D, sparse=sparse).double()
    torch.nn.init.normal_(model.out_embeddings)
    return model.to(device)


def batch(device: str) -> list[torch.Tensor]:
    inputs, targets = [3, 3, 0, 10, 7], [1, 1, 0, 10, 3]
    negatives = [[2, 2, 5], [1, 0, 10], [10, 9, 8], [0, 0, 0], [3, 7, 6]]
    return [torch.tensor(ids, device=device) for ids in (inputs, targets, negatives)]


def test_both_matrices_are_parameters_and_come_back_from_a_state_dict():
    model = model_with_random_rows("cpu")
    assert set(model.state_dict()) == {"in_embeddings", "out_embeddings"}
    other = SkipGram(V, D).double()
    other.load_state_dict(model.state_dict())
    for name, parameter in other.named_parameters():
        assert torch.equal(parameter, model.state_dict()[name])


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("sparse", [False, True])
def test_a_step_of_sgd_over_a_batch_is_the_sum_of_the_steps_of_its_pairs(device, sparse):
    model = model_with_random_rows(device, sparse=sparse)
    before = {name: value.cpu().numpy().copy() for name, value in model.state_dict().items()}
    loss = NegativeSampling(reduction="sum", sparse=sparse)
    inputs, targets, negatives = batch(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    value = loss(model(inputs), model.out_embeddings, targets, negatives)
    value.backward()
    assert model.in_embeddings.grad.is_sparse is sparse
    optimizer.step()

    expected_loss, expected_in, expected_out = reference.batch_step(
        before["in_embeddings"],
        before["out_embeddings"],
        *(ids.tolist() for ids in (inputs, targets, negatives)),
        learning_rate=0.1,
    )
    assert value.item() == pytest.approx(expected_loss, rel=1e-12)
    assert_close(model.in_embeddings.detach().cpu(), torch.from_numpy(expected_in), rtol=1e-12, atol=1e-14)
    assert_close(model.out_embeddings.detach().cpu(), torch.from_numpy(expected_out), rtol=1e-12, atol=1e-14)


def test_reductions_and_an_untrained_model():
    model = SkipGram(V, D)
    inputs, targets, negatives = batch("cpu")
    each = NegativeSampling(reduction="none")(model(inputs), model.out_embeddings, targets, negatives)
    assert_close(each, torch.full((5,), (K + 1) * np.log(2), dtype=torch.float32))
    mean = NegativeSampling()(model(inputs), model.out_embeddings, targets, negatives)
    assert_close(mean, each.mean())


def test_wrong_arguments_are_named():
    with pytest.raises(InputError, match="vocab_size must be an integer of at least 1, not 0"):
        SkipGram(0, D)
    with pytest.raises(InputError, match=r"embedding_dim must be an integer of at least 1, not 2\.5"):
        SkipGram(V, 2.5)
    with pytest.raises(InputError, match="reduction must be 'mean', 'sum' or 'none', but is 'total'"):
        NegativeSampling(reduction="total")
