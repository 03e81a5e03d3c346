"""A file on its way through HTTP: what is here, what is to come, and how to go on after a break.

It knows the protocol and not who speaks it: Python's library on CPython, the browser in a page.
Source: RFC 9110, sections 8.8 (validators) and 14 (range requests).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from gossamer.saving.formats import ModelFileError
from gossamer.saving.places import limits
from gossamer.saving.places.tally import Report

BREAKS = 3  # that are made good, of one file
PAUSE_SECONDS = 0.3  # after the first break; doubled with each

_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")


def no_file(url: str, received: object) -> OSError:
    """The error for what is not to be had."""
    return OSError(f"Expected a file at {url}. Received: {received}")


class Transfer:
    """One file, received in pieces.

    Args:
        url: of the file.
        report: told how far it is.
    """

    def __init__(self, url: str, report: Report) -> None:
        self.url = url
        self.encoding = ""
        self.etag = ""
        self.last_modified = ""
        self.has_begun = False
        self.report = report
        self._data = bytearray()
        self._at = 0
        self._total: int | None = None
        self._ranges = False
        self._breaks = 0

    def headers(self, if_range: bool = True) -> dict[str, str]:
        """What to ask with: for the rest, after a break.

        Args:
            if_range: whether the server may be asked for the rest on condition. Without it, what
                it answers shows whether the file is the same.
        """
        if not self._at:
            return {}
        condition = {"If-Range": self._validator()} if if_range else {}
        return {"Range": f"bytes={self._at}-", **condition}

    def begin(self, status: int, header: Callable[[str], str | None]) -> None:
        """Take an answer's head.

        Args:
            status: of the answer.
            header: a header's value, or None.

        Raises:
            OSError: for what is no answer to what was asked.
            ModelFileError: for a file that is too large.
        """
        if status == 206 and self._at:
            self._go_on(header)
            return
        if status != 200:
            raise no_file(self.url, f"status {status}")
        self.has_begun = True
        self.encoding = (header("Content-Encoding") or "").strip().lower()
        self.etag = header("ETag") or ""
        self.last_modified = header("Last-Modified") or ""
        plain = self.encoding in ("", "identity")
        length = header("Content-Length") or ""
        self._total = int(length) if length.isdecimal() and plain else None
        self._ranges = plain and (header("Accept-Ranges") or "").strip().lower() == "bytes"
        limits.check_size(self._total or 0, self.url)
        try:
            self._data = bytearray(self._total or 0)
        except MemoryError as error:
            raise ModelFileError(
                f"Expected a file that fits into memory from {self.url}. "
                f"Received: {self._total} bytes"
            ) from error
        self._at = 0
        self.report(0, self._total)

    def _go_on(self, header: Callable[[str], str | None]) -> None:
        """Take the head of an answer that has the rest."""
        span = header("Content-Range")
        first, total = span_of(span, self.url) if span else (self._at, self._total)
        if (
            first != self._at
            or (self._total is not None and total not in (None, self._total))
            # The rest need not tell what the first answer told.
            or (header("ETag") or self.etag) != self.etag
            or (header("Last-Modified") or self.last_modified) != self.last_modified
        ):
            raise no_file(self.url, f"another one when the rest was asked for ({span})")

    def take(self, size: int) -> memoryview:
        """Where the next bytes belong; say with `took` how many there are.

        Args:
            size: how many there may be.
        """
        end = self._at + size
        if end > len(self._data):
            # A length that is told across origins can be that of the compressed file.
            self._total = None
            self._data.extend(bytes(max(end - len(self._data), len(self._data) >> 1)))
        return memoryview(self._data)[self._at : end]

    def left(self, most: int) -> int:
        """How much to ask for next: at most `most`, and no more than will or may come."""
        end = limits.LARGEST_FILE + 1 if self._total is None else self._total
        return min(most, end - self._at)

    def took(self, size: int) -> None:
        """Note that so many bytes have come."""
        self._at += size
        limits.check_size(self._at, self.url)
        self.report(self._at, self._total)

    def is_short(self) -> bool:
        """Whether less has come than was announced."""
        return self._total is not None and self._at < self._total

    def broke(self, cause: object) -> float:
        """Note that the connection broke; how many seconds to wait before `headers` are sent.

        Args:
            cause: what happened.

        Raises:
            OSError: if nothing can be done about it.
        """
        self._breaks += 1
        if self._breaks > BREAKS or (self._at and not (self._ranges and self._validator())):
            raise no_file(
                self.url, f"{self._at} of {self._total or 'unknown'} bytes, then: {cause}"
            )
        return PAUSE_SECONDS * 2 ** (self._breaks - 1)

    def result(self) -> memoryview:
        """The file."""
        self.report(self._at, self._at)
        return memoryview(self._data)[: self._at]

    def _validator(self) -> str:
        """What tells this version of the file from others, to the byte."""
        return self.etag if self.etag and not self.etag.startswith("W/") else self.last_modified


def span_of(value: str, url: str) -> tuple[int, int | None]:
    """The first byte and the file's size that a `Content-Range` tells."""
    found = _RANGE.fullmatch(value.strip())
    if not found:
        raise no_file(url, f"Content-Range: {value}")
    return int(found[1]), None if found[3] == "*" else int(found[3])
