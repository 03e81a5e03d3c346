"""Cases of images and patches."""

from __future__ import annotations

import numpy as np

from tests.ops.record import f, i, v
from tests.oracle.case import Case, case, near
from tests.oracle.generate import DTYPES, of

FORMATS = ("channels_last", "channels_first")
FILL_MODES = ("constant", "nearest", "wrap", "mirror", "reflect")
INTEGERS = ("uint8", "int8", "int16", "int32")


def _mistakes(op: str, *args: object, **kwargs: object) -> list[Case]:
    """Of an op on images: another rank, another format, no numbers."""
    return [
        case(op, f(4, 5), *args, **kwargs),
        case(op, f(1, 2, 4, 5, 3), *args, **kwargs),
        case(op, f(4, 5, 3), *args, **kwargs, data_format="channels"),
    ]


RESIZE = [
    *(case("image.resize", f(*shape), size, interpolation=interpolation, antialias=antialias)
      for interpolation in ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")
      for antialias in (False, True)
      for shape, size in (
          ((2, 4, 5, 3), (7, 9)), ((2, 9, 8, 3), (4, 5)), ((7, 5, 1), (3, 11)), ((1, 1, 2), (3, 4)),
          ((6, 8, 4), (12, 4)), ((13, 3, 2), (1, 3)), ((3, 5, 2), (3, 5)), ((24, 2, 1), (5, 2)))),
    *(case("image.resize", f(*shape), (5, 4), interpolation, antialias,
           data_format="channels_first")
      for shape in ((3, 4, 7), (2, 3, 9, 3)) for interpolation in ("nearest", "bilinear", "bicubic")
      for antialias in (False, True)),
    *(case("image.resize", f(*shape), size, data_format=data_format, **{way: True})
      for way in ("crop_to_aspect_ratio", "pad_to_aspect_ratio") for data_format in FORMATS
      for shape in ((2, 6, 9, 6), (8, 4, 7)) for size in ((4, 4), (3, 8), (9, 2), (13, 1))),
    case("image.resize", f(6, 9, 3), (4, 4), pad_to_aspect_ratio=True, fill_value=0.5),
    case("image.resize", f(3, 9, 6), (4, 4), "nearest", pad_to_aspect_ratio=True, fill_value=-1.0,
         data_format="channels_first"),
    # Of odd sizes no sample lies halfway between integers, where the last bit decides.
    *(case("image.resize", of(dtype, 5, 7, 3, low=-60.0, high=100.0), (7, 3), interpolation)
      for dtype in DTYPES for interpolation in ("nearest", "bilinear", "bicubic")
      # Of 64 bits Keras on NumPy keeps the dtype here, and on JAX it does not clip.
      if dtype != "bool" and (dtype, interpolation) != ("int64", "bicubic")),
    *_mistakes("image.resize", (2, 2)),
    case("image.resize", f(4, 5, 3), (2, 2), interpolation="linear"),
    case("image.resize", f(4, 5, 3), (2, 2), fill_mode="reflect"),
    case("image.resize", f(4, 5, 3), (2,)), case("image.resize", f(4, 5, 3), (2, 0)),
    case("image.resize", f(4, 5, 3), (2, 2), crop_to_aspect_ratio=True, pad_to_aspect_ratio=True),
]  # fmt: skip

SCALE_AND_TRANSLATE = [
    *(case("image.scale_and_translate", f(4, 5, 2), (6, 3, 2), v(scale), v(translation), (0, 1),
           method, antialias)
      for method in ("linear", "bilinear", "trilinear", "cubic", "bicubic", "tricubic", "lanczos3",
                     "lanczos5")
      for antialias in (True, False)
      for scale, translation in (([1.5, 0.6], [0.0, 0.0]), ([0.5, 1.2], [0.7, -1.3]))),
    case("image.scale_and_translate", f(9), (4,), v([0.5]), v([0.0]), (0,), "linear"),
    case("image.scale_and_translate", f(2, 5, 3), (2, 5, 4), v([1.3]), v([0.2]), (-1,), "cubic"),
    case("image.scale_and_translate", f(2, 3), (2, 3), v([]), v([]), (), "cubic"),
    *(case("image.scale_and_translate", of(dtype, 5, 4), (7, 4), v([1.4]), v([0.0]), (0,), "cubic")
      for dtype in (*INTEGERS, "float16", "float32")),
    case("image.scale_and_translate", f(4, 5), (4, 6), v([1.0]), v([0.0]), (1,), "nearest"),
    case("image.scale_and_translate", f(4, 5), (4, 6), v([1.0]), v([0.0]), (2,), "linear"),
]  # fmt: skip

TRANSFORMS = (
    [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0], [1.5, 0.0, -1.0, 0.0, 0.7, 0.4, 0.0, 0.0],
    [0.8, -0.6, 2.0, 0.6, 0.8, -1.3, 0.0, 0.0], [-1.1, 0.3, 4.2, 0.2, 2.1, -3.4, 0.0, 0.0],
)  # fmt: skip
AFFINE = [
    *(case("image.affine_transform", f(5, 6, 3), v(row), interpolation, mode, 0.5)
      for row in TRANSFORMS for interpolation in ("bilinear", "nearest") for mode in FILL_MODES),
    *(case("image.affine_transform", f(2, 4, 5, 4), v(TRANSFORMS[1:3]), "bilinear", mode,
           data_format=data_format) for mode in FILL_MODES for data_format in FORMATS),
    case("image.affine_transform", f(3, 4, 5), v(TRANSFORMS[2]), data_format="channels_first"),
    *(case("image.affine_transform", of(dtype, 4, 5, 2, low=0.0, high=100.0), v(TRANSFORMS[2]),
           interpolation)
      for dtype in ("uint8", "int32", "float16", "float32")
      for interpolation in ("nearest", "bilinear")),
    *_mistakes("image.affine_transform", v(TRANSFORMS[0])),
    case("image.affine_transform", f(4, 5, 3), v(TRANSFORMS[0]), "bicubic"),
    case("image.affine_transform", f(4, 5, 3), v(TRANSFORMS[0]), fill_mode="edge"),
    case("image.affine_transform", f(4, 5, 3), f(1, 1, 8)),
    case("image.affine_transform", f(3, 4, 5, 3), v(TRANSFORMS[:2])),
    case("image.affine_transform", f(3, 4, 5, 3), v(TRANSFORMS[1])),
]  # fmt: skip

SQUARE = [[0.0, 0.0], [5.0, 0.0], [0.0, 4.0], [5.0, 4.0]]
QUADRANGLE = [[0.5, 0.2], [4.4, -0.6], [-0.3, 3.6], [5.7, 4.5]]
TURNED = [[4.4, -0.6], [5.7, 4.5], [-0.3, 3.6], [0.5, 0.2]]
PERSPECTIVE = [
    *(case("image.perspective_transform", f(*shape), v(start), v(end), interpolation, 0.25)
      for shape in ((5, 6, 3), (1, 5, 6, 2)) for interpolation in ("bilinear", "nearest")
      for start, end in ((SQUARE, QUADRANGLE), (QUADRANGLE, SQUARE), (TURNED, QUADRANGLE))),
    case("image.perspective_transform", f(2, 5, 6, 3), v([SQUARE, QUADRANGLE]),
         v([QUADRANGLE, TURNED])),
    case("image.perspective_transform", f(2, 3, 5, 6), v([SQUARE, QUADRANGLE]),
         v([QUADRANGLE, TURNED]), data_format="channels_first"),
    case("image.perspective_transform", f(2, 5, 6, 3), v(SQUARE), v(QUADRANGLE)),
    case("image.perspective_transform", of("float16", 5, 6, 3), v(SQUARE), v(QUADRANGLE)),
    case("image.perspective_transform", of("uint8", 5, 6, 3), v(SQUARE), v(QUADRANGLE), "nearest"),
    *_mistakes("image.perspective_transform", v(SQUARE), v(QUADRANGLE)),
    case("image.perspective_transform", f(4, 5, 3), v(SQUARE), v(QUADRANGLE), "bicubic"),
    case("image.perspective_transform", f(4, 5, 3), f(3, 2), v(QUADRANGLE)),
    case("image.perspective_transform", f(4, 5, 3), v([SQUARE]), v(QUADRANGLE)),
]  # fmt: skip

PLACES = [[-0.4, 0.0, 1.3, 2.5, 3.2, 5.0, -2.7, 7.9], [0.2, 3.6, -1.1, 2.0, 4.4, 1.0, 9.3, -6.2]]
MAP_COORDINATES = [
    *(case("image.map_coordinates", f(4, 5), v(PLACES), order, mode, fill)
      for order in (0, 1) for mode in FILL_MODES for fill in (0, 1.5)),
    *(case("image.map_coordinates", f(*shape), f(len(shape), *places, low=-1.0, high=5.0), order)
      for shape, places in (((7,), (5,)), ((3, 4, 5), (2, 3)), ((4, 1), (3, 1, 2)),
                            ((2, 2, 3, 3), (4,)))
      for order in (0, 1)),
    *(case("image.map_coordinates", f(1, 3), f(2, 5, low=-3.0, high=5.0), order, mode)
      for order in (0, 1) for mode in FILL_MODES),
    *(case("image.map_coordinates", of(dtype, 4, 5, low=-60.0, high=100.0), v(PLACES), order,
           "reflect") for dtype in DTYPES if dtype != "bool" for order in (0, 1)),
    case("image.map_coordinates", f(4, 5), i(2, 6, low=0, high=4), 1),
    case("image.map_coordinates", f(4, 5), f(3, 6), 1),
    case("image.map_coordinates", f(4), f(1), 1),
    case("image.map_coordinates", f(4, 5), f(2, 6), 2),
    case("image.map_coordinates", f(4, 5), f(2, 6), 1, "edge"),
]  # fmt: skip


def _same_everywhere(*results: np.ndarray) -> list[np.ndarray]:
    """Of what is random: the shape, and how large the elements are."""
    return [np.asarray([*x.shape, np.abs(x).max() < 2.0]) for x in results]


ELASTIC = [
    # Without distance, and of images that are the same everywhere, nothing is random.
    *(case("image.elastic_transform", of(dtype, 5, 6, 3, low=0.0, high=9.0), alpha=0.0, seed=1,
           interpolation=interpolation)
      for dtype in ("float16", "float32", "uint8") for interpolation in ("bilinear", "nearest")),
    *(case("image.elastic_transform", v(np.full(shape, 0.75)), 20.0, 2.0, "bilinear", mode, 0.75, 7,
           data_format)
      for shape in ((2, 5, 6, 3), (6, 5, 4)) for data_format in FORMATS for mode in FILL_MODES),
    *near([case("image.elastic_transform", f(2, 9, 8, 3), seed=3, fill_mode=mode)
           for mode in FILL_MODES], canonical=_same_everywhere),
    *_mistakes("image.elastic_transform"),
    case("image.elastic_transform", f(4, 5, 3), interpolation="bicubic"),
    case("image.elastic_transform", f(4, 5, 3), fill_mode="edge"),
]  # fmt: skip

COLOURS = [
    *(case(op, f(*shape, low=0.0, high=1.0)) for op in ("image.rgb_to_hsv", "image.hsv_to_rgb",
                                                         "image.rgb_to_grayscale")
      for shape in ((4, 5, 3), (2, 4, 5, 3), (0, 4, 5, 3))),
    *(case(op, f(*shape, low=0.0, high=1.0), data_format="channels_first")
      for op in ("image.rgb_to_hsv", "image.hsv_to_rgb", "image.rgb_to_grayscale")
      for shape in ((3, 4, 5), (2, 3, 4, 5))),
    *(case(op, v([[[0, 0, 0], [1, 1, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1], [0.5, 0.5, 0],
                   [0, 0.3, 0.3], [0.2, 0, 0.2], [1e-9, 0, 0]]]))
      for op in ("image.rgb_to_hsv", "image.hsv_to_rgb", "image.rgb_to_grayscale")),
    *(case(op, of(dtype, 4, 5, 3, low=0.0, high=200.0))
      for op in ("image.rgb_to_hsv", "image.hsv_to_rgb", "image.rgb_to_grayscale")
      for dtype in DTYPES),
    case("image.rgb_to_grayscale", f(4, 5, 1)), case("image.rgb_to_grayscale", f(4, 5, 4)),
    case("image.rgb_to_hsv", f(4, 5, 4)), case("image.hsv_to_rgb", f(4, 5, 1)),
    *(one for op in ("image.rgb_to_hsv", "image.hsv_to_rgb", "image.rgb_to_grayscale")
      for one in _mistakes(op)),
]  # fmt: skip

MARGINS = [
    *(case(op, f(*shape), *numbers, data_format=data_format, **named)
      for op in ("image.pad_images", "image.crop_images") for shape in ((2, 7, 8, 9), (7, 8, 9))
      for data_format in FORMATS
      for numbers, named in (
          ((1, 2, 2, 1), {}), ((0, 0, 0, 0), {}), ((1, None), {"target_height": 6,
           "right_padding" if op == "image.pad_images" else "right_cropping": 1,
           "target_width": 6}), ((None, 2, 1, 3), {"target_height": 9}), ((1, 0), {}),
          ((-1, 0, 0, 0), {}), ((1, 1, 1, 1), {"target_height": 5}),
          ((0, 0), {"target_height": 5, "target_width": 4}),
          ((2, 2), {"target_height": 9, "target_width": 11}))
      # Out of the image the NumPy backend of Keras gives less than it was asked for.
      if op == "image.pad_images" or named.get("target_height", 0) < 9),
    *(case(op, of(dtype, 4, 5, 3), 1, 1, 1, 1) for dtype in DTYPES
      for op in ("image.pad_images", "image.crop_images")),
    case("image.crop_images", f(4, 5, 3), 3, 0, 3, 0),
    *(one for op in ("image.pad_images", "image.crop_images")
      for one in _mistakes(op, 1, 1, 1, 1)),
]  # fmt: skip

FILTERS = [
    *(case("image.gaussian_blur", f(*shape), size, sigma, data_format=data_format)
      for shape in ((6, 7, 5), (2, 6, 7, 3)) for data_format in FORMATS
      for size, sigma in (((3, 3), (1.0, 1.0)), ((5, 3), (0.7, 2.0)), ((1, 4), (1.5, 0.5)))),
    case("image.gaussian_blur", f(6, 7, 3), data_format="channels_last"),
    case("image.gaussian_blur", f(6, 7, 3), (3, 3), v([0.5, 2.0]), data_format="channels_last"),
    *(case("image.gaussian_blur", of(dtype, 6, 7, 3, low=0.0, high=99.0), (3, 3), (1.0, 1.0),
           "channels_last") for dtype in ("float16", "float32", "uint8", "int32")),
    case("image.gaussian_blur", f(6, 7)), case("image.gaussian_blur", f(1, 1, 6, 7, 3)),
    *(case("image.sobel_edges", f(*shape), data_format=data_format)
      for shape in ((2, 6, 7, 3), (1, 4, 4, 5), (1, 3, 2, 1)) for data_format in FORMATS),
    *(case("image.sobel_edges", of(dtype, 1, 5, 6, 2)) for dtype in ("float32", "int32", "int8")),
    case("image.sobel_edges", f(6, 7, 3)),
    *(case("image.ssim", f(*shape, low=0.0, high=1.0), f(*shape, low=0.0, high=1.0),
           data_format=data_format)
      for shape in ((2, 16, 17, 13), (14, 12, 15)) for data_format in FORMATS),
    case("image.ssim", f(1, 16, 16, 3, low=0.0, high=255.0), f(1, 16, 16, 3, low=0.0, high=255.0),
         255.0, 7, 1.0, 0.02, 0.05),
    case("image.ssim", i(16, 16, 3, low=0, high=255, dtype="uint8"),
         i(16, 16, 3, low=0, high=255, dtype="uint8"), max_val=255),
    case("image.ssim", of("float16", 16, 16, 3, low=0.0, high=1.0),
         of("float16", 16, 16, 3, low=0.0, high=1.0)),
    case("image.ssim", f(16, 16), f(16, 16)), case("image.ssim", f(16, 16, 3), f(16, 16)),
    *(case("psnr", f(*shape), f(*shape), max_val) for shape in ((3,), (2, 4, 5, 3), ())
      for max_val in (1.0, 255)),
    *(case("psnr", of(dtype, 6), of(dtype, 6), 5.0) for dtype in ("float16", "float32", "int32")),
    case("psnr", f(3), f(4), 1.0), case("psnr", v([1.0]), v([1.0]), 1.0),
]  # fmt: skip

PATCHES = [
    *(case("image.extract_patches", f(*shape), size, strides, dilation, padding, data_format)
      for shape in ((2, 7, 8, 9), (7, 8, 9)) for data_format in FORMATS
      for padding in ("valid", "same")
      for size, strides, dilation in ((3, None, 1), ((2, 3), 1, 1), ((3, 2), (2, 1), 1),
                                      ((2, 2), 1, 2), ((1, 1), None, 1))),
    *(case("image.extract_patches", f(*shape), size, strides, 1, padding, data_format)
      for shape in ((2, 4, 5, 4, 5), (4, 5, 4, 5)) for data_format in FORMATS
      for padding in ("valid", "same") for size, strides in (((2, 3, 2), None), ((2, 2, 3), 1))),
    *(case("image.extract_patches_3d", f(*shape), size, strides, 1, padding, data_format)
      for shape in ((2, 4, 5, 4, 5), (4, 5, 4, 5)) for data_format in FORMATS
      for padding in ("valid", "same") for size, strides in ((2, None), ((2, 2, 3), (1, 2, 1)))),
    case("image.extract_patches_3d", f(1, 6, 6, 6, 2), 2, 1, 2),
    *(case(op, of(dtype, 4, 4, 4, 2), (2, 2) if op == "image.extract_patches" else 2)
      for op in ("image.extract_patches", "image.extract_patches_3d")
      for dtype in ("float16", "float32", "int32", "uint8")),
    case("image.extract_patches", f(7, 8, 3), 2.5), case("image.extract_patches", f(7, 8, 3), (2,)),
    case("image.extract_patches", f(7, 8, 3), (9, 9)), case("image.extract_patches", f(7, 8), 2),
    case("image.extract_patches", f(7, 8, 3), 2, padding="full"),
    case("image.extract_patches_3d", f(7, 8, 9, 3), (2, 2)),
    case("image.extract_patches_3d", f(7, 8, 9), 2),
    *(case("unfold", f(2, 3, 7, 8), size, dilation, padding, stride)
      for size, dilation, padding, stride in (
          (2, 1, 0, 1), ((3, 2), 1, 1, 2), (2, (2, 3), (1, 2), 1), ((1, 3), 1, (0, 1), (3, 2)),
          (3, 2, 2, 3))),
    *(case("unfold", of(dtype, 1, 2, 4, 4), 2) for dtype in DTYPES),
    case("unfold", f(3, 7, 8), 2),
    *(case("fold", f(*shape), output, size, dilation, padding, stride)
      for shape, output, size, dilation, padding, stride in (
          ((2, 12, 12), (4, 5), 2, 1, 0, 1), ((1, 8, 4), 4, 2, 1, 0, 2),
          ((2, 18, 20), (7, 8), (3, 2), 1, 1, 2), ((1, 4, 48), (6, 5), (2, 2), (2, 1), (2, 1), 1),
          ((2, 9, 4), 5, 3, 1, 1, 3))),
    *(case("fold", of(dtype, 1, 8, 4), 4, 2, stride=2) for dtype in DTYPES if dtype != "bool"),
    case("fold", f(8, 4), 4, 2), case("fold", f(1, 8, 5), 4, 2, stride=2),
    *(case(op, f(*shape), block, data_format=data_format)
      for op in ("depth_to_space", "space_to_depth") for data_format in FORMATS
      for shape, block in (((2, 4, 6, 8), 2), ((1, 9, 6, 9), 3), ((2, 8, 4, 4), 2))
      if not (op == "depth_to_space" and data_format == "channels_first" and shape[1] == 4
              and block != 2)),
    *(case(op, of(dtype, 1, 2, 2, 4), 2) for op in ("depth_to_space", "space_to_depth")
      for dtype in DTYPES),
    *(case(op, f(1, 4, 4, 4), block) for op in ("depth_to_space", "space_to_depth")
      for block in (1, 3)),
    case("depth_to_space", f(4, 4, 4), 2), case("space_to_depth", f(1, 4, 4, 4), 2, "channels"),
    case("depth_to_space", f(1, 4, 4, 4), 2, None),
]  # fmt: skip

IMAGES = [
    *RESIZE, *near(SCALE_AND_TRANSLATE, rtol=1e-4, atol=1e-5), *near(AFFINE, rtol=1e-4, atol=1e-5),
    *near(PERSPECTIVE, rtol=1e-4, atol=2e-5), *near(MAP_COORDINATES, atol=5e-6), *ELASTIC, *COLOURS,
    *MARGINS, *near(FILTERS, rtol=1e-4, atol=1e-5), *PATCHES,
]  # fmt: skip
