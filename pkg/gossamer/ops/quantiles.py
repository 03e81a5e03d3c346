"""Medians, quantiles and percentiles: elements of the sorted tensor, and what lies between two.

The gradient flows to the elements that are read.
"""

from collections.abc import Sequence
from math import prod
from typing import Any

from gossamer import dtypes, ops
from gossamer.ops.axes import keepdims_shape, normalize_axes
from gossamer.ops.convert import as_tensor, floating
from gossamer.tensor import Tensor

METHODS = ("linear", "lower", "higher", "midpoint", "nearest")


def _quantile(
    x: Any, q: Any, axis: Any, method: str, keepdims: bool, scale: float = 1.0,
    skips_nan: bool = False, allows_none: bool = False,
) -> Tensor:  # fmt: skip
    if method not in METHODS:
        raise ValueError(f"Expected one of the methods {METHODS}. Received: method={method!r}")
    tensor = floating(x)
    level = as_tensor(q, backend=tensor.backend)
    if scale != 1.0:
        level = level / scale
    # In halves there is no place for every element.
    wide = dtypes.result_type(tensor.dtype, "float32")
    level = ops.cast(level, wide)
    if level.ndim > 1:
        raise ValueError(f"Expected q as a number or a vector. Received: q.shape={level.shape}")
    axes = normalize_axes(axis, tensor.ndim)
    rest = tuple(i for i in range(tensor.ndim) if i not in axes)
    kept = tuple(tensor.shape[i] for i in rest)
    count = prod(tensor.shape[i] for i in axes)
    shape = (*level.shape, *(keepdims_shape(tensor.shape, axes) if keepdims else kept))
    if count == 0:
        if not (skips_nan or allows_none):
            raise ValueError(
                f"Expected elements to take quantiles of. Received: shape={tensor.shape}"
            )
        return ops.broadcast_to(as_tensor(float("nan"), tensor.dtype, tensor.backend), shape)
    # (rest, elements), sorted: NaN comes last.
    ordered = ops.sort(ops.reshape(ops.transpose(tensor, (*rest, *axes)), (*kept, count)))
    last: Any = count - 1
    if skips_nan:
        numbers = ops.logical_not(ops.isnan(ordered))
        last = ops.cast(ops.count_nonzero(numbers, -1), wide) - 1.0
        last = ops.expand_dims(ops.maximum(last, 0.0), -1)
    between = _between(ordered, ops.reshape(level, (-1,)), last, method)
    if not skips_nan:
        between = ops.where(ops.isnan(ordered[..., -1:]), float("nan"), between)
    return ops.reshape(ops.cast(ops.moveaxis(between, -1, 0), tensor.dtype), shape)


def _between(ordered: Tensor, level: Tensor, last: Any, method: str) -> Tensor:
    """The elements at the places `level * last` along the last axis, of shape (rest, levels)."""
    place = ops.clip(level, 0.0, 1.0) * last
    below = ops.floor(place)
    weight = place - below
    if method == "nearest":
        below, weight = ops.where(weight <= 0.5, below, below + 1.0), None
    elif method == "lower":
        weight = None
    elif method == "higher":
        below, weight = ops.ceil(place), None
    low = _at(ordered, below)
    if weight is None:
        return low
    high = _at(ordered, ops.ceil(place))
    if method == "midpoint":
        return low * 0.5 + high * 0.5
    # As in Keras an infinite element times a weight of 0 is NaN.
    return low * (1.0 - weight) + high * weight


def _at(ordered: Tensor, place: Tensor) -> Tensor:
    where = ops.cast(place, "int32")
    if where.ndim == 1:
        return ops.take(ordered, where, -1)
    return ops.take_along_axis(ordered, where, -1)


def quantile(
    x: Any, q: Any, axis: int | Sequence[int] | None = None, method: str = "linear",
    keepdims: bool = False,
) -> Tensor:  # fmt: skip
    """The number below which a share `q` of elements lies; NaN if there is one.

    Args:
        x: the tensor; integers give floats.
        q: from 0 to 1: a number, or a vector, along which the first axis of the result runs.
        axis: an axis or several; all of them for None.
        method: what to take of a place between two elements: `"linear"` to interpolate,
            `"lower"` or `"higher"` for one of them, `"midpoint"` for their mean, `"nearest"`
            for the nearer one, the lower one of two as near.
        keepdims: keep the reduced axes, with size 1.

    Raises:
        ValueError: for another method, an axis that is not there, or no elements.

    Example:
        >>> ops.quantile([1.0, 2.0, 3.0, 5.0], [0.25, 0.5]).tolist()
        [1.75, 2.5]
    """
    return _quantile(x, q, axis, method, keepdims)


def nanquantile(
    x: Any, q: Any, axis: int | Sequence[int] | None = None, method: str = "linear",
    keepdims: bool = False,
) -> Tensor:  # fmt: skip
    """`quantile` of the elements that are not NaN; NaN if there is none.

    Raises:
        ValueError: for another method, or an axis that is not there.

    Example:
        >>> ops.nanquantile([1.0, float("nan"), 3.0], 0.5).item()
        2.0
    """
    return _quantile(x, q, axis, method, keepdims, skips_nan=True)


def percentile(
    x: Any, q: Any, axis: int | Sequence[int] | None = None, method: str = "linear",
    keepdims: bool = False,
) -> Tensor:  # fmt: skip
    """`quantile` with `q` from 0 to 100.

    Raises:
        ValueError: for another method, an axis that is not there, or no elements.

    Example:
        >>> ops.percentile([1.0, 2.0, 3.0, 4.0], 50).item()
        2.5
    """
    return _quantile(x, q, axis, method, keepdims, scale=100.0)


def nanpercentile(
    x: Any, q: Any, axis: int | Sequence[int] | None = None, method: str = "linear",
    keepdims: bool = False,
) -> Tensor:  # fmt: skip
    """`percentile` of the elements that are not NaN; NaN if there is none.

    Raises:
        ValueError: for another method, or an axis that is not there.

    Example:
        >>> ops.nanpercentile([1.0, float("nan"), 3.0], 50).item()
        2.0
    """
    return _quantile(x, q, axis, method, keepdims, scale=100.0, skips_nan=True)


def median(x: Any, axis: int | Sequence[int] | None = None, keepdims: bool = False) -> Tensor:
    """The middle one of the sorted elements, or the mean of the middle two; NaN if there is one,
    or no element.

    Raises:
        ValueError: for an axis that is not there.

    Example:
        >>> ops.median([3.0, 1.0, 2.0, 9.0]).item()
        2.5
    """
    return _quantile(x, 0.5, axis, "midpoint", keepdims, allows_none=True)


def nanmedian(x: Any, axis: int | Sequence[int] | None = None, keepdims: bool = False) -> Tensor:
    """`median` of the elements that are not NaN; NaN if there is none.

    Raises:
        ValueError: for an axis that is not there.

    Example:
        >>> ops.nanmedian([3.0, float("nan"), 1.0, 2.0]).item()
        2.0
    """
    return _quantile(x, 0.5, axis, "midpoint", keepdims, skips_nan=True)
