"""VGG of 19 layers."""

from __future__ import annotations

from typing import Any

from gossamer.applications.architecture import Task, documented
from gossamer.applications.vgg16 import decode_predictions, preprocess_input, vgg

__all__ = ["VGG19", "decode_predictions", "preprocess_input"]


@documented
def VGG19(  # noqa: N802
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "vgg19",
) -> Any:
    """VGG of 19 layers: 16 convolutions in five blocks, and three dense layers.

    Args:
        {arguments}

    {raises}

    Example:
        >>> model = gs.applications.VGG19(include_top=False, weights=None, input_shape=(32, 32, 3))
        >>> model.output_shape, model.count_params()
        ((None, 1, 1, 512), 20024384)

    Source: Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image
    Recognition", 2014.
    """
    task = Task(
        include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation,
        name,
    )  # fmt: skip
    return vgg((2, 2, 4, 4, 4), task)
