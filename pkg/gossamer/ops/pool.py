"""Pooling: the largest or the mean of each window. The primitives are in `pooling`."""

from typing import Any

import numpy as np

from gossamer import dtypes, ops
from gossamer.ops.convert import as_tensor, floating
from gossamer.ops.pooling import averaged, max_pooled, max_taps
from gossamer.ops.windows import Windows, check_options, per_axis, whole_axis, windows_of
from gossamer.tensor import Tensor


def _pool_windows(
    x: Tensor, pool_size: Any, strides: Any, padding: str, data_format: str | None
) -> Windows:
    """The windows along all axes of `x`; batch and channels have none."""
    padding, first = check_options(padding, data_format)
    spatial = x.ndim - 2
    if spatial < 1:
        raise ValueError(
            f"Expected inputs with a batch, places and channels. Received: shape={x.shape}"
        )
    size = per_axis(pool_size, spatial, "pool_size", error=TypeError)
    steps = per_axis(pool_size if strides is None else strides, spatial, "strides", error=TypeError)
    lengths = x.shape[2:] if first else x.shape[1:-1]
    windows = windows_of(lengths, size, steps, (1,) * spatial, padding)
    if min(window.places for window in windows) < 1:
        raise ValueError(
            "Expected inputs in which the window fits. "
            f"Received: inputs.shape={x.shape}, pool_size={pool_size}, padding={padding!r}"
        )
    batch, channels = whole_axis(x.shape[0]), whole_axis(x.shape[1 if first else -1])
    return (batch, channels, *windows) if first else (batch, *windows, channels)


def numbers(inputs: Any) -> Tensor:
    """What has a mean, as floats.

    Raises:
        TypeError: for bools.
    """
    given = as_tensor(inputs)
    if given.dtype == "bool":
        raise TypeError(f"Expected numbers to take the mean of. Received: dtype={given.dtype}")
    return floating(given)


def max_pool(
    inputs: Any,
    pool_size: Any,
    strides: Any = None,
    padding: str = "valid",
    data_format: str | None = None,
) -> Tensor:
    """The largest element of each window; NaN if there is one.

    The gradient of a window goes to its first largest element.

    Args:
        inputs: of shape (batch, *places, channels), or (batch, channels, *places).
        pool_size: the window's size, for all axes or for each.
        strides: the step between windows, for all axes or for each; `pool_size` if None.
        padding: `"valid"` for windows that fit, `"same"` for all.
        data_format: `"channels_last"` (also if None) or `"channels_first"`.

    Raises:
        TypeError: for sizes and strides that are not positive, or too many.
        ValueError: for windows, paddings or formats that do not fit.

    Example:
        >>> ops.max_pool([[[1.0], [4.0], [2.0], [3.0]]], 2).tolist()
        [[[4.0], [3.0]]]
    """
    given = as_tensor(inputs)
    x = as_tensor(given, dtypes.canonical(given.dtype))
    windows = _pool_windows(x, pool_size, strides, padding, data_format)
    return max_pooled(x, windows)


def average_pool(
    inputs: Any,
    pool_size: Any,
    strides: Any = None,
    padding: str = "valid",
    data_format: str | None = None,
) -> Tensor:
    """The mean of each window's elements; what lies outside of the input does not count.

    Args:
        inputs: of shape (batch, *places, channels), or (batch, channels, *places).
        pool_size: the window's size, for all axes or for each.
        strides: the step between windows, for all axes or for each; `pool_size` if None.
        padding: `"valid"` for windows that fit, `"same"` for all.
        data_format: `"channels_last"` (also if None) or `"channels_first"`.

    Raises:
        TypeError: for sizes and strides that are not positive, or too many, and for bools.
        ValueError: for windows, paddings or formats that do not fit.

    Example:
        >>> ops.average_pool([[[1.0], [4.0], [2.0], [3.0]]], 2).tolist()
        [[[2.5], [2.5]]]
    """
    x = numbers(inputs)
    windows = _pool_windows(x, pool_size, strides, padding, data_format)
    return averaged(x, windows)


def max_pool_with_argmax(
    inputs: Any,
    pool_size: Any,
    strides: Any = None,
    padding: str = "valid",
    data_format: str | None = None,
    include_batch_in_index: bool = False,
) -> tuple[Tensor, Tensor]:
    """The largest element of each window, and where it is. Not in Keras; TensorFlow's.

    Args:
        inputs: of shape (batch, *places, channels), or (batch, channels, *places).
        pool_size: the window's size, for all axes or for each.
        strides: the step between windows, for all axes or for each; `pool_size` if None.
        padding: `"valid"` for windows that fit, `"same"` for all.
        data_format: `"channels_last"` (also if None) or `"channels_first"`.
        include_batch_in_index: whether to count through the batch, not through each element of it.

    Returns:
        The elements, and the row-major numbers of their places, int32; the first of equal ones.

    Raises:
        ValueError: for sizes, strides, paddings or formats that do not fit.

    Example:
        >>> values, places = ops.max_pool_with_argmax([[[1.0], [4.0], [2.0], [3.0]]], 2)
        >>> values.tolist(), places.tolist()
        ([[[4.0], [3.0]]], [[[1], [3]]])
    """
    x = as_tensor(inputs)
    windows = _pool_windows(x, pool_size, strides, padding, data_format)
    tap = max_taps(x, windows)
    place: Any = None
    step = 1
    for axis in reversed(range(x.ndim)):
        window = windows[axis]
        if axis > 0 or include_batch_in_index:
            begin = np.arange(window.places, dtype=np.int32) * window.stride - window.low
            own = as_tensor(
                begin.reshape(-1, *(1,) * (x.ndim - axis - 1)) * step, "int32", x.backend
            )
            place = own if place is None else place + own
        if window.taps > 1:
            # The tap's number is that of its last axis, and of those before it times its taps.
            place = place + ops.mod(tap, window.taps) * step
            tap = ops.floor_divide(tap, window.taps)
        step *= window.length
    return max_pooled(x, windows), ops.broadcast_to(place, tap.shape)
