"""A model like another one, with layers and weights of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gossamer import tree
from gossamer.core.symbolic import KerasTensor
from gossamer.layers.input import Input, InputLayer
from gossamer.layers.layer import Layer
from gossamer.models.functional import Functional
from gossamer.models.graph_config import is_of_symbolic_tensors
from gossamer.models.model import Model
from gossamer.models.sequential import Sequential
from gossamer.serialization import deserialize_keras_object, serialize_keras_object


def clone_model(
    model: Model,
    input_tensors: Any = None,
    clone_function: Callable[[Layer], Layer] | None = None,
    call_function: Callable[..., Any] | None = None,
    recursive: bool = False,
) -> Any:
    """A model of new layers like another model's, with new weights.

    Args:
        model: the model.
        input_tensors: symbolic tensors to begin with; new ones if None.
        clone_function: makes a layer of a layer; of its configuration if None.
        call_function: calls a new layer, as `call_function(layer, *args, **kwargs)`.
        recursive: whether `clone_function` is for layers of models within, too.

    Raises:
        ValueError: for arguments that a model of this kind does not have.

    Example:
        >>> model = gs.Sequential([gs.Input((3,)), gs.layers.Dense(2, name="d")])
        >>> copy = gs.models.clone_model(model)
        >>> copy.layers[0] is model.layers[0], copy.layers[0].name
        (False, 'd')
    """
    make = _Cloner(clone_function, call_function, recursive)
    if isinstance(model, Sequential):
        if call_function is not None:
            raise ValueError(
                "Expected no call_function for a Sequential model, whose layers are not called "
                f"one by one. Received: call_function={call_function}"
            )
        return _compiled_like(model, _sequential(model, input_tensors, make))
    if isinstance(model, Model) and model._network is not None:
        return _compiled_like(model, _functional(model, input_tensors, make))
    if clone_function or input_tensors is not None or call_function:
        raise ValueError(
            "Expected a Sequential or Functional model with clone_function, call_function or "
            f"input_tensors. Received: {type(model).__name__}"
        )
    return deserialize_keras_object(
        serialize_keras_object(model), custom_objects={type(model).__name__: type(model)}
    )


class _Cloner:
    """Makes new layers, one for each old one."""

    def __init__(self, clone: Any, call: Any, recursive: bool) -> None:
        self.call = call
        self._clone = clone
        self._recursive = recursive
        self._made: dict[int, Any] = {}

    def __call__(self, layer: Any) -> Any:
        if not isinstance(layer, Layer):
            return layer  # an op
        if id(layer) not in self._made:
            if self._recursive and isinstance(layer, Sequential | Functional):
                call = None if isinstance(layer, Sequential) else self.call
                self._made[id(layer)] = clone_model(layer, None, self._clone, call, True)
            elif self._clone is not None:
                self._made[id(layer)] = self._clone(layer)
            else:
                self._made[id(layer)] = type(layer).from_config(layer.get_config())
        return self._made[id(layer)]


def _sequential(model: Sequential, input_tensors: Any, make: _Cloner) -> Sequential:
    layers: list[Any] = [make(layer) for layer in model.layers]
    first = model._stack[0] if model._stack else None
    if input_tensors is not None:
        given = tree.flatten(input_tensors)
        if len(given) != 1 or not isinstance(given[0], KerasTensor):
            raise ValueError(
                f"Expected one symbolic tensor. Received: input_tensors={input_tensors}"
            )
        layers.insert(0, Input(tensor=given[0]))
    elif isinstance(first, InputLayer):
        layers.insert(0, InputLayer.from_config(first.get_config()))
    return Sequential(layers, trainable=model.trainable, name=model.name)


def _functional(model: Model, input_tensors: Any, make: _Cloner) -> Model:
    if input_tensors is None:
        input_tensors = tree.map_structure(
            lambda x: Input(batch_shape=x.shape, dtype=x.dtype, name=x.name), model.input
        )
    elif not all(isinstance(x, KerasTensor) for x in tree.flatten(input_tensors)):
        raise ValueError(f"Expected symbolic tensors. Received: input_tensors={input_tensors}")

    def call(operation: Any, *args: Any, **kwargs: Any) -> Any:
        new = make(operation)
        return new(*args, **kwargs) if make.call is None else make.call(new, *args, **kwargs)

    outputs = model._known_network().run(tree.flatten(input_tensors), call)
    packed = tree.pack_sequence_as(model.output, outputs)
    cls = type(model) if is_of_symbolic_tensors(type(model)) else Functional
    return cls(input_tensors, packed, name=model.name)


def _compiled_like(model: Model, copy: Any) -> Any:
    config = model.get_compile_config()
    if config is not None:
        copy.compile_from_config(config)
    return copy
