"""Cameras and microphones of a page: streams that the user lets it have."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from gossamer.errors import BackendUnavailableError

# After so long without a frame or a sound a device is taken for one that gives none.
PATIENCE_SECONDS = 10.0
POLL_SECONDS = 0.005


async def open_stream(kind: str, constraints: Any) -> Any:
    """A stream of a device, once the user allows it.

    Args:
        kind: `"video"` or `"audio"`.
        constraints: what is asked of it, in JavaScript's words.

    Raises:
        BackendUnavailableError: outside of a page, and where there is no such device.
        PermissionError: where the user does not allow it.
    """
    if sys.platform != "emscripten":
        raise BackendUnavailableError("Cameras and microphones need a browser, and this is none.")
    from js import Object, navigator
    from pyodide.ffi import JsException, to_js

    devices = getattr(navigator, "mediaDevices", None)
    if devices is None:
        raise BackendUnavailableError(
            "Cameras and microphones need a page that comes by https or from localhost, and its "
            "main thread."
        )
    wanted = to_js({kind: constraints or True}, dict_converter=Object.fromEntries)
    try:
        return await devices.getUserMedia(wanted)
    except JsException as error:
        if error.name == "NotAllowedError":
            raise PermissionError(
                f"Expected the user to allow {kind}. Received: {error.message}"
            ) from None
        raise BackendUnavailableError(
            f"Expected a device that gives {kind}. Received: {error.name}, {error.message}"
        ) from None


async def until(happened: Any, what: str) -> None:
    """Wait, as the page goes on.

    Args:
        happened: a function that says whether what is waited for is there.
        what: what that is, for the error.

    Raises:
        TimeoutError: if it does not come.
    """
    waited = 0.0
    while not happened():
        if waited > PATIENCE_SECONDS:
            raise TimeoutError(f"Expected {what}. Received: none in {PATIENCE_SECONDS:.0f} s")
        await asyncio.sleep(POLL_SECONDS)
        waited += POLL_SECONDS


def close_stream(stream: Any) -> None:
    """Give a device back.

    Args:
        stream: of the device.
    """
    for track in stream.getTracks():
        track.stop()
