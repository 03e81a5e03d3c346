"""Inputs by kind of op: what broadcasts, what is empty, every dtype, and mistakes.

Each function gives the cases of one op; the tables of families call them.
"""

from __future__ import annotations

from typing import Any

from tests.ops.record import Input, b, f, i, v
from tests.oracle.case import Case, case

DTYPES = (
    "bool", "uint8", "uint16", "uint32", "int8", "int16", "int32", "int64",
    "float16", "float32", "float64",
)  # fmt: skip
# What mixes with what: each kind and each width with the others.
MIXED = (
    ("bool", "int32"), ("bool", "float32"), ("uint8", "int8"), ("uint8", "int32"),
    ("uint16", "int16"), ("uint32", "int32"), ("int8", "float16"), ("int32", "float16"),
    ("int32", "float32"), ("int64", "float32"), ("float16", "float32"), ("float32", "float64"),
    ("uint32", "float16"), ("int16", "uint8"), ("bool", "uint8"),
)  # fmt: skip
SHAPES: tuple[tuple[int, ...], ...] = ((), (1,), (0,), (7,), (3, 5), (2, 0, 3), (2, 1, 3, 5))
PAIRS: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...] = (
    ((), ()), ((3, 5), (3, 5)), ((3, 5), (5,)), ((3, 5), ()), ((3, 1), (1, 5)), ((2, 1, 5), (3, 1)),
    ((0, 3), (1, 3)), ((1,), (7,)),
)  # fmt: skip


def of(dtype: str, *shape: int, low: float = -3.0, high: float = 4.0) -> Input:
    """An input of any dtype; unsigned ones begin at 0."""
    return Input(shape, dtype, low, high)


def unary(op: str, low: float = -3.0, high: float = 4.0, **kwargs: Any) -> list[Case]:
    """Of a function of each element: shapes, dtypes, NaN and infinities, numbers, mistakes."""
    return [
        *(case(op, f(*shape, low=low, high=high), **kwargs) for shape in SHAPES),
        *(case(op, of(dtype, 2, 3, low=low, high=high), **kwargs) for dtype in DTYPES),
        case(op, v([float("nan"), float("inf"), -float("inf"), 0.0, -0.0]), **kwargs),
        case(op, "no number", **kwargs),
    ]


def binary(op: str, low: float = -3.0, high: float = 4.0, **kwargs: Any) -> list[Case]:
    """Of a function of two elements: broadcasting, mixed dtypes, numbers, mistakes."""
    return [
        *(case(op, f(*a, low=low, high=high), f(*c, low=low, high=high), **kwargs)
          for a, c in PAIRS),
        *(case(op, of(dtype, 2, 3, low=low, high=high), of(dtype, 3, low=low, high=high), **kwargs)
          for dtype in DTYPES),
        *(case(op, of(a, 2, 3, low=low, high=high), of(c, 3, low=low, high=high), **kwargs)
          for a, c in MIXED),
        *(case(op, of(c, 2, 3, low=low, high=high), of(a, 3, low=low, high=high), **kwargs)
          for a, c in MIXED),
        *(case(op, of(dtype, 3, low=low, high=high), number, **kwargs)
          for dtype in ("int32", "float16", "float32", "uint8") for number in (2, 1.5)),
        case(op, f(3, 5), f(4), **kwargs),
        case(op, f(3), "no number", **kwargs),
    ]  # fmt: skip


def reduction(op: str, empty: bool = True, **kwargs: Any) -> list[Case]:
    """Of a fold over axes: one, several, negative, all, `keepdims`; dtypes; mistakes."""
    return [
        *(case(op, f(*shape), **kwargs) for shape in ((), (7,), (3, 5), (2, 3, 4))),
        *(case(op, f(2, 3, 4), axis=axis, **kwargs) for axis in (0, 1, -1, (0, 2), (-1, 0), (1,))),
        *(case(op, f(2, 3, 4), axis=axis, keepdims=True, **kwargs) for axis in (None, 1, (0, -1))),
        *(case(op, of(dtype, 3, 4), axis=1, **kwargs) for dtype in DTYPES),
        *([case(op, f(0, 3), axis=axis, **kwargs) for axis in (None, 0, 1)] if empty else []),
        case(op, v([[1.0, float("nan"), 2.0], [float("inf"), 1.0, -float("inf")]]), axis=1,
             **kwargs),
        case(op, f(3, 5), axis=2, **kwargs),
        case(op, f(3, 5), axis=(0, 5), **kwargs),
        case(op, "no number", **kwargs),
    ]  # fmt: skip


__all__ = ["DTYPES", "MIXED", "PAIRS", "SHAPES", "b", "binary", "f", "i", "of", "reduction",
           "unary", "v"]  # fmt: skip
