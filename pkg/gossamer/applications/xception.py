"""Xception: separable convolutions in residual blocks."""

from __future__ import annotations

from typing import Any

from gossamer.applications.architecture import Task, channel_axis, documented, layer
from gossamer.applications.imagenet_utils import decode_predictions
from gossamer.applications.imagenet_utils import tf_input as preprocess_input

__all__ = ["Xception", "decode_predictions", "preprocess_input"]

# Of the blocks that halve height and width, by their number: the filters of their convolutions.
HALVING = {2: (128, 128), 3: (256, 256), 4: (728, 728), 13: (728, 1024)}
MIDDLE = range(5, 13)


def _normalized(x: Any, name: str | None = None) -> Any:
    return layer("BatchNormalization", axis=channel_axis(-1), name=name)(x)


def _relu(x: Any, name: str) -> Any:
    return layer("Activation", "relu", name=name)(x)


def _separable(x: Any, filters: int, name: str) -> Any:
    x = layer("SeparableConv2D", filters, (3, 3), padding="same", use_bias=False, name=name)(x)
    return _normalized(x, f"{name}_bn")


def _halving(x: Any, block: int) -> Any:
    first, second = HALVING[block]
    shortcut = _normalized(
        layer("Conv2D", second, (1, 1), strides=(2, 2), padding="same", use_bias=False)(x)
    )
    # The input of block 2 is activated already.
    if block > 2:
        x = _relu(x, f"block{block}_sepconv1_act")
    x = _separable(x, first, f"block{block}_sepconv1")
    x = _separable(_relu(x, f"block{block}_sepconv2_act"), second, f"block{block}_sepconv2")
    x = layer("MaxPooling2D", (3, 3), strides=(2, 2), padding="same", name=f"block{block}_pool")(x)
    return layer("add", [x, shortcut])


@documented
def Xception(  # noqa: N802
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "xception",
) -> Any:
    """Xception: fourteen blocks, most of them `x + f(x)` of separable convolutions.

    Args:
        {arguments}

    {raises}

    Example:
        >>> model = gs.applications.Xception(include_top=False, weights=None, pooling="max")
        >>> model.output_shape, model.count_params()
        ((None, 2048), 20861480)

    Source: Chollet, "Xception: Deep Learning with Depthwise Separable Convolutions", 2016.
    """
    task = Task(
        include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation,
        name,
    )  # fmt: skip
    image = task.image(task.shape(default_size=299, smallest=71))
    x = layer("Conv2D", 32, (3, 3), strides=(2, 2), use_bias=False, name="block1_conv1")(image)
    x = _relu(_normalized(x, "block1_conv1_bn"), "block1_conv1_act")
    x = layer("Conv2D", 64, (3, 3), use_bias=False, name="block1_conv2")(x)
    x = _relu(_normalized(x, "block1_conv2_bn"), "block1_conv2_act")
    for block in (2, 3, 4):
        x = _halving(x, block)
    for block in MIDDLE:
        shortcut = x
        for number in (1, 2, 3):
            name_of = f"block{block}_sepconv{number}"
            x = _separable(_relu(x, f"{name_of}_act"), 728, name_of)
        x = layer("add", [x, shortcut])
    x = _halving(x, 13)
    for number, filters in ((1, 1536), (2, 2048)):
        name_of = f"block14_sepconv{number}"
        x = _relu(_separable(x, filters, name_of), f"{name_of}_act")
    return task.model(image, task.classes_or_features(x))
