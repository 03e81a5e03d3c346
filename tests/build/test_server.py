"""The development server: MIME types, what it does not send, ports."""

from __future__ import annotations

import errno
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.errors import BuildError
from tools.server import HOST, make_server, running


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    with running(tmp_path) as address:
        yield tmp_path, address


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.wasm", "application/wasm"),
        ("a.js", "text/javascript; charset=utf-8"),
        ("a.mjs", "text/javascript; charset=utf-8"),
        ("a.html", "text/html; charset=utf-8"),
        ("a.css", "text/css; charset=utf-8"),
        ("a.json", "application/json; charset=utf-8"),
        ("a.ipynb", "application/json; charset=utf-8"),
        ("a.svg", "image/svg+xml; charset=utf-8"),
        ("a.whl", "application/zip"),
        ("a.zip", "application/zip"),
        ("a.data", "application/octet-stream"),
        ("a.npz", "application/octet-stream"),
        ("a.woff2", "font/woff2"),
        ("a.WASM", "application/wasm"),
        ("a.unheard-of", "application/octet-stream"),
    ],
)
def test_mime_types(served: tuple[Path, str], name: str, expected: str) -> None:
    folder, address = served
    (folder / name).write_bytes(b"content")
    with urllib.request.urlopen(address + name) as answer:
        assert answer.headers["Content-Type"] == expected
        assert answer.read() == b"content"


def test_no_isolation_headers(served: tuple[Path, str]) -> None:
    folder, address = served
    (folder / "index.html").write_text("<p>hello")
    with urllib.request.urlopen(address) as answer:
        names = {name.lower() for name in answer.headers}
    assert not {name for name in names if name.startswith("cross-origin")}


@pytest.mark.parametrize("path", ["folder/", "nothing.js", "../secret", "%2e%2e/secret"])
def test_what_is_no_file_is_not_found(served: tuple[Path, str], path: str) -> None:
    folder, address = served
    (folder / "folder").mkdir()
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(address + path)
    with raised.value as answer:
        assert answer.code == 404


def test_the_next_free_port_is_taken(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        taken = other.getsockname()[1]
        with make_server(tmp_path, taken) as server:
            assert taken < server.server_address[1] < taken + 100
            assert server.address == f"http://127.0.0.1:{server.server_address[1]}/"


def test_an_impossible_port_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="Received: port=70000"):
        make_server(tmp_path, 70000)


def test_another_failure_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.EADDRNOTAVAIL, "no such address")

    monkeypatch.setattr("tools.server.Server", fail)
    with pytest.raises(BuildError, match=r"no such address.* Received: port=8000"):
        make_server(tmp_path, 8000)
