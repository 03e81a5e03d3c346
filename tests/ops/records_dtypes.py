"""The table's rows of float16: a storage type, computed with in float32 and rounded once an op."""

from __future__ import annotations

from typing import Any

from tests.ops.expected import row
from tests.ops.record import Input, Record, b, i, v

INFINITY, NAN = float("inf"), float("nan")


def h(*shape: int, low: float = -2.0, high: float = 2.0) -> Input:
    """Halves."""
    return Input(shape, "float16", low, high)


def _half(op: str, *inputs: Input | tuple[int, ...], **others: Any) -> Record:
    made = [h(*given) if isinstance(given, tuple) else given for given in inputs]
    # A unit of the last place is 1e-3.
    return row(op, *made, **{"dtype": "float16", "rtol": 2e-3, "atol": 1e-3, **others})


EXTREMES = v([0.0, -0.0, 6e-8, -6e-8, 1e-5, 6.1e-5, 1.0, -2.5, 255.0, 65504.0, -65504.0, INFINITY,
              -INFINITY, NAN], "float16")  # fmt: skip

HALVES = [
    *(_half("negative", shape) for shape in [(), (1,), (7,), (3, 5), (5, 1), (0, 3), (1037,)]),
    *(_half(op, EXTREMES) for op in ("negative", "absolute", "relu", "tanh", "sigmoid")),
    *(_half(op, EXTREMES, dtype="bool") for op in ("isnan", "isinf", "isfinite")),
    *(_half(op, (3, 5)) for op in ("exp", "sin", "square", "gelu", "softmax", "floor", "erf")),
    *(_half(op, h(3, 5, low=0.1)) for op in ("log", "sqrt", "rsqrt")),
    *(
        _half(op, (3, 5), (5,))
        for op in ("add", "subtract", "multiply", "divide", "maximum", "arctan2")
    ),
    *(_half(op, (3, 5), (5,), dtype="bool") for op in ("less", "equal")),
    _half("power", h(3, 5, low=0.1), (5,)),
    _half("where", b(3, 5), (5,), (3, 1)),
    _half("add", (3, 5), i(5), rtol=4e-3),
    row("add", h(3, 5), (5,), dtype="float32"),
    _half("nan_to_num", EXTREMES, nan=1.0, posinf=2.0, neginf=3.0),
    row("cast", EXTREMES, dtype="float32"),
    row("cast", v([1.0, 2049.0, 2051.0, 65519.0, 1e-8, 5.97e-8]), dtype="float16", gradients=()),
    row("cast", h(3, 5, low=-9, high=9), dtype="int32"),
    _half("sum", (33, 65), axis=0, atol=2e-2),
    _half("sum", (7, 1031), axis=1, atol=5e-2),
    _half("mean", (3, 5), axis=-1),
    _half("max", (3, 5), axis=0),
    row("argmax", h(3, 7), dtype="int32", axis=1),
    _half("var", (5, 7), axis=1, rtol=4e-3),
    _half("cumsum", (3, 9), axis=1, atol=1e-2),
    _half("matmul", (3, 5), (5, 7), atol=4e-3),
    _half("matmul", (33, 65), (65, 9), atol=2e-2),
    _half("conv", (2, 9, 3), (3, 3, 4), padding="same", atol=1e-2),
    _half("reshape", (3, 4), newshape=(2, 6)),
    _half("transpose", (3, 5, 2), axes=(2, 0, 1)),
    _half("concatenate", (3, 5), (3, 2), packed=True, axis=1),
    _half("pad", (3, 5), pad_width=((1, 2), (0, 3))),
    _half("take", (4, 3), v([2, 0, 2], "int32"), axis=0),
    _half("ones_like", (3, 5)),
]
