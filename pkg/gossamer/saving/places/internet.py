"""Files from the internet on CPython, with Python's library. It blocks: `web` has threads."""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.request
import zlib

from gossamer.saving.formats import ModelFileError
from gossamer.saving.places import limits
from gossamer.saving.places.tally import Report
from gossamer.saving.places.transfer import Transfer, no_file, span_of

SILENCE_SECONDS = 60  # after which a connection counts as broken
PIECE = 1 << 20


def _opener() -> urllib.request.OpenerDirector:
    """What speaks HTTP and nothing else, so that no answer can lead to a file of this machine."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler,
        urllib.request.UnknownHandler,
        urllib.request.HTTPHandler,
        urllib.request.HTTPSHandler,
        urllib.request.HTTPDefaultErrorHandler,
        urllib.request.HTTPRedirectHandler,
        urllib.request.HTTPErrorProcessor,
    ):
        opener.add_handler(handler())
    return opener


def _ask(url: str, headers: dict[str, str]) -> http.client.HTTPResponse:
    """The answer to a request, its body still to come.

    Raises:
        urllib.error.HTTPError: for a status that says that there is none.
        OSError: if there is no answer.
    """
    request = urllib.request.Request(url, headers={"User-Agent": "gossamer", **headers})
    return _opener().open(request, timeout=SILENCE_SECONDS)


def fetch(url: str, report: Report) -> memoryview:
    """A file, whole.

    Args:
        url: of the file.
        report: told how far it is.

    Raises:
        OSError: if it cannot be had.
        ModelFileError: if it is too large.
    """
    transfer = Transfer(url, report)
    while True:
        try:
            response = _ask(url, transfer.headers())
        except urllib.error.HTTPError as error:
            with error:
                raise no_file(url, f"status {error.code}") from error
        except (OSError, http.client.HTTPException) as error:
            if not transfer.has_begun:
                raise no_file(url, error) from error
            pause = transfer.broke(error)
        else:
            with response:
                transfer.begin(response.status, response.getheader)
                cause = _receive(response, transfer)
            if cause is None:
                return _decoded(transfer)
            pause = transfer.broke(cause)
        time.sleep(pause)


def _receive(response: http.client.HTTPResponse, transfer: Transfer) -> object | None:
    """Take the body as it comes; why it broke off, None if it is whole."""
    try:
        while size := transfer.left(PIECE):
            with transfer.take(size) as piece:
                came = response.readinto(piece)
            if not came:
                return "the connection ended" if transfer.is_short() else None
            transfer.took(came)
    except (OSError, http.client.HTTPException) as error:
        return error
    return None


def _decoded(transfer: Transfer) -> memoryview:
    """The file, unpacked where the server sent it packed without being asked to."""
    data = transfer.result()
    if transfer.encoding in ("", "identity"):
        return data
    if transfer.encoding not in ("gzip", "x-gzip"):
        raise no_file(transfer.url, f"Content-Encoding: {transfer.encoding}")
    unpacking = zlib.decompressobj(wbits=31)
    try:
        unpacked = unpacking.decompress(data, limits.LARGEST_FILE + 1)
    except zlib.error as error:
        raise no_file(transfer.url, f"broken gzip, {error}") from error
    limits.check_size(len(unpacked), transfer.url)
    if not unpacking.eof:
        raise ModelFileError(f"Expected whole gzip from {transfer.url}. Received: its beginning")
    return memoryview(unpacked)


def fetch_range(url: str, start: int, stop: int) -> bytes:
    """A file's bytes from `start` up to `stop`; fewer if it ends before.

    Args:
        url: of the file.
        start: the first byte.
        stop: the byte after the last.

    Raises:
        OSError: if they cannot be had, also because the server knows no ranges.
    """
    try:
        with _ask(url, {"Range": f"bytes={start}-{stop - 1}"}) as response:
            if response.status != 206:
                raise no_ranges(url, start, stop, response.status)
            span = response.getheader("Content-Range") or ""
            data = response.read(stop - start + 1)
    except urllib.error.HTTPError as error:
        with error:
            raise no_file(url, f"status {error.code}") from error
    except http.client.HTTPException as error:
        raise no_file(url, error) from error
    except urllib.error.URLError as error:
        raise no_file(url, error.reason) from error
    return check_range(data, span, url, start, stop)


def no_ranges(url: str, start: int, stop: int, status: int) -> OSError:
    """The error for a server that sends all where a part was asked for."""
    return OSError(
        f"Expected the bytes {start} to {stop} of {url} from a server that knows ranges. "
        f"Received: status {status}"
    )


def check_range(data: bytes, span: str, url: str, start: int, stop: int) -> bytes:
    """The bytes, if they are those that were asked for.

    Args:
        data: what came.
        span: the answer's `Content-Range`; empty where other origins do not show it.
        url: of the file.
        start: the first byte.
        stop: the byte after the last.
    """
    first, total = span_of(span, url) if span else (start, None)
    wanted = stop - start if total is None else min(stop, total) - start
    if first != start or len(data) > wanted or (total is not None and len(data) != wanted):
        raise OSError(
            f"Expected the bytes {start} to {stop} of {url}. Received: {len(data)} bytes, {span}"
        )
    return data
