"""Cases of making, reshaping, joining, splitting and indexing tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.oracle.case import Case, case, near
from tests.oracle.generate import DTYPES, MIXED, SHAPES, b, f, i, of, v

S = np.s_
# Each dtype, and what is none.
MADE_AS = (*DTYPES, None, "float31", int, np.float32)


def each(op: str, inputs: Any, *variants: dict[str, Any]) -> list[Case]:
    """The op of each input with each of the arguments."""
    return [case(op, given, **kwargs) for given in inputs for kwargs in variants]


def of_dtypes(op: str, *shape: int, **kwargs: Any) -> list[Case]:
    return [case(op, of(dtype, *shape), **kwargs) for dtype in DTYPES]


MADE = [
    *(case(op, shape) for op in ("zeros", "ones")
      for shape in ((), (3,), (2, 0), [2, 3], 4, (-1, 2), (1.5,), "no shape")),
    # Of others the elements are anything.
    case("empty", (2, 0)), case("empty", 0, dtype="int32"), case("empty", (-1,)),
    *(case(op, (2, 3), dtype=dtype) for op in ("zeros", "ones") for dtype in MADE_AS),
    *(case("full", (2, 3), value, dtype=dtype) for value in (2, 1.5, True) for dtype in MADE_AS),
    *(case("full", *args) for args in [
        ((2, 3), f(3)), ((2, 3), f(2, 1)), ((2, 3), i(1)), ((), 4), ((0, 3), 1.0), ((2, 3), f(2)),
        ((2,), "no number"), (3, 2.0)]),
    *(one for op in ("zeros_like", "ones_like") for one in [
        *each(op, [f(*shape) for shape in SHAPES], {}), *of_dtypes(op, 2, 3),
        *(case(op, f(2), dtype=dtype) for dtype in MADE_AS), case(op, [1, 2]), case(op, 1.5)]),
    *(case("empty_like", of(dtype, 0, 3), dtype=other)
      for dtype, other in (("int32", None), ("float32", "uint8"))),
    *(case("full_like", of(dtype, 2, 3), value) for dtype in DTYPES for value in (2, 1.5)),
    *(case("full_like", f(2, 3), *args) for args in [
        (f(3),), (i(2, 1), "int32"), (1, "float31"), (f(4),)]),
    *(case("arange", *args) for args in [
        (5,), (0,), (-3,), (2, 7), (7, 2), (7, 2, -2), (0, 10, 3), (1, 2, 0.25), (3.5,),
        (0.5, 3), (0, 1, 0.3), (5, 0, -1.5), (0, 3, 0), (i(), 6), (v(7, "int32"),),
        (v(2.5, "float16"),), (v(5, "uint8"),), (f(2),), ("a",)]),
    *(case("arange", 1, 6, 2, dtype=dtype) for dtype in MADE_AS if dtype != "bool"),
    *(case("linspace", *args) for args in [
        (0, 1), (0.0, 1.0, 5), (3, -2, 4), (0, 1, 1), (0, 1, 0), (0, 1, -1), (f(3), f(3), 4),
        (f(2, 1), f(3), 4), (i(3), 7, 3), (of("float16", 3), 2, 5), (of("uint8", 3), 2, 5),
        (f(2), f(3), 4), (0, 1, 2.5), ("a", 1)]),
    *(case("linspace", f(2, 3), f(3), 4, **kwargs) for kwargs in [
        {"axis": axis} for axis in (0, 1, -1, 2, 3)] + [
        {"endpoint": False}, {"retstep": True}, {"retstep": True, "endpoint": False}]),
    *(case("linspace", 0, 10, 5, dtype=dtype, endpoint=end)
      for dtype in MADE_AS if dtype != "bool" for end in (True, False)),
    case("linspace", 0, 1, 3, axis=1), case("linspace", 0, 1, 3.0),
    *(case("linspace", 0, 1, num, retstep=True, endpoint=end)
      for num in (0, 1, 2) for end in (True, False)),
    *(case("logspace", *args) for args in [
        (0, 1), (0.0, 2.0, 5), (3, -2, 4), (0, 1, 1), (0, 1, 0), (0, 1, -1), (f(3), f(3), 4),
        (f(2, 1), f(3), 4), (i(3), 4, 3), (f(2), f(3), 4), ("a", 1)]),
    # Keras computes in halves.
    *near([case("logspace", of("float16", 3), 2, 5)], rtol=1e-4),
    *(case("logspace", f(2, 3), f(3), 4, **kwargs) for kwargs in [
        {"axis": axis} for axis in (0, 1, -1, 3)] + [
        {"endpoint": False}, {"base": 2.5}, {"base": 2}]),
    *(case("logspace", 0, 4, 5, base=2, dtype=dtype) for dtype in MADE_AS if dtype != "bool"),
    *(case("geomspace", *args) for args in [
        (1, 10), (1.0, 16.0, 5), (3, 2, 4), (-1, -100, 3), (1, 2, 1), (1, 2, 0), (1, 2, -1),
        (f(3, low=1.0), f(3, low=2.0), 4), (f(2, 1, low=1.0), f(3, low=2.0), 4),
        (i(3, low=1), 9, 3), (f(2, low=1.0), f(3, low=1.0), 4), ("a", 1), (1e-30, 1e30, 7)]),
    *(case("geomspace", f(2, 3, low=1.0), f(3, low=2.0), 4, **kwargs) for kwargs in [
        {"axis": axis} for axis in (0, 1, -1, 3)] + [{"endpoint": False}]),
    # NumPy's power is a little less than 8, and its integer 7.
    *(case("geomspace", 1, 16, 5, dtype=dtype)
      for dtype in MADE_AS if dtype not in ("bool", "int64")),
    *(case(op, *args, **kwargs) for op in ("eye", "tri") for args, kwargs in [
        ((3,), {}), ((3, 4), {}), ((3, 4, 1), {}), ((3,), {"k": -1}), ((4, 2), {"k": 3}),
        ((0,), {}), ((2, 0), {}), ((-1,), {}), ((2.0,), {}), (("a",), {}),
        *(((2, 3), {"dtype": dtype}) for dtype in MADE_AS)]),
    *(case("identity", n, **kwargs) for n, kwargs in [
        (3, {}), (0, {}), (-1, {}), *((2, {"dtype": dtype}) for dtype in MADE_AS)]),
    *(one for op in ("tril", "triu") for one in [
        *each(op, [f(3, 5), f(5, 3), f(2, 3, 4), f(0, 3), f(2, 0, 3)],
              {}, {"k": 1}, {"k": -2}, {"k": 7}),
        *of_dtypes(op, 3, 3), case(op, f(3)), case(op, f()), case(op, [[1, 2], [3, 4]])]),
    *(case("meshgrid", *args, **kwargs) for kwargs in ({}, {"indexing": "ij"}) for args in [
        (f(3),), (f(3), f(2)), (f(3), i(2), f(4)), (f(), f(2)), (f(0), f(2)), (f(2, 2), f(3)), ()]),
    case("meshgrid", f(2), f(3), indexing="yx"),
    *(case("array", given, **kwargs) for given in (3, 1.5, True, [1, 2], [[1.5], [2]], f(2), i(2))
      for kwargs in ({}, {"dtype": "float16"}, {"dtype": "int32"})),
    *(case("array", of(dtype, 2, 3)) for dtype in DTYPES),
    case("array", [[1, 2], [3]]), case("array", "no number"), case("array", 1, dtype="float31"),
    *(case(op, given) for op in ("copy", "ndim", "size", "convert_to_numpy") for given in [
        *(f(*shape) for shape in SHAPES), *(of(dtype, 2) for dtype in DTYPES)]),
    *(case(op, given) for op in ("copy", "ndim", "size") for given in (2.5, [[1, 2]], 3)),
]  # fmt: skip

SHAPED = [
    *(case("reshape", f(2, 3, 4), shape) for shape in [
        (24,), (-1,), (6, -1), (2, 1, 12), 24, -1, [4, 6], (5, -1), (25,), (-1, -1), (2, -2, 6),
        (2.0, 12), "a", None]),
    *(case("reshape", f(0, 3), shape) for shape in [(0,), (-1, 3), (3, 0), (-1, 0), (0, -1)]),
    *(case("reshape", f(), shape) for shape in [(), (1, 1), -1, (2,)]),
    *of_dtypes("reshape", 2, 3, newshape=(3, 2)),
    *(case("transpose", f(*shape), **kwargs) for shape, kwargs in [
        ((), {}), ((3,), {}), ((2, 3), {}), ((2, 3, 4), {}), ((0, 3), {}),
        *(((2, 3, 4), {"axes": axes}) for axes in [
            (0, 2, 1), [2, 1, 0], (-1, 0, 1), (0, 0, 1), (0, 1), (0, 1, 3), ()]),
        ((), {"axes": ()})]),
    *of_dtypes("transpose", 2, 3),
    *(case("broadcast_to", given, shape) for given, shape in [
        (f(), (2, 3)), (f(3), (2, 3)), (f(2, 1), (2, 3)), (f(1, 3), (0, 3)), (f(3), (3,)),
        (f(3), [2, 3]), (f(3), (3, 2)), (f(2, 3), (3,)), (f(), ()), (f(0), (2, 0)), (f(3), (2, -1)),
        (f(1), 4), (2.5, (2,))]),
    *of_dtypes("broadcast_to", 3, shape=(2, 3)),
    *(case("expand_dims", given, axis) for given in (f(2, 3), f()) for axis in [
        0, 1, -1, 2, -3, 3, -4, (0, 1), (0, -1), (0, 0), [1, 2], 1.5, ()]),
    *(case("squeeze", given, **kwargs) for given in (f(1, 3, 1), f(), f(1), f(0, 1), f(2, 3))
      for kwargs in ({}, {"axis": 0}, {"axis": -1}, {"axis": (0, 2)}, {"axis": 5})),
    *(case("squeeze", f(1, 3, 1), axis=axis) for axis in ((0, -1), [2], 1, (0, 1), ())),
    *(one for op in ("ravel", "squeeze") for one in [*of_dtypes(op, 1, 3), case(op, [[1, 2]])]),
    *each("ravel", [f(*shape) for shape in SHAPES], {}),
    *(case("moveaxis", f(2, 3, 4), *args) for args in [
        (0, -1), (-1, 0), (1, 1), ((0, 1), (1, 0)), ([0, 2], [-1, 0]), ((0, 1), (0,)), (3, 0),
        (0, 3), ((0, 0), (1, 2)), ((0, 1), (2, 2)), (1.5, 0)]),
    *(case("swapaxes", f(2, 3, 4), *args) for args in [
        (0, 1), (0, -1), (1, 1), (-3, 2), (0, 3), (-4, 0), (0.5, 1)]),
    *(case("flip", given, **kwargs) for given in (f(2, 3, 4), f(0, 3)) for kwargs in [
        {}, {"axis": 0}, {"axis": -1}, {"axis": (0, 1)}, {"axis": [1]}, {"axis": 3},
        {"axis": (0, 0)}, {"axis": ()}]),
    case("flip", f()), *of_dtypes("flip", 5),
    *(case(op, given) for op in ("fliplr", "flipud") for given in [
        f(), f(3), f(2, 3), f(2, 3, 4), f(0, 3), [[1, 2], [3, 4]],
        *(of(dtype, 2, 3) for dtype in DTYPES)]),
    *(case("rot90", f(3, 2), k=k) for k in (-5, -2, 0, 1, 2, 3, 4)),
    *(case("rot90", f(2, 3, 4), axes=axes, k=k) for k in (1, 3) for axes in [
        (0, 1), (1, 0), (0, 2), (-1, 0), (1, 1), (0, 3), (0, 1, 2), (2, -1)]),
    *of_dtypes("rot90", 2, 3), case("rot90", f(3)), case("rot90", f(0, 3)),
    *(case("roll", given, *args) for given in (f(3, 5), f(0, 3)) for args in [
        (1,), (-7,), (0,), (2, 0), (2, -1), (1, 2), (100, 1)]),
    *(case("roll", f(3, 5), *args) for args in [
        ((1, 2), (0, 1)), ((1, 2), 1), (1, (0, 1)), ((1, 2), (0, 1, 2)), ((1, 2),),
        ((1, 2), (0, 0))]),
    case("roll", f(), 1), *of_dtypes("roll", 5, shift=2),
]  # fmt: skip

JOINED = [
    *(case("concatenate", xs, **kwargs) for xs, kwargs in [
        ([f(2, 3), f(1, 3)], {}), ([f(2, 3), f(2, 1)], {"axis": 1}),
        ([f(2, 3), f(2, 3)], {"axis": -1}),
        ([f(2, 3), f(2, 3)], {"axis": None}), ((f(2), f(0)), {}), ([f(2)], {}), ([], {}),
        ([f(), f()], {}), ([f(2, 3), f(3)], {}), ([f(2, 3), f(3, 2)], {}),
        ([f(2), f(2)], {"axis": 1}),
        ([f(2), [1.0, 2.0]], {}), ([[1, 2], [3]], {}), ([f(0, 3), f(2, 3)], {})]),
    *(case(op, [of(a, 2), of(c, 2)])
      for op in ("concatenate", "stack", "vstack", "hstack", "dstack")
      for a, c in MIXED),
    *(case(op, [of(dtype, 2, 2), of(dtype, 2, 2)]) for dtype in DTYPES
      for op in ("concatenate", "stack", "vstack", "hstack", "dstack")),
    *(case("stack", xs, **kwargs) for xs, kwargs in [
        ([f(2, 3), f(2, 3)], {}), ([f(2, 3), f(2, 3)], {"axis": 1}),
        ([f(2, 3), f(2, 3)], {"axis": -1}),
        ([f(2, 3), f(2, 3)], {"axis": 3}), ([f(), f()], {}), ([], {}), ([f(2), f(3)], {}),
        ([f(0)] * 2, {"axis": 1}), ((f(2), f(2)), {}), ([1, 2.5], {}), (f(2, 3), {})]),
    *(case(op, xs) for op in ("vstack", "hstack", "dstack") for xs in [
        [f(), f()], [f(3), f(3)], [f(2, 3), f(2, 3)], [f(2, 3, 4), f(2, 3, 4)], [f(3), f(2)],
        [f(2, 3), f(3)], [], [f(0), f(0)], (f(2), f(2)), [[1, 2], [3, 4]]]),
    *(case("append", *args) for args in [
        (f(3), f(2)), (f(2, 3), f(3)), (f(2, 3), f(1, 3), 0), (f(2, 3), f(2, 1), -1), (f(), f()),
        (f(2, 3), f(3), 0), (f(2), f(2), 1), (f(2), 1.5), ([1, 2], [3])]),
    *(case("append", of(a, 2), of(c, 2)) for a, c in MIXED),
    *(case("tile", given, repeats) for given in (f(2, 3), f(), f(0)) for repeats in [
        2, (2,), (2, 1), (1, 2, 3), 0, (0, 1), [2, 2], -1, (2.5,), ()]),
    *of_dtypes("tile", 3, repeats=2), case("tile", f(2), v([2, 1], "int32")),
    *(case("repeat", given, *args) for given in (f(2, 3), f(), f(0)) for args in [
        (2,), (0,), (2, 0), (3, -1), (1, 2), ([2],)]),
    case("repeat", f(3), -1), case("repeat", f(3), 1.5),
    *(case("repeat", f(2, 3), *args) for args in [
        ([1, 2], 0), ([0, 1, 2], 1), ([1, 2, 3], 0), ([1, 2, 0, 1, 0, 3],), ((2, 1), 0),
        (np.array([1, 2]), 0), (v([1, 2], "int32"), 0), (v(2, "int32"), 1)]),
    *of_dtypes("repeat", 3, repeats=2),
]  # fmt: skip

APART = [
    *(case("split", f(*shape), *args) for shape in ((6, 4), (0, 4)) for args in [
        (2,), (3,), (4,), (2, 1), (2, -1), ([1, 3],), ((2, 5), 0), ([1, -1], 1), ([3, 1],), ([],),
        ([9],), (0,), (-1,), (2, 2), (1.5,), (np.array([2]),)]),
    case("split", f(), 1), *of_dtypes("split", 4, indices_or_sections=2),
    *(case("array_split", f(*shape), *args) for shape in ((7, 4), (0, 4)) for args in [
        (2,), (3,), (9,), (3, 1), (3, -1), (1,), (0,), (-1,), (2, 2), ([1, 2],), (2.0,), (2, 1.0)]),
    case("array_split", f(), 1), *of_dtypes("array_split", 5, indices_or_sections=2),
    *(case(op, f(*shape), parts) for op in ("hsplit", "vsplit", "dsplit")
      for shape in ((), (4,), (4, 6), (2, 4, 6), (0, 2, 4), (2, 2, 2, 2))
      for parts in (2, [1, 3], 3, 0)),
    *(one for op in ("hsplit", "vsplit", "dsplit")
      for one in of_dtypes(op, 2, 2, 2, indices_or_sections=2)),
    *(case("unstack", f(2, 3, 4), **kwargs) for kwargs in [
        {}, {"axis": 1}, {"axis": -1}, {"num": 2}, {"num": 3, "axis": 1}, {"num": 3}, {"axis": 3}]),
    case("unstack", f(0, 3)), case("unstack", f(3, 0)), case("unstack", f()),
    *of_dtypes("unstack", 2, 2),
    *(case("slice", f(4, 5), *args) for args in [
        ((0, 0), (4, 5)), ((1, 2), (2, 3)), ([1, 0], [0, 5]), ((1,), (2,)), ((1, 2), (2,)),
        ((3, 0), (2, 5)), ((v(1, "int32"), 2), (2, 3)), (v([1, 2], "int32"), (2, 3)),
        (np.array([1, 2]), (2, 3)), ((1.5, 0), (1, 1)), ((0, 0), (-1, 2)),
        ((v(3, "int32"), 0), (2, 5)), (v([-2, -1], "int32"), (1, 1)), (v([9, 1], "uint8"), (2, 2)),
        (v([1], "int32"), (2, 2)), (v([0, 0], "int32"), (5, 2)), (f(2), (1, 1))]),
    case("slice", f(), (), ()), *of_dtypes("slice", 4, start_indices=(1,), shape=(2,)),
    *(case("slice_update", f(4, 5), *args) for args in [
        ((0, 0), f(4, 5)), ((1, 2), f(2, 3)), ([1, 0], f(0, 5)), ((3, 0), f(2, 5)), ((1,), f(2)),
        ((v(1, "int32"), 2), f(2, 3)), (v([1, 2], "int32"), f(2, 3)), (np.array([1, 2]), f(2, 3)),
        ((0, 0), i(2, 2)), ((v(3, "int32"), 0), f(2, 5)), (v([-2, -1], "int32"), f(1, 1)),
        (v([1], "int32"), f(2, 2)), (v([0, 0], "int32"), f(5, 2))]),
    *(case("slice_update", of(dtype, 4), (1,), of(dtype, 2)) for dtype in DTYPES),
    *(case("pad", given, width, **kwargs) for given in (f(3, 4),) for width in [
        1, (1, 2), ((1, 2), (0, 3)), [[1, 0], [2, 2]], ((1, 2),), 0]
      for kwargs in [{}, {"constant_values": 2}, {"mode": "reflect"}, {"mode": "symmetric"},
                     {"mode": "edge"}, {"mode": "wrap"}]),
    *(case("pad", given, width, **kwargs) for given, width, kwargs in [
        (f(3), -1, {}), (f(3), (1.5, 1), {}), (f(3), ((1, 1), (1, 1)), {}), (f(3), (1, 2, 3), {}),
        (f(3), 1, {"mode": "no mode"}), (f(3), 1, {"mode": "edge", "constant_values": 1}),
        (f(3), 5, {"mode": "reflect"}), (f(3), 7, {"mode": "symmetric"}),
        (f(3), 7, {"mode": "wrap"}),
        (f(1), 2, {"mode": "reflect"}), (f(0), 2, {}), (f(0), 2, {"mode": "edge"}), (f(), 0, {}),
        (f(), 1, {}), (f(3), 1, {"constant_values": 2.5}), (i(3), 1, {"constant_values": 2}),
        (f(3), 1, {"constant_values": f()})]),
    *(case("pad", of(dtype, 3), 2, **kwargs) for dtype in DTYPES
      for kwargs in ({}, {"mode": "reflect"}, {"constant_values": 1})),
]  # fmt: skip

# Keys in every combination that changes where the result's axes stand.
KEYS: tuple[Any, ...] = (
    0, -1, np.int64(1), S[:], S[1:], S[:-1], S[::2], S[::-1], S[5:1:-2], S[-9:9], S[1:1], ..., None,
    S[0, 1], S[0, :, 1], S[..., 0], S[0, ...], S[1, ..., -1], S[:, None], S[None, 0, None],
    S[..., None, :], S[::-1, ::2, 1:], S[1, 2, 3], (),
    [0, 1, 0], [[0, 1], [1, 1]], [-1, 0], [], np.array([1, 0]), np.array(1), (0, [1, 2]),
    S[[0, 1], [1, 2]], S[[[0], [1]], [1, 2]], S[:, [0, 2]], S[:, [0, 2], [1, 3]],
    S[[0, 1], :, [1, 3]], S[0, :, [1, 2]], S[:, 0, [1, 2]], S[[0, 1], ..., 0],
    S[[0, 1], None, [1, 2]], S[None, [0, 1]], S[:, None, [0, 2], [1, 3]], S[[0, 1], 1:, 0],
    S[..., [0, 1]], S[[[0, 1]], ..., [[1, 3]]], S[:, ..., [0, 1], 1], S[:, [0, 1], ..., [1, 3]],
    S[(0, 1), 0], np.array([True, False]), [True, False], S[:, np.array([True, False, True])],
    S[np.array([True, False]), :, [0, 1]], S[np.array([[True, False, True], [False, True, True]])],
    S[0, np.array([True, False, True]), 1:], S[np.array([True, True]), [0, 2], [1, 3]],
    S[..., np.array([True, False, False, True])], np.array([False, False]), True, False, S[True, 0],
    S[:, True, [0, 1]], S[None, False],
)  # fmt: skip
MISTAKEN: tuple[Any, ...] = (
    S[0, 0, 0, 0], S[..., ...], 1.5, "a", S[::0], np.array([0.5]), S[[0, 1], [0, 1, 2]],
    {"a": 1}, S[:, 1.0], S[0:1.5],
)  # fmt: skip

INDEXED = [
    *(case("get_item", f(2, 3, 4), key) for key in (*KEYS, *MISTAKEN)),
    *(case("get_item", f(2, 3, 4), key) for key in [
        v([1, 0], "int32"), v([1, 0], "uint8"), v(1, "int32"), b(2), b(2, 3), b(2, 3, 4),
        (0, v([2, 0], "int32")), (v([0, 1], "int32"), S[:], v([[0], [3]], "int32")),
        (S[:], v([True, False, True], "bool")), (v(0, "int32"), v([True, False, True], "bool")),
        (v([0, 1], "int32"), [1, 2], 0), v([0.5], "float32")]),
    *(case("get_item", f(0, 3), key) for key in (S[:], S[::-1], S[:, 1], S[1:], [], b(0), b(0, 3))),
    *(case("get_item", f(), key) for key in ((), ..., None, 0, True, S[None, ...])),
    *(case("get_item", of(dtype, 4), key) for dtype in DTYPES for key in (S[1:2], S[::2], [0, 3])),
    *(case("take", f(3, 4), indices, **kwargs) for kwargs in (
        {}, {"axis": 0}, {"axis": 1}, {"axis": -1}, {"axis": 2}) for indices in [
        0, [0, 2], [[0, 1], [2, 0]], -1, v([1, 0], "int32"), v([[1]], "uint8"), v(1, "int64"), [],
        v([0.5], "float32")]),
    *(case("take", of(dtype, 4), [0, 3, -1]) for dtype in DTYPES),
    case("take", f(), 0), case("take", f(2, 0), [0], axis=0), case("take", f(0, 2), [], axis=0),
    *(case("take_along_axis", f(3, 4), indices, **kwargs) for indices, kwargs in [
        (i(3, 2, low=0, high=4), {"axis": 1}), (i(1, 4, low=0, high=3), {"axis": 0}),
        (i(3, 2, low=-4, high=4), {"axis": -1}), (i(5, low=0, high=12), {}),
        (i(1, 2, low=0, high=4), {"axis": 1}),
        (i(3, 2, low=0, high=4), {"axis": 2}), (i(2, low=0, high=3), {"axis": 0}),
        (f(3, 1), {"axis": 1}),
        (i(2, 2, low=0, high=3), {"axis": 1}), ([[0], [1], [2]], {"axis": 1}),
        (i(3, 0), {"axis": 1}), (i(3, 1, low=0, high=3), {})]),
    *(case("take_along_axis", of(dtype, 2, 3), v([[0, 2], [1, 1]], "int32"), axis=1)
      for dtype in DTYPES),
    *(case("scatter", *args) for args in [
        (v([[0], [2], [0]], "int32"), f(3), (4,)), (v([[0, 1], [2, 2]], "int32"), f(2), (3, 4)),
        (v([[0], [2]], "int32"), f(2, 3), (3, 3)), (v([[1], [1]], "uint8"), i(2), (2,)),
        (i(0, 1), f(0, 2), (3, 2)), (v([[-1]], "int32"), f(1), (3,)),
        ([[0], [1]], [1.0, 2.0], (3,)),
        (v([[0, 1, 2]], "int32"), f(1), (3, 4)), (v([[0]], "int32"), f(2), (3,)),
        (f(2, 1), f(2), (3,)), (v([[0], [1]], "int32"), f(2, 3), (3, 4))]),
    *(case("scatter", v([[0], [2], [0]], "int32"), of(dtype, 3), (4,)) for dtype in DTYPES),
    *(case("scatter_update", *args, **kwargs) for kwargs in [
        {}, *({"reduction": name} for name in ("add", "max", "min", "mul"))] for args in [
        (f(4), v([[0], [2]], "int32"), f(2)), (f(3, 4), v([[0, 1], [2, 2]], "int32"), f(2)),
        (f(3, 4), v([[0], [2]], "int32"), f(2, 4)), (f(4), i(0, 1), f(0)), (i(4), v([[1]],
        "int64"), i(1)),
        (f(4), [[0], [3]], [1.0, 2.0]), (f(4), v([[1]], "int32"), i(1)), (f(4), v([[-1]],
        "int32"), f(1))]),
    *(case("scatter_update", of(dtype, 4), v([[0], [2]], "int32"), of(dtype, 2), **kwargs)
      for dtype in DTYPES for kwargs in ({}, {"reduction": "add"}, {"reduction": "max"})),
    case("scatter_update", f(4), v([[0]], "int32"), f(1), reduction="no fold"),
    case("scatter_update", f(4), v([[0]], "int32"), f(2)),
    case("scatter_update", f(4), f(1, 1), f(1)),
    *(case("unravel_index", given, shape) for given, shape in [
        (v(5, "int32"), (2, 3)), (v([0, 3, 5], "int32"), (2, 3)),
        (v([[7], [2]], "int32"), (2, 3, 2)),
        (v([1, 2], "int32"), (4,)), (v([1, 2], "int32"), 4), (i(0), (2, 3)),
        (v([-1, 2], "int32"), (2, 3)),
        (v([99], "int32"), (2, 3)), (v([0.5], "float32"), (2,)), (v([1], "int32"), (-1, 2)),
        (v([1], "int32"), (2.0, 2))]),
    *(case("unravel_index", v([1, 3], dtype), (2, 3)) for dtype in DTYPES if "int" in dtype),
]  # fmt: skip

CHOSEN = [
    *(one for op in ("diag", "diagflat") for one in [
        *each(op, [f(3), f(1), f(0), f(2, 3), f(3, 2), f(0, 3)],
              {}, {"k": 1}, {"k": -2}, {"k": 5}, {"k": -5}),
        *of_dtypes(op, 3), case(op, f()), case(op, f(2, 2, 2)), case(op, [1, 2]),
        case(op, f(3), k=1.5)]),
    *of_dtypes("diag", 3, 3),
    *each("diagonal", [f(3, 4), f(2, 3, 4), f(0, 3)],
          {}, {"offset": 1}, {"offset": -2}, {"offset": 9}, {"axis1": 1, "axis2": 0},
          {"axis1": -1, "axis2": -2}, {"axis1": 0, "axis2": 2}, {"axis1": 1, "axis2": 1},
          {"axis1": 1, "axis2": -1, "offset": 1}),
    *of_dtypes("diagonal", 2, 3), case("diagonal", f(3)), case("diagonal", f()),
    *each("vander", [f(3), f(1), f(0), i(3)], {}, {"N": 2}, {"N": 5}, {"N": 0},
          {"increasing": True}, {"N": 4, "increasing": True}),
    *of_dtypes("vander", 3), case("vander", f(2, 2)), case("vander", f()), case("vander", f(2),
    N=-1),
    case("vander", f(2), N=1.5), case("vander", f(2), increasing=1),
    *(case("kron", f(*a), f(*c)) for a, c in [
        ((2,), (3,)), ((2, 3), (3, 2)), ((2,), (2, 3)), ((2, 3, 1), (2,)), ((), (3,)), ((3,), ()),
        ((), ()), ((0,), (3,)), ((2, 0), (1, 3))]),
    *(case("kron", of(a, 2), of(c, 2)) for a, c in MIXED), *(case("kron", of(dtype, 2),
      of(dtype, 3))
      for dtype in DTYPES), case("kron", [1, 2], [3, 4]), case("kron", f(2), 2),
    *(case("select", conditions, choices, *default) for conditions, choices, default in [
        ([b(3)], [f(3)], ()), ([b(2, 3), b(3)], [f(3), f(2, 1)], (1.5,)), ([b(3), b(3)], [f(3),
        2.0], ()),
        ([b(3)], [i(3)], ()), ([b(3)], [i(3)], (1.5,)), ([b(3)], [i(3), f(3)], ()), ([], [], ()),
        (b(3), f(3), ()), ([i(3)], [f(3)], ()), ((b(3),), (f(3),), (7,)), ([b()], [f()], ()),
        ([b(0)], [f(0)], ()), ([b(3)], [f(4)], ()), ([b(3)], [f(3)], (f(3),)),
        ([b(3), b(3)], [of("int8", 3), of("float16", 3)], ()), ([b(3), b(3)], [i(3), f(3)], ())]),
    *(case("select", [b(3)], [of(dtype, 3)], *default) for dtype in DTYPES for default in ((),
      (2,))),
    *(case("view", of(dtype, 2, 8), **kwargs) for dtype in DTYPES if dtype != "bool"
      for kwargs in ({"dtype": other} for other in DTYPES if other != "bool")),
    case("view", f(2, 3), dtype="float64"), case("view", f(3), dtype="int64"), case("view", f(),
    dtype="int8"),
    case("view", f(), dtype="int32"), case("view", f(0), dtype="int8"), case("view", f(2, 3)),
    case("view", of("uint8", 3), dtype="int16"), case("view", f(3), dtype="float31"),
    *(case("rearrange", f(2, 3, 4), pattern, **sizes) for pattern, sizes in [
        ("a b c -> c b a", {}), ("a b c->(a b) c", {}), ("a b c -> (a b c)", {}),
        ("a b (c d) -> a d (b c)", {"c": 2}), ("a b (c d) -> (d a) b c", {"d": 2}),
        ("a b (c d) -> a b c d", {"c": 2, "d": 2}), ("(a e) b c -> e b (a c)", {"a": 2}),
        ("batch row_1 col -> col batch row_1", {}), ("a b -> b a", {}), ("a b c -> a b", {}),
        ("a b c -> a b d", {}), ("a b c", {}), ("a b (c d) -> a b c d", {"c": 3})]),
    *of_dtypes("rearrange", 2, 3, pattern="a b -> b a"),
    case("vectorize", 3),
]  # fmt: skip

ARRAYS = [*MADE, *SHAPED, *JOINED, *APART, *INDEXED, *CHOSEN]
