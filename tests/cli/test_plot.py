"""plot: each kind of picture, and the page."""

from __future__ import annotations

import pytest

from torchw2v.training.word2vec.curves import Curves, Point

pytest.importorskip("matplotlib", reason="pictures need the package matplotlib, which is not installed")
pytestmark = pytest.mark.usefixtures("vectors")


@pytest.mark.parametrize(
    ("arguments", "written", "beginning"),
    [
        (["--clusters", "2"], "words.png", b"\x89PNG"),
        (["--graph", "king", "-k", "2", "-o", "graph.svg"], "graph.svg", b"<?xml"),
        (["--lengths"], "lengths.png", b"\x89PNG"),
        (["--curves"], "curves.png", b"\x89PNG"),
        (["king", "-k", "2", "--html", "--method", "pca"], "words.html", b"<!doctype html>"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_file_is_written_and_named(run, tmp_path, arguments, written, beginning):
    Curves([Point(1, 2.5, 0.1, 1e6), Point(2, float("nan"), 0.05, 1e6)]).write(
        tmp_path / "lightning_logs" / "skipgram_neg" / "x" / "curves.tsv"
    )
    status, out, err = run("plot", *arguments)
    assert (status, out) == (0, f"{written}\n"), err
    assert (tmp_path / written).read_bytes().lower().startswith(beginning.lower())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--graph"], "a graph of neighbours needs words"),
        (["--curves"], "curves.tsv: no such file"),
        (["--lengths", "king"], "--lengths shows all words, and takes none"),
        (["--html", "a.html", "-o", "b.png"], "a page is named behind --html"),
        (["nowhere"], "'nowhere' is not among the 6 words"),
        (["-o", "words.gif"], "words.gif"),
        (["-o", "nowhere/words.png"], "nowhere"),
    ],
)
def test_what_cannot_be_drawn(run, arguments, message):
    status, out, err = run("plot", *arguments)
    assert (status, out) == (1, "")
    assert message in err
