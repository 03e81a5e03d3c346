"""Waiting, in a page and on CPython: for a coroutine, and for the page to do what is its own.

Python runs on the page's thread. While it computes, nothing is drawn and no button answers; so
long work gives way from time to time. An engine with stack switching lets plain functions wait;
others need `await`.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Coroutine
from contextvars import ContextVar
from typing import Any

from gossamer.backend.pieces import Pieces, Result, Wait

IN_PAGE = sys.platform == "emscripten"
# After so long work in pieces gives way: a frame lasts 16 ms, and a piece may be long.
PIECE_SECONDS = 0.02
FRAME_PATIENCE = 0.05

# While `run` drives a coroutine that it cannot wait for.
_driven: ContextVar[bool] = ContextVar("driven", default=False)


def can_wait() -> bool:
    """Whether a plain function may wait for the page here."""
    if not IN_PAGE:
        return False
    from pyodide.ffi import can_run_sync

    return bool(can_run_sync())


def may_await() -> bool:
    """Whether the coroutine that asks may wait: not where `run` drives it and cannot wait."""
    return not _driven.get()


def require_await(what: str) -> None:
    """RuntimeError if the coroutine that asks may not wait.

    Args:
        what: what it would wait for, for the error.
    """
    if not may_await():
        raise RuntimeError(
            f"Expected `await` with the form of this function that ends in _async, to wait for "
            f"{what}: this engine lets no plain function wait. Received: a plain call"
        )


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """The result of a coroutine, from a plain function.

    Where a plain function cannot wait, the coroutine must not either: it asks `may_await`.
    """
    if can_wait():
        from pyodide.ffi import run_sync

        result, interruption = run_sync(_contained(coroutine))
        if interruption is not None:
            raise interruption
        return result
    token = _driven.set(True)
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    finally:
        _driven.reset(token)
    coroutine.close()
    raise RuntimeError("Expected a coroutine that does not wait. Received: one that does")


async def _contained(coroutine: Coroutine[Any, Any, Any]) -> tuple[Any, BaseException | None]:
    """The result, or what interrupted it: an event loop takes such an exception for its own."""
    try:
        return await coroutine, None
    except (KeyboardInterrupt, SystemExit) as interruption:
        return None, interruption


async def give_way() -> None:
    """Let the page draw and answer."""
    await asyncio.sleep(0)


async def next_frame() -> None:
    """Let the page draw a frame; where nobody sees one, or none comes, as `give_way`."""
    if not IN_PAGE or not _is_seen():
        await give_way()
        return
    import js
    from pyodide.ffi import create_once_callable

    drawn = asyncio.get_running_loop().create_future()

    def end(time: float) -> None:
        if not drawn.done():
            drawn.set_result(None)

    js.requestAnimationFrame(create_once_callable(end))
    await asyncio.wait([drawn], timeout=FRAME_PATIENCE)


def _is_seen() -> bool:
    """Whether this is a page that is on the screen; a worker is none."""
    import js

    return hasattr(js, "document") and not js.document.hidden


async def in_pieces(pieces: Pieces[Result]) -> Result:
    """The result of long work, between whose pieces the page draws and answers."""
    last = time.perf_counter()
    wait: Wait | None = None
    while True:
        try:
            wait = next(pieces) or wait
        except StopIteration as end:
            if wait is not None:
                await wait()
            return end.value
        if time.perf_counter() - last >= PIECE_SECONDS:
            await next_frame()
            if wait is not None:
                await wait()
            last = time.perf_counter()
