"""What a measurement was taken on; stands above every table and in every JSON file."""

from __future__ import annotations

import os
import platform
import shlex
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from torchw2v import __version__

_PACKAGES = ("torch", "numba", "lightning", "numpy", "pyarrow", "gensim", "fasttext")


def conditions(arguments: Sequence[str]) -> dict[str, Any]:
    """Machine, versions, command, and how busy the machine was in the last minute."""
    versions = {"Python": platform.python_version(), "torchw2v": __version__}
    for package in _PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            versions[package] = "missing"
    return {
        "machine": {"processor": _processor(), "cores": os.cpu_count(), "system": platform.system()},
        "versions": versions,
        "command": shlex.join(["python", "-m", "benchmarks", *_without_folders(arguments)]),
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
    }


def format_conditions(found: dict[str, Any]) -> str:
    """One a line."""
    machine = found["machine"]
    load = "" if found["load"] is None else f"; load at the start: {found['load']:.1f}"
    return "\n".join(
        [
            f"machine:  {machine['processor']}, {machine['cores']} cores, {machine['system']}{load}",
            f"versions: {', '.join(f'{package} {number}' for package, number in found['versions'].items())}",
            f"command:  {found['command']}",
        ]
    )


def _without_folders(arguments: Sequence[str]) -> list[str]:
    """A table is for other people, who have other folders."""
    return [Path(argument).name if os.sep in argument else argument for argument in arguments]


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
