"""Random numbers as a function of where they are used, not of what was drawn before.

    draw(seed, epoch, purpose, position, index)
        = mix(mix(key(seed, epoch, purpose) + position · γ) + (index + 1) · γ)      (mod 2^64)

`mix` is the finaliser of SplitMix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators",
with Stafford's constants, variant 13); γ is the golden ratio in 64 bits. The same draw comes out for any number of
threads, any chunk size and any device, and a run resumes in the middle by knowing one number.

The key is *hashed* before positions are added to it. With key = seed · γ instead, all streams would be one stream,
shifted: the loss looks the same and the vectors are worse.

Everything is int64 with wrap-around, because torch has few operations on uint64; the bits are those of uint64.
"""

from __future__ import annotations

from enum import IntEnum

import torch
from torch import Tensor

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15
MIX_1 = 0xBF58476D1CE4E5B9
MIX_2 = 0x94D049BB133111EB


class Purpose(IntEnum):
    """What a draw is for: each purpose is a stream of its own."""

    KEEP = 1
    RADIUS = 2
    NEGATIVE = 3
    REDRAW = 4
    SHUFFLE = 5
    TWIN = 6


def mix(z: int) -> int:
    """SplitMix64's finaliser on one unsigned 64-bit integer."""
    z = ((z ^ (z >> 30)) * MIX_1) & MASK
    z = ((z ^ (z >> 27)) * MIX_2) & MASK
    return z ^ (z >> 31)


def stream_key(seed: int, epoch: int, purpose: int) -> int:
    """The unsigned 64-bit key of one stream of draws."""
    key = mix((seed + GOLDEN) & MASK)
    key = mix(((key ^ (epoch & MASK)) + GOLDEN) & MASK)
    return mix(((key ^ purpose) + GOLDEN) & MASK)


def draw(key: int, position: Tensor, index: Tensor | int = 0) -> Tensor:
    """64 random bits, as int64, for every position and index.

    Shape: `position` and `index` broadcast against each other; int64.
    """
    state = _mix_(position * _signed(GOLDEN) + _signed(key))
    # index + 1, so that index 0 is not the bare hash of the position
    return _mix_(state + (torch.as_tensor(index, device=position.device) + 1) * _signed(GOLDEN))


def below(bits: Tensor, n: Tensor | int) -> Tensor:
    """An integer uniform on 0..n-1 from the upper 32 bits; `n` up to 2^31, bias below n / 2^32."""
    return (upper_32(bits) * n) >> 32


def upper_32(bits: Tensor) -> Tensor:
    return (bits >> 32) & 0xFFFFFFFF


def lower_32(bits: Tensor) -> Tensor:
    return bits & 0xFFFFFFFF


def unit_interval(bits: Tensor) -> Tensor:
    """A float64 uniform on [0, 1) from the upper 53 bits."""
    return ((bits >> 11) & ((1 << 53) - 1)).to(torch.float64) * 2.0**-53


def _mix_(z: Tensor) -> Tensor:
    """`mix` on every element of a tensor that the caller no longer needs."""
    z.bitwise_xor_(_shift_right(z, 30)).mul_(_signed(MIX_1))
    z.bitwise_xor_(_shift_right(z, 27)).mul_(_signed(MIX_2))
    return z.bitwise_xor_(_shift_right(z, 31))


def _shift_right(z: Tensor, bits: int) -> Tensor:
    """Logical shift: torch's own shift of int64 drags the sign along."""
    return (z >> bits).bitwise_and_((1 << (64 - bits)) - 1)


def _signed(value: int) -> int:
    return value - (1 << 64) if value >= 1 << 63 else value
