"""Cases of the layers that compute nothing new: margins, repetitions, shapes."""

from tests.layers.case import Ints, LayerCase

STEPS, IMAGES, VOLUMES = (2, 9, 4), (2, 7, 6, 3), (1, 5, 6, 7, 2)
FIRST = {"data_format": "channels_first"}


def first(shape):
    """The shape with the channels first."""
    return (shape[0], shape[-1], *shape[1:-1])


CASES = [
    LayerCase("Cropping1D", {}, STEPS),
    LayerCase("Cropping1D", {"cropping": 3}, STEPS),
    LayerCase("Cropping1D", {"cropping": (2, 0)}, STEPS),
    LayerCase("Cropping2D", {}, IMAGES),
    LayerCase("Cropping2D", {"cropping": 2}, IMAGES),
    LayerCase("Cropping2D", {"cropping": (1, 2)}, IMAGES),
    LayerCase("Cropping2D", {"cropping": ((1, 0), (0, 3)), **FIRST}, first(IMAGES)),
    LayerCase("Cropping3D", {}, VOLUMES),
    LayerCase("Cropping3D", {"cropping": (1, 2, 3)}, VOLUMES),
    LayerCase("Cropping3D", {"cropping": ((1, 0), (0, 3), [2, 2]), **FIRST}, first(VOLUMES)),
    LayerCase("ZeroPadding1D", {}, STEPS),
    LayerCase("ZeroPadding1D", {"padding": (2, 0)}, STEPS),
    LayerCase("ZeroPadding1D", {"padding": 2, **FIRST}, first(STEPS)),
    LayerCase("ZeroPadding2D", {}, IMAGES),
    LayerCase("ZeroPadding2D", {"padding": 2}, IMAGES),
    LayerCase("ZeroPadding2D", {"padding": (1, 2), **FIRST}, first(IMAGES)),
    LayerCase("ZeroPadding2D", {"padding": ((1, 0), (0, 3)), "dtype": "float16"}, IMAGES,
              gradients=False),
    LayerCase("ZeroPadding3D", {}, VOLUMES),
    LayerCase("ZeroPadding3D", {"padding": 1}, VOLUMES),
    LayerCase("ZeroPadding3D", {"padding": ((1, 0), (0, 3), (2, 2)), **FIRST}, first(VOLUMES)),
    LayerCase("UpSampling1D", {}, STEPS),
    LayerCase("UpSampling1D", {"size": 3}, STEPS),
    LayerCase("UpSampling2D", {}, IMAGES),
    LayerCase("UpSampling2D", {"size": (2, 3), **FIRST}, first(IMAGES)),
    *(LayerCase("UpSampling2D", {"size": (2, 3), "interpolation": interpolation}, IMAGES,
                atol=2e-5)
      for interpolation in ("bilinear", "bicubic", "lanczos3", "lanczos5")),
    LayerCase("UpSampling2D", {"interpolation": "Bilinear", **FIRST}, first(IMAGES)),
    LayerCase("UpSampling3D", {}, VOLUMES),
    LayerCase("UpSampling3D", {"size": (1, 2, 3), **FIRST}, first(VOLUMES)),
    LayerCase("Flatten", {}, IMAGES),
    LayerCase("Flatten", FIRST, first(IMAGES)),
    LayerCase("Flatten", FIRST, (3,), note="no axes"),
    LayerCase("Flatten", {}, (2, 3), note="rows"),
    LayerCase("Flatten", {}, Ints((2, 3, 4), 9), gradients=False, note="integers"),
    LayerCase("Permute", {"dims": (2, 1)}, STEPS),
    LayerCase("Permute", {"dims": [3, 1, 2]}, IMAGES),
    LayerCase("Permute", {"dims": (2, 1)}, Ints((2, 3, 4), 9), gradients=False, note="integers"),
    LayerCase("RepeatVector", {"n": 3}, (2, 5)),
    LayerCase("RepeatVector", {"n": 1, "dtype": "float16"}, (2, 5), gradients=False),
    LayerCase("Reshape", {"target_shape": (6, 6)}, STEPS),
    LayerCase("Reshape", {"target_shape": [-1, 2, 3]}, STEPS),
    LayerCase("Reshape", {"target_shape": (36,)}, STEPS),
    LayerCase("Reshape", {"target_shape": ()}, (3, 1), note="no axes"),
    LayerCase("Reshape", {"target_shape": (4, -1)}, Ints((2, 3, 4), 9), gradients=False,
              note="integers"),
]  # fmt: skip
