"""EfficientNetV2: EfficientNet whose first stacks convolve places and channels at once."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from gossamer.applications.architecture import Task, channel_axis, layer, published
from gossamer.applications.efficientnet import classifier_kernel, kernels, residual, weighed
from gossamer.applications.imagenet_utils import decode_predictions
from gossamer.applications.imagenet_utils import unchanged_input as preprocess_input
from gossamer.defaults import image_data_format
from gossamer.initializers import Constant


class _Stack(NamedTuple):
    """Blocks of a kind. Fused ones convolve at once and do not weigh their channels."""

    fused: bool
    repeats: int
    filters: int
    stride: int
    widening: int


BASE = (
    _Stack(True, 1, 16, 1, 1), _Stack(True, 2, 32, 2, 4), _Stack(True, 2, 48, 2, 4),
    _Stack(False, 3, 96, 2, 4), _Stack(False, 5, 112, 1, 6), _Stack(False, 8, 192, 2, 6),
)  # fmt: skip
SMALL = (
    _Stack(True, 2, 24, 1, 1), _Stack(True, 4, 48, 2, 4), _Stack(True, 4, 64, 2, 4),
    _Stack(False, 6, 128, 2, 4), _Stack(False, 9, 160, 1, 6), _Stack(False, 15, 256, 2, 6),
)  # fmt: skip
MEDIUM = (
    _Stack(True, 3, 24, 1, 1), _Stack(True, 5, 48, 2, 4), _Stack(True, 5, 80, 2, 4),
    _Stack(False, 7, 160, 2, 4), _Stack(False, 14, 176, 1, 6), _Stack(False, 18, 304, 2, 6),
    _Stack(False, 5, 512, 1, 6),
)  # fmt: skip
LARGE = (
    _Stack(True, 4, 32, 1, 1), _Stack(True, 7, 64, 2, 4), _Stack(True, 7, 96, 2, 4),
    _Stack(False, 10, 192, 2, 4), _Stack(False, 19, 224, 1, 6), _Stack(False, 25, 384, 2, 6),
    _Stack(False, 7, 640, 1, 6),
)  # fmt: skip


class _Variant(NamedTuple):
    """One EfficientNetV2: how much wider and deeper than its stacks, for which images."""

    width: float
    depth: float
    size: int
    stem: int
    stacks: tuple[_Stack, ...]


VARIANTS = {
    "B0": _Variant(1.0, 1.0, 224, 32, BASE), "B1": _Variant(1.0, 1.1, 240, 32, BASE),
    "B2": _Variant(1.1, 1.2, 260, 32, BASE), "B3": _Variant(1.2, 1.4, 300, 32, BASE),
    "S": _Variant(1.0, 1.0, 384, 24, SMALL), "M": _Variant(1.0, 1.0, 480, 24, MEDIUM),
    "L": _Variant(1.0, 1.0, 480, 32, LARGE),
}  # fmt: skip
# The rate of dropped blocks rises to about this from the first to the last.
DROP_CONNECT = 0.2
MEANS, DEVIATIONS = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)

__all__ = [f"EfficientNetV2{key}" for key in VARIANTS] + ["decode_predictions", "preprocess_input"]


def _rounded(filters: float) -> int:
    """The nearest multiple of 8."""
    return max(8, int(filters + 4) // 8 * 8)


def _normalized(x: Any, name: str) -> Any:
    return layer("BatchNormalization", axis=channel_axis(), momentum=0.9, name=name)(x)


def _swish(x: Any, name: str) -> Any:
    return layer("Activation", "swish", name=name)(x)


def _convolved(x: Any, filters: int, name: str, kernel: int = 1, stride: int = 1) -> Any:
    return layer(
        "Conv2D", filters, kernel_size=kernel, strides=stride, kernel_initializer=kernels(),
        padding="same", data_format=image_data_format(), use_bias=False, name=name,
    )(x)  # fmt: skip


def _block(inputs: Any, filters: int, stride: int, stack: _Stack, rate: float, name: str) -> Any:
    channels = inputs.shape[channel_axis()]
    x = inputs
    if stack.widening != 1:
        kernel, step = (3, stride) if stack.fused else (1, 1)
        x = _convolved(x, channels * stack.widening, f"{name}expand_conv", kernel, step)
        x = _swish(_normalized(x, f"{name}expand_bn"), f"{name}expand_activation")
    if not stack.fused:
        x = layer(
            "DepthwiseConv2D", kernel_size=3, strides=stride, depthwise_initializer=kernels(),
            padding="same", data_format=image_data_format(), use_bias=False,
            name=f"{name}dwconv2",
        )(x)  # fmt: skip
        x = _swish(_normalized(x, f"{name}bn"), f"{name}activation")
        x = weighed(x, max(1, channels // 4), name)
    alone = stack.fused and stack.widening == 1
    kernel, step = (3, stride) if alone else (1, 1)
    x = _normalized(
        _convolved(x, filters, f"{name}project_conv", kernel, step), f"{name}project_bn"
    )
    if alone:
        x = _swish(x, f"{name}project_activation")
    if stride == 1 and channels == filters:
        x = residual(x, inputs, rate, name)
    return x


def _prepared(x: Any, channels: int | None, by_channel: bool) -> Any:
    """Images of [0, 255] as trained on: by ImageNet's means and deviations, or in [-1, 1]."""
    if not by_channel or channels != 3:
        return layer("Rescaling", scale=1.0 / 128.0, offset=-1)(x)
    x = layer("Rescaling", scale=1.0 / 255)(x)
    variances = [deviation**2 for deviation in DEVIATIONS]
    return layer("Normalization", mean=list(MEANS), variance=variances, axis=channel_axis())(x)


def _efficientnet(variant: _Variant, include_preprocessing: bool, task: Task) -> Any:
    shape = task.shape(variant.size, smallest=32)
    image = task.image(shape)
    x = image
    if include_preprocessing:
        x = _prepared(x, shape[channel_axis() - 1], by_channel=variant.stacks is BASE)
    x = _convolved(x, _rounded(variant.stem * variant.width), "stem_conv", 3, 2)
    x = _swish(_normalized(x, "stem_bn"), "stem_activation")
    # Of the blocks before they are made more, as in Keras.
    total = sum(stack.repeats for stack in variant.stacks)
    done = 0
    for letter, stack in enumerate(variant.stacks, 1):
        for number in range(math.ceil(variant.depth * stack.repeats)):
            x = _block(
                x,
                _rounded(stack.filters * variant.width),
                1 if number else stack.stride,
                stack,
                DROP_CONNECT * done / total,
                f"block{letter}{chr(ord('a') + number)}_",
            )
            done += 1
    x = _convolved(x, _rounded(1280 * variant.width), "top_conv")
    x = _swish(_normalized(x, "top_bn"), "top_activation")
    if not task.include_top:
        return task.model(image, task.pooled(x, ("avg_pool", "max_pool")))
    x = layer("GlobalAveragePooling2D", name="avg_pool")(x)
    x = layer("Dropout", 0.2, name="top_dropout")(x)
    options = {"kernel_initializer": classifier_kernel(), "bias_initializer": Constant(0.0)}
    return task.model(image, task.classified(x, **options))


def _member(key: str, example: str = "") -> Callable[..., Any]:
    """The constructor of one EfficientNetV2."""
    variant = VARIANTS[key]

    def build(
        include_top: bool = True,
        weights: Any = "imagenet",
        input_tensor: Any = None,
        input_shape: Any = None,
        pooling: str | None = None,
        classes: int = 1000,
        classifier_activation: Any = "softmax",
        include_preprocessing: bool = True,
        name: str | None = f"efficientnetv2-{key.lower()}",
    ) -> Any:
        task = Task(
            include_top, weights, input_tensor, input_shape, pooling, classes,
            classifier_activation, name,
        )  # fmt: skip
        return _efficientnet(variant, include_preprocessing, task)

    return published(
        build,
        f"EfficientNetV2{key}",
        f"EfficientNetV2-{key}: for images of {variant.size}x{variant.size}, in [0, 255].",
        'Tan and Le, "EfficientNetV2: Smaller Models and Faster Training", 2021.',
        example,
        "include_preprocessing: whether the model prepares images of [0, 255] itself.",
    )


EfficientNetV2B0 = _member(
    "B0",
    """
    >>> model = gs.applications.EfficientNetV2B0(include_top=False, weights=None, pooling="avg")
    >>> model.output_shape, model.count_params()
    ((None, 1280), 5919312)
    """,
)
EfficientNetV2B1 = _member("B1")
EfficientNetV2B2 = _member("B2")
EfficientNetV2B3 = _member("B3")
EfficientNetV2S = _member("S")
EfficientNetV2M = _member("M")
EfficientNetV2L = _member("L")
