import math

import pytest
import torch
from torch.func import vmap
from torch.testing import assert_close

from tests.ops.op_tester import CHECKS, DEVICES, check_compiles, output_and_gradients, random_tensors
from tests.reference import hierarchical_softmax as reference
from torchw2v.data import HuffmanTree
from torchw2v.functional import hierarchical_softmax_loss, packed_hierarchical_softmax_loss

# Sums of D = 5 products, then of L = 4 losses; bfloat16 rounds each of them to 3 digits.
TOLERANCES = {
    torch.float64: {"rtol": 1e-13, "atol": 1e-13},
    torch.float32: {"rtol": 1e-5, "atol": 1e-5},
    torch.bfloat16: {"rtol": 5e-2, "atol": 1e-1},
}
NODES, D = 6, 5
# (inner node, code) from the root on: paths of different lengths, one that ends at once, and node 0 used and not used
PATHS = [[(5, 0), (4, 1), (0, 0), (2, 1)], [(5, 1)], [], [(5, 0), (4, 1), (3, 1)]]
B, L = len(PATHS), 4

on_each_device = pytest.mark.parametrize("device", DEVICES)
in_each_layout = pytest.mark.parametrize("sparse", [False, True])


def codes_and_points(paths=PATHS, device="cpu", dtypes=(torch.int8, torch.int32)):
    longest = max(map(len, paths), default=0)
    codes = [[*(code for _, code in path), *[-1] * (longest - len(path))] for path in paths]
    points = [[*(node for node, _ in path), *[0] * (longest - len(path))] for path in paths]
    return [
        torch.tensor(x, dtype=dtype, device=device).reshape(len(paths), longest)
        for x, dtype in zip((codes, points), dtypes, strict=True)
    ]


def loss_of_each(input, out_embeddings):
    return hierarchical_softmax_loss(input, out_embeddings, *codes_and_points(device=input.device), reduction="none")


def packed_loss_of_each(input, outputs):
    codes, _ = codes_and_points(device=input.device)
    return packed_hierarchical_softmax_loss(input, outputs, codes, reduction="none")


@on_each_device
@pytest.mark.parametrize("dtype", TOLERANCES, ids=str)
@pytest.mark.parametrize("int_dtypes", [(torch.int8, torch.int32), (torch.int64, torch.int64)], ids=["narrow", "wide"])
@pytest.mark.parametrize("paths", [PATHS, [[(0, 1)]], [[], []]], ids=["ragged", "one turn", "no turn"])
@in_each_layout
def test_matches_reference(device, dtype, int_dtypes, paths, sparse):
    inputs = random_tensors((len(paths), D), (NODES, D), device=device, dtype=dtype)
    integers = codes_and_points(paths, device, int_dtypes)
    grad_loss = torch.linspace(-1, 2, len(paths), dtype=dtype, device=device)
    loss, grads = output_and_gradients(
        lambda *inputs: hierarchical_softmax_loss(*inputs, *integers, reduction="none", sparse=sparse),
        inputs,
        grad_loss,
    )
    *arrays, grad_loss = (x.double().cpu().numpy() for x in (*inputs, grad_loss))
    expected_loss = reference.hierarchical_softmax_loss(*arrays, paths)
    expected_grads = reference.hierarchical_softmax_loss_backward(*arrays, paths, grad_loss)
    assert {x.dtype for x in (loss, *grads)} == {dtype}
    assert grads[1].is_sparse is sparse
    assert_close(
        [x.double().cpu() for x in (loss, grads[0], grads[1].to_dense())],
        [torch.from_numpy(x) for x in (expected_loss, *expected_grads)],
        **TOLERANCES[dtype],
    )


@on_each_device
@pytest.mark.parametrize("check", CHECKS)
def test_contract(device, check):
    check(loss_of_each, random_tensors((B, D), (NODES, D), device=device))


@on_each_device
@pytest.mark.parametrize("check", CHECKS)
def test_contract_of_packed_rows(device, check):
    check(packed_loss_of_each, random_tensors((B, D), (B, L, D), device=device))


def test_compiles():
    codes, points = codes_and_points()
    check_compiles(
        lambda *inputs: hierarchical_softmax_loss(*inputs, codes, points),
        random_tensors((B, D), (NODES, D), device="cpu"),
    )


@on_each_device
def test_vmap_over_words(device):
    input, out_embeddings = random_tensors((2, D), (NODES, D), device=device)
    codes, points = codes_and_points(device=device)

    def loss(codes, points):
        return hierarchical_softmax_loss(input, out_embeddings, codes, points)

    codes, points = codes.reshape(2, 2, L), points.reshape(2, 2, L)
    expected = torch.stack([loss(*example) for example in zip(codes, points, strict=True)])
    assert_close(vmap(loss)(codes, points), expected)


@on_each_device
@pytest.mark.parametrize("counts", [[7], [3, 2], [5, 1, 1], [100, 40, 39, 20, 9, 9, 2, 1, 1, 1, 1]])
def test_probabilities_of_all_words_add_up_to_one(device, counts):
    tree, size = HuffmanTree(counts), len(counts)
    input, out_embeddings = random_tensors((1, D), (size, D), device=device)
    loss = hierarchical_softmax_loss(
        3 * input.expand(size, D), out_embeddings, tree.codes.to(device), tree.points.to(device), reduction="none"
    )
    assert torch.exp(-loss).sum().item() == pytest.approx(1, abs=1e-14)
    assert loss.min() >= 0


@on_each_device
@in_each_layout
def test_what_is_behind_the_end_of_a_path_changes_nothing(device, sparse):
    """Neither loss nor gradients, however long the padding, wherever it points and however large the scores are."""
    input, out_embeddings = random_tensors((B, D), (NODES, D), device=device)
    input[3], out_embeddings[0] = 1e2, 1e2  # a score of 5e4 at the node that pads
    codes, points = codes_and_points(device=device)
    longer = torch.full((B, 9), -1, device=device)
    longer[:, :L] = codes
    elsewhere = torch.zeros_like(longer)
    elsewhere[:, :L] = torch.where(codes < 0, 3, points)

    def loss(codes, points):
        return output_and_gradients(
            lambda *inputs: hierarchical_softmax_loss(*inputs, codes, points, reduction="none", sparse=sparse),
            [input, out_embeddings],
        )

    plain, (grad_input, grad_out) = loss(codes, points)
    padded, (padded_grad_input, padded_grad_out) = loss(longer, elsewhere)
    assert_close((padded, padded_grad_input), (plain, grad_input), rtol=0, atol=0)
    assert_close(padded_grad_out.to_dense(), grad_out.to_dense(), rtol=0, atol=0)
    assert plain[2] == 0
    assert not grad_input[2].any()


@on_each_device
def test_sparse_gradient_holds_the_nodes_of_the_paths_as_often_as_they_are_used(device):
    """And nothing for the padding: `RowSGD` takes smaller steps for rows that it sees often."""
    codes, points = codes_and_points(device=device)
    inputs = random_tensors((B, D), (NODES, D), device=device)
    _, (_, grad_out) = output_and_gradients(
        lambda *inputs: hierarchical_softmax_loss(*inputs, codes, points, sparse=True), inputs
    )
    assert not grad_out.is_coalesced()
    assert grad_out._indices().tolist() == [[node for path in PATHS for node, _ in path]]


@on_each_device
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=str)
def test_scores_of_ten_thousand(device, dtype):
    """The first path is taken against scores of 1e4 and -1e4 at every turn, the second along them."""
    input = torch.full((2, 1), 100.0, dtype=dtype, device=device)
    out_embeddings = torch.tensor([[100.0], [-100.0]], dtype=dtype, device=device)
    codes, points = codes_and_points([[(0, 1), (1, 0)], [(0, 0), (1, 1)]], device)
    loss, grads = output_and_gradients(
        lambda *inputs: hierarchical_softmax_loss(*inputs, codes, points, reduction="none"),
        [input, out_embeddings],
        torch.ones(2).to(input),
    )
    assert loss.tolist() == [2e4, 0]
    assert [grad.flatten().tolist() for grad in grads] == [[200, 0], [100, -100]]


@on_each_device
def test_a_small_gradient_keeps_its_precision(device):
    input, out_embeddings = (torch.tensor([[x]], dtype=torch.float64, device=device) for x in (1.0, 40.0))
    codes, points = codes_and_points([[(0, 0)]], device)
    _, grads = output_and_gradients(
        lambda *inputs: hierarchical_softmax_loss(*inputs, codes, points), [input, out_embeddings], input[0, 0]
    )
    # σ(40) − 1, where σ(40) rounds to 1
    assert grads[1].item() == pytest.approx(-math.exp(-40), rel=1e-14, abs=0)


@on_each_device
@in_each_layout
def test_reductions(device, sparse):
    inputs = random_tensors((B, D), (NODES, D), device=device)
    integers = codes_and_points(device=device)
    loss, grads = output_and_gradients(loss_of_each, inputs, torch.ones(B, device=device).double())
    for reduction, scale in (("mean", 1 / B), ("sum", 1)):
        value, (grad_input, grad_out) = output_and_gradients(
            lambda *inputs, reduction=reduction: hierarchical_softmax_loss(
                *inputs, *integers, reduction=reduction, sparse=sparse
            ),
            inputs,
            torch.ones((), device=device).double(),
        )
        assert_close((value, grad_input, grad_out.to_dense()), (loss.sum() * scale, *(grad * scale for grad in grads)))
    assert hierarchical_softmax_loss(*inputs, *integers, sparse=sparse) == loss.mean()


@on_each_device
@in_each_layout
def test_empty_batch(device, sparse):
    inputs = [torch.empty(shape, device=device) for shape in ((0, D), (NODES, D))]
    codes = torch.empty(0, L, dtype=torch.int64, device=device)
    loss, (grad_input, grad_out) = output_and_gradients(
        lambda *inputs: hierarchical_softmax_loss(*inputs, codes, codes, reduction="none", sparse=sparse), inputs
    )
    assert loss.shape == (0,)
    assert grad_input.shape == (0, D)
    assert not grad_out.to_dense().any()
    assert hierarchical_softmax_loss(*inputs, codes, codes).isnan()  # as torch.nn.functional.cross_entropy


@on_each_device
@pytest.mark.parametrize("needed", range(2))
def test_only_the_needed_gradients_are_computed(device, needed):
    inputs = random_tensors((B, D), (B, L, D), device=device)
    _, expected = output_and_gradients(packed_loss_of_each, inputs, torch.ones(B, device=device).double())
    loss = packed_loss_of_each(*(x.requires_grad_(i == needed) for i, x in enumerate(inputs)))
    computed = []
    loss.grad_fn.register_hook(lambda grad_inputs, grad_outputs: computed.extend(grad_inputs))
    loss.sum().backward()
    assert [grad is not None for grad in computed] == [i == needed for i in range(3)]
    assert_close(inputs[needed].grad, expected[needed])


@on_each_device
def test_autocast(device):
    """Under autocast the products may be rounded to bfloat16; the loss and the gradients stay float32."""
    inputs = random_tensors((B, D), (NODES, D), device=device, dtype=torch.float32)
    with torch.autocast(device, torch.bfloat16):
        mixed = output_and_gradients(loss_of_each, inputs)
    assert_close(mixed, output_and_gradients(loss_of_each, inputs), **TOLERANCES[torch.bfloat16])


@pytest.mark.parametrize("bad_point", [-1, NODES])
@in_each_layout
def test_point_out_of_range(bad_point, sparse):  # on the CPU: on CUDA it is a device-side assertion
    codes, points = codes_and_points()
    points[0, 1] = bad_point
    with pytest.raises(IndexError, match="out of range"):
        hierarchical_softmax_loss(torch.zeros(B, D), torch.zeros(NODES, D), codes, points, sparse=sparse)


@pytest.mark.parametrize("bad_code", [-2, 2])
def test_code_out_of_range(bad_code):  # code 2 would be the label −3, which no probability has
    codes, points = codes_and_points()
    codes[0, 1] = bad_code
    with pytest.raises(ValueError, match=rf"codes .*from {min(bad_code, -1)} to {max(bad_code, 1)}"):
        hierarchical_softmax_loss(torch.zeros(B, D), torch.zeros(NODES, D), codes, points)


def test_errors_say_what_was_given():
    input, out_embeddings, outputs = torch.zeros(B, D), torch.zeros(NODES, D), torch.zeros(B, L, D)
    codes, points = codes_and_points()
    with pytest.raises(TypeError, match=r"input .*torch\.int64"):
        hierarchical_softmax_loss(input.long(), out_embeddings, codes, points)
    with pytest.raises(TypeError, match=r"out_embeddings .*torch\.int64"):
        hierarchical_softmax_loss(input, out_embeddings.long(), codes, points)
    with pytest.raises(TypeError, match=r"outputs .*torch\.int64"):
        packed_hierarchical_softmax_loss(input, outputs.long(), codes)
    with pytest.raises(TypeError, match=r"codes .*torch\.float32"):
        hierarchical_softmax_loss(input, out_embeddings, codes.float(), points)
    with pytest.raises(TypeError, match=r"codes .*torch\.uint8"):
        packed_hierarchical_softmax_loss(input, outputs, codes.to(torch.uint8))
    with pytest.raises(TypeError, match=r"points .*torch\.int8"):
        hierarchical_softmax_loss(input, out_embeddings, codes, codes)
    with pytest.raises(TypeError, match=r"points .*but are of type list"):
        hierarchical_softmax_loss(input, out_embeddings, codes, points.tolist())
    with pytest.raises(TypeError, match=r"input and out_embeddings .*torch\.float32 and torch\.float64"):
        hierarchical_softmax_loss(input, out_embeddings.double(), codes, points)
    with pytest.raises(TypeError, match=r"input and outputs .*torch\.float64 and torch\.float32"):
        packed_hierarchical_softmax_loss(input.double(), outputs, codes)
    with pytest.raises(ValueError, match=r"\(4, 5\) and \(6, 4\)"):
        hierarchical_softmax_loss(input, out_embeddings[:, 1:], codes, points)
    with pytest.raises(ValueError, match=r"codes and points .*\(4, 4\) and \(4, 3\)"):
        hierarchical_softmax_loss(input, out_embeddings, codes, points[:, 1:])
    for sparse in (False, True):
        with pytest.raises(ValueError, match=r"\(4, 5\), \(3, 4, 5\) and \(3, 4\)"):
            hierarchical_softmax_loss(input, out_embeddings, codes[1:], points[1:], sparse=sparse)
    with pytest.raises(ValueError, match=r"\(4, 5\), \(4, 4, 5\) and \(4, 3\)"):
        packed_hierarchical_softmax_loss(input, outputs, codes[:, 1:])
    with pytest.raises(ValueError, match="'mean', 'sum' or 'none', but is 'average'"):
        hierarchical_softmax_loss(input, out_embeddings, codes, points, reduction="average")
