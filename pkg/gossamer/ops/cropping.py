"""Images with less or more around: `crop_images` and `pad_images`."""

from typing import Any

from gossamer import ops
from gossamer.ops.image_layout import as_images, layout_of
from gossamer.tensor import Tensor

Margin = tuple[int, int]


def _margin(
    before: int | None, after: int | None, target: int | None, difference: int,
    names: tuple[str, ...],
) -> Margin:  # fmt: skip
    """What there is before and after along an axis, of which two of three numbers are given.

    Args:
        before: how many elements.
        after: how many elements.
        target: the result's size.
        difference: what `before` and `after` come to, if the target is given.
        names: how users call the three.

    Raises:
        ValueError: for another number of numbers, and negative ones.
    """
    given = (before, after, target)
    said = ", ".join(f"{name}={value}" for name, value in zip(names, given, strict=True))
    if given.count(None) != 1:
        raise ValueError(f"Expected two of {', '.join(names)}. Received: {said}")
    if before is None:
        before = difference - (after or 0)
    elif after is None:
        after = difference - before
    found = before, after or 0
    if min(*found, target or 0) < 0:
        raise ValueError(f"Expected {', '.join(names)} from 0 on. Received: {said}")
    return found


def pad_images(
    images: Any,
    top_padding: int | None = None,
    left_padding: int | None = None,
    bottom_padding: int | None = None,
    right_padding: int | None = None,
    target_height: int | None = None,
    target_width: int | None = None,
    data_format: str | None = None,
) -> Tensor:
    """Zeros around images; two of three numbers for each direction say how many.

    Args:
        images: of shape (height, width, channels), or a batch of these.
        top_padding: rows above.
        left_padding: columns on the left.
        bottom_padding: rows below.
        right_padding: columns on the right.
        target_height: the result's height.
        target_width: the result's width.
        data_format: `"channels_last"` (also if None) or `"channels_first"`.

    Raises:
        ValueError: for another rank than 3 and 4, and numbers that are negative, too many or too
            few.

    Example:
        >>> ops.image.pad_images(ops.ones((2, 3, 1)), 1, 0, target_height=4, target_width=5).shape
        (4, 5, 1)
    """
    layout = layout_of(data_format)
    x = as_images(images)
    widths = [(0, 0)] * x.ndim
    for axis, target, before, after, names in (
        (layout.height, target_height, top_padding, bottom_padding,
         ("top_padding", "bottom_padding", "target_height")),
        (layout.width, target_width, left_padding, right_padding,
         ("left_padding", "right_padding", "target_width")),
    ):  # fmt: skip
        widths[axis] = _margin(before, after, target, (target or 0) - x.shape[axis], names)
    return ops.pad(x, widths)


def crop_images(
    images: Any,
    top_cropping: int | None = None,
    left_cropping: int | None = None,
    bottom_cropping: int | None = None,
    right_cropping: int | None = None,
    target_height: int | None = None,
    target_width: int | None = None,
    data_format: str | None = None,
) -> Tensor:
    """A part of images; two of three numbers for each direction say which.

    Args:
        images: of shape (height, width, channels), or a batch of these.
        top_cropping: rows to leave out above.
        left_cropping: columns on the left.
        bottom_cropping: rows below.
        right_cropping: columns on the right.
        target_height: the result's height.
        target_width: the result's width.
        data_format: `"channels_last"` (also if None) or `"channels_first"`.

    Raises:
        ValueError: for another rank than 3 and 4, and numbers that are negative, too many, too few
            or too large.

    Example:
        >>> ops.image.crop_images([[[1], [2], [3]]], 0, 1, target_height=1, target_width=1).tolist()
        [[[2]]]
    """
    layout = layout_of(data_format)
    x = as_images(images)
    starts, sizes = [0] * x.ndim, list(x.shape)
    for axis, target, before, after, names in (
        (layout.height, target_height, top_cropping, bottom_cropping,
         ("top_cropping", "bottom_cropping", "target_height")),
        (layout.width, target_width, left_cropping, right_cropping,
         ("left_cropping", "right_cropping", "target_width")),
    ):  # fmt: skip
        low, high = _margin(before, after, target, x.shape[axis] - (target or 0), names)
        starts[axis], sizes[axis] = low, x.shape[axis] - low - high
    return ops.slice(x, starts, sizes)
