"""The table's rows of statistics, sets, and functions of neighbours."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from tests.ops.expected import row, rows
from tests.ops.record import b, f, i, v
from tests.ops.records_ordered import HOLED, quietly

NAN, INF = math.nan, math.inf


def _place(fold: Any, worst: float) -> Any:
    """As `np.nanargmax`, and -1 where there is no number."""

    def place(x: np.ndarray, axis: Any = None, keepdims: bool = False) -> np.ndarray:
        missing = np.isnan(x) if x.dtype.kind == "f" else np.zeros(x.shape, bool)
        found = fold(np.where(missing, worst, x), axis=axis, keepdims=keepdims)
        return np.where(np.all(missing, axis=axis, keepdims=keepdims), -1, found)

    return place


NAN_FOLDS = "nansum nanprod nanmax nanmin nanmean nanvar nanstd"
NAN_REDUCED = [
    *(row(op, (3, 5), axis=axis, atol=1e-5) for op in NAN_FOLDS.split() for axis in (None, 0, -1)),
    *(row(op, v([[1.0, NAN, 3.5, 2.0], [5.0, -4.0, NAN, NAN]]), axis=axis, keepdims=True)
      for op in NAN_FOLDS.split() for axis in (0, 1) if (op, axis) != ("nanstd", 0)),
    *(row(op, HOLED, axis=1, gradients=(), expected=quietly(getattr(np, op)))
      for op in NAN_FOLDS.split()),
    row("nansum", i(3, 5), axis=0),
    row("nanmax", i(3, 5), axis=0),
    row("nanmean", i(3, 5), axis=0, dtype="float32"),
    row("nanvar", v([1.0, INF, NAN]), gradients=(), expected=quietly(np.nanvar)),
    row("nanmean", v([60000.0] * 4 + [NAN], "float16"), dtype="float16"),
    *(row(op, given, axis=axis, dtype="int32", gradients=(), expected=_place(fold, worst))
      for op, fold, worst in (("nanargmax", np.argmax, -INF), ("nanargmin", np.argmin, INF))
      for given, axis in ((HOLED, 1), (HOLED, 0), (HOLED, None), (f(3, 5), -1), (i(3, 5), 0))),
]  # fmt: skip


def _bins(x: np.ndarray, weights: Any = None, minlength: int = 0) -> np.ndarray:
    if x.ndim == 1:
        return np.bincount(x, weights, minlength)
    return np.stack([np.bincount(one, minlength=max(minlength, x.max() + 1)) for one in x])


SAMPLES = [
    *(row("ptp", (3, 5), axis=axis) for axis in (None, 0, (0, 1))),
    row("ptp", i(3, 5), axis=1),
    *(row("average", (2, 3, 4), axis=axis) for axis in (None, 1)),
    *(replace(row("average", (2, 3, 4), f(*weights, low=0.5), axis=axis,
                  expected=lambda x, weights, axis: np.average(x, axis, weights)),
              named=("weights",))
      for weights, axis in (((2, 3, 4), None), ((2, 3, 4), 1), ((3,), 1), ((4, 2), (2, 0)))),
    row("average", i(3, 4), axis=0, dtype="float32"),
    *(row("corrcoef", shape) for shape in ((3, 7), (2, 2), (7,), (1, 5), (4, 40))),
    row("corrcoef", i(3, 7), dtype="float32"),
    row("corrcoef", v([[1e30, 2e30, 4e30], [1e-20, 4e-20, 5e-20]]), gradients=()),
    row("corrcoef", v([[1.0, 2.0, 4.0], [2.0, 2.0, 2.0]]), gradients=(),
        expected=quietly(np.corrcoef)),
    *(row("bincount", i(n, low=0, high=high), expected=_bins)
      for n, high in ((1, 3), (9, 6), (100, 40), (1000, 3), (1030, 700))),
    row("bincount", i(9, low=0, high=6), minlength=9, expected=_bins),
    row("bincount", i(4, 9, low=0, high=6), minlength=3, expected=_bins),
    row("bincount", i(70, low=0, high=9, dtype="uint8"), dtype="int32", expected=_bins),
    row("bincount", i(9, low=0, high=6), (9,), expected=_bins),
    row("bincount", i(300, low=0, high=40), (300,), expected=_bins, minlength=64),
    row("bincount", i(9, low=0, high=6), i(9), expected=_bins),
    row("bincount", i(0), minlength=3, expected=_bins),
    *(row("histogram", shape, bins=bins) for shape, bins in (
        ((7,), 3), ((100,), 10), ((1,), 4), ((1030,), 33))),
    row("histogram", (50,), bins=5, range=(-1.0, 1.5)),
    row("histogram", v([0.0, 1.0, 2.0, 3.0, 4.0, 4.0, 1.0]), bins=4, gradients=()),
    row("histogram", v([2.0, 2.0]), bins=3, gradients=()),
    row("histogram", v([0.5, NAN, 1.5, INF, -INF, 2.0]), bins=2, range=(0.0, 2.0), gradients=()),
    row("histogram", (0,), bins=3),
    row("histogram", i(50, low=0, high=9), bins=4, dtype="float32"),
]  # fmt: skip
SETS = [
    *(row("unique", given) for given in (
        i(1), i(33, low=-4, high=4), i(3, 5, low=-3, high=3), b(9), (40,), i(0),
        i(40, dtype="uint8", low=0, high=5), i(1030, low=-99, high=99))),
    row("unique", v([3.0, -0.5, 3.0, 2.0, -0.5, 1.0]), gradients=()),
    row("unique", v([0.5, NAN, 0.5, INF, NAN]), gradients=(),
        expected=lambda x: np.unique(x, equal_nan=False)),
    row("unique", i(33, low=-4, high=4), return_index=True, return_inverse=True,
        return_counts=True),
    *(row("unique", i(*shape, low=0, high=2), axis=axis, return_index=True, return_inverse=True,
          return_counts=True) for shape, axis in (
        ((9, 3), 0), ((3, 9), 1), ((5, 4, 1), 0), ((3, 6, 2), 1), ((2, 2, 7), -1), ((33, 5), 0))),
    row("unique", v([[0.5, 1.0], [-1.0, 2.0], [0.5, 1.0], [0.5, 0.0]]), axis=0, gradients=()),
    row("unique", (5, 3), axis=0),
    *(row("unique", v([3, 1, 2, 1, 3], "int32"), size=size, fill_value=-1, return_index=True,
          return_counts=True, expected=lambda x, values=values, **_: values)
      for size, values in (
        (2, ([1, 2], [1, 2], [2, 1])), (3, ([1, 2, 3], [1, 2, 0], [2, 1, 2])),
        (5, ([1, 2, 3, -1, -1], [1, 2, 0, 1, 1], [2, 1, 2, 0, 0])))),
    row("unique", v([3.0, 1.5, 2.0]), size=2, expected=lambda x, size: np.unique(x)[:2]),
    row("unique", v([3.0, 1.5]), size=3, expected=lambda x, size: np.append(np.unique(x), 0)),
    row("unique", i(0), size=2, fill_value=7, expected=lambda x, **_: np.array([7, 7], np.int32)),
    row("unique", i(4, 0), axis=0),
    *(row("nonzero", given, dtype="int32", gradients=()) for given in (
        i(33, low=-1, high=2), i(3, 5, low=0, high=2), b(2, 3, 4), v([0.0, 2.0, NAN, -0.0]), b(1),
        v([0, 0], "int32"), f(0, 3), b(1030))),
    *(row("isin", x, among, dtype="bool") for x, among in (
        (i(3, 5), i(7)), (i(33), i(1)), (i(7), i(2, 3)), (i(5), i(0)), (b(5), b(1)))),
    row("isin", i(3, 5), i(7), invert=True, dtype="bool"),
    row("isin", v([1.0, NAN, INF, -0.0]), v([NAN, INF, 0.0]), dtype="bool", gradients=()),
]  # fmt: skip


def _area(y: np.ndarray, *x: np.ndarray, dx: float = 1.0, axis: int = -1) -> np.ndarray:
    return np.trapezoid(y, *x, dx=dx, axis=axis)


NEIGHBOURS = [
    *(row("diff", shape, n=n, axis=axis) for shape, n, axis in (
        ((7,), 1, -1), ((3, 5), 1, 0), ((3, 5), 2, 1), ((2, 5, 3), 3, 1), ((3, 5), 0, 0),
        ((1, 3), 1, 0), ((3, 2), 5, 1))),
    row("diff", i(3, 7)),
    row("diff", i(9, dtype="uint8", low=0, high=255)),
    row("diff", b(9)),
    *(row("trapezoid", shape, axis=axis, dx=dx) for shape, axis, dx in (
        ((7,), -1, 1.0), ((3, 5), 0, 0.5), ((3, 5), 1, 2.0), ((2, 5, 3), 1, 1.0), ((1,), 0, 1.0))),
    *(row("trapezoid", *shapes, axis=axis, expected=_area) for shapes, axis in (
        (((7,), (7,)), -1), (((3, 5), (3,)), 0), (((3, 5), (3, 5)), 1), (((2, 5, 3), (5,)), 1),
        (((2, 5, 3), (2, 5, 1)), 1))),
    row("trapezoid", i(7), dtype="float32"),
    *(row("correlate", (n,), (m,), mode=mode) for mode in ("valid", "same", "full")
      for n, m in ((1, 1), (7, 3), (3, 7), (7, 4), (4, 7), (5, 5), (33, 9))),
    row("correlate", i(7), i(3), dtype="float32"),
]  # fmt: skip


def _cross(x1: np.ndarray, x2: np.ndarray, **axes: Any) -> np.ndarray:
    """NumPy's, of vectors of three: it warns of those of two."""
    both = [x1, x2]
    if not axes:
        both = [np.concatenate([x, np.zeros((*x.shape[:-1], 3 - x.shape[-1]))], -1) for x in both]
    out = np.cross(*both, **axes).astype(x1.dtype)
    return out[..., 2] if x1.shape[-1] == x2.shape[-1] == 2 else out


VECTORS = [
    *(row("cross", *shapes, expected=_cross) for shapes in (
        ((3,), (3,)), ((5, 3), (5, 3)), ((5, 3), (3,)), ((4, 1, 3), (2, 3)), ((2,), (2,)),
        ((5, 2), (5, 2)), ((5, 2), (3,)), ((3,), (5, 2)))),
    row("cross", (3, 4), (4, 3), axisa=0, axisb=1, axisc=0, expected=_cross),
    row("cross", (2, 3, 4), (2, 3, 4), axis=1, expected=_cross),
    row("cross", i(5, 3), i(3), expected=_cross),
    *(row("trace", shape, offset=offset, axis1=one, axis2=other) for shape, offset, one, other in (
        ((3, 3), 0, 0, 1), ((3, 5), 0, 0, 1), ((5, 3), 0, 0, 1), ((3, 5), 2, 0, 1),
        ((3, 5), -1, 0, 1), ((3, 5), 9, 0, 1), ((1, 1), 0, 0, 1), ((2, 3, 4), 1, 1, 2),
        ((2, 3, 4), -1, 2, 1), ((2, 3, 4, 5), 0, -1, 1))),
    *rows("trace", i(4, 4)),
    row("trace", v([[1.0, NAN], [INF, 2.0]]), gradients=()),
    row("trace", b(4, 4), dtype="int32"),
]  # fmt: skip

STATISTICS = [*NAN_REDUCED, *SAMPLES, *SETS, *NEIGHBOURS, *VECTORS]
