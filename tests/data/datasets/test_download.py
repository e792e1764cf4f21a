from __future__ import annotations

import hashlib
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from torchw2v import InputError
from torchw2v.data.datasets import fetch

CONTENT = bytes(range(256)) * 1000
SIZE = len(CONTENT)
SHA256 = hashlib.sha256(CONTENT).hexdigest()
NAME = "corpus.bin"


class Server(ThreadingHTTPServer):
    """Answers each path in its own way, and notes what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[str] = []
        self.closing = threading.Event()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}/{path}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        path = self.path.strip("/")
        self.server.asked.append(path)
        if path == "missing":
            self.send_error(404)
            return
        if path == "silent":
            self.server.closing.wait(10)
            return
        if path == "nonsense":
            self.wfile.write(b"this is not HTTP\r\n\r\n")
            return
        body = {"other": CONTENT[::-1], "page": b"<html>not found</html>", "long": CONTENT + b"!"}
        content = body.get(path, CONTENT)
        self.send_response(200)
        if path != "long":
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: SIZE // 2] if path == "truncated" else content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.closing.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def refused() -> str:
    """Address of a port at which nobody listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{sock.getsockname()[1]}/{NAME}"


def get(root: Path, *mirrors: str, timeout: float = 5) -> Path:
    return fetch(NAME, mirrors, SIZE, SHA256, root, progress=False, timeout=timeout)


def failure(root: Path, *mirrors: str, timeout: float = 5) -> str:
    with pytest.raises(InputError) as caught:
        get(root, *mirrors, timeout=timeout)
    assert list(root.iterdir()) == []
    return str(caught.value)


def test_downloads_into_a_new_folder(server: Server, tmp_path: Path) -> None:
    path = get(tmp_path / "new" / "folder", server.url("good"))
    assert path == tmp_path / "new" / "folder" / NAME
    assert path.read_bytes() == CONTENT
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_is_there_needs_no_network(server: Server, tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(CONTENT)
    assert get(tmp_path, server.url("good")) == tmp_path / NAME
    assert server.asked == []


@pytest.mark.parametrize(
    ("content", "problem"), [(b"mine", f"has 4 bytes, not {SIZE}"), (CONTENT[::-1], "has SHA-256 ")]
)
def test_another_file_in_its_place_is_left_alone(server: Server, tmp_path: Path, content: bytes, problem: str) -> None:
    (tmp_path / NAME).write_bytes(content)
    with pytest.raises(InputError, match=problem):
        get(tmp_path, server.url("good"))
    assert (tmp_path / NAME).read_bytes() == content
    assert server.asked == []


def test_a_folder_in_its_place_is_left_alone(server: Server, tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    with pytest.raises(InputError, match="move it away"):
        get(tmp_path, server.url("good"))


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("missing", "HTTP 404"),
        ("other", f"sent a file with SHA-256 {hashlib.sha256(CONTENT[::-1]).hexdigest()}"),
        ("page", "sent only 22 bytes"),
        ("truncated", f"sent only {SIZE // 2} bytes"),
        ("long", f"sent more than {SIZE} bytes"),
        ("nonsense", "broken off (this is not HTTP)"),
    ],
)
def test_the_next_mirror_is_tried(server: Server, tmp_path: Path, path: str, reason: str) -> None:
    assert get(tmp_path / "both", server.url(path), server.url("good")).read_bytes() == CONTENT
    assert server.asked == [path, "good"]
    (tmp_path / "one").mkdir()
    assert f"127.0.0.1:{server.server_port}: {reason}" in failure(tmp_path / "one", server.url(path))


def test_a_silent_mirror_is_given_up(server: Server, tmp_path: Path) -> None:
    assert "no answer within 0.1 s" in failure(tmp_path, server.url("silent"), timeout=0.1)


def test_the_message_says_what_to_put_where(server: Server, refused: str, tmp_path: Path) -> None:
    message = failure(tmp_path, refused, server.url("missing"), "nowhere:/x")
    assert "\n" not in message
    assert message.startswith(f"{NAME} could not be downloaded (127.0.0.1:")
    assert ": no connection (" in message
    assert f"127.0.0.1:{server.server_port}: HTTP 404" in message
    assert message.endswith(f"({SIZE} bytes, SHA-256 {SHA256}) and put it into {tmp_path}")


def test_a_relative_folder_is_named_in_full(refused: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=f"put it into {tmp_path / 'data'}$"):
        get(Path("data"), refused)


def test_a_folder_that_cannot_be_made(server: Server, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(InputError, match=rf"file.data: cannot write {NAME} here: Not a directory"):
        get(tmp_path / "file" / "data", server.url("good"))
    assert server.asked == []
