"""The table's rows of what goes along an axis in order: scans, sorts, quantiles, segments."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.ops.expected import row
from tests.ops.record import Input, b, f, i, v

# Blocks of 4 to 32 begin and end near these.
LENGTHS = (1, 2, 3, 5, 31, 33, 64, 100, 1000, 1025)
NEAR_ONE = {"low": 0.9, "high": 1.1}


def _kept(fold: np.ufunc):
    """NumPy's fold, in the dtype that it is given, as JAX has it."""

    def folded(x: np.ndarray, axis: int | None = None, dtype: str | None = None) -> np.ndarray:
        kept = dtype or ("int32" if x.dtype == bool else x.dtype)
        flat = x.ravel() if axis is None else x
        return fold.accumulate(flat.astype(kept), axis=axis or 0, dtype=kept)

    return folded


SUM, PRODUCT = _kept(np.add), _kept(np.multiply)
CUMULATIVE = [
    *(row("cumsum", (n,), atol=1e-4, expected=SUM) for n in LENGTHS),
    *(row("cumsum", shape, axis=axis, atol=1e-5, expected=SUM) for shape, axis in [
        ((3, 5), 0), ((3, 5), 1), ((3, 5), None), ((5, 1), 1), ((5, 1), 0), ((2, 65, 3), 1),
        ((2, 3, 33), -1), ((2, 3, 2, 37, 5), 3), ((2, 3, 2, 4, 5), 0), ((70, 2, 3, 1), 0),
        ((0, 3), 0), ((3, 0), 1), ((1, 1), 1), ((), None),
    ]),
    row("cumsum", (40, 1030), axis=1, atol=1e-3, expected=SUM),
    row("cumsum", (1030, 40), axis=0, atol=1e-3, expected=SUM),
    *(row("cumsum", i(n), expected=SUM) for n in (3, 100, 1025)),
    row("cumsum", i(7, 33, low=-2**30, high=2**30), axis=1, expected=SUM),
    row("cumsum", i(3, 40, dtype="uint32", low=0, high=2**31), axis=1, expected=SUM),
    row("cumsum", i(3, 40, dtype="uint8", low=0, high=255), axis=1, expected=SUM),
    row("cumsum", i(40, 3, dtype="int8"), axis=0, expected=SUM),
    row("cumsum", i(3, 40, dtype="int16", low=-2**15, high=2**15), axis=1, expected=SUM),
    row("cumsum", b(3, 70), axis=1, dtype="int32", expected=SUM),
    row("cumsum", v([1.0, np.inf, 2.0, -np.inf, 3.0]), gradients=(), expected=SUM),
    row("cumsum", v([1.0, np.nan] + [1.0] * 40), gradients=(), expected=SUM),
    *(row("cumprod", f(n, **NEAR_ONE), rtol=1e-4, expected=PRODUCT) for n in LENGTHS[:-1]),
    *(row("cumprod", shape, axis=axis, expected=PRODUCT) for shape, axis in [
        ((3, 5), 0), ((3, 5), 1), ((3, 5), None), ((5, 1), 1), ((2, 5, 3), 1), ((0, 3), 0),
        ((2, 3, 2, 4, 5), 3), ((2, 3, 2, 4, 5), 0), ((), None),
    ]),
    row("cumprod", f(2, 70, 3, **NEAR_ONE), axis=1, rtol=1e-4, expected=PRODUCT),
    row("cumprod", v([2.0, 0.0, 3.0, 4.0]), expected=PRODUCT),
    row("cumprod", v([[1.5, 0.0, 3.0, 0.0, 4.0], [0.0, 2.0, 3.0, 1.0, 2.0]]), axis=1,
        expected=PRODUCT),
    row("cumprod", v([3.0] + [0.0] + [1.1] * 40 + [0.0] * 2), expected=PRODUCT),
    row("cumprod", v([2.0, np.inf, 3.0, -1.0]), gradients=(), expected=PRODUCT),
    row("cumprod", i(3, 9, low=-5, high=5), axis=1, expected=PRODUCT),
    row("cumprod", i(40, dtype="uint32", low=1, high=9), expected=PRODUCT),
    row("cumprod", b(7), dtype="int32", expected=PRODUCT),
    row("nancumsum", v([1.0, np.nan, 2.0, np.nan])),
    row("nancumsum", i(3, 5), axis=1),
    row("nancumprod", v([[2.0, np.nan, 3.0], [np.nan, 4.0, 0.0]]), axis=1),
]  # fmt: skip


def _top(x: np.ndarray, k: int, sorted: bool = True) -> list[np.ndarray]:
    order = np.argsort(-x, -1, kind="stable")[..., :k].astype(np.int32)
    return [np.take_along_axis(x, order, -1), order]


def _argsort(x: np.ndarray, axis: int | None = -1) -> np.ndarray:
    return np.argsort(x, axis, kind="stable").astype(np.int32)


def _partition(x: np.ndarray, kth: int, axis: int | None = -1) -> np.ndarray:
    return _argsort(x, axis)


def _in_top(targets: np.ndarray, predictions: np.ndarray, k: int) -> np.ndarray:
    own = np.take_along_axis(predictions, targets[:, None], 1)
    return np.sum(predictions > np.where(np.isnan(own), -np.inf, own), 1) < k


def _search(sequence: np.ndarray, x: np.ndarray, side: str = "left") -> np.ndarray:
    return np.searchsorted(sequence, x, side).astype(np.int32)


def _digitize(x: np.ndarray, bins: np.ndarray) -> np.ndarray:
    return np.digitize(x, bins).astype(np.int32)


def _segment(name: str, beginning: Callable[[np.dtype], Any]) -> Callable[..., np.ndarray]:
    def folded(
        x: np.ndarray, at: np.ndarray, num_segments: int | None = None, sorted: bool = False
    ) -> np.ndarray:
        count = int(at.max()) + 1 if num_segments is None else num_segments
        out = np.full((count, *x.shape[1:]), beginning(x.dtype), x.dtype)
        for one, place in zip(x, at, strict=True):
            if 0 <= place < count:
                out[place] = getattr(np, name)(out[place], one)
        return out

    return folded


def _least(dtype: np.dtype) -> Any:
    return -np.inf if dtype.kind == "f" else np.iinfo(dtype).min


def _greatest(dtype: np.dtype) -> Any:
    return np.inf if dtype.kind == "f" else np.iinfo(dtype).max


def quietly(function: Callable[..., Any]) -> Callable[..., Any]:
    """Without a warning where all are NaN."""

    def quiet(*args: Any, **static: Any) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return function(*args, **static)

    return quiet


def _few(*shape: int, **given: Any) -> Input:
    """Integers of which some are equal."""
    return i(*shape, low=-3, high=3, **given)


ODD = v([3.0, np.nan, -0.0, np.inf, 0.0, -np.inf, np.nan, 0.0, -0.0, 1e-3, -1e-3])
SORTED = [
    *(row("argsort", (n,), dtype="int32", expected=_argsort) for n in LENGTHS),
    *(row("argsort", _few(*shape), axis=axis, expected=_argsort) for shape, axis in [
        ((3, 5), 0), ((3, 5), 1), ((3, 5), None), ((5, 1), 1), ((5, 1), 0), ((2, 65, 3), 1),
        ((2, 3, 33), -1), ((2, 3, 2, 37, 5), 3), ((4, 3, 2, 4, 5), 0), ((300, 2), 0), ((0, 3), 0),
        ((3, 0), 1), ((1, 1), 1), ((2, 300, 3), 1), ((3, 1030), 1),
    ]),
    row("argsort", (), dtype="int32", expected=lambda x: np.zeros(1, np.int32)),
    *(row("argsort", given, dtype="int32", expected=_argsort) for given in [
        ODD, v([*ODD.values] * 30), b(70), i(40, dtype="uint8", low=0, high=5),
        i(40, dtype="int8"), i(33, dtype="uint32", low=0, high=2**32),
        i(33, low=-2**31, high=2**31), v([2**31 - 1, -2**31, 0, 2**31 - 1], "int32"),
    ]),
    *(row("sort", (n,)) for n in (1, 5, 33, 300)),
    *(row("sort", shape, axis=axis) for shape, axis in [
        ((3, 5), 0), ((3, 5), 1), ((3, 5), None), ((5, 1), 1), ((2, 65, 3), 1), ((0, 3), 0),
        ((2, 3, 2, 7, 5), 3), ((2, 3, 2, 4, 5), 0),
    ]),
    row("sort", ODD, gradients=()),
    *(row("sort", given) for given in [i(3, 33), b(9), i(40, dtype="uint8", low=0, high=255),
      i(9, dtype="uint32", low=0, high=2**32)]),
    *(row("top_k", _few(*shape), k=k, expected=_top) for shape, k in [
        ((1,), 1), ((5,), 2), ((3, 10), 1), ((3, 10), 3), ((3, 10), 10), ((2, 3, 33), 5),
        ((300,), 3), ((2, 1030), 7), ((3, 5), 0), ((2, 3, 1), 1), ((70, 300), 299),
    ]),
    row("argpartition", (3, 7), kth=2, dtype="int32", expected=_partition),
    row("argpartition", (3, 7), kth=-1, axis=0, dtype="int32", expected=_partition),
    *(row("in_top_k", i(9, low=0, high=5), (9, 5), k=k, dtype="bool", gradients=(),
          expected=_in_top) for k in (1, 2, 5)),
    row("in_top_k", v([0, 1, 2], "int32"), v([[1, 2, np.nan], [np.nan, 1, 1], [5, 7, np.nan]]),
        k=2, dtype="bool", gradients=(), expected=_in_top),
    *(row("searchsorted", v(sequence), v(values), side=side, dtype="int32", gradients=(),
          expected=_search) for side in ("left", "right") for sequence, values in [
        ([1.0], [0.0, 1.0, 2.0]), ([1.0, 2.0, 2.0, 3.0], [[2.0, 0.0, 9.0], [2.5, 1.0, 3.0]]),
        (np.arange(33) // 2, np.arange(-4, 40) / 2), (np.arange(1000.0), 500.5),
        ([-np.inf, -1.0, 0.0, np.inf, np.nan], [np.nan, np.inf, -0.0, 0.0, -np.inf, -5.0]),
    ]),
    row("searchsorted", v([-5, 0, 3, 3, 2**31 - 1], "int32"), i(2, 3, 7), dtype="int32",
        expected=_search),
    *(row("searchsorted", v(np.arange(1030) // 5, dtype), v(np.arange(-3, n - 3) % 250, dtype),
          dtype="int32", gradients=(), expected=_search)
      for n in (128, 1000) for dtype in ("int32", "uint32", "float32")),
    # One more than a power of two: the first step looks at twice as many as there are.
    *(row("searchsorted", v(np.arange(n) // 2, dtype), v([-1, 0, 7, n // 2, 9 * n], dtype),
          dtype="int32", gradients=(), expected=_search)
      for n in (129, 1025, 4097) for dtype in ("int32", "float32")),
    row("searchsorted", v([1, 7, 2**32 - 1], "uint32"), v([0, 2**32 - 1, 2**31], "uint32"),
        dtype="int32", expected=_search),
    row("digitize", (3, 5), v([-1.0, 0.0, 0.5, 1.0]), dtype="int32", gradients=(),
        expected=_digitize),
    row("digitize", i(33), v([-5, 0, 0, 7], "int32"), dtype="int32", expected=_digitize),
]  # fmt: skip

HOLED = v([[1.0, np.nan, 3.0, 2.0], [np.nan] * 4, [5.0, 4.0, np.nan, np.nan]])
QUANTILES = [
    *(row("quantile", (3, 7), q=q, axis=axis, method=method) for q, axis, method in [
        (0.5, None, "linear"), (0.3, 0, "linear"), (0.3, 1, "lower"), (0.3, 1, "higher"),
        (0.3, -1, "midpoint"), (0.3, 1, "nearest"), (0.0, 1, "linear"), (1.0, 1, "linear"),
        ((0.1, 0.6), 1, "linear"), ((0.2, 0.5, 0.9), (0, 1), "lower"), ((0.3,), 0, "nearest"),
    ]),
    row("quantile", (2, 3, 5), q=0.7, axis=(0, 2), keepdims=True),
    row("quantile", (2, 3, 5), q=(0.25, 0.7), axis=1, keepdims=True),
    row("quantile", (300,), q=0.37),
    row("quantile", i(9), q=0.4, dtype="float32"),
    row("quantile", v([1.0, np.nan, 3.0]), q=(0.0, 0.5), gradients=()),
    # An infinite element times a weight of 0 is NaN, as in Keras.
    row("quantile", v([1.0, np.inf, 3.0, -np.inf, 2.0]), q=(0.0, 0.25, 0.5, 1.0), gradients=(),
        expected=lambda x, q: np.array([np.nan, 1.0, 2.0, np.nan])),
    row("quantile", v([1.0, np.inf, 3.0, -np.inf, 2.0]), q=(0.1, 0.9), gradients=(),
        expected=lambda x, q: np.array([-np.inf, np.inf])),
    row("percentile", (3, 7), q=30.0, axis=1),
    row("percentile", (3, 7), q=(10, 75), axis=0, method="midpoint"),
    row("nanquantile", HOLED, q=0.3, axis=1, gradients=(), expected=quietly(np.nanquantile)),
    row("nanquantile", HOLED, q=(0.3, 1.0), axis=0, keepdims=True, gradients=()),
    row("nanquantile", (3, 5), q=0.6, axis=1),
    row("nanpercentile", HOLED, q=30, gradients=()),
    *(row("median", shape, axis=axis) for shape, axis in [
        ((7,), None), ((3, 8), 1), ((2, 3, 4), (0, 1)), ((1,), None), ((2, 3, 4), None),
    ]),
    row("median", (3, 5), axis=1, keepdims=True),
    row("median", i(2, 4), dtype="float32"),
    row("median", b(5), dtype="float32", expected=lambda x: np.median(x.astype(float))),
    row("nanmedian", HOLED, axis=1, gradients=(), expected=quietly(np.nanmedian)),
    row("nanmedian", HOLED, gradients=()),
]  # fmt: skip

PLACES = i(33, low=-1, high=6)
SEGMENTS = [
    *(row(f"segment_{name}", given, PLACES, num_segments=5, dtype=given.dtype,
          expected=_segment(fold, beginning))
      for name, fold, beginning in [
        ("sum", "add", lambda dtype: 0), ("prod", "multiply", lambda dtype: 1),
        ("max", "maximum", _least), ("min", "minimum", _greatest),
    ] for given in [
        f(33), f(33, 3), f(33, 2, 5), i(33, 4), i(33, dtype="uint8", low=0, high=99),
        i(33, dtype="int8", low=-2, high=3), i(33, dtype="uint32", low=0, high=2**32),
    ]),
    row("segment_prod", v([[0.0, 1.5], [2.0, 0.0], [0.0, 3.0], [2.0, 4.0], [5.0, 0.0]]),
        v([1, 1, 1, 0, 0], "int32"), num_segments=2, dtype="float32",
        expected=_segment("multiply", lambda dtype: 1)),
    row("segment_sum", (9, 3), v([0, 0, 1, 1, 1, 3, 3, 4, 4], "uint8"), sorted=True,
        dtype="float32", expected=_segment("add", lambda dtype: 0)),
    row("segment_sum", (1, 3), v([2], "int32"), dtype="float32",
        expected=_segment("add", lambda dtype: 0)),
    row("segment_max", v([1.0, np.nan, -np.inf, 3.0]), v([0, 0, 1, 3], "int32"), gradients=(),
        dtype="float32", expected=_segment("maximum", _least)),
]  # fmt: skip

ORDERED = [*CUMULATIVE, *SORTED, *QUANTILES, *SEGMENTS]
