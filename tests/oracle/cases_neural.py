"""Cases of what networks are made of: normalization, cross-entropy, attention, CTC, distances."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.ops.record import Input
from tests.oracle.case import Case, case, near
from tests.oracle.generate import DTYPES, b, f, i, of, v

NAN, INF = float("nan"), float("inf")
FLOATS = ("float16", "float32", "float64")


def _normalized(op: str, **options: Any) -> list[Case]:
    """Of a normalization by own statistics."""
    # A negative result has no conversion to unsigned integers that all machines agree on.
    signed = [dtype for dtype in DTYPES if dtype[0] != "u" or op == "rms_normalization"]
    return [
        *(case(op, f(*shape), **options) for shape in ((7,), (3, 5), (2, 3, 8), (1, 1), (3, 1))),
        *(case(op, f(2, 3, 5), axis=axis, **options)
          for axis in (0, 1, -1, (1, 2), (0, -1), [0, 1])),
        *(case(op, of(dtype, 3, 5), **options) for dtype in signed),
        *(case(op, of(dtype, 3, 5), f(5), **options) for dtype in ("int32", *FLOATS)),
        case(op, f(3, 5), of("float16", 5), **options), case(op, f(0, 5), **options),
        *(case(op, f(3, 5), epsilon=epsilon, **options) for epsilon in (1e-3, 1, 0.5)),
        case(op, f(2, 3, 5), f(5), **options), case(op, f(2, 3, 5), f(1, 1, 5), **options),
        case(op, f(2, 3, 5), f(3, 5), axis=-1, **options), case(op, f(3, 5), f(4), **options),
        case(op, v([[NAN, 1.0, 2.0], [INF, 1.0, 0.0], [0.0, 0.0, 0.0]]), **options),
        case(op, f(3, 5), axis=2, **options), case(op, f(3, 5), axis=(0, 3), **options),
        case(op, "no number", **options), case(op, f(), **options),
    ]  # fmt: skip


NORMALIZED = [
    *near(_normalized("rms_normalization"), rtol=1e-4),
    case("rms_normalization", f(2, 3, 5), f(3, 5), axis=(1, 2)),
    case("rms_normalization", f(3, 5), scale=f(5), axis=-1, epsilon=0.1),
    *near(_normalized("layer_normalization"), rtol=1e-3, atol=1e-4),
    *near([
        *(case("layer_normalization", f(2, 3, 5), f(*shape), f(*shape), axis=axis)
          for shape, axis in [((5,), -1), ((3,), 1), ((2,), 0), ((3, 5), (1, 2)), ((2, 5), (0, 2)),
                              ((1, 3, 5), (1, 2)), ((5, 3), (2, 1))]),
        case("layer_normalization", f(3, 5), beta=f(5)),
        *(case("layer_normalization", f(2, 3, 5), f(*shape), axis=axis)
          for shape in ((3, 5), ()) for axis in (2, [2], -1)),
        case("layer_normalization", f(3, 5), gamma=f(5), beta=f(5), rms_scaling=True),
        case("layer_normalization", f(2, 3, 5), gamma=f(3), axis=1, rms_scaling=True),
        case("layer_normalization", f(2, 3, 5), f(4), axis=1),
    ], rtol=1e-3, atol=1e-4),
]  # fmt: skip


def _batch(*shape: int, axis: Any = -1, dtype: str = "float32", **options: Any) -> Case:
    own = (shape[axis],)
    made = {name: of(dtype, *own, low=0.5) for name in options.pop("names", "").split()}
    return case("batch_normalization", of(dtype, *shape), of(dtype, *own, low=0),
                of(dtype, *own, low=1), axis, **made, **options)  # fmt: skip


BATCH = [
    _batch(3, 5), _batch(7), _batch(2, 3, 5, axis=1), _batch(2, 3, 5, axis=-2),
    _batch(2, 3, 5, axis=0),
    _batch(2, 4, 4, 3, names="offset scale"), _batch(2, 3, 5, names="offset", axis=1),
    _batch(2, 3, 5, names="scale", axis=1), _batch(3, 5, epsilon=0.5, names="scale offset"),
    _batch(0, 5), *(_batch(3, 5, dtype=dtype, names="offset scale") for dtype in FLOATS),
    *(case("batch_normalization", of(dtype, 3, 5), f(5), f(5, low=0.5), -1)
      for dtype in ("float16", "int32", "uint8", "float64")),
    # Keras takes the root in the variance's float16.
    *near([case("batch_normalization", f(3, 5), of("float16", 5), of("float16", 5, low=1), -1)],
          rtol=2e-3, atol=2e-3),
    case("batch_normalization", f(3, 5), f(5), f(5, low=1), 2),
    case("batch_normalization", f(3, 5), f(4), f(4, low=1), -1),
    case("batch_normalization", f(3, 5), f(5), f(4, low=1), -1),
    case("batch_normalization", f(3, 5), f(5), f(5, low=1), -1, f(3)),
    case("batch_normalization", v([[NAN, INF], [1.0, 2.0]]), f(2), f(2, low=1), 1),
]  # fmt: skip


def _shares(*shape: int, dtype: str = "float32") -> Input:
    return of(dtype, *shape, low=0.1, high=0.9)


CROSSENTROPY = [
    *(case(op, _shares(*shape), _shares(*shape))
      for op in ("binary_crossentropy", "categorical_crossentropy")
      for shape in ((), (4,), (3, 4), (2, 3, 4), (0, 4), (3, 0))),
    *(case(op, _shares(3, 4), f(3, 4, low=-5.0, high=5.0), from_logits=True)
      for op in ("binary_crossentropy", "categorical_crossentropy")),
    *(case(op, _shares(3, 4, dtype=a), _shares(3, 4, dtype=c), from_logits=logits)
      for op in ("binary_crossentropy", "categorical_crossentropy") for logits in (False, True)
      for a, c in (("float16", "float16"), ("float64", "float32"), ("float64", "float64"))),
    # Keras takes the logarithm in the output's float16, and 1 - target in the target's.
    *near([case(op, _shares(3, 4, dtype=a), _shares(3, 4, dtype=c), from_logits=logits)
           for op in ("binary_crossentropy", "categorical_crossentropy") for logits in (False, True)
           for a, c in (("float16", "float32"), ("float32", "float16"))], rtol=2e-3),
    *near([case("sparse_categorical_crossentropy", i(3, low=0, high=4),
                _shares(3, 4, dtype="float16"),
                from_logits=logits) for logits in (False, True)], rtol=2e-3),
    *(case(op, of(dtype, 3, 4, low=0, high=2), _shares(3, 4), from_logits=logits)
      for op in ("binary_crossentropy", "categorical_crossentropy") for logits in (False, True)
      for dtype in ("int32", "uint8", "bool", "int64")),
    *(case(op, of("int32", 3, 4, low=0, high=2), of("int32", 3, 4, low=1, high=5),
           from_logits=logits)
      for op in ("binary_crossentropy", "categorical_crossentropy") for logits in (False, True)),
    *(case(op, f(3, 4), f(3, 5)) for op in ("binary_crossentropy", "categorical_crossentropy")),
    *(case(op, f(3, 4), f(4)) for op in ("binary_crossentropy", "categorical_crossentropy")),
    *(case(op, "no number", f(4)) for op in ("binary_crossentropy", "categorical_crossentropy")),
    case("sparse_categorical_crossentropy", None, f(4)),
    *(case(op, v([[0.0, 1.0, 0.0]]), v([[0.0, 1.0, 2.0]]))
      for op in ("binary_crossentropy", "categorical_crossentropy")),
    case("binary_crossentropy", v([0.0, 1.0, 1.0, 0.0]), v([NAN, NAN, INF, INF])),
    case("categorical_crossentropy", v([[0.0, 1.0]]), v([[NAN, 1.0]]), from_logits=True),
    *(case("categorical_crossentropy", _shares(2, 3, 4), _shares(2, 3, 4), axis=axis,
           from_logits=logits)
      for axis in (0, 1, -2, 2) for logits in (False, True)),
    case("categorical_crossentropy", f(3, 4), f(3, 4), axis=2),
    *(case("sparse_categorical_crossentropy", i(*shape, low=0, high=4), _shares(*shape, 4),
           from_logits=logits)
      for shape in ((), (3,), (2, 3), (0,)) for logits in (False, True)),
    case("sparse_categorical_crossentropy", i(3, 1, low=0, high=4), _shares(3, 4)),
    case("sparse_categorical_crossentropy", i(2, 3, 1, low=0, high=4), _shares(2, 3, 4)),
    *(case("sparse_categorical_crossentropy", of(dtype, 3, low=0, high=4), _shares(3, 4))
      for dtype in DTYPES),
    *(case("sparse_categorical_crossentropy", i(3, low=0, high=4), _shares(3, 4, dtype=dtype),
           from_logits=logits)
      for dtype in ("float32", "float64") for logits in (False, True)),
    case("sparse_categorical_crossentropy", i(3, low=0, high=4), of("int32", 3, 4, low=1)),
    case("sparse_categorical_crossentropy", v([-1, 4, 2], "int32"), f(3, 4), from_logits=True),
    case("sparse_categorical_crossentropy", i(2, 7, low=0, high=3), f(2, 3, 7), from_logits=True,
         axis=1),
    case("sparse_categorical_crossentropy", i(3, 3, low=0, high=3), f(3, 3, 3), from_logits=True,
         axis=1),
    case("sparse_categorical_crossentropy", i(4, low=0, high=3), f(3, 4)),
    case("sparse_categorical_crossentropy", i(3, low=0, high=3), f(3, 4), axis=2),
    case("sparse_categorical_crossentropy", i(), f()),
]  # fmt: skip


def _attention(q: tuple[int, ...], k: tuple[int, ...], *extra: int, **options: Any) -> Case:
    return case("dot_product_attention", f(*q), f(*k), f(*k[:3], *(extra or k[3:])), **options)


PLAIN = ((2, 5, 3, 4), (2, 6, 3, 4))
ATTENTION = [
    _attention(*PLAIN), _attention((1, 1, 1, 1), (1, 1, 1, 1)), _attention(*PLAIN, 7),
    *(_attention(*PLAIN, bias=f(*shape))
      for shape in ((2, 3, 5, 6), (1, 1, 5, 6), (2, 1, 1, 6), (5, 6), ())),
    *(_attention(*PLAIN, mask=b(*shape))
      for shape in ((2, 3, 5, 6), (1, 1, 5, 6), (2, 1, 1, 6), (5, 6))),
    _attention(*PLAIN, is_causal=True),
    _attention(*PLAIN, is_causal=True, mask=b(2, 1, 5, 6), bias=f(1, 3, 5, 6)),
    _attention(*PLAIN, mask=v(np.zeros((1, 1, 5, 6)), "bool")), _attention(*PLAIN, scale=0.1),
    _attention(*PLAIN, scale=100.0), _attention(*PLAIN, scale=2),
    _attention(*PLAIN, flash_attention=False),
    _attention((2, 5, 6, 4), (2, 7, 2, 4)), _attention((2, 5, 4, 4), (2, 7, 1, 4), is_causal=True),
    _attention((2, 5, 6, 4), (2, 7, 3, 4), mask=b(2, 6, 5, 7), bias=f(2, 1, 5, 7)),
    _attention((0, 5, 3, 4), (0, 6, 3, 4)),
    *(case("dot_product_attention", of(dtype, 1, 3, 2, 4), of(dtype, 1, 5, 2, 4),
           of(dtype, 1, 5, 2, 4))
      for dtype in FLOATS),
    case("dot_product_attention", of("float16", 1, 3, 2, 4), f(1, 5, 2, 4),
         of("float16", 1, 5, 2, 4)),
    # mistakes
    _attention(*PLAIN, bias=f(4, 6)), _attention(*PLAIN, mask=b(3, 3, 5, 6)),
    _attention(*PLAIN, flash_attention=True),
    _attention(*PLAIN, attn_logits_soft_cap=1.0), _attention((2, 5, 3, 4), (2, 6, 2, 4)),
    _attention((5, 3, 4), (6, 3, 4)),
    _attention((2, 5, 3, 4), (2, 6, 3, 5)), _attention((2, 5, 3, 4), (3, 6, 3, 4)),
    case("dot_product_attention", "no number", f(1, 2, 1, 3), f(1, 2, 1, 3)),
]  # fmt: skip


def _ctc(batch: int, frames: int, classes: int, labels: int, **options: Any) -> Case:
    return case("ctc_loss", i(batch, labels, low=1, high=classes), f(batch, frames, classes),
                i(batch, low=1, high=labels + 1), i(batch, low=frames // 2 + 1, high=frames + 1),
                **options)  # fmt: skip


SPOKEN = v([[1, 1, 2, 0], [3, 2, 2, 2], [1, 2, 1, 2]], "int32")
LOSS = [
    _ctc(1, 1, 2, 1), _ctc(2, 8, 5, 3), _ctc(3, 12, 4, 4), _ctc(2, 30, 7, 9),
    _ctc(2, 8, 5, 3, mask_index=0),
    *(case("ctc_loss", SPOKEN, f(3, 9, 4), v(a, "int32"), v(c, "int32")) for a, c in [
        ([4, 4, 4], [9, 9, 9]), ([2, 3, 4], [9, 5, 4]), ([3, 1, 0], [9, 9, 9]),
        ([9, 4, 4], [12, 9, 0]),
        # labels that do not fit into the frames
        ([4, 4, 4], [2, 3, 1]),
    ]),
    case("ctc_loss", v([[0, 1, 1]], "int32"), f(1, 7, 4), v([3], "int32"), v([7], "int32"),
         mask_index=3),
    case("ctc_loss", v([[1, 5]], "int32"), f(1, 7, 4), v([1], "int32"), v([7], "int32")),
    case("ctc_loss", v([[1, -1]], "int32"), f(1, 7, 4), v([1], "int32"), v([7], "int32")),
    case("ctc_loss", SPOKEN, f(3, 9, 4, low=-60.0, high=60.0), v([2, 3, 4], "int32"),
         v([9, 9, 9], "int32")),
    *(case("ctc_loss", SPOKEN, of(dtype, 3, 9, 4), v([2, 3, 4], "int32"), v([9, 7, 8], "int32"))
      for dtype in FLOATS),
    case("ctc_loss", v([[1.0, 2.0]]), f(1, 5, 4), v([2.0]), v([5.0])),
    case("ctc_loss", v(np.zeros((2, 0)), "int32"), f(2, 5, 4), v([0, 0], "int32"),
         v([5, 3], "int32")),
    # mistakes
    case("ctc_loss", v([1, 2], "int32"), f(1, 5, 4), v([2], "int32"), v([5], "int32")),
    case("ctc_loss", v([[1, 2]], "int32"), f(5, 4), v([2], "int32"), v([5], "int32")),
    case("ctc_loss", v([[1, 2]], "int32"), f(2, 5, 4), v([2], "int32"), v([5, 5], "int32")),
    case("ctc_loss", v([[1, 2]], "int32"), f(1, 5, 4), v([2], "int32"), v([5], "int32"),
         mask_index=7),
    case("ctc_loss", None, f(1, 5, 4), v([2], "int32"), v([5], "int32")),
]  # fmt: skip
DECODED = [
    *(case("ctc_decode", of(dtype, 3, 9, 5), v([9, 4, 7], "int32"), strategy, **options)
      for strategy, options in [("greedy", {}), ("greedy", {"merge_repeated": False}),
                                ("greedy", {"mask_index": 2}), ("greedy", {"mask_index": None}),
                                ("beam_search", {}), ("beam_search", {"top_paths": 3}),
                                ("beam_search", {"beam_width": 3, "top_paths": 3, "mask_index": 4}),
                                ("beam_search", {"beam_width": 2, "mask_index": None})]
      for dtype in (FLOATS if len(options) < 1 else ("float32",))),
    case("ctc_decode", f(2, 20, 4), v([20, 13], "int32"), "beam_search", beam_width=20,
         top_paths=5),
    case("ctc_decode", f(2, 3, 2), v([3, 1], "int32"), "beam_search", beam_width=5, top_paths=5),
    case("ctc_decode", f(2, 3, 2), v([0, 5], "int32"), "greedy"),
    case("ctc_decode", f(2, 3, 3), v([0, 5], "int32"), "beam_search"),
    case("ctc_decode", f(2, 1, 3), v([1, 1], "int32"), "beam_search"),
    case("ctc_decode", f(1, 3, 2), v([3], "int32"), "best"),
    case("ctc_decode", f(3, 2), v([3], "int32")),
    case("ctc_decode", f(2, 3, 2), v([3], "int32")),
    case("ctc_decode", "no number", v([3], "int32")),
]  # fmt: skip

HOT = [
    *(case("multi_hot", i(*shape, low=0, high=5), 5)
      for shape in ((3,), (2, 3), (2, 3, 4), (), (0, 3), (3, 0))),
    *(case("multi_hot", i(2, 3, low=0, high=5), 5, axis=axis) for axis in (0, 1, 2, -1)),
    *(case("multi_hot", of(dtype, 2, 3, low=0, high=5), 5) for dtype in DTYPES),
    *(case("multi_hot", i(2, 3, low=0, high=5), 5, dtype=dtype)
      for dtype in ("int32", "bool", "float16")),
    case("multi_hot", v([[1, -1], [2, 2]], "int32"), 4),
    case("multi_hot", i(3, low=0), num_tokens=9),
    case("multi_hot", i(3, low=0)), case("multi_hot", i(2, 3, low=0), 9, axis=4),
    case("multi_hot", "no number", 3),
]  # fmt: skip
DISTANCES = [
    *(case("cdist", f(*a), f(*c)) for a, c in [
        ((3, 4), (5, 4)), ((1, 1), (1, 1)), ((2, 3, 4), (2, 5, 4)), ((2, 3, 4), (5, 4)),
        ((2, 1, 3, 4), (6, 5, 4)),
        ((0, 4), (5, 4)), ((3, 0), (5, 0)), ((3, 4), (5, 3)), ((4,), (5, 4)),
        ((3, 2, 4), (2, 5, 4)),
    ]),
    *(case("cdist", of(dtype, 3, 4), of(dtype, 5, 4)) for dtype in DTYPES),
    case("cdist", of("float16", 3, 4), f(5, 4)), case("cdist", of("int32", 3, 4), f(5, 4)),
    case("cdist", v([[1.0, 2.0], [1.0, 2.0]]), v([[1.0, 2.0], [NAN, INF]])),
    case("cdist", "no number", f(3, 4)),
]  # fmt: skip

NEURAL = [*NORMALIZED, *BATCH, *CROSSENTROPY, *ATTENTION, *LOSS, *DECODED, *HOT, *DISTANCES]
