"""The table's rows of linear algebra: factors, spectra, determinants, solutions, norms.

Matrices are given where a gradient must be a limit: with spectra far apart, far from singular. What
depends on a choice of bases is compared in test_linalg.py, by what all of them have in common.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.ops.expected import row
from tests.ops.record import Record, f, i, v

GENERATOR = np.random.default_rng(4)


def rotation(size: int) -> np.ndarray:
    """An orthogonal matrix."""
    return np.linalg.qr(GENERATOR.normal(size=(size, size)))[0]


def with_values(rows: int, columns: int, *values: float) -> np.ndarray:
    """A matrix with these singular values."""
    middle = np.zeros((rows, columns))
    np.fill_diagonal(middle, values)
    return rotation(rows) @ middle @ rotation(columns)


def symmetric(*values: float) -> np.ndarray:
    """A symmetric matrix with these eigenvalues."""
    vectors = rotation(len(values))
    product = (vectors * values) @ vectors.T
    return (product + product.T) / 2


POSITIVE = symmetric(0.5, 1.0, 2.5, 4.0)
POSITIVES = np.stack([[symmetric(1.0, 2.0, 4.0), symmetric(0.5, 3.0, 5.0)]] * 3)
SQUARE = with_values(4, 4, 3.0, 2.0, 1.0, 0.5)
SQUARES = np.stack([with_values(3, 3, 3.0, 2.0, 1.0), with_values(3, 3, 4.0, 1.5, 0.5)])
TALL, WIDE = with_values(5, 3, 3.0, 2.0, 0.5), with_values(2, 4, 2.0, 1.0)
TALLS = np.stack([with_values(4, 2, 3.0, 1.0), with_values(4, 2, 2.0, 0.5)])
# Of rank 2, though it has three columns.
FLAT = with_values(4, 3, 2.0, 1.0, 0.0)
TRIANGLE = np.array([[2.0, 7.0, 7.0], [1.0, -1.5, 7.0], [-0.5, 0.5, 3.0]])
ZEROS = np.array([[0.0, 0.0, 0.0], [3.0, 0.0, -4.0]])
LOOSE: dict[str, Any] = {"rtol": 1e-4, "atol": 1e-5}


def _solved(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.linalg.solve(a, b[..., None])[..., 0] if b.ndim < a.ndim else np.linalg.solve(a, b)


def _triangle(a: np.ndarray, b: np.ndarray, lower: bool = False) -> np.ndarray:
    return _solved(np.tril(a) if lower else np.triu(a), b)


def _cholesky_inverse(x: np.ndarray, upper: bool = False) -> np.ndarray:
    factor = np.swapaxes(np.triu(x), -1, -2) if upper else np.tril(x)
    return np.linalg.inv(factor @ np.swapaxes(factor, -1, -2))


def _lu(x: np.ndarray) -> list[np.ndarray]:
    """Row by row, as it stands in textbooks."""
    if x.ndim > 2:
        parts = [_lu(one) for one in x]
        return [np.stack([part[k] for part in parts]) for k in range(2)]
    x, pivots = x.copy(), []
    for k in range(min(x.shape)):
        taken = k + int(np.argmax(np.abs(x[k:, k])))
        pivots.append(taken)
        x[[k, taken]] = x[[taken, k]]
        for row_below in range(k + 1, len(x)):
            factor = x[row_below, k] / x[k, k]
            x[row_below, k:] -= factor * x[k, k:]
            x[row_below, k] = factor
    return [x, np.array(pivots)]


def _rank(x: np.ndarray, tol: Any = None) -> np.ndarray:
    # As of float32: those of float64 have a smaller error.
    least = tol if tol is not None else 1e-6 * np.linalg.norm(x, 2, (-2, -1))
    return np.linalg.matrix_rank(x, tol=least)


FACTORED = [
    *(row("cholesky", v(x), expected=np.linalg.cholesky, **LOOSE)
      for x in (POSITIVE, POSITIVES, [[4.0]])),
    row("cholesky", v(POSITIVES), upper=True, expected=np.linalg.cholesky, **LOOSE),
    row("cholesky", f(2, 0, 0), expected=np.linalg.cholesky),
    *(row("cholesky_inverse", v(x), upper=upper, expected=_cholesky_inverse, **LOOSE)
      for x in (TRIANGLE, np.stack([TRIANGLE, TRIANGLE.T])) for upper in (False, True)),
    *(row("qr", v(x), expected=lambda x, mode="reduced": list(np.linalg.qr(x, mode)), **LOOSE)
      for x in (SQUARE, SQUARES, TALL, WIDE, TALLS)),
    *(row("qr", v(x), mode="complete", gradients=gradients, **LOOSE,
          expected=lambda x, mode: list(np.linalg.qr(x, mode)))
      for x, gradients in ((SQUARE, None), (WIDE, None), (TALL, ()))),
    *(row("lu_factor", v(x), expected=_lu, dtype="float32 int32", gradients=(0,), **LOOSE)
      for x in (SQUARE, SQUARES, TALL, WIDE, TALLS, [[4.0]])),
]  # fmt: skip

SPECTRA = [
    *(row("eigh", v(x), expected=lambda x: list(np.linalg.eigh(x)), **LOOSE)
      for x in (POSITIVE, POSITIVES, symmetric(-2.0, 0.0, 1.0), [[3.0]])),
    *(row("svd", v(x), full_matrices=False, expected=lambda x, full_matrices: list(
          np.linalg.svd(x, full_matrices)), **LOOSE) for x in (SQUARE, SQUARES, TALL, WIDE, TALLS)),
    *(row("svd", v(x), expected=lambda x: list(np.linalg.svd(x)), gradients=gradients, **LOOSE)
      for x, gradients in ((SQUARE, None), (TALL, ()), (WIDE, ()))),
    *(row("svd", v(x), compute_uv=False, **LOOSE,
          expected=lambda x, compute_uv: np.linalg.svd(x, compute_uv=False))
      for x in (SQUARE, TALL, WIDE, TALLS)),
    row("svd", f(2, 0, 3), compute_uv=False,
        expected=lambda x, compute_uv: np.linalg.svd(x, compute_uv=False)),
    # Of numbers that come out exactly; of others see test_linalg.py.
    row("eig", v([[[2.0, 0.0], [0.0, -3.0]], [[1.0, 0.0], [0.0, 0.0]]]), dtype="complex64",
        expected=lambda x: list(np.linalg.eig(x))),
    row("matrix_rank", v(FLAT), dtype="int32", expected=_rank),
    row("matrix_rank", v(TALLS), dtype="int32", expected=_rank),
    row("matrix_rank", v(SQUARES), tol=0.75, dtype="int32", expected=_rank),
    *(row("pinv", v(x), expected=lambda x: np.linalg.pinv(x, 1e-6), **LOOSE)
      for x in (SQUARE, TALL, WIDE, TALLS, rotation(3))),
    row("pinv", v(SQUARES), rcond=0.4, expected=np.linalg.pinv, gradients=(), **LOOSE),
    *(row("lstsq", v(x), f(*shape), **LOOSE,
          expected=lambda a, b, **static: np.linalg.lstsq(a, b, **static)[0])
      for x, shape in ((TALL, (5,)), (WIDE, (2, 3)), (SQUARE, (4, 1)))),
    row("lstsq", v(FLAT), f(4), rcond=1e-3, gradients=(1,), **LOOSE,
        expected=lambda a, b, **static: np.linalg.lstsq(a, b, **static)[0]),
]  # fmt: skip

SOLVED = [
    *(row("solve", v(a), f(*shape), expected=np.linalg.solve, **LOOSE) for a, shape in [
        (SQUARE, (4,)), (SQUARE, (4, 3)), (SQUARES, (2, 3, 4)), (SQUARES, (3, 2)), (SQUARES, (3,)),
        (SQUARES[:1], (5, 3, 2)), (SQUARES, (1, 3, 2)), (SQUARES[:, None], (2, 3, 1)),
    ]),
    row("solve", v(SQUARE), i(4), expected=np.linalg.solve, **LOOSE),
    *(row("solve_triangular", v(a), f(*shape), lower=lower, expected=_triangle, **LOOSE)
      for lower in (False, True) for a, shape in [
        (TRIANGLE, (3,)), (TRIANGLE, (3, 2)), (np.stack([TRIANGLE, TRIANGLE + 1]), (2, 3)),
        (np.stack([TRIANGLE, TRIANGLE + 1]), (2, 3, 4)),
    ]),
    *(row("inv", v(x), expected=np.linalg.inv, **LOOSE) for x in (SQUARE, SQUARES, [[4.0]])),
    row("inv", f(0, 0), expected=np.linalg.inv),
    *(row("det", v(x), expected=np.linalg.det, **LOOSE)
      for x in (SQUARE, SQUARES, [[4.0]], -POSITIVE)),
    row("det", f(2, 0, 0), expected=np.linalg.det),
    *(row(op, v(x), expected=expected, **LOOSE)
      for op, expected in (("slogdet", lambda x: list(np.linalg.slogdet(x))),
                           ("logdet", lambda x: np.linalg.slogdet(x)[1]))
      for x in (SQUARE, SQUARES, -POSITIVES[:, :, :3])),
]  # fmt: skip

NORMS: list[Record] = [
    *(row("norm", f(*shape), expected=np.linalg.norm, **LOOSE)
      for shape in ((7,), (3, 5), (2, 3, 4), (), (0,), (33, 65))),
    *(row("norm", f(2, 3, 5), ord=order, axis=axis, keepdims=keepdims, expected=np.linalg.norm,
          **LOOSE)
      for order in (None, 2, 1, 3, 0.5, 1.5, -1, -2.5, float("inf"), -float("inf"), 0)
      for axis, keepdims in ((1, False), (-1, True))),
    *(row("norm", v(x), ord=order, expected=np.linalg.norm, **LOOSE)
      for order in (None, "fro", "nuc", 1, -1, 2, -2, float("inf"), -float("inf"))
      for x in (TALL, WIDE)),
    *(row("norm", v(np.moveaxis(TALLS, 0, 1)), ord=order, axis=axis, keepdims=keepdims, **LOOSE,
          expected=np.linalg.norm)
      for order in ("fro", "nuc", 1, 2, float("inf"))
      for axis, keepdims in (((0, 2), False), ((-1, 0), True))),
    # Zero vectors have the gradient 0, which is no limit.
    *(row("norm", v(ZEROS), ord=order, axis=1, expected=np.linalg.norm, gradients=(), **LOOSE)
      for order in (None, 1, 2, 3, -1, 0, float("inf"))),
    row("norm", i(3, 5), dtype="float32", expected=np.linalg.norm, **LOOSE),
]  # fmt: skip

LINALG = [*FACTORED, *SPECTRA, *SOLVED, *NORMS]
