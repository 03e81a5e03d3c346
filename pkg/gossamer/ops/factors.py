"""Factors of matrices: Cholesky, QR, and LU with partial pivoting.

Their gradients solve triangular systems with the factors, which are there already.
"""

from math import prod
from typing import Any

import numpy as np

from gossamer import ops
from gossamer.core.primitive import NO_GRADIENT, Host, Primitive, bind
from gossamer.kernel.spec import TensorSpec
from gossamer.ops.linear_algebra import (
    SEQUENTIAL,
    identity_for,
    in_parts,
    numerically,
    packed,
    packed_shape,
    real_matrices,
    symmetric_part,
    transposed,
)
from gossamer.tensor import Tensor


def _from_right(x: Tensor, upper: Tensor) -> Tensor:
    """`x @ upper^-T`, of an upper triangle."""
    return transposed(ops.solve_triangular(upper, transposed(x)))


def _cholesky_vjp(g: Tensor, out: Tensor, x: Tensor) -> Tensor:
    # Seeger, Hetzel, Dai, Meissner and Lawrence, Auto-differentiating linear algebra (2017). It is
    # not symmetric yet: the symmetric part of the input, taken before, makes it so.
    product = ops.matmul(transposed(out), g)
    inner = 0.5 * ops.tril(product) + 0.5 * ops.tril(product, -1)
    upper = transposed(out)
    return transposed(ops.solve_triangular(upper, transposed(ops.solve_triangular(upper, inner))))


_cholesky = Primitive(
    name="cholesky",
    shape=lambda x: x,
    reference=numerically(np.linalg.cholesky),
    vjp=(_cholesky_vjp,),
    lower=Host(SEQUENTIAL),
)


def cholesky(x: Any, upper: bool = False) -> Tensor:
    """The Cholesky factor of symmetric, positive definite matrices: `x = l @ l^T`.

    The symmetric part of `x` counts.

    Args:
        x: of shape (..., m, m).
        upper: whether the upper triangle `l^T` is wanted in place of the lower one, `l`.

    Raises:
        ValueError: for matrices that are not square, or not positive definite.

    Example:
        >>> ops.cholesky([[4.0, 2.0], [2.0, 2.0]]).tolist()
        [[2.0, 0.0], [1.0, 1.0]]
    """
    tensor = real_matrices(x, square=True)
    lower = bind(_cholesky, symmetric_part(tensor))
    return transposed(lower) if upper else lower


def _orthogonal_shape(x: TensorSpec, complete: bool) -> TensorSpec:
    rows, columns = x.shape[-2:]
    return TensorSpec((*x.shape[:-1], rows if complete else min(rows, columns)), x.dtype)


def _orthogonal_vjp(g: Tensor, out: Tensor, x: Tensor, complete: bool) -> Tensor:
    # Walter and Lehmann, Algorithmic differentiation of linear algebra functions with application
    # in optimum experimental design (2010), in the form that serves both modes: with q^T dq = w,
    # antisymmetric, the part of w below the diagonal is that of q^T dx r^-1. Columns that complete
    # the basis turn no further than they must.
    columns = x.shape[-1]
    product = ops.matmul(transposed(out), g)
    turn = ops.tril(product - transposed(product), -1)
    # The second summand is what leaves the space of q; rounding errors, if there is no outside.
    left = ops.matmul(out, turn) + (g - ops.matmul(out, product))
    upper = ops.triu(ops.matmul(transposed(out[..., :columns]), x))
    return _from_right(left[..., :columns], upper)


_orthogonal = Primitive(
    name="orthogonal_factor",
    shape=_orthogonal_shape,
    reference=numerically(
        lambda x, complete: np.linalg.qr(x, "complete" if complete else "reduced")[0]
    ),
    vjp=(_orthogonal_vjp,),
    lower=Host(SEQUENTIAL),
)


def qr(x: Any, mode: str = "reduced") -> tuple[Tensor, Tensor]:
    """The product of an orthogonal matrix and an upper triangle: `x = q @ r`.

    Its gradient is defined where the first min(m, n) columns of `x` are independent. In mode
    "complete" that of the columns of `q` past n is one of many: use it for what all bases of the
    same space have in common.

    Args:
        x: of shape (..., m, n).
        mode: "reduced" for q of shape (..., m, k) and r of shape (..., k, n), where k is the
            lesser of m and n; "complete" for (..., m, m) and (..., m, n).

    Raises:
        TypeError: for half floats.
        ValueError: for fewer than two axes, or an unknown mode.

    Example:
        >>> q, r = ops.qr([[3.0, 1.0], [4.0, 1.0]])
        >>> [[round(x, 4) for x in row] for row in r.tolist()]
        [[-5.0, -1.4], [0.0, -0.2]]
    """
    if mode not in ("reduced", "complete"):
        raise ValueError(f"Expected mode 'reduced' or 'complete'. Received: mode={mode!r}")
    tensor = real_matrices(x)
    # Of a wide matrix the first columns alone decide; its other columns only turn with them.
    leading = tensor[..., : min(tensor.shape[-2:])]
    q = bind(_orthogonal, leading, complete=mode == "complete")
    return q, ops.triu(ops.matmul(transposed(q), tensor))


def _eliminated(x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Both triangles, which row was taken at each step, and the order that the rows end in."""
    rows, columns = x.shape[-2:]
    steps = min(rows, columns)
    batch = x.shape[:-2]
    triangles = x.reshape((prod(batch), rows, columns)).astype(np.result_type(x, np.float64))
    order = np.tile(np.arange(rows), (len(triangles), 1))
    pivots = np.zeros((len(triangles), steps), int)
    each = np.arange(len(triangles))
    for k in range(steps):
        taken = k + np.argmax(np.abs(triangles[:, k:, k]), -1)
        pivots[:, k] = taken
        for array in (triangles, order):
            array[each, taken], array[:, k] = array[:, k].copy(), array[each, taken]
        pivot = triangles[:, k, k, None]
        # A column of zeros needs no elimination.
        below = triangles[:, k + 1 :, k] / np.where(pivot == 0, 1, pivot)
        triangles[:, k + 1 :, k] = below
        triangles[:, k + 1 :, k + 1 :] -= below[:, :, None] * triangles[:, k, None, k + 1 :]
    return (
        triangles.reshape(x.shape).astype(x.dtype),
        pivots.reshape((*batch, steps)),
        order.reshape((*batch, rows)),
    )


def _lu_shapes(x: TensorSpec | Tensor) -> list[tuple[int, ...]]:
    rows, columns = x.shape[-2:]
    return [(rows, columns), (min(rows, columns),), (rows,)]


def _lu_rule(g: Tensor, results: tuple[Tensor, ...], x: Tensor) -> Tensor:
    """Of the rows in their order, which is constant where the pivots stay the same.

    De Hoog, Anderssen and Lukas, Differentiation of matrix functionals using triangular
    factorization (2011). Beyond the square part, rows are `l2 = a2 u^-1` and columns
    `u2 = l^-1 a2`, of which it takes the gradients as those of solutions.
    """
    triangles, _, order = results
    k = min(x.shape[-2:])
    square = triangles[..., :k, :k]
    lower = ops.tril(square, -1) + identity_for(square)
    upper, lower_turned = ops.triu(square), transposed(lower)
    g_rows, g_columns = g[..., k:, :k], g[..., :k, k:]
    from_lower = ops.matmul(lower_turned, ops.tril(g[..., :k, :k], -1)) - ops.matmul(
        g_columns, transposed(triangles[..., :k, k:])
    )
    from_upper = ops.matmul(ops.triu(g[..., :k, :k]), transposed(upper)) - ops.matmul(
        transposed(triangles[..., k:, :k]), g_rows
    )
    inner = _from_right(ops.tril(from_lower, -1) + ops.triu(from_upper), upper)
    top = ops.solve_triangular(lower_turned, ops.concatenate([inner, g_columns], -1))
    beside = ops.zeros_like(triangles[..., k:, k:])
    bottom = ops.concatenate([_from_right(g_rows, upper), beside], -1)
    in_order = ops.concatenate([top, bottom], -2)
    back = ops.argsort(order, -1)
    return ops.take_along_axis(in_order, ops.expand_dims(back, -1), -2)


# With the order of the rows as the third result, for the gradient.
_lu = Primitive(
    name="lu",
    shape=lambda x: packed_shape(x, _lu_shapes(x)),
    reference=lambda x: packed(_eliminated(x), x.shape[:-2]),
    vjp=(NO_GRADIENT,),  # each result has its own, see `in_parts`
    lower=Host(SEQUENTIAL),
)


def lu_factor(x: Any) -> tuple[Tensor, Tensor]:
    """Lower and upper triangles, whose product is `x` with its rows in another order.

    Args:
        x: of shape (..., m, n).

    Returns:
        Both triangles in one matrix, of shape (..., m, n), without the ones on the diagonal of
        the lower one; and int32 pivots, of shape (..., min(m, n)): row i was exchanged with row
        `pivots[i]`, one after another.

    Raises:
        TypeError: for complex matrices.
        ValueError: for fewer than two axes.

    Example:
        >>> triangles, pivots = ops.lu_factor([[1.0, 3.0], [2.0, 4.0]])
        >>> triangles.tolist(), pivots.tolist()
        ([[2.0, 4.0], [0.5, 1.0]], [1, 1])
    """
    tensor = real_matrices(x, half=True)
    if tensor.dtype == "float16":
        tensor = ops.cast(tensor, "float32")
    rules = (_lu_rule, NO_GRADIENT, NO_GRADIENT)
    triangles, pivots, _ = in_parts(_lu, tensor, _lu_shapes(tensor), rules)
    return triangles, ops.cast(pivots, "int32")
