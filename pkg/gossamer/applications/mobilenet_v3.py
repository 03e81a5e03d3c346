"""MobileNetV3, small and large: MobileNetV2's blocks, some of which weigh their channels.

Keras has the constructors in `applications` and not in this module.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
from gossamer.applications.imagenet_utils import unchanged_input as preprocess_input
from gossamer.defaults import image_data_format

__all__ = ["decode_predictions", "preprocess_input"]

Activation = Callable[[Any], Any]

# Of each block: how much it widens, its filters, the size of its kernel, its stride, whether it
# weighs its channels, whether its activation is hard_swish. In the minimalistic ones kernels are
# of size 3, nothing is weighed, and all activations are relu.
SMALL = (
    (1, 16, 3, 2, True, False), (72 / 16, 24, 3, 2, False, False),
    (88 / 24, 24, 3, 1, False, False), (4, 40, 5, 2, True, True), (6, 40, 5, 1, True, True),
    (6, 40, 5, 1, True, True), (3, 48, 5, 1, True, True), (3, 48, 5, 1, True, True),
    (6, 96, 5, 2, True, True), (6, 96, 5, 1, True, True), (6, 96, 5, 1, True, True),
)  # fmt: skip
LARGE = (
    (1, 16, 3, 1, False, False), (4, 24, 3, 2, False, False), (3, 24, 3, 1, False, False),
    (3, 40, 5, 2, True, False), (3, 40, 5, 1, True, False), (3, 40, 5, 1, True, False),
    (6, 80, 3, 2, False, True), (2.5, 80, 3, 1, False, True), (2.3, 80, 3, 1, False, True),
    (2.3, 80, 3, 1, False, True), (6, 112, 3, 1, True, True), (6, 112, 3, 1, True, True),
    (6, 160, 5, 2, True, True), (6, 160, 5, 1, True, True), (6, 160, 5, 1, True, True),
)  # fmt: skip


def _relu(x: Any) -> Any:
    return layer("ReLU")(x)


def _hard_swish(x: Any) -> Any:
    return layer("Activation", "hard_swish")(x)


def _shape(task: Task) -> tuple[int | None, ...]:
    """The sizes of an image; those of the tensor if there is one, and of any size if not."""
    first = image_data_format() == "channels_first"
    shape = task.input_shape
    if shape is None and task.input_tensor is not None:
        sizes = task.input_tensor.shape[2:4] if first else task.input_tensor.shape[1:3]
        shape = (3, *sizes) if first else (*sizes, 3)
    if shape is None:
        shape = (3, None, None) if first else (None, None, 3)
    sizes = shape[1:] if first else shape[:2]
    if all(sizes) and min(sizes) < 32:
        raise ValueError(f"Expected images of at least 32x32. Received: input_shape={shape}")
    return tuple(shape)


def _mobilenet(
    blocks: Sequence[tuple[float, int, int, int, bool, bool]],
    last_filters: int,
    alpha: float,
    minimalistic: bool,
    dropout_rate: float,
    include_preprocessing: bool,
    task: Task,
) -> Any:
    task.check_tensor()
    image = task.image(_shape(task))
    activation = _relu if minimalistic else _hard_swish
    x = image
    if include_preprocessing:
        x = layer("Rescaling", scale=1.0 / 127.5, offset=-1.0)(x)
    x = layer(
        "Conv2D", 16, kernel_size=3, strides=(2, 2), padding="same", use_bias=False, name="conv"
    )(x)
    x = activation(_normalized(x, "conv_bn"))
    for number, (widening, filters, kernel, stride, weighs, swish) in enumerate(blocks):
        x = _block(
            x,
            widening,
            divisible(filters * alpha),
            3 if minimalistic else kernel,
            stride,
            weighs and not minimalistic,
            activation if swish else _relu,
            f"expanded_conv_{number}_" if number else "expanded_conv_",
        )
    filters = divisible(x.shape[channel_axis(-1)] * 6)
    x = _pointwise(x, filters, "conv_1", use_bias=False)
    x = activation(_normalized(x, "conv_1_bn"))
    if not task.include_top:
        return task.model(image, task.pooled(x, ("avg_pool", "max_pool")))
    x = layer("GlobalAveragePooling2D", keepdims=True)(x)
    last = divisible(last_filters * alpha) if alpha > 1.0 else last_filters
    x = activation(_pointwise(x, last, "conv_2"))
    if dropout_rate > 0:
        x = layer("Dropout", dropout_rate)(x)
    x = layer("Flatten")(_pointwise(x, task.classes, "logits"))
    x = layer("Activation", activation=task.activation(), name="predictions")(x)
    return task.model(image, x)


def _pointwise(x: Any, filters: int, name: str, use_bias: bool = True) -> Any:
    return layer(
        "Conv2D", filters, kernel_size=1, padding="same", use_bias=use_bias, name=name
    )(x)  # fmt: skip


def _normalized(x: Any, name: str) -> Any:
    return layer(
        "BatchNormalization", axis=channel_axis(-1), epsilon=1e-3, momentum=0.999, name=name
    )(x)


def _weighed(inputs: Any, prefix: str) -> Any:
    """Channels times weights in [0, 1], which are found from their means ("squeeze, excite")."""
    filters = inputs.shape[channel_axis(-1)]
    prefix = f"{prefix}squeeze_excite_"
    x = layer("GlobalAveragePooling2D", keepdims=True, name=f"{prefix}avg_pool")(inputs)
    x = _pointwise(x, divisible(filters * 0.25), f"{prefix}conv")
    x = layer("ReLU", name=f"{prefix}relu")(x)
    x = _pointwise(x, filters, f"{prefix}conv_1")
    x = layer("ReLU", 6.0)(x + 3.0) * (1.0 / 6.0)
    return layer("Multiply", name=f"{prefix}mul")([inputs, x])


def _block(
    inputs: Any,
    widening: float,
    filters: int,
    kernel: int,
    stride: int,
    weighs: bool,
    activation: Activation,
    prefix: str,
) -> Any:
    channels = inputs.shape[channel_axis(-1)]
    x = inputs
    if widening != 1:
        x = _pointwise(x, divisible(channels * widening), f"{prefix}expand", use_bias=False)
        x = activation(_normalized(x, f"{prefix}expand_bn"))
    if stride == 2:
        x = layer("ZeroPadding2D", padding=correct_pad(x, kernel), name=f"{prefix}depthwise_pad")(x)
    x = layer(
        "DepthwiseConv2D", kernel, strides=stride, padding="same" if stride == 1 else "valid",
        use_bias=False, name=f"{prefix}depthwise",
    )(x)  # fmt: skip
    x = activation(_normalized(x, f"{prefix}depthwise_bn"))
    if weighs:
        x = _weighed(x, prefix)
    x = _pointwise(x, filters, f"{prefix}project", use_bias=False)
    x = _normalized(x, f"{prefix}project_bn")
    if stride == 1 and channels == filters:
        x = layer("Add", name=f"{prefix}add")([inputs, x])
    return x


@documented
def MobileNetV3Small(  # noqa: N802
    input_shape: Any = None,
    alpha: float = 1.0,
    minimalistic: bool = False,
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    classes: int = 1000,
    pooling: str | None = None,
    dropout_rate: float = 0.2,
    classifier_activation: Any = "softmax",
    include_preprocessing: bool = True,
    name: str | None = "MobileNetV3Small",
) -> Any:
    """MobileNetV3 of eleven blocks.

    Args:
        alpha: what the number of filters is multiplied by.
        minimalistic: whether to do without weighed channels, `hard_swish` and kernels of size 5.
        dropout_rate: before the classifier.
        include_preprocessing: whether images are of [0, 255] and not of [-1, 1].
        {arguments}

    {raises}

    Example:
        >>> model = gs.applications.MobileNetV3Small((32, 32, 3), weights=None, classes=10)
        >>> model.output_shape, model.count_params()
        ((None, 10), 1540218)

    Source: Howard et al., "Searching for MobileNetV3", 2019.
    """
    task = Task(
        include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation,
        name,
    )  # fmt: skip
    return _mobilenet(
        SMALL, 1024, alpha, minimalistic, dropout_rate, include_preprocessing, task
    )  # fmt: skip


@documented
def MobileNetV3Large(  # noqa: N802
    input_shape: Any = None,
    alpha: float = 1.0,
    minimalistic: bool = False,
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    classes: int = 1000,
    pooling: str | None = None,
    dropout_rate: float = 0.2,
    classifier_activation: Any = "softmax",
    include_preprocessing: bool = True,
    name: str | None = "MobileNetV3Large",
) -> Any:
    """MobileNetV3 of fifteen blocks.

    Args:
        alpha: what the number of filters is multiplied by.
        minimalistic: whether to do without weighed channels, `hard_swish` and kernels of size 5.
        dropout_rate: before the classifier.
        include_preprocessing: whether images are of [0, 255] and not of [-1, 1].
        {arguments}

    {raises}

    Example:
        >>> model = gs.applications.MobileNetV3Large((32, 32, 3), weights=None, include_top=False)
        >>> model.output_shape
        (None, 1, 1, 960)

    Source: Howard et al., "Searching for MobileNetV3", 2019.
    """
    task = Task(
        include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation,
        name,
    )  # fmt: skip
    return _mobilenet(
        LARGE, 1280, alpha, minimalistic, dropout_rate, include_preprocessing, task
    )  # fmt: skip
