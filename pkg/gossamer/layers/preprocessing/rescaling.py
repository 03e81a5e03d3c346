"""The layer that multiplies and adds."""

from __future__ import annotations

from typing import Any

from gossamer import ops
from gossamer.defaults import image_data_format
from gossamer.layers.layer import Layer
from gossamer.serialization import deserialize_keras_object, serialize_keras_object
from gossamer.tensor import Tensor


class Rescaling(Layer):
    """Inputs on another scale: `inputs * scale + offset`.

    Args:
        scale: a number, or one for each channel.
        offset: the same.
        kwargs: as for `Layer`.

    Example:
        >>> gs.layers.Rescaling(1 / 127.5, offset=-1.0)([0.0, 127.5, 255.0]).tolist()
        [-1.0, 0.0, 1.0]
    """

    def __init__(self, scale: Any, offset: Any = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scale, self.offset = scale, offset
        self.supports_masking = True
        self._allow_non_tensor_positional_args = True

    def call(self, inputs: Any) -> Tensor:
        dtype = self.compute_dtype
        scale = ops.cast(self.scale, dtype)
        if scale.ndim and image_data_format() == "channels_first":
            scale = ops.reshape(scale, scale.shape + (1,) * (3 - scale.ndim))
        return ops.cast(inputs, dtype) * scale + ops.cast(self.offset, dtype)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "scale": serialize_keras_object(self.scale),
            "offset": serialize_keras_object(self.offset),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Rescaling:
        values = {name: deserialize_keras_object(config[name]) for name in ("scale", "offset")}
        return super().from_config({**config, **values})
