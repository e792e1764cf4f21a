"""The draws of `torchw2v.data.sampling`, one at a time: the same bits, the same words.

`torchw2v.data.counter_random` and `torchw2v.data.alias` say what they are and why.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from torchw2v.data.counter_random import GOLDEN, MIX_1, MIX_2
from torchw2v.kernels.cpu.code import read_int64
from torchw2v.kernels.cpu.inner import inner

_GOLDEN, _MIX_1, _MIX_2 = np.uint64(GOLDEN), np.uint64(MIX_1), np.uint64(MIX_2)
_LOWER = np.uint64(0xFFFFFFFF)
_UNIT = 2.0**-53
S11, S27, S30, S31, S32 = (np.uint64(bits) for bits in (11, 27, 30, 31, 32))
_ONE = np.uint64(1)


@inner
def mix(z):
    """SplitMix64's finaliser."""
    z = (z ^ (z >> S30)) * _MIX_1
    z = (z ^ (z >> S27)) * _MIX_2
    return z ^ (z >> S31)


@inner
def place(key, position):
    """What the draws for a place of the corpus have in common."""
    return mix(key + np.uint64(position) * _GOLDEN)


@inner
def draw(state, index):
    """64 random bits: draw number `index` for the place that has this state."""
    return mix(state + (np.uint64(index) + _ONE) * _GOLDEN)


@inner
def below(bits, n):
    """An integer on 0..n-1."""
    return np.int64(((bits >> S32) * np.uint64(n)) >> S32)


@inner
def first_above(table, size, value):
    """Index of the first of `size` ascending numbers at an address that is above a value; `size` if none is."""
    low, high = np.int64(0), np.int64(size)
    while low < high:
        middle = (low + high) >> 1
        if read_int64(table, middle) > value:
            high = middle
        else:
            low = middle + 1
    return low


@inner
def is_kept(key, position, keep_units, size, word):
    """Whether subsampling keeps a word; `keep_units` has one entry more, for words outside a vocabulary of `size`."""
    units = read_int64(keep_units, min(np.int64(word), size))
    return np.int64(draw(place(key, position), 0) >> S32) < units


class Noise(NamedTuple):
    """The noise distribution. Addresses, and a number.

    Attributes:
        buckets: uint64, of the alias table: threshold and alias of each.
        cumulative: int64, cumulative masses.
        size: entries of each.
    """

    buckets: int
    cumulative: int
    size: int


@inner
def outcome(buckets, size, bits):
    """A noise word; each of the `size` buckets at an address holds threshold and alias in one number."""
    bucket = below(bits, size)
    entry = np.uint64(read_int64(buckets, bucket))
    return bucket if (bits & _LOWER) < (entry >> S32) else np.int64(entry & _LOWER)


@inner
def outcome_other_than(cumulative, size, excluded, bits):
    """A noise word that is not `excluded`, from the cumulative masses of the noise distribution at an address."""
    end = read_int64(cumulative, excluded)
    before = read_int64(cumulative, excluded - 1) if excluded > 0 else np.int64(0)
    others = read_int64(cumulative, size - 1) - (end - before)
    unit = np.int64(np.float64(bits >> S11) * _UNIT * np.float64(others))
    unit = min(unit, others - 1)
    if unit >= before:
        unit += end - before
    return first_above(cumulative, size, unit)


@inner
def noise_word(noise, state, redraw_key, position, index, target):
    """Noise word number `index` for a target at a place of the corpus that has this state: any word but the target."""
    word = outcome(noise.buckets, noise.size, draw(state, index))
    if word == target:
        word = outcome_other_than(noise.cumulative, noise.size, target, draw(place(redraw_key, position), index))
    return word
