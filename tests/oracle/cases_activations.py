"""Cases of activations, softmax and its kind, one-hot, moments."""

from __future__ import annotations

from tests.oracle.case import case
from tests.oracle.generate import DTYPES, b, f, i, of, unary, v

NAN, INF = float("nan"), float("inf")
PIECES = v([-3.0, -1.5, -1.0, -0.5, -0.2, 0.0, 0.2, 0.5, 1.0, 1.5, 3.0, 6.0, 7.0, 100.0, -100.0])

ACTIVATIONS = [
    *(one for op in ("relu", "relu6", "leaky_relu", "sigmoid", "log_sigmoid", "softplus",
                     "softsign", "hard_sigmoid", "hard_tanh", "silu", "swish", "hard_silu",
                     "hard_swish", "elu", "celu", "selu", "gelu", "hard_shrink", "soft_shrink",
                     "sparse_plus", "sparse_sigmoid", "squareplus", "tanh_shrink")
      for one in (*unary(op), case(op, PIECES))),
    *unary("gelu", approximate=False),
    *(case(op, PIECES, alpha=0.7) for op in ("elu", "celu")),
    case("leaky_relu", PIECES, negative_slope=0.1),
    case("leaky_relu", PIECES, 0.5),
    *(case(op, PIECES, threshold=threshold) for op in ("hard_shrink", "soft_shrink")
      for threshold in (0.0, 1.0, 1)),
    *(case("squareplus", PIECES, b=b) for b in (0, 1.5, 16)),
    *unary("threshold", threshold=0.5, default_value=-1.0),
    case("threshold", PIECES, 1, 7),
    case("threshold", i(7), 1, 7),
    *(case("glu", f(*shape), **named) for shape, named in (
        ((4,), {}), ((3, 6), {}), ((2, 4, 3), {"axis": 1}), ((2, 4, 3), {"axis": -2}),
        ((2, 0), {}), ((3, 5), {}), ((), {}), ((2, 4), {"axis": 2}), ((0, 4), {}),
    )),
    *(case("glu", of(dtype, 2, 4)) for dtype in DTYPES),
    case("glu", v([NAN, 1.0, INF, 2.0, 3.0, -INF])),
    *(case(op, f(*shape), **named) for op in ("softmax", "log_softmax", "sparsemax")
      for shape, named in (
        ((7,), {}), ((3, 5), {}), ((2, 3, 4), {"axis": 1}), ((2, 3, 4), {"axis": 0}),
        ((2, 3, 4), {"axis": -2}), ((3, 1), {}), ((3, 5), {"axis": 2}), ((3, 5), {"axis": -3}),
        ((0, 3), {}), ((), {}),
    )),
    *(case(op, f(2, 3, 4), axis=axis) for op in ("softmax", "log_softmax")
      for axis in ((0, 1), (-1, 0), (1,), (0, 1, 2), None)),
    *(case(op, of(dtype, 2, 3)) for op in ("softmax", "log_softmax", "sparsemax")
      for dtype in DTYPES),
    *(case(op, v([[1.0, NAN, 2.0], [INF, 1.0, 2.0], [-INF, 1.0, 2.0], [1e30, 1.0, 2.0],
                  [1000.0, 1000.0, 999.0]])) for op in ("softmax", "log_softmax")),
    case("sparsemax", v([[3.0, 2.5, -1.0], [0.1, 0.1, 0.1], [1.0, 1.0, 0.0], [5.0, -5.0, 0.0]])),
    *(case("one_hot", i(*shape, low=-1, high=5), 4, **named) for shape, named in (
        ((), {}), ((3,), {}), ((2, 3), {}), ((2, 3), {"axis": 0}), ((2, 3), {"axis": 1}),
        ((2, 3), {"axis": -2}), ((0, 3), {}), ((3,), {"dtype": "int32"}), ((3,), {"dtype": "bool"}),
    )),
    *(case("one_hot", of(dtype, 3, low=0), 4) for dtype in DTYPES if "int" in dtype),
    case("one_hot", i(3, low=0), 0),
    *(case("moments", f(2, 3, 4), axes, **named) for axes in (0, (0, 2), (-1,), [1], (0, 1, 2))
      for named in ({}, {"keepdims": True})),
    *(case("moments", of(dtype, 3, 4), 0) for dtype in DTYPES),
    case("moments", f(0, 3), 1),
    case("moments", f(3, 4), (5,)),
    *(case("normalize", f(*shape), **named) for shape, named in (
        ((7,), {}), ((3, 5), {}), ((2, 3, 4), {"axis": 1}), ((2, 3, 4), {"axis": (0, 2)}), ((), {}),
        ((3, 5), {"order": 1}), ((3, 5), {"order": 3}), ((3, 5), {"order": 0}),
        ((3, 5), {"order": 1.5}), ((3, 5), {"axis": 0, "epsilon": 10.0}), ((3, 5), {"axis": 2}),
        ((0, 3), {}),
    )),
    *(case("normalize", of(dtype, 2, 3, low=1)) for dtype in DTYPES),
    case("normalize", v([[0.0, 0.0], [1e-9, 0.0], [3.0, 4.0]])),
    case("relu", b(3)),
]  # fmt: skip
