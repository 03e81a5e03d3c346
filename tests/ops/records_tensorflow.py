"""The table's rows of what TensorFlow.js has and Keras has not."""

from __future__ import annotations

import math

import numpy as np

from tests.ops import expected_image as expected
from tests.ops.expected import row
from tests.ops.record import Record, b, f, i, v

ROW = {"rtol": 1e-4, "atol": 1e-5}
NAN = math.nan
TURN = [0.8, -0.61, 2.05, 0.63, 0.84, -1.3, 0.03, -0.02]

RESIZED = [
    row(f"gossamer.image.{op}", f(*shape), size=size, **static, **ROW,
        expected=lambda *x, nearest=op != "resize_bilinear", **given:
            expected.resize_with_corners(*x, nearest=nearest, **given))
    for op in ("resize_bilinear", "resize_nearest_neighbor")
    for shape, size, static in [
        ((2, 4, 5, 3), (7, 9), {}), ((2, 4, 5, 3), (7, 9), {"align_corners": True}),
        ((2, 4, 5, 3), (7, 9), {"half_pixel_centers": True}), ((9, 8, 1), (4, 5), {}),
        ((9, 8, 2), (4, 5), {"align_corners": True}), ((4, 6, 2), (4, 6), {}),
        ((1, 9, 8, 4), (4, 1), {"align_corners": True}), ((1, 2, 3, 3), (6, 9), {}),
        ((1, 12, 9, 3), (5, 4), {"half_pixel_centers": True}),
    ]
] + [
    row("gossamer.image.resize_nearest_neighbor", i(4, 5, 3, dtype=dtype), size=(7, 3), dtype=dtype,
        expected=lambda *x, **given: expected.resize_with_corners(*x, nearest=True, **given))
    for dtype in ("int32", "uint8")
]  # fmt: skip

BOXES = v([[0.0, 0.0, 1.0, 1.0], [0.13, 0.21, 0.74, 0.87], [0.92, 0.71, 0.23, 0.14],
           [-0.33, 0.42, 0.55, 1.61]])  # fmt: skip
GEOMETRY = [
    *(row("gossamer.image.crop_and_resize", f(2, 6, 7, 3), BOXES, v([0, 1, 1, 0], "int32"),
          crop_size=size, interpolation=interpolation, fill_value=0.5, gradients=(0,), **ROW,
          expected=expected.crop_and_resize)
      for size in ((4, 5), (1, 3)) for interpolation in ("bilinear", "nearest")),
    row("gossamer.image.crop_and_resize", f(1, 6, 7, 2), v([[0.13, 0.21, 0.74, 0.87]]),
        v([0], "int32"), crop_size=(3, 2), gradients=(0, 1), expected=expected.crop_and_resize,
        **ROW),
    row("gossamer.image.flip_left_right", f(2, 4, 5, 3), expected=lambda x: x[:, :, ::-1]),
    row("gossamer.image.flip_left_right", i(4, 5, 1), dtype="int32",
        expected=lambda x: x[:, ::-1]),
    *(row("gossamer.image.rotate_with_offset", f(2, 5, 6, channels), radians=radians, **static,
          expected=expected.rotate_with_offset)
      for channels, radians, static in [
          (3, 0.4, {}), (1, -1.3, {"fill_value": 2.0}), (3, 2.2, {"fill_value": (1.0, 2.0, 3.0)}),
          (4, 0.7, {"fill_value": (1.0, 2.0, 3.0), "center": (0.1, 0.8)}), (2, 9.0, {})]),
    *(row("gossamer.image.transform", f(2, 5, 6, 3), v(rows), **static, **ROW, gradients=gradients,
          expected=expected.projective_transform)
      for rows, static, gradients in [
          (TURN, {"interpolation": "bilinear", "fill_value": 0.5}, (0,)),
          ([TURN, [1.13, 0.21, -0.72, 0.14, 0.93, 0.43, 0.0, 0.0]],
           {"interpolation": "bilinear", "fill_mode": "reflect"}, None),
          (TURN, {"output_shape": (4, 7), "fill_mode": "nearest"}, (0,)),
          (TURN, {"fill_mode": "wrap"}, (0,))]),
    *(row("gossamer.image.threshold", image, **static, dtype="int32", gradients=(),
          expected=expected.threshold)
      for image in (f(9, 8, 3, low=0.0, high=255.0), f(7, 5, 1, low=0.0, high=255.0),
                           i(6, 6, 1, low=0, high=256))
      for static in ({}, {"inverted": True, "threshold_value": 0.3}, {"method": "otsu"},
                     {"method": "otsu", "inverted": True})),
    row("gossamer.image.threshold", v(np.full((3, 4, 1), 7.0)), method="otsu", dtype="int32",
        gradients=(), expected=expected.threshold),
    row("gossamer.image.grayscale_to_rgb", f(2, 3, 1), expected=lambda x: np.repeat(x, 3, -1)),
]  # fmt: skip

WINDOWED = [
    *(row(op, f(*shape), f(*taps), **static, expected=getattr(expected, op), **ROW)
      for op in ("dilation2d", "erosion2d")
      for shape, taps, static in [
          ((2, 6, 7, 3), (3, 3, 3), {}), ((1, 6, 7, 3), (2, 3, 3), {"padding": "same"}),
          ((1, 7, 7, 4), (3, 2, 4), {"strides": (2, 1), "padding": "same"}),
          ((1, 7, 7, 1), (2, 2, 1), {"dilation_rate": (1, 2)}),
          ((1, 7, 6, 2), (2, 3, 2), {"dilation_rate": 2, "padding": "same"})]),
    row("dilation2d", f(1, 2, 5, 6), f(2, 2, 2), data_format="channels_first", **ROW,
        expected=lambda x, w, data_format:
            np.moveaxis(expected.dilation2d(np.moveaxis(x, 1, -1), w), -1, 1)),
    *(row("local_response_normalization", f(*shape), **static, **ROW,
          expected=expected.local_response_normalization)
      for shape, static in [
          ((2, 3, 4, 7), {}), ((2, 3, 5), {"depth_radius": 1, "bias": 2.0, "alpha": 0.3}),
          ((3, 8), {"depth_radius": 2, "beta": 0.75}), ((4, 1), {"depth_radius": 0})]),
]  # fmt: skip


def _gathered(x: np.ndarray, at: np.ndarray) -> np.ndarray:
    return x[tuple(np.moveaxis(at, -1, 0))]


def _band(x: np.ndarray, num_lower: int, num_upper: int) -> np.ndarray:
    kept = np.triu(x, -num_lower) if num_lower >= 0 else x
    return np.tril(kept, num_upper) if num_upper >= 0 else kept


def _space_to_batch(x: np.ndarray, block_shape: list[int], paddings: list[list[int]]) -> np.ndarray:
    count = len(block_shape)
    margins = [(0, 0), *map(tuple, paddings), *[(0, 0)] * (x.ndim - count - 1)]
    padded = np.pad(x, margins)
    steps = [
        tuple(slice(k, None, size) for k, size in zip(start, block_shape, strict=True))
        for start in np.ndindex(*block_shape)
    ]
    return np.concatenate([padded[(slice(None), *step)] for step in steps])


def _batch_to_space(x: np.ndarray, block_shape: list[int], crops: list[list[int]]) -> np.ndarray:
    places = [size * length for size, length in zip(block_shape, x.shape[1:], strict=False)]
    batch = len(x) // math.prod(block_shape)
    out = np.empty((batch, *places, *x.shape[len(block_shape) + 1 :]), x.dtype)
    for number, start in enumerate(np.ndindex(*block_shape)):
        step = tuple(slice(k, None, size) for k, size in zip(start, block_shape, strict=True))
        out[(slice(None), *step)] = x[number * batch : (number + 1) * batch]
    kept = (slice(low, n - high) for n, (low, high) in zip(places, crops, strict=True))
    return out[(slice(None), *kept)]


OTHERS = [
    row("squared_difference", (3, 5), (5,), expected=lambda x, y: (x - y) ** 2),
    row("squared_difference", i(4), i(4), expected=lambda x, y: (x - y) ** 2),
    row("divide_no_nan", (3, 5), v([1.0, 0.0, -2.0, 0.5, 0.0]), gradients=(0,),
        expected=lambda x, y: np.where(y == 0, 0, x / y)),
    row("divide_no_nan", (3, 4), f(3, 4, low=0.5, high=2.0), expected=lambda x, y: x / y),
    row("prelu", (2, 3, 4), (4,), expected=lambda x, alpha: np.where(x > 0, x, alpha * x)),
    row("gather_nd", (3, 4, 5), v([[0, 1], [2, 3], [0, 1]], "int32"), expected=_gathered),
    row("gather_nd", (3, 4), v([[[0, 1]], [[2, 3]]], "int32"), expected=_gathered),
    row("gather_nd", (3, 4), v([[2], [0]], "int32"), expected=_gathered),
    row("boolean_mask", (4, 3), b(4), expected=lambda x, mask: x[mask], dtype="float32"),
    row("boolean_mask", (2, 4, 3), b(4, 3), axis=1, expected=lambda x, mask, axis: x[:, mask],
        dtype="float32"),
    row("boolean_mask", i(3, 4), b(3, 4), expected=lambda x, mask: x[mask], dtype="int32"),
    *(row("band_part", shape, num_lower=lower, num_upper=upper, expected=_band)
      for shape in ((4, 5), (2, 3, 3)) for lower, upper in ((1, 0), (-1, 1), (0, -1), (-1, -1))),
    row("step", v([[-1.5, 0.0, 2.0, NAN]]), alpha=0.25, gradients=(),
        expected=lambda x, alpha: np.where(np.isnan(x), x, np.where(x > 0, 1, alpha))),
    row("step", i(5, low=-2, high=3), expected=lambda x: (x > 0).astype(int)),
    row("confusion_matrix", v([0, 2, 1, 2, 2], "int32"), v([1, 2, 1, 0, 2], "int32"), num_classes=3,
        expected=lambda *x, num_classes: np.array([[0, 1, 0], [0, 1, 0], [1, 0, 2]])),
    *(row("space_to_batch", shape, block_shape=blocks, paddings=paddings, expected=_space_to_batch)
      for shape, blocks, paddings in [
          ((2, 4, 6, 3), [2, 3], [[0, 0], [0, 0]]), ((1, 3, 5, 2), [2, 2], [[1, 0], [0, 1]]),
          ((2, 6), [3], [[0, 0]])]),
    *(row("batch_to_space", shape, block_shape=blocks, crops=crops, expected=_batch_to_space)
      for shape, blocks, crops in [
          ((12, 2, 3, 3), [2, 3], [[0, 0], [0, 0]]), ((4, 2, 3, 2), [2, 2], [[1, 0], [0, 1]]),
          ((6, 4), [3], [[1, 2]])]),
]  # fmt: skip

TENSORFLOW: list[Record] = [*RESIZED, *GEOMETRY, *WINDOWED, *OTHERS]
