"""Adaptive pooling: as many windows as are asked for, which cover the input evenly.

Along an axis of n places, window i of m begins at `floor(i * n / m)` and ends before
`ceil((i + 1) * n / m)`. Where m divides n these are ordinary windows, and all such axes are pooled
at once. Along the others each window's elements are gathered next to each other.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from gossamer import dtypes, ops
from gossamer.ops.convert import as_tensor
from gossamer.ops.pool import numbers
from gossamer.ops.pooling import averaged, max_pooled
from gossamer.ops.windows import Window, Windows, check_format, per_axis, whole_axis
from gossamer.tensor import Tensor


def adaptive_average_pool(inputs: Any, output_size: Any, data_format: str | None = None) -> Tensor:
    """The means of evenly spread windows, `output_size` of them.

    Args:
        inputs: of shape (batch, *places, channels), or (batch, channels, *places), with up to
            three axes of places.
        output_size: how many windows, for all axes or for each.
        data_format: `"channels_last"` (also if None) or `"channels_first"`.

    Raises:
        TypeError: for inputs without places, and for bools.
        ValueError: for sizes or formats that do not fit.

    Example:
        >>> ops.adaptive_average_pool([[[1.0], [4.0], [2.0]]], 2).tolist()
        [[[2.5], [3.0]]]
    """
    return _pooled(numbers(inputs), output_size, data_format, averaged, _average)


def adaptive_max_pool(inputs: Any, output_size: Any, data_format: str | None = None) -> Tensor:
    """The largest elements of evenly spread windows, `output_size` of them.

    Args:
        inputs: of shape (batch, *places, channels), or (batch, channels, *places), with up to
            three axes of places.
        output_size: how many windows, for all axes or for each.
        data_format: `"channels_last"` (also if None) or `"channels_first"`.

    Raises:
        TypeError: for inputs without places.
        ValueError: for sizes or formats that do not fit.

    Example:
        >>> ops.adaptive_max_pool([[[1.0], [4.0], [2.0]]], 2).tolist()
        [[[4.0], [4.0]]]
    """
    given = as_tensor(inputs)
    x = as_tensor(given, dtypes.canonical(given.dtype))
    return _pooled(x, output_size, data_format, max_pooled, _largest)


def _pooled(
    x: Tensor,
    output_size: Any,
    data_format: str | None,
    even: Callable[[Tensor, Windows], Tensor],
    uneven: Callable[[Tensor, int, np.ndarray], Tensor],
) -> Tensor:
    first = check_format(data_format)
    if not 3 <= x.ndim <= 5:
        raise ValueError(
            "Expected inputs with a batch, one to three axes of places, and channels. "
            f"Received: inputs.shape={x.shape}"
        )
    begin = 2 if first else 1
    counts = per_axis(output_size, x.ndim - 2, "output_size")
    if 0 in x.shape[begin : begin + len(counts)]:
        raise TypeError(f"Expected inputs with places. Received: inputs.shape={x.shape}")
    windows = [whole_axis(length) for length in x.shape]
    gathered = []
    for axis, count in enumerate(counts, begin):
        taps, rest = divmod(x.shape[axis], count)
        if rest:
            gathered.append((axis, count))
        else:
            windows[axis] = Window(taps, taps, 1, 0, x.shape[axis], count)
    if not all(window.is_trivial for window in windows):
        x = even(x, tuple(windows))
    for axis, count in gathered:
        x = uneven(x, axis, _spread(x.shape[axis], count))
    return x


def _spread(length: int, count: int) -> np.ndarray:
    """The places of each window, as rows; -1 fills up the shorter ones."""
    windows = np.arange(count)
    begins, ends = windows * length // count, -(-(windows + 1) * length // count)
    places = begins[:, None] + np.arange(np.max(ends - begins))
    return np.where(places < ends[:, None], places, -1)


def _average(x: Tensor, axis: int, places: np.ndarray) -> Tensor:
    parts = ops.take(x, np.maximum(places, 0), axis)
    inside = places >= 0
    column = (-1, *(1,) * (x.ndim - 1 - axis))
    # Not times 0, which would spread NaN and infinity.
    kept = ops.where(inside.reshape(*places.shape, *column[1:]), parts, 0)
    counts = as_tensor(inside.sum(1).reshape(column), x.dtype, x.backend)
    return ops.sum(kept, axis + 1) / counts


def _largest(x: Tensor, axis: int, places: np.ndarray) -> Tensor:
    # A window's first place again changes no maximum.
    return ops.max(ops.take(x, np.where(places < 0, places[:, :1], places), axis), axis + 1)
