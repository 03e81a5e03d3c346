"""Parts of images by their boxes: `crop_and_resize`."""

from typing import Any

import numpy as np

from gossamer import ops
from gossamer.ops.convert import as_tensor, floating
from gossamer.ops.image_layout import image_size, one_of
from gossamer.ops.interpolation import ORDERS, sampled
from gossamer.tensor import Tensor


def crop_and_resize(
    images: Any,
    boxes: Any,
    box_indices: Any,
    crop_size: Any,
    interpolation: str = "bilinear",
    fill_value: float = 0.0,
) -> Tensor:
    """Boxes cut out of images and brought to one size, as floats.

    Args:
        images: of shape (batch, height, width, channels).
        boxes: of shape (boxes, 4): `[y1, x1, y2, x2]`, where 0 is the first row or column and 1 the
            last. Where a box ends before it begins its crop is flipped.
        box_indices: of shape (boxes,): which image each is of.
        crop_size: the height and width of the crops.
        interpolation: `"bilinear"` or `"nearest"`.
        fill_value: what lies outside of the image.

    Returns:
        A tensor of shape (boxes, *crop_size, channels).

    Raises:
        ValueError: for shapes and sizes that do not fit, and another interpolation.

    Example:
        >>> image = ops.reshape(ops.arange(16.0), (1, 4, 4, 1))
        >>> gs.image.crop_and_resize(image, [[0, 0, 1, 1]], [0], (2, 2))[0, :, :, 0].tolist()
        [[0.0, 3.0], [12.0, 15.0]]
    """
    one_of(interpolation, tuple(ORDERS), "interpolation")
    high, wide = image_size(crop_size)
    x = floating(images)
    corners = as_tensor(floating(boxes), backend=x.backend)
    which = as_tensor(box_indices, "int32", x.backend)
    if x.ndim != 4 or corners.ndim != 2 or corners.shape[1] != 4 or min(x.shape) < 1:
        raise ValueError(
            "Expected images of shape (batch, height, width, channels), and boxes of shape "
            f"(boxes, 4). Received: images.shape={x.shape}, boxes.shape={corners.shape}"
        )
    count = corners.shape[0]
    if which.shape != (count,):
        raise ValueError(f"Expected {count} box_indices. Received: shape={which.shape}")
    batch, height, width, channels = x.shape
    y1, x1, y2, x2 = (ops.reshape(part, (-1, 1, 1)) for part in ops.unstack(corners, axis=1))
    rows = _places(y1, y2, np.arange(high)[:, None], high, height)
    columns = _places(x1, x2, np.arange(wide), wide, width)
    inside = ops.logical_and(
        ops.logical_and(rows >= 0.0, rows <= height - 1.0),
        ops.logical_and(columns >= 0.0, columns <= width - 1.0),
    )
    which = ops.reshape(which, (-1, 1, 1))
    inside = ops.logical_and(inside, ops.logical_and(which >= 0, which < batch))
    flat = ops.reshape(x, (batch * height * width, channels))
    shape = (count, high, wide)
    # The batch is an axis like the others, but that no crop lies between two images.
    at = [ops.reshape(ops.broadcast_to(one, shape), (-1, 1)) for one in (which, rows, columns)]
    order = ORDERS[interpolation]
    found = sampled(flat, 0, (batch, height, width), at, (0, order, order), "nearest")
    found = ops.reshape(found, (*shape, channels))
    outside = as_tensor(fill_value, x.dtype, x.backend)
    return ops.where(ops.expand_dims(inside, -1), found, outside)


def _places(low: Tensor, high: Tensor, i: np.ndarray, count: int, length: int) -> Tensor:
    """Where along an axis of `length` the `count` rows or columns of the crops lie."""
    if count == 1:
        return (low + high) * (0.5 * (length - 1))
    shares = (i * ((length - 1) / (count - 1))).astype(np.float32)
    return low * float(length - 1) + (high - low) * shares
