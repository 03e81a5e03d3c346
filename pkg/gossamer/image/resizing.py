"""Images of another size, their samples where TensorFlow has them."""

from typing import Any

from gossamer import ops
from gossamer.ops.convert import floating
from gossamer.ops.image_layout import LAST, as_images, image_size
from gossamer.ops.resampling import Filter, picked, resampled
from gossamer.tensor import Tensor


def resize_bilinear(
    images: Any, size: Any, align_corners: bool = False, half_pixel_centers: bool = False
) -> Tensor:
    """Images of another height and width, by linear interpolation of floats.

    Args:
        images: of shape (height, width, channels), or a batch of these.
        size: the new height and width.
        align_corners: whether the first and the last sample are the first and the last element.
        half_pixel_centers: whether elements have their middles at half numbers, as
            `ops.image.resize` has them.

    Raises:
        ValueError: for another rank than 3 and 4, a size that is not positive, and both of
            `align_corners` and `half_pixel_centers`.

    Example:
        >>> gs.image.resize_bilinear([[[0.0], [3.0]]], (1, 4), align_corners=True).tolist()
        [[[0.0], [1.0], [2.0], [3.0]]]
    """
    x = floating(as_images(images))
    filters = _filters(x, size, align_corners, half_pixel_centers, "linear")
    out = ops.cast(x, "float32") if x.dtype == "float16" else x
    for axis, along in filters:
        out = resampled(out, axis, along)
    return ops.cast(out, x.dtype)


def resize_nearest_neighbor(
    images: Any, size: Any, align_corners: bool = False, half_pixel_centers: bool = False
) -> Tensor:
    """Images of another height and width, each sample an element; of any dtype.

    Args:
        images: of shape (height, width, channels), or a batch of these.
        size: the new height and width.
        align_corners: whether the first and the last sample are the first and the last element.
        half_pixel_centers: whether elements have their middles at half numbers, as
            `ops.image.resize` has them.

    Raises:
        ValueError: for another rank than 3 and 4, a size that is not positive, and both of
            `align_corners` and `half_pixel_centers`.

    Example:
        >>> gs.image.resize_nearest_neighbor([[[1], [2]]], (1, 4)).tolist()
        [[[1], [1], [2], [2]]]
    """
    x = as_images(images)
    for axis, along in _filters(x, size, align_corners, half_pixel_centers, "floor"):
        x = picked(x, axis, along)
    return x


def _filters(
    x: Tensor, size: Any, align_corners: bool, half_pixel_centers: bool, kernel: str
) -> list[tuple[int, Filter]]:
    """The axes of which the size changes, what shrinks the image first."""
    if align_corners and half_pixel_centers:
        raise ValueError(
            "Expected align_corners or half_pixel_centers, not both. Received: True, True"
        )
    if min(x.shape) < 1:
        raise ValueError(f"Expected images with elements. Received: shape={x.shape}")
    filters = [
        (axis + x.ndim, _filter(x.shape[axis], target, align_corners, half_pixel_centers, kernel))
        for axis, target in zip(LAST[:2], image_size(size), strict=True)
        if x.shape[axis] != target
    ]
    return sorted(filters, key=lambda one: one[1].target / one[1].source)


def _filter(
    source: int, target: int, align_corners: bool, half_pixel_centers: bool, kernel: str
) -> Filter:
    if align_corners:
        # A single sample is the first element. The nearest one is rounded to: half an element on.
        step, unit = (source - 1, target - 1) if target > 1 else (source, 1)
        offset = unit if kernel == "floor" else 0
        return Filter(source, target, 2 * step, offset, 2 * unit, kernel)
    if half_pixel_centers:
        offset = source if kernel == "floor" else source - target
        return Filter(source, target, 2 * source, offset, 2 * target, kernel)
    return Filter(source, target, source, 0, target, kernel)
