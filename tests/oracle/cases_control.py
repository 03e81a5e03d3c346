"""Cases of control flow: branches, loops, mapped functions, and rules for gradients."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.oracle.case import Case, Function, case
from tests.oracle.generate import DTYPES, b, f, i, of, v


def fn(function: Callable[..., Any]) -> Function:
    """A function that calls no op."""
    return Function(lambda ops: function)


BRANCHES = [
    *(case("cond", pred, Function(lambda ops: lambda: ops.ones((2,))),
           Function(lambda ops: lambda: ops.zeros((2,))))
      for pred in (True, False, 0, 1, v(True, "bool"), v(False, "bool"), v(0, "int32"), v(2.5),
                   v([True], "bool"),
                   v([True, False], "bool"))),
    case("cond", v(True, "bool"), fn(lambda: {"a": 1.0, "b": (2, 3.0)}),
         fn(lambda: {"a": 2.0, "b": (2, 1.0)})),
    case("cond", True, 3, 4), case("cond", False, 3, 4),
    case("cond", True, fn(lambda x: x), fn(lambda: 3)),
    *(case("switch", index, [Function(lambda ops: ops.add), Function(lambda ops: ops.subtract),
                             Function(lambda ops: ops.multiply)], f(3), f(3))
      for index in (0, 1, 2, 3, -1, -7, v(1, "int32"), v(9, "int32"), v(1, "uint8"), v(1.0),
                    v([1], "int32"), v([0, 1], "int32"))),
    case("switch", 0, [fn(lambda x: (x["a"], x["b"][0]))], {"a": f(2), "b": [i(3)]}),
    case("switch", 0, [fn(lambda: 3)]), case("switch", 0, []), case("switch", 0, [3]),
    case("switch", "no number", [fn(lambda: 3)]),
]  # fmt: skip


def _less(limit: Any) -> Function:
    return fn(lambda x, *_: x < limit)


LOOPS = [
    case("while_loop", _less(10), fn(lambda x: x + 1), i(low=0)),
    case("while_loop", _less(10), fn(lambda x: x + 1), 0),
    case("while_loop", _less(10), fn(lambda x: x * 1.5), 1.0),
    case("while_loop", _less(10), fn(lambda x, y: (x + 1, y + x)), (0, 1)),
    case("while_loop", _less(10), fn(lambda x, y: [x + 1, y + x]), [0, 1]),
    case("while_loop", _less(10), fn(lambda x: (x + 1,)), (0,)),
    case("while_loop", _less(10), fn(lambda x, y: (x + 1, y * 0.5)), (0, f(3))),
    case("while_loop", _less(3), fn(lambda x, y: (x + 1, {"a": y["a"] + 1, "b": y["b"]})),
         (0, {"a": f(2), "b": i(3)})),
    case("while_loop", fn(lambda x: x["k"] < 5), fn(lambda x: {"k": x["k"] + 1, "y": x["y"] * 2}),
         {"k": 0, "y": f(3)}),
    *(case("while_loop", _less(10), fn(lambda x: x + 1), 0, maximum_iterations=most)
      for most in (0, 1, 4, 50)),
    case("while_loop", _less(10), fn(lambda x, y: (x + 1, y + x)), (0, 1), 4),
    case("while_loop", _less(0), fn(lambda x: x + 1), 0),
    case("while_loop", _less(0), fn(lambda x: x + 1), f(3)),
    case("while_loop", _less(5), fn(lambda x: x + 1), v([0, 1], "int32")),
    case("while_loop", _less(5), Function(lambda ops: lambda x: ops.concatenate([x, x])),
         f(1, low=0.0, high=1.0), 2),
    case("while_loop", _less(5), fn(lambda x, y: (x + 1,)), (0, 1)),
    case("while_loop", _less(5), 3, 0), case("while_loop", 3, fn(lambda x: x), 0),
    case("while_loop", _less(5), fn(lambda x: x + 1), "no number"),
    *(case("fori_loop", lower, upper, fn(lambda k, x: x + k), init) for lower, upper, init in [
        (0, 5, f(3)), (2, 7, 0), (5, 2, f(3)), (-3, 3, 1.0), (v(0, "int32"), v(4, "int32"), f(2)),
        (0.0, 3.0, 0)]),
    case("fori_loop", 0, 3, fn(lambda k, x: (x[0] + 1, x[1] * 2)), (i(2), f(3))),
    case("fori_loop", 0, 3, fn(lambda k, x: {"a": x["a"] + x["b"], "b": x["b"]}),
         {"a": f(2), "b": f(2)}),
    case("fori_loop", 0, 3, Function(lambda ops: lambda k, x: x + ops.cast(k, "float32") ** 2),
         f(2)),
    case("fori_loop", 0, 3, 7, f(2)),
]  # fmt: skip

PAIR = fn(lambda c, x: (c + x, c * x))
SCANS = [
    case("scan", PAIR, f(), f(5)), case("scan", PAIR, 0, i(5)), case("scan", PAIR, f(3), f(5, 3)),
    case("scan", PAIR, f(3), f(5, 1)), case("scan", PAIR, f(), f(5), reverse=True),
    case("scan", PAIR, f(), f(1)),
    *(case("scan", PAIR, f(), f(6), unroll=unroll)
      for unroll in (1, 2, True, False, 0, -1, 1.5, "no")),
    *(case("scan", PAIR, f(), f(6), length=length) for length in (6, 4, 7)),
    *(case("scan", fn(lambda c, x: (c + 1, c * 2)), f(2), None, length, reverse)
      for length in (1, 4)
      for reverse in (False, True)),
    case("scan", fn(lambda c, x: (c + 1, c * 2)), f(2)),
    case("scan", fn(lambda c, x: (c + 1, c * 2)), f(2), length=0),
    case("scan", PAIR, f(), f(0)),
    case("scan", fn(lambda c, x: (c + x["a"], {"y": x["b"], "z": (c, c)})), f(3),
         {"a": f(4, 3), "b": i(4, 2)}),
    case("scan", fn(lambda c, x: ((c[0] + x[0], c[1] * x[1]), x[0])), (f(3), f()), (f(4, 3), f(4))),
    case("scan", fn(lambda c, x: ({"s": c["s"] + x}, c["s"])), {"s": f(2)}, f(3, 2), reverse=True),
    case("scan", fn(lambda c, x: (c + x, None)), f(2), f(3, 2)),
    case("scan", fn(lambda c, x: (c + x, x > 0)), f(2), f(3, 2)),
    case("scan", PAIR, f(), (f(3), f(4))), case("scan", PAIR, f(), f()), case("scan", 3, f(), f(3)),
    case("scan", fn(lambda c, x: c + x), f(), f(3)),
    case("scan", fn(lambda c, x: ((c, c), x)), f(), f(3)),
    *(case("scan", PAIR, of(dtype, 2), of(dtype, 4, 2)) for dtype in DTYPES if dtype != "bool"),
    case("scan", Function(lambda ops: lambda c, x: (ops.concatenate([c, c]), x)), f(1), f(3)),
    case("scan", Function(lambda ops: lambda c, x: (ops.cast(c, "int32"), x)), f(1), f(3)),
]  # fmt: skip
MAPPED = [
    *(case(op, Function(of_ops), *xs) for op in ("map", "vectorized_map") for of_ops, *xs in [
        (lambda ops: lambda x: x * x, f(5)), (lambda ops: lambda x: ops.sum(x), f(5, 3)),
        (lambda ops: lambda x: ops.reshape(x, (3, 2)), f(4, 2, 3)),
        (lambda ops: lambda x: x > 0, i(5)),
        (lambda ops: lambda x: x[0] + x[1], [f(4, 3), f(4, 3)]),
        (lambda ops: lambda x: x[0] * x[1], (f(4), f(4, 2))),
        (lambda ops: lambda x: x["a"] - x["b"], {"a": f(4, 2), "b": f(4, 2)}),
        (lambda ops: lambda x: {"y": x**2, "z": (x * 10, x)}, f(3)),
        (lambda ops: lambda x: ops.matmul(x, x), f(2, 3, 3)),
        (lambda ops: lambda x: x * 2, f(0, 3)), (lambda ops: lambda x: x, f()),
        (lambda ops: 3, f(3)),
        (lambda ops: lambda x: x[0] + x[1], [f(4), f(3)]),
    ]),
    *(case(op, fn(lambda x: x + x), of(dtype, 3, 2)) for op in ("map", "vectorized_map")
      for dtype in DTYPES),
]  # fmt: skip


def _affine(first: Any, then: Any) -> Any:
    return first[0] * then[0], first[1] * then[0] + then[1]


FOLDED = [
    *(case("associative_scan", Function(lambda ops: ops.add), f(*shape), axis=axis, reverse=reverse)
      for shape, axis,
      reverse in [((7,), 0, False), ((7,), 0, True), ((1,), 0, True), ((3, 5), 1, True),
                                   ((3, 5), -1, False), ((3, 5), -1, True), ((2, 6, 3), 1, False),
                                   ((0, 3), 0, False)]),
    # each dtype takes JAX a second to compile
    *(case("associative_scan", Function(lambda ops: ops.maximum), of(dtype, 3))
      for dtype in ("float16", "int32")),
    case("associative_scan", Function(lambda ops: ops.matmul), f(5, 3, 3)),
    case("associative_scan", Function(lambda ops: ops.logical_or), b(6)),
    case("associative_scan", fn(_affine), (f(9, 2), f(9, 2))),
    case("associative_scan", fn(_affine), [f(6), f(6)], True),
    case("associative_scan", fn(lambda a, c: {"s": a["s"] + c["s"]}), {"s": f(5)}),
    case("associative_scan", Function(lambda ops: ops.add), f(5), axis=1),
    case("associative_scan", fn(_affine), (f(9), f(8))), case("associative_scan", 3, f(5)),
    case("associative_scan", Function(lambda ops: ops.add), f()),
]  # fmt: skip


def rule(function: Callable[..., Any], *given: Any) -> Case:
    """Of a function with a gradient rule of its own: what it gives for these arguments."""
    return replace(case("custom_gradient", fn(function)), applied_to=given)


RULES = [
    rule(lambda x: (x * 2, lambda upstream: upstream), f(3)),
    rule(lambda x, y: (x * y, lambda upstream: (upstream, upstream)), f(3), f(2, 3)),
    rule(lambda x: ((x, {"y": x + 1}), lambda upstream: upstream[0]), f(3, 2)),
    rule(lambda x: (x["a"] + x["b"][0], lambda upstream: (upstream, upstream)),
         {"a": f(2), "b": [f(2)]}),
    rule(lambda x: x, f(3)),
]  # fmt: skip
CONTROL = [*BRANCHES, *LOOPS, *SCANS, *MAPPED, *FOLDED, *RULES]
