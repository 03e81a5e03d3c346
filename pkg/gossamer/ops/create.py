"""Tensors made from nothing: constants, ranges, identity matrices.

The one primitive is `iota`; a constant is a broadcast scalar, which every target holds as a number
and not as memory.
"""

import math
from typing import Any

import numpy as np

from gossamer import dtypes, ops
from gossamer.backend import Backend, current_backend
from gossamer.core.primitive import Primitive, bind
from gossamer.kernel import expr
from gossamer.kernel.spec import COMPUTE_DTYPE, Map, TensorSpec
from gossamer.ops.axes import normalize_shape
from gossamer.ops.convert import as_tensor, weak_dtype
from gossamer.tensor import Tensor


def _iota_lower(start: TensorSpec, step: TensorSpec, out: TensorSpec, size: int) -> Map:
    dtype = COMPUTE_DTYPE[out.dtype]
    number = expr.cast(expr.axis(1), dtype)
    return Map(
        inputs=(start, step),
        output=TensorSpec((1, size), out.dtype),
        body=expr.load(0, (), dtype) + number * expr.load(1, (), dtype),
    )


def _iota_step_vjp(g: Tensor, out: Tensor, start: Tensor, step: Tensor, size: int) -> Tensor:
    return ops.sum(g * iota(0, 1, size, g.dtype, g.backend))


# start + step * i, so that ranges of equal length are one program.
_iota_primitive = Primitive(
    name="iota",
    shape=lambda start, step, size: TensorSpec((size,), start.dtype),
    reference=lambda start, step, size: start + step * np.arange(size).astype(start.dtype),
    vjp=(lambda g, out, start, step, size: ops.sum(g), _iota_step_vjp),
    lower=_iota_lower,
)


def iota(start: Any, step: Any, size: int, dtype: str, backend: Backend | None = None) -> Tensor:
    """`size` numbers from `start` on, on a backend; on the current one if None."""
    backend = backend or current_backend()
    ends = (as_tensor(x, dtype, backend) for x in (start, step))
    return bind(_iota_primitive, *ends, size=size)


def _constant(shape: Any, value: Any, dtype: Any, backend: Backend | None = None) -> Tensor:
    name = dtypes.standardize_dtype(dtype or dtypes.WEAK["float"])
    return ops.broadcast_to(as_tensor(value, name, backend), normalize_shape(shape))


def zeros(shape: Any, dtype: Any = None) -> Tensor:
    """A tensor of zeros.

    Args:
        shape: a size or a tuple of sizes.
        dtype: float32 if None.

    Raises:
        ValueError: for a negative size.

    Example:
        >>> ops.zeros((2, 2)).tolist()
        [[0.0, 0.0], [0.0, 0.0]]
    """
    return _constant(shape, 0, dtype)


def ones(shape: Any, dtype: Any = None) -> Tensor:
    """A tensor of ones.

    Example:
        >>> ops.ones(3, dtype="int32").tolist()
        [1, 1, 1]
    """
    return _constant(shape, 1, dtype)


def full(shape: Any, fill_value: Any, dtype: Any = None) -> Tensor:
    """A tensor of one value; float32 if no dtype is named.

    Args:
        shape: a size or a tuple of sizes.
        fill_value: a number, or a tensor that broadcasts to `shape`.
        dtype: float32 if None.

    Example:
        >>> ops.full((2,), 7).tolist()
        [7.0, 7.0]
    """
    return _constant(shape, fill_value, dtype)


def empty(shape: Any, dtype: Any = None) -> Tensor:
    """A tensor whose elements do not matter: zeros here.

    Example:
        >>> ops.empty((2, 3)).shape
        (2, 3)
    """
    return zeros(shape, dtype)


def zeros_like(x: Any, dtype: Any = None) -> Tensor:
    """Zeros in the shape of `x`, of its dtype unless another is named, on its backend.

    Example:
        >>> ops.zeros_like([1, 2]).tolist()
        [0, 0]
    """
    return full_like(x, 0, dtype)


def ones_like(x: Any, dtype: Any = None) -> Tensor:
    """Ones in the shape of `x`, of its dtype unless another is named, on its backend.

    Example:
        >>> ops.ones_like([0.5, 2.0]).tolist()
        [1.0, 1.0]
    """
    return full_like(x, 1, dtype)


def full_like(x: Any, fill_value: Any, dtype: Any = None) -> Tensor:
    """One value in the shape of `x`, of its dtype unless another is named, on its backend.

    Example:
        >>> ops.full_like([0.5, 2.0], 3).tolist()
        [3.0, 3.0]
    """
    tensor = as_tensor(x)
    return _constant(tensor.shape, fill_value, dtype or tensor.dtype, tensor.backend)


def empty_like(x: Any, dtype: Any = None) -> Tensor:
    """A tensor in the shape of `x` whose elements do not matter: zeros here.

    Example:
        >>> ops.empty_like([0.5, 2.0]).shape
        (2,)
    """
    return zeros_like(x, dtype)


def arange(start: Any, stop: Any = None, step: Any = None, dtype: Any = None) -> Tensor:
    """The numbers `start`, `start + step`, ... before `stop`; from 0 if only one is given.

    Args:
        start: the first number; the end, if `stop` is None.
        stop: the end, which is not reached.
        step: 1 if None.
        dtype: int32 for integers and float32 for floats, if None.

    Raises:
        ValueError: for a step of zero.

    Example:
        >>> ops.arange(2, 10, 3).tolist()
        [2, 5, 8]
    """
    given = [x for x in (start, stop, step) if x is not None]
    name = dtypes.standardize_dtype(dtype) if dtype else dtypes.result_type(*map(weak_dtype, given))
    if stop is None:
        start, stop = 0, start
    step = 1 if step is None else step
    first, end, by = (x.item() if hasattr(x, "item") else x for x in (start, stop, step))
    if by == 0:
        raise ValueError(f"Expected a step other than 0. Received: step={step}")
    size = max(math.ceil((end - first) / by), 0)
    if name == "bool":
        return as_tensor(iota(first, by, size, "int32"), name)
    return iota(start, step, size, name)


def _coordinates(
    rows: int, columns: int | None, k: int, backend: Backend | None = None
) -> tuple[Tensor, Tensor]:
    """The diagonal that each row crosses, as a column; the columns' numbers, as a row."""
    rows, width = normalize_shape((rows, rows if columns is None else columns))
    diagonal = ops.reshape(iota(k, 1, rows, "int32", backend), (rows, 1))
    return diagonal, iota(0, 1, width, "int32", backend)


def eye(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Tensor:  # noqa: N803
    """A matrix with ones on its `k`-th diagonal, and zeros elsewhere.

    Args:
        N: rows.
        M: columns; `N` if None.
        k: 0 is the main diagonal, positive ones lie above it.
        dtype: float32 if None.

    Example:
        >>> ops.eye(2).tolist()
        [[1.0, 0.0], [0.0, 1.0]]
    """
    row, column = _coordinates(N, M, k)
    return ops.cast(ops.equal(row, column), dtype or dtypes.WEAK["float"])


def identity(n: int, dtype: Any = None) -> Tensor:
    """The identity matrix of `n` rows.

    Example:
        >>> ops.identity(2).tolist()
        [[1.0, 0.0], [0.0, 1.0]]
    """
    return eye(n, dtype=dtype)


def tri(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Tensor:  # noqa: N803
    """A matrix with ones on and below its `k`-th diagonal, and zeros above.

    Example:
        >>> ops.tri(2).tolist()
        [[1.0, 0.0], [1.0, 1.0]]
    """
    row, column = _coordinates(N, M, k)
    return ops.cast(ops.less_equal(column, row), dtype or dtypes.WEAK["float"])


def _triangle(x: Any, k: int, lower: bool) -> Tensor:
    tensor = as_tensor(x)
    if tensor.ndim < 2:
        raise ValueError(f"Expected at least two axes. Received: shape={tensor.shape}")
    row, column = _coordinates(tensor.shape[-2], tensor.shape[-1], k, tensor.backend)
    kept = ops.less_equal(column, row) if lower else ops.less_equal(row, column)
    return ops.where(kept, tensor, ops.zeros_like(tensor))


def tril(x: Any, k: int = 0) -> Tensor:
    """The lower triangle: zeros above the `k`-th diagonal of the last two axes.

    Raises:
        ValueError: for less than two axes.

    Example:
        >>> ops.tril([[1, 2], [3, 4]]).tolist()
        [[1, 0], [3, 4]]
    """
    return _triangle(x, k, lower=True)


def triu(x: Any, k: int = 0) -> Tensor:
    """The upper triangle: zeros below the `k`-th diagonal of the last two axes.

    Raises:
        ValueError: for less than two axes.

    Example:
        >>> ops.triu([[1, 2], [3, 4]]).tolist()
        [[1, 2], [0, 4]]
    """
    return _triangle(x, k, lower=False)


def meshgrid(*x: Any, indexing: str = "xy") -> list[Tensor]:
    """Coordinate tensors of the grid that vectors span: one tensor a vector.

    Args:
        *x: vectors or scalars.
        indexing: `"xy"` has the first vector along the second axis, `"ij"` along the first.

    Raises:
        ValueError: for another `indexing`, or tensors with more than one axis.

    Example:
        >>> [t.tolist() for t in ops.meshgrid([1, 2], [3, 4])]
        [[[1, 2], [1, 2]], [[3, 3], [4, 4]]]
    """
    if indexing not in ("xy", "ij"):
        raise ValueError(f"Expected indexing 'xy' or 'ij'. Received: indexing={indexing!r}")
    vectors = [as_tensor(one) for one in x]
    if any(vector.ndim > 1 for vector in vectors):
        raise ValueError(f"Expected vectors. Received: {[vector.shape for vector in vectors]}")
    places = list(range(len(vectors)))
    if indexing == "xy" and len(vectors) > 1:
        places[:2] = [1, 0]
    shape = [1] * len(vectors)
    for place, vector in zip(places, vectors, strict=True):
        shape[place] = vector.size
    grids = []
    for place, vector in zip(places, vectors, strict=True):
        along = tuple(vector.size if i == place else 1 for i in range(len(vectors)))
        grids.append(ops.broadcast_to(ops.reshape(vector, along), shape))
    return grids
