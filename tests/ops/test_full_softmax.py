import math

import pytest
import torch
from torch.multiprocessing.reductions import StorageWeakRef
from torch.testing import assert_close
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from tests.ops.op_tester import CHECKS, DEVICES, check_compiles, output_and_gradients, random_tensors
from tests.reference import full_softmax as reference
from torchw2v.functional import full_softmax_loss
from torchw2v.ops import full_softmax

# Sums of D = 4 products, then of V = 7 powers of e; bfloat16 rounds each of them to 3 digits.
TOLERANCES = {
    torch.float64: {"rtol": 1e-13, "atol": 1e-13},
    torch.float32: {"rtol": 1e-5, "atol": 1e-5},
    torch.bfloat16: {"rtol": 5e-2, "atol": 1e-1},
}
B, V, D = 5, 7, 4
SHAPES = ((B, D), (V, D))
TARGETS = [0, 6, 2, 2, 1]  # both ends, a repeat

on_each_device = pytest.mark.parametrize("device", DEVICES)


@pytest.fixture(params=[None, 3 * B, 1], ids=["kept", "blocks of 3, 3 and 1 words", "blocks of a word"])
def route(request, monkeypatch):
    if request.param:
        monkeypatch.setattr(full_softmax, "BLOCK_NUMBERS", request.param)
    return request.param


def loss_of_each(input, out_embeddings):
    targets = torch.tensor(TARGETS, device=input.device)
    return full_softmax_loss(input, out_embeddings, targets, reduction="none")


@on_each_device
@pytest.mark.parametrize("dtype", TOLERANCES, ids=str)
@pytest.mark.parametrize(
    ("shapes", "targets"), [(SHAPES, TARGETS), (((1, 1), (1, 1)), [0]), (((2, 3), (5, 3)), [4, 4])]
)
@pytest.mark.parametrize("id_dtype", [torch.int32, torch.int64], ids=str)
def test_matches_reference(device, dtype, shapes, targets, id_dtype, route):
    inputs = random_tensors(*shapes, device=device, dtype=dtype)
    ids = torch.tensor(targets, dtype=id_dtype, device=device)
    grad_loss = torch.linspace(-1, 2, shapes[0][0], dtype=dtype, device=device)
    loss, grads = output_and_gradients(
        lambda *inputs: full_softmax_loss(*inputs, ids, reduction="none"), inputs, grad_loss
    )
    *arrays, grad_loss = (x.double().cpu().numpy() for x in (*inputs, grad_loss))
    expected_loss = reference.full_softmax_loss(*arrays, targets)
    expected_grads = reference.full_softmax_loss_backward(*arrays, targets, grad_loss)
    assert {x.dtype for x in (loss, *grads)} == {dtype}
    assert_close(
        [x.double().cpu() for x in (loss, *grads)],
        [torch.from_numpy(x) for x in (expected_loss, *expected_grads)],
        **TOLERANCES[dtype],
    )


@on_each_device
@pytest.mark.parametrize("check", CHECKS)
def test_contract(device, check, route):
    check(loss_of_each, random_tensors(*SHAPES, device=device))


def test_compiles(route):
    check_compiles(loss_of_each, random_tensors(*SHAPES, device="cpu"))


def test_values_are_those_of_torch_where_the_blocks_are_many():
    """V = 2^20, so that there are two blocks: the constant as it is."""
    input, out_embeddings = random_tensors((20, 2), (1 << 20, 2), device="cpu", dtype=torch.float32)
    targets = torch.arange(20) * 50_000
    actual = output_and_gradients(lambda *inputs: full_softmax_loss(*inputs, targets), [input, out_embeddings])
    expected = output_and_gradients(
        lambda input, out: torch.nn.functional.cross_entropy(input @ out.T, targets), [input, out_embeddings]
    )
    assert_close(actual, expected)


class LargeTensors(TorchDispatchMode):
    """Counts the tensors of at least so many bytes that are alive after any operation, and notes the largest."""

    def __init__(self, least_bytes):
        super().__init__()
        self.least_bytes = least_bytes
        self.refs, self.most_alive, self.most_bytes = {}, 0, 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        result = func(*args, **(kwargs or {}))
        for x in tree_leaves(result):
            if isinstance(x, torch.Tensor):
                size = x.untyped_storage().nbytes()
                self.most_bytes = max(self.most_bytes, size)
                if size >= self.least_bytes:
                    ref = StorageWeakRef(x.untyped_storage())
                    self.refs[ref.cdata] = ref
        self.refs = {key: ref for key, ref in self.refs.items() if not ref.expired()}
        self.most_alive = max(self.most_alive, len(self.refs))
        return result


@on_each_device
@pytest.mark.parametrize("words", [None, 20])
def test_never_two_matrices_of_batch_times_vocabulary(device, words, monkeypatch):
    """Forward and backward make one (B, V) matrix, or one block of it at a time."""
    size, vocab_size = 64, 100
    if words:
        monkeypatch.setattr(full_softmax, "BLOCK_NUMBERS", size * words)
    inputs = random_tensors((size, 3), (vocab_size, 3), device=device, dtype=torch.float32)
    targets = torch.arange(size, device=device)
    with LargeTensors(4 * size * (words or vocab_size)) as memory:
        output_and_gradients(lambda *inputs: full_softmax_loss(*inputs, targets), inputs)
    assert memory.most_alive == 1
    assert memory.most_bytes == 4 * size * (words or vocab_size)

    # what the count would be if it counted two
    with LargeTensors(4 * size * vocab_size) as memory:
        output_and_gradients(lambda x, out: torch.nn.functional.cross_entropy(x @ out.T, targets), inputs)
    assert memory.most_alive >= 2


@on_each_device
@pytest.mark.parametrize("words", [None, 20])
def test_never_two_gradients_of_the_output_matrix(device, words, monkeypatch):
    """With more dimensions than examples (V, D) is the large one: there are the matrix and its gradient, no third."""
    size, vocab_size, dim = 8, 100, 64
    if words:
        monkeypatch.setattr(full_softmax, "BLOCK_NUMBERS", dim * words)
    inputs = random_tensors((size, dim), (vocab_size, dim), device=device, dtype=torch.float32)
    targets = torch.arange(size, device=device)
    with LargeTensors(4 * vocab_size * dim // 2) as memory:
        output_and_gradients(lambda *inputs: full_softmax_loss(*inputs, targets), inputs)
    assert memory.most_alive == 2
    assert memory.most_bytes == 4 * vocab_size * dim


@on_each_device
def test_trap_float16_ends_at_65504(device, monkeypatch):
    """The powers of e of 100,000 equal scores add up to more."""
    input, out_embeddings = (torch.zeros(n, 2, dtype=torch.float16, device=device) for n in (2, 100_000))
    input[:, 0] = out_embeddings[:, 1] = 1  # scores of 0, and gradients that are not
    targets = torch.tensor([0, 99_999], device=device)
    for block_numbers in (full_softmax.BLOCK_NUMBERS, 60_000):
        monkeypatch.setattr(full_softmax, "BLOCK_NUMBERS", block_numbers)
        loss, (grad_input, grad_out) = output_and_gradients(
            lambda *inputs: full_softmax_loss(*inputs, targets, reduction="none"),
            [input, out_embeddings],
            torch.ones_like(input[:, 0]),
        )
        assert {x.dtype for x in (loss, grad_input, grad_out)} == {torch.float16}
        assert loss.tolist() == pytest.approx([math.log(1e5)] * 2, rel=1e-3)
        assert_close(grad_out[0].tolist(), [-1.0, 0.0], rtol=1e-3, atol=0)
        assert_close(grad_out[1].tolist(), [2e-5, 0.0], rtol=2e-2, atol=0)  # 1e-5 has 8 bits in float16
        assert grad_input.isfinite().all()


@on_each_device
def test_reductions(device, route):
    inputs, targets = random_tensors(*SHAPES, device=device), torch.tensor(TARGETS, device=device)
    loss, grads = output_and_gradients(loss_of_each, inputs, torch.ones(B, device=device).double())
    for reduction, scale in (("mean", 1 / B), ("sum", 1)):
        reduced = output_and_gradients(
            lambda *inputs, reduction=reduction: full_softmax_loss(*inputs, targets, reduction=reduction),
            inputs,
            torch.ones((), device=device).double(),
        )
        assert_close(reduced, (loss.sum() * scale, tuple(grad * scale for grad in grads)))
    assert full_softmax_loss(*inputs, targets) == loss.mean()


@on_each_device
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=str)
def test_scores_of_ten_thousand(device, dtype, route):
    """The first example is right by 2e4, the second wrong by as much; the third's scores, of 1e4, differ by 1."""
    input = torch.tensor([[1, 0], [-1, 0], [0, 1]], dtype=dtype, device=device)
    out_embeddings = torch.tensor([[1e4, 1e4], [-1e4, 1e4 - 1]], dtype=dtype, device=device)
    targets = torch.zeros(3, dtype=torch.int64, device=device)
    loss, grads = output_and_gradients(
        lambda *inputs: full_softmax_loss(*inputs, targets, reduction="none"),
        [input, out_embeddings],
        torch.ones(3).to(input),
    )
    p = 1 / (1 + math.e)  # of the third example's other word
    assert_close(loss, torch.tensor([0, 2e4, math.log1p(1 / math.e)]).to(input))
    assert_close(grads[0], torch.tensor([[0, 0], [-2e4, -1], [-2e4 * p, -p]]).to(input), rtol=1e-5, atol=2e-3)
    assert_close(grads[1], torch.tensor([[1, -p], [-1, p]]).to(input), rtol=1e-6, atol=0)


@on_each_device
def test_vectors_of_zero_cost_the_logarithm_of_the_vocabulary(device, route):
    targets = torch.tensor(TARGETS, device=device)
    loss = full_softmax_loss(*(torch.zeros(shape, device=device) for shape in SHAPES), targets)
    assert loss.item() == pytest.approx(math.log(V))


@on_each_device
def test_empty_batch(device, route):
    inputs = [torch.empty(shape, device=device) for shape in ((0, D), (V, D))]
    targets = torch.empty(0, dtype=torch.int64, device=device)
    loss, (grad_input, grad_out) = output_and_gradients(
        lambda *inputs: full_softmax_loss(*inputs, targets, reduction="none"), inputs
    )
    assert loss.shape == (0,)
    assert grad_input.shape == (0, D)
    assert_close(grad_out, torch.zeros_like(grad_out))
    assert full_softmax_loss(*inputs, targets, reduction="sum") == 0
    assert full_softmax_loss(*inputs, targets).isnan()  # as torch.nn.functional.cross_entropy


@on_each_device
@pytest.mark.parametrize("needed", range(2))
def test_only_the_needed_gradients_are_computed(device, needed, route):
    inputs = random_tensors(*SHAPES, device=device)
    _, expected = output_and_gradients(loss_of_each, inputs, torch.ones(B, device=device).double())
    loss = loss_of_each(*(x.requires_grad_(i == needed) for i, x in enumerate(inputs)))
    computed = []
    loss.grad_fn.register_hook(lambda grad_inputs, grad_outputs: computed.extend(grad_inputs))
    loss.sum().backward()
    assert [grad is not None for grad in computed] == [i == needed for i in range(3)]
    assert_close(inputs[needed].grad, expected[needed])


@on_each_device
def test_autocast(device, route):
    """Under autocast the products may be rounded to bfloat16; the loss and the gradients stay float32."""
    inputs = random_tensors(*SHAPES, device=device, dtype=torch.float32)
    with torch.autocast(device, torch.bfloat16):
        mixed = output_and_gradients(loss_of_each, inputs)
    assert_close(mixed, output_and_gradients(loss_of_each, inputs), **TOLERANCES[torch.bfloat16])


@pytest.mark.parametrize("bad_id", [-1, V])
def test_target_out_of_range(
    bad_id, route
):  # on the CPU: on CUDA it is a device-side assertion, which ends the process
    with pytest.raises((IndexError, RuntimeError), match="out of "):
        full_softmax_loss(*(torch.zeros(shape) for shape in SHAPES), torch.tensor([0, bad_id, 0, 0, 0]))


def test_errors_say_what_was_given():
    input, out_embeddings, targets = torch.zeros(B, D), torch.zeros(V, D), torch.tensor(TARGETS)
    with pytest.raises(TypeError, match=r"input .*torch\.int64"):
        full_softmax_loss(input.long(), out_embeddings, targets)
    with pytest.raises(TypeError, match=r"out_embeddings .*torch\.int64"):
        full_softmax_loss(input, out_embeddings.long(), targets)
    with pytest.raises(TypeError, match=r"torch\.float32 and torch\.float64"):
        full_softmax_loss(input, out_embeddings.double(), targets)
    with pytest.raises(TypeError, match=r"targets .*torch\.float32"):
        full_softmax_loss(input, out_embeddings, targets.float())
    with pytest.raises(ValueError, match=r"\(5, 4\) and \(7, 3\)"):
        full_softmax_loss(input, out_embeddings[:, :3], targets)
    with pytest.raises(ValueError, match=r"\(4,\) and \(7, 4\)"):
        full_softmax_loss(input[0], out_embeddings, targets)
    with pytest.raises(ValueError, match=r"\(5, 4\) and \(4,\)"):
        full_softmax_loss(input, out_embeddings, targets[1:])
    with pytest.raises(ValueError, match=r"no row: its shape is \(0, 4\)"):
        full_softmax_loss(input, out_embeddings[:0], targets)
    with pytest.raises(ValueError, match="'mean', 'sum' or 'none', but is 'average'"):
        full_softmax_loss(input, out_embeddings, targets, reduction="average")
