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

from tests.kernels.conftest import VOCABULARY
from torchw2v.data import EncodedCorpus, HuffmanTree, WindowSampler
from torchw2v.kernels import full_softmax, library
from torchw2v.kernels.fused_pass import huffman_paths


def matrices(width: int = 16) -> tuple[Tensor, Tensor]:
    torch.manual_seed(0)
    return torch.rand(VOCABULARY, width), torch.rand(VOCABULARY, width)


def check(name: str, *arguments: Any, **options: Any) -> None:
    results = torch.library.opcheck(getattr(torch.ops.torchw2v, name).default, arguments, options)
    assert set(results.values()) == {"SUCCESS"}


@pytest.mark.parametrize("loss", ["negative_sampling", "hierarchical_softmax"])
def test_passes(corpus: EncodedCorpus, loss: str) -> None:
    sampler = WindowSampler(corpus.counts[:VOCABULARY], window=5, num_negatives=5)
    text = torch.tensor(corpus.ids), torch.tensor(corpus.offsets), sampler.keep_units
    stretch: dict[str, Any] = {"start": 0, "stop": 200, "seed": 0, "epoch": 0, "window": 5, "inputs": "window"}
    rates = {"rate": 0.1, "slope": -1e-5, "threads": 1}
    if loss == "negative_sampling":
        noise = sampler.noise.packed, sampler.noise.cumulative_mass
        check("negative_sampling_pass", *matrices(), *text, *noise, num_negatives=5, **stretch, **rates)
    else:
        paths = huffman_paths(HuffmanTree(sampler.counts))
        check("hierarchical_softmax_pass", *matrices(), *text, *paths, **stretch, **rates)


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
