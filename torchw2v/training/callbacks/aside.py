"""What is done during training but is no part of it."""

from __future__ import annotations

from typing import Protocol, runtime_checkable


@runtime_checkable
class Aside(Protocol):
    """A callback whose time is not that of training.

    Attributes:
        phase: what the seconds are called in `metrics.json`.
        seconds: taken so far, on the training's thread.
    """

    phase: str
    seconds: float
