"""Of vectors and matrices: the cross product and the trace."""

from typing import Any

from gossamer import ops
from gossamer.ops.axes import normalize_axis
from gossamer.ops.convert import as_canonical, promote
from gossamer.tensor import Tensor


def cross(
    x1: Any, x2: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None
) -> Tensor:
    """Cross product of vectors: `x1[1] * x2[2] - x1[2] * x2[1]`, and so on in turn.

    A vector of two has 0 as its third element. Of two such vectors only the third element of the
    product is given, without an axis.

    Args:
        x1: vectors of 2 or 3 along `axisa`; the other axes broadcast.
        x2: vectors of 2 or 3 along `axisb`.
        axisa: the axis of the vectors in `x1`.
        axisb: the axis of the vectors in `x2`.
        axisc: the axis of the vectors in the result.
        axis: all three, if given.

    Raises:
        ValueError: for vectors of another size, shapes that do not broadcast, or an axis that is
            not there.

    Example:
        >>> ops.cross([1.0, 0.0, 0.0], [0.0, 1.0, 0.0]).tolist()
        [0.0, 0.0, 1.0]
    """
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = promote(x1, x2)
    a = ops.moveaxis(a, normalize_axis(axisa, a.ndim), -1)
    b = ops.moveaxis(b, normalize_axis(axisb, b.ndim), -1)
    if a.shape[-1] not in (2, 3) or b.shape[-1] not in (2, 3):
        raise ValueError(
            "Expected vectors of two or three elements. "
            f"Received: x1.shape={a.shape}, x2.shape={b.shape}"
        )
    if a.shape[-1] == b.shape[-1] == 2:
        return a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    a, b = (_of_three(x) for x in (a, b))
    product = ops.subtract(
        ops.roll(a, -1, -1) * ops.roll(b, -2, -1), ops.roll(a, -2, -1) * ops.roll(b, -1, -1)
    )
    return ops.moveaxis(product, -1, normalize_axis(axisc, product.ndim))


def _of_three(x: Tensor) -> Tensor:
    """Vectors along the last axis, 0 being the third element of those of two."""
    return ops.pad(x, [(0, 0)] * (x.ndim - 1) + [(0, 3 - x.shape[-1])])


def trace(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
    """Sum along a diagonal: `sum_i x[i, i + offset]`. Small integers give 32-bit sums.

    Args:
        x: with at least two axes.
        offset: 0 is the main diagonal, positive ones lie above it.
        axis1: the axis of the rows.
        axis2: the axis of the columns.

    Raises:
        ValueError: for an axis that is not there, or the same one twice.

    Example:
        >>> ops.trace([[1, 2], [3, 4]]).item()
        5
    """
    return ops.sum(ops.diagonal(as_canonical(x), offset, axis1, axis2), -1)
