"""`keras.preprocessing.image`."""

from __future__ import annotations

from typing import Any

import numpy as np

from gossamer import ops
from gossamer.utils.images import array_to_img, img_to_array, load_img, save_img

__all__ = ["array_to_img", "img_to_array", "load_img", "save_img", "smart_resize"]


def smart_resize(
    x: Any,
    size: tuple[int, int],
    interpolation: str = "bilinear",
    data_format: str = "channels_last",
) -> Any:
    """Images in another size, undistorted: the middle of them that has its proportions, resized.

    Args:
        x: an image or a batch of images.
        size: (height, width).
        interpolation: as for `ops.image.resize`.
        data_format: `"channels_last"` or `"channels_first"`.

    Returns:
        A NumPy array of a NumPy array, else a tensor.

    Raises:
        ValueError: for another size, or another number of axes.

    Example:
        >>> gs.preprocessing.image.smart_resize(np.ones((4, 8, 3)), (2, 2)).shape
        (2, 2, 3)
    """
    if len(size) != 2:
        raise ValueError(f"Expected a size of (height, width). Received: size={size}")
    shape = tuple(x.shape)
    if len(shape) not in (3, 4):
        raise ValueError(f"Expected an image or a batch of images. Received: shape={shape}")
    rows = len(shape) - (2 if data_format == "channels_first" else 3)
    height, width = shape[rows], shape[rows + 1]
    crop_height = max(min(int(width * size[0] / size[1]), height), 1)
    crop_width = max(min(int(height * size[1] / size[0]), width), 1)
    top, left = (height - crop_height) // 2, (width - crop_width) // 2
    middle = [slice(None)] * len(shape)
    middle[rows] = slice(top, top + crop_height)
    middle[rows + 1] = slice(left, left + crop_width)
    resized = ops.image.resize(
        ops.convert_to_tensor(x)[tuple(middle)], size, interpolation, data_format=data_format
    )
    return resized.numpy() if isinstance(x, np.ndarray) else resized
