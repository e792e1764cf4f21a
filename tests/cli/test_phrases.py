"""phrases: a text written again, to a file or to a pipe."""

from __future__ import annotations

import json

import pytest

from torchw2v.cli import main

STRICT = ["--min-count", "20", "--threshold", "0.1"]
TEXT = "we saw new york today\nnew york is far\nthe far city is new york\n" * 10


@pytest.fixture(autouse=True)
def _text(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.txt").write_text(TEXT)


def test_a_file_is_written_and_its_phrases_are_listed(run, tmp_path):
    status, out, err = run("phrases", "text.txt", "joined.txt", *STRICT)
    assert status == 0, err
    assert (tmp_path / "joined.txt").read_text() == TEXT.replace("new york", "new_york")
    assert out.split("\t")[:2] == ["new_york", "30"]
    assert "joined.txt: 1 phrases joined 30 times, 150 words became 120" in err
    assert run("phrases", "text.txt", "joined.txt")[2].endswith("is there already; --force replaces it\n")
    _, out, _ = run("phrases", "text.txt", "joined.txt", *STRICT, "--force", "--json")
    assert json.loads(out)["num_joins"] == 30


def test_a_pipe_gets_the_text(capfdbinary):
    assert main(["phrases", "text.txt", "-", *STRICT]) == 0
    assert capfdbinary.readouterr().out.decode() == TEXT.replace("new york", "new_york")


def test_what_cannot_be_joined(run):
    assert "text.txt: is the text itself" in run("phrases", "text.txt", "text.txt", "--force")[2]
    assert "nowhere.txt" in run("phrases", "nowhere.txt", "out.txt")[2]
    assert (
        "threshold must be from -1 to 1" in run("phrases", "text.txt", "o", "--scoring", "npmi", "--threshold", "3")[2]
    )
