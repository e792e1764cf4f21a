"""Each model with each loss: six combinations, each against a step of gradient descent in plain numbers."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from tests.ops.op_tester import DEVICES
from tests.reference import cbow as reference
from torchw2v import InputError
from torchw2v.data import HuffmanTree
from torchw2v.nn import CBOW, FullSoftmax, HierarchicalSoftmax, NegativeSampling, SkipGram

V, D, K = 11, 6, 3
COUNTS = [90, 50, 40, 22, 21, 9, 8, 3, 2, 1, 1]
WINDOWS = [[3, 3, 0], [10], [7, 2, 1, 4], [7, 9], [0, 5, 0, 5]]
CENTERS = [3, 10, 7, 7, 0]  # skip-gram's inputs
TARGETS = [1, 1, 0, 10, 3]
NEGATIVES = [[2, 2, 5], [4, 0, 10], [10, 9, 8], [0, 0, 0], [1, 7, 6]]
MODELS, LOSSES = ("skipgram", "cbow"), ("neg", "softmax", "hs")


def model_with_random_rows(kind: str, device: str, **options) -> SkipGram | CBOW:
    torch.manual_seed(0)
    model = (SkipGram if kind == "skipgram" else CBOW)(V, D, **options).double()
    torch.nn.init.normal_(model.in_embeddings)
    torch.nn.init.normal_(model.out_embeddings)
    return model.to(device)


def vectors(model: SkipGram | CBOW) -> torch.Tensor:
    device = model.in_embeddings.device
    if isinstance(model, SkipGram):
        return model(torch.tensor(CENTERS, device=device))
    ids = torch.tensor([word for window in WINDOWS for word in window], device=device)
    return model(ids, torch.tensor([0, 3, 4, 8, 10], device=device))


def loss_module(kind: str, *, reduction: str = "mean", sparse: bool = False) -> torch.nn.Module:
    if kind == "softmax":
        return FullSoftmax(reduction=reduction)
    if kind == "hs":
        return HierarchicalSoftmax(COUNTS, reduction=reduction, sparse=sparse)
    return NegativeSampling(reduction=reduction, sparse=sparse)


def value(kind: str, loss: torch.nn.Module, model: SkipGram | CBOW) -> torch.Tensor:
    device = model.in_embeddings.device
    more = [torch.tensor(NEGATIVES, device=device)] if kind == "neg" else []
    return loss(vectors(model), model.out_embeddings, torch.tensor(TARGETS, device=device), *more)


def wanted(kind: str) -> list[int] | list[list[tuple[int, int]]]:
    """What the reference has to find: see there."""
    if kind == "softmax":
        return TARGETS
    if kind == "neg":
        return [[(o, 1), *((k, 0) for k in drawn)] for o, drawn in zip(TARGETS, NEGATIVES, strict=True)]
    tree = HuffmanTree(COUNTS)
    paths = zip(tree.points[TARGETS].tolist(), tree.codes[TARGETS].tolist(), strict=True)
    return [[(p, 1 - c) for p, c in zip(points, codes, strict=True) if c >= 0] for points, codes in paths]


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("kind", LOSSES)
@pytest.mark.parametrize("model_kind", MODELS)
def test_a_step_of_sgd_over_a_batch_is_the_sum_of_the_steps_of_its_examples(device, sparse, kind, model_kind):
    model = model_with_random_rows(model_kind, device, sparse=sparse)
    before = [x.detach().cpu().numpy().copy() for x in (model.in_embeddings, model.out_embeddings)]
    loss = loss_module(kind, reduction="sum", sparse=sparse).to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    total = value(kind, loss, model)
    total.backward()
    assert model.in_embeddings.grad.is_sparse is sparse
    assert model.out_embeddings.grad.is_sparse is (sparse and kind != "softmax")
    optimizer.step()

    windows = WINDOWS if model_kind == "cbow" else [[word] for word in CENTERS]
    expected, *after = reference.batch_step(*before, windows, wanted(kind), learning_rate=0.1)
    assert total.item() == pytest.approx(expected, rel=1e-12)
    for rows, expected_rows in zip((model.in_embeddings, model.out_embeddings), after, strict=True):
        assert_close(rows.detach().cpu(), torch.from_numpy(expected_rows), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("kind", LOSSES)
@pytest.mark.parametrize("model_kind", MODELS)
def test_a_state_dict_gives_back_the_same_losses(kind, model_kind):
    model, loss = model_with_random_rows(model_kind, "cpu"), loss_module(kind)
    both = torch.nn.ModuleDict({"model": model, "loss": loss})
    assert set(both.state_dict()) == {"model.in_embeddings", "model.out_embeddings"}
    other_model = type(model)(V, D).double()
    other = torch.nn.ModuleDict({"model": other_model, "loss": loss_module(kind)})
    other.load_state_dict(both.state_dict())
    assert value(kind, other["loss"], other_model) == value(kind, loss, model)


@pytest.mark.parametrize("kind", LOSSES)
def test_reductions(kind):
    model = model_with_random_rows("skipgram", "cpu")
    each = value(kind, loss_module(kind, reduction="none"), model)
    assert each.shape == (len(TARGETS),)
    assert_close(value(kind, loss_module(kind), model), each.mean())
    assert_close(value(kind, loss_module(kind, reduction="sum"), model), each.sum())
    with pytest.raises(InputError, match="reduction must be 'mean', 'sum' or 'none', but is 'total'"):
        loss_module(kind, reduction="total")


def test_an_untrained_model_knows_nothing():
    """V words alike cost log V; a turn of the tree costs log 2."""
    model = SkipGram(V, D)
    inputs, targets = torch.tensor(CENTERS), torch.tensor(TARGETS)
    softmax = FullSoftmax(reduction="none")(model(inputs), model.out_embeddings, targets)
    assert_close(softmax, torch.full((5,), np.log(V), dtype=torch.float32))
    turns = HierarchicalSoftmax(COUNTS, reduction="none")(model(inputs), model.out_embeddings, targets)
    assert_close(turns, HuffmanTree(COUNTS).lengths[targets] * torch.tensor(np.log(2), dtype=torch.float32))


@pytest.mark.parametrize("device", DEVICES)
def test_the_tree_moves_with_the_module_and_is_made_of_a_tree_or_of_counts(device):
    of_counts, of_tree = (HierarchicalSoftmax(x).to(device) for x in (COUNTS, HuffmanTree(COUNTS)))
    assert not of_counts.state_dict()
    for name in ("codes", "points", "lengths"):
        assert getattr(of_counts, name).device.type == device
        assert torch.equal(getattr(of_counts, name), getattr(of_tree, name))
    assert repr(of_tree) == "HierarchicalSoftmax(11 words, reduction='mean', sparse=False)"


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("sparse", [False, True])
def test_a_vocabulary_of_one_word_or_an_empty_batch_costs_nothing(device, sparse):
    one = HierarchicalSoftmax([5], reduction="sum", sparse=sparse).to(device)
    out_embeddings = torch.ones(1, D, device=device, requires_grad=True)
    zeros = torch.zeros(2, dtype=torch.int64, device=device)
    loss = one(torch.ones(2, D, device=device), out_embeddings, zeros)
    loss.backward()
    assert loss == 0
    assert not out_embeddings.grad.to_dense().any()
    for kind in ("softmax", "hs"):
        module = loss_module(kind, reduction="sum").to(device)
        assert module(torch.ones(0, D, device=device), torch.ones(V, D, device=device), zeros[:0]) == 0


def test_paths_are_cut_to_the_longest_of_the_batch(monkeypatch):
    lengths = []

    def record(vectors, out_embeddings, codes, points, **options):
        lengths.append((codes.shape, points.shape))
        return vectors.sum()

    monkeypatch.setattr("torchw2v.functional.hierarchical_softmax_loss", record)
    loss, tree = HierarchicalSoftmax(COUNTS), HuffmanTree(COUNTS)
    for targets in ([0], [0, 10], [3, 1]):
        loss(torch.zeros(len(targets), D), torch.zeros(V, D), torch.tensor(targets))
        longest = max(tree.lengths[targets].tolist())
        assert lengths.pop() == ((len(targets), longest), (len(targets), longest))


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("kind", LOSSES)
def test_per_example_gradients(device, kind):
    """Under vmap the examples give what they give in a loop, also where the words are batched and the vectors not."""
    model, loss = model_with_random_rows("skipgram", device), loss_module(kind).to(device)
    out_embeddings = model.out_embeddings.detach()
    words = [torch.tensor(TARGETS, device=device)[:, None]]
    if kind == "neg":
        words.append(torch.tensor(NEGATIVES, device=device)[:, None])
    rows = model.in_embeddings.detach()[CENTERS][:, None]

    grads = torch.func.grad(loss, (0, 1))
    for vectors, in_dim in ((rows, 0), (rows[0], None)):
        looped = [
            grads(vectors if in_dim is None else vectors[i], out_embeddings, *(ids[i] for ids in words))
            for i in range(len(TARGETS))
        ]
        expected = tuple(torch.stack(values) for values in zip(*looped, strict=True))
        batched = torch.func.vmap(grads, (in_dim, None, *(0 for _ in words)))(vectors, out_embeddings, *words)
        assert_close(batched, expected)


@pytest.mark.parametrize(
    ("kind", "shapes", "named"),
    [
        ("neg", ((3, 1), (3, 2)), r"targets .*\(3, 6\), \(3, 1\) and \(3, 2\)"),
        ("neg", ((3,), (3,)), r"negatives .*\(3, 6\), \(3,\) and \(3,\)"),
        ("neg", ((2,), (2, 2)), r"targets .*\(3, 6\), \(2,\) and \(2, 2\)"),
        ("neg", ((3,), (2, 2)), r"negatives .*\(3, 6\), \(3,\) and \(2, 2\)"),
        ("softmax", ((3, 1),), r"targets .*\(3, 6\) and \(3, 1\)"),
        ("hs", ((3, 1),), r"targets .*\(3, 6\) and \(3, 1\)"),
        ("hs", ((2,),), r"targets .*\(3, 6\) and \(2,\)"),
    ],
)
def test_trap_shapes_of_words(kind, shapes, named):
    words = [torch.zeros(shape, dtype=torch.int64) for shape in shapes]
    with pytest.raises(ValueError, match=named):
        loss_module(kind)(torch.zeros(3, D), torch.zeros(V, D), *words)


@pytest.mark.parametrize("kind", LOSSES)
def test_words_must_be_tensors_of_integers(kind):
    more = [torch.zeros(3, 2, dtype=torch.int64)] if kind == "neg" else []
    for targets, named in ((torch.zeros(3), r"torch\.float32"), ([0, 0, 0], "list")):
        with pytest.raises(TypeError, match=f"targets .*{named}"):
            loss_module(kind)(torch.zeros(3, D), torch.zeros(V, D), targets, *more)


def test_too_few_rows_for_the_tree_are_an_error():
    loss = HierarchicalSoftmax(COUNTS)
    with pytest.raises(InputError, match="11 words has 10 inner nodes, but out_embeddings 9 rows"):
        loss(torch.zeros(1, D), torch.zeros(9, D), torch.tensor([0]))
    assert loss(torch.zeros(1, D), torch.zeros(10, D), torch.tensor([0])) > 0
