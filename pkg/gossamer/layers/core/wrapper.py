"""Layers around another layer, and layers that do nothing of their own."""

from __future__ import annotations

from typing import Any

from gossamer import ops
from gossamer.layers.layer import Layer
from gossamer.masking import set_keras_mask
from gossamer.serialization import deserialize_keras_object, serialize_keras_object
from gossamer.tensor import Tensor


class Wrapper(Layer):
    """A layer around another one; subclasses write `call`.

    Args:
        layer: the other one.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for what is no layer.

    Example:
        >>> gs.layers.Wrapper(gs.layers.Dense(2, name="d")).layer.name
        'd'
    """

    def __init__(self, layer: Any, **kwargs: Any) -> None:
        if not isinstance(layer, Layer):
            raise ValueError(f"Expected a layer. Received: layer={layer!r}")
        super().__init__(**kwargs)
        self.layer = layer

    def build(self, input_shape: Any = None) -> None:
        if not self.layer.built:
            self.layer.build(input_shape)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "layer": serialize_keras_object(self.layer)}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """The layer that a configuration describes."""
        config = dict(config)
        layer = deserialize_keras_object(config.pop("layer"), custom_objects)
        if isinstance(config.get("dtype"), dict):
            config["dtype"] = deserialize_keras_object(config["dtype"])
        return cls(layer, **config)


class Identity(Layer):
    """Passes its inputs on.

    Example:
        >>> gs.layers.Identity()(ops.ones((2,))).tolist()
        [1.0, 1.0]
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Any) -> Any:
        return inputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def compute_output_spec(self, inputs: Any, training: Any = None) -> Any:
        return inputs


class Masking(Layer):
    """Masks the steps of a sequence at which all features have a certain value.

    Args:
        mask_value: the value.
        kwargs: as for `Layer`.

    Example:
        >>> x = gs.layers.Masking()(ops.convert_to_tensor([[[0.0, 0.0], [0.0, 1.0]]]))
        >>> gs.masking.get_keras_mask(x).tolist()
        [[False, True]]
    """

    def __init__(self, mask_value: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.mask_value = deserialize_keras_object(mask_value)
        self.supports_masking = True
        self.built = True

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        return ops.any(ops.not_equal(inputs, self.mask_value), axis=-1)

    def call(self, inputs: Tensor) -> Tensor:
        counts = ops.any(ops.not_equal(inputs, self.mask_value), axis=-1, keepdims=True)
        outputs = ops.where(counts, inputs, ops.zeros_like(inputs))
        set_keras_mask(outputs, ops.squeeze(counts, axis=-1))
        return outputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "mask_value": self.mask_value}
