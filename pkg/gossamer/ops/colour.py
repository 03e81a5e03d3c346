"""Images in other colours: grey, and hue, saturation and value."""

from typing import Any

import numpy as np

from gossamer import ops
from gossamer.dtypes import FLOATS
from gossamer.ops.convert import as_tensor, floating
from gossamer.ops.image_layout import as_images, layout_of
from gossamer.tensor import Tensor

# Of red, green and blue: what they contribute to brightness (ITU-R BT.601).
LUMA = (0.2989, 0.5870, 0.1140)


def _planes(x: Tensor, values: Any, axis: int) -> Tensor:
    """A number for each of the three channels, to be broadcast against images."""
    column = np.reshape(values, (3, *(1,) * (-axis - 1)))
    return as_tensor(column, x.dtype, x.backend)


def rgb_to_grayscale(images: Any, data_format: str | None = None) -> Tensor:
    """`0.2989 red + 0.587 green + 0.114 blue`, in one channel; integers are truncated.

    Args:
        images: of shape (height, width, 3), or a batch of these; those of one channel stay as
            they are.
        data_format: `"channels_last"` (also if None) or `"channels_first"`.

    Raises:
        ValueError: for another rank than 3 and 4, and other numbers of channels.

    Example:
        >>> ops.image.rgb_to_grayscale([[[1.0, 0.5, 0.0]]]).tolist()
        [[[0.5924]]]
    """
    axis = layout_of(data_format).channels
    x = as_images(images)
    if x.shape[axis] not in (1, 3):
        raise ValueError(f"Expected 3 channels, or 1. Received: images.shape={x.shape}")
    if x.shape[axis] == 1:
        return x
    source = floating(x)
    return ops.cast(ops.sum(source * _planes(source, LUMA, axis), axis, keepdims=True), x.dtype)


def _floating_images(images: Any, axis: int) -> Tensor:
    x = as_images(images)
    if x.dtype not in FLOATS:
        raise ValueError(f"Expected images of a floating dtype. Received: dtype={x.dtype}")
    if x.shape[axis] != 3:
        raise ValueError(f"Expected 3 channels. Received: images.shape={x.shape}")
    return x


def rgb_to_hsv(images: Any, data_format: str | None = None) -> Tensor:
    """Hue, saturation and value, each from 0 to 1: a hue of 1/3 is green, one of 2/3 is blue.

    Args:
        images: of shape (height, width, 3), or a batch of these; floats from 0 to 1.
        data_format: `"channels_last"` (also if None) or `"channels_first"`.

    Raises:
        ValueError: for another rank than 3 and 4, for integers, and other numbers of channels.

    Example:
        >>> ops.image.rgb_to_hsv([[[0.0, 0.5, 0.0]]]).tolist()
        [[[0.3333333, 1.0, 0.5]]]
    """
    axis = layout_of(data_format).channels
    x = _floating_images(images, axis)
    x = ops.where(ops.abs(x) < float(np.finfo(x.dtype).eps), 0.0, x)
    red, green, blue = ops.split(x, 3, axis)
    value = ops.max(x, axis, keepdims=True)
    spread = value - ops.min(x, axis, keepdims=True)
    coloured, lit = spread > 0, value > 0
    saturation = ops.where(lit, spread / ops.where(lit, value, 1.0), 0.0)
    sixth = 1.0 / (6.0 * ops.where(coloured, spread, 1.0))
    hue = ops.where(
        ops.equal(value, green),
        sixth * (blue - red) + 2.0 / 6.0,
        sixth * (red - green) + 4.0 / 6.0,
    )
    hue = ops.where(ops.equal(value, red), sixth * (green - blue), hue)
    hue = ops.where(coloured, hue, 0.0) + ops.cast(hue < 0.0, x.dtype)
    return ops.concatenate([hue, saturation, value], axis)


def hsv_to_rgb(images: Any, data_format: str | None = None) -> Tensor:
    """Red, green and blue of hue, saturation and value.

    Args:
        images: of shape (height, width, 3), or a batch of these; floats from 0 to 1.
        data_format: `"channels_last"` (also if None) or `"channels_first"`.

    Raises:
        ValueError: for another rank than 3 and 4, for integers, and other numbers of channels.

    Example:
        >>> ops.image.hsv_to_rgb([[[0.0, 0.5, 1.0]]]).tolist()
        [[[1.0, 0.5, 0.5]]]
    """
    axis = layout_of(data_format).channels
    hue, saturation, value = ops.split(_floating_images(images, axis), 3, axis)
    # How strong each colour is falls off with the hue's distance from it: all three at once.
    turn = ops.mod(hue, 1.0) * 6.0
    distance = ops.abs(turn - _planes(hue, (3.0, 2.0, 4.0), axis))
    strength = _planes(hue, (-1.0, 2.0, 2.0), axis) + distance * _planes(hue, (1, -1, -1), axis)
    return value * (1.0 - saturation + saturation * ops.clip(strength, 0.0, 1.0))
