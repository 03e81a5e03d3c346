"""The table's rows of what rearranges, joins, cuts, indexes and makes tensors, and of losses."""

from __future__ import annotations

import numpy as np

from tests.ops.expected import row, rows, scatter_update
from tests.ops.record import b, f, i, v

U8, U32 = "uint8", "uint32"
POSITIVE = {"low": 0.1, "high": 4.0}

S = np.s_


def _take_or(nothing):
    """`take` of rows at 5, 1 and -7 of three: two of them are not there."""

    def taken(x: np.ndarray, at: np.ndarray, axis: int) -> np.ndarray:
        lost = np.full_like(x[1], nothing)
        return np.stack([lost, x[1], lost])

    return taken


ARRANGED = [
    *(row("reshape", shape, newshape=new) for shape, new in [
        ((), (1, 1)), ((3, 5), (15,)), ((3, 5), (5, 3)), ((4, 8), (2, 2, 8)), ((2, 3, 7), (-1, 7)),
        ((2, 3, 7), (2, -1)), ((6, 1), (3, 2, 1)), ((1037,), (1037, 1)), ((0, 3), (3, 0)),
        ((2, 3, 2, 5), (4, 15)), ((7, 3), (1, 3, 1, 7, 1)),
    ]),
    row("reshape", i(3, 5), newshape=(5, 3)),
    row("reshape", b(3, 5), newshape=(15, 1)),
    *(row("transpose", shape, axes=axes) for shape, axes in [
        ((3, 5), None), ((2, 3, 5), (0, 2, 1)), ((2, 3, 5), (2, 0, -2)), ((5, 1), None),
        ((2, 3, 2, 5), (3, 1, 0, 2)), ((2, 1, 3, 1, 5), (4, 0, 2, 1, 3)), ((33, 65), (1, 0)),
        ((0, 3), None),
    ]),
    row("transpose", i(3, 5)),
    *(row("broadcast_to", shape, shape=new) for shape, new in [
        ((), (3, 5)), ((5,), (3, 5)), ((3, 1), (3, 5)), ((1, 3, 1), (2, 3, 5)),
        ((2, 1, 5), (4, 2, 3, 5)), ((1,), (1037,)), ((1, 3), (0, 3)),
    ]),
    row("expand_dims", (3, 5), axis=1),
    row("expand_dims", (3, 5), axis=(0, -1)),
    row("squeeze", (1, 3, 1, 5)),
    row("squeeze", (1, 3, 1, 5), axis=2),
    row("ravel", (2, 3, 5)),
    row("moveaxis", (2, 3, 5), source=0, destination=-1),
    row("moveaxis", (2, 3, 5), source=(0, 1), destination=(2, 0)),
    row("swapaxes", (2, 3, 5), axis1=0, axis2=-1),
    row("flip", (2, 3, 5)),
    row("flip", (2, 3, 5), axis=1),
    row("flip", i(7), axis=(0,)),
    *(row("slice", shape, start_indices=at, shape=size) for shape, at, size in [
        ((7,), (2,), (3,)), ((3, 5), (0, 1), (3, 3)), ((3, 5), (1, 0), (2, 5)),
        ((2, 3, 7), (1, 0, 5), (1, 3, 2)), ((3, 5), (3, 0), (0, 5)),
    ]),
    *(row("get_item", shape, key=key) for shape, key in [
        ((7,), 3), ((7,), -1), ((3, 5), 1), ((3, 5), S[:, 2]), ((3, 5), S[1:, ::2]),
        ((3, 5), S[::-1, ::-2]), ((3, 5), S[..., None]), ((3, 5), S[2, 3]),
        ((2, 3, 7), S[:, None, 1:3, 6:0:-3]), ((1037,), S[5:1000:7]), ((3, 5), S[3:1]),
        ((3, 5), ...), ((2, 3, 7), S[..., -1]), ((5, 1), S[1:4]), ((3, 5), S[[0, 2, 2, -1]]),
        ((3, 5), S[:, [0, 4, 4]]), ((3, 5), S[[0, 1], [4, -2]]), ((2, 3, 7), S[1, :, [1, 2]]),
        ((2, 3, 7), S[[[0], [1]], :, [[1, 2, 0]]]), ((2, 3, 7), S[:, [0, 2], [3, 3]]),
        ((3, 5), np.array([True, False, True])),
        ((2, 3, 7), S[0, np.array([True, False, True]), 1:]),
        ((2, 3, 2, 5), S[:, [0, 2], :, [1, 4]]), ((2, 3, 5), S[:, [0, 2], None, [1, 1]]),
        ((2, 3, 5), S[:, 1, [0, 3]]), ((2, 3, 5), S[None, 1:, [2, 0]]),
    ]),
    row("get_item", i(3, 5, dtype=U8, low=0), key=S[1:, ::-1]),
    row("get_item", (5, 3), v([4, 0, -1, 0], "int32"), gradients=(0,)),
    row("get_item", (5, 3), v([[4, 0], [1, 1]], "int32"), gradients=(0,)),
    row("get_item", (3, 5), b(3, 5), gradients=(0,)),
    row("slice_update", (3, 5), v([1, 1], "int32"), (2, 3)),
    row("slice_update", i(7), v([4], "int32"), i(3)),
    *(row("pad", shape, pad_width=width, **static) for shape, width, static in [
        ((7,), (2, 3), {}), ((3, 5), ((1, 0), (0, 2)), {}), ((3, 5), 1, {"constant_values": 7.0}),
        ((2, 3, 7), ((0, 0), (1, 2), (0, 0)), {}), ((3, 1), ((0, 0), (2, 2)), {}), ((0, 3), 1, {}),
        ((), 0, {}), ((3, 5), ((2, 1), (3, 2)), {"mode": "reflect"}),
        ((3, 5), 2, {"mode": "symmetric"}), ((3, 5), 1, {"mode": "edge"}),
        ((3, 5), ((0, 0), (2, 1)), {"mode": "wrap"}),
    ]),
    row("pad", i(3, 5), pad_width=1),
    row("pad", b(3, 5), pad_width=((0, 1), (1, 0)), constant_values=True),
    row("split", (6, 5), indices_or_sections=3, expected=np.split),
    row("split", (2, 7), indices_or_sections=(2, 5), axis=1, expected=np.split),
    row("unstack", (3, 5), axis=1),
    row("unstack", (2, 3), num=2, expected=lambda x, num: list(x)),
    row("roll", (7,), shift=2),
    row("roll", (3, 5), shift=-3),
    row("roll", (3, 5), shift=(1, -2), axis=(0, 1)),
    *(row("concatenate", *shapes, axis=axis, packed=True) for shapes, axis in [
        (((3,), (5,)), 0), (((3, 5), (2, 5)), 0), (((3, 5), (3, 1)), 1),
        (((3, 1), (3, 2), (3, 3)), -1), (((2, 3, 5), (2, 1, 5)), 1), (((0, 3), (2, 3)), 0),
        (((2, 3),) * 19, 0), (((4, 8), (4, 4)), 1), (((3, 5),), 0),
    ]),
    row("concatenate", i(3, 5), i(2, 5), packed=True),
    row("concatenate", b(3), b(4), packed=True),
    *(row("stack", *shapes, axis=axis, packed=True) for shapes, axis in [
        (((), ()), 0), (((3, 5), (3, 5)), 0), (((3, 5), (3, 5), (3, 5)), -1),
    ]),
    row("vstack", (5,), (5,), packed=True),
    row("hstack", (3,), (5,), packed=True),
    row("hstack", (3, 2), (3, 5), packed=True),
    row("append", (3,), (2, 2)),
    row("append", (3, 5), (2, 5), axis=0),
    row("repeat", (3, 5), repeats=2),
    row("repeat", (3, 5), repeats=3, axis=1),
    row("repeat", (3, 5), repeats=[2, 0, 1], axis=0),
    row("tile", (3, 5), repeats=2, expected=lambda x, repeats: np.tile(x, repeats)),
    row("tile", (3, 5), repeats=(2, 1, 3), expected=lambda x, repeats: np.tile(x, repeats)),
    row("tril", (3, 5), k=1),
    row("triu", (2, 3, 5), k=-1),
    row("meshgrid", (3,), (5,), expected=np.meshgrid),
    row("meshgrid", (3,), (5,), (2,), indexing="ij", expected=np.meshgrid),
]  # fmt: skip

INDEXED = [
    row("take", (5, 3), v([4, 0, 4, 1], "int32"), axis=0, gradients=(0,)),
    row("take", (5, 3), v([[1, 0], [2, -1], [0, 0]], "int32"), axis=1, gradients=(0,)),
    row("take", (2, 5, 3), v([4, 0, -5], "int32"), axis=1, gradients=(0,)),
    row("take", (5, 2, 3), v([4, 0, -5], "int32"), axis=0, gradients=(0,)),
    row("take", (3, 5), v([14, 0, 3], "int32"), gradients=(0,)),
    row("take", (7,), v(3, "int32"), axis=0, gradients=(0,)),
    row("take", (5, 3), v([[4], [0]], U8), axis=0, gradients=(0,)),
    row("take", (300, 4), i(600, low=0, high=300), axis=0, gradients=(0,)),
    row("take", i(5, 3), v([4, 0], "int32"), axis=0),
    row("take", (5, 3), indices=[4, -1], axis=0),
    *(row("take", given, v([5, 1, -7], "int32"), axis=0, gradients=(),
          dtype=given.dtype, expected=_take_or(nothing)) for given, nothing in [
        (f(3, 2), np.nan), (i(3, 2), -2**31), (i(3, 2, low=0, dtype=U8), 255), (b(3, 2), True),
        (i(3, 2, dtype="int16"), -2**15), (i(3, 2, low=0, dtype=U32), 2**32 - 1),
    ]),
    row("take_along_axis", (3, 5), i(3, 2, low=-5, high=5), axis=1),
    row("take_along_axis", (3, 5), i(1, 5, low=0, high=3), axis=0),
    row("take_along_axis", (2, 5, 3), i(2, 4, 3, low=0, high=5), axis=1),
    row("take_along_axis", (2, 1, 3), i(2, 4, 3, low=0, high=3), axis=2, expected=lambda x, at,
        axis: np.take_along_axis(np.broadcast_to(x, (2, 4, 3)), at, axis)),
    row("take_along_axis", (3, 5), i(4, low=0, high=15), expected=lambda x, at: np.ravel(x)[at]),
    row("take_along_axis", (3, 5), v([[7, 1], [-6, -1], [0, 5]], "int32"), axis=1, gradients=(),
        expected=lambda x, at, axis: np.array(
            [[np.nan, x[0, 1]], [np.nan, x[1, 4]], [x[2, 0], np.nan]])),
    row("scatter", v([[0], [2], [0], [4]], "int32"), (4, 3), shape=(5, 3), dtype="float32"),
    row("scatter", v([[0, 1], [2, 2], [0, 1]], "int32"), (3,), shape=(3, 5), dtype="float32"),
    row("scatter", v([[0], [1], [1]], "int32"), i(3), shape=(4,)),
    row("scatter", i(33, 1, low=-7, high=7), (33,), shape=(7,), dtype="float32"),
    row("scatter", i(33, 1, low=0, high=5), (33, 1), shape=(5, 1), dtype="float32"),
    row("scatter", i(40, 1, low=0, high=3), (40, 2, 7), shape=(3, 2, 7), dtype="float32"),
    row("scatter", i(9, 2, low=0, high=3), (9, 2, 2, 5), shape=(3, 3, 2, 2, 5), dtype="float32"),
    row("scatter", i(128, 1, low=0, high=50), (128, 64), shape=(50, 64), dtype="float32"),
    row("scatter", v([[2], [0], [2]], "int32"), v([np.inf, 1, np.nan]), shape=(3,),
        gradients=(), dtype="float32"),
    *(row("scatter", i(33, 1, low=0, high=7), given, shape=(7,), dtype=given.dtype) for given in [
        i(33, low=-2**30, high=2**30), i(33, low=0, high=2**31, dtype=U32),
        i(33, low=0, high=250, dtype=U8), b(33),
    ]),
    row("scatter", i(0, 1), (0, 3), shape=(2, 3), dtype="float32"),
    row("scatter_update", (5, 3), v([[1], [4]], "int32"), (2, 3)),
    row("scatter_update", (5,), v([[1], [4], [1]], "int32"), (3,)),
    row("scatter_update", (3, 5), v([[1, 2], [0, 0]], "int32"), (2,), reduction="add"),
    *(row("scatter_update", given, v([[1], [-1], [1]], "int32"), made, reduction=reduction,
          dtype=given.dtype) for reduction in ("add", "max", "min", "mul") for given, made in [
        (f(5, 3), f(3, 3)), (i(5, 3), i(3, 3)), (b(5), b(3)),
    ]),
    row("scatter_update", (4,), v([[1], [-1], [1], [0], [0]], "int32"),
        v([0.0, 2.0, 0.0, 0.0, 3.0]), reduction="mul"),
    row("scatter_update", i(5, low=0, dtype=U8), v([[1], [2]], "int32"), i(2, low=0, dtype=U8),
        reduction="max", dtype=U8),
    row("scatter_update", i(7), i(40, 1, low=-7, high=7), f(40), dtype="int32", gradients=(),
        expected=lambda x, at, updates: scatter_update(x, at, updates.astype("int32"))),
    row("one_hot", i(7, low=0, high=5), num_classes=5),
    row("one_hot", i(2, 3, low=-1, high=6), num_classes=5, axis=1),
    row("one_hot", i(3, low=0, high=4), num_classes=4, dtype="int32", axis=0),
    row("categorical_crossentropy", f(3, 5, low=0.1, high=1.0), f(3, 5, **POSITIVE)),
    row("categorical_crossentropy", f(3, 5, low=0.1, high=1.0), (3, 5), from_logits=True),
    row("categorical_crossentropy", f(3, 5, low=0.1, high=1.0), (3, 5), from_logits=True, axis=0),
    row("sparse_categorical_crossentropy", i(3, low=0, high=5), f(3, 5, **POSITIVE),
        dtype="float32"),
    row("sparse_categorical_crossentropy", i(33, 1, low=0, high=10), (33, 10), from_logits=True,
        dtype="float32"),
    row("sparse_categorical_crossentropy", i(2, 7, low=0, high=3), (2, 3, 7), from_logits=True,
        axis=1, dtype="float32"),
    row("sparse_categorical_crossentropy", v([-1, 4, 5], "int32"), (3, 5), from_logits=True,
        dtype="float32"),
    row("binary_crossentropy", f(3, 5, low=0.0, high=1.0), f(3, 5, low=0.05, high=0.95)),
    row("binary_crossentropy", f(3, 5, low=0.0, high=1.0), (3, 5), from_logits=True),
]  # fmt: skip

MADE = [
    *rows("zeros ones", shape=(3, 5)),
    row("zeros", shape=()),
    row("ones", shape=(0, 3)),
    row("ones", shape=(2, 7), dtype="int32"),
    row("empty", shape=(3,), expected=np.zeros),
    row("full", shape=(3, 5), fill_value=7),
    row("full", shape=(2,), fill_value=3, dtype="uint8"),
    *rows("zeros_like ones_like empty_like", (3, 5)),
    row("full_like", i(3, 5), fill_value=4),
    row("ones_like", i(3, 5), dtype="float32"),
    row("arange", start=7, dtype="int32"),
    row("arange", start=1, stop=20, step=3, dtype="int32"),
    row("arange", start=5, stop=-3, step=-2, dtype="float32"),
    row("arange", start=0.0, stop=1.0, step=0.125),
    row("arange", start=3, stop=1, dtype="int32"),
    row("arange", start=1031, dtype="float32"),
    row("linspace", start=-1.0, stop=2.0, num=7),
    row("linspace", start=0, stop=5, num=5, endpoint=False),
    row("linspace", (3,), f(3, low=3.0, high=5.0), num=5, axis=1),
    row("eye", N=5),
    row("eye", N=3, M=5, k=-1, dtype="int32"),
    row("identity", n=3),
    row("tri", N=3, M=5, k=1),
    row("cast", f(3, 5, low=-9.0, high=9.0), dtype="int32", gradients=()),
    row("cast", f(3, 5, low=0.0, high=250.0), dtype="uint8", gradients=()),
    row("cast", i(3, 5), dtype="float32"),
    row("cast", i(3, 5, low=0, high=2), dtype="bool"),
    row("cast", b(2, 3, 5), dtype="float32"),
    row("cast", b(3, 5), dtype="int32"),
    row("cast", v([4000000000, 5], U32), dtype="float32"),
    row("cast", v([300, -1, 5], "int32"), dtype="uint8"),
    row("convert_to_tensor", (3, 5)),
    row("stop_gradient", (3, 5), gradients=()),
    row("gossamer.ops.convert.anew", (3, 5)),
    row("random.uniform", shape=(3, 5), seed=7),
    row("random.uniform", shape=(2, 3, 7), minval=-2.0, maxval=3.0, seed=123456789),
    row("random.uniform", shape=(1037,), seed=1),
    row("random.uniform", shape=(), seed=1),
]  # fmt: skip
