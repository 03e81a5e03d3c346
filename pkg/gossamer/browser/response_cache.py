"""Files that pages of this origin got by HTTP, kept by the browser's Cache API."""

from __future__ import annotations

import asyncio
import warnings
from typing import Any

from gossamer.browser.js_files import blob_of

NAME = "gossamer-files"


def is_here() -> bool:
    """Whether this page has such a cache: it comes by https or from localhost, then."""
    import js

    return hasattr(js, "caches")


async def find(url: str) -> Any:
    """The kept answer, a `Response`; None if there is none."""
    import js

    await _kept(url)
    cache = await js.caches.open(NAME)
    return await cache.match(url) or None


def keep_soon(url: str, data: memoryview, headers: dict[str, str]) -> None:
    """`keep`, while whoever wants the file goes on with it."""
    _keeping[url] = asyncio.ensure_future(keep(url, data, headers))


async def _kept(url: str) -> None:
    task = _keeping.pop(url, None)
    if task is not None:
        await task


_keeping: dict[str, asyncio.Future[None]] = {}


async def keep(url: str, data: memoryview, headers: dict[str, str]) -> None:
    """Keep a file. If the browser has no space for it, there is a warning.

    Args:
        url: of the file.
        data: its contents.
        headers: the answer's that tell this version from others.
    """
    import js
    from pyodide.ffi import JsException, to_js

    options = to_js({"headers": headers}, dict_converter=js.Object.fromEntries)
    try:
        cache = await js.caches.open(NAME)
        await cache.put(url, js.Response.new(blob_of(data), options))
    except JsException as error:
        warnings.warn(f"{url} was read but not kept: {error}", stacklevel=2)


async def clear() -> None:
    """Forget all of them."""
    import js

    for url in list(_keeping):
        await _kept(url)
    if is_here():
        await js.caches.delete(NAME)
