"""The table's rows of reductions and softmax."""

from __future__ import annotations

import math

import numpy as np

from tests.ops.expected import row, rows
from tests.ops.record import b, i, v

NAN, INF = math.nan, math.inf
U8, U32 = "uint8", "uint32"

REDUCED = [
    ((7,), {}), ((3, 5), {}), ((3, 5), {"axis": 0}), ((3, 5), {"axis": -1}), ((5, 1), {"axis": 0}),
    ((2, 3, 7), {"axis": 1, "keepdims": True}), ((2, 3, 5), {"axis": (0, 2)}), ((1, 1),
        {"axis": 1}),
    ((2, 3, 2, 5), {"axis": (1, 3), "keepdims": True}), ((3, 1, 5), {"axis": (1,)}),
    ((2, 1, 3, 1, 5), {"axis": (0, 2)}), ((1037,), {}), ((33, 65), {"axis": 0}), ((3, 4),
        {"axis": ()}),
]  # fmt: skip
REDUCTIONS = [
    *(
        row(op, shape, rtol=1e-5, atol=2e-5, **static)
        for op in ("sum", "max")
        for shape, static in REDUCED
    ),
    *(
        row(op, shape, rtol=1e-5, atol=1e-5, **static)
        for op in ("mean", "min", "prod", "var", "logsumexp")
        for shape, static in (REDUCED[2], REDUCED[5], REDUCED[8])
    ),
    *rows("amax amin std", (3, 5), axis=1),
    row("sum", (), atol=0.0),
    row("sum", (0, 3), axis=0),
    row("sum", (0, 3)),
    row("prod", (0, 3), axis=0),
    row("prod", v([[2.0, 0.0, 3.0], [0.0, 0.0, 1.0], [1.0, 2.0, 3.0]]), axis=1),
    row("max", (0, 3), axis=1, initial=-5.0, expected=lambda x, axis, initial: np.max(x,
        axis=axis, initial=initial)),
    row("max", (3, 5), axis=1, initial=0.5, expected=lambda x, axis, initial: np.max(x, axis=axis,
        initial=initial)),
    *rows("max min sum", v([[1.0, NAN, 2.0], [INF, 1.0, -INF]]), axis=1, gradients=()),
    row("max", v([-INF, -INF]), gradients=()),
    row("logsumexp", v([[1000.0, 999.0], [-INF, 0.0]]), axis=1, gradients=(), expected=lambda x,
        axis: np.logaddexp.reduce(x, axis)),
    *rows("sum max min prod", i(3, 5), axis=1),
    *rows("max min", i(3, 5, low=0, high=200, dtype=U8), axis=0),
    row("sum", i(3, 5, low=0, high=200, dtype=U8), axis=0, dtype=U32),
    row("sum", v([4000000000, 7, 1], U32)),
    row("sum", b(3, 5), axis=1, dtype="int32"),
    *rows("max min", b(3, 5), axis=1),
    row("count_nonzero", i(3, 5, low=0, high=2), axis=1),
    row("count_nonzero", v([[0.0, 2.0, 0.5], [0.0, NAN, 0.0]]), dtype="int32"),
    row("mean", i(3, 5), axis=1),
    *rows("any all", b(3, 5), axis=1),
    *rows("any all", b(2, 3, 7), axis=(0, 2), keepdims=True),
    *rows("any all", i(3, 5, low=0, high=2)),
    *rows("any all", b(0, 3), axis=0),
    *(
        row(op, shape, dtype="int32", expected=lambda x, axis=None, keepdims=False,
            op=op: getattr(np, op)(x, axis=axis, keepdims=keepdims), **static)
        for op in ("argmax", "argmin")
        for shape, static in [
            ((7,), {}), ((3, 5), {}), ((3, 5), {"axis": 0}),
            ((3, 5), {"axis": -1, "keepdims": True}), ((2, 3, 7), {"axis": 1}),
            ((5, 1), {"axis": 0}), ((1037,), {"axis": 0}), ((1, 1), {"axis": 1}),
        ]
    ),
    *rows("argmax argmin", v([[1, 5, 5, 0], [2, 2, 0, 0]], "int32"), axis=1, dtype="int32"),
    *rows("argmax argmin", v([[1.0, NAN, 5.0], [2.0, 2.0, 2.0], [INF, -INF, INF]]), axis=1,
        dtype="int32"),
    row("argmax", b(3, 5), axis=1, dtype="int32"),
    row("argmax", v([4000000000, 7, 4000000001], U32), dtype="int32"),
    *(row(op, shape, axis=axis) for op in ("softmax", "log_softmax") for shape, axis in
      [((7,), -1), ((3, 5), -1), ((3, 5), 0), ((2, 3, 7), 1), ((2, 3, 5), (1, 2)), ((33, 10), -1)]),
    *rows("softmax log_softmax", v([[1000.0, 0.0, -1000.0], [88.0, 89.0, 90.0]]), atol=1e-4),
    row("moments", (3, 5), axes=(0,)),
    row("moments", (2, 3, 5), axes=(0, 2), keepdims=True),
    row("normalize", (3, 5)),
    row("normalize", (2, 3, 5), axis=(0, 1)),
    row("normalize", (3, 5), axis=0, order=3),
]  # fmt: skip
