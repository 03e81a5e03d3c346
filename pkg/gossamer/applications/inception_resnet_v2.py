"""InceptionResNetV2: Inception's branches, scaled and added to what came in."""

from __future__ import annotations

from typing import Any

from gossamer.applications.architecture import Task, channel_axis, documented, layer
from gossamer.applications.imagenet_utils import decode_predictions
from gossamer.applications.imagenet_utils import tf_input as preprocess_input
from gossamer.layers.layer import Layer
from gossamer.serialization import name_built_in
from gossamer.tensor import Tensor

__all__ = ["InceptionResNetV2", "decode_predictions", "preprocess_input"]

Convolution = tuple[int, int | tuple[int, int]]

# The residual blocks: how often, at which scale, and their branches of (filters, kernel).
BLOCKS: dict[str, tuple[int, float, tuple[tuple[Convolution, ...], ...]]] = {
    "block35": (10, 0.17, (((32, 1),), ((32, 1), (32, 3)), ((32, 1), (48, 3), (64, 3)))),
    "block17": (20, 0.1, (((192, 1),), ((128, 1), (160, (1, 7)), (192, (7, 1))))),
    "block8": (10, 0.2, (((192, 1),), ((192, 1), (224, (1, 3)), (256, (3, 1))))),
}


class CustomScaleLayer(Layer):
    """A residual connection: `x + scale * y`.

    Args:
        scale: a number.
        kwargs: as for `Layer`.

    Example:
        >>> from gossamer.applications.inception_resnet_v2 import CustomScaleLayer
        >>> CustomScaleLayer(0.5)([ops.ones(2), ops.ones(2)]).numpy()
        array([1.5, 1.5], dtype=float32)
    """

    def __init__(self, scale: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scale = scale

    def call(self, inputs: list[Tensor]) -> Tensor:
        return inputs[0] + inputs[1] * self.scale

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"scale": self.scale}


name_built_in("keras.src.applications.inception_resnet_v2.CustomScaleLayer", CustomScaleLayer)


def _convolved(
    x: Any,
    filters: int,
    kernel: int | tuple[int, int],
    stride: int = 1,
    padding: str = "same",
    name: str | None = None,
) -> Any:
    x = layer(
        "Conv2D", filters, kernel, strides=stride, padding=padding, use_bias=False, name=name
    )(x)
    normalization = name and f"{name}_bn"
    x = layer("BatchNormalization", axis=channel_axis(), scale=False, name=normalization)(x)
    return layer("Activation", "relu", name=name and f"{name}_ac")(x)


def _branch(x: Any, *convolutions: Convolution, halves: bool = False) -> Any:
    """Convolutions one after the other, of (filters, kernel); the last may halve."""
    for number, (filters, kernel) in enumerate(convolutions, 1):
        last = halves and number == len(convolutions)
        x = _convolved(x, filters, kernel, 2 if last else 1, "valid" if last else "same")
    return x


def _joined(branches: list[Any], name: str) -> Any:
    return layer("Concatenate", axis=channel_axis(), name=name)(branches)


def _residual(x: Any, kind: str, number: int) -> Any:
    repeats, scale, branches = BLOCKS[kind]
    # The last of all adds in full, and is not activated.
    last = kind == "block8" and number == repeats
    name = f"{kind}_{number}"
    mixed = _joined([_branch(x, *branch) for branch in branches], f"{name}_mixed")
    more = layer(
        "Conv2D", x.shape[channel_axis()], 1, strides=1, padding="same", use_bias=True,
        name=f"{name}_conv",
    )(mixed)  # fmt: skip
    x = CustomScaleLayer(1.0 if last else scale)([x, more])
    return x if last else layer("Activation", "relu", name=f"{name}_ac")(x)


def _residuals(x: Any, kind: str) -> Any:
    for number in range(1, BLOCKS[kind][0] + 1):
        x = _residual(x, kind, number)
    return x


@documented
def InceptionResNetV2(  # noqa: N802
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "inception_resnet_v2",
) -> Any:
    """InceptionResNetV2: forty blocks `relu(x + scale * concatenate([f_1(x), ..., f_n(x)]))`.

    Args:
        {arguments}

    {raises}

    Example:
        >>> model = gs.applications.InceptionResNetV2(include_top=False, weights=None)
        >>> model.output_shape, model.count_params()
        ((None, None, None, 1536), 54336736)

    Source: Szegedy et al., "Inception-v4, Inception-ResNet and the Impact of Residual Connections
    on Learning", 2016.
    """
    task = Task(
        include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation,
        name,
    )  # fmt: skip
    image = task.image(task.shape(default_size=299, smallest=75))
    x = _convolved(image, 32, 3, 2, "valid")
    x = _convolved(x, 32, 3, padding="valid")
    x = layer("MaxPooling2D", 3, strides=2)(_convolved(x, 64, 3))
    x = _convolved(x, 80, 1, padding="valid")
    x = layer("MaxPooling2D", 3, strides=2)(_convolved(x, 192, 3, padding="valid"))
    branches = [
        _branch(x, (96, 1)),
        _branch(x, (48, 1), (64, 5)),
        _branch(x, (64, 1), (96, 3), (96, 3)),
        _branch(layer("AveragePooling2D", 3, strides=1, padding="same")(x), (64, 1)),
    ]
    x = _residuals(_joined(branches, "mixed_5b"), "block35")
    branches = [
        _branch(x, (384, 3), halves=True),
        _branch(x, (256, 1), (256, 3), (384, 3), halves=True),
        layer("MaxPooling2D", 3, strides=2, padding="valid")(x),
    ]
    x = _residuals(_joined(branches, "mixed_6a"), "block17")
    branches = [
        _branch(x, (256, 1), (384, 3), halves=True),
        _branch(x, (256, 1), (288, 3), halves=True),
        _branch(x, (256, 1), (288, 3), (320, 3), halves=True),
        layer("MaxPooling2D", 3, strides=2, padding="valid")(x),
    ]
    x = _residuals(_joined(branches, "mixed_7a"), "block8")
    x = _convolved(x, 1536, 1, name="conv_7b")
    return task.model(image, task.classes_or_features(x))
