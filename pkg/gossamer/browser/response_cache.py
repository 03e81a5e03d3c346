"""Files that pages of this origin got by HTTP, kept by the browser's Cache API."""

from __future__ import annotations

import asyncio
import warnings
from typing import Any

from gossamer.browser.js_files import blob_of

NAME = "gossamer-files"

# What the browser is still writing, by URL: nobody waits for it who does not ask for it.
_writing: dict[str, asyncio.Task[None]] = {}


def is_here() -> bool:
    """Whether this page has such a cache: it comes by https or from localhost, then."""
    import js

    return hasattr(js, "caches")


async def find(url: str) -> Any:
    """The kept answer, a `Response`; None if there is none. A warning says if there cannot be."""
    import js
    from pyodide.ffi import JsException

    if url in _writing:
        await _writing[url]
    try:
        cache = await js.caches.open(NAME)
        return await cache.match(url) or None
    except JsException as error:  # some browsers forbid it in private windows
        warnings.warn(f"The browser keeps no files here: {error}", stacklevel=2)
        return None


def keep(url: str, data: memoryview, headers: dict[str, str]) -> None:
    """Have the browser keep a file, while Python goes on.

    If it has no space for it, there is a warning.

    Args:
        url: of the file.
        data: its contents.
        headers: the answer's that tell this version from others.
    """
    task = asyncio.ensure_future(_write(url, data, headers))
    _writing[url] = task

    def written(_: asyncio.Task[None]) -> None:
        if _writing.get(url) is task:
            del _writing[url]

    task.add_done_callback(written)


async def _write(url: str, data: memoryview, headers: dict[str, str]) -> None:
    import js
    from pyodide.ffi import JsException, to_js

    # A task begins later than who made it goes on: whoever waits for the file comes first.
    options = to_js({"headers": headers}, dict_converter=js.Object.fromEntries)
    try:
        response = js.Response.new(blob_of(data), options)
        await (await js.caches.open(NAME)).put(url, response)
    except JsException as error:
        warnings.warn(f"{url} was read but not kept: {error}", stacklevel=1)


async def clear() -> None:
    """Forget all of them."""
    import js

    if is_here():
        await asyncio.gather(*_writing.values())
        await js.caches.delete(NAME)
