"""Files of JavaScript: `File`, `Blob`, what a user chose; their bytes to Python and back.

Imports everywhere; on CPython nothing is a file of JavaScript.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

# What is read at a time: large enough to be fast, small beside the files that need it.
PIECE = 1 << 24


def _kind(value: Any) -> str:
    """The JavaScript class of a value, empty if it is none of JavaScript's."""
    if sys.platform != "emscripten":
        return ""
    import js
    from pyodide.ffi import JsProxy

    if not isinstance(value, JsProxy):
        return ""
    return js.Object.prototype.toString.call(value)[len("[object ") : -1]


def href_of(value: Any) -> str | None:
    """The address of JavaScript's `URL` or `Location`; None for anything else."""
    return value.href if _kind(value) in ("URL", "Location") else None


def name_of(value: Any) -> str | None:
    """The name of a `File`, "blob" for a `Blob`; None for anything else."""
    kind = _kind(value)
    return value.name if kind == "File" else "blob" if kind == "Blob" else None


def chosen(value: Any) -> list[Any] | None:
    """The files in a `FileList`, an array, or an `<input type=file>`; None for anything else.

    Raises:
        ValueError: if no file is chosen.
    """
    kind = _kind(value)
    if kind == "HTMLInputElement":
        value, kind = value.files, "FileList"
    if kind not in ("FileList", "Array"):
        return None
    files = list(value)
    if not files:
        raise ValueError("Expected a file to be chosen. Received: none")
    return files


async def read_blob(blob: Any, report: Callable[[int, int | None], None]) -> memoryview:
    """The bytes of a `Blob`, copied once.

    Args:
        blob: a `Blob` or `File`.
        report: told how far it is.

    Raises:
        OSError: if the browser cannot read it any more.
    """
    from pyodide.ffi import JsException

    from gossamer.browser import event_loop

    size = int(blob.size)
    if not event_loop.may_await():
        return _waited_for(blob)
    data = memoryview(bytearray(size))
    try:
        for start in range(0, size, PIECE):
            piece = await blob.slice(start, min(start + PIECE, size)).arrayBuffer()
            piece.assign_to(data[start : start + PIECE])
            report(min(start + PIECE, size), size)
    except JsException as error:
        raise OSError(f"Expected a file that can be read. Received: {error}") from error
    if not size:
        report(0, 0)
    return data


def _waited_for(blob: Any) -> memoryview:
    """The bytes, for a plain function that cannot wait: the page stands still."""
    import js

    from gossamer.browser.download import download

    url = js.URL.createObjectURL(blob)
    try:
        return memoryview(download(url))
    finally:
        js.URL.revokeObjectURL(url)


def blob_of(data: Any) -> Any:
    """A `Blob` with the bytes of a buffer, copied by the browser."""
    import js
    from pyodide.ffi import create_proxy, to_js

    # A view of Python's memory, without a copy on the way.
    proxy = create_proxy(memoryview(data).cast("B"))
    view = proxy.getBuffer("u8")
    try:
        return js.Blob.new(to_js([view.data]))
    finally:
        view.release()
        proxy.destroy()


def storage_error(error: Any, address: str) -> OSError:
    """What a store's exception is in Python."""
    said = f"{error.name}: {error.message}"
    kinds = {"NotFoundError": FileNotFoundError, "NotAllowedError": PermissionError}
    if error.name == "QuotaExceededError":
        said = f"no space left for this page ({said})"
    return kinds.get(error.name, OSError)(f"Expected to reach {address}. Received: {said}")
