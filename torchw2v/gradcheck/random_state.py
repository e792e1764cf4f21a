"""The random state a function draws from: kept, and put back before it is asked again."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import torch

from torchw2v.errors import InputError


class RandomState:
    """State of the random generators, as it is when this object is made; `restore` puts it back.

    It holds torch's own generators (the CPU's, and each GPU's once CUDA is in use), Python's `random`, NumPy's legacy
    `numpy.random`, and the `generators` given: `torch.Generator`, `random.Random`, `numpy.random.Generator` or
    `numpy.random.RandomState`.

    Raises:
        InputError: a generator of another kind.
    """

    def __init__(self, generators: Iterable[Any] = ()) -> None:
        self._states: list[tuple[Callable[[Any], object], Any]] = [
            (torch.set_rng_state, torch.get_rng_state()),
            (random.setstate, random.getstate()),
            (np.random.set_state, np.random.get_state()),
        ]
        if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
            self._states.append((torch.cuda.set_rng_state_all, torch.cuda.get_rng_state_all()))
        for generator in generators:
            self._states.append(_state_of(generator))

    def restore(self) -> None:
        for put_back, state in self._states:
            put_back(state)


def _state_of(generator: Any) -> tuple[Callable[[Any], object], Any]:
    match generator:
        case torch.Generator():
            return generator.set_state, generator.get_state()
        case random.Random():
            return generator.setstate, generator.getstate()
        case np.random.RandomState():
            return generator.set_state, generator.get_state()
        case np.random.Generator():
            bits = generator.bit_generator
            return lambda state: setattr(bits, "state", state), bits.state
    raise InputError(
        "generators must be torch.Generator, random.Random, numpy.random.Generator or numpy.random.RandomState objects,"
        f" not {generator!r}"
    )
