"""Cases of functions of each element, of casts and of windows."""

from __future__ import annotations

import math

from tests.oracle.case import case, near
from tests.oracle.generate import DTYPES, b, binary, f, i, of, unary, v

NAN, INF = math.nan, math.inf
EXTREMES = v([NAN, INF, -INF, 0.0, -0.0, 1e-30, -1e-30, 1e-8, 1e30, -1e30, 0.5, 1.0, 2.0])

ELEMENTWISE = [
    *(one for op in ("sqrt", "rsqrt", "log", "log2", "log10", "log1p")
      for one in unary(op, low=1.0, high=9.0)),
    *(one for op in ("exp", "exp2", "expm1", "sin", "cos", "tan", "arctan", "sinh", "cosh", "tanh",
                     "arcsinh", "erf", "erfc", "cbrt", "deg2rad", "rad2deg", "i0")
      for one in unary(op)),
    *(one for op in ("arcsin", "arccos", "arctanh", "erfinv")
      for one in unary(op, low=0.0, high=0.9)),
    *unary("arccosh", low=1.0, high=9.0),
    *(one for op in ("arctan2", "logaddexp", "logaddexp2", "hypot")
      for one in binary(op, low=1.0, high=5.0)),
    *(case(op, EXTREMES) for op in ("exp", "exp2", "log1p", "tanh", "erf", "cbrt", "deg2rad",
                                    "rad2deg")),
    *(case(op, v([NAN, INF, -INF, INF, 1e30, 0.0, 3.0]), v([1.0, 2.0, INF, INF, 1e30, 0.0, -4.0]))
      for op in ("hypot", "logaddexp", "logaddexp2", "arctan2")),
    # At whole numbers the sines are 0 here, and 3e-8 there: in units of 1 they are alike.
    *near(unary("sinc"), canonical=lambda x: x + 1.0),
    case("sinc", v([0.0, 1.0, -2.0, 0.5, 1e-4, 0.25, 100.25, 12345.75])),
    case("i0", v([0.0, -1.0, 7.0, 11.99, 12.01, -30.0, 85.0])),
    *unary("signbit"),
    case("signbit", i(3, 5)),
    *(case("nextafter", a, c) for a, c in (
        (f(3, 5), f(5)), (f(), f()), (f(0, 3), f(3)), (f(3), f(4)), (f(3, 1), f(1, 5)),
        *((of(dtype, 2, 3), of(dtype, 3)) for dtype in DTYPES),
        (of("int32", 2, 3), of("float32", 3)), (f(3), 1.5),
        (v([0.0, -0.0, 1.0, 1.0, INF, -INF, NAN, 3.4028235e38]),
         v([1.0, -1.0, 1.0, -INF, 0.0, 0.0, 1.0, INF])),
        (v([0.0, 1.0, 1.0, -2.0, 65504.0, INF, 6.1e-5, NAN], "float16"),
         v([1.0, 2.0, 0.0, 0.0, INF, 0.0, 0.0, 1.0], "float16")),
        (f(3), "no number"),
    )),
    *(case("ldexp", a, c) for a, c in (
        (f(3, 5), i(5)), (f(), i()), (f(0, 3), i(3)), (f(3), i(4)), (f(3, 1), i(1, 5)),
        *((of(dtype, 2, 3), i(3)) for dtype in DTYPES),
        *((f(2, 3), of(dtype, 3)) for dtype in DTYPES),
        (v([1e-30, 1e30, 0.0, -0.0, INF, -INF, NAN]), v([200, -200, 5, 5, -300, 3, 0], "int32")),
        (f(3), 2), (f(3), f(3)), (f(3), 1.5), (f(3), "no number"),
    )),
    # Negative floats have no unsigned integers: machines differ.
    *(case("cast", of(dtype, 2, 3, low=0.0 if "float" in dtype and "uint" in to else -3.0), to)
      for dtype in DTYPES for to in DTYPES),
    case("cast", f(3), "no dtype"),
    *(case("saturate_cast", of(dtype, 2, 3), to) for dtype in DTYPES
      for to in ("uint8", "int8", "int32", "uint32", "float16", "float32", "bool")),
    *(case("saturate_cast", v([-1e20, -300.0, -5.0, 0.7, 127.9, 128.0, 300.0, 7e4, 3e9, 1e20]), to)
      for to in DTYPES),
    *(case("saturate_cast", v([-(2**31), -40000, -200, 0, 200, 300, 40000, 2**31 - 1], "int32"), to)
      for to in DTYPES),
    case("saturate_cast", v([-INF, INF, 70000.0]), "float16"),
    case("saturate_cast", f(3), "no dtype"),
    *(case(op, number) for op in ("bartlett", "blackman", "hamming", "hanning")
      for number in (0, 1, 2, 5, 8, 33, v(7, "int32"), v(4, "uint8"), -3, 5.0, v([5, 6], "int32"))),
    *(case("kaiser", number, beta) for number in (0, 1, 2, 5, 33, v(7, "int32"))
      for beta in (0, 2.5, 14.0)),
    case("kaiser", 9, v(8.6)),
    case("hanning", "no number"),
    *(case("convert_to_tensor", given) for given in (
        1, 1.5, True, [1, 2], [1.5, 2], [[1, 2], [3, 4]], [True, False], (1, 2.5), [], 2**31 - 1,
        "no number", [[1], [2, 3]],
    )),
    *(case("convert_to_tensor", of(dtype, 2, 3)) for dtype in DTYPES),
    *(case("convert_to_tensor", [1, 0], dtype=dtype) for dtype in DTYPES),
    case("convert_to_tensor", [1, 0], dtype="no dtype"),
    *(case("convert_to_tensor", of(dtype, 2), dtype="float32") for dtype in DTYPES),
    *(case("convert_to_numpy", given) for given in (f(2, 3), i(), b(3), f(0, 2), 1.5, [1, 2])),
    *(case("is_tensor", given) for given in (f(2), i(), 1.5, [1, 2], "no number", None)),
    *(case("dtype", of(dtype, 2)) for dtype in DTYPES),
    *(case("shape", f(*shape)) for shape in ((), (0,), (2, 3), (1, 4, 0))),
    *(case("stop_gradient", of(dtype, 2, 3)) for dtype in DTYPES),
]  # fmt: skip
