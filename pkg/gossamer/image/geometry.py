"""Images turned, mirrored and projected."""

import math
from typing import Any

import numpy as np

from gossamer import ops
from gossamer.ops.convert import as_tensor, floating
from gossamer.ops.image_layout import LAST, as_images, image_size, one_of
from gossamer.ops.interpolation import FILL_MODES, ORDERS
from gossamer.ops.warping import projected, warped
from gossamer.tensor import Tensor


def flip_left_right(images: Any) -> Tensor:
    """Images in a mirror.

    Args:
        images: of shape (height, width, channels), or a batch of these.

    Raises:
        ValueError: for another rank than 3 and 4.

    Example:
        >>> gs.image.flip_left_right([[[1], [2], [3]]]).tolist()
        [[[3], [2], [1]]]
    """
    return ops.flip(as_images(images), axis=-2)


def transform(
    images: Any,
    transforms: Any,
    interpolation: str = "nearest",
    fill_mode: str = "constant",
    fill_value: Any = 0.0,
    output_shape: Any = None,
) -> Tensor:
    """Images of which the place (x, y) shows what a projection reads of the given ones.

    Args:
        images: of shape (height, width, channels), or a batch of these.
        transforms: of shape (8,), or a row for each image: `[a0, a1, a2, b0, b1, b2, c0, c1]`
            reads at `((a0 x + a1 y + a2) / k, (b0 x + b1 y + b2) / k)` with `k = c0 x + c1 y + 1`.
        interpolation: `"nearest"` or `"bilinear"`.
        fill_mode: what lies outside of the image, as for `ops.image.map_coordinates`.
        fill_value: the constant of the mode `"constant"`, and what is where `k` is 0.
        output_shape: the result's height and width; those of `images` if None.

    Raises:
        ValueError: for shapes that do not fit, and other interpolations and modes.

    Example:
        >>> gs.image.transform([[[1.0], [2.0], [3.0]]], [1, 0, 1, 0, 1, 0, 0, 0]).tolist()
        [[[2.0], [3.0], [0.0]]]
    """
    one_of(interpolation, tuple(ORDERS), "interpolation")
    one_of(fill_mode, tuple(FILL_MODES), "fill_mode")
    x = as_images(images)
    rows = as_tensor(floating(transforms), backend=x.backend)
    if rows.ndim not in (1, 2) or rows.shape[-1] != 8:
        raise ValueError(
            f"Expected transforms of shape (8,) or (batch, 8). Received: shape={rows.shape}"
        )
    height, width = x.shape[-3:-1] if output_shape is None else image_size(output_shape)
    rows = rows if rows.ndim == 2 else ops.expand_dims(rows, 0)
    matrices = ops.reshape(ops.pad(rows, [(0, 0), (0, 1)], constant_values=1.0), (-1, 3, 3))
    at_y, at_x, k = projected(matrices, height, width)
    order = ORDERS[interpolation]
    found = warped(x, LAST, (at_y, at_x), order, fill_mode, fill_value)
    # Nothing is seen at an infinite distance.
    horizon = ops.expand_dims(ops.equal(k, 0.0), -1)
    horizon = horizon if x.ndim == 4 else ops.squeeze(horizon, 0)
    return ops.where(horizon, as_tensor(fill_value, x.dtype, x.backend), found)


def rotate_with_offset(
    images: Any, radians: float, fill_value: Any = 0.0, center: Any = 0.5
) -> Tensor:
    """Images turned counter-clockwise, each place showing the element nearest to what it shows.

    Args:
        images: of shape (height, width, channels), or a batch of these.
        radians: by how much.
        fill_value: what lies outside of the images: a number, or one for each of red, green and
            blue; a fourth channel is 255 then.
        center: of the rotation, as share of the width and of the height: one number for both, or
            (x, y).

    Raises:
        ValueError: for another rank than 3 and 4, and colours that do not fit the channels.

    Example:
        >>> gs.image.rotate_with_offset([[[1], [2]], [[3], [4]]], np.pi, center=0.25).tolist()
        [[[4], [3]], [[2], [1]]]
    """
    x = as_images(images)
    height, width, channels = x.shape[-3:]
    center_x, center_y = center if isinstance(center, tuple | list) else (center, center)
    middle_y, middle_x = center_y * height, center_x * width
    ys, xs = np.arange(height)[:, None] - middle_y, np.arange(width) - middle_x
    sine, cosine = math.sin(radians), math.cos(radians)
    at_x = np.floor(xs * cosine - ys * sine + middle_x + 0.5)
    at_y = np.floor(xs * sine + ys * cosine + middle_y + 0.5)
    # All of this the host knows: what is left to do is to gather.
    inside = (at_x >= 0) & (at_x < width) & (at_y >= 0) & (at_y < height)
    at = np.where(inside, at_y * width + at_x, 0).astype(np.int32)
    axis = x.ndim - 3
    flat = ops.reshape(x, (*x.shape[:axis], height * width, channels))
    fill = as_tensor(_fill(fill_value, channels), x.dtype, x.backend)
    return ops.where(
        as_tensor(inside[..., None], "bool", x.backend), ops.take(flat, at, axis), fill
    )


def _fill(fill_value: Any, channels: int) -> Any:
    """The number that fills each channel."""
    if not isinstance(fill_value, tuple | list):
        return fill_value
    colours = [*fill_value, 255][:4] if len(fill_value) == 3 else list(fill_value)
    if len(fill_value) != 3 or channels > 4:
        raise ValueError(
            "Expected three numbers for three or four channels. "
            f"Received: fill_value={fill_value}, channels={channels}"
        )
    return colours[:channels]
