"""Cases of the layers that pool windows, parts and all places."""

import numpy as np

from tests.layers.case import LayerCase

SHAPES = {1: (2, 9, 4), 2: (2, 7, 6, 3), 3: (1, 5, 4, 6, 2)}
FIRST = {rank: (s[0], s[-1], *s[1:-1]) for rank, s in SHAPES.items()}
SIZES = {1: 3, 2: (3, 2), 3: (2, 3, 2)}
STRIDES = {1: 1, 2: (2, 1), 3: 1}
PARTS = {1: 4, 2: (3, 4), 3: (2, 3, 5)}
MASK = np.array([[1, 1, 1, 0, 0, 1, 0, 0, 0], [1, 0, 0, 0, 0, 0, 0, 0, 0]], "bool")

WINDOWS = [
    LayerCase(f"{kind}Pooling{rank}D", config, shape)
    for kind in ("Max", "Average")
    for rank in (1, 2, 3)
    for config, shape in [
        ({"pool_size": 2}, SHAPES[rank]),
        ({"pool_size": SIZES[rank], "padding": "same"}, SHAPES[rank]),
        ({"pool_size": SIZES[rank], "strides": STRIDES[rank]}, SHAPES[rank]),
        (
            {
                "pool_size": SIZES[rank],
                "strides": 2,
                "padding": "same",
                "data_format": "channels_first",
                "name": "named",
            },
            FIRST[rank],
        ),
    ]
]
ALL = [
    LayerCase(f"Global{kind}Pooling{rank}D", config, shape)
    for kind in ("Max", "Average")
    for rank in (1, 2, 3)
    for config, shape in [
        ({}, SHAPES[rank]),
        ({"keepdims": True}, SHAPES[rank]),
        ({"data_format": "channels_first"}, FIRST[rank]),
        ({"data_format": "channels_first", "keepdims": True}, FIRST[rank]),
    ]
]
ADAPTIVE = [
    LayerCase(f"Adaptive{kind}Pooling{rank}D", config, shape)
    for kind in ("Max", "Average")
    for rank in (1, 2, 3)
    for config, shape in [
        ({"output_size": 2}, SHAPES[rank]),
        ({"output_size": PARTS[rank], "data_format": "channels_first"}, FIRST[rank]),
    ]
]
OTHERS = [
    LayerCase("MaxPooling2D", {}, SHAPES[2], note="defaults"),
    LayerCase("GlobalAveragePooling1D", {}, SHAPES[1], {"mask": MASK}, note="mask"),
    LayerCase("GlobalAveragePooling1D", {"keepdims": True}, SHAPES[1], {"mask": MASK}, note="mask"),
    LayerCase(
        "GlobalAveragePooling1D",
        {"data_format": "channels_first"},
        FIRST[1],
        {"mask": MASK},
        note="mask",
    ),
    LayerCase(
        "AveragePooling2D", {"pool_size": 2, "dtype": "float16"}, SHAPES[2], rtol=2e-3,
        gradients=False,
    ),
    LayerCase(
        "MaxPooling1D", {"dtype": "mixed_float16"}, SHAPES[1], rtol=2e-3, gradients=False
    ),
    LayerCase(
        "GlobalAveragePooling2D", {"dtype": "mixed_float16"}, SHAPES[2], rtol=2e-3, atol=2e-3,
        gradients=False,
    ),
]  # fmt: skip

CASES = WINDOWS + ALL + ADAPTIVE + OTHERS
