"""Pictures to tensors and tensors to canvases: `from_pixels` and `to_pixels`.

On webgl a picture goes into a texture, and one draw puts it where a tensor's elements lie; a tensor
is drawn to the device's own canvas, which the page's canvas then takes over. No element passes
through Python or is read back. Elsewhere a canvas of the browser's does the work.
"""

from __future__ import annotations

import sys
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from gossamer.backend import current_backend
from gossamer.dtypes import FLOATS
from gossamer.errors import BackendUnavailableError
from gossamer.kernel.spec import TensorSpec
from gossamer.ops.convert import as_tensor
from gossamer.tensor import Tensor

SOURCES = (
    "HTMLImageElement", "HTMLVideoElement", "HTMLCanvasElement", "OffscreenCanvas", "ImageBitmap",
    "ImageData", "VideoFrame",
)  # fmt: skip
CANVASES = ("HTMLCanvasElement", "OffscreenCanvas")
DTYPES = ("int32", "uint8", "float32")


@cache
def _canvas() -> Any:
    """What `canvas.js` offers."""
    if sys.platform != "emscripten":
        raise BackendUnavailableError("Pixels need a browser, and this is none.")
    from pyodide.code import run_js

    source = resources.files(__package__).joinpath("canvas.js").read_text(encoding="utf-8")
    return run_js(source)


def _webgl(backend: Any) -> Any:
    """The same for the tensors of the webgl backend; made once."""
    from gossamer.backend.webgl.pixels import pixels_of

    return pixels_of(backend)


def from_pixels(pixels: Any, num_channels: int = 3, dtype: str = "int32") -> Tensor:
    """The pixels of a picture, from 0 to 255, as a tensor of shape (height, width, channels).

    They are int32, as in TensorFlow.js: sums and differences of uint8 would wrap around.

    A picture has the size of its own, whatever the page shows it in. Colours come as they are
    stored, without conversion. Where a pixel is not opaque, canvases and the `numpy` backend have
    multiplied it by its alpha, and what comes back is rounded; an `ImageBitmap` that was made with
    `premultiplyAlpha: "none"` comes exactly on webgl, and `ImageData` everywhere.

    Args:
        pixels: an image, video, canvas, `OffscreenCanvas`, `ImageBitmap`, `ImageData` or
            `VideoFrame`, as the page's JavaScript has it.
        num_channels: how many of red, green, blue and alpha.
        dtype: `"int32"`, `"uint8"` or `"float32"`.

    Raises:
        TypeError: for anything else; make tensors of arrays by `ops.convert_to_tensor`.
        ValueError: for a picture that is not loaded, that comes from another site without its
            permission, or that is larger than the device allows.
        BackendUnavailableError: outside of a browser.

    Example:
        >>> import js  # doctest: +SKIP
        >>> image = js.document.querySelector("img")  # doctest: +SKIP
        >>> gs.browser.from_pixels(image).shape  # doctest: +SKIP
        (224, 224, 3)
    """
    canvas = _canvas()
    if num_channels not in (1, 2, 3, 4):
        raise ValueError(f"Expected 1 to 4 channels. Received: num_channels={num_channels}")
    if dtype not in DTYPES:
        raise ValueError(f"Expected one of the dtypes {', '.join(DTYPES)}. Received: {dtype=}")
    found = canvas.describe(_javascript(pixels, SOURCES))
    if not (found.isLoaded and found.width and found.height):
        raise ValueError(
            "Expected a picture that is loaded, with pixels in it: await `decode()` of an image, "
            "`loadeddata` of a video. "
            f"Received: {found.name} of {found.width} x {found.height} pixels"
        )
    spec = TensorSpec((found.height, found.width, num_channels), dtype)
    backend = current_backend()
    from pyodide.ffi import JsException

    try:
        # One element is no texture.
        if backend.name == "webgl" and spec.size > 1:
            return Tensor(spec, _webgl(backend).put(pixels, spec), backend)
        data = canvas.read(pixels, found.width, found.height)
    except JsException as error:
        if error.name != "SecurityError":
            raise
        raise ValueError(
            "Expected a picture of this site, or one that was loaded with its site's permission "
            f'(crossorigin="anonymous"). Received: {error.message}'
        ) from None
    array = np.asarray(data.to_py(), np.uint8).reshape(*spec.shape[:2], 4)[..., :num_channels]
    return as_tensor(array.astype(dtype))


def to_pixels(img: Any, canvas: Any) -> None:
    """Draw a tensor to a canvas, which takes its size.

    Values out of range are clamped, and NaN is 0: a device that draws cannot raise.

    Args:
        img: of shape (height, width), (height, width, 1) for grey, (height, width, 3) or, with
            alpha, (height, width, 4). Floats from 0 to 1, integers from 0 to 255, or bools.
        canvas: an `HTMLCanvasElement` or `OffscreenCanvas` that has no context yet, or a context
            of kind `2d` or `bitmaprenderer`.

    Raises:
        TypeError: for what is no canvas.
        ValueError: for another shape, or a canvas that something else draws to.
        BackendUnavailableError: outside of a browser.

    Example:
        >>> import js  # doctest: +SKIP
        >>> canvas = js.document.querySelector("canvas")  # doctest: +SKIP
        >>> gs.browser.to_pixels(ops.ones((32, 32)), canvas)  # doctest: +SKIP
    """
    pages = _canvas()
    tensor = as_tensor(img)
    is_picture = tensor.ndim == 2 or (tensor.ndim == 3 and tensor.shape[2] in (1, 3, 4))
    if not is_picture or not tensor.size:
        raise ValueError(
            "Expected a shape (height, width), or (height, width, channels) with 1, 3 or 4 "
            f"channels. Received: shape={tensor.shape}"
        )
    _javascript(canvas, CANVASES)
    height, width = tensor.shape[:2]
    if tensor.backend.name == "webgl" and tensor.size > 1:
        drawn = _webgl(tensor.backend).draw(tensor.buffer, tensor.spec)
    else:
        drawn = pages.fromBytes(_javascript_bytes(_bytes(tensor.numpy())), width, height)
    if not pages.show(drawn, canvas):
        raise ValueError(
            "Expected a canvas without a context, or with one of kind 2d or bitmaprenderer. "
            "Received: a canvas with another context"
        )


def _javascript(x: Any, names: tuple[str, ...]) -> Any:
    """`x`, if it is an object of JavaScript's of one of these classes."""
    from pyodide.ffi import JsProxy

    name = _canvas().describe(x).name if isinstance(x, JsProxy) else type(x).__name__
    if name not in names:
        raise TypeError(f"Expected one of {', '.join(names)}. Received: {name}")
    return x


def _bytes(array: np.ndarray) -> np.ndarray:
    """Red, green, blue and alpha of each pixel, as the device rounds them."""
    if array.dtype.name in FLOATS:
        scaled = np.nan_to_num(array.astype(np.float32), posinf=1.0).clip(0.0, 1.0) * 255 + 0.5
    else:
        scaled = array.clip(0, 255) if array.dtype != np.bool_ else array * np.uint8(255)
    values = scaled.astype(np.uint8).reshape(*array.shape[:2], -1)
    color = values[..., :3] if values.shape[2] > 1 else values.repeat(3, axis=2)
    alpha = values[..., 3:] if values.shape[2] == 4 else np.full_like(values[..., :1], 255)
    return np.concatenate([color, alpha], axis=2)


def _javascript_bytes(array: np.ndarray) -> Any:
    from js import Uint8ClampedArray
    from pyodide.ffi import to_js

    return Uint8ClampedArray.new(to_js(array.ravel()))
