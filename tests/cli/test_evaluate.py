"""evaluate: the figures of `torchw2v.evaluation.judge`."""

from __future__ import annotations

import json

import pytest

from torchw2v.evaluation import judge

pytestmark = pytest.mark.usefixtures("vectors")


def test_files_of_ones_own(run, vectors, tmp_path):
    (tmp_path / "pairs.tsv").write_text("king\tqueen\t9\nking\tcar\t1\nman\twoman\t8\nking\tnowhere\t5\n")
    (tmp_path / "questions.txt").write_text(": family\nman king woman queen\nman woman king queen\n")
    files = ["--similarity", "pairs.tsv", "--analogies", "questions.txt"]
    status, out, _ = run("evaluate", *files)
    assert status == 0
    assert "of 2 questions" in out
    assert "1.00" in out
    _, out, _ = run("evaluate", *files, "--json")
    expected = judge(vectors, similarity=["pairs.tsv"], analogies=["questions.txt"]).to_dict()
    assert json.loads(out) == json.loads(json.dumps(expected))
    assert expected["similarity"][0]["unknown"] == 1
    assert "family" in run("evaluate", *files, "--sections")[1]


def test_without_files_it_asks_the_sets_that_come_with_it(run):
    status, out, err = run("evaluate")
    assert status == 0
    assert "the built-in sets" in err
    assert "pydocs" in out


def test_a_file_that_is_none(run, tmp_path):
    (tmp_path / "pairs.tsv").write_text("king\n")
    status, out, err = run("evaluate", "--similarity", "pairs.tsv")
    assert (status, out) == (1, "")
    assert "pairs.tsv" in err.splitlines()[-1]
