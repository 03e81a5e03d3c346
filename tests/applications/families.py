"""Which architectures there are, and how small a one of each the tests build."""

from __future__ import annotations

from typing import Any

import numpy as np

MODELS = (
    "ConvNeXtBase", "ConvNeXtLarge", "ConvNeXtSmall", "ConvNeXtTiny", "ConvNeXtXLarge",
    "DenseNet121", "DenseNet169", "DenseNet201", "EfficientNetB0", "EfficientNetB1",
    "EfficientNetB2", "EfficientNetB3", "EfficientNetB4", "EfficientNetB5", "EfficientNetB6",
    "EfficientNetB7", "EfficientNetV2B0", "EfficientNetV2B1", "EfficientNetV2B2",
    "EfficientNetV2B3", "EfficientNetV2L", "EfficientNetV2M", "EfficientNetV2S",
    "InceptionResNetV2", "InceptionV3", "MobileNet", "MobileNetV2", "MobileNetV3Large",
    "MobileNetV3Small", "NASNetLarge", "NASNetMobile", "ResNet101", "ResNet101V2", "ResNet152",
    "ResNet152V2", "ResNet50", "ResNet50V2", "VGG16", "VGG19", "Xception",
)  # fmt: skip
# One of each family.
ONE_EACH = (
    "ConvNeXtTiny", "DenseNet121", "EfficientNetB0", "EfficientNetV2B0", "InceptionResNetV2",
    "InceptionV3", "MobileNet", "MobileNetV2", "MobileNetV3Small", "NASNetMobile", "ResNet50",
    "ResNet50V2", "VGG16", "Xception",
)  # fmt: skip
# The least height and width, where it is not 32.
SMALLEST = {"InceptionResNetV2": 75, "InceptionV3": 75, "Xception": 71}
# How much larger than their inputs the outputs of convolutions are, where it is not 1.5. With 1.5
# EfficientNetV2B0 is chaotic: images that differ by 1e-6 have outputs that differ by 1e-4.
GAINS = {"EfficientNetV2B0": 1.2, "InceptionV3": 2.0, "NASNetMobile": 0.7, "Xception": 0.4}
# Further ways to ask for one.
VARIANTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("MobileNet", {"alpha": 0.5, "depth_multiplier": 2, "dropout": 0.3}),
    ("MobileNet", {"include_top": False, "input_shape": None}),
    ("MobileNetV2", {"alpha": 1.4}),
    ("MobileNetV2", {"alpha": 0.35, "include_top": False, "pooling": "max"}),
    ("MobileNetV2", {"input_shape": None}),
    ("MobileNetV3Small", {"minimalistic": True, "alpha": 0.75}),
    ("MobileNetV3Small", {"alpha": 1.5, "include_preprocessing": False, "dropout_rate": 0.0}),
    ("MobileNetV3Large", {"minimalistic": True, "include_top": False, "pooling": "avg"}),
    ("MobileNetV3Large", {"input_shape": None}),
    ("ResNet50", {"include_top": False, "pooling": "avg"}),
    ("ResNet50V2", {"include_top": False, "pooling": "max", "name": "backbone"}),
    ("DenseNet121", {"include_top": False, "input_shape": None}),
    ("Xception", {"include_top": False, "pooling": "avg"}),
    ("InceptionV3", {"include_top": False, "pooling": "max"}),
    ("InceptionResNetV2", {"include_top": False}),
    ("NASNetMobile", {"include_top": False, "input_shape": None, "pooling": "avg"}),
    ("VGG16", {"include_top": False, "pooling": "max", "input_shape": (40, 48, 1)}),
    ("EfficientNetB0", {"include_top": False, "pooling": "avg", "input_shape": (None, None, 3)}),
    ("EfficientNetV2B0", {"include_preprocessing": False}),
    ("EfficientNetV2B0", {"input_shape": (32, 32, 1)}),
    ("EfficientNetV2S", {"include_top": False, "pooling": "max"}),
    ("ConvNeXtTiny", {"include_preprocessing": False, "include_top": False, "pooling": "avg"}),
    ("ConvNeXtTiny", {"input_shape": (32, 32, 1), "name": "net"}),
)


def build(library: Any, architecture: str, /, **options: Any) -> Any:
    """One of the architectures, small, with names of layers from the beginning."""
    library.utils.clear_session(free_memory=False)
    size = SMALLEST.get(architecture, 32)
    asked = {"weights": None, "input_shape": (size, size, 3), "classes": 7} | options
    return getattr(library.applications, architecture)(**asked)


def weights(shapes: list[tuple[str, tuple[int, ...]]], gain: float) -> list[np.ndarray]:
    """Values, by paths and shapes, through which numbers neither vanish nor explode."""
    generator = np.random.default_rng(0)
    values = []
    for path, shape in shapes:
        normal = generator.normal(size=shape).astype("float32")
        if path.startswith("normalization/"):
            # Keras's goes on with the first values, unless they come from a file or from `adapt`.
            values.append(np.full(shape, 1.0 if "variance" in path else 0.0))
        elif "variance" in path:
            values.append(1.0 + 0.5 * np.tanh(normal))
        elif "gamma" in path:
            values.append(1.0 + 0.1 * normal)
        elif "kernel" in path:
            # Of a kernel by channel hardly more than the middle meets a small image.
            inputs = 2 if shape[-1] == 1 else np.prod(shape[:-1])
            values.append(normal * np.sqrt(gain / inputs))
        else:
            values.append(0.1 * normal)
    return [value.astype("float32") for value in values]
