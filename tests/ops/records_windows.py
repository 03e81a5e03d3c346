"""The table's rows of convolution and pooling."""

from __future__ import annotations

import math

from tests.ops.expected import row
from tests.ops.expected_windows import conv_transpose, depthwise_conv, separable_conv
from tests.ops.record import i, v

NAN, INF = math.nan, math.inf

CONVOLVED = [
    row("conv", shape, kernel, rtol=1e-4, atol=1e-5, **static) for shape, kernel, static in [
        ((2, 7, 3), (3, 3, 5), {}), ((1, 1, 1), (1, 1, 1), {}),
        ((2, 7, 1), (2, 1, 4), {"strides": 2}), ((2, 7, 3), (3, 3, 5), {"padding": "same"}),
        ((2, 8, 3), (3, 3, 2), {"padding": "same", "strides": 3}),
        ((2, 9, 2), (3, 2, 3), {"dilation_rate": 2}), ((2, 5, 6, 3), (3, 2, 3, 4), {}),
        ((1, 7, 5, 2), (3, 3, 2, 3), {"padding": "same", "strides": (2, 1)}),
        ((1, 7, 7, 2), (2, 3, 2, 1), {"padding": "same", "dilation_rate": (2, 1)}),
        ((2, 6, 6, 1), (4, 4, 1, 8), {"padding": "same"}),
        ((2, 3, 5, 5), (3, 3, 3, 2), {"data_format": "channels_first"}),
        ((1, 4, 5, 3, 2), (2, 3, 2, 2, 3), {"strides": (2, 1, 1), "padding": "same"}),
        ((1, 5, 5, 4), (3, 3, 2, 6), {"padding": "same"}),
        ((2, 5, 5, 3), (1, 1, 3, 7), {"strides": 2}),
        ((3, 12, 12, 3), (5, 5, 3, 9), {"strides": 2, "padding": "same"}),
        ((1, 2, 1), (5, 1, 1), {"padding": "same"}), ((2, 9, 3), (2, 3, 4), {"strides": 5}),
        ((2, 11, 3), (3, 3, 4), {"strides": 2, "dilation_rate": 3, "padding": "same"}),
        ((1, 6, 9, 1), (4, 3, 1, 5), {"strides": (3, 2), "padding": "same"}),
        ((1, 9, 5, 8), (4, 2, 8, 1), {"strides": (2, 3)}),
        ((2, 7, 7, 3), (1, 3, 3, 4), {"strides": (1, 2), "padding": "same"}),
        ((2, 4, 3, 5), (1, 1, 5, 3), {}),
        ((2, 3, 4, 4), (1, 1, 3, 2), {"data_format": "channels_first"}),
        ((1, 3, 4, 4, 4), (3, 3, 3, 4, 4), {"strides": 2, "padding": "same"}),
        ((1, 20, 20, 1), (17, 19, 1, 2), {}), ((0, 5, 3), (3, 3, 2), {}),
        # so long that both operands of the kernel's gradient are turned round
        ((5, 9, 9, 5), (3, 3, 5, 16), {}), ((6, 50, 9), (5, 9, 20), {"padding": "same"}),
        ((4, 14, 14, 5), (3, 3, 5, 24), {"padding": "same", "strides": 2}),
        ((3, 12, 12, 8), (3, 3, 4, 12), {}), ((9, 14, 13, 1), (5, 4, 1, 12), {"dilation_rate": 2}),
        ((2, 9, 60, 3), (3, 4, 3, 24), {"strides": (1, 3), "padding": "same"}),
        ((2, 29, 33), (5, 11, 36), {"strides": 2, "dilation_rate": 3}),
        ((2, 5, 6, 9, 3), (2, 3, 3, 3, 16), {"padding": "same", "strides": (1, 1, 2)}),
        # in groups: with channels and filters of which four make a vector, or not
        ((2, 5, 5, 8), (3, 3, 4, 8), {"padding": "same"}), ((2, 7, 8), (3, 4, 16), {"strides": 2}),
        ((2, 6, 6, 6), (2, 3, 3, 4), {"strides": 2, "padding": "same"}),
        ((1, 5, 6, 6), (3, 2, 2, 3), {"dilation_rate": (1, 2)}), ((2, 7, 12), (1, 4, 6), {}),
        ((2, 5, 16), (2, 8, 6), {"strides": 2}), ((2, 5, 6), (2, 3, 8), {"strides": 3}),
        ((2, 8, 3, 3), (3, 2, 4, 4), {"padding": "same", "data_format": "channels_first"}),
        ((1, 5, 5, 4), (3, 3, 1, 4), {}), ((1, 5, 5, 3), (3, 3, 1, 6), {"strides": 2}),
        ((1, 4, 5, 5), (3, 3, 1, 8), {"padding": "same", "data_format": "channels_first"}),
    ]
]  # fmt: skip

CONVOLVED += [
    row("depthwise_conv", shape, kernel, rtol=1e-4, atol=1e-5, expected=depthwise_conv, **static)
    for shape, kernel, static in [
        ((2, 7, 3), (3, 3, 1), {}), ((1, 1, 1), (1, 1, 1), {}), ((2, 8, 4), (2, 4, 2), {}),
        ((2, 7, 6, 4), (3, 3, 4, 1), {"padding": "same"}),
        ((2, 7, 6, 5), (3, 2, 5, 1), {"padding": "same", "strides": 2}),
        ((1, 8, 8, 8), (3, 3, 8, 1), {"padding": "same", "strides": (2, 3)}),
        ((1, 6, 7, 3), (2, 3, 3, 2), {"dilation_rate": 2}),
        ((1, 9, 9, 2), (3, 2, 2, 3), {"dilation_rate": (1, 3), "strides": (2, 2)}),
        ((1, 9, 4, 3), (1, 2, 3, 1), {"strides": 3}),
        ((2, 5, 3, 7), (5, 3, 7, 4), {}),
        ((1, 3, 4, 4, 5), (2, 3, 2, 5, 1), {"padding": "same", "strides": 2}),
        ((2, 3, 6, 5), (3, 3, 3, 1), {"padding": "same", "data_format": "channels_first"}),
        ((2, 4, 7, 8), (2, 3, 4, 2), {"strides": 2, "data_format": "channels_first"}),
        ((0, 5, 3), (3, 3, 1), {}),
    ]
]  # fmt: skip
CONVOLVED += [
    row("separable_conv", shape, depthwise, pointwise, rtol=1e-4, atol=1e-5,
        expected=separable_conv, **static)
    for shape, depthwise, pointwise, static in [
        ((2, 7, 3), (3, 3, 2), (1, 6, 4), {"padding": "same"}),
        ((2, 6, 6, 4), (3, 3, 4, 1), (1, 1, 4, 8), {"strides": 2, "padding": "same"}),
        ((1, 2, 6, 6), (3, 2, 2, 1), (1, 1, 2, 3), {"data_format": "channels_first"}),
        ((1, 9, 7, 2), (3, 2, 2, 2), (1, 1, 4, 1), {"dilation_rate": 2}),
    ]
]  # fmt: skip
CONVOLVED += [
    row("conv_transpose", shape, kernel, rtol=1e-4, atol=1e-5, expected=conv_transpose, **static)
    for shape, kernel, static in [
        ((2, 4, 3), (3, 5, 3), {}), ((1, 1, 1), (1, 1, 1), {}),
        ((2, 4, 3), (3, 2, 3), {"strides": 2}), ((2, 4, 3), (3, 2, 3), {"strides": 4}),
        ((2, 4, 5), (4, 4, 5), {"strides": 2, "padding": "same"}),
        ((2, 4, 5), (2, 4, 5), {"strides": 3, "padding": "same"}),
        ((2, 3, 4, 4), (3, 3, 8, 4), {"strides": 2, "padding": "same"}),
        ((2, 3, 4, 4), (4, 4, 1, 4), {"strides": 2, "padding": "same"}),
        ((1, 3, 3, 2), (3, 3, 3, 2), {"strides": 2, "padding": "same", "output_padding": 1}),
        ((1, 3, 3, 2), (3, 4, 3, 2), {"strides": 2, "padding": "valid", "output_padding": (0, 1)}),
        ((1, 4, 3, 2), (3, 2, 3, 2), {"dilation_rate": 2}),
        ((1, 4, 3, 2), (3, 2, 3, 2), {"dilation_rate": (2, 1), "padding": "same", "strides": 2}),
        ((1, 2, 4, 3), (2, 3, 4, 2), {"strides": (2, 1), "data_format": "channels_first"}),
        ((1, 2, 3, 2, 3), (3, 2, 3, 4, 3), {"strides": (2, 1, 2), "padding": "same"}),
        ((2, 3, 3, 1), (5, 5, 4, 1), {"strides": 3, "padding": "same"}),
        ((0, 3, 2), (3, 4, 2), {"strides": 2}), ((1, 1, 1), (3, 2, 1), {"strides": 2}),
        ((1, 1, 2, 2), (3, 3, 1, 2), {"strides": 2}), ((1, 2, 1, 3), (1, 1, 1, 3), {"strides": 2}),
    ]
]  # fmt: skip

POOLED = [
    row(op, shape, pool_size=size, **static)
    for op in ("max_pool", "average_pool")
    for shape, size, static in [
        ((2, 6, 3), 2, {}), ((1, 7, 5, 3), 2, {}), ((1, 7, 5, 3), (3, 2), {"strides": 1}),
        ((2, 7, 7, 1), 3, {"strides": 2, "padding": "same"}),
        ((1, 5, 5, 4), 2, {"padding": "same"}),
        ((2, 3, 6, 4), 2, {"data_format": "channels_first"}),
        ((1, 4, 4, 5, 2), 2, {"strides": (2, 1, 2)}),
        ((2, 9, 5), 2, {"strides": 3}), ((1, 1, 1), 1, {}), ((1, 1, 1, 4), 2, {"padding": "same"}),
        ((2, 5, 1, 8), (4, 1), {"strides": (1, 2), "padding": "same"}),
        ((1, 3, 7, 9), (1, 9), {"strides": (1, 2), "padding": "same",
            "data_format": "channels_first"}),
        ((1, 13, 11, 3), (13, 11), {}), ((2, 40, 1), 33, {"strides": 1, "padding": "same"}),
        ((0, 4, 4, 3), 2, {}),
    ]
]  # fmt: skip
POOLED += [
    row("max_pool", i(1, 5, 5, 3), pool_size=2, padding="same"),
    row("max_pool", i(1, 5, 5, 3, low=0, high=255, dtype="uint8"), pool_size=3, padding="same"),
    row("average_pool", i(1, 4, 4, 3), pool_size=2, dtype="float32"),
    row("average_pool", v([[[1.0], [NAN], [2.0], [INF], [-INF], [1.0]]]), pool_size=2,
        gradients=()),
    row("max_pool", v([[[1.0], [NAN], [2.0], [INF], [-INF], [-INF]]]), pool_size=2, gradients=()),
]  # fmt: skip
