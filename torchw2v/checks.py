"""Checks of what a user sets, each with a message that names the setting and the value it had."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import Any

from torchw2v.errors import InputError


def one_of(name: str, value: Any, choices: Sequence[str]) -> str:
    if value not in choices:
        raise InputError(f"{name} must be one of {', '.join(choices)}, not {value!r}")
    return str(value)


def int_at_least(low: int, name: str, value: Any) -> int:
    try:
        number = operator.index(value)
    except TypeError:
        number = low - 1
    if isinstance(value, bool) or number < low:
        raise InputError(f"{name} must be an integer of at least {low}, not {value!r}")
    return number


def positive_int(name: str, value: Any) -> int:
    return int_at_least(1, name, value)


def seed_of_draws(value: Any) -> int:
    """A seed that torch's generators and our int64 keys both take."""
    number = int_at_least(0, "seed", value)
    if number >= 1 << 63:
        raise InputError(f"seed must be an integer of at least 0 and below 2^63, not {value!r}")
    return number


def finite(name: str, value: Any) -> float:
    if isinstance(value, bool | str):
        raise InputError(f"{name} must be a number, not {value!r}")
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise InputError(f"{name} must be a finite number, not {value!r}")
    return number


def non_negative(name: str, value: Any) -> float:
    number = finite(name, value)
    if number < 0:
        raise InputError(f"{name} must be at least 0, not {value!r}")
    return number


def positive(name: str, value: Any) -> float:
    number = finite(name, value)
    if number <= 0:
        raise InputError(f"{name} must be above 0, not {value!r}")
    return number
