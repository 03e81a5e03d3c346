"""Images of another size: `resize` and `scale_and_translate`.

`resize` knows its samples on the host, and takes one kernel an axis (`resampling`). The scale and
the translation of the other may be tensors, to which gradients flow: its weights are computed like
everything else, as matrices that the image is multiplied with.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gossamer import ops
from gossamer.dtypes import FLOATS
from gossamer.ops.axes import normalize_axis, normalize_shape
from gossamer.ops.convert import as_tensor, floating, promote
from gossamer.ops.image_layout import Layout, as_images, image_size, layout_of, one_of
from gossamer.ops.resampling import KERNELS, SMALLEST_TOTAL, Filter, picked, resampled
from gossamer.tensor import Tensor

_RESIZE_KERNELS = {
    "nearest": "floor", "bilinear": "linear", "bicubic": "cubic", "lanczos3": "lanczos3",
    "lanczos5": "lanczos5",
}  # fmt: skip
_METHODS = {
    "linear": "linear", "bilinear": "linear", "trilinear": "linear", "cubic": "cubic",
    "bicubic": "cubic", "tricubic": "cubic", "lanczos3": "lanczos3", "lanczos5": "lanczos5",
}  # fmt: skip


def resize(
    images: Any,
    size: Any,
    interpolation: str = "bilinear",
    antialias: bool = False,
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    fill_mode: str = "constant",
    fill_value: float = 0.0,
    data_format: str | None = None,
) -> Tensor:
    """Images of another height and width; integers are rounded, and stay in their range.

    Args:
        images: of shape (height, width, channels), or a batch of these.
        size: the new height and width.
        interpolation: `"nearest"`, `"bilinear"`, `"bicubic"` (Keys 1981), `"lanczos3"` or
            `"lanczos5"`.
        antialias: whether what becomes smaller is smoothed first.
        crop_to_aspect_ratio: whether to cut off what keeps the image from `size`'s aspect ratio.
        pad_to_aspect_ratio: whether to add margins for that instead.
        fill_mode: of the margins; `"constant"`.
        fill_value: what the margins hold.
        data_format: `"channels_last"` (also if None) or `"channels_first"`.

    Raises:
        ValueError: for another rank than 3 and 4, and arguments that have no such value.

    Example:
        >>> ops.image.resize([[[0.0], [4.0]]], (1, 4)).tolist()
        [[[0.0], [1.0], [3.0], [4.0]]]
    """
    target = image_size(size)
    x = as_images(images)
    one_of(interpolation, tuple(_RESIZE_KERNELS), "interpolation")
    one_of(fill_mode, ("constant",), "fill_mode")
    layout = layout_of(data_format)
    if crop_to_aspect_ratio and pad_to_aspect_ratio:
        raise ValueError(
            "Expected crop_to_aspect_ratio or pad_to_aspect_ratio, not both. "
            f"Received: {crop_to_aspect_ratio}, {pad_to_aspect_ratio}"
        )
    if crop_to_aspect_ratio:
        x = _cropped(x, layout, target)
    elif pad_to_aspect_ratio:
        x = _padded(x, layout, target, fill_value)
    kernel = _RESIZE_KERNELS[interpolation]
    filters = [
        (axis + x.ndim, _filter(x.shape[axis], length, kernel, antialias))
        for axis, length in zip(layout[:2], target, strict=True)
        if x.shape[axis] != length
    ]
    if not filters:
        return x
    # What shrinks the image comes first, so that less is left to do for the other axis.
    filters.sort(key=lambda one: one[1].target / one[1].source)
    if kernel == "floor":
        for axis, along in filters:
            x = picked(x, axis, along)
        return x
    out = _wide(x)
    for axis, along in filters:
        out = resampled(out, axis, along)
    return _like(out, x, overshoots=kernel != "linear")


def _filter(source: int, target: int, kernel: str, antialias: bool) -> Filter:
    """Samples in the middles of `target` equal parts of the axis."""
    if source == 0:
        raise ValueError(f"Expected images with elements. Received: a height or width of {source}")
    # In the middle of part i is (2 i + 1) source / (2 target), and of an element its place + 1/2.
    offset = source if kernel == "floor" else source - target
    stretch = max(source / target, 1.0) if antialias and kernel != "floor" else 1.0
    return Filter(source, target, 2 * source, offset, 2 * target, kernel, stretch)


def _cropped(x: Tensor, layout: Layout, target: tuple[int, int]) -> Tensor:
    """The largest part in the middle that has the aspect ratio of `target`."""
    height, width = x.shape[layout.height], x.shape[layout.width]
    sizes = list(x.shape)
    sizes[layout.height] = max(min(height, int(width * target[0] / target[1])), 1)
    sizes[layout.width] = max(min(width, int(height * target[1] / target[0])), 1)
    starts = [(size - kept) // 2 for size, kept in zip(x.shape, sizes, strict=True)]
    return ops.slice(x, starts, sizes)


def _padded(x: Tensor, layout: Layout, target: tuple[int, int], fill_value: float) -> Tensor:
    """Equal margins before and after, for the aspect ratio of `target`."""
    height, width = x.shape[layout.height], x.shape[layout.width]
    margins = [(0, 0)] * x.ndim
    above = (max(height, int(width * target[0] / target[1])) - height) // 2
    beside = (max(width, int(height * target[1] / target[0])) - width) // 2
    if above:
        margins[layout.height] = (above, above)
    elif beside:
        margins[layout.width] = (beside, beside)
    return ops.pad(x, margins, constant_values=fill_value)


def _wide(x: Tensor) -> Tensor:
    """Images in the floats to compute in: halves are rounded once, at the end."""
    return floating(ops.cast(x, "float32") if x.dtype == "float16" else x)


def _like(out: Tensor, x: Tensor, overshoots: bool = True) -> Tensor:
    """What was computed in floats in the dtype of `x`, for integers rounded and in their range."""
    if x.dtype in FLOATS:
        return ops.cast(out, x.dtype)
    if x.dtype == "bool":
        return out >= 0.5
    rounded = ops.round(out)
    if overshoots:
        # Kernels with negative weights may leave the range of what they are given.
        rounded = ops.minimum(ops.maximum(rounded, _float(ops.min(x))), _float(ops.max(x)))
    return ops.cast(rounded, x.dtype)


def _float(x: Tensor) -> Tensor:
    return ops.cast(x, "float32")


def scale_and_translate(
    images: Any,
    output_shape: Any,
    scale: Any,
    translation: Any,
    spatial_dims: Sequence[int],
    method: str,
    antialias: bool = True,
) -> Tensor:
    """Resample along axes: what was at `x` comes to `x * scale + translation`.

    Elements have their middles at half numbers, 0.5, 1.5 and so on. What has no source is 0.

    Args:
        images: of any shape.
        output_shape: the result's; it differs along `spatial_dims` only.
        scale: a number for each of `spatial_dims`.
        translation: a number for each of them.
        spatial_dims: the axes.
        method: `"linear"`, `"cubic"` (Keys 1981), or either with `bi` or `tri` before it;
            `"lanczos3"` or `"lanczos5"`.
        antialias: whether what becomes smaller is smoothed.

    Raises:
        ValueError: for axes and shapes that do not fit, and other methods.

    Example:
        >>> x = ops.arange(1.0, 4.0)
        >>> ops.image.scale_and_translate(x, (3,), [1.0], [1.0], (0,), "linear").tolist()
        [0.0, 1.0, 2.0]
    """
    one_of(method, tuple(_METHODS), "method")
    (x,) = promote(as_tensor(images))
    shape = normalize_shape(output_shape)
    axes = [normalize_axis(axis, x.ndim) for axis in spatial_dims]
    scales, translations = (
        as_tensor(floating(given), backend=x.backend) for given in (scale, translation)
    )
    if (
        len(shape) != x.ndim
        or len({*axes}) != len(axes)
        or any(shape[i] != x.shape[i] for i in range(x.ndim) if i not in axes)
    ):
        raise ValueError(
            f"Expected an output_shape that differs along different spatial_dims only. Received: "
            f"images.shape={x.shape}, output_shape={shape}, spatial_dims={tuple(spatial_dims)}"
        )
    if scales.shape != (len(axes),) or translations.shape != (len(axes),):
        raise ValueError(
            f"Expected {len(axes)} scales and translations. "
            f"Received: scale.shape={scales.shape}, translation.shape={translations.shape}"
        )
    out = _wide(x)
    for i, axis in enumerate(axes):
        weights = _weights(
            x.shape[axis], shape[axis], scales[i], translations[i], _METHODS[method], antialias
        )
        moved = ops.moveaxis(out, axis, -1)
        out = ops.moveaxis(ops.matmul(moved, ops.cast(weights, out.dtype)), -1, axis)
    return _like(out, x) if axes else x


def _weights(
    source: int, target: int, scale: Tensor, translation: Tensor, method: str, antialias: bool
) -> Tensor:
    """The matrix of weights, of shape (source, target)."""
    inverse = 1.0 / scale
    stretch = ops.maximum(inverse, 1.0) if antialias else 1.0
    middles = np.arange(target, dtype=np.float32) + 0.5
    places = (middles - translation) * inverse - 0.5
    elements = np.arange(source, dtype=np.float32)[:, None]
    weights = KERNELS[method].weight(ops, ops.abs(places - elements) / stretch)
    total = ops.sum(weights, axis=0, keepdims=True)
    inside = ops.logical_and(places >= -0.5, places <= source - 0.5)
    usable = ops.logical_and(inside, ops.abs(total) > SMALLEST_TOTAL)
    return ops.where(usable, weights / ops.where(usable, total, 1.0), 0.0)
