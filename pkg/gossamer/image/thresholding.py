"""Images in black and white, and grey ones in colours."""

from typing import Any

import numpy as np

from gossamer import ops
from gossamer.ops.colour import LUMA
from gossamer.ops.convert import as_tensor, floating
from gossamer.ops.image_layout import one_of
from gossamer.tensor import Tensor

_LEVELS = 256


def threshold(
    image: Any, method: str = "binary", inverted: bool = False, threshold_value: float = 0.5
) -> Tensor:
    """An image in black and white: 255 where it is brighter than a threshold, else 0; int32.

    Args:
        image: of shape (height, width, 3) or (height, width, 1), with values from 0 to 255.
        method: `"binary"` for the given threshold, `"otsu"` for the one that separates dark and
            bright best (Otsu 1979).
        inverted: whether to exchange black and white.
        threshold_value: the threshold, as share of 255.

    Raises:
        ValueError: for another rank or number of channels, and another method.

    Example:
        >>> gs.image.threshold([[[10], [200]]]).tolist()
        [[[0], [255]]]
    """
    one_of(method, ("binary", "otsu"), "method")
    x = as_tensor(image)
    if x.ndim != 3 or x.shape[2] not in (1, 3):
        raise ValueError(
            f"Expected an image of one channel or three. Received: image.shape={x.shape}"
        )
    grey = floating(x)
    if x.shape[2] == 3:
        weights = as_tensor(np.asarray(LUMA), grey.dtype, grey.backend)
        grey = ops.sum(grey * weights, axis=2, keepdims=True)
    limit = _otsu(grey) if method == "otsu" else 255.0 * threshold_value
    white = ops.less_equal(grey, limit) if inverted else ops.greater(grey, limit)
    return ops.cast(white, "int32") * 255


def _otsu(grey: Tensor) -> Tensor:
    """The level with the largest variance between what is up to it and what is above."""
    levels = ops.cast(ops.round(ops.ravel(grey)), "int32")
    counts = ops.segment_sum(ops.ones_like(levels, dtype="float32"), levels, _LEVELS)
    counts = counts / float(levels.size)
    below = ops.cumsum(counts)
    weighted = ops.cumsum(counts * np.arange(_LEVELS, dtype=np.float32))
    above = ops.maximum(1.0 - below, 0.0)
    # w (1 - w) (m1 - m2)**2, the means m1 and m2 brought to one denominator.
    product = below * above
    difference = weighted[-1] * below - weighted
    empty = product < 1e-9
    between = ops.where(empty, 0.0, difference * difference / ops.where(empty, 1.0, product))
    between = between[:-1]
    best = ops.cast(ops.argmax(between), grey.dtype)
    return ops.where(ops.max(between) > 0.0, best, -1.0)


def grayscale_to_rgb(images: Any) -> Tensor:
    """The one channel of grey images as red, green and blue.

    Args:
        images: of shape (..., 1).

    Raises:
        ValueError: for another number of channels, and less than two axes.

    Example:
        >>> gs.image.grayscale_to_rgb([[1], [2]]).tolist()
        [[1, 1, 1], [2, 2, 2]]
    """
    x = as_tensor(images)
    if x.ndim < 2 or x.shape[-1] != 1:
        raise ValueError(f"Expected images of one channel. Received: shape={x.shape}")
    return ops.broadcast_to(x, (*x.shape[:-1], 3))
