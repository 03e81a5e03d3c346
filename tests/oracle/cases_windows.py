"""Cases of convolution, pooling, and overlapping stretches."""

from __future__ import annotations

from typing import Any

from tests.oracle.case import Case, case, near
from tests.oracle.generate import DTYPES, f, i, of, v

NAN, INF = float("nan"), float("inf")
FIRST = {"data_format": "channels_first"}
FLOATS = ("float16", "float32", "float64")


def _convolution(op: str, kernel: tuple[int, ...], *rest: tuple[int, ...]) -> list[Case]:
    """Of a convolution with 3 channels: options, dtypes, mistakes; `kernel` without its taps."""
    more = [f(*shape) for shape in rest]

    def call(shape: tuple[int, ...], *taps: int, **options: Any) -> Case:
        ones = (1,) * (len(taps) - 1)
        return case(op, f(*shape), f(*taps, *kernel), *[f(*ones, *x) for x in rest], **options)

    return [
        call((2, 7, 3), 3), call((1, 6, 5, 3), 2, 3), call((1, 4, 5, 4, 3), 2, 1, 2),
        *(call((2, 8, 7, 3), 3, 2, strides=strides, padding=padding)
          for strides in (1, 2, (2, 1), [1, 2]) for padding in ("valid", "same")),
        *(call((2, 9, 8, 3), 2, 3, dilation_rate=rate, padding=padding)
          for rate in (2, (1, 2)) for padding in ("valid", "same")),
        call((2, 9, 3), 3, strides=2, padding="same"),
        call((2, 3, 7), 3, **FIRST), call((1, 3, 6, 5), 2, 3, padding="same", **FIRST),
        call((1, 3, 6, 5), 2, 3, strides=2, **FIRST),
        call((1, 6, 5, 3), 2, 3, data_format="channels_last"),
        call((1, 6, 5, 3), 2, 2, padding="SAME"),
        call((0, 7, 3), 3), call((1, 2, 3), 5, padding="same"), call((1, 1, 3), 1),
        *(case(op, of(dtype, 1, 5, 3), of(dtype, 2, *kernel),
               *[of(dtype, 1, *x[-2:]) for x in rest]) for dtype in FLOATS),
        case(op, of("float16", 1, 5, 3), f(2, *kernel), *[f(1, *x[-2:]) for x in rest]),
        case(op, v([[[NAN, 1.0, INF], [0.0, 1.0, 2.0], [3.0, -INF, 1.0]]]), f(2, *kernel, low=1.0),
             *[f(1, *x[-2:], low=1.0) for x in rest]),
        # mistakes
        call((2, 7, 4), 3), call((2, 7, 3), 3, padding="full"),
        call((2, 7, 3), 3, data_format="last"),
        call((2, 7, 3), 3, strides=(1, 2)), case(op, "no number", f(3, *kernel), *more),
        call((2, 7, 7, 3), 3), call((2, 7, 3), 3, strides=0),
    ]  # fmt: skip


CONVOLUTIONS = [
    *_convolution("conv", (3, 4)),
    # in groups
    case("conv", f(1, 5, 5, 4), f(3, 3, 2, 6)),
    case("conv", f(2, 7, 6), f(3, 1, 6), padding="same"),
    case("conv", f(2, 4, 7), f(3, 2, 4), strides=2, **FIRST),
    case("conv", f(2, 7, 3), f(3, 2, 4)), case("conv", f(2, 7, 4), f(3, 2, 3)),
    *_convolution("depthwise_conv", (3, 2)),
    case("depthwise_conv", f(1, 5, 5, 4), f(3, 3, 4, 1), padding="same"),
    *_convolution("separable_conv", (3, 2), (6, 4)),
    case("separable_conv", f(1, 5, 3), f(2, 3, 2), f(1, 5, 4)),
    case("separable_conv", f(1, 5, 3), f(2, 3, 1), f(2, 3, 4)),
    *_convolution("conv_transpose", (4, 3)),
    *(case("conv_transpose", f(1, 4, 3, 2), f(3, 2, 5, 2), strides=2, padding=padding,
           output_padding=extra) for padding in ("valid", "same") for extra in (None, 0, 1,
                                                                                (0, 1))),
    case("conv_transpose", f(1, 4, 3), f(2, 4, 3), strides=3),
    case("conv_transpose", f(1, 4, 3), f(5, 4, 3)),
]  # fmt: skip


def _pooling(op: str) -> list[Case]:
    return [
        *(case(op, f(*shape), size, strides) for shape, size, strides in [
            ((2, 6, 3), 2, 2), ((2, 7, 3), (3,), 1), ((1, 7, 5, 3), (3, 2), (1, 2)),
            ((1, 7, 5, 3), 2, 1), ((1, 4, 4, 5, 2), 2, (2, 1, 2)), ((2, 9, 5), 2, 3),
            ((1, 1, 1), 1, 1),
            ((0, 4, 4, 3), 2, 2), ((2, 6, 0), 2, 2),
        ]),
        *(case(op, f(*shape), size, strides, "same") for shape, size, strides in [
            ((2, 7, 7, 1), 3, 2), ((1, 5, 5, 4), 2, 2), ((2, 5, 1, 8), (4, 1), (1, 2)),
            ((1, 1, 1, 4), 2, 1), ((2, 40, 1), 33, 1),
        ]),
        case(op, f(2, 3, 6, 4), 2, 2, data_format="channels_first"),
        case(op, f(2, 3, 7), 3, 2, "same", "channels_first"),
        case(op, f(2, 6, 4, 3), 2, 2, "SAME", "channels_last"),
        # the step of windows is their size
        case(op, f(2, 6, 3), 2), case(op, f(1, 7, 5, 3), (2, 2), padding="same"),
        *(case(op, of(dtype, 1, 5, 5, 2), 2, 2, padding) for dtype in DTYPES
          for padding in ("valid", "same")),
        case(op, v([[[1.0], [NAN], [2.0], [INF], [-INF], [-INF]]]), 2, 2),
        # mistakes
        case(op, f(2, 6, 3), 2, 2, "full"), case(op, f(2, 6, 3), 2, 2, data_format="last"),
        case(op, f(2, 6, 3), (2, 2), 2), case(op, f(2, 6, 3), 2, (2, 2)),
        case(op, f(2, 6, 3), 2, 0),
        case(op, "no number", 2, 2),
    ]  # fmt: skip


def _adaptive(op: str) -> list[Case]:
    return [
        *(case(op, f(*shape), size) for shape, size in [
            ((2, 6, 3), 3), ((2, 7, 3), 5), ((2, 7, 3), (3,)), ((2, 3, 2), 5), ((1, 10, 2), 4),
            ((2, 6, 3), 1), ((2, 6, 3), 6), ((1, 7, 5, 3), (3, 2)), ((1, 8, 6, 3), 2),
            ((1, 7, 6, 3), (3, 3)), ((1, 5, 4, 6, 2), (2, 3, 4)), ((1, 4, 4, 6, 2), 2),
            ((1, 17, 2), 7), ((0, 6, 3), 2), ((2, 6, 0), 2),
        ]),
        *(case(op, f(*shape), size, data_format="channels_first") for shape, size in [
            ((2, 3, 7), 5), ((1, 3, 7, 6), (3, 3)), ((1, 2, 5, 4, 6), 2),
        ]),
        case(op, f(2, 7, 3), 5, "channels_last"),
        *(case(op, of(dtype, 1, 7, 2), 3) for dtype in DTYPES),
        case(op, v([[[1.0], [NAN], [2.0], [INF], [-INF], [0.0], [1.0]]]), 5),
        # mistakes
        case(op, f(2, 3), 2), case(op, f(1, 2, 2, 2, 2, 2), 2), case(op, f(2, 7, 3), (2, 2)),
        case(op, f(2, 7, 3), 0), case(op, f(2, 7, 3), 2, "last"), case(op, f(2, 0, 3), 2),
        case(op, "no number", 2),
    ]  # fmt: skip


WINDOWS = [
    *CONVOLUTIONS,
    *_pooling("max_pool"),
    *near(_pooling("average_pool"), rtol=1e-4),
    *_adaptive("adaptive_max_pool"),
    *_adaptive("adaptive_average_pool"),
    *(case("extract_sequences", f(*shape), length, stride) for shape, length, stride in [
        ((10,), 3, 2), ((10,), 3, 1), ((10,), 10, 1), ((10,), 1, 1), ((2, 9), 4, 3),
        ((2, 3, 8), 4, 4),
        ((7,), 2, 5), ((3,), 5, 4), ((3,), 5, 1), ((3,), 0, 1), ((3,), 2, 0), ((), 1, 1),
        ((0, 5), 2, 1),
    ]),
    *(case("extract_sequences", of(dtype, 2, 7), 3, 2) for dtype in DTYPES),
    case("extract_sequences", i(8), sequence_length=3, sequence_stride=2),
    case("extract_sequences", "no number", 3, 2),
]  # fmt: skip
