from __future__ import annotations

import random
import re
from pathlib import Path

import numpy as np
import pytest

from torchw2v.cs224n import load_saved_params, save_params, sgd
from torchw2v.errors import InputError

COSTS = {
    0.5: ".004578 .004353 .004136 .003929 .003733 .003546 .003369 .003200 .003040 .002888",
    -1.5: ".041205 .039181 .037222 .035361 .033593 .031913 .030318 .028802 .027362 .025994",
}


def square(x):
    return np.sum(x**2), x * 2


def noisy(x):
    """A function that draws from both generators, the Gaussian pairs of both included."""
    shift = random.gauss(0, 1) + np.random.randn() + random.random() + np.random.rand()
    return np.sum((x - shift) ** 2), 2 * (x - shift)


def seed():
    random.seed(7)
    np.random.seed(8)


def run(folder: Path | None, iterations: int, **options):
    settings = {"PRINT_EVERY": 2, "SAVE_PARAMS_EVERY": 10, "ANNEAL_EVERY": 12} | options
    return sgd(noisy, np.arange(6.0).reshape(2, 3), 0.1, iterations, folder=folder, **settings)


@pytest.mark.parametrize(("x0", "expected"), [(0.5, 8.414836786079764e-10), (0, 0), (-1.5, -2.524451035823933e-09)])
def test_published_figures_of_the_square(x0, expected, capsys):
    x = sgd(square, x0, 0.01, 1000, PRINT_EVERY=100)
    assert x == pytest.approx(expected, rel=1e-12, abs=0)
    assert isinstance(x, float)
    lines = capsys.readouterr().out.splitlines()
    if x0 in COSTS:
        assert lines == [f"iter {100 * i}: 0{cost}" for i, cost in enumerate(COSTS[x0].split(), 1)]


def test_the_step_is_halved():
    """From x to x (1 − 2 step): after two steps of 0.25 and one of 0.125 that is ½ · ½ · ¾."""
    assert sgd(square, 1.0, 0.25, 3, ANNEAL_EVERY=2) == 0.5 * 0.5 * 0.75
    x = sgd(lambda x: (0.0, np.ones(1)), np.zeros(1), 2.0**-20, 20_001, PRINT_EVERY=50_000)
    assert x[0] == -(20_000 + 0.5) * 2.0**-20  # by default after 20,000


@pytest.mark.parametrize("returns", [True, False])
def test_postprocessing_follows_every_step(returns):
    def unit(x):
        if returns:
            return x / np.linalg.norm(x)
        x /= np.linalg.norm(x)
        return None

    x0 = np.array([3.0, 4.0])
    x = sgd(lambda x: (0.0, np.array([1.0, 0.0])), x0, 0.1, 3, unit)
    assert np.linalg.norm(x) == pytest.approx(1)
    assert x0.tolist() == [3, 4]


@pytest.mark.parametrize("breaks", [[10], [20, 30], [24], [37]])
def test_a_resumed_run_ends_where_an_unbroken_one_does(tmp_path, capsys, breaks):
    seed()
    expected = run(None, 40)
    then = random.random(), np.random.randn()
    printed = capsys.readouterr().out

    seed()
    run(tmp_path, breaks[0], useSaved=True)
    for end in [*breaks[1:], 40]:
        seed()
        random.random()  # whatever another process did before
        np.random.randn()
        x = run(tmp_path, end, useSaved=True)
    assert np.array_equal(x, expected)
    assert (random.random(), np.random.randn()) == then
    assert capsys.readouterr().out == printed


def test_a_run_that_is_killed_goes_on_from_the_last_file(tmp_path):
    seed()
    expected = run(None, 40)

    def killed(x, calls=[]):  # noqa: B006
        calls.append(1)
        if len(calls) == 26:
            raise KeyboardInterrupt
        return noisy(x)

    seed()
    x0 = np.arange(6.0).reshape(2, 3)
    with pytest.raises(KeyboardInterrupt):
        sgd(killed, x0, 0.1, 40, None, True, 2, folder=tmp_path, SAVE_PARAMS_EVERY=10, ANNEAL_EVERY=12)
    assert load_saved_params(tmp_path)[0] == 20
    assert np.array_equal(run(tmp_path, 40, useSaved=True), expected)
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"saved_params_{i}.npz" for i in (10, 20, 30, 40)]
    assert np.array_equal(run(tmp_path, 40, useSaved=True), expected)  # there already


def test_trap_a_stale_file_in_the_current_folder_is_picked_up(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    save_params(3, [1.0], tmp_path)
    assert sgd(square, 1.0, 0.1, 1) == 0.8
    with pytest.raises(InputError, match="useSaved needs folder="):
        sgd(square, 1.0, 0.1, 1, None, True)


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"x0": np.ones(4)}, r"x has shape \(3,\) here and \(4,\) in x0"),
        ({"x0": np.array([1.0, 1, 2])}, "another x0, step or ANNEAL_EVERY"),
        ({"step": 0.2}, "another x0, step or ANNEAL_EVERY"),
        ({"ANNEAL_EVERY": 5}, "another x0, step or ANNEAL_EVERY"),
        ({"iterations": 2}, "further than the 2 iterations asked for"),
        ({"useSaved": False}, "holds the parameters of another run"),
    ],
)
def test_another_run_is_refused(tmp_path, other, message):
    settings = {"x0": np.ones(3), "step": 0.1, "iterations": 3, "useSaved": True, "folder": tmp_path}
    sgd(square, **settings)
    before = (tmp_path / "saved_params_3.npz").read_bytes()
    with pytest.raises(InputError, match=message):
        sgd(square, **settings | other)
    assert (tmp_path / "saved_params_3.npz").read_bytes() == before


@pytest.mark.parametrize("damage", ["empty", "cut", "flipped", "text", "pickle", "other", "renamed"])
def test_a_damaged_file_is_named(tmp_path, damage):
    path = save_params(3, np.arange(1000.0), tmp_path)
    content = bytearray(path.read_bytes())
    match damage:
        case "empty":
            path.write_bytes(b"")
        case "cut":
            path.write_bytes(content[:-100])
        case "flipped":
            content[2000] ^= 1
            path.write_bytes(content)
        case "text":
            path.write_text("not a file of NumPy's")
        case "pickle":
            np.savez(path, params=np.array([print]), state=np.array("{}"), allow_pickle=True)
        case "other":
            np.savez(path, params=np.arange(3.0))
        case "renamed":
            path = path.rename(tmp_path / "saved_params_4.npz")
    with pytest.raises(InputError, match=re.escape(f"{path}: damaged, or not written by sgd")):
        load_saved_params(tmp_path)


def test_what_is_saved_is_read_back(tmp_path):
    assert load_saved_params(tmp_path) == (0, None, {})
    save_params(9, np.ones(2), tmp_path)
    save_params(10, np.arange(4.0).reshape(2, 2), tmp_path / "below" / "..")
    (tmp_path / "saved_params_final.npz").write_text("something of one's own")
    iteration, params, state = load_saved_params(tmp_path)
    assert iteration == 10
    assert np.array_equal(params, [[0, 1], [2, 3]])
    assert state["random"][1] == list(random.getstate()[1])


def test_settings_that_cannot_be():
    with pytest.raises(InputError, match=r"gradient has shape \(2,\), but x has \(3,\)"):
        sgd(lambda x: (0.0, np.zeros(2)), np.zeros(3), 0.1, 1)
    with pytest.raises(InputError, match="PRINT_EVERY must be an integer of at least 1, not 0"):
        sgd(square, 1.0, 0.1, 1, PRINT_EVERY=0)
    with pytest.raises(InputError, match="step must be above 0, not -1"):
        sgd(square, 1.0, -1, 1)
