"""Files fetched by the browser, as they come, with what it kept of them."""

from __future__ import annotations

import asyncio
from typing import Any

from gossamer.browser import response_cache
from gossamer.browser.js_files import read_blob

# Headers that tell whether a kept file is the one that the server has.
VALIDATORS = ("ETag", "Last-Modified")


async def fetch(url: str, transfer: Any, keep: bool) -> memoryview:
    """A file, whole; from the cache if the server says that it is unchanged.

    Args:
        url: of the file.
        transfer: where it goes; see `gossamer.saving.places.transfer`.
        keep: whether to use the cache.

    Raises:
        OSError: if it cannot be had.
        ModelFileError: if it is too large.
    """
    from pyodide.ffi import JsException

    keep = keep and response_cache.is_here()
    kept = await response_cache.find(url) if keep else None
    own = _is_own(url)
    # Other origins have to allow further headers; most do not.
    condition = _condition(kept) if kept is not None and own else {}
    while True:
        # What is kept here need not be kept twice.
        asked = _Request(url, {**condition, **transfer.headers(if_range=own)}, "no-store")
        try:
            response = await asked.answer()
            if kept is not None and (response.status == 304 or _is_same(response, kept)):
                asked.abort()
                return await read_blob(await kept.blob(), transfer.report)
            condition, kept = {}, None
            transfer.begin(response.status, response.headers.get)
            await _receive(response.body.getReader(), transfer)
            break
        except JsException as error:
            if not transfer.has_begun:
                raise OSError(f"Expected a file at {url}. Received: {error.message}") from error
            pause = transfer.broke(error.message)
        finally:
            asked.abort()  # nothing happens if all of it is here
        await asyncio.sleep(pause)
    data = transfer.result()
    validators = {"ETag": transfer.etag, "Last-Modified": transfer.last_modified}
    if keep and any(validators.values()):
        response_cache.keep(url, data, {k: v for k, v in validators.items() if v})
    return data


class _Request:
    """A request that can be given up."""

    def __init__(self, url: str, headers: dict[str, str], cache: str) -> None:
        import js
        from pyodide.ffi import to_js

        self._controller = js.AbortController.new()
        options = {"headers": headers, "cache": cache, "signal": self._controller.signal}
        self._url = url
        self._options = to_js(options, dict_converter=js.Object.fromEntries)

    async def answer(self) -> Any:
        """The answer's head; its body is still to come."""
        import js

        return await js.fetch(self._url, self._options)

    def abort(self) -> None:
        self._controller.abort()


async def _receive(reader: Any, transfer: Any) -> None:
    """Take the body as it comes. The browser raises if it breaks off."""
    while True:
        piece = await reader.read()
        if piece.done:
            return
        size = piece.value.byteLength
        with transfer.take(size) as place:
            piece.value.assign_to(place)
        transfer.took(size)


def _is_own(url: str) -> bool:
    """Whether a URL is of this page's origin."""
    import js

    return hasattr(js, "location") and js.URL.new(url).origin == js.location.origin


def _condition(kept: Any) -> dict[str, str]:
    """What asks for a file only if it is not the kept one."""
    etag, date = (kept.headers.get(name) for name in VALIDATORS)
    return {"If-None-Match": etag} if etag else {"If-Modified-Since": date}


def _is_same(response: Any, kept: Any) -> bool:
    """Whether an answer has the file that was kept, by all that it tells of it."""
    pairs = [(response.headers.get(name), kept.headers.get(name)) for name in VALIDATORS]
    return response.ok and any(new for new, _ in pairs) and all(new == old for new, old in pairs)


async def fetch_range(url: str, start: int, stop: int) -> tuple[bytes, int, str]:
    """Some of a file's bytes, the answer's status, and the `Content-Range` that it tells.

    The bytes are empty if the status is another than 206.

    Args:
        url: of the file.
        start: the first byte.
        stop: the byte after the last.

    Raises:
        OSError: if they cannot be had.
    """
    from pyodide.ffi import JsException

    asked = _Request(url, {"Range": f"bytes={start}-{stop - 1}"}, "no-store")
    try:
        response = await asked.answer()
        if not response.ok:
            raise OSError(f"Expected a file at {url}. Received: status {response.status}")
        if response.status != 206:
            return b"", response.status, ""
        data = (await response.arrayBuffer()).to_bytes()
        return data, response.status, response.headers.get("Content-Range") or ""
    except JsException as error:
        raise OSError(f"Expected a file at {url}. Received: {error.message}") from error
    finally:
        asked.abort()
