"""What all architectures share: their arguments, the input, the pooling, the classifier, the model.

The files beside this one hold the architectures: their sizes as tables, their blocks as functions.
Names and order of layers are Keras's, so that files of weights fit.
"""

from __future__ import annotations

import os
import textwrap
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import gossamer
from gossamer import activations
from gossamer.core.symbolic import KerasTensor
from gossamer.defaults import image_data_format
from gossamer.models import Model

F = TypeVar("F", bound=Callable[..., Any])

ARGUMENTS = """include_top: whether the classifier is there.
        weights: None for random ones, or the path of a file, for `Model.load_weights`.
        input_tensor: a symbolic tensor to begin with; a new input if None.
        input_shape: sizes of an image without that of the batch.
        pooling: without the classifier, `"avg"` or `"max"` over all places; none if None.
        classes: how many the classifier tells apart.
        classifier_activation: of the classifier; None for logits.
        name: of the model."""

RAISES = """Raises:
        ValueError: for images that are too small, or of unknown size before a classifier, and for
            weights that are no file.
        NotImplementedError: for `weights="imagenet"`: gossamer names no host; give a file."""


def documented(function: F) -> F:
    """Put the arguments that all architectures have into a docstring."""
    text = function.__doc__ or ""
    function.__doc__ = text.replace("{arguments}", ARGUMENTS).replace("{raises}", RAISES)
    return function


def published(
    function: F, title: str, line: str, source: str, example: str = "", argument: str = ""
) -> F:
    """Name and describe one of a family's constructors, which are made alike.

    Args:
        function: the constructor.
        title: its name.
        line: what it gives, in a line.
        source: where it was published.
        example: lines of an example and what they show.
        argument: an argument that others have not.
    """
    function.__name__ = function.__qualname__ = title
    arguments = f"{argument}\n        {ARGUMENTS}" if argument else ARGUMENTS
    parts = [line, f"    Args:\n        {arguments}", f"    {RAISES}"]
    if example:
        parts.append("    Example:\n" + textwrap.indent(textwrap.dedent(example).strip(), " " * 8))
    function.__doc__ = "\n\n".join([*parts, f"    Source: {source}\n    "])
    return function


def layer(kind: str, *args: Any, **options: Any) -> Any:
    """A new layer of `gossamer.layers`, by its name."""
    return getattr(gossamer.layers, kind)(*args, **options)


def channel_axis(last: int = 3) -> int:
    """The axis of the channels; `last` is what Keras calls the last one in this architecture."""
    return 1 if image_data_format() == "channels_first" else last


def needs_channels_last(architecture: str) -> None:
    """Raise where an architecture is for one data format only."""
    if image_data_format() == "channels_first":
        raise ValueError(
            f"Expected the data format channels_last: {architecture} has no other. "
            "Received: image_data_format()='channels_first'"
        )


def divisible(size: float, divisor: int = 8) -> int:
    """The multiple of the divisor that is nearest, and no more than a tenth below."""
    nearest = max(divisor, int(size + divisor / 2) // divisor * divisor)
    return nearest + divisor if nearest < 0.9 * size else nearest


def correct_pad(inputs: Any, kernel_size: int | tuple[int, int]) -> tuple[tuple[int, int], ...]:
    """The zeros around images before a convolution in steps of two, as TensorFlow pads `"same"`.

    Args:
        inputs: images.
        kernel_size: of the convolution.
    """
    axis = 2 if image_data_format() == "channels_first" else 1
    sizes = inputs.shape[axis : axis + 2]
    kernel = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
    less = (1, 1) if sizes[0] is None else tuple(1 - size % 2 for size in sizes)
    return tuple((k // 2 - fewer, k // 2) for k, fewer in zip(kernel, less, strict=True))


def _source_inputs(tensor: Any) -> list[Any]:
    """The inputs that a symbolic tensor depends on."""
    sources: list[Any] = []
    seen: set[int] = set()
    waiting = [tensor]
    while waiting:
        found = waiting.pop()
        if id(found) in seen:
            continue
        seen.add(id(found))
        if found.operation is None:
            sources.append(found)
        else:
            waiting.extend(reversed(found.operation.inputs()))
    return sources


@dataclass(frozen=True)
class Task:
    """What one asks of an architecture, whichever it is: the arguments in `ARGUMENTS`."""

    include_top: bool
    weights: Any
    input_tensor: Any
    input_shape: Any
    pooling: str | None
    classes: int
    classifier_activation: Any
    name: str | None

    def __post_init__(self) -> None:
        if self.weights == "imagenet":
            if self.include_top and self.classes != 1000:
                raise ValueError(
                    "Expected 1000 classes with the classifier of ImageNet. "
                    f"Received: classes={self.classes}"
                )
            raise NotImplementedError(
                "gossamer names no host of weights: give the path of a file of them as `weights`, "
                'or None for random ones. Received: weights="imagenet"'
            )
        if self.weights is not None and not os.path.exists(self.weights):
            raise ValueError(
                "Expected weights to be None or the path of a file. "
                f"Received: weights={self.weights}"
            )
        if self.input_tensor is not None and not isinstance(self.input_tensor, KerasTensor):
            raise ValueError(
                "Expected input_tensor to be a symbolic tensor. "
                f"Received: input_tensor={self.input_tensor}"
            )

    def shape(self, default_size: int, smallest: int) -> tuple[int | None, ...]:
        """The sizes of an image: those asked for, or three channels and the default size.

        Args:
            default_size: height and width before a classifier.
            smallest: the least height and width.
        """
        first = image_data_format() == "channels_first"
        if not self.input_shape:
            size = default_size if self.include_top else None
            return (3, size, size) if first else (size, size, 3)
        shape: tuple[int | None, ...] = tuple(self.input_shape)
        if len(shape) != 3:
            raise ValueError(f"Expected three sizes. Received: input_shape={self.input_shape}")
        channels, *sizes = shape if first else (shape[-1], *shape[:-1])
        if channels not in (1, 3):
            warnings.warn(f"Expected 1 or 3 channels. Received: input_shape={shape}", stacklevel=4)
        self._check_size(sizes, smallest)
        if self.include_top and None in shape:
            raise ValueError(
                "Expected known sizes, for the classifier (include_top=True). "
                f"Received: input_shape={shape}"
            )
        return shape

    def _check_size(self, sizes: Sequence[int | None], smallest: int) -> None:
        if any(size is not None and size < smallest for size in sizes):
            raise ValueError(
                f"Expected images of at least {smallest}x{smallest}. "
                f"Received: input_shape={self.input_shape}"
            )

    def check_tensor(self) -> None:
        """Raise if both the tensor and its shape are given, and do not agree."""
        if self.input_tensor is None or self.input_shape is None:
            return
        axis = 1 if image_data_format() == "channels_first" else 2
        if self.input_tensor.shape[axis] != self.input_shape[1]:
            raise ValueError(
                "Expected input_tensor to have the input_shape. Received: "
                f"input_tensor.shape={self.input_tensor.shape}, input_shape={self.input_shape}"
            )

    def image(self, shape: Sequence[int | None]) -> Any:
        """What the architecture begins with: the tensor asked for, or an input."""
        if self.input_tensor is None:
            return layer("Input", shape=tuple(shape))
        return self.input_tensor

    def activation(self) -> Any:
        """The classifier's; trained classifiers have softmax or none."""
        known = [activations.get("softmax"), activations.get(None)]
        chosen = activations.get(self.classifier_activation)
        if self.weights is not None and chosen not in known:
            raise ValueError(
                "Expected softmax or None as the activation of a trained classifier. "
                f"Received: classifier_activation={self.classifier_activation}"
            )
        return self.classifier_activation

    def pooled(self, x: Any, names: tuple[str | None, str | None] = (None, None)) -> Any:
        """Without the classifier: features pooled over all places, if that is asked for."""
        if self.pooling == "avg":
            return layer("GlobalAveragePooling2D", name=names[0])(x)
        if self.pooling == "max":
            return layer("GlobalMaxPooling2D", name=names[1])(x)
        return x

    def classified(self, x: Any, **options: Any) -> Any:
        """The classes of features, by a dense layer; options are its own."""
        return layer(
            "Dense", self.classes, activation=self.activation(), name="predictions", **options
        )(x)

    def classes_or_features(
        self,
        x: Any,
        top: str | None = "avg_pool",
        names: tuple[str | None, str | None] = (None, None),
    ) -> Any:
        """The usual end: mean over all places and a dense layer, or features.

        Args:
            x: the last block's output.
            top: the name of the pooling before the classifier.
            names: of the pooling without one, mean and maximum.
        """
        if not self.include_top:
            return self.pooled(x, names)
        return self.classified(layer("GlobalAveragePooling2D", name=top)(x))

    def model(self, image: Any, outputs: Any, name: str | None = None) -> Any:
        """The model, with the weights of the file if one is given.

        Args:
            image: what `image` gave.
            outputs: of the last layer.
            name: of the model if none was asked for.
        """
        inputs = image if self.input_tensor is None else _source_inputs(self.input_tensor)
        model: Any = Model(inputs, outputs, name=self.name if name is None else name)
        if self.weights is not None:
            model.load_weights(self.weights)
        return model
