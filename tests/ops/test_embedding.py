import pytest
import torch
from torch.func import grad, vjp, vmap
from torch.testing import assert_close

from tests.ops.op_tester import CHECKS, DEVICES, check_compiles, output_and_gradients, random_tensors
from tests.reference import embedding as reference
from torchw2v.functional import embedding

# The forward pass copies; only the sums over repeated ids round, in bfloat16 at each addition.
TOLERANCES = {
    torch.float64: {"rtol": 1e-14, "atol": 1e-15},
    torch.float32: {"rtol": 1e-6, "atol": 1e-6},
    torch.bfloat16: {"rtol": 2e-2, "atol": 2e-2},
}
V, D = 7, 3
IDS = [[0, 6, 2, 2], [2, 6, 6, 1]]  # both ends, repeats inside a row and across rows, words never seen

on_each_device = pytest.mark.parametrize("device", DEVICES)


@on_each_device
@pytest.mark.parametrize("dtype", TOLERANCES, ids=str)
@pytest.mark.parametrize("id_dtype", [torch.int32, torch.int64], ids=str)
def test_matches_reference(device, dtype, id_dtype):
    ids = torch.tensor(IDS, dtype=id_dtype, device=device)
    weight, grad_output = random_tensors((V, D), (*ids.shape, D), device=device, dtype=dtype)
    rows, (grad_weight,) = output_and_gradients(lambda weight: embedding(weight, ids), [weight], grad_output)

    weight, grad_output = weight.double().cpu().numpy(), grad_output.double().cpu().numpy()
    ids = ids.cpu().numpy()
    expected_rows = torch.from_numpy(reference.embedding(weight, ids))
    expected_grad = torch.from_numpy(reference.embedding_backward(weight, ids, grad_output))
    assert rows.dtype == grad_weight.dtype == dtype
    assert_close(rows.double().cpu(), expected_rows, rtol=0, atol=0)
    assert_close(grad_weight.double().cpu(), expected_grad, **TOLERANCES[dtype])


@on_each_device
@pytest.mark.parametrize("check", CHECKS)
def test_contract(device, check):
    ids = torch.tensor(IDS, device=device).T  # not contiguous either
    check(lambda weight: embedding(weight, ids), random_tensors((V, D), device=device))


def test_compiles():
    ids = torch.tensor(IDS)
    check_compiles(lambda weight: embedding(weight, ids), random_tensors((V, D), device="cpu"))


@on_each_device
def test_per_example_gradients(device):
    ids = torch.tensor(IDS, device=device)
    weight, grad_rows = random_tensors((V, D), (ids.shape[1], D), device=device)

    def loss(weight, ids):
        return (embedding(weight, ids) * grad_rows).sum()

    expected = torch.stack([grad(loss)(weight, example) for example in ids])
    assert_close(vmap(grad(loss), (None, 0))(weight, ids), expected)

    def pull_back(ids):
        (grad_weight,) = vjp(lambda weight: embedding(weight, ids), weight)[1](grad_rows)
        return grad_weight

    assert_close(vmap(pull_back)(ids), expected)  # here the ids are batched and the gradient is not


@on_each_device
@pytest.mark.parametrize("shape", [(), (1,), (0,), (2, 0), (1, 2, 1, 2, 1, 2, 1)])
def test_ids_of_any_shape(device, shape):
    (weight,) = random_tensors((V, D), device=device)
    ids = torch.full(shape, V - 1, device=device)
    rows, (grad_weight,) = output_and_gradients(
        lambda weight: embedding(weight, ids), [weight], torch.ones(*shape, D, device=device).to(weight)
    )
    assert_close(rows, weight[V - 1].expand(*shape, D))
    assert_close(grad_weight[:-1], torch.zeros_like(weight[:-1]))
    assert_close(grad_weight[-1], torch.full_like(weight[-1], ids.numel()))


@on_each_device
@pytest.mark.parametrize("id_dtype", [torch.int32, torch.int64], ids=str)
def test_sparse_gradient_holds_the_picked_rows_and_adds_up_to_the_dense_one(device, id_dtype):
    ids = torch.tensor(IDS, dtype=id_dtype, device=device)
    weight, grad_output = random_tensors((V, D), (*ids.shape, D), device=device)
    grads = {
        sparse: output_and_gradients(
            lambda weight, sparse=sparse: embedding(weight, ids, sparse=sparse), [weight], grad_output
        )[1][0]
        for sparse in (False, True)
    }
    assert grads[True].layout == torch.sparse_coo
    assert not grads[True].is_coalesced()
    assert_close(grads[True]._values(), grad_output.reshape(-1, D), rtol=0, atol=0)
    assert_close(grads[True].coalesce().to_dense(), grads[False], **TOLERANCES[torch.float64])


@on_each_device
def test_sparse_gradient_takes_an_sgd_step(device):
    ids = torch.tensor(IDS, device=device)
    (initial,) = random_tensors((V, D), device=device)
    weights = []
    for sparse in (False, True):
        weight = initial.clone().requires_grad_()
        embedding(weight, ids, sparse=sparse).square().sum().backward()
        torch.optim.SGD([weight], lr=0.1).step()
        weights.append(weight.detach())
    assert_close(weights[1], weights[0])
    assert not torch.equal(weights[0], initial)


@pytest.mark.parametrize("bad_id", [-1, V])
def test_id_out_of_range(bad_id):  # on the CPU: on CUDA it is a device-side assertion, which ends the process
    with pytest.raises(IndexError, match="out of range"):
        embedding(torch.zeros(V, D), torch.tensor([0, bad_id]))


def test_errors_say_what_was_given():
    weight, ids = torch.zeros(V, D), torch.tensor(IDS)
    with pytest.raises(TypeError, match=r"weight .*torch\.int64"):
        embedding(weight.long(), ids)
    with pytest.raises(TypeError, match=r"ids .*torch\.float32"):
        embedding(weight, ids.float())
    with pytest.raises(TypeError, match=r"ids .*torch\.bool"):
        embedding(weight, ids.bool())
    with pytest.raises(TypeError, match=r"ids .*are of type ndarray"):
        embedding(weight, ids.numpy())
    with pytest.raises(TypeError, match=r"ids .*are of type list"):
        embedding(weight, IDS)
    with pytest.raises(ValueError, match=r"\(7,\).*\(2, 4\)"):
        embedding(weight[:, 0], ids)
