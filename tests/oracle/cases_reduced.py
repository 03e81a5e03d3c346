"""Cases of reductions and statistics."""

from __future__ import annotations

import math

from tests.ops.record import Input
from tests.oracle.case import Case, case, near
from tests.oracle.generate import DTYPES, b, f, i, of, reduction, v

NAN, INF = math.nan, math.inf

FOLDS = ("sum", "prod", "mean", "max", "min", "amax", "amin", "any", "all", "count_nonzero",
         "logsumexp", "var", "std", "ptp")  # fmt: skip
PLACES = ("argmax", "argmin", "nanargmax", "nanargmin")
NAN_FOLDS = ("nansum", "nanprod", "nanmean", "nanmax", "nanmin", "nanvar", "nanstd", "nanmedian")
QUANTILES = ("quantile", "percentile", "nanquantile", "nanpercentile")
HOLES = ([[1.0, NAN, 3.0, 2.0], [NAN] * 4, [5.0, -4.0, NAN, NAN], [-INF, 1.0, INF, 2.0]],
         [[[0.5], [NAN]], [[NAN], [2.0]]], [NAN], NAN)  # fmt: skip
EMPTY = ((0, 3), (0, 1), (0,), (2, 0, 3))


def _quantiles(op: str) -> list[Case]:
    """Of the functions that take a share, or one in a hundred."""
    whole = 100.0 if op.endswith("percentile") else 1.0
    return [
        *reduction(op, q=0.3 * whole),
        *(case(op, f(3, 7), q * whole, axis=1, method=method) for q in (0.0, 0.3, 0.5, 1.0)
          for method in ("linear", "lower", "higher", "midpoint", "nearest")),
        *(case(op, f(2, 3, 4), v([0.2 * whole, 0.9 * whole]), axis=axis, keepdims=keepdims)
          for axis in (None, 1, (0, -1), [0, 1]) for keepdims in (False, True)),
        case(op, f(7), [0.2 * whole, 0.9 * whole]),
        case(op, f(3, 5), v([0.5 * whole])),
        case(op, f(3, 5), v([[0.5 * whole, 0.0]])),
        case(op, of("int32", 3, 5), v(0.35 * whole, "float16"), axis=0),
        *(case(op, v(HOLES[0]), share * whole, axis=axis)
          for share in (0.3, 0.5) for axis in (0, 1)),
        *(case(op, f(*shape), 0.5 * whole) for shape in EMPTY),
        *(case(op, v([-INF, -INF, 1.0, 2.0, INF, INF]), share * whole)
          for share in (0.0, 0.1, 0.3, 0.5, 0.7, 1.0)),
        case(op, f(7), 0.5 * whole, method="none of them"),
    ]  # fmt: skip


REDUCED = [
    *(one for op in (*FOLDS, *PLACES, *NAN_FOLDS, "median") for one in reduction(op)),
    *(one for op in QUANTILES for one in _quantiles(op)),
    *(case(op, f(2, 3), axis=axis) for op in FOLDS[:2] for axis in ([0, 1], (), "x", 1.0, (0, 0))),
    *(case("prod", of(given, 3, 4), axis=0, dtype=dtype)
      for given in ("int32", "float32", "uint8", "bool") for dtype in ("int32", "float16", "int8")),
    *(case(op, f(*shape), axis=1, initial=initial) for op in ("max", "min")
      for shape in ((3, 5), (3, 0)) for initial in (0.5, -9, 9.0)),
    *(case(op, i(3, 5), axis=0, initial=0) for op in ("max", "min")),
    *(case(op, v(holes), axis=axis) for op in (*NAN_FOLDS, *PLACES, "median", "ptp", "logsumexp")
      for holes in HOLES[:3] for axis in (None, -1, 0)),
    *(case(op, v(HOLES[3])) for op in (*NAN_FOLDS, *PLACES)),
    *(case(op, v(HOLES[0], "float16"), axis=1) for op in (*NAN_FOLDS, *PLACES)),
    *(case(op, v([1000.0, -1000.0, 1001.0]) if op == "logsumexp" else v([30000.0, 30001.0]))
      for op in ("logsumexp", "var", "std", "nanvar", "nanstd")),
    *(case(op, f(*shape)) for shape in EMPTY
      for op in ("nansum", "nanmax", "nanvar", "nanargmax", "ptp", "average", "nanmedian")),
]  # fmt: skip


def _weighted(shape: tuple[int, ...], weights: Input, axis: object) -> Case:
    return case("average", f(*shape), axis=axis, weights=weights)


POSITIVE = {"low": 0.5, "high": 2.0}
AVERAGES = [
    *(case("average", f(2, 3, 4), axis=axis) for axis in (None, 0, 1, -1, (0, 2), [0, 1], 3)),
    *(case("average", of(dtype, 3, 4), axis=1) for dtype in DTYPES),
    *(case("average", of(dtype, 3, 4), weights=of(other, 3, 4, low=1.0), axis=0)
      for dtype, other in (("int32", "int32"), ("float16", "float32"), ("uint8", "int8"),
                           ("float32", "float16"), ("bool", "float16"), ("float64", "float32"))),
    *(_weighted((2, 3, 4), f(2, 3, 4, **POSITIVE), axis) for axis in (None, 0, -1, (0, 1))),
    *(_weighted((2, 3, 4), f(n, **POSITIVE), axis) for axis, n in ((0, 2), (1, 3), (-1, 4))),
    _weighted((2, 3, 4), f(4, 2, **POSITIVE), (2, 0)),
    _weighted((2, 3, 4), f(4, **POSITIVE), None),
    _weighted((2, 3, 4), f(4, **POSITIVE), 0),
    _weighted((2, 3, 4), f(2, 3, **POSITIVE), 0),
    _weighted((5,), v([0.0, 1.0, 0.0, 2.0, 0.0]), None),
    _weighted((), f(**POSITIVE), None),
    case("average", [1, 2, 3, 4], weights=[4, 3, 2, 1]),
    case("average", "no number"),
]  # fmt: skip
CORRELATIONS = [
    *(case("corrcoef", f(*shape)) for shape in ((3, 5), (1, 7), (7,), (4, 2), (2, 40))),
    *(case("corrcoef", of(dtype, 3, 7)) for dtype in DTYPES),
    case("corrcoef", v([[1.0, 2.0, 3.0], [2.0, 2.0, 2.0], [3.0, 2.0, 1.0]])),
    case("corrcoef", v([[1e30, 2e30, 3e30], [1e-20, 4e-20, 5e-20]])),
    case("corrcoef", v([[1.0, NAN, 3.0], [3.0, 1.0, 1.0]])),
    case("corrcoef", f(3, 1)),
    case("corrcoef", f(2, 3, 4)),
]  # fmt: skip
HISTOGRAMS = [
    *(case("histogram", f(n), bins=bins) for n in (1, 7, 100) for bins in (1, 3, 10)),
    *(case("histogram", of(dtype, 30, low=-9.0, high=9.0), bins=4) for dtype in DTYPES),
    *(case("histogram", f(50), bins=5, range=ends)
      for ends in ((-1.0, 2.0), (0, 1), (1.0, 1.0), (20.0, 30.0), (2.0, -1.0), (1.0,), [0.0, 1.0])),
    *(case("histogram", i(50), bins=5, range=ends) for ends in ((-3, 6), (0.5, 2.5), None)),
    case("histogram", v([0.0, 1.0, 2.0, 3.0, 4.0, 4.0, 1.0]), bins=4),
    case("histogram", v([2.0, 2.0, 2.0]), bins=3),
    case("histogram", v([0.5, NAN, 1.5, INF, -INF]), bins=2, range=(0.0, 2.0)),
    case("histogram", f(0), bins=3),
    case("histogram", f(0), bins=3, range=(1.0, 2.0)),
    case("histogram", f(3, 5)),
    case("histogram", f()),
    case("histogram", f(7), bins=0),
    case("histogram", f(7), bins=-1),
    case("histogram", f(7), bins=2.5),
    case("histogram", "no number"),
]  # fmt: skip
COUNTS = [
    *(case("bincount", i(n, low=0, high=high)) for n, high in ((1, 3), (7, 5), (100, 40))),
    *(case("bincount", of(dtype, 9, low=0.0, high=6.0)) for dtype in DTYPES),
    *(case("bincount", i(9, low=0, high=6), minlength=least) for least in (0, 3, 20, -1)),
    *(case("bincount", i(9, low=0, high=6), weights=of(dtype, 9)) for dtype in DTYPES),
    case("bincount", i(9, low=0, high=6), weights=f(9), minlength=8),
    case("bincount", v([3, 1, 3], "uint8"), weights=v([0.5, 1.0, 2.0], "float16")),
    case("bincount", v([[0, 3, 1], [3, 3, 0]], "int32")),
    case("bincount", v([[0, 3, 1], [3, 3, 0]], "int32"), minlength=6),
    case("bincount", v([[0, 3, 1], [3, 3, 0]], "int32"), weights=f(2, 3)),
    case("bincount", v([[0, 1, 1], [2, 0, 0]], "int32"), minlength=6, weights=f(2, 3)),
    case("bincount", i(0)),
    case("bincount", i(0), minlength=4),
    case("bincount", v([2, -1, 0], "int32")),
    case("bincount", i(9, low=0, high=6), weights=f(8)),
    case("bincount", i(9, low=0, high=6), weights=f(9, 1)),
    case("bincount", i(2, 3, 4, low=0, high=6)),
    case("bincount", v(3, "int32")),
    case("bincount", [1, 2, 2, 5]),
    case("bincount", i(9, low=0, high=6), sparse=True),
    case("bincount", "no number"),
]  # fmt: skip
TRACES = [
    *(case("trace", f(*shape)) for shape in ((3, 5), (5, 3), (1, 1), (4, 4, 2), (2, 3, 4, 5))),
    *(case("trace", of(dtype, 4, 5)) for dtype in DTYPES),
    *(case("trace", f(4, 6), offset=offset) for offset in (1, -2, 5, -3, 6, -4, 9, -9)),
    *(case("trace", f(2, 3, 4), axis1=one, axis2=other)
      for one, other in ((1, 2), (2, 1), (0, 2), (-1, 0), (-2, -1), (1, 1), (0, 3))),
    case("trace", f(2, 3, 4), offset=1, axis1=-1, axis2=-2),
    case("trace", v([[1.0, NAN], [INF, 2.0]])),
    *(case("trace", f(*shape)) for shape in ((0, 3), (3, 0), (3,), (), (2, 3, 0), (0, 0))),
    case("trace", b(3, 3), offset=0),
    case("trace", "no number"),
]  # fmt: skip
STATISTICS = [
    *AVERAGES,
    # Sums of products in float16 differ by the order in which they are added.
    *near(CORRELATIONS, atol=1e-5),
    # Ends of float16: JAX computes them in halves.
    *near(HISTOGRAMS, atol=1e-5),
    *COUNTS,
    *TRACES,
]
