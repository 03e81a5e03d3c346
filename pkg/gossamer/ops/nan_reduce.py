"""Reductions of the elements that are not NaN.

NaN is replaced by what changes nothing, within the kernel that folds; so nothing flows back to it.
"""

from typing import Any

from gossamer import ops
from gossamer.dtypes import FLOATS
from gossamer.ops.convert import as_tensor, floating
from gossamer.ops.reduce import single
from gossamer.tensor import Tensor

INFINITY = float("inf")


def without_nan(x: Any, filling: float) -> Tensor:
    """`x` with a number in place of NaN."""
    tensor = as_tensor(x)
    if tensor.dtype not in FLOATS:
        return tensor
    return ops.where(ops.isnan(tensor), filling, tensor)


def _all_nan(x: Tensor, axis: Any, keepdims: bool) -> Tensor:
    return ops.all(ops.isnan(x), axis, keepdims)


def nansum(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """`sum` with 0 in place of NaN.

    Raises:
        ValueError: for an axis that is not there.

    Example:
        >>> ops.nansum([1.0, float("nan"), 2.0]).item()
        3.0
    """
    return ops.sum(without_nan(x, 0.0), axis, keepdims)


def nanprod(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """`prod` with 1 in place of NaN.

    Raises:
        ValueError: for an axis that is not there.

    Example:
        >>> ops.nanprod([2.0, float("nan"), 3.0]).item()
        6.0
    """
    return ops.prod(without_nan(x, 1.0), axis, keepdims)


def nanmax(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """Largest element that is not NaN, over axes; NaN if there is none.

    Raises:
        ValueError: for an axis that is not there, or no elements.

    Example:
        >>> ops.nanmax([[1.0, float("nan")], [3.0, 4.0]], axis=1).tolist()
        [1.0, 4.0]
    """
    return _nan_extreme(ops.max, x, axis, keepdims, -INFINITY)


def nanmin(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """Smallest element that is not NaN, over axes; NaN if there is none.

    Raises:
        ValueError: for an axis that is not there, or no elements.

    Example:
        >>> ops.nanmin([[1.0, float("nan")], [3.0, 4.0]], axis=1).tolist()
        [1.0, 3.0]
    """
    return _nan_extreme(ops.min, x, axis, keepdims, INFINITY)


def _nan_extreme(extreme: Any, x: Any, axis: Any, keepdims: bool, worst: float) -> Tensor:
    tensor = as_tensor(x)
    found = extreme(without_nan(tensor, worst), axis, keepdims)
    if tensor.dtype not in FLOATS:
        return found
    return ops.where(_all_nan(tensor, axis, keepdims), float("nan"), found)


def nanargmax(x: Any, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """Index of the first largest element that is not NaN, int32; -1 if there is none.

    As in Keras, NaN counts as -inf: it is found where it comes before the only -inf.

    Raises:
        ValueError: for an axis that is not there, or no elements.

    Example:
        >>> ops.nanargmax([1.0, float("nan"), 2.0]).item()
        2
    """
    return _nan_place(ops.argmax, x, axis, keepdims, -INFINITY)


def nanargmin(x: Any, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """Index of the first smallest element that is not NaN, int32; -1 if there is none.

    As in Keras, NaN counts as inf: it is found where it comes before the only inf.

    Raises:
        ValueError: for an axis that is not there, or no elements.

    Example:
        >>> ops.nanargmin([1.0, float("nan"), 2.0]).item()
        0
    """
    return _nan_place(ops.argmin, x, axis, keepdims, INFINITY)


def _nan_place(place: Any, x: Any, axis: int | None, keepdims: bool, worst: float) -> Tensor:
    tensor = as_tensor(x)
    found = place(without_nan(tensor, worst), axis, keepdims)
    if tensor.dtype not in FLOATS:
        return found
    return ops.where(_all_nan(tensor, axis, keepdims), -1, found)


def nanmean(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """Mean over axes of the elements that are not NaN; NaN if there is none.

    Raises:
        ValueError: for an axis that is not there.

    Example:
        >>> ops.nanmean([1.0, float("nan"), 2.0]).item()
        1.5
    """
    tensor = floating(x)
    wide = single(tensor)
    mean = nansum(wide, axis, keepdims) / _count(wide, axis, keepdims)
    return ops.cast(mean, tensor.dtype)


def _count(x: Tensor, axis: Any, keepdims: bool) -> Tensor:
    """How many elements over axes are not NaN, in the dtype of the floats."""
    return ops.sum(ops.cast(ops.logical_not(ops.isnan(x)), x.dtype), axis, keepdims)


def nanvar(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """Variance over axes of the elements that are not NaN: `nanmean((x - nanmean(x))**2)`.

    NaN if there is none.

    Raises:
        ValueError: for an axis that is not there.

    Example:
        >>> ops.nanvar([1.0, float("nan"), 3.0]).item()
        1.0
    """
    tensor = floating(x)
    wide = single(tensor)
    mean = nansum(wide, axis, keepdims=True) / _count(wide, axis, keepdims=True)
    # Not what is NaN of the distances: that of an infinite element is, and must be seen.
    distance = ops.where(ops.isnan(wide), 0.0, wide - mean)
    variance = ops.sum(ops.square(distance), axis, keepdims) / _count(wide, axis, keepdims)
    return ops.cast(variance, tensor.dtype)


def nanstd(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """Standard deviation over axes of the elements that are not NaN: `sqrt(nanvar(x))`.

    Raises:
        ValueError: for an axis that is not there.

    Example:
        >>> ops.nanstd([1.0, float("nan"), 3.0]).item()
        1.0
    """
    return ops.sqrt(nanvar(x, axis, keepdims))
