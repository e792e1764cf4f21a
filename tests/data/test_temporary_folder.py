"""Folders appear in the cache whole, and what is left half done goes when nobody holds it."""

from __future__ import annotations

import os
import time
from pathlib import Path

from torchw2v.data.temporary_folder import TemporaryFolder


def age(path: Path, seconds: float) -> None:
    stamp = time.time() - seconds
    os.utime(path, (stamp, stamp))


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
