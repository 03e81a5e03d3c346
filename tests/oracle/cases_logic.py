"""Cases of comparisons, logic, bits and choices."""

from __future__ import annotations

from tests.oracle.case import case
from tests.oracle.generate import DTYPES, MIXED, b, binary, f, i, of, unary, v

NAN, INF = float("nan"), float("inf")
INTEGERS = ("uint8", "uint16", "uint32", "int8", "int16", "int32", "int64")
CLOSE = (v([1.0, 1.0, 1.0, 0.0, INF, INF, NAN, NAN, 1e30]),
         v([1.0, 1.00001, 1.1, 1e-9, INF, -INF, NAN, 1.0, INF]))  # fmt: skip

LOGIC = [
    *(one for op in ("equal", "not_equal", "less", "less_equal", "greater", "greater_equal",
                     "logical_and", "logical_or", "logical_xor")
      for one in (*binary(op), case(op, v([NAN, 1.0, INF, -0.0]), v([NAN, NAN, INF, 0.0])))),
    *(one for op in ("isnan", "isinf", "isfinite", "isposinf", "isneginf", "logical_not",
                     "nan_to_num") for one in unary(op)),
    *(case("nan_to_num", v([NAN, INF, -INF, 1.5], dtype), **named)
      for dtype in ("float32", "float16")
      for named in ({}, {"nan": 1.0}, {"posinf": 2.0}, {"nan": -1, "posinf": 3, "neginf": -4})),
    *(case(op, of(a, 3, 5), of(c, 5)) for op in ("bitwise_and", "bitwise_or", "bitwise_xor")
      for a, c in (*((dtype, dtype) for dtype in DTYPES), *MIXED)),
    *(case(op, *given) for op in ("bitwise_and", "bitwise_or", "bitwise_xor")
      for given in ((i(), i()), (i(0, 3), i(3)), (i(3, 1), i(1, 5)), (i(3, 5), 6), (i(3), i(4)),
                    (b(3), True), (i(3), "no number"))),
    *(case(op, of(dtype, 2, 3)) for op in ("bitwise_not", "bitwise_invert") for dtype in DTYPES),
    *(case(op, given) for op in ("bitwise_not", "bitwise_invert")
      for given in (i(), i(0, 3), "no number")),
    *(case(op, of(a, 3, 5, low=-9, high=9), of(c, 5, low=0, high=7))
      for op in ("bitwise_left_shift", "bitwise_right_shift", "left_shift", "right_shift")
      for a, c in (*((dtype, dtype) for dtype in INTEGERS), ("bool", "bool"), ("uint8", "int32"),
                   ("int8", "uint8"), ("float32", "int32"), ("int32", "float32"))),
    *(case(op, *given)
      for op in ("bitwise_left_shift", "bitwise_right_shift", "left_shift", "right_shift")
      for given in ((i(), 2), (of("uint8", 3), 2), (i(0, 3), i(3, low=0)), (i(3), i(4, low=0)),
                    (i(3, 1), i(1, 5, low=0)), (v([1, -8, 7], "int32"), v([31, 32, 33], "int32")),
                    (i(3), "no number"))),
    *binary("isclose"),
    *(case(op, *CLOSE, **named) for op in ("isclose", "allclose")
      for named in ({}, {"equal_nan": True}, {"rtol": 0.2}, {"rtol": 0.0, "atol": 0.2})),
    *(case("allclose", *given) for given in (
        (f(3, 5), f(3, 5)), (f(3, 5), f(5)), (v([1.0, 2.0]), v([1.0, 2.000001])), (f(), f()),
        (f(0, 3), f(3)), (i(3), i(3)), (v([1, 2], "int32"), v([1, 2], "int32")), (f(3), f(4)),
        (b(3), b(3)), (v([1.0, 1.0]), 1.0), (f(3), "no number"),
    )),
    *(case("where", b(*shape), f(*shape), f(*shape)) for shape in ((), (3, 5), (0, 3), (2, 1, 5))),
    *(case("where", b(3, 1), of(a, 3, 5), of(c, 5))
      for a, c in (*((dtype, dtype) for dtype in DTYPES), *MIXED)),
    *(case("where", of(dtype, 3), f(3), f(3)) for dtype in DTYPES),
    *(case("where", b(3), *given) for given in (
        (1, 2), (1.5, 2), (f(3), 1), (i(3), 1.5), (of("float16", 3), 1.5), (of("uint8", 3), 2),
        (True, False), (f(4), f(4)), (f(3), "no number"), (f(3), None), (None, f(3)),
    )),
    *(case("where", given) for given in (b(3, 5), b(), i(7), f(2, 3), b(0, 3), v([0.0, NAN, 2.0]))),
]  # fmt: skip
