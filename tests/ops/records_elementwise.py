"""The table's rows of functions of each element, of one operand and of two."""

from __future__ import annotations

import math

import numpy as np

from tests.ops.expected import row, rows
from tests.ops.record import b, f, i, v

NAN, INF = math.nan, math.inf
U8, U32 = "uint8", "uint32"
SHAPES = [
    (), (1,), (7,), (3, 5), (5, 1), (1, 4), (2, 3, 7), (3, 1, 5), (0, 3), (1037,), (2, 3, 2, 3),
]  # fmt: skip
EXTREMES = v(
    [0.0, -0.0, 1e-8, -1e-8, 0.5, -0.5, 3.0, -3.0, 20.0, -20.0, 80.0, -80.0, INF, -INF, NAN]
)
MANY = v(np.linspace(-9.01, 9.0, 1031))

POSITIVE = {"low": 0.1, "high": 4.0}
UNIT = {"low": -0.95, "high": 0.95}
SMOOTH = (
    "negative square exp expm1 sin cos arctan sinh cosh tanh arcsinh erf relu relu6 leaky_relu "
    "sigmoid log_sigmoid softplus softsign hard_sigmoid hard_tanh silu swish hard_silu hard_swish "
    "elu celu selu gelu erfc"
)
STEPS = "absolute abs sign floor ceil round trunc"

ELEMENTWISE = [
    *(row("negative", shape) for shape in SHAPES),
    *(row("sigmoid", shape) for shape in SHAPES[:6]),
    *rows(SMOOTH, (3, 5)),
    *rows(SMOOTH, MANY, rtol=2e-5, atol=2e-6),
    *rows(STEPS, (2, 3, 5)),
    *rows("tan arcsin arccos arctanh", f(3, 5, **UNIT)),
    *rows("log log2 log10 sqrt rsqrt reciprocal", f(3, 5, **POSITIVE)),
    *rows("log1p arccosh", f(3, 5, low=1.1, high=4.0)),
    row("log1p", v([1e-7, -1e-3, 0.3, -0.3, 0.7, -0.9, 30.0]), rtol=2e-6),
    row("expm1", v([1e-7, -1e-3, 0.3, -0.3, 0.7, -5.0, 30.0]), rtol=4e-6),
    row("tanh", v([1e-7, 1e-3, 0.3, -0.6, 0.7, -5.0, 90.0]), rtol=2e-6),
    row("erfinv", v([-0.98, -0.5, -1e-4, 0.0, 1e-4, 0.7, 0.99])),
    *rows(
        "exp expm1 log log1p sin cos tanh sinh cosh arctan arcsinh arctanh erf sqrt rsqrt sign "
        "floor ceil round trunc absolute relu sigmoid log_sigmoid softplus elu isnan isinf "
        "isfinite",
        EXTREMES,
        gradients=(),
        rtol=2e-5,
    ),
    *rows("negative square absolute sign", i(3, 5)),
    *rows("square sign absolute", i(3, 5, low=0, high=14, dtype=U8)),
    *rows("sqrt sin", i(7, low=0, high=9)),
    row("floor", i(3, 5)),
    *rows("round trunc", i(3, 5)),
    row("round", (3, 5), decimals=2),
    row("gelu", (3, 5), approximate=False),
    row("gelu", MANY, approximate=False, rtol=2e-5, atol=2e-6),
    *rows("elu celu", (3, 5), alpha=0.7),
    row("leaky_relu", (3, 5), negative_slope=0.1),
]


PAIRS = [((), ()), ((3, 5), (3, 5)), ((3, 5), (5,)), ((3, 5), ()), ((3, 1), (1, 5)), ((1,), (7,)),
         ((2, 3, 5), (3, 1)), ((2, 1, 5), (3, 1)), ((5, 1, 1, 3), (2, 1, 3)), ((2, 1, 3, 1, 5),
             (3, 4, 1)),
         ((0, 3), (1, 3)), ((1037,), (1,)), ((33, 65), (33, 1)), ((4, 8), (4, 8))]  # fmt: skip
BINARY = "subtract multiply divide true_divide maximum minimum arctan2 logaddexp"
SHIFTS = "bitwise_left_shift bitwise_right_shift left_shift right_shift"
COMPARE = "equal not_equal less less_equal greater greater_equal"

TWO_OPERANDS = [
    *(row("add", *pair) for pair in PAIRS),
    *(row("less", *pair) for pair in PAIRS[1:7]),
    *rows(BINARY, (3, 5), (5,)),
    *rows(BINARY, (2, 1, 7), (3, 1)),
    *rows("floor_divide mod", (3, 5), f(5, **POSITIVE)),
    *rows("floor_divide mod", (3, 5), f(3, 1, low=-3.0, high=-0.5)),
    row("power", f(3, 5, **POSITIVE), (5,), rtol=2e-5),
    row("power", (3, 5), v([2.0, 3.0, 0.0, 1.0, -1.0]), gradients=(0,), rtol=2e-5),
    row(
        "power",
        v([0.0, 0.0, -2.0, -2.0, INF, NAN, 1.0]),
        v([0.0, 2.0, 3.0, 0.5, -1.0, 0.0, NAN]),
        gradients=(),
    ),
    row(
        "arctan2",
        v([0.0, -0.0, 0.0, -0.0, 1.0, -1.0, 2.0, -2.0, INF]),
        v([1.0, 1.0, -1.0, -1.0, 0.0, 0.0, -3.0, -3.0, 1.0]),
        gradients=(),
    ),
    *rows(
        "maximum minimum add divide",
        v([NAN, 1.0, INF, -INF, 0.0]),
        v([1.0, NAN, INF, 1.0, 0.0]),
        gradients=(),
    ),
    *rows(
        "floor_divide mod",
        v([7.0, -7.0, 7.0, -7.0, 0.0, 5.5, 3.0]),
        v([3.0, 3.0, -3.0, -3.0, 2.0, INF, 0.0]),
        gradients=(),
    ),
    *rows("add subtract multiply maximum minimum", i(3, 5), i(5)),
    *rows("floor_divide mod", i(3, 5), v([3, -3, 1, -2, 7], "int32")),
    *rows(
        "add multiply subtract", i(3, 5, low=0, high=200, dtype=U8), i(5, low=0, high=200, dtype=U8)
    ),
    *rows(
        "add multiply floor_divide mod maximum",
        v([4000000000, 7, 1, 0], U32),
        v([3000000000, 3, 5, 1], U32),
    ),
    row("multiply", v([2147483647, -2147483647, 65536, 3], "int32"), v([3, 3, 65536, -5], "int32")),
    row("power", i(3, 5, low=-3, high=4), v([2, 3, 0, 1, 5], "int32")),
    row("divide", i(3, 5), v([3, -3, 1, -2, 7], "int32")),
    *rows(SHIFTS, i(3, 5), v([0, 1, 31, 32, -1], "int32")),
    *rows(SHIFTS, v([7, 128, 255], U8), v([1, 7, 8], U8)),
    *rows(SHIFTS, v([4000000000, 7, 5], U32), v([4, 31, 32], U32)),
    *rows("add multiply maximum minimum", b(3, 5), b(5)),
    *rows("bitwise_and bitwise_or bitwise_xor", i(3, 5), i(5)),
    *rows("bitwise_and bitwise_or bitwise_xor", b(3, 5), b(5)),
    *rows("bitwise_and bitwise_xor", v([4000000000, 7], U32), v([3000000000, 3], U32)),
    *rows("bitwise_not bitwise_invert", i(3, 5)),
    row("bitwise_not", b(3, 5)),
    row("bitwise_not", v([0, 7, 255], U8)),
    *rows(COMPARE, i(3, 5, low=0, high=3), i(5, low=0, high=3)),
    *rows(COMPARE, b(3, 5), b(5)),
    *rows(COMPARE, v([4000000000, 7, 0], U32), v([3000000000, 7, 5], U32)),
    *rows(COMPARE, v([NAN, 1.0, INF, -0.0]), v([NAN, NAN, INF, 0.0])),
    *rows("logical_and logical_or logical_xor", b(3, 5), b(3, 1)),
    *rows("logical_and logical_or logical_xor", i(3, 5, low=0, high=2), i(5, low=0, high=2)),
    row("logical_not", b(3, 5)),
    *rows("isnan isinf isfinite isposinf isneginf nan_to_num", i(3, 5)),
    *rows("isposinf isneginf nan_to_num", EXTREMES, gradients=()),
    row("nan_to_num", EXTREMES, gradients=(), nan=-1.0, posinf=2.0, neginf=-3.0),
    row("nan_to_num", (3, 5)),
    row("add", i(3, 5), (5,), dtype="float32"),
    row("add", b(3, 5), i(5, dtype=U8), dtype=U8, expected=lambda x, y: (x + y).astype(U8)),
    row("add", i(3, 5, low=0, dtype=U8), i(5), dtype="int32"),
    *(row("where", b(*shape), shape, shape) for shape in [(), (3, 5), (2, 3, 7), (1037,)]),
    row("where", b(3, 1), (5,), ()),
    row("where", b(5), i(3, 5), i(3, 1)),
    row("where", b(3, 5), b(3, 5), b(5), dtype="bool"),
    row("where", i(3, 5, low=0, high=2), (3, 5), (3, 5), dtype="float32"),
    row("clip", (3, 5), x_min=-0.5, x_max=1.0),
    row("clip", i(3, 5), x_min=-2, x_max=3),
]
