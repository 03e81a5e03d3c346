"""Cases of arithmetic, elementwise."""

from __future__ import annotations

from tests.oracle.case import case
from tests.oracle.generate import DTYPES, MIXED, binary, f, i, of, unary, v

NAN, INF = float("nan"), float("inf")
ARITHMETIC = [
    *(one for op in ("add", "subtract", "multiply", "divide", "true_divide", "maximum", "minimum",
                     "floor_divide", "mod", "power", "fmax", "fmin", "fmod", "divide_no_nan")
      for one in binary(op, low=1.0, high=5.0)),
    *(one for op in ("negative", "absolute", "abs", "sign", "floor", "ceil", "round", "trunc",
                     "square", "reciprocal", "fabs") for one in unary(op)),
    *(case("round", of(dtype, 3, 5), decimals=decimals)
      for dtype in ("float32", "int32") for decimals in (0, 1, -1)),
    *(one for op in ("maximum", "minimum", "fmax", "fmin", "mod", "fmod", "floor_divide",
                     "divide_no_nan")
      for one in (case(op, v([NAN, 1.0, INF, -INF, 7.0]), v([1.0, NAN, INF, 2.0, -0.5])),
                  case(op, i(3, 5), v([3, -3, 1, -2, 7], "int32")))),
    case("divide_no_nan", f(3, 5), v([0.0, 1.0, 0.0, -0.0, 2.0])),
    case("divide_no_nan", i(3, 5), v([0, 1, 0, 3, 2], "int32")),
    *binary("heaviside"),
    case("heaviside", v([-1.0, 0.0, -0.0, 2.0, NAN, INF]), 0.5),
    *(case(op, a, c) for op in ("gcd", "lcm") for a, c in (
        *((of(dtype, 3, 5), of(dtype, 5)) for dtype in DTYPES),
        *((of(a, 3, 5), of(c, 5)) for a, c in MIXED),
        (v([0, 12, -18, 7, 2147483647], "int32"), v([0, 18, 12, -21, 65537], "int32")),
        (v([0, 250, 128, 3], "uint8"), v([5, 100, 96, 0], "uint8")),
        (v([1836311903], "int32"), v([1134903170], "int32")),
        (i(3, 1), i(1, 5)), (i(), i()), (i(0, 3), i(3)), (i(3, 5), 6), (i(3, 5), i(4)),
        (f(3), 2), (i(3), "no number"),
    )),
    *(case("clip", of(dtype, 3, 5), 0, 2) for dtype in DTYPES),
    case("clip", f(3, 5), -0.5, 1.5),
    case("clip", f(3, 5), f(5, low=-2.0, high=-1.0), f(3, 1, low=0.0, high=2.0)),
]  # fmt: skip
