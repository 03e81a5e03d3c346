"""VGG: blocks of 3x3 convolutions, each ended by a pooling; VGG16, and VGG19 from `vgg19`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gossamer.applications.architecture import Task, documented, layer
from gossamer.applications.imagenet_utils import caffe_input as preprocess_input
from gossamer.applications.imagenet_utils import decode_predictions

__all__ = ["VGG16", "decode_predictions", "preprocess_input"]

FILTERS = (64, 128, 256, 512, 512)


def vgg(depths: Sequence[int], task: Task) -> Any:
    """A VGG with so many convolutions in each block."""
    image = task.image(task.shape(default_size=224, smallest=32))
    x = image
    for block, (filters, depth) in enumerate(zip(FILTERS, depths, strict=True), 1):
        for number in range(1, depth + 1):
            x = layer(
                "Conv2D",
                filters,
                (3, 3),
                activation="relu",
                padding="same",
                name=f"block{block}_conv{number}",
            )(x)
        x = layer("MaxPooling2D", (2, 2), strides=(2, 2), name=f"block{block}_pool")(x)
    if not task.include_top:
        return task.model(image, task.pooled(x))
    x = layer("Flatten", name="flatten")(x)
    x = layer("Dense", 4096, activation="relu", name="fc1")(x)
    x = layer("Dense", 4096, activation="relu", name="fc2")(x)
    return task.model(image, task.classified(x))


@documented
def VGG16(  # noqa: N802
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "vgg16",
) -> Any:
    """VGG of 16 layers: 13 convolutions in five blocks, and three dense layers.

    Args:
        {arguments}

    {raises}

    Example:
        >>> model = gs.applications.VGG16(include_top=False, weights=None, input_shape=(32, 32, 3))
        >>> model.output_shape, model.count_params()
        ((None, 1, 1, 512), 14714688)

    Source: Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image
    Recognition", 2014.
    """
    task = Task(
        include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation,
        name,
    )  # fmt: skip
    return vgg((2, 2, 3, 3, 3), task)
