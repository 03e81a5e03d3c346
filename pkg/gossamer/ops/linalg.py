"""Products of matrices."""

import math
from typing import Any

import numpy as np

from gossamer import ops
from gossamer.core.primitive import Primitive, bind
from gossamer.kernel import expr, index
from gossamer.kernel.spec import COMPUTE_DTYPE, Contract, TensorSpec
from gossamer.ops import complex_numbers
from gossamer.ops.convert import promote
from gossamer.ops.elementwise import broadcast_shapes, sum_to_shape
from gossamer.tensor import Tensor


def _rows_and_columns(x: TensorSpec, transposed: bool) -> tuple[int, int]:
    rows, columns = x.shape[-2:]
    return (columns, rows) if transposed else (rows, columns)


def _matmul_shape(a: TensorSpec, b: TensorSpec, transpose_a: bool, transpose_b: bool) -> TensorSpec:
    rows, inner = _rows_and_columns(a, transpose_a)
    inner_b, columns = _rows_and_columns(b, transpose_b)
    if inner != inner_b:
        raise ValueError(
            "Expected as many columns on the left as rows on the right for matmul. "
            f"Received: x1.shape={a.shape}, x2.shape={b.shape}"
        )
    batch = broadcast_shapes(a.shape[:-2], b.shape[:-2])
    return TensorSpec((*batch, rows, columns), a.dtype)


def _matmul_reference(
    a: np.ndarray, b: np.ndarray, transpose_a: bool, transpose_b: bool
) -> np.ndarray:
    return np.matmul(
        np.swapaxes(a, -1, -2) if transpose_a else a, np.swapaxes(b, -1, -2) if transpose_b else b
    )


def _is_single(x: TensorSpec) -> bool:
    """Whether it is one matrix, and no batch of them."""
    return math.prod(x.shape[:-2]) == 1


def _matmul_lower(
    a: TensorSpec, b: TensorSpec, out: TensorSpec, transpose_a: bool, transpose_b: bool
) -> Contract:
    if _is_single(b) and not transpose_a and a.shape[-1] != 1 != out.shape[-1]:
        # One right operand for the whole batch: the batch is just more rows. (Rows of one element
        # lie side by side in memory, so that they are no rows.)
        a = TensorSpec((a.size // a.shape[-1], a.shape[-1]), a.dtype)
        b = TensorSpec(b.shape[-2:], b.dtype)
        out = TensorSpec((a.shape[0], out.shape[-1]), out.dtype)
    *batch, row, column = index.axes(len(out.shape))
    inner = expr.reduce_axis(0)
    dtype = COMPUTE_DTYPE[out.dtype]
    a_where = (inner, row) if transpose_a else (row, inner)
    b_where = (column, inner) if transpose_b else (inner, column)
    return Contract(
        inputs=(a, b),
        output=out,
        left=expr.load(0, (*index.broadcast(tuple(batch), a.shape[:-2]), *a_where), dtype),
        right=expr.load(1, (*index.broadcast(tuple(batch), b.shape[:-2]), *b_where), dtype),
        over=(a.shape[-2] if transpose_a else a.shape[-1],),
        epilogue=expr.accumulator(dtype),
    )


def _matmul(a: Tensor, b: Tensor, transpose_a: bool = False, transpose_b: bool = False) -> Tensor:
    return bind(_matmul_primitive, a, b, transpose_a=transpose_a, transpose_b=transpose_b)


def _as_rows(x: Tensor) -> Tensor:
    return ops.reshape(x, (math.prod(x.shape[:-1]), x.shape[-1]))


def _left_vjp(
    g: Tensor, out: Tensor, a: Tensor, b: Tensor, transpose_a: bool, transpose_b: bool
) -> Tensor:
    if transpose_a:
        gradient = _matmul(b, g, transpose_b, True)
    else:
        gradient = _matmul(g, b, False, not transpose_b)
    return sum_to_shape(gradient, a.shape)


def _right_vjp(
    g: Tensor, out: Tensor, a: Tensor, b: Tensor, transpose_a: bool, transpose_b: bool
) -> Tensor:
    if _is_single(b.spec) and not transpose_a:
        # One product that sums over the whole batch, as its rows.
        left, right = (g, a) if transpose_b else (a, g)
        return ops.reshape(_matmul(_as_rows(left), _as_rows(right), True), b.shape)
    if transpose_b:
        gradient = _matmul(g, a, True, transpose_a)
    else:
        gradient = _matmul(a, g, not transpose_a, False)
    return sum_to_shape(gradient, b.shape)


_matmul_primitive: Primitive = Primitive(
    name="matmul",
    shape=_matmul_shape,
    reference=_matmul_reference,
    vjp=(_left_vjp, _right_vjp),
    lower=_matmul_lower,
    of_complex=lambda a, b, **static: complex_numbers.bilinear(
        lambda x, y: _matmul(x, y, **static), a, b
    ),
)


def matmul(x1: Any, x2: Any) -> Tensor:
    """Product of matrices, or of batches: `out[..., i, j] = sum_k x1[..., i, k] * x2[..., k, j]`.

    A vector on the left is a row, one on the right a column, and its axis is dropped again.

    Args:
        x1: of shape (..., m, k) or (k,).
        x2: of shape (..., k, n) or (k,).

    Raises:
        ValueError: for scalars, unequal inner sizes, or batches that do not broadcast.

    Example:
        >>> ops.matmul([[1.0, 2.0]], [[3.0], [4.0]]).tolist()
        [[11.0]]
    """
    a, b = promote(x1, x2)
    if a.ndim == 0 or b.ndim == 0:
        raise ValueError(
            "Expected at least one axis for matmul. "
            f"Received: x1.shape={a.shape}, x2.shape={b.shape}"
        )
    if a.dtype == "bool":
        return ops.cast(matmul(ops.cast(a, "int32"), ops.cast(b, "int32")), "bool")
    if a.dtype == "int8":  # as Keras has it: a sum of so few bits would wrap around
        a, b = ops.cast(a, "int32"), ops.cast(b, "int32")
    left = ops.reshape(a, (1, *a.shape)) if a.ndim == 1 else a
    right = ops.reshape(b, (*b.shape, 1)) if b.ndim == 1 else b
    product = _matmul(left, right)
    shape = (
        product.shape[:-2] + product.shape[-2:-1] * (a.ndim > 1) + product.shape[-1:] * (b.ndim > 1)
    )
    return ops.reshape(product, shape)
