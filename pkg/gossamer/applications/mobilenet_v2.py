"""MobileNetV2: blocks that widen, convolve each channel by itself, and narrow again."""

from __future__ import annotations

from typing import Any

from gossamer.applications.architecture import (
    Task,
    channel_axis,
    correct_pad,
    divisible,
    documented,
    layer,
)
from gossamer.applications.imagenet_utils import decode_predictions
from gossamer.applications.imagenet_utils import tf_input as preprocess_input
from gossamer.defaults import image_data_format

__all__ = ["MobileNetV2", "decode_predictions", "preprocess_input"]

# Filters, first stride, and number of blocks; all widen six times, the first but once.
STACKS = ((16, 1, 1), (24, 2, 2), (32, 2, 3), (64, 2, 4), (96, 1, 3), (160, 2, 3), (320, 1, 1))
# Before a classifier, of square images of one of these sizes the size is the default.
SIZES = (96, 128, 160, 192, 224)


@documented
def MobileNetV2(  # noqa: N802
    input_shape: Any = None,
    alpha: float = 1.0,
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = None,
) -> Any:
    """MobileNetV2: seventeen inverted residual blocks, narrow where they are added.

    Args:
        alpha: what the number of filters is multiplied by.
        {arguments}

    {raises}

    Example:
        >>> model = gs.applications.MobileNetV2((32, 32, 3), alpha=0.35, weights=None, classes=10)
        >>> model.name, model.count_params()
        ('mobilenetv2_0.35_32', 423018)

    Source: Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", 2018.
    """
    task = Task(
        include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation,
        name,
    )  # fmt: skip
    task.check_tensor()
    first = image_data_format() == "channels_first"
    default_size = 224
    if input_tensor is not None:
        rows, columns = input_tensor.shape[2:4] if first else input_tensor.shape[1:3]
        default_size = rows if rows == columns and rows in SIZES else 224
    shape = task.shape(default_size, smallest=32)
    image = task.image(shape)
    x = layer(
        "Conv2D", divisible(32 * alpha), kernel_size=3, strides=(2, 2), padding="same",
        use_bias=False, name="Conv1",
    )(image)  # fmt: skip
    x = layer("ReLU", 6.0, name="Conv1_relu")(_normalized(x, "bn_Conv1"))
    number = 0
    for filters, stride, repeats in STACKS:
        for repeat in range(repeats):
            width = divisible(int(filters * alpha))
            x = _block(x, width, stride if repeat == 0 else 1, number)
            number += 1
    last = divisible(1280 * alpha) if alpha > 1.0 else 1280
    x = layer("Conv2D", last, kernel_size=1, use_bias=False, name="Conv_1")(x)
    x = layer("ReLU", 6.0, name="out_relu")(_normalized(x, "Conv_1_bn"))
    x = task.classes_or_features(x, top=None)
    return task.model(image, x, name or f"mobilenetv2_{alpha:0.2f}_{shape[1 if first else 0]}")


def _normalized(x: Any, name: str) -> Any:
    return layer(
        "BatchNormalization", axis=channel_axis(-1), epsilon=1e-3, momentum=0.999, name=name
    )(x)


def _block(inputs: Any, filters: int, stride: int, number: int) -> Any:
    channels = inputs.shape[channel_axis(-1)]
    prefix = f"block_{number}_" if number else "expanded_conv_"
    x = inputs
    if number:
        x = layer(
            "Conv2D", 6 * channels, kernel_size=1, padding="same", use_bias=False,
            name=f"{prefix}expand",
        )(x)  # fmt: skip
        x = layer("ReLU", 6.0, name=f"{prefix}expand_relu")(_normalized(x, f"{prefix}expand_BN"))
    if stride == 2:
        x = layer("ZeroPadding2D", padding=correct_pad(x, 3), name=f"{prefix}pad")(x)
    x = layer(
        "DepthwiseConv2D", kernel_size=3, strides=stride, use_bias=False,
        padding="same" if stride == 1 else "valid", name=f"{prefix}depthwise",
    )(x)  # fmt: skip
    x = layer("ReLU", 6.0, name=f"{prefix}depthwise_relu")(_normalized(x, f"{prefix}depthwise_BN"))
    x = layer(
        "Conv2D", filters, kernel_size=1, padding="same", use_bias=False, name=f"{prefix}project"
    )(x)
    x = _normalized(x, f"{prefix}project_BN")
    if channels == filters and stride == 1:
        return layer("Add", name=f"{prefix}add")([inputs, x])
    return x
