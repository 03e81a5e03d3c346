"""Norms of vectors and matrices, by reductions and singular values."""

from math import inf
from typing import Any

from gossamer import ops
from gossamer.core import autodiff
from gossamer.dtypes import COMPLEX
from gossamer.ops.axes import keepdims_shape, normalize_axis
from gossamer.ops.convert import floating
from gossamer.tensor import Tensor

Axes = tuple[int, ...]

# The orders for which a norm of matrices asks for more than the sizes of elements.
BY_SINGULAR_VALUES = ("nuc", 2, -2)


def _axes(axis: Any, rank: int) -> Axes:
    """One or two axes, in the given order."""
    if not isinstance(axis, int | tuple):
        raise TypeError(f"Expected an integer axis, or a tuple of two. Received: axis={axis!r}")
    axes = tuple(
        normalize_axis(one, rank) for one in (axis if isinstance(axis, tuple) else (axis,))
    )
    if len(axes) not in (1, 2) or len(set(axes)) != len(axes):
        raise ValueError(f"Expected an axis, or two different ones. Received: axis={axis}")
    return axes


def _power_norm(x: Tensor, order: float, axes: Axes) -> Tensor:
    """`sum(|x|**order)**(1/order)`, over axes that are kept with size 1."""

    def in_units(x: Tensor) -> Tensor:
        # In units of the element that counts most: the powers of others are at most 1, so that
        # they overflow nowhere, and what is small beside it may vanish.
        sizes = ops.absolute(x)
        if order > 0:
            most = ops.max(sizes, axes, keepdims=True, initial=0.0)
        else:
            most = ops.min(sizes, axes, keepdims=True, initial=inf)
        unit = ops.where(ops.logical_and(ops.isfinite(most), ops.greater(most, 0.0)), most, 1.0)
        scaled = sizes / unit
        if order == 2:
            return unit * ops.sqrt(ops.sum(ops.square(scaled), axes, keepdims=True))
        return unit * ops.sum(scaled**order, axes, keepdims=True) ** (1.0 / order)

    # As a whole: zero vectors, and zeros beside other elements, have the gradient 0, where those
    # of the root and of the power are infinite.
    def rule(g: Tensor, out: Tensor, x: Tensor) -> Tensor:
        share = x / ops.where(ops.equal(out, 0.0), 1.0, out)
        if order == 2:
            return g * share
        zero = ops.equal(share, 0.0)
        slope = ops.absolute(ops.where(zero, 1.0, share)) ** (order - 1.0)
        return g * ops.where(zero, 0.0, ops.sign(x) * slope)

    return autodiff.with_rule(in_units, rule)(x)


def _vector_norm(x: Tensor, order: Any, axes: Axes) -> Tensor:
    if isinstance(order, str):
        raise ValueError(f"Expected a number for the norm of vectors. Received: ord={order!r}")
    if order is None:
        order = 2
    if order == inf:
        return ops.max(ops.absolute(x), axes, keepdims=True, initial=0.0)
    if order == -inf:
        return ops.min(ops.absolute(x), axes, keepdims=True)
    if order == 0:
        return ops.sum(ops.cast(ops.not_equal(x, 0.0), x.dtype), axes, keepdims=True)
    if order == 1:
        return ops.sum(ops.absolute(x), axes, keepdims=True)
    return _power_norm(x, float(order), axes)


def _matrix_norm(x: Tensor, order: Any, axes: Axes) -> Tensor:
    rows, columns = axes
    if order in (None, "fro"):
        return _power_norm(x, 2.0, axes)
    if order in (1, -1, inf, -inf):
        summed, compared = axes if abs(order) == 1 else (columns, rows)
        sums = ops.sum(ops.absolute(x), summed, keepdims=True)
        if order > 0:
            return ops.max(sums, compared, keepdims=True, initial=0.0)
        return ops.min(sums, compared, keepdims=True)
    if order not in BY_SINGULAR_VALUES:
        raise ValueError(
            "Expected one of None, 'fro', 'nuc', 1, -1, 2, -2, inf and -inf for the norm of "
            f"matrices. Received: ord={order!r}"
        )
    values = ops.svd(ops.moveaxis(x, axes, (-2, -1)), compute_uv=False)
    if order == "nuc":
        found = ops.sum(values, -1)
    else:
        found = ops.max(values, -1, initial=0.0) if order == 2 else ops.min(values, -1)
    return ops.reshape(found, keepdims_shape(x.shape, axes))


def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The norm of vectors or matrices.

    Of vectors `sum(|x|**ord)**(1/ord)`: the Euclidean one for None, the largest and the least
    absolute value for infinity and minus infinity, and the number of elements other than 0 for 0.
    Of matrices, by rows and columns: the root of the sum of squares for None and "fro", the sum of
    singular values for "nuc", the largest and the least of them for 2 and -2, the largest and the
    least sum of a column's absolute values for 1 and -1, and of a row's for infinity and minus
    infinity.

    Args:
        x: the tensor.
        ord: which norm.
        axis: the axis of vectors, or a tuple of the axes of rows and of columns. If None, `x` is
            one vector or matrix; without `ord` all elements are one vector, of whatever shape.
        keepdims: keep the reduced axes, with size 1.

    Raises:
        TypeError: for what is no axis, and for singular values of half floats and complex numbers.
        ValueError: for a norm that vectors or matrices do not have, or an axis that is not there.

    Example:
        >>> ops.norm([[3.0, 0.0], [0.0, 4.0]]).item(), ops.norm([3.0, -4.0], ord=1).item()
        (5.0, 7.0)
    """
    tensor = floating(x)
    whole = axis is None and ord is None
    axes = tuple(range(tensor.ndim)) if axis is None else axis
    if not whole:
        axes = _axes(axes, tensor.ndim)
    if tensor.dtype in COMPLEX and not (len(axes) == 2 and ord in BY_SINGULAR_VALUES):
        tensor = ops.absolute(tensor)
    if whole:
        kept = _power_norm(tensor, 2.0, axes) if axes else ops.absolute(tensor)
    else:
        kept = (_vector_norm if len(axes) == 1 else _matrix_norm)(tensor, ord, axes)
    if keepdims:
        return kept
    return ops.reshape(kept, [n for i, n in enumerate(kept.shape) if i not in axes])
