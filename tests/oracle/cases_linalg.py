"""Cases of linear algebra: products, factors, spectra, determinants, solutions, norms, `jvp`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tests.ops.record import Input
from tests.ops.records_linalg import (
    FLAT,
    POSITIVE,
    POSITIVES,
    SQUARE,
    SQUARES,
    TALL,
    TALLS,
    TRIANGLE,
    WIDE,
    symmetric,
)
from tests.oracle.case import Case, Function, case, near
from tests.oracle.generate import DTYPES, MIXED, f, of, v

INF, NAN = float("inf"), float("nan")
SCALARS_AND_VECTORS = ((), (3,))
NOT_SQUARE = ((3, 0), (0, 3), (2, 3), (2, 4, 3))
# Integers of which every dtype can hold the multiples, and whose factors are far from rounding.
WHOLE = np.array([[4, 1, 0], [1, 5, 2], [0, 2, 6]])


def whole(dtype: str) -> Input:
    """A positive definite matrix; of bools the identity."""
    return v(np.eye(3) > 0 if dtype == "bool" else WHOLE, dtype)


def of_matrices(op: str, given: Sequence[Any], square: bool = True, **kwargs: Any) -> list[Case]:
    """Of a function of matrices: the given ones, dtypes, empty ones, mistakes."""
    return [
        *(case(op, v(x), **kwargs) for x in given),
        *(case(op, whole(dtype), **kwargs) for dtype in DTYPES),
        case(op, v([[3.0]]), **kwargs),
        *(case(op, f(*shape), **kwargs) for shape in ((0, 0), (2, 0, 0))),
        *(case(op, f(*shape), **kwargs) for shape in SCALARS_AND_VECTORS),
        *(case(op, f(*shape), **kwargs) for shape in (NOT_SQUARE if square else NOT_SQUARE[:2])),
        case(op, "no number", **kwargs),
    ]


def systems(op: str, a: Any, batch: Any, **kwargs: Any) -> list[Case]:
    """Of a function that solves equations: vectors, matrices, batches, dtypes, mistakes."""
    return [
        *(case(op, v(a), f(*shape), **kwargs)
          for shape in ((3,), (3, 1), (3, 4), (3, 0), (2, 3, 3), (2, 3, 4), (4,), (4, 2), ())),
        *(case(op, v(batch), f(*shape), **kwargs)
          for shape in ((2, 3, 4), (2, 3, 1), (1, 3, 2), (3,), (3, 4), (2, 3), (2, 4), (2, 4, 3),
                        (4, 3, 2))),
        *(case(op, v([batch] * 4), f(*shape), **kwargs) for shape in ((4, 2, 3), (4, 2, 3, 5))),
        *(case(op, whole(dtype), of(dtype, 3, 2), **kwargs) for dtype in DTYPES),
        *(case(op, whole(one), of(other, 3), **kwargs) for one, other in MIXED),
        *(case(op, f(*shape), f(3), **kwargs) for shape in ((), (3,), (2, 3), (3, 2), (2, 4, 3))),
        *(case(op, f(0, 0), f(*shape), **kwargs) for shape in ((0,), (0, 2))),
        case(op, a.tolist(), [1.0, 2.0, 3.0], **kwargs),
        case(op, "no number", f(3), **kwargs),
        case(op, v(a), "no number", **kwargs),
    ]  # fmt: skip


def _product(*parts: np.ndarray) -> list[np.ndarray]:
    """What the factors make, and how large their numbers are: signs of columns are free."""
    *_, last = parts
    product = parts[0]
    for part in parts[1:]:
        product = product @ part
    return [product, np.abs(last)]


def _of_qr(q: np.ndarray, r: np.ndarray) -> list[np.ndarray]:
    count = min(q.shape[-2], r.shape[-1])
    return [*_product(q, r), np.abs(q[..., :count])]


def _of_eigen(values: np.ndarray, vectors: np.ndarray) -> list[np.ndarray]:
    """Eigenvalues in an order of their own, with the absolute values of the vectors so."""
    order = np.lexsort((np.round(values.imag, 3), np.round(values.real, 3)), -1)
    norms = np.linalg.norm(vectors, axis=-2, keepdims=True)
    columns = np.take_along_axis(vectors / norms, order[..., None, :], -1)
    return [np.take_along_axis(values, order, -1), np.abs(columns)]


def _of_svd(*parts: np.ndarray) -> list[np.ndarray]:
    if len(parts) == 1:
        return list(parts)
    u, s, vh = parts
    count = s.shape[-1]
    product = (u[..., :count] * s[..., None, :]) @ vh[..., :count, :]
    return [s, product, np.abs(u[..., :count]), np.abs(vh[..., :count, :])]


GENERAL = (SQUARE, SQUARES, np.stack([SQUARES] * 3))
RECTANGLES = (*GENERAL, TALL, WIDE, TALLS, FLAT)
COMPLEX_PAIR = np.array([[1.0, -2.0, 0.0], [2.0, 1.0, 0.0], [0.0, 0.0, 3.0]])
SINGULAR = np.array([[1.0, 2.0], [2.0, 4.0]])

FACTORS = [
    *(one for upper in (False, True) for one in of_matrices(
        "cholesky", (POSITIVE, POSITIVES, -POSITIVE, SQUARE + 4 * np.eye(4)), upper=upper)),
    *(one for upper in (False, True) for one in of_matrices(
        "cholesky_inverse", (TRIANGLE, [TRIANGLE, TRIANGLE + 1], np.zeros((2, 2))), upper=upper)),
    *(one for mode in ("reduced", "complete") for one in near(
        of_matrices("qr", RECTANGLES[:-1], square=False, mode=mode), canonical=_of_qr)),
    *near([case("qr", f(2, 3, 0), mode=mode) for mode in ("reduced", "complete")]),
    case("qr", v(SQUARE), mode="raw"),
    case("qr", v(SQUARE), "r"),
    *of_matrices("lu_factor", (*RECTANGLES[:-1], SINGULAR, np.zeros((2, 2)),
                               [[0.0, 1.0], [1.0, 0.0]]), square=False),
]  # fmt: skip

SPECTRA = [
    *near(of_matrices("eig", (POSITIVE, POSITIVES, COMPLEX_PAIR, [COMPLEX_PAIR, TRIANGLE])),
          canonical=_of_eigen),
    *near(of_matrices("eigh", (POSITIVE, POSITIVES, symmetric(-3.0, -1.0, 0.0, 2.0), TRIANGLE,
                               [[1.0, NAN], [NAN, 1.0]])), canonical=_of_eigen),
    *near([*(one for static in ({}, {"full_matrices": False}, {"compute_uv": False})
             for one in of_matrices("svd", RECTANGLES[:-1], square=False, **static)),
           case("svd", v(TALL), False, False), case("svd", f(2, 3, 0)),
           case("svd", v([[1.0, NAN], [0.0, 1.0]]))], canonical=_of_svd),
    *of_matrices("matrix_rank", (*RECTANGLES, SINGULAR, np.eye(4), np.zeros((2, 3))),
                 square=False),
    *(case("matrix_rank", v(SQUARES), tol=tol) for tol in (0.75, 1.25, 10.0)),
    case("matrix_rank", v(SQUARES), tol=[1.75, 0.25]),
    case("matrix_rank", f(2, 3, 0)),
]  # fmt: skip

DETERMINANTS = [
    one for op in ("det", "slogdet", "logdet")
    for one in of_matrices(op, (*GENERAL, SINGULAR, -POSITIVE, POSITIVES, np.zeros((2, 2)),
                                [[1.0, NAN], [1.0, 1.0]]))
]  # fmt: skip

SOLUTIONS = [
    *systems("solve", SQUARES[0], SQUARES),
    *(one for lower in (False, True) for one in systems(
        "solve_triangular", TRIANGLE, np.stack([TRIANGLE, TRIANGLE + 1]), lower=lower)),
    *(case(op, v(np.zeros((3, 3))), f(3)) for op in ("solve", "solve_triangular")),
    *of_matrices("inv", (*GENERAL, np.zeros((2, 2)))),
    *of_matrices("pinv", (*RECTANGLES, SINGULAR, np.zeros((2, 3))), square=False),
    *(case("pinv", v(x), rcond=rcond) for x in (SQUARES, TALL) for rcond in (0.4, 1e-3)),
    case("pinv", f(2, 3, 0)),
    *(case("lstsq", v(a), f(*shape)) for a, shape in [
        (TALL, (5,)), (TALL, (5, 2)), (WIDE, (2,)), (WIDE, (2, 3)), (SQUARE, (4,)),
        (SQUARE, (4, 0)), (TALLS, (2, 4)), (TALLS, (2, 4, 3)), (TALL, (4,)), (TALL, (4, 2)),
        (TALL, ()), (TALL, (2, 5, 2)), ([1.0, 2.0], (2,)), (SINGULAR, (2,)),
    ]),
    *(case("lstsq", v(FLAT), f(4, 2), rcond=rcond) for rcond in (1e-3, 0.7)),
    *(case("lstsq", f(*a), f(*b)) for a, b in (((0, 0), (0,)), ((0, 0), (0, 2)), ((3, 0), (3,)),
                                               ((0, 3), (0, 2)))),
    *(case("lstsq", whole(dtype), of(dtype, 3, 2)) for dtype in DTYPES),
    *(case("lstsq", whole(one), of(other, 3)) for one, other in MIXED),
    case("lstsq", [[1.0, 2.0], [3.0, 5.0]], [1.0, 2.0]),
    case("lstsq", "no number", f(2)),
]  # fmt: skip

ORDERS = (None, "fro", "nuc", 0, 1, -1, 2, -2, 3, 0.5, -3, INF, -INF, "x")
NORMS = [
    *(case("norm", f(*shape), ord=order) for order in ORDERS
      for shape in ((), (5,), (3, 4), (2, 3, 4), (0,), (0, 3))),
    *(case("norm", f(2, 3, 4), ord=order, axis=axis) for order in ORDERS
      for axis in (1, -1, (1,), (0, 2), (-1, 0), (0, 1, 2), (1, 1), 3, (0, 3), [0, 1], "x")),
    *(case("norm", f(2, 3, 4), ord=order, axis=axis, keepdims=True) for order in ORDERS
      for axis in (None, 1, (-1, 0))),
    *(case("norm", f(0, 3), ord=order, axis=axis) for order in ORDERS for axis in (0, 1)),
    *(case("norm", of(dtype, 3, 4), ord=order) for dtype in DTYPES for order in (None, 1, "nuc")),
    *(case("norm", of(dtype, 3, 4), ord=order, axis=0) for dtype in DTYPES for order in (None, 3)),
    *(case("norm", v([[1.0, NAN, 2.0], [INF, 1.0, -INF], [0.0, 0.0, 0.0]]), ord=order, axis=1)
      for order in (None, 1, 3, -2, INF, -INF, 0)),
    case("norm", [[1.0, 2.0], [3.0, 4.0]], 1, 0, True),
    case("norm", "no number"),
]  # fmt: skip


def _jvp(function: Any, *given: Any, **kwargs: Any) -> Case:
    """The derivative of a function of tensors, which is made of a library's ops."""
    primals, tangents = given
    return case("jvp", Function(function), primals, tangents, **kwargs)


DERIVATIVES = [
    *(_jvp(lambda ops: lambda x: ops.sin(x) * x, (f(*shape),), (f(*shape),))
      for shape in ((), (5,), (2, 3))),
    _jvp(lambda ops: lambda x, y: ops.matmul(x, y), (f(2, 3), f(3, 4)), (f(2, 3), f(3, 4))),
    _jvp(lambda ops: lambda x, y: (x * y, ops.sum(x)), [f(3), f(3)], [f(3), f(3)]),
    _jvp(lambda ops: lambda p: {"a": p["x"] ** 2, "b": [p["y"][0]]},
         ({"x": f(3), "y": [f(2)]},), ({"x": f(3), "y": [f(2)]},)),
    _jvp(lambda ops: lambda x: (ops.exp(x), x + 1.0), (f(3),), (f(3),), has_aux=True),
    _jvp(lambda ops: lambda x: ops.solve(x, ops.ones((3,))), (v(TRIANGLE),), (f(3, 3),)),
    _jvp(lambda ops: lambda x: ops.sort(x), (f(7),), (f(7),)),
    _jvp(lambda ops: lambda x: x * 2.0, (f(3),), (f(4),)),
    _jvp(lambda ops: lambda x: x * 2.0, (f(3),), (f(3), f(3))),
    _jvp(lambda ops: lambda x: x * 2.0, f(3), f(3)),
    _jvp(lambda ops: lambda x: x * 2.0, (f(3),), (of("float16", 3),)),
]  # fmt: skip

PAIRS: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...] = (
    ((), ()), ((3,), ()), ((), (3,)), ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 4)),
    ((2, 3), (3, 4)), ((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 4)), ((5, 2, 3), (5, 3, 4)),
    ((5, 1, 2, 3), (6, 3, 4)), ((1, 2, 3), (5, 3, 4)), ((3,), (5, 3, 4)), ((5, 2, 3), (3,)),
    ((0, 3), (3, 4)), ((2, 0), (0, 4)), ((2, 3), (3, 0)), ((0,), (0,)), ((2, 3), (2, 3)),
    ((3,), (4,)), ((2, 3), (4, 3)), ((5, 2, 3), (4, 3, 2)), ((2, 3, 4), (2, 3, 4)),
)  # fmt: skip


def products(op: str) -> list[Case]:
    """Of a product of two tensors: what fits and what does not, mixed dtypes, lists, mistakes."""
    return [
        *(case(op, f(*a), f(*b)) for a, b in PAIRS),
        *(case(op, of(dtype, 3, 3), of(dtype, 3, 3)) for dtype in DTYPES),
        *(case(op, of(a, 3), of(b, 3)) for a, b in MIXED),
        *(case(op, of(b, 3, 3), of(a, 3, 3)) for a, b in MIXED),
        case(op, [[1.0, 2.0], [3.0, 4.0]], [[5, 6], [7, 8]]),
        case(op, v([[NAN, 1.0], [INF, 0.0]]), v([[1.0, 0.0], [0.0, 1.0]])),
        case(op, "no number", f(3)),
        case(op, f(3), "no number"),
    ]


PRODUCTS = [
    *(one for op in ("matmul", "dot", "inner", "outer", "vdot") for one in products(op)),
    *(case("tensordot", f(*a), f(*b), axes=axes) for a, b, axes in [
        ((2, 3), (3, 4), 1), ((2, 3, 4), (3, 4, 5), 2), ((2,), (3,), 0), ((2, 3), (2, 3), 2),
        ((2, 3, 4), (4, 3, 5), ((1, 2), (1, 0))), ((2, 3, 4), (4, 3, 5), ((-1,), (0,))),
        ((2, 3, 4), (4, 3), (2, 0)), ((2, 3, 4), (4, 3), [[2, 1], [0, 1]]),
        ((0, 3), (3, 4), 1), ((2, 0), (0, 4), 1), ((), (), 0), ((2, 3), (4, 5), 1),
        ((2, 3), (3, 4), 3), ((2, 3), (3, 4), -1), ((2, 3), (3, 4), ((0, 1), (0,))),
        ((2, 3), (3, 4), ((5,), (0,))), ((3, 3), (3, 3), ((0, 0), (0, 1))), ((2, 3), (3, 4), "x"),
    ]),
    case("tensordot", f(2, 3, 4), f(3, 4, 5)),
    *(case("tensordot", of(dtype, 2, 3), of(dtype, 3, 2), axes=1) for dtype in DTYPES),
    *(case("tensordot", of(a, 2, 3), of(b, 3, 2), axes=1) for a, b in MIXED),
    *(case("einsum", text, *(f(*shape) for shape in shapes)) for text, *shapes in [
        ("ij,jk->ik", (2, 3), (3, 4)), ("ij,jk", (2, 3), (3, 4)), ("ba", (2, 3)), ("ii", (3, 3)),
        ("ii->i", (3, 3)), ("ij->", (2, 3)), ("ij->j", (2, 3)), ("...ij->...ji", (2, 3, 4)),
        ("...ij,...jk->...ik", (5, 2, 3), (3, 4)), ("...ij,...jk", (5, 2, 3), (5, 3, 4)),
        ("i,i->", (3,), (3,)), ("i,j->ij", (3,), (4,)), (",->", (), ()), ("bij,bjk->bik",
        (2, 3, 4), (2, 4, 5)), ("a,b,c->abc", (2,), (3,), (4,)), ("ij , jk -> ik", (2, 3), (3, 4)),
        ("bhwc,bhkc->bhwk", (2, 3, 4, 5), (2, 3, 6, 5)), ("abcd,dcba->", (2, 3, 4, 5),
        (5, 4, 3, 2)), ("ij,kj->ik", (0, 3), (2, 3)), ("ij,jk->ik", (2, 0), (0, 3)),
        # mistakes
        ("ij,jk->ik", (2, 3), (4, 5)), ("ij,jk->il", (2, 3), (3, 4)), ("ij", (2,)),
        ("ij,jk->ik", (2, 3)), ("ij->ii", (2, 3)), ("ijk->", (2, 3)), ("i?->i", (2, 3)),
    ]),
    *(case("einsum", "ij,jk->ik", of(dtype, 2, 3), of(dtype, 3, 2)) for dtype in DTYPES),
    *(case("einsum", "ij,jk->ik", of(a, 2, 3), of(b, 3, 2)) for a, b in MIXED),
    *(case("einsum", "ij->j", of(dtype, 2, 3)) for dtype in DTYPES),
    case("einsum", "ij,j->i", [[1, 2], [3, 4]], [1.0, 2.0]),
    case("einsum", "i->", "no number"),
]  # fmt: skip

LINALG = [
    *PRODUCTS, *FACTORS, *SPECTRA, *DETERMINANTS, *SOLUTIONS, *NORMS, *DERIVATIVES,
]  # fmt: skip
