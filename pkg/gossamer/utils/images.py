"""Image files to arrays and back, by Pillow, which is imported where it is used."""

from __future__ import annotations

import io
import pathlib
import warnings
from typing import Any

import numpy as np

from gossamer import dtypes
from gossamer.defaults import standardize_data_format

# The modes of Pillow's that an image may stay in, by Keras's name; the first is made otherwise.
MODES = {"grayscale": ("L", "I;16", "I"), "rgb": ("RGB",), "rgba": ("RGBA",)}
INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "hamming", "box", "lanczos")


def _pillow() -> Any:
    """Pillow's module of images.

    Raises:
        ImportError: where it is not installed.
    """
    try:
        from PIL import Image  # type: ignore[import-not-found]
    except ImportError as error:
        raise ImportError(
            "Expected Pillow, which reads and writes image files: `pip install pillow`, or in a "
            "page `await micropip.install('pillow')`. Received: no module PIL"
        ) from error
    return Image


def img_to_array(img: Any, data_format: str | None = None, dtype: Any = None) -> np.ndarray:
    """A Pillow image as a NumPy array of shape (height, width, channels).

    Args:
        img: the image, or an array of two or three axes.
        data_format: `"channels_last"` or `"channels_first"`; as `config` has it if None.
        dtype: of the array; `floatx()` if None.

    Raises:
        ValueError: for another number of axes.

    Example:
        >>> gs.utils.img_to_array(np.zeros((2, 3))).shape
        (2, 3, 1)
    """
    first = standardize_data_format(data_format) == "channels_first"
    array = np.asarray(img, dtype=dtype or dtypes.floatx())
    if array.ndim == 2:
        return array[None] if first else array[..., None]
    if array.ndim != 3:
        raise ValueError(f"Expected an image of two or three axes. Received: shape={array.shape}")
    return array.transpose(2, 0, 1) if first else array


def array_to_img(
    x: Any, data_format: str | None = None, scale: bool = True, dtype: Any = None
) -> Any:
    """An array of shape (height, width, channels) as a Pillow image.

    Args:
        x: of 1, 3 or 4 channels.
        data_format: `"channels_last"` or `"channels_first"`; as `config` has it if None.
        scale: whether the least value becomes 0 and the largest 255.
        dtype: in which to scale; `floatx()` if None.

    Raises:
        ImportError: where Pillow is not installed.
        ValueError: for another shape.
    """
    pillow = _pillow()
    first = standardize_data_format(data_format) == "channels_first"
    array = np.asarray(x, dtype=dtype or dtypes.floatx())
    if array.ndim != 3 or array.shape[0 if first else 2] not in (1, 3, 4):
        raise ValueError(
            f"Expected an image of three axes and 1, 3 or 4 channels. Received: shape={array.shape}"
        )
    if first:
        array = array.transpose(1, 2, 0)
    if scale:
        array = array - array.min()
        largest = array.max()
        array = (array / largest if largest else array) * 255
    if array.shape[2] > 1:
        return pillow.fromarray(array.astype("uint8"))
    # What does not fit into a byte is kept in 32 bits.
    return pillow.fromarray(array[:, :, 0].astype("int32" if array.max() > 255 else "uint8"))


def save_img(
    path: Any,
    x: Any,
    data_format: str | None = None,
    file_format: str | None = None,
    scale: bool = True,
    **kwargs: Any,
) -> None:
    """Write an array as an image file.

    Args:
        path: of the file, or a file that is open.
        x: an array of shape (height, width, channels).
        data_format: `"channels_last"` or `"channels_first"`; as `config` has it if None.
        file_format: such as `"png"`; told from the name if None.
        scale: whether the least value becomes 0 and the largest 255.
        kwargs: for Pillow's `Image.save`.

    Raises:
        ImportError: where Pillow is not installed.
        ValueError: for an array that is no image.
    """
    if file_format is None and isinstance(path, (str, pathlib.Path)):
        file_format = pathlib.Path(path).suffix[1:].lower()
    if file_format and file_format.lower() == "jpg":
        file_format = "jpeg"
    image = array_to_img(x, data_format, scale)
    if image.mode == "RGBA" and file_format == "jpeg":
        warnings.warn("JPEG has no alpha channel: the image is written as RGB.", stacklevel=2)
        image = image.convert("RGB")
    image.save(path, format=file_format, **kwargs)


def load_img(
    path: Any,
    color_mode: str = "rgb",
    target_size: tuple[int, int] | None = None,
    interpolation: str = "nearest",
    keep_aspect_ratio: bool = False,
) -> Any:
    """Read an image file, as a Pillow image.

    Args:
        path: of the file, or a `BytesIO` of it.
        color_mode: `"grayscale"`, `"rgb"` or `"rgba"`.
        target_size: (height, width) to resize to; none if None.
        interpolation: `"nearest"`, `"bilinear"`, `"bicubic"`, `"hamming"`, `"box"` or `"lanczos"`.
        keep_aspect_ratio: whether to cut off the sides before resizing instead of distorting.

    Raises:
        ImportError: where Pillow is not installed.
        TypeError: for what is no path.
        ValueError: for other options.
    """
    pillow = _pillow()
    if color_mode not in MODES:
        raise ValueError(f"Expected one of {', '.join(MODES)}. Received: color_mode={color_mode!r}")
    if isinstance(path, io.BytesIO):
        image = pillow.open(path)
    elif isinstance(path, (pathlib.Path, bytes, str)):
        with open(path, "rb") as file:
            image = pillow.open(io.BytesIO(file.read()))
    else:
        raise TypeError(f"Expected a path or a BytesIO. Received: path={path!r} of {type(path)}")
    if image.mode not in MODES[color_mode]:
        image = image.convert(MODES[color_mode][0])
    if target_size is None or image.size == (target_size[1], target_size[0]):
        return image
    if interpolation not in INTERPOLATIONS:
        raise ValueError(
            f"Expected one of {', '.join(INTERPOLATIONS)}. "
            f"Received: interpolation={interpolation!r}"
        )
    height, width = target_size
    box = _middle(image.size, width, height) if keep_aspect_ratio else None
    return image.resize((width, height), getattr(pillow.Resampling, interpolation.upper()), box=box)


def _middle(size: tuple[int, int], width: int, height: int) -> tuple[int, int, int, int]:
    """The largest box in the middle of an image that is as wide, for its height, as asked for."""
    cut_width = min(size[0], size[1] * width // height)
    cut_height = min(size[1], size[0] * height // width)
    left, top = (size[0] - cut_width) // 2, (size[1] - cut_height) // 2
    return left, top, left + cut_width, top + cut_height
