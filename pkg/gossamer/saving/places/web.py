"""Files at `http(s)` addresses: by the browser in a page, by Python's library on CPython.

A model's other files are looked for beside it, with the same query behind their names, as
TensorFlow.js does: what signs the model's address often signs theirs.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from gossamer.browser import event_loop
from gossamer.saving.places import internet
from gossamer.saving.places.limits import check_size
from gossamer.saving.places.place import Place
from gossamer.saving.places.tally import Report, Tally
from gossamer.saving.places.transfer import Transfer

AT_ONCE = 6  # connections, as browsers open to one server


class WebPlace(Place):
    """A file at a URL, and those beside it.

    Args:
        url: of the file.
        cache: whether a page may keep what it gets, and use what it kept if it is unchanged.
    """

    def __init__(self, url: str, cache: bool) -> None:
        self._parts = urlsplit(url)
        self._cache = cache
        last = unquote(self._parts.path).rpartition("/")[2]
        super().__init__(url, last or self._parts.netloc, {})

    def url_of(self, name: str) -> str:
        """The address of a file beside the model."""
        folder = self._parts.path.rpartition("/")[0]
        return urlunsplit(self._parts._replace(path=f"{folder}/{quote(name)}", fragment=""))

    def names(self) -> list[str]:
        raise NotImplementedError(
            "Servers do not tell what lies beside a file: give names_beside, which does."
        )

    async def read(self, name: str, report: Report) -> memoryview:
        if name == self.main:
            return await self._read(urlunsplit(self._parts._replace(fragment="")), report)
        return await self._read(self.url_of(name), report)

    async def read_all(self, names: Iterable[str], tally: Tally) -> dict[str, memoryview]:
        reports = {self.url_of(name): tally.part() for name in names}
        if event_loop.may_await():
            reading = [self._read(url, report) for url, report in reports.items()]
            found = await _together(reading)
        elif event_loop.IN_PAGE:
            found = [_waited_for(url, report) for url, report in reports.items()]
        else:
            with ThreadPoolExecutor(AT_ONCE) as threads:
                found = list(threads.map(internet.fetch, reports, reports.values()))
        return dict(zip(names, found, strict=True))

    async def _read(self, url: str, report: Report) -> memoryview:
        if event_loop.IN_PAGE:
            if not event_loop.may_await():
                return _waited_for(url, report)
            from gossamer.browser.fetching import fetch

            return await fetch(url, Transfer(url, report), self._cache)
        if not event_loop.may_await():
            return internet.fetch(url, report)
        return await asyncio.to_thread(internet.fetch, url, report)


def _waited_for(url: str, report: Report) -> memoryview:
    """A file that the page stands still for, because this engine lets no plain function wait."""
    from gossamer.browser.download import download

    data = memoryview(download(url))
    check_size(len(data), url)
    report(len(data), len(data))
    return data


async def _together(reading: list[Coroutine[Any, Any, memoryview]]) -> list[memoryview]:
    """All results; with the first error the others are given up."""
    limit = asyncio.Semaphore(AT_ONCE)

    async def one(coroutine: Coroutine[Any, Any, memoryview]) -> memoryview:
        async with limit:
            return await coroutine

    tasks = [asyncio.ensure_future(one(coroutine)) for coroutine in reading]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for coroutine in reading:
            coroutine.close()  # those that never began


async def read_range(url: str, start: int, stop: int) -> bytes:
    """Some of a file's bytes, without the others: `file[start:stop]`.

    Args:
        url: of the file.
        start: the first byte.
        stop: the byte after the last. It may lie behind the file's end.

    Returns:
        The bytes.

    Raises:
        ValueError: for bytes that cannot be.
        OSError: if they cannot be had; also if the server knows no ranges, and sends it all.

    Example:
        head = await gs.saving.places.read_range("https://example.org/model.safetensors", 0, 8)
    """
    if not re.match("https?://", url):
        raise ValueError(f"Expected an address with http:// or https://. Received: url={url!r}")
    if not 0 <= start < stop:
        raise ValueError(f"Expected 0 <= start < stop. Received: start={start}, stop={stop}")
    check_size(stop - start, url)
    if event_loop.IN_PAGE:
        event_loop.require_await(f"a part of {url}")
        from gossamer.browser.fetching import fetch_range

        data, status, span = await fetch_range(url, start, stop)
        if status != 206:
            raise internet.no_ranges(url, start, stop, status)
        return internet.check_range(data, span, url, start, stop)
    if not event_loop.may_await():
        return internet.fetch_range(url, start, stop)
    return await asyncio.to_thread(internet.fetch_range, url, start, stop)


def clear_cache() -> None:
    """Forget the files that pages of this origin got from `http(s)` addresses and kept.

    On CPython nothing is kept.

    Example:
        >>> clear_cache()
    """
    event_loop.run(clear_cache_async())


async def clear_cache_async() -> None:
    """`clear_cache` to await."""
    if event_loop.IN_PAGE:
        event_loop.require_await("the cache")
        from gossamer.browser import response_cache

        await response_cache.clear()
