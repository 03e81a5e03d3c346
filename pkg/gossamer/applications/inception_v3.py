"""InceptionV3: branches of different convolutions side by side, concatenated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gossamer.applications.architecture import Task, channel_axis, documented, layer
from gossamer.applications.imagenet_utils import decode_predictions
from gossamer.applications.imagenet_utils import tf_input as preprocess_input

__all__ = ["InceptionV3", "decode_predictions", "preprocess_input"]


def _convolved(
    x: Any, filters: int, kernel: tuple[int, int], stride: int = 1, padding: str = "same"
) -> Any:
    x = layer("Conv2D", filters, kernel, strides=(stride, stride), padding=padding, use_bias=False)(
        x
    )
    x = layer("BatchNormalization", axis=channel_axis(), scale=False)(x)
    return layer("Activation", "relu")(x)


def _branch(x: Any, *convolutions: tuple[int, int, int], halves: bool = False) -> Any:
    """Convolutions one after the other, of (filters, rows, columns); the last may halve."""
    for number, (filters, *kernel) in enumerate(convolutions, 1):
        last = halves and number == len(convolutions)
        x = _convolved(x, filters, (kernel[0], kernel[1]), 2 if last else 1,
                       "valid" if last else "same")  # fmt: skip
    return x


def _pooled_branch(x: Any, filters: int) -> Any:
    x = layer("AveragePooling2D", (3, 3), strides=(1, 1), padding="same")(x)
    return _branch(x, (filters, 1, 1))


def _halved(x: Any) -> Any:
    return layer("MaxPooling2D", (3, 3), strides=(2, 2))(x)


def _joined(branches: Sequence[Any], name: str | None = None) -> Any:
    return layer("concatenate", list(branches), axis=channel_axis(), name=name)


def _mixed_5(x: Any, pooled: int, name: str) -> Any:
    """Branches of 1x1, 5x5 and twice 3x3."""
    return _joined(
        [
            _branch(x, (64, 1, 1)),
            _branch(x, (48, 1, 1), (64, 5, 5)),
            _branch(x, (64, 1, 1), (96, 3, 3), (96, 3, 3)),
            _pooled_branch(x, pooled),
        ],
        name,
    )


def _mixed_7(x: Any, width: int, name: str) -> Any:
    """Branches of 1x1, of 7x7 as 1x7 and 7x1, and of that twice."""
    return _joined(
        [
            _branch(x, (192, 1, 1)),
            _branch(x, (width, 1, 1), (width, 1, 7), (192, 7, 1)),
            _branch(
                x, (width, 1, 1), (width, 7, 1), (width, 1, 7), (width, 7, 1), (192, 1, 7)
            ),
            _pooled_branch(x, 192),
        ],
        name,
    )  # fmt: skip


def _mixed_9(x: Any, number: int) -> Any:
    """Branches whose 3x3 is 1x3 and 3x1 side by side."""
    branch_1 = _branch(x, (320, 1, 1))
    branch_3 = _branch(x, (384, 1, 1))
    branch_3 = _joined(
        [_branch(branch_3, (384, 1, 3)), _branch(branch_3, (384, 3, 1))], f"mixed9_{number}"
    )
    twice = _branch(x, (448, 1, 1), (384, 3, 3))
    twice = _joined([_branch(twice, (384, 1, 3)), _branch(twice, (384, 3, 1))])
    return _joined([branch_1, branch_3, twice, _pooled_branch(x, 192)], f"mixed{9 + number}")


@documented
def InceptionV3(  # noqa: N802
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "inception_v3",
) -> Any:
    """InceptionV3: eleven blocks `concatenate([f_1(x), ..., f_n(x)])`.

    Args:
        {arguments}

    {raises}

    Example:
        >>> model = gs.applications.InceptionV3(include_top=False, weights=None, pooling="avg")
        >>> model.output_shape, model.count_params()
        ((None, 2048), 21802784)

    Source: Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", 2015.
    """
    task = Task(
        include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation,
        name,
    )  # fmt: skip
    image = task.image(task.shape(default_size=299, smallest=75))
    x = _convolved(image, 32, (3, 3), 2, "valid")
    x = _convolved(x, 32, (3, 3), padding="valid")
    x = _halved(_convolved(x, 64, (3, 3)))
    x = _convolved(x, 80, (1, 1), padding="valid")
    x = _halved(_convolved(x, 192, (3, 3), padding="valid"))
    for number, pooled in enumerate((32, 64, 64)):
        x = _mixed_5(x, pooled, f"mixed{number}")
    x = _joined(
        [
            _branch(x, (384, 3, 3), halves=True),
            _branch(x, (64, 1, 1), (96, 3, 3), (96, 3, 3), halves=True),
            _halved(x),
        ],
        "mixed3",
    )
    for number, width in enumerate((128, 160, 160, 192), 4):
        x = _mixed_7(x, width, f"mixed{number}")
    x = _joined(
        [
            _branch(x, (192, 1, 1), (320, 3, 3), halves=True),
            _branch(x, (192, 1, 1), (192, 1, 7), (192, 7, 1), (192, 3, 3), halves=True),
            _halved(x),
        ],
        "mixed8",
    )
    for number in range(2):
        x = _mixed_9(x, number)
    return task.model(image, task.classes_or_features(x))
