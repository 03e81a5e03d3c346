"""DenseNet: each convolution sees what all convolutions before it in its block gave."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gossamer.applications.architecture import (
    Task,
    channel_axis,
    layer,
    needs_channels_last,
    published,
)
from gossamer.applications.imagenet_utils import decode_predictions
from gossamer.applications.imagenet_utils import torch_input as preprocess_input

__all__ = ["DenseNet121", "DenseNet169", "DenseNet201", "decode_predictions", "preprocess_input"]

# How many channels a convolution adds.
GROWTH = 32
# How many convolutions each of the four blocks has.
BLOCKS = {121: (6, 12, 24, 16), 169: (6, 12, 32, 32), 201: (6, 12, 48, 32)}


def _relu(x: Any, normalization: str, name: str) -> Any:
    x = layer("BatchNormalization", axis=channel_axis(), epsilon=1.001e-5, name=normalization)(x)
    return layer("Activation", "relu", name=name)(x)


def _grown(x: Any, name: str) -> Any:
    more = _relu(x, f"{name}_0_bn", f"{name}_0_relu")
    more = layer("Conv2D", 4 * GROWTH, 1, use_bias=False, name=f"{name}_1_conv")(more)
    more = _relu(more, f"{name}_1_bn", f"{name}_1_relu")
    more = layer("Conv2D", GROWTH, 3, padding="same", use_bias=False, name=f"{name}_2_conv")(more)
    return layer("Concatenate", axis=channel_axis(), name=f"{name}_concat")([x, more])


def _halved(x: Any, name: str) -> Any:
    """Half the channels, and half the height and width."""
    x = _relu(x, f"{name}_bn", f"{name}_relu")
    channels = x.shape[channel_axis()] // 2
    x = layer("Conv2D", channels, 1, use_bias=False, name=f"{name}_conv")(x)
    return layer("AveragePooling2D", 2, strides=2, name=f"{name}_pool")(x)


def _densenet(depth: int, task: Task) -> Any:
    needs_channels_last("DenseNet")
    image = task.image(task.shape(default_size=224, smallest=32))
    x = layer("ZeroPadding2D", padding=((3, 3), (3, 3)))(image)
    x = layer("Conv2D", 64, 7, strides=2, use_bias=False, name="conv1_conv")(x)
    x = _relu(x, "conv1_bn", "conv1_relu")
    x = layer("ZeroPadding2D", padding=((1, 1), (1, 1)))(x)
    x = layer("MaxPooling2D", 3, strides=2, name="pool1")(x)
    for block, repeats in enumerate(BLOCKS[depth], 2):
        if block > 2:
            x = _halved(x, f"pool{block - 1}")
        for number in range(1, repeats + 1):
            x = _grown(x, f"conv{block}_block{number}")
    x = _relu(x, "bn", "relu")
    return task.model(image, task.classes_or_features(x, names=("avg_pool", "max_pool")))


def _member(depth: int, example: str = "") -> Callable[..., Any]:
    """The constructor of one DenseNet."""

    def build(
        include_top: bool = True,
        weights: Any = "imagenet",
        input_tensor: Any = None,
        input_shape: Any = None,
        pooling: str | None = None,
        classes: int = 1000,
        classifier_activation: Any = "softmax",
        name: str | None = f"densenet{depth}",
    ) -> Any:
        task = Task(
            include_top, weights, input_tensor, input_shape, pooling, classes,
            classifier_activation, name,
        )  # fmt: skip
        return _densenet(depth, task)

    return published(
        build,
        f"DenseNet{depth}",
        f"A densely connected network of {depth} layers: `x = concatenate([x, f(x)])`.",
        'Huang et al., "Densely Connected Convolutional Networks", 2016.',
        example,
    )


DenseNet121 = _member(
    121,
    """
    >>> model = gs.applications.DenseNet121(include_top=False, weights=None, pooling="avg")
    >>> model.output_shape, model.count_params()
    ((None, 1024), 7037504)
    """,
)
DenseNet169 = _member(169)
DenseNet201 = _member(201)
