import pytest
import torch
import torch.nn.functional as F
from torch.autograd import gradcheck
from torch.func import grad, vjp, vmap
from torch.testing import assert_close

from tests.ops.op_tester import CHECKS, DEVICES, check_compiles, output_and_gradients, random_tensors
from tests.reference import embedding_bag as reference
from torchw2v.functional import embedding_mean, embedding_sum

# Sums of a few rows; bfloat16 rounds at each addition.
TOLERANCES = {
    torch.float64: {"rtol": 1e-14, "atol": 1e-15},
    torch.float32: {"rtol": 1e-6, "atol": 1e-6},
    torch.bfloat16: {"rtol": 2e-2, "atol": 3e-2},
}
V, D = 7, 3
# both ends, a word twice in a bag and in several bags, bags of one word, words never seen
RAGGED = [[0, 6, 2, 2], [2], [6, 6, 1], [0]]
RECTANGLE = [[0, 6, 2, 2], [2, 6, 6, 1], [1, 1, 1, 1]]
WITH_EMPTY = [[], [0, 6, 2, 2], [], [], [2, 1], []]
OPS = {"mean": embedding_mean, "sum": embedding_sum}

on_each_device = pytest.mark.parametrize("device", DEVICES)
in_each_mode = pytest.mark.parametrize("mode", OPS)


def ids_and_offsets(bags, device="cpu", dtype=torch.int64):
    """Return the bags as the op takes them: one matrix where it can, ids and offsets otherwise."""
    if bags is RECTANGLE:
        return [torch.tensor(bags, dtype=dtype, device=device).T.contiguous().T]
    ids = [word for bag in bags for word in bag]
    offsets = [sum(map(len, bags[:b])) for b in range(len(bags))]
    return [torch.tensor(x, dtype=dtype, device=device) for x in (ids, offsets)]


@on_each_device
@pytest.mark.parametrize("dtype", TOLERANCES, ids=str)
@pytest.mark.parametrize("id_dtype", [torch.int32, torch.int64], ids=str)
@pytest.mark.parametrize("bags", [RAGGED, RECTANGLE, WITH_EMPTY], ids=["ragged", "rectangle", "with empty"])
@in_each_mode
def test_matches_reference(device, dtype, id_dtype, bags, mode):
    given = ids_and_offsets(bags, device, id_dtype)
    weight, grad_output = random_tensors((V, D), (len(bags), D), device=device, dtype=dtype)
    options = [("exact", {}), ("word2vec", {"gradient": "word2vec"})] if mode == "mean" else [("exact", {})]
    for gradient, option in options:
        y, (grad_weight,) = output_and_gradients(
            lambda weight, option=option: OPS[mode](weight, *given, empty="zero", **option), [weight], grad_output
        )
        arrays = weight.double().cpu().numpy(), bags, mode
        expected_grad = reference.embedding_bag_backward(*arrays, grad_output.double().cpu().numpy(), gradient)
        assert y.dtype == grad_weight.dtype == dtype
        assert_close(y.double().cpu(), torch.from_numpy(reference.embedding_bag(*arrays)), **TOLERANCES[dtype])
        assert_close(grad_weight.double().cpu(), torch.from_numpy(expected_grad), **TOLERANCES[dtype])


@on_each_device
@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("bags", [RECTANGLE, WITH_EMPTY], ids=["rectangle", "with empty"])
@in_each_mode
def test_contract(device, check, bags, mode):
    given = ids_and_offsets(bags, device)
    check(lambda weight: OPS[mode](weight, *given, empty="zero"), random_tensors((V, D), device=device))


@in_each_mode
def test_compiles(mode):
    for bags, option in ((RECTANGLE, {}), (WITH_EMPTY, {"empty": "zero"})):
        given = ids_and_offsets(bags)
        check_compiles(
            lambda weight, given=given, option=option: OPS[mode](weight, *given, **option),
            random_tensors((V, D), device="cpu"),
        )


@on_each_device
@in_each_mode
def test_vmap_over_bags(device, mode):
    """Ids, offsets or both are batched and the matrix is not."""
    weight, rows = random_tensors((V, D), (3, D), device=device)
    ids = torch.tensor([[0, 6, 2, 2, 1], [1, 1, 5, 4, 4]], device=device)
    offsets = torch.tensor([[0, 2, 2], [0, 1, 3]], device=device)

    def output_and_gradient(ids, offsets):
        def loss(weight):
            y = OPS[mode](weight, ids, offsets, empty="zero")
            return (y * rows).sum(), y

        grad_weight, y = grad(loss, has_aux=True)(weight)
        return y, grad_weight

    for in_dims in ((0, 0), (0, None), (None, 0)):
        args = [x if dim == 0 else x[0] for x, dim in zip((ids, offsets), in_dims, strict=True)]
        examples = [[x[n] if dim == 0 else x for x, dim in zip(args, in_dims, strict=True)] for n in range(2)]
        looped = zip(*(output_and_gradient(*example) for example in examples), strict=True)
        assert_close(vmap(output_and_gradient, in_dims)(*args), tuple(torch.stack(values) for values in looped))

    def pull_back(ids):
        (grad_weight,) = vjp(lambda weight: OPS[mode](weight, ids, offsets[0], empty="zero"), weight)[1](rows)
        return grad_weight

    assert_close(vmap(pull_back)(ids), torch.stack([pull_back(x) for x in ids]))  # the gradient is not batched here


@on_each_device
@in_each_mode
def test_ids_and_offsets_of_different_dtypes(device, mode):
    ids, offsets = ids_and_offsets(RAGGED, device)
    weight, grad_output = random_tensors((V, D), (len(RAGGED), D), device=device)
    expected = output_and_gradients(lambda weight: OPS[mode](weight, ids, offsets), [weight], grad_output)
    for mixed in ((ids.int(), offsets), (ids, offsets.int())):
        for sparse in (False, True):
            y, (grad_weight,) = output_and_gradients(
                lambda weight, mixed=mixed, sparse=sparse: OPS[mode](weight, *mixed, sparse=sparse),
                [weight],
                grad_output,
            )
            assert_close((y, (grad_weight.to_dense(),)), expected)


def test_where_empty_bags_cannot_be_looked_for():
    weight, ids, offsets = torch.zeros(V, D), torch.arange(4), torch.tensor([[0, 2], [0, 3]])
    with pytest.raises(ValueError, match=r"vmap over offsets .* empty='zero'"):
        vmap(lambda offsets: embedding_mean(weight, ids, offsets))(offsets)
    # under grad they can
    gradient = grad(lambda weight, ids, offsets: embedding_mean(weight, ids, offsets).sum())
    assert_close(gradient(weight, ids, offsets[1])[:5, 0], torch.tensor([1 / 3, 1 / 3, 1 / 3, 1, 0]))
    with pytest.raises(ValueError, match="bag 0 of 2 is empty"):
        gradient(weight, ids, offsets[0] * 0)


@on_each_device
def test_trap_cbow_gives_every_word_the_full_gradient_of_the_mean(device):
    """word2vec.c and gensim add all of the mean's gradient to every row of the window."""
    ids = torch.tensor([[1, 4, 4, 2, 5]], device=device)
    weight, grad_output = random_tensors((V, D), (1, D), device=device)
    grads = {
        gradient: output_and_gradients(
            lambda weight, gradient=gradient: embedding_mean(weight, ids, gradient=gradient), [weight], grad_output
        )[1][0]
        for gradient in ("exact", "word2vec")
    }
    assert_close(grads["exact"][1], grad_output[0] / 5)
    assert_close(grads["word2vec"][1], grad_output[0])
    assert_close(grads["word2vec"][4], 2 * grad_output[0])  # a word twice in the window
    leaf = weight.clone().requires_grad_()
    assert gradcheck(lambda weight: embedding_mean(weight, ids), [leaf])
    with pytest.raises(RuntimeError, match="Jacobian mismatch"):
        gradcheck(lambda weight: embedding_mean(weight, ids, gradient="word2vec"), [leaf])


@on_each_device
@pytest.mark.parametrize("bags", [RAGGED, WITH_EMPTY], ids=["ragged", "with empty"])
@in_each_mode
def test_sparse_gradient_holds_the_picked_rows_and_adds_up_to_the_dense_one(device, bags, mode):
    given = ids_and_offsets(bags, device)
    weight, grad_output = random_tensors((V, D), (len(bags), D), device=device)
    options = [{}, {"gradient": "word2vec"}] if mode == "mean" else [{}]
    for option in options:
        dense, sparse = (
            output_and_gradients(
                lambda weight, sparse=sparse, option=option: OPS[mode](
                    weight, *given, sparse=sparse, empty="zero", **option
                ),
                [weight],
                grad_output,
            )[1][0]
            for sparse in (False, True)
        )
        assert sparse.layout == torch.sparse_coo
        assert not sparse.is_coalesced()
        assert sparse._indices().tolist() == [given[0].tolist()]
        assert_close(sparse.coalesce().to_dense(), dense, **TOLERANCES[torch.float64])


@on_each_device
@in_each_mode
def test_values_are_those_of_torch(device, mode):
    """A larger case than the reference's, on torch's own kernel and on the one that vmap runs."""
    (weight,) = random_tensors((101, 33), device=device)
    generator = torch.Generator().manual_seed(1)
    ids = torch.randint(101, (500,), generator=generator).to(device)
    begins = torch.randint(500, (60,), generator=generator).sort().values
    offsets = torch.cat((torch.zeros(1, dtype=torch.int64), begins)).to(device)
    expected = F.embedding_bag(ids, weight, offsets, mode=mode)
    assert_close(OPS[mode](weight, ids, offsets, empty="zero"), expected)
    batched = vmap(lambda weight: OPS[mode](weight, ids, offsets, empty="zero"))(torch.stack((weight, -weight)))
    assert_close(batched, torch.stack((expected, -expected)))


@on_each_device
@in_each_mode
def test_no_bag_and_no_id(device, mode):
    (weight,) = random_tensors((V, D), device=device)
    none = torch.tensor([], dtype=torch.int64, device=device)
    for given in ((none, none), (none.reshape(0, 4),), (none.reshape(0, 0),)):
        y, (grad_weight,) = output_and_gradients(lambda weight, given=given: OPS[mode](weight, *given), [weight])
        assert y.shape == (0, D)
        assert not grad_weight.any()
    for given in ((none, none.new_zeros(2)), (none.reshape(2, 0),)):
        y, (grad_weight,) = output_and_gradients(
            lambda weight, given=given: OPS[mode](weight, *given, empty="zero"), [weight]
        )
        assert_close(y, weight.new_zeros(2, D))
        assert not grad_weight.any()


@on_each_device
@pytest.mark.parametrize(
    ("offsets", "message"),
    [
        ([0, 2, 2, 4], "bag 1 of 4 is empty; .* empty='zero'"),
        ([0, 2, 5], "bag 2 of 3 is empty"),
        ([1, 2], "begin with 0, but begin with 1"),
        ([0, 3, 2], "bag 1 begins at 3 and the next offset is 2"),
        ([0, 3, 6], "bag 2 begins at 6 and the number of ids is 5"),
    ],
)
@in_each_mode
def test_a_bag_that_cannot_be_is_named(device, offsets, message, mode):
    ids, offsets = torch.tensor([0, 1, 2, 3, 4], device=device), torch.tensor(offsets, device=device)
    with pytest.raises(ValueError, match=f"embedding_{mode}: .*{message}"):
        OPS[mode](torch.zeros(V, D, device=device), ids, offsets)


@in_each_mode
def test_offsets_are_checked_on_the_cpu_where_empty_bags_are_rows_of_zero(mode):
    with pytest.raises(ValueError, match="bag 1 begins at 9 and the number of ids is 5"):
        OPS[mode](torch.zeros(V, D), torch.arange(5), torch.tensor([0, 9]), empty="zero")


@in_each_mode
@pytest.mark.parametrize("bad_id", [-1, V])
def test_id_out_of_range(mode, bad_id):  # on the CPU: on CUDA it is a device-side assertion, which ends the process
    with pytest.raises((IndexError, RuntimeError)):
        OPS[mode](torch.zeros(V, D), torch.tensor([[0, bad_id]]))


@in_each_mode
def test_errors_say_what_was_given(mode):
    op, weight, ids = OPS[mode], torch.zeros(V, D), torch.tensor(RECTANGLE)
    with pytest.raises(TypeError, match=rf"embedding_{mode}: weight .*torch\.int64"):
        op(weight.long(), ids)
    with pytest.raises(TypeError, match=r"ids .*torch\.float32"):
        op(weight, ids.float())
    with pytest.raises(TypeError, match=r"offsets .*torch\.bool"):
        op(weight, ids[0], ids[0].bool())
    with pytest.raises(ValueError, match=r"\(7,\).*\(3, 4\)"):
        op(weight[:, 0], ids)
    with pytest.raises(ValueError, match=r"without offsets .*\(4,\)"):
        op(weight, ids[0])
    with pytest.raises(ValueError, match=r"\(3, 4\) and \(4,\)"):
        op(weight, ids, ids[0])
    with pytest.raises(ValueError, match=r"\(4,\) and \(0,\)"):
        op(weight, ids[0], ids[0, :0])
    with pytest.raises(ValueError, match=r"every bag is empty: the shape of ids is \(3, 0\)"):
        op(weight, ids[:, :0])
    with pytest.raises(ValueError, match="empty must be 'error' or 'zero', but is 'nan'"):
        op(weight, ids, empty="nan")
    with pytest.raises(ValueError, match="gradient must be 'exact' or 'word2vec', but is 'full'"):
        embedding_mean(weight, ids, gradient="full")
