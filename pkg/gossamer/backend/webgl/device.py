"""The Python side of the scripts beside it: loads them from the wheel, and turns their errors into
gossamer's.
"""

from collections.abc import Callable, Sequence
from importlib import resources
from typing import Any

from pyodide.code import run_js
from pyodide.ffi import JsException, create_proxy

from gossamer.backend.webgl.pool import SizeClass
from gossamer.errors import DeviceLostError, OutOfDeviceMemoryError, ShaderError

# Each is a function; the first makes the device, the others add methods to it.
SCRIPTS = ("shim.js", "reads.js", "replay.js")


def open_device(without: Sequence[str] = ()) -> Any:
    """The device, or a sentence that says what is missing.

    Args:
        without: extensions that it shall not use.
    """
    folder = resources.files(__package__)
    first, *others = [run_js(folder.joinpath(name).read_text(encoding="utf-8")) for name in SCRIPTS]
    device = first(*without)
    if not isinstance(device, str):
        for add_methods in others:
            add_methods(device)
    return device


def on(device: Any, event: str, function: Callable[[], None]) -> None:
    """Call a function at each `restored` or `refused`; see the `on` of `shim.js`."""
    device.on(event, create_proxy(function))


class Textures:
    """What the pool asks of the device."""

    def __init__(self, device: Any) -> None:
        self._allocate = raising(device.allocate)
        self.free: Callable[[int], None] = device.free
        self.oldest: Callable[..., int] = device.oldest
        self.read: Callable[[int, int, Any], None] = raising(device.read)
        self.upload: Callable[[int, int, Any], None] = raising(device.upload)

    def allocate(self, wanted: SizeClass) -> int:
        return self._allocate(*wanted)


async def ready(device: Any, wanted: str, most: int) -> None:
    """Wait until the device has all but some programs ready; see the `ready` of `replay.js`."""
    try:
        await device.ready(wanted, most)
    except JsException as error:
        raise translated(error) from None


def raising(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of the shim's, whose errors are gossamer's."""

    def called(*args: Any) -> Any:
        try:
            return function(*args)
        except JsException as error:
            raise translated(error) from None

    return called


def translated(error: Any, source: str = "") -> Exception:
    """gossamer's error for one of the shim's; any other stays as it is.

    Args:
        error: what JavaScript threw.
        source: the shader that was in use.
    """
    if error.name == "GossamerDeviceLost":
        return DeviceLostError(error.message)
    if error.name == "GossamerOutOfMemory":
        return OutOfDeviceMemoryError(error.message)
    if error.name == "GossamerShader":
        return ShaderError(error.message, source)
    return error
