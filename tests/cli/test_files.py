"""convert and info."""

from __future__ import annotations

import json

import pytest
import torch

from torchw2v import WordVectors

pytestmark = pytest.mark.usefixtures("vectors")
NEWEST = "lightning_logs/skipgram_neg/x/vectors.safetensors"


def test_convert_by_suffix_and_by_name(run, vectors):
    status, out, err = run("convert", NEWEST, "vectors.npz")
    assert (status, out, err) == (0, "", "vectors.npz: 6 words, 3 dimensions\n")
    assert torch.equal(WordVectors.load("vectors.npz").rows(), vectors.rows())
    assert run("convert", "vectors.npz", "some.data", "--to", "glove", "--top", "4", "--normalize")[0] == 0
    some = WordVectors.load("some.data", format="glove")
    assert some.words == vectors.words[:4]
    torch.testing.assert_close(some.rows().norm(dim=1), torch.ones(4))
    assert run("convert", "some.data", "static", "--from", "glove", "--to", "static-model")[0] == 0
    assert WordVectors.load("static").words == some.words


def test_nothing_is_replaced_unasked(run):
    assert run("convert", NEWEST, "a.npz")[0] == 0
    status, _, err = run("convert", NEWEST, "a.npz", "--top", "1")
    assert (status, err) == (1, "torchw2v: error: a.npz: is there already; --force replaces it\n")
    assert run("convert", NEWEST, "a.npz", "--top", "1", "--force")[0] == 0
    assert len(WordVectors.load("a.npz")) == 1
    assert run("convert", NEWEST, "folder", "--to", "projector")[0] == 0
    assert len(WordVectors.load("folder")) == 6
    assert "--force replaces it" in run("convert", NEWEST, "folder", "--to", "projector")[2]
    assert "give a new name" in run("convert", NEWEST, "folder", "--to", "static-model", "--force")[2]
    assert "not to standard output" in run("convert", NEWEST, "-")[2]


def test_words_that_a_format_cannot_hold(run, tmp_path):
    status, _, err = run("convert", NEWEST, "a.txt")
    assert status == 1
    assert "the word 'new york' cannot be saved as word2vec text" in err
    assert not (tmp_path / "a.txt").exists()


def test_info_of_a_run_and_of_a_file(run, tmp_path):
    folder = tmp_path / "lightning_logs/skipgram_neg/x"
    training = {"words": 5000, "engine": "fused", "words_per_second": 1e6, "epoch_losses": [2.5, None, 2.0]}
    (folder / "metrics.json").write_text(
        json.dumps({"corpus": {"words": 1000, "different_words": 70}, "training": training})
    )
    status, out, _ = run("info")
    assert status == 0
    for part in ("6 words, 3 dimensions, float32", "king, queen", "1,000 words, 70 different", "2.5000 -> 2.0000"):
        assert part in out
    _, out, _ = run("info", "-v", NEWEST, "--json")
    facts = json.loads(out)
    assert (facts["words"], facts["dimensions"], facts["run"]["training"]["engine"]) == (6, 3, "fused")
    assert facts["lengths"]["least"] == pytest.approx(2**0.5)
    (folder / "metrics.json").write_text('{"corpus": [1], "training": {"words_per_second": 3}}')
    assert run("info")[0] == 0
    (folder / "metrics.json").write_text("{")
    assert "metrics.json: cannot be read" in run("info")[2]
