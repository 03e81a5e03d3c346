"""Cases of what goes along an axis in order: scans, sorts, segments, sets, neighbours, vectors."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tests.oracle.case import Case, Function, case, near
from tests.oracle.generate import DTYPES, MIXED, PAIRS, b, f, i, of, v

NAN, INF = math.nan, math.inf
ODD = [3.0, NAN, 0.0, INF, 0.5, -INF, NAN, 0.0, 3.0, 1e-3, -1e-3]


def _along(op: str, *args: Any, **kwargs: Any) -> list[Case]:
    """Of a function along one axis: which axis, shapes, dtypes, mistakes."""
    return [
        *(case(op, f(2, 3, 4), *args, axis=axis, **kwargs) for axis in (0, 1, 2, -1, -3)),
        *(case(op, f(*shape), *args, **kwargs) for shape in ((7,), (3, 5), (1,), (2, 1), (40,))),
        *(case(op, of(dtype, 3, 5), *args, **kwargs) for dtype in DTYPES),
        *(case(op, f(3, 5), *args, axis=axis, **kwargs) for axis in (2, -3, "x", 1.5)),
        case(op, "no number", *args, **kwargs),
    ]  # fmt: skip


EMPTY = ((0,), (0, 3), (3, 0))
SCANS = [
    *(one for op in ("cumsum", "cumprod", "nancumsum", "nancumprod") for one in [
        *_along(op),
        case(op, f(2, 3, 4), axis=None),
        *(case(op, f(*shape)) for shape in (*EMPTY, ())),
        *(case(op, f(*shape), axis=0) for shape in EMPTY),
        *(case(op, of(given, 3, 5), axis=1, dtype=dtype)
          for given in ("int32", "float32", "bool", "uint8")
          for dtype in ("float32", "int32", "int8", "float16", "bool")),
        case(op, v([1.0, NAN, 2.0, INF, 3.0, -INF])),
        case(op, v([[NAN, 2.0], [3.0, NAN]]), axis=0),
    ]),
    *(case("associative_scan", Function(lambda ops, name=name: getattr(ops, name)), given, **kwargs)
      for name in ("add", "maximum", "multiply") for given in (f(7), f(5, 3), i(5, 3), f(1))
      for kwargs in ({}, {"reverse": True}, {"axis": -1})),
    case("associative_scan", Function(lambda ops: ops.add), f(5, 3), axis=2),
    case("associative_scan", 3, f(5)),
    *(case("associative_scan", Function(lambda ops: lambda a, b: ops.matmul(a, b)),
           f(n, 2, 2), reverse=reverse) for n in (1, 2, 5, 8) for reverse in (False, True)),
    *(case("associative_scan", Function(lambda ops: lambda a, b: (
        a[0] * b[0], b[0] * a[1] + b[1])), (f(9), f(9)), reverse=reverse)
      for reverse in (False, True)),
    case("associative_scan", Function(lambda ops: lambda a, b: {"x": a["x"] + b["x"]}),
         {"x": f(2, 6)}, axis=1),
    case("associative_scan", Function(lambda ops: lambda a, b: (a[0] + b[0], a[1])), (f(5), f(4))),
]  # fmt: skip


def _partitioned(kth: int) -> list[Case]:
    """Only the place of `kth` is settled, and which elements come before it."""

    def settled(x: np.ndarray) -> tuple[np.ndarray, ...]:
        return x[..., kth], np.sort(x[..., :kth], -1), np.sort(x[..., kth:], -1)

    given = (f(9), f(3, 9), of("float16", 9), v([5, 3, 1, 9, 2, 7, 0, 8, 4], "int32"))
    return near([case("argpartition", x, kth) for x in given], canonical=settled)


SORTED = [
    *(one for op in ("sort", "argsort") for one in [
        *_along(op),
        case(op, f(2, 3, 4), axis=None),
        *(case(op, f(*shape)) for shape in (*EMPTY, ())),
        case(op, f(0, 3), axis=0),
        case(op, f(), axis=None),
        case(op, v([2, 1, 2, 1, 2, 0, 0], "int32")),
        case(op, b(9)),
    ]),
    case("sort", v(ODD)),
    case("argsort", v([3.0, NAN, INF, 0.5, -INF])),
    *(one for kth in (0, 2, 8, -1) for one in _partitioned(kth)),
    *(case("argpartition", f(3, 5), kth) for kth in (5, -6)),
    *(case("argpartition", f(3, 5), 1, axis=axis) for axis in (2, -3)),
    *near([case("argpartition", f(3, 5), 0, axis=0)], canonical=lambda x: x[0]),
    *near([case("argpartition", f(3, 5), 0, axis=None)], canonical=lambda x: (x[0], np.sort(x))),
    *(case("top_k", f(*shape), k) for shape, k in (
        ((7,), 3), ((3, 5), 1), ((3, 5), 5), ((2, 3, 4), 2), ((7,), 0), ((1,), 1), ((0, 3), 2))),
    *(case("top_k", given, 3) for given in (
        v([3, 9, -4, 7, 0], "int8"), v([3, 9, 250, 7, 0], "uint8"), v([0.5, 9.0, 2.0], "float16"),
        v([3, 2**32 - 1, 2**31, 0], "uint32"), v([3, -2**31, 2**31 - 1, 0], "int32"),
        v([4.0, INF, 3.0, -INF]), v([1.0, NAN, 2.0, 0.0]))),
    case("top_k", v([2, 1, 2, 1, 2, 0, 0], "int32"), 4),
    case("top_k", f(3, 5), 6),
    case("top_k", f(3, 5), -1),
    case("top_k", f(), 1),
    *near([case("top_k", f(3, 9), 4, sorted=False)],
          canonical=lambda values, at: (np.sort(values, -1), np.sort(at, -1))),
    *(case("in_top_k", i(6, low=0, high=5, dtype=dtype), f(6, 5), k)
      for dtype in ("int32", "uint8", "int64") for k in (1, 3, 5)),
    case("in_top_k", v([0, 1, 1], "int32"), v([[1.0, 1.0, 1.0], [3.0, 2.0, 2.0], [2.0, 1.0, 0.0]]),
         1),
    case("in_top_k", v([0, 1], "int32"), v([[0.1, 0.9], [0.8, 0.2]], "float16"), k=1),
    case("in_top_k", i(5, low=0, high=5), f(6, 5), 2),
    case("in_top_k", f(6, low=0.0, high=4.0), f(6, 5), 2),
]  # fmt: skip
ASCENDING = v([-2.0, -1.0, 0.0, 0.0, 1.5])
SEARCHED = [
    *(case("searchsorted", ASCENDING, given, side=side) for side in ("left", "right")
      for given in (f(), f(7), f(2, 3), f(0), v([0.0, -2.0, 1.5, NAN, INF, -INF]), 0.5, i(5))),
    *(case("searchsorted", v([0, 1, 1, 3], a), of(c, 6, high=5.0)) for a, c in MIXED),
    *(case("searchsorted", v([0, 1, 1, 3], dtype), of(dtype, 6, high=5.0)) for dtype in DTYPES[1:]),
    case("searchsorted", f(0), f(3)),
    case("searchsorted", f(3, 5), f(3)),
    case("searchsorted", f(), f(3)),
    case("searchsorted", ASCENDING, f(3), side="middle"),
    case("searchsorted", [1, 3, 3, 5], [3, 4]),
    *(case("digitize", given, ASCENDING)
      for given in (f(), f(7), f(2, 3), f(0), v([0.0, -2.0, 1.5, NAN, INF, -INF]), i(5), 0.5)),
    *(case("digitize", of(dtype, 6, high=5.0), v([0, 1, 1, 3], dtype)) for dtype in DTYPES[1:]),
    *(case("digitize", of(a, 6), v([0.0, 1.0, 1.0, 3.0], c)) for a, c in MIXED),
    case("digitize", b(5), v([0.0, 1.0])),
    case("digitize", f(3), f(0)),
    case("digitize", f(3), f(2, 3)),
    case("digitize", [0.0, 1.0, 3.0], [0.0, 3.0, 4.5]),
]  # fmt: skip
SEGMENTS = [
    *(one for op in ("segment_sum", "segment_prod", "segment_max", "segment_min") for one in [
        *(case(op, f(9, *rest), i(9, low=0, high=4), count)
          for rest in ((), (3,), (2, 3)) for count in (4, 7)),
        *(case(op, of(dtype, 9), v([0, 1, 2, 0, 1, 2, 0, 1, 2], "int32"), 3) for dtype in DTYPES),
        case(op, f(9), v([0, 0, 2, 2, 1, 1, 2, 0, 1], "int32")),
        case(op, f(5, 2), v([0, 0, 1, 3, 3], "int32"), num_segments=4, sorted=True),
        case(op, f(5, 2), v([0, -1, 1, -1, 0], "int32"), 2),
        case(op, f(5), v([0, 9, 1, 5, 0], "int32"), 2),
        *(case(op, f(5), v([0, 1, 1, 0, 2], dtype), 3) for dtype in ("uint8", "int64", "float32")),
        case(op, i(0), i(0), 3),
        case(op, f(0, 2), i(0), 3),
        case(op, f(5), i(4, low=0, high=2), 2),
        case(op, f(3, 2), i(3, 2, low=0, high=4), 4),
        case(op, f(), v(0, "int32"), 2),
        case(op, v([1.0, NAN, -INF, 3.0]), v([0, 0, 1, 1], "int32"), 2),
    ]),
]  # fmt: skip
WANTED = ({}, {"return_index": True}, {"return_inverse": True}, {"return_counts": True},
          {"return_index": True, "return_inverse": True, "return_counts": True})  # fmt: skip
EQUALS = v([3, 1, 2, 1, 3, 3, -7], "int32")
ROWS = v([[1, 0, 0], [0, 1, 0], [1, 0, 0], [0, 1, 1], [0, 1, 0]], "int32")
SETS = [
    *(case("unique", given, **kwargs) for kwargs in WANTED for given in (
        EQUALS, i(3, 5, low=-3, high=3), v([0.5, NAN, 0.5, INF, NAN, -INF]), b(9), f(1), i(0))),
    *(case("unique", of(dtype, 4, 5), return_counts=True) for dtype in DTYPES),
    *(case("unique", EQUALS, size=size, **kwargs) for kwargs in WANTED for size in (1, 2, 4, 7)),
    *(case("unique", EQUALS, size=size, fill_value=fill)
      for size in (2, 7) for fill in (0, -1, 9)),
    *(case("unique", ROWS, axis=axis, **kwargs) for kwargs in WANTED for axis in (0, 1, -1)),
    *(case("unique", i(4, 3, 2, low=0, high=2), axis=axis, return_inverse=True)
      for axis in (0, 1, 2)),
    *(case("unique", ROWS, axis=0, size=size, **kwargs) for kwargs in WANTED for size in (2, 5)),
    case("unique", ROWS, axis=0, size=5, fill_value=7),
    case("unique", ROWS, axis=2),
    case("unique", f(), return_inverse=True),
    case("unique", EQUALS, sorted=False),
    case("unique", [3, 1, 1]),
    case("unique", "no number"),
    *(case("nonzero", given) for given in (
        v([[3, 0, 0], [0, 4, 0], [5, 6, 0]], "int32"), v([0.0, 2.0, NAN, -0.0, INF]), b(2, 3, 4),
        i(40, low=-1, high=2), v([0, 0], "int32"), f(0, 3), f(2, 0, 3), f(1), f())),
    *(case("nonzero", of(dtype, 3, 5)) for dtype in DTYPES),
    *(case("isin", i(*a, low=0, high=6), i(*c, low=0, high=6)) for a, c in PAIRS),
    *(case("isin", i(3, 5, low=0, high=9), v([1, 2, 5], "int32"), **kwargs)
      for kwargs in ({"invert": True}, {"assume_unique": True}, {"invert": False})),
    *(case("isin", of(dtype, 3, 5), of(dtype, 4)) for dtype in DTYPES),
    *(case("isin", of(a, 9), v([0, 1, 1, 3], c)) for a, c in MIXED),
    *(case("isin", v([1.0, NAN, INF, -0.0]), given) for given in (v([NAN, INF, 0.0]), f(0))),
    case("isin", i(5), f(0), invert=True),
    case("isin", f(0), f(3)),
    case("isin", 3, [1, 2, 3]),
    case("isin", f(3), "no number"),
]  # fmt: skip
NEIGHBOURS = [
    *_along("diff"),
    *(case("diff", f(3, 5), n=n) for n in (0, 1, 2, 3, 4, 5, 6, -1)),
    *(case("diff", of(dtype, 7), n=2) for dtype in DTYPES),
    *(case("diff", f(*shape)) for shape in ((), *EMPTY)),
    case("diff", v([1.0, INF, INF, NAN])),
    case("diff", [1, 4, 9]),
    *_along("trapezoid"),
    *(case("trapezoid", f(2, 3, 4), f(*shape), axis=axis) for shape, axis in (
        ((4,), -1), ((3,), 1), ((2,), 0), ((2, 3, 4), 1), ((2, 3, 4), -1), ((3, 4), -1),
        ((3, 1), 1), ((3,), -1), ((), -1))),
    *(case("trapezoid", f(7), dx=dx) for dx in (0.5, 2, v(0.25), v([1.0, 2, 3, 4, 5, 6]))),
    # Keras computes some of these in halves, and gives float32.
    *near([case("trapezoid", of(a, 6), of(c, 6)) for a, c in MIXED], rtol=1e-3),
    *(case("trapezoid", f(*shape)) for shape in ((), *EMPTY)),
    *(case("correlate", f(n), f(m), mode=mode) for mode in ("valid", "same", "full")
      for n, m in ((1, 1), (7, 3), (3, 7), (7, 4), (4, 7), (5, 5), (6, 6), (40, 9))),
    *(case("correlate", of(dtype, 6), of(dtype, 3)) for dtype in DTYPES),
    *(case("correlate", of(a, 6), of(c, 3), mode="full") for a, c in MIXED),
    case("correlate", f(5), f(3), mode="none"),
    case("correlate", f(0), f(3)),
    case("correlate", f(3), f(0)),
    case("correlate", f(3, 5), f(3)),
    case("correlate", f(5), f()),
    case("correlate", [1.0, 2.0, 3.0], [0.0, 1.0, 0.5]),
]  # fmt: skip
CROSSED = [
    *(case("cross", f(*a), f(*c)) for a, c in (
        ((3,), (3,)), ((5, 3), (5, 3)), ((5, 3), (3,)), ((3,), (5, 3)), ((4, 1, 3), (2, 3)),
        ((2,), (2,)), ((5, 2), (2,)), ((3,), (2,)), ((2,), (5, 3)), ((4, 2), (4, 3)),
        ((0, 3), (3,)), ((4,), (4,)), ((3,), (4,)), ((), (3,)), ((1,), (3,)), ((5, 3), (4, 3)))),
    *(case("cross", f(3, 5), f(3, 5), axis=axis) for axis in (0, -2, 1, 2)),
    *(case("cross", f(3, 4), f(4, 3), axisa=0, axisb=1, axisc=axisc) for axisc in (-1, 0, 1, 2)),
    *(case("cross", f(2, 4), f(4, 2), axisa=0, axisb=1, axisc=axisc) for axisc in (-1, 0)),
    case("cross", f(2, 3, 4), f(3,), axisa=1, axisb=0, axisc=0),
    *(case("cross", of(dtype, 5, 3), of(dtype, 3)) for dtype in DTYPES),
    *(case("cross", of(a, 5, 3), of(c, 3)) for a, c in MIXED),
    case("cross", [1, 0, 0], [0, 1, 0]),
    case("cross", f(3), "no number"),
]  # fmt: skip
ORDER = [*SCANS, *SORTED, *SEARCHED, *SEGMENTS, *SETS, *NEIGHBOURS, *CROSSED]
