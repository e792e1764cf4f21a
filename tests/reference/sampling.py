"""word2vec's samples for one corpus, one word at a time, in Python's own numbers."""

from __future__ import annotations

import bisect
import math
from collections.abc import Sequence

MASK = (1 << 64) - 1
GAMMA = 0x9E3779B97F4A7C15
KEEP, RADIUS, NEGATIVE, REDRAW = 1, 2, 3, 4


def mix(z: int) -> int:
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def bits(seed: int, epoch: int, purpose: int, position: int, index: int = 0) -> int:
    key = mix((seed + GAMMA) & MASK)
    key = mix(((key ^ epoch) + GAMMA) & MASK)
    key = mix(((key ^ purpose) + GAMMA) & MASK)
    return mix((mix((key + position * GAMMA) & MASK) + (index + 1) * GAMMA) & MASK)


def pairs(
    sentences: Sequence[Sequence[int]],
    counts: Sequence[int],
    *,
    seed: int,
    epoch: int,
    window: int,
    sample: float,
    num_negatives: int,
    threshold: Sequence[int],
    alias: Sequence[int],
    mass: Sequence[int],
) -> list[tuple[int, int, list[int], int]]:
    """(input, target, negatives, position of the target) in the order of the text."""
    vocab_size, result, position = len(counts), [], 0
    limit = sample * sum(counts)
    ends = [sum(mass[: i + 1]) for i in range(vocab_size)]

    def negative(target: int, place: int, index: int) -> int:
        drawn = bits(seed, epoch, NEGATIVE, place, index)
        bucket = ((drawn >> 32) * vocab_size) >> 32
        word = bucket if (drawn & 0xFFFFFFFF) < threshold[bucket] else alias[bucket]
        if word == target:
            others = ends[-1] - mass[target]
            unit = (bits(seed, epoch, REDRAW, place, index) >> 11) * 2.0**-53
            unit = min(math.floor(unit * float(others)), others - 1)
            unit += mass[target] if unit >= ends[target] - mass[target] else 0
            word = bisect.bisect_right(ends, unit)
        return word

    for sentence in sentences:
        kept = []
        for word in sentence:
            if word < vocab_size:
                f = counts[word]
                p = min(1.0, (math.sqrt(f / limit) + 1) * limit / f) if sample else 1.0
                if bits(seed, epoch, KEEP, position) >> 32 < round(p * 2**32):
                    kept.append((word, position))
            position += 1
        for i, (target, place) in enumerate(kept):
            radius = 1 + (((bits(seed, epoch, RADIUS, place) >> 32) * window) >> 32)
            for offset in range(-radius, radius + 1):
                if offset == 0 or not 0 <= i + offset < len(kept):
                    continue
                slot = offset + window if offset < 0 else offset + window - 1
                negatives = [negative(target, place, slot * num_negatives + k) for k in range(num_negatives)]
                result.append((kept[i + offset][0], target, negatives, place))
    return result
