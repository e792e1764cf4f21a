"""CBOW: the mean of a window, with the exact gradient or word2vec's."""

from __future__ import annotations

import pytest
import torch
from torch.testing import assert_close

from tests.ops.op_tester import DEVICES
from tests.reference import cbow as reference
from torchw2v import InputError
from torchw2v.nn import CBOW, FullSoftmax

V, D = 9, 4
WINDOWS = [[3, 3, 0], [8], [7, 2, 1, 4]]


def bags(device: str = "cpu") -> tuple[torch.Tensor, torch.Tensor]:
    ids = torch.tensor([word for window in WINDOWS for word in window], device=device)
    return ids, torch.tensor([0, 3, 4], device=device)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize(
    ("options", "divide"),
    [
        ({}, {}),
        ({"gradient": "word2vec"}, {"divide_gradient": False}),
        ({"reduce": "sum"}, {"divide_value": False, "divide_gradient": False}),
        ({"reduce": "sum", "gradient": "word2vec"}, {"divide_value": False, "divide_gradient": False}),
    ],
    ids=["mean", "mean as word2vec", "sum", "sum as word2vec"],
)
@pytest.mark.parametrize("sparse", [False, True])
def test_a_step_of_sgd_of_each_kind(device, options, divide, sparse):
    torch.manual_seed(0)
    model = CBOW(V, D, sparse=sparse, **options).double()
    torch.nn.init.normal_(model.out_embeddings)
    model.to(device)
    before = [x.detach().cpu().numpy().copy() for x in (model.in_embeddings, model.out_embeddings)]
    targets = [1, 1, 8]
    loss = FullSoftmax(reduction="sum")(
        model(*bags(device)), model.out_embeddings, torch.tensor(targets, device=device)
    )
    loss.backward()
    torch.optim.SGD(model.parameters(), lr=0.1).step()
    expected, *after = reference.batch_step(*before, WINDOWS, targets, learning_rate=0.1, **divide)
    assert loss.item() == pytest.approx(expected, rel=1e-12)
    for rows, expected_rows in zip((model.in_embeddings, model.out_embeddings), after, strict=True):
        assert_close(rows.detach().cpu(), torch.from_numpy(expected_rows), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("reduce", ["mean", "sum"])
def test_windows_of_one_length_may_be_a_matrix_and_empty_ones_rows_of_zero(reduce):
    model = CBOW(V, D, reduce=reduce)
    ids = torch.tensor([[1, 2, 2], [0, 8, 3]])
    assert_close(model(ids), model(ids.flatten(), torch.tensor([0, 3])))
    with pytest.raises(ValueError, match="bag 1 of 3 is empty"):
        model(ids.flatten(), torch.tensor([0, 3, 3]))
    zero = CBOW(V, D, reduce=reduce, empty="zero")
    assert not zero(ids.flatten(), torch.tensor([0, 3, 3]))[1].any()


def test_what_it_is_made_of_is_shown_and_wrong_arguments_are_named():
    assert repr(CBOW(V, D, gradient="word2vec")) == (
        "CBOW(9, 4, reduce='mean', gradient='word2vec', empty='error', sparse=False)"
    )
    with pytest.raises(InputError, match="vocab_size must be an integer of at least 1, not 0"):
        CBOW(0, D)
    with pytest.raises(InputError, match="embedding_dim must be an integer of at least 1, not -4"):
        CBOW(V, -4)
    for name, message in (
        ("reduce", "reduce must be 'mean' or 'sum', not 'max'"),
        ("gradient", "gradient must be 'exact' or 'word2vec', not 'max'"),
        ("empty", "empty must be 'error' or 'zero', not 'max'"),
    ):
        with pytest.raises(InputError, match=message):
            CBOW(V, D, **{name: "max"})
