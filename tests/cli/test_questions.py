"""Questions on the command line and from pipes: the answers of WordVectors, in lines, in JSON, with exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from torchw2v import WordVectors
from torchw2v.cli import arguments
from torchw2v.cli.output import as_table
from torchw2v.cli.prompt import answer
from torchw2v.formats import FORMATS

pytestmark = pytest.mark.usefixtures("vectors")


def test_neighbours_of_the_newest_run(run, vectors, tmp_path):
    status, out, err = run("neighbours", "king", "-k", "2")
    assert (status, err) == (0, f"torchw2v: vectors of {tmp_path / 'lightning_logs/skipgram_neg/x'}\n")
    expected = vectors.most_similar("king", k=2)
    assert out == "".join(f"{word}\t{value:.4f}\n" for word, value in expected)
    _, out, _ = run("neighbours", "king", "-k", "2", "--json")
    assert json.loads(out) == {
        "word": "king",
        "neighbours": [{"word": word, "similarity": value} for word, value in expected],
    }


def test_several_words_and_sums_of_them(run, vectors):
    _, out, _ = run("neighbours", "king", "new york", "-k", "1")
    assert [line.split("\t")[:2] for line in out.splitlines()] == [["king", "queen"], ["new york", "car"]]
    _, out, _ = run("neighbours", "king", "woman", "--minus", "man", "-k", "1", "--json")
    assert json.loads(out)[0]["word"] == vectors.most_similar(["king", "woman"], "man", k=1)[0].word


def test_analogy_similarity_and_odd_one_out(run, vectors):
    status, out, _ = run("analogy", "man", "woman", "king", "-k", "1")
    assert (status, out.split("\t")[0]) == (0, "queen")
    _, out, _ = run("analogy", "man", "woman", "king", "-k", "1", "--method", "3cosmul", "--json")
    assert json.loads(out)["answers"][0]["word"] == "queen"
    _, out, _ = run("similarity", "king", "queen")
    assert out == f"king\tqueen\t{vectors.similarity('king', 'queen'):.4f}\n"
    assert run("odd-one-out", "king", "queen", "car")[1] == "car\n"


def test_a_line_of_a_pipe_is_a_question_and_an_unknown_word_stops_nothing(run):
    status, out, err = run("neighbours", "-k", "1", stdin="king\n\nnowhere\ncar\n")
    assert status == 1
    assert [line.split("\t")[0] for line in out.splitlines()] == ["king", "car"]
    assert "error: 'nowhere' is not among the 6 words" in err
    status, out, err = run("similarity", "-", "--json", stdin="king queen\none two three\nking\tnew york\n")
    assert (status, [row["second"] for row in json.loads(out)]) == (1, ["queen", "new york"])
    assert "two words must be given, not 'one two three'" in err
    assert run("neighbours", "-k", "1", stdin="new york\n")[1].startswith("new york\tcar")


@pytest.mark.parametrize(
    ("typed", "status", "message"),
    [
        (["neighbours", "kin"], 1, "did you mean 'king'?"),
        (["neighbours"], 1, "no words: give one word, or pipe lines of them"),
        (["neighbours", "king", "-k", "0"], 2, "an integer of at least 1 is needed, not '0'"),
        (["analogy", "king", "queen"], 1, "three words (A is to B as C is to ?) must be given"),
        (["neighbours", "king", "-v", "nowhere.txt"], 1, "nowhere.txt: nothing is there"),
        (["neighbours", "king", "--runs", "elsewhere"], 1, "no run here has vectors; train some"),
        (["fly"], 2, "invalid choice: 'fly'"),
        (["odd-one-out", "king"], 1, "two words or more must be given"),
    ],
)
def test_what_cannot_be_answered_is_one_line_and_a_status(run, typed, status, message):
    found, out, err = run(*typed)
    assert (found, out) == (status, "")
    assert message in err
    assert err.splitlines()[-1].startswith("torchw2v")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("king", "queen"),
        ("new york", "car"),
        ("king - man + woman", "queen"),
        ("- man + woman + king", "queen"),
        ("man : woman :: king", "queen"),
        ("? king car queen", "car"),
    ],
)
def test_a_line_of_the_prompt(vectors, line, expected):
    assert answer(vectors, line, k=1).splitlines()[-1].split()[0] == expected


def test_the_prompt_goes_on_until_it_is_told_to_stop(run, vectors):
    status, out, _ = run("prompt", stdin="k 2\nking ~ queen\nking\nwhat is this\nkin\nhelp\nquit\nking\n")
    lines = out.splitlines()
    assert (status, lines[0]) == (0, f"{vectors.similarity('king', 'queen'):.4f}")
    assert [line.split()[0] for line in lines[1:4]] == ["word", *(n.word for n in vectors.most_similar("king", k=2))]
    assert lines[4] == "not a question that is known; help says what can be asked"
    assert lines[5].startswith("'kin' is not among the 6 words; did you mean 'king'")
    assert len(lines) == 6 + 7


def test_help_does_not_wait_for_torch():
    code = "import sys; from torchw2v.cli import main\ntry: main(['--help'])\nfinally: print('torch' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.startswith("usage: torchw2v")
    assert result.stdout.splitlines()[-1] == "False"


def test_the_formats_of_the_command_are_those_that_there_are():
    assert tuple(FORMATS) == arguments.FORMATS


def test_a_terminal_that_lacks_a_letter_shows_its_number(tmp_path):
    WordVectors(["α", "β"], torch.eye(2)).save(tmp_path / "greek.npz")
    result = subprocess.run(
        [sys.executable, "-m", "torchw2v", "neighbours", "α", "-v", str(tmp_path / "greek.npz")],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONPATH": str(Path(__file__).parents[2])},
        check=True,
    )
    assert result.stdout == b"\\u03b2\t0.0000\n"


def test_a_table_has_numbers_to_the_right():
    rows = [{"word": "a", "similarity": 0.5}, {"word": "bcd\t", "similarity": -0.25}]
    assert as_table(rows) == "word   similarity\na          0.5000\nbcd\\t     -0.2500"
    assert as_table([]) == ""
