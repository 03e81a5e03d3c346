"""A file from the network, fetched by the browser while Python waits."""

from __future__ import annotations


def download(url: str) -> bytes:
    """What lies at a URL. Servers have to allow the page to read it (CORS).

    Args:
        url: of the file.

    Raises:
        OSError: if it cannot be fetched.
    """
    from pyodide.ffi import can_run_sync, run_sync

    return run_sync(_fetched(url)) if can_run_sync() else _requested(url)


async def _fetched(url: str) -> bytes:
    """By fetch, which lets the page go on: where Python can be suspended."""
    from pyodide.http import pyfetch

    try:
        response = await pyfetch(url)
        if not response.ok:
            raise OSError(f"Expected a file at {url}. Received: status {response.status}")
        return await response.bytes()
    except Exception as error:  # those of JavaScript among them
        if isinstance(error, OSError) and str(error).startswith("Expected"):
            raise
        raise OSError(f"Expected a file at {url}. Received: {error}") from error


def _requested(url: str) -> bytes:
    """By a request that the page waits for: where nothing else is to be had."""
    from js import XMLHttpRequest

    request = XMLHttpRequest.new()
    try:
        request.open("GET", url, False)
        # Pages may wait for text only. In this character set, the lower half of each character
        # is the byte that it was.
        request.overrideMimeType("text/plain; charset=x-user-defined")
        request.send()
    except Exception as error:  # of JavaScript
        raise OSError(f"Expected a file at {url}. Received: {error}") from error
    if request.status not in (0, 200):  # there is no status for files and data
        raise OSError(f"Expected a file at {url}. Received: status {request.status}")
    return request.responseText.encode("utf-16-le")[::2]
