"""The operations as torch sees them."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from tests.kernels.conftest import VOCABULARY
from torchw2v.data import EncodedCorpus, HuffmanTree, WindowSampler
from torchw2v.errors import InputError
from torchw2v.kernels import full_softmax, library
from torchw2v.kernels.fused_pass import huffman_paths


def matrices(width: int = 16) -> tuple[Tensor, Tensor]:
    torch.manual_seed(0)
    return torch.rand(VOCABULARY, width), torch.rand(VOCABULARY, width)


def check(name: str, *arguments: Any, **options: Any) -> None:
    results = torch.library.opcheck(getattr(torch.ops.torchw2v, name).default, arguments, options)
    assert set(results.values()) == {"SUCCESS"}


def arguments(name: str, corpus: EncodedCorpus) -> dict[str, Any]:
    """What an operation takes, by name."""
    sampler = WindowSampler(corpus.counts[:VOCABULARY], window=5, num_negatives=5)
    taken: dict[str, Any] = dict(zip(("in_embeddings", "out_embeddings"), matrices(), strict=True))
    taken |= {"ids": torch.tensor(corpus.ids), "offsets": torch.tensor(corpus.offsets)}
    taken["keep_units"] = sampler.keep_units
    if name == "negative_sampling_pass":
        noise = {"noise_buckets": sampler.noise.packed, "noise_cumulative": sampler.noise.cumulative_mass}
        taken |= {**noise, "num_negatives": 5, "inputs": "window"}
    else:
        taken |= zip(("path_begins", "points", "signs"), huffman_paths(HuffmanTree(sampler.counts)), strict=True)
        taken["inputs"] = "pair"
    taken |= {"start": 0, "stop": 200, "seed": 0, "epoch": 0, "window": 5}
    return taken | {"rate": 0.1, "slope": -1e-5, "threads": 1}


PASSES = ("negative_sampling_pass", "hierarchical_softmax_pass")


@pytest.mark.parametrize("name", PASSES)
def test_passes(corpus: EncodedCorpus, name: str) -> None:
    check(name, **arguments(name, corpus))


OF_ALL: dict[str, tuple[dict[str, Any], str]] = {
    "beyond the corpus": ({"stop": 1046}, "stop must be at most 1,045, the number of words, not 1,046"),
    "before it": ({"start": -1}, "start must be an integer of at least 0, not -1"),
    "nothing": ({"start": 9, "stop": 8}, "stop must be an integer of at least 9, not 8"),
    "window": ({"window": 0}, "window must be an integer of at least 1, not 0"),
    "threads": ({"threads": 0}, "threads must be an integer of at least 1, not 0"),
    "inputs": ({"inputs": "foo"}, "inputs must be one of (window, )?pair, mean, not 'foo'"),
    "ids, type": ({"ids": lambda ids: ids.long()}, "ids must be 1,045 numbers of torch.int32, .* not torch.int64"),
    "ids, strides": (
        {"ids": lambda ids: ids[::2]},
        r"ids must be 523 numbers .* one after the .* strides \(2,\)",
    ),
    "offsets": ({"offsets": lambda offsets: offsets[:-1]}, "offsets must begin with 0 and end with 1045"),
    "keep_units": ({"keep_units": lambda units: units[:-1]}, r"keep_units must be 31 numbers .* of shape \(30,\)"),
    "narrow": ({"in_embeddings": lambda rows: rows[:, :15]}, "in_embeddings must be float32 or float64 with rows of"),
    "few": (
        {"out_embeddings": lambda rows: rows[:9]},
        r".* \(30, 16\) and out_embeddings of shape \(9, 16\) must",
    ),
}
OF_SOME: dict[str, tuple[str, dict[str, Any], str]] = {
    "no windows": (PASSES[1], {"inputs": "window"}, "inputs must be one of pair, mean, not 'window'"),
    "paths": (PASSES[1], {"points": lambda points: points[1:]}, "points must be "),
    "signs": (PASSES[1], {"signs": lambda signs: signs.int()}, "signs must be .* of torch.int8"),
    "negatives": (PASSES[0], {"num_negatives": -1}, "num_negatives must be an integer of at least 0, not -1"),
    "noise": (PASSES[0], {"noise_buckets": lambda noise: noise[1:]}, "noise_buckets must be 30 numbers of torch.int64"),
}
REFUSED = [pytest.param(name, *case, id=f"{name}-{key}") for name in PASSES for key, case in OF_ALL.items()]
REFUSED += [pytest.param(*case, id=key) for key, case in OF_SOME.items()]


@pytest.mark.parametrize(("name", "changes", "message"), REFUSED)
def test_refuses_what_would_lead_compiled_code_astray(
    corpus: EncodedCorpus, name: str, changes: dict[str, Any], message: str
) -> None:
    taken = arguments(name, corpus)
    taken |= {key: change(taken[key]) if callable(change) else change for key, change in changes.items()}
    with pytest.raises(InputError, match=f"^{message}") as error:
        getattr(torch.ops.torchw2v, name)(**taken)
    assert "\n" not in str(error.value)


def test_full_softmax_step() -> None:
    contexts, offsets, targets = torch.tensor([1, 2, 2, 5]), torch.tensor([0, 1, 3]), torch.tensor([3, 0, 0])
    check("full_softmax_step", *matrices(), contexts, offsets, targets, 0.1)


@pytest.mark.parametrize(
    "function",
    [library.negative_sampling_pass, library.hierarchical_softmax_pass, full_softmax.full_softmax_step],
    ids=lambda function: function.__name__,
)
def test_the_operations_are_functions_that_say_what_they_take(function: Callable[..., Tensor]) -> None:
    operation = getattr(torch.ops.torchw2v, function.__name__).default
    names = [argument.name for argument in operation._schema.arguments]
    assert list(inspect.signature(function).parameters) == names
    documentation = f"{function.__doc__} {sys.modules[function.__module__].__doc__}"
    assert all(re.search(rf"\b{name}\b", documentation) for name in names)


class Largest(TorchDispatchMode):
    """The most numbers that any tensor has which an operation gives."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers = 0

    def __torch_dispatch__(self, function, types, arguments=(), keywords=None):
        result = function(*arguments, **(keywords or {}))
        if isinstance(result, torch.Tensor):
            self.numbers = max(self.numbers, result.numel())
        return result


@pytest.mark.parametrize("vocab_size", [300, 3000])
def test_the_scores_of_the_softmax_are_in_memory_a_block_at_a_time(monkeypatch, vocab_size):
    monkeypatch.setattr(full_softmax, "BLOCK_NUMBERS", 4000)
    in_embeddings, out_embeddings = torch.zeros(vocab_size, 2), torch.zeros(vocab_size, 2)
    samples = torch.arange(100)
    with Largest() as largest:
        full_softmax.full_softmax_step(in_embeddings, out_embeddings, samples, samples, samples, 0.1)
    assert 4000 <= largest.numbers <= max(4000, 2 * vocab_size) < 100 * vocab_size
