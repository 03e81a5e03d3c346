"""The development server: the folder of a static site on 127.0.0.1, with the right MIME types.

Called by `build.py serve` and by the tests. It sends no COOP/COEP headers, because gossamer must
work on a host that sends none, and nothing that a plain static host would not send.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import sys
import threading
from collections.abc import Iterator
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tools.errors import BuildError

HOST = "127.0.0.1"
PORTS_TRIED = 100

# Written out, because Python otherwise asks the machine's own tables, which are often wrong.
MIME_TYPES = {
    "": "application/octet-stream",
    ".css": "text/css",
    ".data": "application/octet-stream",
    ".gif": "image/gif",
    ".html": "text/html",
    ".ico": "image/x-icon",
    ".ipynb": "application/json",
    ".jpg": "image/jpeg",
    ".js": "text/javascript",
    ".json": "application/json",
    ".map": "application/json",
    ".mjs": "text/javascript",
    ".npz": "application/octet-stream",
    ".png": "image/png",
    ".py": "text/x-python",
    ".svg": "image/svg+xml",
    ".tar": "application/x-tar",
    ".txt": "text/plain",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".whl": "application/zip",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".zip": "application/zip",
}
TEXT = ("text/", "application/json", "image/svg+xml")


class Handler(SimpleHTTPRequestHandler):
    """Serves files; a folder without index.html is not found instead of listed."""

    protocol_version = "HTTP/1.1"  # connections stay open: a notebook asks for hundreds of files
    timeout = 60

    def guess_type(self, path: Any) -> str:
        found = MIME_TYPES.get(Path(path).suffix.lower(), MIME_TYPES[""])
        return f"{found}; charset=utf-8" if found.startswith(TEXT) else found

    def end_headers(self) -> None:
        # Browsers may keep files but must ask whether they changed: a rebuilt site shows at once.
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def list_directory(self, path: Any) -> None:
        self.send_error(HTTPStatus.NOT_FOUND)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing of requests that went well."""

    def log_error(self, format: str, *args: Any) -> None:
        sys.stderr.write(f"{self.command} {self.path}: {format % args}\n")


class Server(ThreadingHTTPServer):
    """A server whose threads end with the program, and to which a closed tab is no error."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)

    @property
    def address(self) -> str:
        """The site's address, with a slash at its end."""
        return f"http://{HOST}:{self.server_address[1]}/"


class QuietHandler(Handler):
    """For tests: they look at what is missing themselves."""

    def log_error(self, format: str, *args: Any) -> None:
        """Says nothing at all."""


def make_server(folder: Path, port: int, handler: type[Handler] = Handler) -> Server:
    """A server for folder on the first free port from port on; port 0 means any.

    Raises BuildError when none of a hundred ports is free.
    """
    served = functools.partial(handler, directory=str(folder))
    for candidate in range(port, port + (PORTS_TRIED if port else 1)):
        try:
            return Server((HOST, candidate), served)
        except (OSError, OverflowError) as failure:
            taken = isinstance(failure, OSError) and failure.errno in (
                errno.EADDRINUSE,
                errno.EACCES,
            )
            if not taken:
                raise BuildError(
                    f"Cannot listen on {HOST}: {failure}. Received: port={candidate}"
                ) from failure
    raise BuildError(f"No port is free from there on. Received: port={port}")


@contextlib.contextmanager
def running(folder: Path) -> Iterator[str]:
    """The address of a server for folder that runs in a thread until the block ends."""
    with make_server(folder, 0, QuietHandler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server.address
        finally:
            server.shutdown()
            thread.join()
