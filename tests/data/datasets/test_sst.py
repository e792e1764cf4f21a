"""The treebank as labelled sentences: both formats, two classes, an archive put there by hand or fetched."""

from __future__ import annotations

import hashlib
import importlib
import io
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.data.datasets.treebank import words_of, write_plain, write_text, write_trees
from torchw2v import InputError
from torchw2v.data.datasets import sst

TREES = {
    "train": [
        "(0 (1 Awful) (2 !))",
        "(1 (2 (2 A) (1 bad)) (2 clich\u00e9))",
        "(2 (2 -LRB-) (2 films))",
        "(3 (3 good) (2 .))",
        "(4 (4 Superb) (2 .))",
    ],
    "test": ["(4 (4 Superb) (2 films))", "(2 (2 A) (2 film))"],
    "dev": ["(2 (2 films) (2 .))", "(1 (1 bad) (2 .))"],
}
SCORES = {"train": [0.1, 0.3, 0.5, 0.7, 0.9], "test": [1.0, 0.6], "dev": [0.41, 0.4]}
ORDER = [("test", 0), ("train", 0), ("dev", 0), *(("train", i) for i in range(1, 5)), ("dev", 1), ("test", 1)]

module = importlib.import_module("torchw2v.data.datasets.sst")


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MIRRORS", ())


def packed(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


def packed_trees(**changed: bytes) -> bytes:
    trees = {split: "\n".join(lines).encode() for split, lines in TREES.items()} | changed
    return packed({f"trees/{split}.txt": data for split, data in trees.items()})


def accept(content: bytes, monkeypatch: pytest.MonkeyPatch) -> bytes:
    monkeypatch.setattr(module, "ARCHIVE_SIZE", len(content))
    monkeypatch.setattr(module, "ARCHIVE_SHA256", hashlib.sha256(content).hexdigest())
    return content


@pytest.mark.parametrize("format", ["plain", "plain with trees", "trees", "trees in the folder"])
def test_every_format_gives_the_same_parts(tmp_path: Path, format: str) -> None:
    if format.startswith("plain"):
        write_plain(tmp_path, dictionary=format == "plain", trees=TREES, order=ORDER, scores=SCORES)
    if format != "plain":
        write_trees(tmp_path if format == "trees in the folder" else tmp_path / "trees", TREES)
    splits = sst(tmp_path)
    for name, part in (("train", splits.train), ("dev", splits.dev), ("test", splits.test)):
        assert part.texts == [" ".join(words_of(tree)) for tree in TREES[name]]
        assert part.sentences == [text.lower().split(" ") for text in part.texts]
        assert part.labels.tolist() == [int(tree[1]) for tree in TREES[name]]
    assert splits.train.class_names == ("very negative", "negative", "neutral", "positive", "very positive")
    assert (splits.tokenizer, splits.lower) == ("treebank", True)


def test_two_classes_leave_neutral_sentences_out(tmp_path: Path) -> None:
    write_trees(tmp_path, TREES | {"dev": [*TREES["dev"], "(3 (3 good) (2 films))"]})
    splits = sst(tmp_path, classes=2, lower=False)
    assert splits.train.class_names == ("negative", "positive")
    assert splits.train.labels.tolist() == [0, 0, 1, 1]
    assert splits.train.sentences[0] == ["Awful", "!"]
    assert splits.dev.labels.tolist() == [0, 1]
    assert splits.test.texts == ["Superb films"]


def test_an_archive_put_there_by_hand_is_unpacked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = tmp_path / "trainDevTestTrees_PTB.zip"
    archive.write_bytes(accept(packed_trees(), monkeypatch))
    assert len(sst(tmp_path, progress=False).train) == 5
    archive.unlink()
    assert sst(tmp_path, progress=False).dev.texts == ["films .", "bad ."]
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["dev.txt", "test.txt", "train.txt", "trees"]


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """What a mirror on this machine sends: the only element."""
    sent: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(sent[0])

        def log_message(self, *_: object) -> None:
            pass

    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        monkeypatch.setattr(module, "MIRRORS", (f"http://127.0.0.1:{server.server_port}/trees.zip",))
        yield sent
        server.shutdown()
        thread.join()


def test_it_is_fetched_into_an_empty_folder(
    serve: list[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve.append(accept(packed_trees(), monkeypatch))
    assert len(sst(tmp_path / "new", progress=False).test) == 2
    monkeypatch.setattr(module, "MIRRORS", ())
    assert len(sst(tmp_path / "new", progress=False).test) == 2


def test_other_bytes_are_refused(serve: list[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    accept(packed_trees(), monkeypatch)
    serve.append(packed_trees(dev=b"(4 (2 mine))"))
    with pytest.raises(InputError, match=r"trainDevTestTrees_PTB\.zip could not be downloaded"):
        sst(tmp_path, progress=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (packed_trees(train=b"(2 (2 a) (2 b))\n" * 700_000), "train.txt in it is larger than 10,000,000 bytes"),
        (packed({"../trees/train.txt": b"(2 a)"}), "does not hold trees/train.txt"),
        (b"PK no zip", "is a damaged zip file"),
    ],
)
def test_archives_that_are_not_what_they_should_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, message: str
) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "trainDevTestTrees_PTB.zip").write_bytes(accept(content, monkeypatch))
    with pytest.raises(InputError, match=message):
        sst(root, progress=False)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["root", "trainDevTestTrees_PTB.zip", "trees"]


def test_without_a_network_the_message_says_what_to_put_where(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        sst(tmp_path / "sst", progress=False)
    message = str(caught.value)
    assert "\n" not in message
    for part in ("789539 bytes, SHA-256 5c613a4f", f"put it into {tmp_path / 'sst'}", "trees/train.txt", "data.root"):
        assert part in message


def test_other_mistakes(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"data\.classes must be 5 or 2, not 3"):
        sst(tmp_path, classes=3)
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=r"is a file, and data.root must be the folder"):
        sst(tmp_path / "file")
    write_text(tmp_path)
    with pytest.raises(InputError, match=r"nothing here labels the sentences; put dictionary\.txt"):
        sst(tmp_path)
