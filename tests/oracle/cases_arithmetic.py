"""Cases of arithmetic, elementwise."""

from __future__ import annotations

from tests.oracle.case import case
from tests.oracle.generate import binary, f, of, unary

ARITHMETIC = [
    *(one for op in ("add", "subtract", "multiply", "divide", "true_divide", "maximum", "minimum",
                     "floor_divide", "mod", "power", "arctan2", "logaddexp")
      for one in binary(op, low=1.0, high=5.0)),
    *(one for op in ("negative", "absolute", "abs", "sign", "floor", "ceil", "round", "trunc",
                     "square", "reciprocal") for one in unary(op)),
    *(case("round", of(dtype, 3, 5), decimals=decimals)
      for dtype in ("float32", "int32") for decimals in (0, 1, -1)),
    *(case("clip", of(dtype, 3, 5), 0, 2) for dtype in ("int32", "float16", "float32", "uint8")),
    case("clip", f(3, 5), -0.5, 1.5),
    case("clip", f(3, 5), f(5, low=-2.0, high=-1.0), f(3, 1, low=0.0, high=2.0)),
]  # fmt: skip
