"""What stands in the page's file, without a browser."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import torch

from torchw2v import InputError, WordVectors
from torchw2v.pictures import write_page
from torchw2v.pictures.page.content import safe_json

ROOT = Path(__file__).parents[2]
WORDS = ["</script><b>", "a&b", "\ud800", "\u2028", "{{style}}", *(f"w{i}" for i in range(45))]
VECTORS = WordVectors(WORDS, torch.randn(50, 6, generator=torch.Generator().manual_seed(0)))


@pytest.fixture
def text(tmp_path: Path) -> str:
    path = write_page(VECTORS, tmp_path / "page.html", n=40, k=5, method="pca", title="<i>{{data}}</i>")
    assert [file.name for file in tmp_path.iterdir()] == ["page.html"]
    return path.read_text(encoding="utf-8")


def data(text: str) -> dict:
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.S)[1])


def test_words_places_and_neighbours_are_those_of_the_vectors(text):
    table = data(text)
    assert table["words"] == WORDS[:40]
    assert table["about"].startswith("40 of 50 words with 6 dimensions")
    names = table["words"] + table["unplaced"]
    for i, nearest in enumerate(VECTORS.nearest(WORDS[:40], 5)):
        row = slice(5 * i, 5 * i + 5)
        assert [names[j] for j in table["neighbours"][row]] == [neighbour.word for neighbour in nearest]
        assert table["cosines"][row] == [round(1000 * neighbour.similarity) for neighbour in nearest]
    assert (min(table["x"]), max(table["x"])) == (0, table["width"])
    assert (min(table["y"]), max(table["y"])) == (0, table["height"])
    assert max(table["width"], table["height"]) == 4000
    assert sum(group["count"] for group in table["groups"]) == 40


def test_it_asks_nothing_of_a_network_and_its_policy_lets_only_its_own_script_run(text):
    assert not re.search(r"https?:|//[a-z]|\bsrc=|@import|url\(|\bfetch\b|XMLHttp|WebSocket|\beval\b|innerHTML", text)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1]
    for name, tag in (("script", r"<script>(.*?)</script>"), ("style", r"<style>(.*?)</style>")):
        (found,) = re.findall(tag, text, re.S)
        digest = base64.b64encode(hashlib.sha256(found.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none';")
    assert " style=" not in text


def test_no_string_can_leave_its_place(text):
    assert text.count("<script") == text.count("</script") == 2
    assert "<title>&lt;i&gt;{{data}}&lt;/i&gt;</title>" in text
    for word in ("</script>", "<!--", "\u2028", "\x85", "'", "&amp;", "\udfff"):
        assert json.loads(safe_json([word])) == [word]
        assert re.fullmatch(r'\["[\w \\/;!-]*"\]', safe_json([word]), re.ASCII)


def test_the_same_seed_gives_the_same_bytes(text, tmp_path):
    again = write_page(VECTORS, tmp_path / "again.htm", n=40, k=5, method="pca", title="<i>{{data}}</i>")
    assert again.read_text(encoding="utf-8") == text


def test_small_and_odd_tables_have_pages_as_well(tmp_path):
    for vectors in (WordVectors("a", torch.ones(1, 3)), WordVectors("ab", torch.zeros(2, 1))):
        table = data(write_page(vectors, tmp_path / "page.html", method="pca").read_text(encoding="utf-8"))
        assert table["k"] == len(vectors) - 1
        assert len(table["neighbours"]) == table["k"] * len(vectors)


def test_what_cannot_be_written(tmp_path):
    for settings, message in (
        ({"path": tmp_path / "page.png"}, "a page ends in .html or .htm"),
        ({"path": tmp_path / "none" / "page.html"}, "there is no folder"),
        ({"k": 0}, "k must be an integer of at least 1"),
        ({"n": 0}, "n must be an integer of at least 1"),
        ({"method": "svd"}, "method must be one of"),
        ({"words": []}, "there is no word to draw"),
    ):
        with pytest.raises(InputError, match=message):
            write_page(VECTORS, **({"path": tmp_path / "page.html", "method": "pca"} | settings))
    assert list(tmp_path.iterdir()) == []


def test_a_wheel_holds_the_parts_of_the_page(tmp_path):
    pytest.importorskip("hatchling", reason="a wheel is built by hatchling, which is not installed")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    (wheel,) = tmp_path.glob("*.whl")
    names = {Path(name).name for name in zipfile.ZipFile(wheel).namelist() if "pictures/page/" in name}
    folder = ROOT / "torchw2v" / "pictures" / "page"
    assert names == {path.name for path in folder.iterdir() if path.is_file()}
