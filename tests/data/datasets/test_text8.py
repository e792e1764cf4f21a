from __future__ import annotations

import hashlib
import importlib
import zipfile
from pathlib import Path

import pytest

from torchw2v import InputError
from torchw2v.data.datasets import text8

TEXT = b" anarchism originated as a term of abuse" * 100

module = importlib.import_module("torchw2v.data.datasets.text8")


@pytest.fixture(autouse=True)
def small_and_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SIZE", len(TEXT))
    monkeypatch.setattr(module, "SHA256", hashlib.sha256(TEXT).hexdigest())
    monkeypatch.setattr(module, "MIRRORS", ())


def put_archive(root: Path, monkeypatch: pytest.MonkeyPatch, members: dict[str, bytes]) -> Path:
    archive = root / "text8.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    accept(archive, monkeypatch)
    return archive


def accept(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = archive.read_bytes()
    monkeypatch.setattr(module, "ARCHIVE_SIZE", len(content))
    monkeypatch.setattr(module, "ARCHIVE_SHA256", hashlib.sha256(content).hexdigest())


def test_an_unpacked_file_is_used_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "text8").write_bytes(TEXT)
    assert text8(tmp_path, progress=False) == tmp_path / "text8"


def test_an_archive_is_unpacked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = put_archive(tmp_path, monkeypatch, {"text8": TEXT})
    path = text8(tmp_path, progress=False)
    assert path.read_bytes() == TEXT
    assert sorted(tmp_path.iterdir()) == [path, archive]
    archive.unlink()
    assert text8(tmp_path, progress=False) == path


def test_neither_is_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"text8\.zip could not be downloaded .*31344016 bytes, SHA-256 a6640522"):
        text8(tmp_path, progress=False)


@pytest.mark.parametrize("name", ["text8", "text8.zip"])
def test_a_wrong_file_is_left_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"something else")
    with pytest.raises(InputError, match=f"{name} has 14 bytes, not "):
        text8(tmp_path, progress=False)
    assert (tmp_path / name).read_bytes() == b"something else"


@pytest.mark.parametrize(
    "members",
    [
        {"../text8": TEXT},
        {"/text8": TEXT},
        {"enwik8": TEXT},
        {"text8": TEXT, "more": b""},
        {"text8": TEXT + b"!"},
        {},
    ],
)
def test_an_archive_with_other_members_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, members: dict[str, bytes]
) -> None:
    root = tmp_path / "root"
    root.mkdir()
    archive = put_archive(root, monkeypatch, members)
    with pytest.raises(InputError, match="does not hold one file text8 of"):
        text8(root, progress=False)
    assert list(tmp_path.rglob("*")) == [root, archive]


def test_an_archive_with_other_text_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = put_archive(tmp_path, monkeypatch, {"text8": TEXT[::-1]})
    with pytest.raises(InputError, match=r"text8 in .*text8\.zip has SHA-256 "):
        text8(tmp_path, progress=False)
    assert list(tmp_path.iterdir()) == [archive]


@pytest.mark.parametrize("damage", ["cut", "flipped"])
def test_a_damaged_archive_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str) -> None:
    archive = put_archive(tmp_path, monkeypatch, {"text8": TEXT})
    content = bytearray(archive.read_bytes())
    if damage == "cut":
        del content[-30:]
    else:
        content[50] ^= 0xFF
    archive.write_bytes(content)
    accept(archive, monkeypatch)
    with pytest.raises(InputError, match="is a damaged zip file"):
        text8(tmp_path, progress=False)
    assert list(tmp_path.iterdir()) == [archive]


def test_what_is_expected_of_the_real_file() -> None:
    fresh = importlib.util.module_from_spec(module.__spec__)
    module.__spec__.loader.exec_module(fresh)
    assert fresh.SIZE == 10**8
    assert len(fresh.SHA256) == len(fresh.ARCHIVE_SHA256) == 64
