"""ResNet: residual blocks of three convolutions, both versions; those of version 1 are public here.

Version 1 adds and then normalizes, version 2 (`resnet_v2`) normalizes first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from gossamer.applications.architecture import Task, channel_axis, layer, published
from gossamer.applications.imagenet_utils import caffe_input as preprocess_input
from gossamer.applications.imagenet_utils import decode_predictions

__all__ = ["ResNet50", "ResNet101", "ResNet152", "decode_predictions", "preprocess_input"]

FILTERS = (64, 128, 256, 512)
# How many blocks each of the four stacks has.
BLOCKS = {50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}


def _normalized(x: Any, name: str) -> Any:
    return layer("BatchNormalization", axis=channel_axis(), epsilon=1.001e-5, name=name)(x)


def _relu(x: Any, name: str) -> Any:
    return layer("Activation", "relu", name=name)(x)


def _padded(x: Any, width: int, name: str) -> Any:
    return layer("ZeroPadding2D", padding=((width, width), (width, width)), name=name)(x)


def resnet(depth: int, version: int, task: Task) -> Any:
    """A ResNet of so many layers, with the blocks of version 1 or 2."""
    image = task.image(task.shape(default_size=224, smallest=32))
    x = layer("Conv2D", 64, 7, strides=2, use_bias=True, name="conv1_conv")(
        _padded(image, 3, "conv1_pad")
    )
    if version == 1:
        x = _relu(_normalized(x, "conv1_bn"), "conv1_relu")
    x = layer("MaxPooling2D", 3, strides=2, name="pool1_pool")(_padded(x, 1, "pool1_pad"))
    x = (_stacks_v1 if version == 1 else _stacks_v2)(x, BLOCKS[depth])
    if version == 2:
        x = _relu(_normalized(x, "post_bn"), "post_relu")
    return task.model(image, task.classes_or_features(x, names=("avg_pool", "max_pool")))


def _stacks_v1(x: Any, blocks: Sequence[int]) -> Any:
    """The first block of a stack widens, and in all stacks but the first makes steps of two."""
    for stack, (filters, depth) in enumerate(zip(FILTERS, blocks, strict=True), 2):
        for number in range(1, depth + 1):
            stride = 2 if number == 1 and stack > 2 else 1
            x = _block_v1(x, filters, stride, number == 1, f"conv{stack}_block{number}")
    return x


def _block_v1(x: Any, filters: int, stride: int, widens: bool, name: str) -> Any:
    shortcut = x
    if widens:
        shortcut = layer("Conv2D", 4 * filters, 1, strides=stride, name=f"{name}_0_conv")(x)
        shortcut = _normalized(shortcut, f"{name}_0_bn")
    x = layer("Conv2D", filters, 1, strides=stride, name=f"{name}_1_conv")(x)
    x = _relu(_normalized(x, f"{name}_1_bn"), f"{name}_1_relu")
    x = layer("Conv2D", filters, 3, padding="same", name=f"{name}_2_conv")(x)
    x = _relu(_normalized(x, f"{name}_2_bn"), f"{name}_2_relu")
    x = _normalized(layer("Conv2D", 4 * filters, 1, name=f"{name}_3_conv")(x), f"{name}_3_bn")
    return _relu(layer("Add", name=f"{name}_add")([shortcut, x]), f"{name}_out")


def _stacks_v2(x: Any, blocks: Sequence[int]) -> Any:
    """The first block of a stack widens, and in all stacks but the last the last makes steps."""
    for stack, (filters, depth) in enumerate(zip(FILTERS, blocks, strict=True), 2):
        for number in range(1, depth + 1):
            stride = 2 if number == depth and stack < 5 else 1
            x = _block_v2(x, filters, stride, number == 1, f"conv{stack}_block{number}")
    return x


def _block_v2(x: Any, filters: int, stride: int, widens: bool, name: str) -> Any:
    before = _relu(_normalized(x, f"{name}_preact_bn"), f"{name}_preact_relu")
    shortcut = x
    if widens:
        shortcut = layer("Conv2D", 4 * filters, 1, strides=stride, name=f"{name}_0_conv")(before)
    elif stride > 1:
        shortcut = layer("MaxPooling2D", 1, strides=stride)(x)
    x = layer("Conv2D", filters, 1, strides=1, use_bias=False, name=f"{name}_1_conv")(before)
    x = _padded(_relu(_normalized(x, f"{name}_1_bn"), f"{name}_1_relu"), 1, f"{name}_2_pad")
    x = layer("Conv2D", filters, 3, strides=stride, use_bias=False, name=f"{name}_2_conv")(x)
    x = _relu(_normalized(x, f"{name}_2_bn"), f"{name}_2_relu")
    x = layer("Conv2D", 4 * filters, 1, name=f"{name}_3_conv")(x)
    return layer("Add", name=f"{name}_out")([shortcut, x])


def member(depth: int, version: int, example: str = "") -> Callable[..., Any]:
    """The constructor of one ResNet."""
    title = f"ResNet{depth}" + ("V2" if version == 2 else "")

    def build(
        include_top: bool = True,
        weights: Any = "imagenet",
        input_tensor: Any = None,
        input_shape: Any = None,
        pooling: str | None = None,
        classes: int = 1000,
        classifier_activation: Any = "softmax",
        name: str | None = title.lower(),
    ) -> Any:
        task = Task(
            include_top, weights, input_tensor, input_shape, pooling, classes,
            classifier_activation, name,
        )  # fmt: skip
        return resnet(depth, version, task)

    return published(build, title, *DESCRIPTIONS[version](depth), example)


DESCRIPTIONS = {
    1: lambda depth: (
        f"A residual network of {depth} layers: blocks `relu(x + f(x))`.",
        'He et al., "Deep Residual Learning for Image Recognition", 2015.',
    ),
    2: lambda depth: (
        f"A residual network of {depth} layers, normalized first: blocks `x + f(relu(x))`.",
        'He et al., "Identity Mappings in Deep Residual Networks", 2016.',
    ),
}

ResNet50 = member(
    50,
    1,
    """
    >>> model = gs.applications.ResNet50(include_top=False, weights=None, pooling="avg")
    >>> model.output_shape, model.count_params()
    ((None, 2048), 23587712)
    """,
)
ResNet101 = member(101, 1)
ResNet152 = member(152, 1)
