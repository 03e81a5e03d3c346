"""`Sequential`: layers in a row."""

from __future__ import annotations

from itertools import dropwhile
from typing import Any

from gossamer.core.symbolic import KerasTensor
from gossamer.layers.call_arguments import parameters_of
from gossamer.layers.input import InputLayer
from gossamer.layers.layer import Layer
from gossamer.models.functional import Functional
from gossamer.models.host_part import is_on_host
from gossamer.models.model import RESERVED, Model
from gossamer.serialization import deserialize_keras_object, serialize_keras_object


class Sequential(Model):
    """Layers in a row, each given what the one before it gives.

    Args:
        layers: the layers; an `Input` may come first.
        trainable: whether training changes the weights.
        name: `"sequential"` and a number if None.

    Raises:
        ValueError: for what is no layer, or a second layer of the same name.

    Example:
        >>> model = gs.Sequential([gs.Input((4,)), gs.layers.Dense(3), gs.layers.Dense(2)])
        >>> model(ops.ones((1, 4))).shape, len(model.layers)
        ((1, 2), 2)
    """

    def __init__(self, layers: Any = None, trainable: bool = True, name: str | None = None) -> None:
        super().__init__(trainable=trainable, name=name)
        self._stack: list[Layer] = []
        self._functional: Functional | None = None
        for layer in layers or ():
            self.add(layer, rebuild=False)
        if self._stack:
            self._maybe_rebuild()

    def __setattr__(self, name: str, value: Any) -> None:
        if name in ("_stack", "_functional"):  # tracked by `add`
            object.__setattr__(self, name, value)
        else:
            super().__setattr__(name, value)

    def add(self, layer: Any, rebuild: bool = True) -> None:
        """Put a layer behind the others.

        Args:
            layer: the layer; an `Input` if it is the first one.
            rebuild: whether the model is built at once, if its input is known.

        Raises:
            ValueError: for what is no layer, a name that is taken, or a second input.
        """
        if not self._stack and getattr(layer, "_input_shape_arg", None) is not None:
            self.add(InputLayer(shape=layer._input_shape_arg))
        if isinstance(layer, KerasTensor) and layer.input_layer is not None:
            # The layer alone remembers its tensor weakly.
            self._input_tensor = layer
            layer = layer.input_layer
        if not isinstance(layer, Layer):
            raise ValueError(f"Expected a layer. Received: {layer!r} of type {type(layer)}")
        if any(other.name == layer.name and other is not layer for other in self._stack):
            raise ValueError(
                f"Expected a name that no other layer of the model has. Received: {layer.name!r}"
            )
        if isinstance(layer, InputLayer) and self._stack and isinstance(self._stack[0], InputLayer):
            raise ValueError(
                f"Expected one input of the model {self.name!r}. Received: a second one"
            )
        self._stack.append(layer)
        self._retrack()
        if rebuild:
            self._maybe_rebuild()
        else:
            self.built = False
            self._functional = None

    def pop(self, rebuild: bool = True) -> Layer:
        """Take the last layer away, and return it.

        Args:
            rebuild: whether the model is built again at once.
        """
        layer = self._stack.pop()
        self._retrack()
        self.built = False
        self._functional = None
        if rebuild and self._stack:
            self._maybe_rebuild()
        return layer

    def _retrack(self) -> None:
        tracker = self._tracker
        tracker.locked = False
        for layer in list(tracker.lists["layers"]):
            tracker.untrack(layer)
        for layer in self._stack:
            tracker.track(layer)

    def _maybe_rebuild(self) -> None:
        self.built = False
        self._functional = None
        first = self._stack[0]
        if len(self._stack) < 2:
            return
        if isinstance(first, InputLayer):
            self.build(first.batch_shape)
        elif isinstance(first, Model) and (first._network or getattr(first, "_functional", None)):
            self.build(first.input_shape)

    def build(self, input_shape: Any = None) -> None:
        """Make the weights, for inputs of a shape.

        Raises:
            ValueError: for a model without layers, or another shape than that of its input.
        """
        if not _is_shape(input_shape):
            return  # several inputs: the layers are built by the call
        input_shape = tuple(input_shape)
        if not self._stack:
            raise ValueError(f"Expected a model with layers. Received: {self.name!r}, without")
        if isinstance(self._stack[0], InputLayer):
            if self._stack[0].batch_shape != input_shape:
                raise ValueError(
                    f"Expected the input shape {self._stack[0].batch_shape} of {self.name!r}. "
                    f"Received: input_shape={input_shape}"
                )
        else:
            first = InputLayer(batch_shape=input_shape, dtype=self._stack[0].input_dtype)
            self._stack = [first, *self._stack]
            self._retrack()
        x = inputs = self._stack[0].output
        for layer in self._stack[1:]:
            required = parameters_of(layer.call)
            if not required:
                raise ValueError(
                    "Expected layers of one input in a row. "
                    f"Received: {layer.name!r}, whose call takes none"
                )
            x = layer(x)
        self._functional = Functional(inputs, x, name=self.name)
        self._input_tensor = inputs

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Compute the outputs."""
        if self._functional is not None:
            return self._functional.call(inputs, training=training, mask=mask)
        for layer in self.layers:
            names = parameters_of(layer.call)
            given = {"mask": mask, "training": training}
            kwargs = {
                name: value for name, value in given.items()
                if name in names and value is not None
            }  # fmt: skip
            inputs = layer(inputs, **kwargs)
            mask = None
        return inputs

    @property
    def host_part(self) -> Any:
        return None if self._functional is None else self._functional.host_part

    def prepared(self, inputs: Any) -> Any:
        return inputs if self._functional is None else self._functional.prepared(inputs)

    def layers_of_step(self) -> list[Layer]:
        if self._functional is not None:
            return self._functional.layers_of_step()
        later = dropwhile(lambda x: isinstance(x, InputLayer) or is_on_host(x), self._stack)
        return [layer for first in later for layer in first._flatten_layers()]

    @property
    def layers(self) -> list[Layer]:
        """The layers, without the input."""
        return [layer for layer in self._stack if not isinstance(layer, InputLayer)]

    @layers.setter
    def layers(self, value: Any) -> None:
        raise AttributeError(RESERVED)

    def _known_network(self) -> Any:
        if self._functional is None:
            raise AttributeError(
                f"The model {self.name!r} is not built, and so has no inputs and outputs yet."
            )
        return self._functional._network

    @property
    def input(self) -> Any:
        self._known_network()
        return self._functional.inputs[0]  # type: ignore[union-attr]

    @property
    def output(self) -> Any:
        self._known_network()
        return self._functional.outputs[0]  # type: ignore[union-attr]

    @property
    def input_dtype(self) -> str:
        if self._stack and isinstance(self._stack[0], InputLayer):
            return self._stack[0].dtype
        return self.compute_dtype

    def get_config(self) -> dict[str, Any]:
        config = Layer.get_config(self)
        config["layers"] = [serialize_keras_object(layer) for layer in self._stack]
        if self._functional is not None:
            config["build_input_shape"] = self._stack[0].batch_shape  # type: ignore[attr-defined]
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """The model that a configuration describes.

        Raises:
            ValueError: for a configuration without a name or layers.
        """
        if "name" not in config or "layers" not in config:
            raise ValueError(
                f"Expected a configuration with a name and layers. Received: {list(config)}"
            )
        model = cls(name=config["name"])
        for layer in config["layers"]:
            model.add(deserialize_keras_object(layer, custom_objects))
        shape = config.get("build_input_shape")
        if model._functional is None and shape and _is_shape(shape):
            model.build(shape)
        return model


def _is_shape(shape: Any) -> bool:
    return isinstance(shape, (tuple, list)) and all(
        size is None or isinstance(size, int) for size in shape
    )
