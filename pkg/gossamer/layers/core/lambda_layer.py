"""A function as a layer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gossamer import tree
from gossamer.core.symbolic import KerasTensor, output_spec
from gossamer.layers.call_arguments import signature_of
from gossamer.layers.layer import Layer
from gossamer.serialization import deserialize_keras_object, serialize_keras_object


class Lambda(Layer):
    """Calls a function with its inputs.

    A model with a lambda, a function without a name, is read only with `safe_mode=False`, since
    it brings its byte code with it.

    Args:
        function: of the inputs, and of `mask` and `training` if it has such arguments.
        output_shape: the shape of the outputs without that of the batch, or a function of the
            input shape; worked out of `function` if None.
        mask: the mask of the outputs, or a function of the inputs and their mask.
        arguments: further arguments of `function`.
        kwargs: as for `Layer`.

    Example:
        >>> gs.layers.Lambda(lambda x: x * 2.0)(ops.ones((2,))).tolist()
        [2.0, 2.0]
    """

    def __init__(
        self,
        function: Callable[..., Any],
        output_shape: Any = None,
        mask: Any = None,
        arguments: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.function = function
        self.arguments = arguments or {}
        self.mask = mask
        self.supports_masking = mask is not None
        self._output_shape = output_shape
        self.built = True

    def call(self, inputs: Any, mask: Any = None, training: bool | None = None) -> Any:
        names = signature_of(self.function).parameters
        given = {"mask": mask, "training": training}
        known = {name: value for name, value in given.items() if name in names}
        return self.function(inputs, **{**self.arguments, **known})

    def compute_output_shape(self, input_shape: Any) -> Any:
        if self._output_shape is None:
            inputs = tree.map_shape_structure(
                lambda shape: KerasTensor(shape, self.compute_dtype), input_shape
            )
            return tree.map_structure(lambda x: x.shape, output_spec(self.call, (inputs,), {}))
        if callable(self._output_shape):
            return self._output_shape(input_shape)
        batch = tree.flatten(input_shape)[0]
        return tree.map_shape_structure(lambda shape: (batch, *shape), self._output_shape)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        return self.mask(inputs, mask) if callable(self.mask) else self.mask

    def get_config(self) -> dict[str, Any]:
        config = {**super().get_config(), "function": serialize_keras_object(self.function)}
        if self._output_shape is not None:
            config["output_shape"] = (
                serialize_keras_object(self._output_shape)
                if callable(self._output_shape) else self._output_shape
            )  # fmt: skip
        if self.mask is not None:
            config["mask"] = serialize_keras_object(self.mask)
        config["arguments"] = serialize_keras_object(self.arguments)
        return config

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: Any = None, safe_mode: bool = True
    ) -> Any:
        """The layer that a configuration describes.

        Raises:
            ValueError: if it brings code with it, unless `safe_mode` is False.
        """
        config = dict(config)
        for name in ("function", "output_shape", "mask", "arguments", "dtype"):
            if name in config:
                config[name] = deserialize_keras_object(config[name], custom_objects, safe_mode)
        if isinstance(config.get("output_shape"), list):
            config["output_shape"] = tuple(config["output_shape"])
        return cls(**config)
