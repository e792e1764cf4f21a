from __future__ import annotations

import math
import sys

import pytest
import torch

from torchw2v import InputError
from torchw2v.gradcheck import GradientEntry, GradientReport, check_gradients

TABLE = """\
gradients WRONG: 2 of 5 entries of 3 parameters differ by more than 1e-06

parameter      shape                checked  wrong  largest difference  at
W             (2, 2)                      2      1             5.0e-01  [1, 0]
embedding  (1000, 3)  1 of 3,000, and [all]      -             1.0e-09  [999, 2]
b                 ()                      1      1                 nan

wrong entry  analytic  numeric  difference
b                   1      nan         nan  f is not finite one step aside
W[1, 0]             1        2     5.0e-01

W: one entry of 2 is wrong
embedding: a note
b: f is not finite one step aside
a hint"""


def report() -> GradientReport:
    entries = (
        GradientEntry("W", (0, 0), 1.0, 1.0, 1e-12),
        GradientEntry("W", (1, 0), 1.0, 2.0, 0.5),
        GradientEntry("embedding", (999, 2), 0.0, 1e-9, 1e-9),
        GradientEntry("embedding", None, 0.0, 0.0, 0.0),
        GradientEntry("b", (), 1.0, math.nan, math.nan, "f is not finite one step aside"),
    )
    shapes = {"W": (2, 2), "embedding": (1000, 3), "b": ()}
    return GradientReport(entries, 1e-6, shapes, {"embedding": "a note"}, "a hint")


def test_the_table():
    assert str(report()) == TABLE


def test_what_is_not_finite_is_the_worst():
    assert not report()
    assert report().worst.parameter == "b"
    assert math.isnan(report().max_difference)
    assert [entry.parameter for entry in report().failures] == ["W", "b"]


def test_only_the_worst_entries_are_shown():
    text = str(check_gradients(lambda x: x.detach().square().sum() + x.sum(), torch.arange(1.0, 21), names=["x"]))
    shown = [line for line in text.splitlines() if line.startswith("x[")]
    assert len(shown) == 8
    assert shown[0].startswith("x[")
    assert "... and 12 more: see .failures" in text


def test_a_right_report_fits_on_a_line():
    right = check_gradients(torch.sin, torch.ones(2))
    assert right
    assert repr(right).startswith("<GradientReport: gradients right: 2 entries of 1 parameter, largest difference ")
    assert right.raise_if_failed() is None


def test_the_picture_shows_every_entry_and_the_tolerance():
    pytest.importorskip("matplotlib", reason="the picture needs matplotlib, which is not installed")
    figure = report().plot()
    values, differences = figure.axes
    assert [
        (line.get_xdata().tolist(), line.get_ydata().tolist()) for line in values.lines if line.get_marker() in "ox"
    ][1] == ([2.0], [1.0])
    right = [line for line in differences.lines if line.get_marker() == "o"]
    wrong = [line for line in differences.lines if line.get_marker() == "x"]
    assert sum(len(line.get_xdata()) for line in right) == 3
    assert [list(line.get_xdata()) for line in wrong] == [[0.5]]
    assert [label.get_text() for label in differences.get_yticklabels()] == ["W  2×2", "embedding  1000×3", "b  number"]
    assert "1 not finite" in " ".join(text.get_text() for text in differences.texts)
    assert figure.get_suptitle() == "Gradients: 2 of 5 wrong"


def test_the_picture_without_matplotlib(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(InputError, match=r"report\.plot\(\) needs matplotlib"):
        report().plot()
