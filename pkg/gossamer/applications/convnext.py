"""ConvNeXt: convolutions of 7x7 by channel and dense layers by place, in residual blocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from gossamer import ops, random
from gossamer.applications.architecture import Task, layer, needs_channels_last, published
from gossamer.applications.imagenet_utils import decode_predictions
from gossamer.applications.imagenet_utils import unchanged_input as preprocess_input
from gossamer.initializers import Constant
from gossamer.layers.layer import Layer
from gossamer.models import Sequential
from gossamer.serialization import name_built_in
from gossamer.tensor import Tensor

EPSILON = 1e-6
# What the scales of blocks begin with, and the rate of dropped blocks in the last.
FIRST_SCALE, DROP_PATH = 1e-6, 0.0
MEANS, DEVIATIONS = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class _Variant(NamedTuple):
    """How many blocks each stage has, and their filters."""

    depths: tuple[int, ...]
    filters: tuple[int, ...]


VARIANTS = {
    "Tiny": _Variant((3, 3, 9, 3), (96, 192, 384, 768)),
    "Small": _Variant((3, 3, 27, 3), (96, 192, 384, 768)),
    "Base": _Variant((3, 3, 27, 3), (128, 256, 512, 1024)),
    "Large": _Variant((3, 3, 27, 3), (192, 384, 768, 1536)),
    "XLarge": _Variant((3, 3, 27, 3), (256, 512, 1024, 2048)),
}

__all__ = [f"ConvNeXt{key}" for key in VARIANTS] + ["decode_predictions", "preprocess_input"]


class StochasticDepth(Layer):
    """Leaves a block out of some images in training: `x * kept / (1 - rate)`.

    Args:
        drop_path_rate: of the images that are left out.
        kwargs: as for `Layer`.

    Example:
        >>> from gossamer.applications.convnext import StochasticDepth
        >>> StochasticDepth(0.5)(ops.ones((1, 2))).numpy()
        array([[1., 1.]], dtype=float32)

    Source: Huang et al., "Deep Networks with Stochastic Depth", 2016.
    """

    def __init__(self, drop_path_rate: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.drop_path_rate = drop_path_rate

    def call(self, x: Tensor, training: bool | None = None) -> Tensor:
        if not training:
            return x
        kept = 1 - self.drop_path_rate
        shape = (ops.shape(x)[0],) + (1,) * (len(x.shape) - 1)
        return x / kept * ops.floor(kept + random.uniform(shape, 0, 1))

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"drop_path_rate": self.drop_path_rate}


class LayerScale(Layer):
    """A scale for each channel, which is learned: `x * gamma`.

    Args:
        init_values: what the scales begin with.
        projection_dim: how many there are.
        kwargs: as for `Layer`.

    Example:
        >>> from gossamer.applications.convnext import LayerScale
        >>> LayerScale(0.5, 2)(ops.ones((1, 2))).numpy()
        array([[0.5, 0.5]], dtype=float32)

    Source: Touvron et al., "Going deeper with Image Transformers", 2021.
    """

    def __init__(self, init_values: float, projection_dim: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.init_values = init_values
        self.projection_dim = projection_dim

    def build(self, input_shape: Any) -> None:
        self.gamma = self.add_weight(
            shape=(self.projection_dim,), initializer=Constant(self.init_values), trainable=True
        )

    def call(self, x: Tensor) -> Tensor:
        return x * self.gamma

    def get_config(self) -> dict[str, Any]:
        own = {"init_values": self.init_values, "projection_dim": self.projection_dim}
        return super().get_config() | own


name_built_in("keras.src.applications.convnext.StochasticDepth", StochasticDepth)
name_built_in("keras.src.applications.convnext.LayerScale", LayerScale)


def _normalization(name: str | None = None) -> Any:
    return layer("LayerNormalization", epsilon=EPSILON, name=name)


def _block(inputs: Any, filters: int, rate: float, name: str) -> Any:
    x = layer(
        "Conv2D", filters=filters, kernel_size=7, padding="same", groups=filters,
        name=f"{name}_depthwise_conv",
    )(inputs)  # fmt: skip
    x = _normalization(f"{name}_layernorm")(x)
    x = layer("Dense", 4 * filters, name=f"{name}_pointwise_conv_1")(x)
    x = layer("Activation", "gelu", name=f"{name}_gelu")(x)
    x = layer("Dense", filters, name=f"{name}_pointwise_conv_2")(x)
    x = LayerScale(FIRST_SCALE, filters, name=f"{name}_layer_scale")(x)
    if rate:
        return inputs + StochasticDepth(rate, name=f"{name}_stochastic_depth")(x)
    return inputs + layer("Activation", "linear", name=f"{name}_identity")(x)


def _downsampling(variant: _Variant, name: str) -> list[Any]:
    """What comes before the blocks of each stage: fewer places, more channels."""
    stem = layer("Conv2D", variant.filters[0], kernel_size=4, strides=4, name=f"{name}_stem_conv")
    steps = [Sequential([stem, _normalization(f"{name}_stem_layernorm")], name=f"{name}_stem")]
    for number, filters in enumerate(variant.filters[1:]):
        normalization = _normalization(f"{name}_downsampling_layernorm_{number}")
        convolution = layer(
            "Conv2D", filters, kernel_size=2, strides=2, name=f"{name}_downsampling_conv_{number}"
        )
        steps.append(
            Sequential([normalization, convolution], name=f"{name}_downsampling_block_{number}")
        )
    return steps


def _convnext(variant: _Variant, include_preprocessing: bool, task: Task) -> Any:
    needs_channels_last("ConvNeXt")
    name = task.name
    shape = task.shape(default_size=224, smallest=32)
    image = task.image(shape)
    x = image
    if include_preprocessing and shape[-1] == 3:
        x = layer(
            "Normalization",
            mean=[mean * 255 for mean in MEANS],
            variance=[(deviation * 255) ** 2 for deviation in DEVIATIONS],
            name=f"{name}_prestem_normalization",
        )(x)
    rates = np.linspace(0.0, DROP_PATH, sum(variant.depths)).tolist()
    for stage, step in enumerate(_downsampling(variant, str(name))):
        x = step(x)
        for number in range(variant.depths[stage]):
            x = _block(
                x, variant.filters[stage], rates.pop(0), f"{name}_stage_{stage}_block_{number}"
            )
    if not task.include_top:
        return task.model(image, _normalization()(task.pooled(x)))
    x = layer("GlobalAveragePooling2D", name=f"{name}_head_gap")(x)
    x = _normalization(f"{name}_head_layernorm")(x)
    x = layer("Dense", task.classes, activation=task.activation(), name=f"{name}_head_dense")(x)
    return task.model(image, x)


def _member(key: str, example: str = "") -> Callable[..., Any]:
    """The constructor of one ConvNeXt."""
    variant = VARIANTS[key]

    def build(
        include_top: bool = True,
        include_preprocessing: bool = True,
        weights: Any = "imagenet",
        input_tensor: Any = None,
        input_shape: Any = None,
        pooling: str | None = None,
        classes: int = 1000,
        classifier_activation: Any = "softmax",
        name: str | None = f"convnext_{key.lower()}",
    ) -> Any:
        task = Task(
            include_top, weights, input_tensor, input_shape, pooling, classes,
            classifier_activation, name,
        )  # fmt: skip
        return _convnext(variant, include_preprocessing, task)

    return published(
        build,
        f"ConvNeXt{key}",
        f"ConvNeXt-{key} with {variant.filters[0]} to {variant.filters[-1]} filters, for images "
        "in [0, 255].",
        'Liu et al., "A ConvNet for the 2020s", 2022.',
        example,
        "include_preprocessing: whether the model prepares images of [0, 255] itself.",
    )


ConvNeXtTiny = _member(
    "Tiny",
    """
    >>> model = gs.applications.ConvNeXtTiny(include_top=False, weights=None, pooling="avg")
    >>> model.output_shape, model.count_params()
    ((None, 768), 27820135)
    """,
)
ConvNeXtSmall = _member("Small")
ConvNeXtBase = _member("Base")
ConvNeXtLarge = _member("Large")
ConvNeXtXLarge = _member("XLarge")
