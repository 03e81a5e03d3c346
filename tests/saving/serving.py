"""A server with every misfortune that a download can have, and a log of what it was asked.

For CPython: the tests inside Pyodide cannot listen.
"""

from __future__ import annotations

import functools
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tools.server import QuietHandler

PIECE = 1 << 16


@dataclass
class Served:
    """What is at a path; a test may change it between requests.

    Attributes:
        data: the body.
        etag: the ETag; None for none.
        ranges: whether parts are given.
        breaks: for each of the first requests, after how many bytes the connection is cut.
        pause: how long it waits before it cuts, in seconds: browsers drop what they got last.
        headers: more of them, which take the place of the usual ones; None leaves one out.
        status: of the answer.
    """

    data: bytes = b""
    etag: str | None = '"1"'
    ranges: bool = True
    breaks: list[int] = field(default_factory=list)
    pause: float = 0.0
    headers: dict[str, str | None] = field(default_factory=dict)
    status: int = 200


@dataclass
class Request:
    """What came, and how many bytes of a body went back."""

    path: str
    headers: dict[str, str]
    status: int = 0
    sent: int = 0


class Site:
    """The server's files by path, its address, and the requests in their order."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.files: dict[str, Served] = {}
        self.requests: list[Request] = []

    def url(self, path: str) -> str:
        return f"{self.address}/{path}"

    def statuses(self) -> list[int]:
        return [request.status for request in self.requests]


class Handler(QuietHandler):
    site: Site
    folder: Path | None

    def do_GET(self) -> None:  # noqa: N802
        path = self.path.lstrip("/")
        if path not in self.site.files and self.folder is not None:
            super().do_GET()
            return
        asked = Request(path, {name.lower(): value for name, value in self.headers.items()})
        self.site.requests.append(asked)
        served = self.site.files.get(path)
        if served is None:
            self._head(asked, 404, {"Content-Length": "0"})
            return
        if served.status != 200:
            self._head(asked, served.status, {"Content-Length": "0", **served.headers})
            return
        headers: dict[str, Any] = {}
        if served.etag:
            headers["ETag"] = served.etag
            if asked.headers.get("if-none-match") == served.etag:
                self._head(asked, 304, headers)
                return
        data, status = served.data, 200
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", asked.headers.get("range", ""))
        if served.ranges:
            headers["Accept-Ranges"] = "bytes"
            condition = asked.headers.get("if-range")
            if wanted and condition in (None, served.etag):
                first = int(wanted[1])
                last = min(int(wanted[2] or len(data) - 1), len(data) - 1)
                headers["Content-Range"] = f"bytes {first}-{last}/{len(data)}"
                data, status = data[first : last + 1], 206
        headers["Content-Length"] = str(len(data))
        headers |= served.headers
        self._head(asked, status, headers)
        end = served.breaks.pop(0) if served.breaks else len(data)
        for start in range(0, end, PIECE):
            piece = data[start : min(start + PIECE, end)]
            asked.sent += len(piece)
            self.wfile.write(piece)
        if end < len(data):
            self.wfile.flush()
            time.sleep(served.pause)
            self.close_connection = True
            self.connection.shutdown(2)

    def _head(self, asked: Request, status: int, headers: dict[str, Any]) -> None:
        asked.status = status
        self.send_response(status)
        for name, value in headers.items():
            if value is not None:
                self.send_header(name, value)
        self.end_headers()


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A reader that hangs up is none."""


@contextmanager
def serving(folder: Path | None = None) -> Iterator[Site]:
    """A running server; what it has not is looked for in the folder."""
    handler = type("SiteHandler", (Handler,), {"folder": folder})
    served = functools.partial(handler, directory=str(folder))
    with Server(("127.0.0.1", 0), served) as server:
        handler.site = Site(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield handler.site
        finally:
            server.shutdown()
            thread.join()
