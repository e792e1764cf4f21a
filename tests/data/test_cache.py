"""The cache: files are recognised without being read again, and folders appear whole."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from torchw2v import InputError
from torchw2v.data import content
from torchw2v.data.content import content_digests
from torchw2v.data.temporary_folder import TemporaryFolder


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
    monkeypatch.setattr("hashlib.file_digest", lambda *args: pytest.fail("a text was hashed again"))
    assert content_digests(paths[::-1], tmp_path) == first[::-1]
    assert len(written) == 1


def test_what_another_run_wrote_to_the_index_meanwhile_is_kept(tmp_path, monkeypatch):
    ours, theirs = write(tmp_path / "ours", "our text"), write(tmp_path / "theirs", "their text")
    digest = content._digest

    def slow(path: Path) -> str:
        if path == ours:
            content_digests([theirs], tmp_path)
        return digest(path)

    monkeypatch.setattr(content, "_digest", slow)
    content_digests([ours], tmp_path)
    monkeypatch.setattr(content, "_digest", lambda path: pytest.fail(f"{path} was hashed again"))
    assert len(content_digests([ours, theirs], tmp_path)) == 2


def test_a_file_that_changes_while_it_is_hashed_is_not_remembered(tmp_path, monkeypatch):
    path = write(tmp_path / "text", "one")
    digest = content._digest
    monkeypatch.setattr(content, "_digest", lambda path: (digest(path), path.write_text("two")))
    with pytest.raises(InputError, match=r"text: changed while it was read; wait until it is complete"):
        content_digests([path], tmp_path)
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(InputError, match=r"gone: cannot be read: No such file"):
        content_digests([tmp_path / "gone"], tmp_path)


def test_only_folders_that_no_process_holds_are_removed_after_a_week(tmp_path, monkeypatch):
    held = TemporaryFolder(tmp_path)
    for name in ("corpus-old.tmp", "corpus-unlocked.tmp", "corpus-new.tmp"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "ids.bin").write_bytes(b"")
    (tmp_path / "corpus-unlocked.tmp" / "lock").write_bytes(b"")  # a process that was killed
    for folder in tmp_path.iterdir():
        for path in (*folder.iterdir(), folder):
            age(path, seconds=(1 if folder.name == "corpus-new.tmp" else 8) * 86400)
    glob = Path.glob
    monkeypatch.setattr(Path, "glob", lambda self, name: [self / "corpus-gone.tmp", *glob(self, name)])
    new = TemporaryFolder(tmp_path)
    assert set(tmp_path.iterdir()) == {held.path, new.path, tmp_path / "corpus-new.tmp"}
    held.remove()
    new.remove()
    assert [entry.name for entry in tmp_path.iterdir()] == ["corpus-new.tmp"]


def test_what_is_moved_is_on_the_disk_and_the_faster_run_wins(tmp_path, monkeypatch):
    synced = []
    fsync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (synced.append(os.fstat(handle).st_ino), fsync(handle)))
    folders = [TemporaryFolder(tmp_path), TemporaryFolder(tmp_path)]
    for folder, text in zip(folders, ("first", "second"), strict=True):
        (folder.path / "a").write_text(text)
        (folder.path / "b").write_text(text)
        folder.move(tmp_path / "corpus")
    assert list(tmp_path.iterdir()) == [tmp_path / "corpus"]
    assert {path.name for path in (tmp_path / "corpus").iterdir()} == {"a", "b"}
    assert (tmp_path / "corpus" / "a").read_text() == "first"
    assert {path.stat().st_ino for path in (tmp_path / "corpus").iterdir()} <= set(synced)
