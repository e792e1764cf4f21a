"""What every run ends with."""

from __future__ import annotations

import json
import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from torchw2v.atomic import write_text


@dataclass
class RunResult(ABC):
    """What a run made.

    Attributes:
        metrics: as in `metrics.json`.
        paths: the files written.
        stopped_by: the name of the signal that ended training early, or None.
    """

    metrics: dict[str, Any]
    paths: list[Path] = field(default_factory=list)
    stopped_by: str | None = None

    @abstractmethod
    def report(self) -> list[str]:
        """What was learnt, in lines for a person."""

    def next_steps(self, folder: Path) -> list[str]:
        """What to do with what was learnt, which is in this folder."""
        return []


def write_metrics(path: Path, metrics: dict[str, Any]) -> Path:
    """Write `metrics.json`."""
    write_text(path, json.dumps(_finite(metrics), indent=2, ensure_ascii=False) + "\n")
    return path


def format_ending(result: RunResult, folder: Path, latest: Path | None) -> str:
    """The report of a result, and every path that was written."""
    lines = ["", *result.report(), "", f"Written to {folder.absolute()}:"]
    lines += [f"  {path.relative_to(folder)}" for path in result.paths]
    lines += ["and what TensorBoard reads, and config.yaml."]
    lines += [f"{latest} points there."] if latest else []
    if result.stopped_by:
        lines += ["", "What belongs to the end of a run, such as pictures, was left out."]
        lines += [f"Stopped early by {result.stopped_by}; go on with the same command and resume='{folder}'"]
    elif steps := result.next_steps(folder):
        lines += ["", *steps]
    return "\n".join(lines)


def _finite(value: Any) -> Any:
    """JSON has no nan: what is not a number is null."""
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
