"""Stochastic gradient descent as the assignment runs it: x ← x − step · ∇f(x), the step halved every 20,000 times.

The cost that is printed is smoothed over the prints: e ← 0.95 e + 0.05 cost, from e = cost at the first.
"""
# ruff: noqa: N803

from __future__ import annotations

import hashlib
import json
import random
import re
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from torchw2v.atomic import atomic_path
from torchw2v.checks import int_at_least, positive, positive_int
from torchw2v.cs224n.arrays import Array
from torchw2v.errors import InputError

FORMAT = "torchw2v.cs224n.sgd.1"
_DAMAGE = (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile, zlib.error)
_NAME = re.compile(r"saved_params_(\d+)\.npz")


def sgd(
    f: Callable[[Any], tuple[float, Any]],
    x0: ArrayLike,
    step: float,
    iterations: int,
    postprocessing: Callable[[Any], Any] | None = None,
    useSaved: bool = False,
    PRINT_EVERY: int = 10,
    *,
    folder: str | Path | None = None,
    SAVE_PARAMS_EVERY: int = 5000,
    ANNEAL_EVERY: int = 20000,
) -> Any:
    """Descend from `x0` and return where `iterations` steps lead.

    Args:
        f: from x to its value, a number, and its gradient, of the shape of x. It may draw from Python's `random` and
            from `numpy.random`: both are saved. What it keeps itself is not: let a `StanfordSentiment` subsample
            (`allSentences`) before, with the same seed each time.
        x0: where to begin: an array or a number, computed in float64; it stays as it is.
        step: the learning rate at the beginning.
        iterations: how many steps, counted from the very beginning.
        postprocessing: called with x after each step; what it returns, unless None, takes the place of x.
        useSaved: go on from the newest parameters in `folder`, if there are any. It then ends where a run without a
            break ends, to the last bit.
        PRINT_EVERY: print the smoothed cost after this many steps.
        folder: where to save; nothing is saved without.
        SAVE_PARAMS_EVERY: save after this many steps, and after the last.
        ANNEAL_EVERY: halve the step after this many steps.

    Raises:
        InputError: `useSaved` without `folder`; what is saved there is damaged or of another run (another x0, step or
            halving), or is further than `iterations`; saved parameters where none are to be used; a gradient of
            another shape.
    """
    x = np.array(x0, dtype=np.float64)
    step = positive("step", step)
    iterations = int_at_least(0, "iterations", iterations)
    for name, value in {
        "PRINT_EVERY": PRINT_EVERY,
        "SAVE_PARAMS_EVERY": SAVE_PARAMS_EVERY,
        "ANNEAL_EVERY": ANNEAL_EVERY,
    }.items():
        positive_int(name, value)
    run = _fingerprint(x, step, ANNEAL_EVERY)
    done, smoothed = 0, None
    if useSaved:
        if folder is None:
            raise InputError("useSaved needs folder=, the folder to save to and to go on from: none is chosen for you")
        done, saved, state = load_saved_params(folder)
        if saved is not None:
            path = _path(folder, done)
            if saved.shape != x.shape:
                raise InputError(f"{path}: x has shape {saved.shape} here and {x.shape} in x0: name another folder")
            if state["progress"].get("run") != run:
                raise InputError(
                    f"{path}: saved by a run with another x0, step or ANNEAL_EVERY: begin as that one did (seed before"
                    " x0 is drawn), or name another folder"
                )
            if done > iterations:
                raise InputError(f"{path}: further than the {iterations} iterations asked for: name another folder")
            x, step, smoothed = saved, state["progress"]["step"], state["progress"]["smoothed"]
            _restore_random(state)
    elif folder is not None and _saved_iterations(folder):
        raise InputError(
            f"{folder}: holds the parameters of another run: go on from them with useSaved=True, or name another folder"
        )

    for i in range(done + 1, iterations + 1):
        cost, gradient = f(x)
        if np.shape(gradient) != x.shape:
            raise InputError(f"the gradient has shape {np.shape(gradient)}, but x has {x.shape}")
        x -= step * gradient
        if postprocessing is not None and (result := postprocessing(x)) is not None:
            x = np.array(result, dtype=np.float64)
        if i % PRINT_EVERY == 0:
            smoothed = float(cost) if smoothed is None else 0.95 * smoothed + 0.05 * float(cost)
            print(f"iter {i}: {smoothed:f}")
        if i % ANNEAL_EVERY == 0:
            step *= 0.5
        if folder is not None and (i % SAVE_PARAMS_EVERY == 0 or i == iterations):
            save_params(i, x, folder, {"run": run, "step": step, "smoothed": smoothed})
    return x[()]


def save_params(
    iteration: int, params: ArrayLike, folder: str | Path, progress: Mapping[str, Any] | None = None
) -> Path:
    """Write parameters and both random states to `folder`/saved_params_`iteration`.npz, whole or not at all.

    Raises:
        InputError: `folder` cannot be written to, or NumPy's global generator is not its own.
    """
    kind, keys, place, has_gauss, gauss = _numpy_state()
    version, words, gauss_next = random.getstate()
    state = {
        "format": FORMAT,
        "iteration": iteration,
        "progress": dict(progress or {}),
        "random": [version, list(words), gauss_next],
        "numpy": [kind, keys.tolist(), place, has_gauss, gauss],
    }
    path = _path(folder, iteration)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_path(path) as temporary, temporary.open("wb") as file:
            np.savez(file, params=np.array(params, dtype=np.float64), state=np.array(json.dumps(state)))
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from None
    return path


def load_saved_params(folder: str | Path) -> tuple[int, Array | None, dict[str, Any]]:
    """Iteration, parameters and state, the newest that `save_params` wrote to `folder`; 0, None, {} if none is there.

    Raises:
        InputError: the file is damaged or is something else.
    """
    iterations = _saved_iterations(folder)
    if not iterations:
        return 0, None, {}
    path = _path(folder, iterations[-1])
    try:
        # opened here, because np.load leaves a damaged file open
        with path.open("rb") as handle, np.load(handle, allow_pickle=False) as file:
            params, state = file["params"], json.loads(str(file["state"]))
        if (state["format"], state["iteration"]) != (FORMAT, iterations[-1]) or params.dtype != np.float64:
            raise ValueError(f"it says {state['format']!r}, iteration {state['iteration']!r}")
        _random_states(state)
    except _DAMAGE as error:
        raise InputError(
            f"{path}: damaged, or not written by sgd ({error}): delete it to go on from the one before it"
        ) from None
    return iterations[-1], params, state


def _fingerprint(x0: Array, step: float, anneal_every: int) -> str:
    """What makes two runs the same, as far as can be seen: where they begin, and their steps."""
    return hashlib.sha256(f"{x0.shape} {step!r} {anneal_every}".encode() + x0.tobytes()).hexdigest()


def _path(folder: str | Path, iteration: int) -> Path:
    return Path(folder).expanduser() / f"saved_params_{iteration}.npz"


def _saved_iterations(folder: str | Path) -> list[int]:
    names = (path.name for path in Path(folder).expanduser().glob("saved_params_*.npz"))
    return sorted(int(match[1]) for name in names if (match := _NAME.fullmatch(name)))


def _numpy_state() -> tuple[str, Any, int, int, float]:
    state = np.random.get_state()
    if not isinstance(state, tuple):
        raise InputError("numpy.random does not use its own generator, MT19937, so its state cannot be saved")
    return state


def _random_states(state: Mapping[str, Any]) -> tuple[Any, Any]:
    version, words, gauss_next = state["random"]
    kind, keys, place, has_gauss, gauss = state["numpy"]
    if len(words) != 625 or kind != "MT19937" or len(keys) != 624:
        raise ValueError("a random state is incomplete")
    return (version, tuple(words), gauss_next), (kind, np.array(keys, dtype=np.uint32), place, has_gauss, gauss)


def _restore_random(state: Mapping[str, Any]) -> None:
    of_python, of_numpy = _random_states(state)
    random.setstate(of_python)
    np.random.set_state(of_numpy)
