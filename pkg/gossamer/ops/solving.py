"""Systems of linear equations, and what is made of their solutions: inverses, least squares."""

from typing import Any

import numpy as np

from gossamer import ops
from gossamer.core import autodiff
from gossamer.core.primitive import ALIKE, Host, Primitive, bind
from gossamer.kernel.spec import TensorSpec
from gossamer.ops.convert import as_tensor, floating, promote
from gossamer.ops.elementwise import broadcast_shapes, sum_to_shape
from gossamer.ops.linear_algebra import (
    SEQUENTIAL,
    adjoint,
    identity_for,
    matrices,
    numerically,
    on_diagonal,
    real_matrices,
    transposed,
)
from gossamer.tensor import Tensor


def _solve_shape(a: TensorSpec, b: TensorSpec) -> TensorSpec:
    if a.shape[-1] != b.shape[-2]:
        raise ValueError(
            "Expected as many rows of `b` as `a` has columns. "
            f"Received: a.shape={a.shape}, b.shape={b.shape}"
        )
    batch = broadcast_shapes(a.shape[:-2], b.shape[:-2])
    return TensorSpec((*batch, *b.shape[-2:]), b.dtype)


def _right_side_vjp(g: Tensor, out: Tensor, a: Tensor, b: Tensor) -> Tensor:
    return sum_to_shape(_solve(adjoint(a), g), b.shape)


def _coefficients_vjp(g: Tensor, out: Tensor, a: Tensor, b: Tensor) -> Tensor:
    return sum_to_shape(-ops.matmul(_solve(adjoint(a), g), adjoint(out)), a.shape)


# The gradients are those of Giles, An extended collection of matrix derivative results for forward
# and reverse mode automatic differentiation (2008), section 2.3.1.
_solve_primitive = Primitive(
    name="solve",
    shape=_solve_shape,
    # With two axes at least, `b` holds matrices for NumPy, whatever `a` has.
    reference=numerically(np.linalg.solve),
    vjp=(_coefficients_vjp, _right_side_vjp),
    lower=Host(SEQUENTIAL),
    of_complex=ALIKE,
)


def _solve(a: Tensor, b: Tensor) -> Tensor:
    return bind(_solve_primitive, a, b)


def _system(a: Any, b: Any, half: bool = False) -> tuple[Tensor, Tensor]:
    """The two sides of a system of equations, in one floating dtype.

    Raises:
        TypeError: for half floats.
        ValueError: for shapes that do not fit.
    """
    left, right = promote(a, b)
    left, right = matrices(left, square=True, half=half), floating(right)
    if right.ndim == 0:
        raise ValueError(f"Expected at least one axis of `b`. Received: b.shape={right.shape}")
    # Keras's rule: for one matrix more it asks for as many columns.
    if left.ndim == right.ndim - 1 and left.shape[-1] != right.shape[-1]:
        raise ValueError(
            "Expected a `b` with as many columns as `a` where it has one axis more. "
            f"Received: a.shape={left.shape}, b.shape={right.shape}"
        )
    return left, right


def _solve_column(a: Tensor, b: Tensor) -> Tensor:
    return ops.squeeze(_solve(a, ops.expand_dims(b, -1)), -1)


def solve(a: Any, b: Any) -> Tensor:
    """The solution of a system of linear equations: `a @ x = b`.

    Args:
        a: coefficients, of shape (..., m, m).
        b: right-hand sides, of shape (m,) or (..., m, n).

    Raises:
        TypeError: for half floats.
        ValueError: for shapes that do not fit, and for singular coefficients.

    Example:
        >>> ops.solve([[2.0, 0.0], [0.0, 4.0]], [2.0, 2.0]).tolist()
        [1.0, 0.5]
    """
    left, right = _system(a, b)
    return _solve_column(left, right) if right.ndim == 1 else _solve(left, right)


def solve_triangular(a: Any, b: Any, lower: bool = False) -> Tensor:
    """The solution of `a @ x = b`, of the upper or lower triangle of `a` alone.

    Args:
        a: coefficients, of shape (..., m, m).
        b: right-hand sides, of shape (..., m) or (..., m, n).
        lower: which triangle to use; the other one is taken for zeros.

    Raises:
        ValueError: for shapes that do not fit, and for zeros on the diagonal.

    Example:
        >>> ops.solve_triangular([[2.0, 0.0], [1.0, 4.0]], [2.0, 9.0], lower=True).tolist()
        [1.0, 2.0]
    """
    left, right = _system(a, b, half=True)
    if left.dtype == "float16":
        wide = solve_triangular(ops.cast(left, "float32"), ops.cast(right, "float32"), lower)
        return ops.cast(wide, "float16")
    # NumPy has no routine of its own for triangles; eliminating in one changes nothing but pivots.
    left = ops.tril(left) if lower else ops.triu(left)
    if right.ndim == left.ndim - 1 or right.ndim == 1:
        return _solve_column(left, right)
    return _solve(left, right)


def inv(x: Any) -> Tensor:
    """The inverses of square matrices.

    Args:
        x: of shape (..., m, m).

    Raises:
        TypeError: for half floats.
        ValueError: for matrices that are not square, or singular.

    Example:
        >>> ops.inv([[2.0, 0.0], [0.0, 4.0]]).tolist()
        [[0.5, 0.0], [0.0, 0.25]]
    """
    tensor = matrices(x, square=True)
    return _solve(tensor, identity_for(tensor))


def cholesky_inverse(x: Any, upper: bool = False) -> Tensor:
    """The inverses of matrices that are given by their Cholesky factors `l`: `(l @ l^T)^-1`.

    Args:
        x: the factors, of shape (..., m, m).
        upper: whether they are upper triangles `u`, of matrices `u^T @ u`.

    Raises:
        ValueError: for matrices that are not square, or with zeros on the diagonal.

    Example:
        >>> ops.cholesky_inverse([[2.0, 0.0], [0.0, 1.0]]).tolist()
        [[0.25, 0.0], [0.0, 1.0]]
    """
    tensor = real_matrices(x, square=True, half=True)
    identity = ops.broadcast_to(identity_for(tensor), tensor.shape)
    inverse = solve_triangular(tensor, identity, lower=not upper)
    if upper:
        return ops.matmul(inverse, transposed(inverse))
    return ops.matmul(transposed(inverse), inverse)


def _precision(x: Tensor) -> float:
    """What singular values of rounding errors alone are in units of the largest one."""
    return float(max(x.shape[-2:]) * np.finfo(x.dtype).eps)


def pinv(x: Any, rcond: float | None = None) -> Tensor:
    """The pseudoinverses of matrices, of Moore and Penrose, by their singular values.

    Args:
        x: of shape (..., m, n).
        rcond: singular values up to so many times the largest one count as zero; if None, ten
            times what rounding makes of zeros.

    Returns:
        of shape (..., n, m).

    Raises:
        TypeError: for half floats.
        ValueError: for fewer than two axes.

    Example:
        >>> ops.pinv([[2.0], [0.0]]).tolist()
        [[0.5, 0.0]]
    """
    tensor = real_matrices(x)
    return _pseudoinverse(tensor, 10.0 * _precision(tensor) if rcond is None else rcond)


def _pseudoinverse(x: Tensor, rcond: Any) -> Tensor:
    def by_singular_values(x: Tensor) -> Tensor:
        if 0 in x.shape:
            return ops.zeros_like(transposed(x))
        u, s, vh = ops.svd(x, full_matrices=False)
        least = ops.expand_dims(as_tensor(rcond, s.dtype, s.backend), -1) * s[..., :1]
        counts = ops.greater(s, least)
        inverse = ops.where(counts, 1.0 / ops.where(counts, s, 1.0), 0.0)
        return ops.matmul(transposed(vh) * on_diagonal(inverse), transposed(u))

    # As a whole, where the rank stays the same, and not through the singular vectors, which have
    # no gradients where singular values are equal: Golub and Pereyra, The differentiation of
    # pseudo-inverses and nonlinear least squares problems whose variables separate (1973).
    def rule(g: Tensor, out: Tensor, x: Tensor) -> Tensor:
        p, pt, gt = out, transposed(out), transposed(g)
        inside = ops.matmul(ops.matmul(pt, g), pt)
        rows = gt - ops.matmul(x, ops.matmul(p, gt))  # (1 - x p) g^T
        columns = gt - ops.matmul(ops.matmul(gt, p), x)  # g^T (1 - p x)
        return ops.matmul(ops.matmul(rows, p), pt) + ops.matmul(pt, ops.matmul(p, columns)) - inside

    return autodiff.with_rule(by_singular_values, rule)(x)


def lstsq(a: Any, b: Any, rcond: float | None = None) -> Tensor:
    """The `x` with the least `norm(a @ x - b)`, and of these the one with the least norm.

    Args:
        a: of shape (m, n).
        b: of shape (m,) or (m, k).
        rcond: singular values up to so many times the largest one count as zero; if None, what
            rounding makes of zeros does.

    Raises:
        TypeError: for half floats.
        ValueError: for shapes that do not fit.

    Example:
        >>> [round(x, 4) for x in ops.lstsq([[1.0], [1.0]], [1.0, 3.0]).tolist()]
        [2.0]
    """
    left, right = promote(a, b)
    left, right = real_matrices(left), floating(right)
    if left.ndim != 2 or right.ndim not in (1, 2) or left.shape[0] != right.shape[0]:
        raise ValueError(
            "Expected a matrix `a`, and a vector or matrix `b` with as many rows. "
            f"Received: a.shape={left.shape}, b.shape={right.shape}"
        )
    inverse = _pseudoinverse(left, _precision(left) if rcond is None else rcond)
    return ops.matmul(inverse, right)


def matrix_rank(x: Any, tol: float | None = None) -> Tensor:
    """The ranks of matrices, int32: how many singular values exceed `tol`.

    Args:
        x: of shape (..., m, n).
        tol: the bound; if None, what rounding makes of zeros, in units of the largest singular
            value.

    Raises:
        TypeError: for half floats.
        ValueError: for fewer than two axes.

    Example:
        >>> ops.matrix_rank([[1.0, 2.0], [2.0, 4.0]]).item()
        1
    """
    tensor = real_matrices(x)
    s = ops.svd(tensor, compute_uv=False)
    if tol is None:
        bound = s[..., :1] * _precision(tensor) if s.shape[-1] else 0.0
    else:
        bound = ops.expand_dims(as_tensor(tol, s.dtype, s.backend), -1)
    return ops.sum(ops.cast(ops.greater(s, bound), "int32"), -1)
