"""The table's rows of the rarer functions of each element, of activations that gate or shrink, and
of windows."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tests.ops.expected import row
from tests.ops.record import Input, Record, f, i, v

NAN, INF = math.nan, math.inf
MANY = v(np.linspace(-9.01, 9.0, 1031))
EXTREMES = v([0.0, -0.0, 1e-8, -1e-8, 0.5, -0.5, 3.0, -3.0, 20.0, -20.0, 80.0, -80.0, INF, NAN])


def _sinc(x: np.ndarray) -> np.ndarray:
    """From the remainder of the turns, which NumPy's own rounds away."""
    whole = np.rint(x)
    angle = np.where(x == 0, 1.0, x) * np.pi
    sine = np.sin(np.pi * (x - whole)) * (1 - 2 * np.mod(whole, 2))
    return np.where(x == 0, 1.0, sine / angle)


def _tanh_shrink(x: np.ndarray) -> np.ndarray:
    series = x**3 / 3 - 2 * x**5 / 15 + 17 * x**7 / 315 - 62 * x**9 / 2835
    return np.where(np.abs(x) < 0.1, series, x - np.tanh(x))


def _squareplus(x: np.ndarray, b: float = 4) -> np.ndarray:
    root = np.sqrt(x * x + b)
    return np.where(x < 0, b / 2 / (root - np.minimum(x, 0)), (x + root) / 2)


def _soft_shrink(x: np.ndarray, threshold: float = 0.5) -> np.ndarray:
    # Comparisons with NaN do not hold.
    return np.where(np.abs(x) > threshold, np.sign(x) * (np.abs(x) - threshold), 0)


def _sparse_plus(x: np.ndarray) -> np.ndarray:
    return np.where(x <= -1, 0, np.where(x < 1, (x + 1) ** 2 / 4, x))


def _sparsemax(x: np.ndarray, axis: int = -1) -> np.ndarray:
    """By bisection for the level at which the sum is 1."""
    low, high = (np.max(x, axis, keepdims=True) - shift for shift in (1.0, 0.0))
    for _ in range(80):
        middle = (low + high) / 2
        over = np.sum(np.maximum(x - middle, 0), axis, keepdims=True) > 1
        low, high = np.where(over, middle, low), np.where(over, high, middle)
    return np.maximum(x - low, 0)


def _glu(x: np.ndarray, axis: int = -1) -> np.ndarray:
    values, gates = np.split(x, 2, axis)
    return values / (1 + np.exp(-gates))


def _i0(x: np.ndarray) -> np.ndarray:
    return np.where(np.isinf(x), np.inf, np.i0(x))


def _saturated(x: np.ndarray, dtype: str) -> np.ndarray:
    limits: Any = np.finfo(dtype) if dtype.startswith("float") else np.iinfo(dtype)
    return np.clip(x.astype(np.float64), float(limits.min), float(limits.max)).astype(dtype)


_EXPECTED = {
    "sinc": _sinc,
    "i0": _i0,
    "tanh_shrink": _tanh_shrink,
    "squareplus": _squareplus,
    "soft_shrink": _soft_shrink,
    "hard_shrink": lambda x, threshold=0.5: np.where(np.abs(x) > threshold, x, 0),
    "sparse_plus": _sparse_plus,
    "sparse_sigmoid": lambda x: np.where(np.isnan(x), x, np.clip((x + 1) / 2, 0, 1)),
    "threshold": lambda x, threshold, default_value: np.where(x > threshold, x, default_value),
    "sparsemax": _sparsemax,
    "glu": _glu,
    "saturate_cast": _saturated,
    "divide_no_nan": lambda a, b: np.where(b == 0, 0, a / np.where(b == 0, 1, b)),
    # In float64 it would be another number.
    "nextafter": lambda a, b: np.nextafter(np.float32(a), np.float32(b)),
    "bartlett": lambda x: np.bartlett(x),
    "blackman": lambda x: np.blackman(x),
    "hamming": lambda x: np.hamming(x),
    "hanning": lambda x: np.hanning(x),
    "kaiser": lambda x, beta: np.kaiser(x, beta),
}
_BOOLS = {"signbit", "isclose", "allclose"}


def _row(op: str, *inputs: Input | tuple[int, ...], **others: Any) -> Record:
    if op in _BOOLS:
        others["dtype"] = "bool"
    return row(op, *inputs, **{"expected": _EXPECTED.get(op), **others})


def _rows(ops: str, *inputs: Input | tuple[int, ...], **others: Any) -> list[Record]:
    return [_row(op, *inputs, **others) for op in ops.split()]


SMOOTH = "deg2rad rad2deg exp2 i0 sinc squareplus tanh_shrink fabs sparse_plus"
STEPS = "hard_shrink soft_shrink sparse_sigmoid signbit"

FUNCTIONS = [
    *_rows(f"{SMOOTH} {STEPS}", (3, 5)),
    *_rows(f"{SMOOTH} {STEPS}", MANY, rtol=2e-5),
    *_rows("deg2rad rad2deg exp2 i0 squareplus tanh_shrink fabs cbrt hard_shrink soft_shrink "
           "sparse_plus sparse_sigmoid signbit", EXTREMES, gradients=(), rtol=2e-5),
    _row("cbrt", f(3, 5, low=0.2, high=4.0)),
    _row("cbrt", f(3, 5, low=-4.0, high=-0.2)),
    _row("cbrt", v([0.0, 27.0, -8.0, 1e30, 1e-30]), gradients=()),
    _row("sinc", v([0.0, 1.0, -2.0, 1e-3, 0.25, -0.25, 100.5])),
    _row("tanh_shrink", v([1e-7, -1e-3, 0.3, 0.62, 0.63, -5.0]), rtol=1e-5, atol=1e-30),
    _row("squareplus", v([-50.0, -30.0, 0.0, 5.0]), b=2.5, atol=1e-30),
    _row("i0", v([0.0, 1.0, -11.9, 12.1, 30.0])),
    _row("fabs", i(3, 5), dtype="float32"),
    *_rows("hard_shrink soft_shrink", (3, 5), threshold=1.0),
    _row("threshold", (3, 5), threshold=0.5, default_value=-3.0),
    _row("threshold", i(3, 5), threshold=2, default_value=7),
]  # fmt: skip

BINARY = [
    *_rows("hypot logaddexp2 fmax fmin", (3, 5), (5,)),
    *_rows("hypot logaddexp2 fmax fmin", (2, 1, 7), (3, 1)),
    _row("hypot", v([0.0, 3.0, 0.0, 1e30, -1e-30, INF]), v([0.0, 4.0, -2.0, 1e30, 1e-30, NAN]),
         gradients=()),
    *_rows("fmod divide_no_nan", (3, 5), f(5, low=0.3, high=3.0)),
    _row("fmod", (3, 5), f(3, 1, low=-3.0, high=-0.5)),
    _row("divide_no_nan", (3, 5), v([0.0, 1.0, -0.0, 2.0, 0.5]), gradients=(0,)),
    *_rows("fmax fmin fmod", v([NAN, 1.0, INF, -INF, 7.0]), v([1.0, NAN, INF, 2.0, -0.5]),
           gradients=()),
    _row("heaviside", (3, 5), (5,)),
    _row("heaviside", v([0.0, 1.0, -1.0, -0.0]), f(4), gradients=(1,)),
    _row("nextafter", v([1.0, 1.0, 0.0, -3.0, INF]), v([2.0, 0.0, 1.0, -3.0, 0.0]), gradients=()),
    _row("nextafter", v([1.0, 1.0, 0.0, -3.0, INF], "float16"),
         v([2.0, 0.0, 1.0, -3.0, 0.0], "float16"), dtype="float16", rtol=1e-4,
         expected=lambda a, b: np.nextafter(np.float16(a), np.float16(b))),
    _row("ldexp", (3, 5), i(5)),
    _row("ldexp", (3, 1), i(2, 1, 5)),
    *_rows("isclose allclose", v([1.0, 2.0, NAN, INF]), v([1.0000001, 2.1, NAN, INF])),
    _row("isclose", v([1.0, NAN]), v([1.1, NAN]), rtol=1e-5, equal_nan=True),
    *_rows("fmax fmin fmod gcd lcm", i(3, 5), v([3, -3, 1, -2, 7], "int32")),
    *_rows("gcd lcm", v([0, 12, 200], "uint8"), v([0, 18, 250], "uint8")),
    *_rows("gcd fmod", v([4000000000, 7, 2971215073], "uint32"),
           v([3000000000, 3, 1836311903], "uint32")),
]  # fmt: skip

ALONG_AXES = [
    _row("glu", (3, 6)),
    _row("glu", (2, 4, 3), axis=1),
    _row("sparsemax", f(7, low=-1.0, high=1.0)),
    _row("sparsemax", f(3, 5, low=-0.4, high=0.4)),
    _row("sparsemax", (2, 3, 4), axis=1),
    _row("sparsemax", v([[1000.0, 1000.5, 3.0]])),
    *(_row("saturate_cast", v([-70000.0, -3.5, 0.0, 200.7, 70000.0]), dtype=dtype)
      for dtype in ("uint8", "int8", "uint16", "int32", "float16")),
    _row("saturate_cast", (3, 5), dtype="float32", gradients=()),
    _row("saturate_cast", i(3, 5, low=-400, high=400), dtype="uint8"),
    *_rows("bartlett blackman hamming hanning", x=7),
    *_rows("bartlett blackman hamming hanning", x=1),
    _row("kaiser", x=9, beta=8.6),
]  # fmt: skip
