"""The layer that is others, one after the other."""

from __future__ import annotations

from typing import Any

from gossamer import tree
from gossamer.layers.call_arguments import parameters_of
from gossamer.layers.layer import Layer
from gossamer.masking import get_keras_mask
from gossamer.serialization import deserialize_keras_object, serialize_keras_object


class Pipeline(Layer):
    """Layers, each of the outputs of the one before; a layer, where `Sequential` is a model.

    Args:
        layers: the layers.
        name: as for `Layer`.

    Raises:
        ValueError: for a configuration without layers.

    Example:
        >>> pipeline = gs.layers.Pipeline([gs.layers.Rescaling(2.0), gs.layers.Rescaling(1.0, 1.0)])
        >>> pipeline(np.array([1.0, 2.0], np.float32)).tolist()
        [3.0, 5.0]
    """

    def __init__(self, layers: Any, name: str | None = None) -> None:
        super().__init__(name=name)
        self._pipeline_layers = layers
        self._convert_input_args = False
        self._allow_non_tensor_positional_args = True

    @property
    def layers(self) -> Any:
        """The layers, in order."""
        return self._pipeline_layers

    def call(self, inputs: Any, training: bool | None = True, mask: Any = None) -> Any:
        for layer in self._pipeline_layers:
            names = parameters_of(layer.call)
            kwargs: dict[str, Any] = {"mask": mask} if "mask" in names else {}
            if "training" in names and training is not None:
                kwargs["training"] = training
            inputs = layer(inputs, **kwargs)
            mask = tree.map_structure(get_keras_mask, inputs)
        return inputs

    def get_config(self) -> dict[str, Any]:
        return {"layers": serialize_keras_object(self._pipeline_layers), "name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Pipeline:
        layers = config.get("layers")
        if not isinstance(layers, (list, tuple)):
            raise ValueError(f"Expected a list of layers in a configuration. Received: {layers!r}")
        return cls(**{**config, "layers": [deserialize_keras_object(layer) for layer in layers]})
