"""Files are recognised by what is in them, and not read again to do so."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from torchw2v import InputError
from torchw2v.data import content
from torchw2v.data.content import content_digests


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    age(path, seconds=60)  # what has just changed is not remembered
    return path


def age(path: Path, seconds: float) -> None:
    stamp = time.time() - seconds
    os.utime(path, (stamp, stamp))


def test_the_index_is_written_once_and_only_if_it_changes(tmp_path, monkeypatch):
    written = []
    write_text = content.write_text
    monkeypatch.setattr(content, "write_text", lambda path, text: (written.append(path), write_text(path, text)))
    paths = [write(tmp_path / f"{i}.txt", f"text {i}") for i in range(50)]
    first = content_digests(paths, tmp_path)
    assert len(set(first)) == 50
    assert written == [tmp_path / "digests.json"]
    monkeypatch.setattr(content, "_digest", lambda *args: pytest.fail("a text was hashed again"))
    assert content_digests(paths[::-1], tmp_path) == first[::-1]
    assert len(written) == 1


def test_what_another_run_wrote_to_the_index_meanwhile_is_kept(tmp_path, monkeypatch):
    ours, theirs = write(tmp_path / "ours", "our text"), write(tmp_path / "theirs", "their text")
    digest = content._digest

    def slow(path: Path, threads: int | None) -> str:
        if path == ours:
            content_digests([theirs], tmp_path)
        return digest(path, threads)

    monkeypatch.setattr(content, "_digest", slow)
    content_digests([ours], tmp_path)
    monkeypatch.setattr(content, "_digest", lambda path, _: pytest.fail(f"{path} was hashed again"))
    assert len(content_digests([ours, theirs], tmp_path)) == 2


def test_a_file_that_changes_while_it_is_hashed_is_not_remembered(tmp_path, monkeypatch):
    path = write(tmp_path / "text", "one")
    digest = content._digest
    monkeypatch.setattr(content, "_digest", lambda path, _: (digest(path, 1), path.write_text("two")))
    with pytest.raises(InputError, match=r"text: changed while it was read; wait until it is complete"):
        content_digests([path], tmp_path)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("damage", ["[]", '{"name": 5}', '{"name": {"state": []}}', "not json"])
def test_a_damaged_index_costs_one_more_reading(tmp_path, damage):
    path = write(tmp_path / "text", "one")
    digests = content_digests([path], tmp_path)
    index = tmp_path / "digests.json"
    index.write_text(damage.replace("name", str(path.resolve())))
    assert content_digests([path], tmp_path) == digests


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(InputError, match=r"gone: cannot be read: No such file"):
        content_digests([tmp_path / "gone"], tmp_path)


def test_the_digest_depends_on_every_piece_and_not_on_threads(tmp_path, monkeypatch):
    monkeypatch.setattr(content, "_PIECE_BYTES", 8)
    texts = ["a" * 8 + "b" * 8 + "c", "b" * 8 + "a" * 8 + "c", "a" * 8 + "b" * 8, "a" * 8 + "b" * 8 + "d", "", "a"]
    paths = [write(tmp_path / str(i), text) for i, text in enumerate(texts)]
    alone = content_digests(paths, tmp_path / "no index", threads=1)
    assert len(set(alone)) == len(texts)
    assert content_digests(paths, tmp_path / "no index", threads=3) == alone
