"""Cases of the layers of images: what is not random, random ones in inference, configurations.

What random ones do to images when they are told what to do is compared in `test_augmentation.py`.
"""

import numpy as np

from tests.layers.case import LayerCase

IMAGES = (2, 6, 8, 3)
BYTES = np.random.default_rng(0).integers(0, 256, (2, 9, 7, 3)).astype("float32")
FIRST = {"data_format": "channels_first"}
INFERENCE = {"training": False}

CASES = [
    LayerCase("Resizing", {"height": 4, "width": 5}, IMAGES),
    LayerCase("Resizing", {"height": 12, "width": 10, "interpolation": "nearest"}, IMAGES),
    LayerCase("Resizing", {"height": 4, "width": 4, "antialias": True}, IMAGES),
    LayerCase("Resizing", {"height": 4, "width": 4, "crop_to_aspect_ratio": True}, IMAGES),
    LayerCase("Resizing", {"height": 5, "width": 9, "pad_to_aspect_ratio": True,
                           "fill_value": 2.0}, IMAGES),
    LayerCase("Resizing", {"height": 5, "width": 9, "interpolation": "bicubic"}, (6, 8, 3)),
    LayerCase("Resizing", {"height": 4, "width": 3, **FIRST}, (2, 3, 6, 8)),
    LayerCase("CenterCrop", {"height": 4, "width": 5}, IMAGES),
    LayerCase("CenterCrop", {"height": 3, "width": 3, **FIRST}, (2, 3, 6, 8)),
    LayerCase("CenterCrop", {"height": 9, "width": 4}, IMAGES),
    LayerCase("CenterCrop", {"height": 2, "width": 7}, (6, 8, 3)),
    # The extremes have gradients that are shared otherwise.
    LayerCase("AutoContrast", {}, BYTES, gradients=False),
    LayerCase("AutoContrast", {"value_range": (0.0, 1.0)}, BYTES / 255, gradients=False),
    LayerCase("Equalization", {}, BYTES, gradients=False),
    LayerCase("Equalization", {"value_range": (0.0, 1.0), "bins": 32}, BYTES / 255,
              gradients=False),
    LayerCase("Equalization", {**FIRST}, np.moveaxis(BYTES, -1, 1).copy(), gradients=False),
    LayerCase("ContrastLimitedAdaptiveHistogramEqualization", {"tile_grid_size": (2, 3)}, BYTES,
              gradients=False, rtol=1e-4),
    LayerCase("ContrastLimitedAdaptiveHistogramEqualization",
              {"value_range": (0, 1), "clip_limit": 0.0, "tile_grid_size": (3, 2)}, BYTES / 255,
              gradients=False, rtol=1e-4),
    LayerCase("ContrastLimitedAdaptiveHistogramEqualization",
              {"tile_grid_size": (2, 2), "clip_limit": 1.5, **FIRST},
              np.moveaxis(BYTES, -1, 1).copy(), gradients=False, rtol=1e-4),
    *(
        LayerCase(name, {"seed": 3, **config}, IMAGES, INFERENCE)
        for name, config in (
            ("RandomBrightness", {"factor": 0.3}),
            ("RandomBrightness", {"factor": [-0.2, 0.1], "value_range": [0.0, 1.0]}),
            ("RandomContrast", {"factor": 0.3}),
            ("RandomContrast", {"factor": (0.1, 0.6), "value_range": (0, 1)}),
            ("RandomSaturation", {"factor": 0.3}),
            ("RandomSaturation", {"factor": (0.2, 0.8), "value_range": (0, 1), **FIRST}),
            ("RandomHue", {"factor": 0.3}),
            ("RandomHue", {"factor": (0.2, 0.8), "value_range": (0, 1)}),
            ("RandomColorDegeneration", {"factor": 0.5}),
            ("RandomColorDegeneration", {"factor": (0.2, 0.8)}),
            ("RandomSharpness", {"factor": 0.5}),
            ("RandomSharpness", {"factor": (0.2, 0.8), "value_range": (0, 1)}),
            ("RandomPosterization", {"factor": 4}),
            ("RandomPosterization", {"factor": (2, 6), "value_range": (0, 1)}),
            ("RandomInvert", {}),
            ("RandomInvert", {"factor": (0.2, 0.8), "value_range": (0, 1)}),
            ("RandomGrayscale", {}),
            ("RandomGrayscale", {"factor": 0.9}),
            ("RandomGaussianBlur", {}),
            ("RandomGaussianBlur", {"factor": 0.5, "kernel_size": (3, 5), "sigma": (0.2, 0.8)}),
            ("RandomErasing", {}),
            ("RandomErasing", {"factor": 0.5, "scale": (0.1, 0.2), "fill_value": 3.0}),
            ("Solarization", {}),
            ("Solarization", {"addition_factor": 0.2, "threshold_factor": (0.3, 0.6),
                              "value_range": (0, 1)}),
            ("RandomTranslation", {"height_factor": 0.2, "width_factor": (-0.3, 0.1)}),
            ("RandomTranslation", {"height_factor": 0.2, "width_factor": 0.1, "fill_value": 2.0,
                                   "fill_mode": "constant", "interpolation": "nearest"}),
            ("RandomZoom", {"height_factor": 0.2}),
            ("RandomZoom", {"height_factor": (-0.5, 0.5), "width_factor": 0.3,
                            "fill_mode": "wrap"}),
            ("RandomRotation", {"factor": 0.2}),
            ("RandomRotation", {"factor": (-0.1, 0.3), "fill_mode": "nearest"}),
            ("RandomShear", {"x_factor": (0.0, 0.2)}),
            ("RandomShear", {"x_factor": (0.1, 0.3), "y_factor": (0.2, 0.4),
                             "fill_mode": "constant"}),
            ("RandomPerspective", {}),
            ("RandomPerspective", {"factor": 0.3, "scale": 0.4, "interpolation": "nearest"}),
            ("RandomElasticTransform", {}),
            ("RandomElasticTransform", {"factor": (0.1, 0.9), "scale": 0.4,
                                        "fill_mode": "mirror"}),
            ("RandomFlip", {}),
            ("RandomFlip", {"mode": "horizontal", "bounding_box_format": "xyxy"}),
            ("MixUp", {}),
            ("MixUp", {"alpha": 0.5, "dtype": "float32"}),
            ("CutMix", {}),
            ("CutMix", {"factor": (0.2, 0.8)}),
            ("RandomColorJitter", {}),
            ("RandomColorJitter", {"brightness_factor": 0.2, "contrast_factor": (0.1, 0.3),
                                   "saturation_factor": 0.4, "hue_factor": 0.1}),
            ("RandAugment", {}),
            ("RandAugment", {"value_range": (0, 1), "num_ops": 3, "factor": 0.2}),
            ("AugMix", {}),
            ("AugMix", {"num_chains": 2, "chain_depth": 4, "all_ops": False, "alpha": 2.0}),
        )
    ),
    LayerCase("RandomCrop", {"height": 6, "width": 8, "seed": 3}, IMAGES, INFERENCE),
    LayerCase("RandomCrop", {"height": 4, "width": 4, "seed": 3, **FIRST}, (2, 3, 6, 8),
              random=True),
    LayerCase("MaxNumBoundingBoxes", {"max_number": 3}, IMAGES),
]  # fmt: skip
