"""Matrices made of vectors, and diagonals taken from them: `diag`, `diagonal`, `vander`.

In a row-major matrix a diagonal has a step of one row and one column. So to take one is a strided
slice of the flat matrix, and to put one is that slice's gradient, a strided pad.
"""

import operator
from typing import Any

from gossamer import ops
from gossamer.ops.axes import normalize_axis
from gossamer.ops.convert import as_tensor, promote
from gossamer.ops.create import iota
from gossamer.ops.slicing import strided_pad, strided_slice
from gossamer.tensor import Tensor


def diagonal(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
    """The diagonals of the matrices that two axes span, along a new last axis.

    Args:
        x: a tensor with two axes or more.
        offset: 0 is the main diagonal, positive ones lie above it.
        axis1: the matrices' rows.
        axis2: the matrices' columns.

    Raises:
        ValueError: for axes that are not there, or twice the same one.

    Example:
        >>> ops.diagonal([[1, 2], [3, 4]]).tolist()
        [1, 4]
    """
    tensor = as_tensor(x)
    spanned = [normalize_axis(axis, tensor.ndim) for axis in (axis1, axis2)]
    if spanned[0] == spanned[1]:
        raise ValueError(f"Expected two different axes. Received: axis1={axis1}, axis2={axis2}")
    moved = ops.moveaxis(tensor, spanned, (-2, -1))
    *others, rows, columns = moved.shape
    by = operator.index(offset)
    size = max(min(rows, columns - by) if by >= 0 else min(rows + by, columns), 0)
    flat = ops.reshape(moved, (*others, rows * columns))
    # An empty diagonal begins anywhere.
    start = (by if by >= 0 else -by * columns) if size else 0
    untouched = (1,) * len(others)
    return strided_slice(
        flat, ((0,) * len(others)) + (start,), (*others, size), (*untouched, columns + 1)
    )


def diag(x: Any, k: int = 0) -> Tensor:
    """A matrix with a vector on its `k`-th diagonal, else 0; or a matrix's `k`-th diagonal.

    Args:
        x: a vector or a matrix.
        k: 0 is the main diagonal, positive ones lie above it.

    Raises:
        ValueError: for another number of axes.

    Example:
        >>> ops.diag([1, 2]).tolist(), ops.diag([[1, 2], [3, 4]], k=1).tolist()
        ([[1, 0], [0, 2]], [2])
    """
    tensor = as_tensor(x)
    if tensor.ndim == 2:
        return diagonal(tensor, k)
    if tensor.ndim != 1:
        raise ValueError(f"Expected a vector or a matrix. Received: x.shape={tensor.shape}")
    by = operator.index(k)
    width = tensor.size + abs(by)
    low, reach = 0, 0  # so it stays for a vector without elements
    if tensor.size:
        low = by if by >= 0 else -by * width
        reach = (tensor.size - 1) * (width + 1) + 1
    flat = strided_pad(tensor, 0, (low,), (width * width - low - reach,), (width,))
    return ops.reshape(flat, (width, width))


def diagflat(x: Any, k: int = 0) -> Tensor:
    """A matrix with all elements of `x` on its `k`-th diagonal, and zeros elsewhere.

    Example:
        >>> ops.diagflat([[1], [2]]).tolist()
        [[1, 0], [0, 2]]
    """
    return diag(ops.ravel(x), k)


def vander(x: Any, N: int | None = None, increasing: bool = False) -> Tensor:  # noqa: N803
    """Vandermonde's matrix: `out[i, j] = x[i] ** (N - 1 - j)`.

    Args:
        x: a vector.
        N: how many powers; as many as elements if None.
        increasing: whether the powers begin at 0: `x[i] ** j`.

    Raises:
        TypeError: for an `N` that is no integer, or an `increasing` that is no bool.
        ValueError: for other than one axis, or a negative `N`.

    Example:
        >>> ops.vander([1, 2, 3]).tolist()
        [[1, 1, 1], [4, 2, 1], [9, 3, 1]]
    """
    (tensor,) = promote(x)
    if tensor.ndim != 1:
        raise ValueError(f"Expected a vector. Received: x.shape={tensor.shape}")
    if not isinstance(N, int | None) or not isinstance(increasing, bool):
        raise TypeError(
            f"Expected an integer and a bool. Received: N={N!r}, increasing={increasing!r}"
        )
    count = tensor.size if N is None else N
    if count < 0:
        raise ValueError(f"Expected a number of powers from 0 on. Received: N={N}")
    first, step = (0, 1) if increasing else (count - 1, -1)
    powers = ops.power(
        ops.expand_dims(tensor, 1), iota(first, step, count, "int32", tensor.backend)
    )
    return ops.cast(powers, tensor.dtype)
