"""MobileNet: convolutions of each channel by itself, and then of each place by itself."""

from __future__ import annotations

from typing import Any

from gossamer.applications.architecture import Task, channel_axis, documented, layer
from gossamer.applications.imagenet_utils import decode_predictions
from gossamer.applications.imagenet_utils import tf_input as preprocess_input
from gossamer.defaults import image_data_format

__all__ = ["MobileNet", "decode_predictions", "preprocess_input"]

# Filters and stride of each block.
BLOCKS = (
    (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1), (512, 1), (512, 1),
    (512, 1), (512, 1), (1024, 2), (1024, 1),
)  # fmt: skip


@documented
def MobileNet(  # noqa: N802
    input_shape: Any = None,
    alpha: float = 1.0,
    depth_multiplier: int = 1,
    dropout: float = 1e-3,
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = None,
) -> Any:
    """MobileNet: thirteen blocks of a depthwise and a pointwise convolution.

    Args:
        alpha: what the number of filters is multiplied by.
        depth_multiplier: filters for each channel of depthwise convolutions.
        dropout: before the classifier.
        {arguments}

    {raises}

    Example:
        >>> model = gs.applications.MobileNet((32, 32, 3), alpha=0.25, weights=None, classes=10)
        >>> model.name, model.output_shape
        ('mobilenet_0.25_32', (None, 10))

    Source: Howard et al., "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision
    Applications", 2017.
    """
    task = Task(
        include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation,
        name,
    )  # fmt: skip
    shape = task.shape(default_size=224, smallest=32)
    rows = shape[1 if image_data_format() == "channels_first" else 0]
    image = task.image(shape)
    x = layer(
        "Conv2D", int(32 * alpha), (3, 3), padding="same", use_bias=False, strides=(2, 2),
        name="conv1",
    )(image)  # fmt: skip
    x = _activated(x, "conv1")
    for number, (filters, stride) in enumerate(BLOCKS, 1):
        x = _block(x, int(filters * alpha), depth_multiplier, stride, number)
    if include_top:
        x = layer("GlobalAveragePooling2D", keepdims=True)(x)
        x = layer("Dropout", dropout, name="dropout")(x)
        x = layer("Conv2D", classes, (1, 1), padding="same", name="conv_preds")(x)
        x = layer("Reshape", (classes,), name="reshape_2")(x)
        x = layer("Activation", activation=task.activation(), name="predictions")(x)
    else:
        x = task.pooled(x)
    return task.model(image, x, name or f"mobilenet_{alpha:0.2f}_{rows}")


def _activated(x: Any, name: str) -> Any:
    x = layer("BatchNormalization", axis=channel_axis(-1), name=f"{name}_bn")(x)
    return layer("ReLU", 6.0, name=f"{name}_relu")(x)


def _block(x: Any, filters: int, depth_multiplier: int, stride: int, number: int) -> Any:
    if stride == 2:
        x = layer("ZeroPadding2D", ((0, 1), (0, 1)), name=f"conv_pad_{number}")(x)
    x = layer(
        "DepthwiseConv2D",
        (3, 3),
        padding="same" if stride == 1 else "valid",
        depth_multiplier=depth_multiplier,
        strides=(stride, stride),
        use_bias=False,
        name=f"conv_dw_{number}",
    )(x)
    x = _activated(x, f"conv_dw_{number}")
    x = layer(
        "Conv2D", filters, (1, 1), padding="same", use_bias=False, strides=(1, 1),
        name=f"conv_pw_{number}",
    )(x)  # fmt: skip
    return _activated(x, f"conv_pw_{number}")
