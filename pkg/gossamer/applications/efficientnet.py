"""EfficientNet B0 to B7: one architecture, made wider, deeper and for larger images together."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from gossamer.applications.architecture import (
    Task,
    channel_axis,
    correct_pad,
    divisible,
    layer,
    published,
)
from gossamer.applications.imagenet_utils import decode_predictions
from gossamer.applications.imagenet_utils import unchanged_input as preprocess_input
from gossamer.initializers import VarianceScaling

# Of each stack: blocks, filters, first stride, size of kernels, widening. All weigh their channels.
STACKS = (
    (1, 16, 1, 3, 1), (2, 24, 2, 3, 6), (2, 40, 2, 5, 6), (3, 80, 2, 3, 6), (3, 112, 1, 5, 6),
    (4, 192, 2, 5, 6), (1, 320, 1, 3, 6),
)  # fmt: skip


class _Scale(NamedTuple):
    """How an EfficientNet differs from B0."""

    width: float
    depth: float
    size: int
    dropout: float


SCALES = {
    "B0": _Scale(1.0, 1.0, 224, 0.2), "B1": _Scale(1.0, 1.1, 240, 0.2),
    "B2": _Scale(1.1, 1.2, 260, 0.3), "B3": _Scale(1.2, 1.4, 300, 0.3),
    "B4": _Scale(1.4, 1.8, 380, 0.4), "B5": _Scale(1.6, 2.2, 456, 0.4),
    "B6": _Scale(1.8, 2.6, 528, 0.5), "B7": _Scale(2.0, 3.1, 600, 0.5),
}  # fmt: skip
# The rate of dropped blocks rises to this from the first to the last.
DROP_CONNECT = 0.2

__all__ = [f"EfficientNet{key}" for key in SCALES] + ["decode_predictions", "preprocess_input"]


def kernels() -> VarianceScaling:
    """The initializer of convolutions; a new one each time, since each has its seed."""
    return VarianceScaling(scale=2.0, mode="fan_out", distribution="truncated_normal")


def classifier_kernel() -> VarianceScaling:
    """The initializer of the classifier."""
    return VarianceScaling(scale=1.0 / 3.0, mode="fan_out", distribution="uniform")


def weighed(x: Any, filters: int, name: str) -> Any:
    """Channels times weights in [0, 1], which are found from their means ("squeeze, excite").

    Args:
        x: images.
        filters: between the two convolutions that find the weights.
        name: what the layers' names begin with.
    """
    channels = x.shape[channel_axis()]
    weights = layer("GlobalAveragePooling2D", name=f"{name}se_squeeze")(x)
    shape = (channels, 1, 1) if channel_axis() == 1 else (1, 1, channels)
    weights = layer("Reshape", shape, name=f"{name}se_reshape")(weights)
    weights = layer(
        "Conv2D", filters, 1, padding="same", activation="swish", kernel_initializer=kernels(),
        name=f"{name}se_reduce",
    )(weights)  # fmt: skip
    weights = layer(
        "Conv2D", channels, 1, padding="same", activation="sigmoid", kernel_initializer=kernels(),
        name=f"{name}se_expand",
    )(weights)  # fmt: skip
    return layer("multiply", [x, weights], name=f"{name}se_excite")


def residual(x: Any, inputs: Any, rate: float, name: str) -> Any:
    """What came in plus the block's output, which in training is left out of some images.

    Args:
        x: the block's output.
        inputs: what came in.
        rate: of images without it.
        name: what the layers' names begin with.
    """
    if rate > 0:
        x = layer("Dropout", rate, noise_shape=(None, 1, 1, 1), name=f"{name}drop")(x)
    return layer("add", [x, inputs], name=f"{name}add")


def _normalized(x: Any, name: str) -> Any:
    return layer("BatchNormalization", axis=channel_axis(), name=name)(x)


def _swish(x: Any, name: str) -> Any:
    return layer("Activation", "swish", name=name)(x)


def _pointwise(x: Any, filters: int, name: str) -> Any:
    return layer(
        "Conv2D", filters, 1, padding="same", use_bias=False, kernel_initializer=kernels(),
        name=name,
    )(x)  # fmt: skip


def _block(
    inputs: Any, filters: int, stride: int, kernel: int, widening: int, rate: float, name: str
) -> Any:
    channels = inputs.shape[channel_axis()]
    x = inputs
    if widening != 1:
        x = _pointwise(x, channels * widening, f"{name}expand_conv")
        x = _swish(_normalized(x, f"{name}expand_bn"), f"{name}expand_activation")
    if stride == 2:
        x = layer("ZeroPadding2D", padding=correct_pad(x, kernel), name=f"{name}dwconv_pad")(x)
    x = layer(
        "DepthwiseConv2D", kernel, strides=stride, padding="valid" if stride == 2 else "same",
        use_bias=False, depthwise_initializer=kernels(), name=f"{name}dwconv",
    )(x)  # fmt: skip
    x = _swish(_normalized(x, f"{name}bn"), f"{name}activation")
    x = weighed(x, max(1, channels // 4), name)
    x = _normalized(_pointwise(x, filters, f"{name}project_conv"), f"{name}project_bn")
    if stride == 1 and channels == filters:
        x = residual(x, inputs, rate, name)
    return x


def _efficientnet(scale: _Scale, task: Task) -> Any:
    image = task.image(task.shape(scale.size, smallest=32))
    x = layer("Rescaling", 1.0 / 255.0)(image)
    x = layer("Normalization", axis=channel_axis())(x)
    x = layer("ZeroPadding2D", padding=correct_pad(x, 3), name="stem_conv_pad")(x)
    x = layer(
        "Conv2D", divisible(32 * scale.width), 3, strides=2, padding="valid", use_bias=False,
        kernel_initializer=kernels(), name="stem_conv",
    )(x)  # fmt: skip
    x = _swish(_normalized(x, "stem_bn"), "stem_activation")
    depths = [math.ceil(scale.depth * blocks) for blocks, *_ in STACKS]
    done = 0
    for stack, (depth, row) in enumerate(zip(depths, STACKS, strict=True), 1):
        _, filters, stride, kernel, widening = row
        for number in range(depth):
            rate = DROP_CONNECT * done / sum(depths)
            name = f"block{stack}{chr(ord('a') + number)}_"
            x = _block(
                x, divisible(filters * scale.width), 1 if number else stride, kernel, widening,
                rate, name,
            )  # fmt: skip
            done += 1
    x = _pointwise(x, divisible(1280 * scale.width), "top_conv")
    x = _swish(_normalized(x, "top_bn"), "top_activation")
    if not task.include_top:
        return task.model(image, task.pooled(x, ("avg_pool", "max_pool")))
    x = layer("GlobalAveragePooling2D", name="avg_pool")(x)
    x = layer("Dropout", scale.dropout, name="top_dropout")(x)
    return task.model(image, task.classified(x, kernel_initializer=classifier_kernel()))


def _member(key: str, example: str = "") -> Callable[..., Any]:
    """The constructor of one EfficientNet."""
    scale = SCALES[key]

    def build(
        include_top: bool = True,
        weights: Any = "imagenet",
        input_tensor: Any = None,
        input_shape: Any = None,
        pooling: str | None = None,
        classes: int = 1000,
        classifier_activation: Any = "softmax",
        name: str | None = f"efficientnet{key.lower()}",
    ) -> Any:
        task = Task(
            include_top, weights, input_tensor, input_shape, pooling, classes,
            classifier_activation, name,
        )  # fmt: skip
        return _efficientnet(scale, task)

    return published(
        build,
        f"EfficientNet{key}",
        f"EfficientNet-{key}: for images of {scale.size}x{scale.size}, in [0, 255].",
        'Tan and Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks", '
        "2019.",
        example,
    )


EfficientNetB0 = _member(
    "B0",
    """
    >>> model = gs.applications.EfficientNetB0(include_top=False, weights=None, pooling="avg")
    >>> model.output_shape, model.count_params()
    ((None, 1280), 4049571)
    """,
)
EfficientNetB1 = _member("B1")
EfficientNetB2 = _member("B2")
EfficientNetB3 = _member("B3")
EfficientNetB4 = _member("B4")
EfficientNetB5 = _member("B5")
EfficientNetB6 = _member("B6")
EfficientNetB7 = _member("B7")
