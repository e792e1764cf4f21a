"""What a run ran on, for its `metrics.json`."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version

import torch

from torchw2v import __version__

_PACKAGES = ("torch", "lightning", "numpy", "numba", "pyarrow", "safetensors", "tensorboard")


def versions() -> dict[str, str]:
    found = {"torchw2v": __version__, "python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def machine(device: torch.device) -> dict[str, str | int]:
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count() or 1,
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else device.type,
    }


def surroundings(device: torch.device, threads: int | None) -> dict[str, dict[str, str | int]]:
    """The `machine` and `versions` of a run with so many threads; None is as many as torch takes."""
    return {"machine": machine(device) | {"threads": threads or torch.get_num_threads()}, "versions": {**versions()}}
