"""The table's rows of images and patches."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.ops import expected_image as expected
from tests.ops.expected import row
from tests.ops.record import Record, f, i, v

ROW = {"rtol": 1e-4, "atol": 1e-5}

RESIZED = [
    row("image.resize", shape, size=size, expected=expected.resize, **ROW, **static)
    for shape, size, static in [
        ((2, 4, 5, 3), (7, 9), {}), ((2, 9, 8, 3), (4, 5), {"antialias": True}),
        ((7, 5, 1), (3, 11), {"interpolation": "nearest"}), ((1, 1, 2), (3, 4), {}),
        ((6, 8, 4), (12, 4), {"interpolation": "bicubic"}), ((13, 3, 2), (1, 3), {}),
        ((2, 6, 5, 5), (4, 9), {"interpolation": "lanczos3", "antialias": True}),
        ((2, 12, 3, 2), (5, 7), {"interpolation": "lanczos5"}), ((3, 5, 2), (3, 5), {}),
        ((2, 3, 6, 7), (4, 9), {"data_format": "channels_first"}),
        ((1, 16, 16, 3), (8, 8), {"interpolation": "nearest"}), ((0, 4, 4, 3), (2, 2), {}),
    ]
] + [
    row("image.resize", i(5, 7, 3, low=0, high=255, dtype="uint8"), size=(7, 3), dtype="uint8",
        interpolation=interpolation, expected=expected.resize)
    for interpolation in ("nearest", "bilinear", "bicubic")
]  # fmt: skip
RESIZED += [
    replace(
        row("image.scale_and_translate", f(4, 5, 2), f(2, low=0.6, high=1.7), f(2), **ROW,
            output_shape=(6, 3, 2), spatial_dims=(0, 1), method=method, antialias=antialias,
            expected=expected.scale_and_translate, gradients=gradients),
        named=("scale", "translation"))
    # The weights of a triangle have corners, at which there is no gradient for the scale.
    for method, antialias, gradients in [
        ("linear", False, (0,)), ("cubic", True, None), ("lanczos3", True, (0,)),
    ]
]  # fmt: skip

# Nowhere on an element, where linear interpolation has a corner.
PLACES = f(2, 3, 4, low=0.1, high=0.9)
WARPED = [
    row("image.map_coordinates", f(2, 2), PLACES, order=1, **ROW,
        expected=expected.map_coordinates),
    row("image.map_coordinates", f(3, 4, 5), f(3, 7, low=-0.9, high=-0.1), order=1,
        fill_mode="constant", fill_value=2.0, expected=expected.map_coordinates, **ROW),
    *(row("image.map_coordinates", f(4, 5), v([[-0.4, 1.3, 2.7, -2.3], [0.2, 3.6, -1.1, 9.3]]),
          order=order, fill_mode=mode, expected=expected.map_coordinates, **ROW)
      for order in (0, 1) for mode in ("nearest", "wrap", "mirror", "reflect")),
    row("image.map_coordinates", i(9), v([[0.4, 1.6, 7.2]]), order=1, dtype="int32",
        expected=expected.map_coordinates),
    *(row("image.affine_transform", f(2, 4, 5, 3), v(rows), expected=expected.affine_transform,
          **ROW, **static)
      for rows, static in [
          ([[0.8, -0.61, 2.05, 0.63, 0.84, -1.3, 0, 0], [1.5, 0.02, -1.1, 0.04, 0.7, 0.4, 0, 0]],
           {"fill_mode": "reflect"}),
          ([0.8, -0.61, 2.05, 0.63, 0.84, -1.3, 0, 0], {"fill_value": 0.5}),
          ([0.8, -0.61, 2.05, 0.63, 0.84, -1.3, 0, 0], {"interpolation": "nearest"})]),
    row("image.affine_transform", f(3, 4, 5), v([1.5, 0.02, -1.1, 0.04, 0.7, 0.4, 0, 0]),
        data_format="channels_first", expected=expected.affine_transform, **ROW),
    *(row("image.perspective_transform", f(*shape),
          v([[0.1, 0.0], [5.2, 0.1], [0.3, 4.3], [5.1, 4.2]]),
          v([[0.5, 0.2], [4.4, -0.6], [-0.3, 3.6], [5.7, 4.5]]), **static, rtol=1e-4, atol=1e-4,
          expected=expected.perspective_transform)
      for shape, static in [((5, 6, 3), {}), ((2, 5, 6, 1), {"interpolation": "nearest"})]),
    row("image.elastic_transform", v(np.full((2, 6, 5, 3), 0.75)), seed=3, gradients=(),
        expected=lambda x, **static: x, **ROW),
    row("image.elastic_transform", f(5, 6, 1), alpha=0.0, seed=3, expected=lambda x, **static: x),
]  # fmt: skip

COLOURS = [
    *(row(op, f(*shape, low=0.05, high=1.0), expected=function, **ROW, **static)
      for op, function in [("image.rgb_to_hsv", expected.rgb_to_hsv),
                           ("image.hsv_to_rgb", expected.hsv_to_rgb),
                           ("image.rgb_to_grayscale", expected.rgb_to_grayscale)]
      for shape, static in [((4, 5, 3), {}), ((2, 3, 4, 5), {"data_format": "channels_first"})]),
    row("image.rgb_to_grayscale", i(4, 5, 3, low=0, high=255, dtype="uint8"), dtype="uint8",
        expected=expected.rgb_to_grayscale),
    row("image.rgb_to_grayscale", f(2, 3, 1), expected=lambda x: x),
]  # fmt: skip

MARGINS = [
    row("image.pad_images", f(4, 5, 3), top_padding=1, left_padding=2, target_height=7,
        right_padding=0,
        expected=lambda x, **static: np.pad(x, [(1, 2), (2, 0), (0, 0)])),
    row("image.pad_images", f(2, 3, 4, 5), top_padding=0, left_padding=1, bottom_padding=1,
        target_width=7, data_format="channels_first",
        expected=lambda x, **static: np.pad(x, [(0, 0), (0, 0), (0, 1), (1, 1)])),
    row("image.crop_images", f(4, 5, 3), top_cropping=1, left_cropping=2, target_height=2,
        target_width=1, expected=lambda x, **static: x[1:3, 2:3]),
    row("image.crop_images", f(2, 3, 4, 5), top_cropping=0, left_cropping=1, bottom_cropping=1,
        right_cropping=0, data_format="channels_first",
        expected=lambda x, **static: x[:, :, :3, 1:]),
]  # fmt: skip

FILTERED = [
    row("image.gaussian_blur", f(6, 7, 5), kernel_size=(5, 3), sigma=(0.7, 2.0),
        expected=expected.gaussian_blur, **ROW),
    row("image.gaussian_blur", f(2, 3, 6, 7), data_format="channels_first",
        expected=expected.gaussian_blur, **ROW),
    row("image.sobel_edges", f(2, 6, 7, 3), expected=expected.sobel_edges, **ROW),
    row("image.sobel_edges", f(1, 2, 3, 4), data_format="channels_first",
        expected=expected.sobel_edges, **ROW),
    row("image.ssim", f(2, 9, 8, 3, low=0.0, high=1.0), f(2, 9, 8, 3, low=0.0, high=1.0),
        filter_size=5, expected=expected.ssim, **ROW),
    row("image.ssim", f(12, 11, 1, low=0.0, high=9.0), f(12, 11, 1, low=0.0, high=9.0), max_val=9.0,
        expected=expected.ssim, **ROW),
    row("psnr", f(2, 3, 4), f(2, 3, 4), max_val=2.0, expected=expected.psnr, **ROW),
]  # fmt: skip

PATCHES = [
    *(row("image.extract_patches", f(*shape), expected=expected.extract_patches, **static)
      for shape, static in [
          ((2, 7, 8, 3), {"size": 3}), ((7, 8, 2), {"size": (2, 3), "strides": 1}),
          ((1, 9, 6, 4), {"size": (3, 2), "strides": (2, 1), "padding": "same"}),
          ((2, 3, 6, 7), {"size": 2, "data_format": "channels_first"}),
          ((1, 7, 7, 1), {"size": (2, 3), "strides": 1, "dilation_rate": 2}),
          ((4, 5, 6, 2), {"size": (2, 2, 3), "strides": 1}),
          ((1, 4, 5, 6, 2), {"size": (2, 2, 3), "padding": "same"})]),
    row("image.extract_patches", i(5, 5, 3), size=2, dtype="int32",
        expected=expected.extract_patches),
    row("image.extract_patches_3d", f(2, 5, 4, 6, 3), size=2, expected=expected.extract_patches),
    row("image.extract_patches_3d", f(3, 4, 5, 4), size=(2, 3, 2), strides=(1, 2, 1),
        data_format="channels_first", expected=expected.extract_patches),
    *(row("unfold", f(2, 3, 7, 8), kernel_size=size, dilation=dilation, padding=padding,
          stride=stride, expected=expected.unfold)
      for size, dilation, padding, stride in [
          (2, 1, 0, 1), ((3, 2), 1, 1, 2), (2, (2, 3), (1, 2), 1), ((1, 3), 1, (0, 1), (3, 2))]),
    *(row("fold", f(*shape), output_size=output, kernel_size=size, dilation=dilation,
          padding=padding, stride=stride, expected=expected.fold, **ROW)
      for shape, output, size, dilation, padding, stride in [
          ((2, 12, 12), (4, 5), 2, 1, 0, 1), ((1, 8, 4), 4, 2, 1, 0, 2),
          ((2, 18, 20), (7, 8), (3, 2), 1, 1, 2), ((1, 4, 48), (6, 5), 2, (2, 1), (2, 1), 1)]),
    row("depth_to_space", f(2, 3, 4, 12), block_size=2, expected=expected.depth_to_space),
    row("depth_to_space", i(1, 18, 2, 1), block_size=3, data_format="channels_first",
        dtype="int32", expected=expected.depth_to_space),
    row("space_to_depth", f(2, 4, 6, 3), block_size=2, expected=expected.space_to_depth),
    row("space_to_depth", f(1, 2, 3, 6), block_size=3, data_format="channels_first",
        expected=expected.space_to_depth),
]  # fmt: skip

IMAGES: list[Record] = [*RESIZED, *WARPED, *COLOURS, *MARGINS, *FILTERED, *PATCHES]
