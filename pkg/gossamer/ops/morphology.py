"""Greyscale morphology: the largest or smallest of each window, a filter added or taken away.

Keras has no such ops; these are TensorFlow's `dilation2d` and `erosion2d`.
"""

import math
from typing import Any

from gossamer import ops
from gossamer.ops.convert import as_tensor, floating, promote
from gossamer.ops.unfolding import unfolded
from gossamer.ops.windows import check_options, per_axis, whole_axis, windows_of
from gossamer.tensor import Tensor


def dilation2d(
    inputs: Any,
    filters: Any,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Tensor:
    """`out[p, c] = max over k of inputs[p + k, c] + filters[k, c]`, of floats.

    What lies outside of the input counts for nothing. Equal largest sums share the gradient.

    Args:
        inputs: of shape (batch, height, width, channels).
        filters: of shape (height, width, channels).
        strides: the step between output places, for both axes or for each.
        padding: `"valid"` for places where the filter fits, `"same"` for all.
        data_format: `"channels_last"` (also if None) or `"channels_first"`.
        dilation_rate: the step between the filter's elements, for both axes or for each.

    Raises:
        ValueError: for shapes, strides, paddings or formats that do not fit.

    Example:
        >>> ops.dilation2d([[[[1.0], [3.0], [2.0]]]], [[[0.0], [0.0]]]).tolist()
        [[[[3.0], [3.0]]]]
    """
    padding, first = check_options(padding, data_format)
    x, taps = promote(floating(inputs), floating(filters))
    if x.ndim != 4 or taps.ndim != 3 or x.shape[1 if first else -1] != taps.shape[-1]:
        raise ValueError(
            "Expected a batch of images, and filters of shape (height, width, channels). "
            f"Received: inputs.shape={x.shape}, filters.shape={taps.shape}"
        )
    x = ops.moveaxis(x, 1, -1) if first else x
    windows = windows_of(
        x.shape[1:-1],
        taps.shape[:2],
        per_axis(strides, 2, "strides"),
        per_axis(dilation_rate, 2, "dilation_rate"),
        padding,
    )
    if min(window.places for window in windows) < 1 or min(taps.shape) < 1:
        raise ValueError(
            "Expected images in which the filter fits. "
            f"Received: inputs.shape={x.shape}, filters.shape={taps.shape}, padding={padding!r}"
        )
    margins, inside = [(0, 0)], []
    for window in windows:
        last = (window.places - 1) * window.stride + (window.taps - 1) * window.dilation
        high = max(last - window.low - window.length + 1, 0)
        margins.append((window.low, high))
        inside.append(window._replace(low=0, length=window.low + window.length + high))
    if any(margin != (0, 0) for margin in margins):
        x = ops.pad(x, [*margins, (0, 0)], constant_values=-math.inf)
    everything = (whole_axis(x.shape[0]), *inside, whole_axis(x.shape[-1]))
    # Places, the taps of height and width, and the channels.
    sums = unfolded(x, everything, (0, 1, 2, 5, 6, 3)) + taps
    out = ops.max(sums, axis=(3, 4))
    return ops.moveaxis(out, -1, 1) if first else out


def erosion2d(
    inputs: Any,
    filters: Any,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Tensor:
    """`out[p, c] = min over k of inputs[p + k, c] - filters[-k, c]`, of floats.

    The dilation of `-inputs` with the filter turned round, negative.

    Args:
        inputs: of shape (batch, height, width, channels).
        filters: of shape (height, width, channels).
        strides: the step between output places, for both axes or for each.
        padding: `"valid"` for places where the filter fits, `"same"` for all.
        data_format: `"channels_last"` (also if None) or `"channels_first"`.
        dilation_rate: the step between the filter's elements, for both axes or for each.

    Raises:
        ValueError: for shapes, strides, paddings or formats that do not fit.

    Example:
        >>> ops.erosion2d([[[[1.0], [3.0], [2.0]]]], [[[0.0], [0.0]]]).tolist()
        [[[[1.0], [2.0]]]]
    """
    taps = as_tensor(filters)
    if taps.ndim != 3:
        raise ValueError(
            "Expected filters of shape (height, width, channels). "
            f"Received: filters.shape={taps.shape}"
        )
    turned = ops.flip(taps, (0, 1))
    negative = ops.negative(floating(inputs))
    return -dilation2d(negative, turned, strides, padding, data_format, dilation_rate)
