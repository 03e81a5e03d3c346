"""A layer applied to each time of a sequence."""

from __future__ import annotations

from typing import Any

from gossamer import ops
from gossamer.layers.call_arguments import parameters_of
from gossamer.layers.core.wrapper import Wrapper
from gossamer.serialization.registry import path_of_built_in
from gossamer.tensor import Tensor

# Layers that treat each sample of a batch by itself, so that times can be samples.
_SEPARABLE = ("SeparableConv1D", "SeparableConv2D", "DepthwiseConv1D", "DepthwiseConv2D")
_PLAIN = (
    "Activation", "BatchNormalization", "Dense", "Dropout", "ELU", "Embedding", "Flatten",
    "InputLayer", "LeakyReLU", "ReLU", "Reshape",
)  # fmt: skip
_SPATIAL = (
    "AveragePooling", "Conv", "Cropping", "GlobalAveragePooling", "GlobalMaxPooling", "MaxPooling",
    "UpSampling", "ZeroPadding",
)  # fmt: skip
SAMPLE_BY_SAMPLE = {
    f"keras.layers.{name}"
    for name in (*_SEPARABLE, *_PLAIN, *[f"{s}{n}D" for s in _SPATIAL for n in (1, 2, 3)])
} | {"keras.models.Sequential", "keras.Sequential"}


class TimeDistributed(Wrapper):
    """A layer applied to each time: `outputs[:, t] = layer(inputs[:, t])`.

    Where the layer treats every sample by itself, it is called once, with all times as samples.
    Where it does not, or its state changes in training, it is called for one time after another.

    Args:
        layer: the layer.
        kwargs: as for `Layer`.

    Call arguments:
        inputs: of shape (batch, time, ...).
        training: passed on to the layer.
        mask: of shape (batch, time, ...); passed on to the layer, time by time.

    Raises:
        ValueError: for what is no layer, inputs of fewer than three axes, or another mask.

    Example:
        >>> layer = gs.layers.TimeDistributed(gs.layers.Dense(3))
        >>> layer(ops.ones((2, 5, 4))).shape
        (2, 5, 3)
    """

    def __init__(self, layer: Any, **kwargs: Any) -> None:
        super().__init__(layer, **kwargs)
        self.supports_masking = True

    def build(self, input_shape: Any = None) -> None:
        super().build(self._of_one_time(input_shape))

    def call(self, inputs: Tensor, training: bool | None = None, mask: Any = None) -> Tensor:
        self._check_mask(inputs, mask)
        batch, times = inputs.shape[:2]
        if self._takes_times_as_samples(training):
            outputs = self._of_layer(_merged(inputs), training, _merged(mask))
            return ops.reshape(outputs, (batch, times, *outputs.shape[1:]))
        results = [
            self._of_layer(inputs[:, time], training, None if mask is None else mask[:, time])
            for time in range(times)
        ]
        return ops.stack(results, axis=1)

    def _of_layer(self, inputs: Tensor, training: bool | None, mask: Any) -> Tensor:
        parameters = parameters_of(self.layer.call)
        kwargs: dict[str, Any] = {}
        if "mask" in parameters and mask is not None:
            kwargs["mask"] = mask
        if "training" in parameters:
            kwargs["training"] = training
        return self.layer.call(inputs, **kwargs)

    def _takes_times_as_samples(self, training: bool | None) -> bool:
        layers = self.layer._flatten_layers()
        # Statistics and seeds move on at each time.
        changes = training and any(not variable.trainable for variable in self.layer.variables)
        return not changes and all(
            path_of_built_in(type(layer)) in SAMPLE_BY_SAMPLE for layer in layers
        )

    def _check_mask(self, inputs: Tensor, mask: Any) -> None:
        if mask is not None and tuple(mask.shape[:2]) != inputs.shape[:2]:
            raise ValueError(
                f"Expected a mask whose shape begins with {inputs.shape[:2]}, for the layer "
                f"{self.name!r}. Received: shape={tuple(mask.shape)}"
            )

    def _of_one_time(self, shape: Any) -> tuple[int | None, ...]:
        if not isinstance(shape, (tuple, list)) or len(shape) < 3:
            raise ValueError(
                f"Expected inputs of at least three axes for the layer {self.name!r}. "
                f"Received: shape={shape}"
            )
        return (shape[0], *shape[2:])

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        shape = self.layer.compute_output_shape(self._of_one_time(input_shape))
        return (shape[0], input_shape[1], *shape[1:])


def _merged(x: Any) -> Any:
    """Batch and time as one axis."""
    return None if x is None else ops.reshape(x, (x.shape[0] * x.shape[1], *x.shape[2:]))
