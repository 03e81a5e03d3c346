"""Segments: rows that have the same number, folded to one."""

from typing import Any

import numpy as np

from gossamer import ops
from gossamer.dtypes import INTEGERS
from gossamer.ops.convert import as_canonical, as_tensor
from gossamer.ops.places import scatter_rows
from gossamer.tensor import Tensor


def _segments(data: Any, segment_ids: Any, num_segments: int | None, combine: str) -> Tensor:
    rows = as_canonical(data)
    numbers = as_tensor(segment_ids, backend=rows.backend)
    if numbers.dtype not in INTEGERS:
        raise TypeError(f"Expected integer segment_ids. Received: dtype={numbers.dtype}")
    if numbers.ndim != 1 or numbers.shape != rows.shape[:1]:
        raise ValueError(
            "Expected segment_ids of shape (n,) for data of shape (n, ...). "
            f"Received: segment_ids.shape={numbers.shape}, data.shape={rows.shape}"
        )
    places = ops.cast(numbers, "int32")
    if num_segments is None:
        # The result's shape is in the values.
        num_segments = int(np.max(places.numpy(), initial=-1)) + 1
    return scatter_rows(places, rows, num_segments, combine)


def segment_sum(
    data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False
) -> Tensor:
    """`out[i]` is the sum of the rows whose number is `i`; 0 where there is none.

    Args:
        data: rows, of shape (n, ...).
        segment_ids: the number of each row; rows with a number out of range are left out.
        num_segments: how many rows the result has; if None, as many as the numbers need, which
            are read back from the device.
        sorted: whether the numbers are in order; it makes no difference.

    Raises:
        TypeError: for numbers that are no integers.
        ValueError: for shapes that do not fit.

    Example:
        >>> ops.segment_sum([1, 2, 10, 20], [0, 0, 2, 2], 3).tolist()
        [3, 0, 30]
    """
    return _segments(data, segment_ids, num_segments, "add")


def segment_prod(
    data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False
) -> Tensor:
    """`out[i]` is the product of the rows whose number is `i`; 1 where there is none.

    See `segment_sum` for the arguments.

    Raises:
        TypeError: for numbers that are no integers.
        ValueError: for shapes that do not fit.

    Example:
        >>> ops.segment_prod([1, 2, 10, 20], [0, 0, 2, 2], 3).tolist()
        [2, 1, 200]
    """
    return _segments(data, segment_ids, num_segments, "mul")


def segment_max(
    data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False
) -> Tensor:
    """`out[i]` is the greatest of the rows whose number is `i`, elementwise.

    -inf, or the least integer, where there is none. See `segment_sum` for the arguments.

    Raises:
        TypeError: for numbers that are no integers.
        ValueError: for shapes that do not fit.

    Example:
        >>> ops.segment_max([1.0, 2.0, 10.0, 20.0], [0, 0, 2, 2], 3).tolist()
        [2.0, -inf, 20.0]
    """
    return _segments(data, segment_ids, num_segments, "max")


def segment_min(
    data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False
) -> Tensor:
    """`out[i]` is the least of the rows whose number is `i`, elementwise.

    inf, or the greatest integer, where there is none. See `segment_sum` for the arguments.

    Raises:
        TypeError: for numbers that are no integers.
        ValueError: for shapes that do not fit.

    Example:
        >>> ops.segment_min([1.0, 2.0, 10.0, 20.0], [0, 0, 2, 2], 3).tolist()
        [1.0, inf, 10.0]
    """
    return _segments(data, segment_ids, num_segments, "min")
