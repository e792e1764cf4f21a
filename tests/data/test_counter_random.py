"""Draws as a function of their place: the bits that the equation gives, uniform, and streams that are independent."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import stats

from torchw2v.data.counter_random import Purpose, below, draw, stream_key, unit_interval, upper_32
from torchw2v.data.counter_random import mix as package_mix

M = (1 << 64) - 1
N = 200_000
P_VALUE = 1e-4  # seeds are fixed, so a test passes always or never


def mix(z: int) -> int:
    """SplitMix64's finaliser in Python's own integers."""
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & M
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & M
    return z ^ (z >> 31)


def uniforms(seed: int = 0, epoch: int = 0, purpose: int = Purpose.KEEP, index: int = 0, n: int = N) -> np.ndarray:
    return unit_interval(draw(stream_key(seed, epoch, purpose), torch.arange(n), index)).numpy()


def test_published_values_of_splitmix64():
    # the first outputs of SplitMix64 seeded with 1234567, as in its authors' reference and many ports
    gamma = 0x9E3779B97F4A7C15
    outputs = [package_mix((1234567 + i * gamma) & M) for i in range(1, 4)]
    assert outputs == [6457827717110365317, 3203168211198807973, 9817491932198370423]


@pytest.mark.parametrize("seed", [0, 1, 2**63 - 1, 2**70 + 3])
def test_draws_are_those_of_the_equation(seed):
    gamma = 0x9E3779B97F4A7C15
    key = stream_key(seed, 3, Purpose.NEGATIVE)
    positions = [0, 1, 12345, 2**40, 2**62]
    for index in (0, 1, 57):
        got = draw(key, torch.tensor(positions), index).tolist()
        expected = [mix((mix((key + p * gamma) & M) + (index + 1) * gamma) & M) for p in positions]
        assert [value & M for value in got] == expected


def test_keys_differ_by_seed_epoch_and_purpose():
    keys = {stream_key(s, e, p) for s in range(30) for e in range(30) for p in Purpose}
    assert len(keys) == 30 * 30 * len(Purpose)


def test_draws_do_not_depend_on_what_is_drawn_with_them():
    key = stream_key(7, 0, Purpose.KEEP)
    together = draw(key, torch.arange(1000)[:, None], torch.arange(5))
    assert torch.equal(together[123, 4], draw(key, torch.tensor(123), 4))
    assert torch.equal(together[500:510, 2], draw(key, torch.arange(500, 510), 2))


@pytest.mark.parametrize("step", [1, 2, 1000, 2**20 + 1])
def test_draws_are_uniform_along_positions_and_indices(step):
    key = stream_key(1, 2, Purpose.RADIUS)
    for bits in (draw(key, torch.arange(N) * step), draw(key, torch.tensor(5), torch.arange(N) * step)):
        for values in (below(bits, 64), bits & 63):
            assert stats.chisquare(torch.bincount(values, minlength=64)).pvalue > P_VALUE


@pytest.mark.parametrize("n", [1, 2, 3, 5, 1000, 2**31 - 1])
def test_below_stays_below_and_reaches_both_ends(n):
    values = below(draw(stream_key(3, 0, Purpose.KEEP), torch.arange(N)), n)
    assert int(values.min()) >= 0
    assert int(values.max()) < n
    if n <= 1000:
        assert torch.bincount(values).numel() == n


def test_every_bit_is_a_fair_coin():
    bits = draw(stream_key(11, 0, Purpose.KEEP), torch.arange(N))
    ones = np.array([int(((bits >> i) & 1).sum()) for i in range(64)])
    assert np.abs(ones - N / 2).max() < 5 * np.sqrt(N) / 2


# each pair of streams, and each shift between them: the trap of seeding at seed * constant is a shift
NEIGHBOURS = {
    "seed": (uniforms(seed=1), uniforms(seed=2)),
    "epoch": (uniforms(epoch=1), uniforms(epoch=2)),
    "purpose": (uniforms(purpose=Purpose.KEEP), uniforms(purpose=Purpose.RADIUS)),
    "index": (uniforms(index=0), uniforms(index=1)),
    "seed and epoch exchanged": (uniforms(seed=1, epoch=2), uniforms(seed=2, epoch=1)),
}


@pytest.mark.parametrize("what", NEIGHBOURS)
def test_neighbouring_streams_are_independent(what):
    first, second = NEIGHBOURS[what]
    for shift in range(-20, 21):
        a, b = first[max(shift, 0) : N + min(shift, 0)], second[max(-shift, 0) : N + min(-shift, 0)]
        assert abs(np.corrcoef(a, b)[0, 1]) < 5 / np.sqrt(N)
    # and no value of one is a value of the other, at any shift
    assert not np.isin(first, second).any()
    table = np.histogram2d(first, second, bins=16)[0]
    assert stats.chi2_contingency(table).pvalue > P_VALUE


def test_successive_draws_are_independent():
    values = uniforms()
    table = np.histogram2d(values[:-1], values[1:], bins=16)[0]
    assert stats.chi2_contingency(table).pvalue > P_VALUE


def test_a_seed_times_a_constant_would_be_found_out():
    """The trap itself, so that the test above is known to find it."""
    gamma = 0x9E3779B97F4A7C15
    one, two = (np.array([mix((seed * gamma + i * gamma) & M) for i in range(100)], dtype=np.uint64) for seed in (1, 2))
    assert np.isin(one, two).sum() == 99


def test_upper_32_is_unsigned():
    assert upper_32(torch.tensor([-1])).item() == 2**32 - 1
