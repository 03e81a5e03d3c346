"""The configuration of a model of symbolic tensors: its layers and the calls between them.

Keras's form: each layer with its calls, `inbound_nodes`, in which a symbolic tensor is
`__keras_tensor__` with its history `[layer, call, result]`. Calls of ops are operations, classes
of Keras's private modules, by names that `operations` gives.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gossamer import tree
from gossamer.core.symbolic import KerasTensor
from gossamer.layers.input import InputLayer
from gossamer.layers.layer import Layer
from gossamer.models import operations
from gossamer.models.network import Network, Node
from gossamer.operation import Operation
from gossamer.serialization import deserialize_keras_object, serialize_keras_object

if TYPE_CHECKING:
    from gossamer.models.model import Model


def is_of_symbolic_tensors(cls: type) -> bool:
    """Whether a model's class is made of inputs and outputs, so that they tell all of it."""
    from gossamer.models.functional import Functional
    from gossamer.models.model import Model

    if cls in (Model, Functional):
        return True
    parameters = list(inspect.signature(cls).parameters.values())
    if [p.name for p in parameters[:2]] == ["inputs", "outputs"]:
        return True
    kinds = {p.kind for p in parameters}
    return {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD} <= kinds


def get_config(model: Model) -> dict[str, Any]:
    """The configuration of a model of symbolic tensors."""
    network = model._known_network()
    places = _places(network)
    layers = []
    for operation in network.operations:
        calls = [
            serialize_call(node, places) for node in network.calls_of(operation.key)
            if node.inputs
        ]  # fmt: skip
        if isinstance(operation.operation, Operation):
            config = serialize_keras_object(operation.operation)
        else:
            config, calls = operations.serialize(operation, places)
        config["name"] = operation.name
        config["inbound_nodes"] = calls
        layers.append(config)
    return {
        "name": model.name,
        "trainable": model.trainable,
        "layers": layers,
        "input_layers": _listed(model.input, network, places),
        "output_layers": _listed(model.output, network, places),
    }


def _listed(structure: Any, network: Network, places: dict[int, list[Any]]) -> Any:
    """Histories of inputs or outputs. In these alone Keras counts a model's calls from 1 on."""

    def history(x: KerasTensor) -> list[Any]:
        name, call, position = places[id(x)]
        operation = network.node_of[id(x)].operation
        return [name, call + _first_call(operation), position]

    return tree.map_structure(history, structure)


def _first_call(operation: Any) -> int:
    return 1 if getattr(operation, "_network", None) is not None else 0


def _places(network: Network) -> dict[int, list[Any]]:
    """The history `[name, call, result]` of each symbolic tensor, by its id."""
    places: dict[int, list[Any]] = {}
    for operation in network.operations:
        for index, node in enumerate(network.calls_of(operation.key)):
            for position, tensor in node.outputs.items():
                places[id(tensor)] = [operation.name, index, position]
    return places


def serialize_call(node: Node, places: dict[int, list[Any]]) -> dict[str, Any]:
    """The arguments of a call."""
    return {
        "args": serialize_arguments(node.args, places),
        "kwargs": serialize_arguments(node.kwargs, places),
    }


def serialize_arguments(structure: Any, places: dict[int, list[Any]]) -> Any:
    """Arguments, with symbolic tensors by their histories."""

    def serialize(x: Any) -> Any:
        if not isinstance(x, KerasTensor):
            return serialize_keras_object(x)
        config = serialize_keras_object(x)
        config["config"]["keras_history"] = places.get(id(x))
        return config

    return tree.map_structure(serialize, structure)


class _UnknownError(Exception):
    """A call whose result has not been made yet."""


class _Layer:
    """A layer that is being read.

    Attributes:
        operation: the layer, or what calls the op.
        name: what its calls are named, if it is an op.
        calls: those to be made.
        results: of the calls made so far, as lists of symbolic tensors.
    """

    def __init__(self, operation: Callable[..., Any], name: str, calls: list[Any]) -> None:
        self.operation = operation
        self.name = None if isinstance(operation, Layer) else name
        self.calls = calls
        self.results: list[list[Any]] = []
        if isinstance(operation, InputLayer):
            self.results.append([operation.output])

    def result(self, call: int, position: int) -> Any:
        """What a call gave; Keras 2 counted the calls of models from 1 on."""
        if call >= len(self.results) and not self.calls and call == len(self.results):
            call -= 1
        if call >= len(self.results):
            raise _UnknownError
        return self.results[call][position]


def from_config(cls: Any, config: dict[str, Any], custom_objects: Any = None) -> Any:
    """The model that `get_config` described.

    Raises:
        ValueError: for calls that depend on each other, or on layers that there are not.
    """
    config = dict(config)
    described = config.pop("layers")
    inputs, outputs = config.pop("input_layers"), config.pop("output_layers")
    layers: dict[str, _Layer] = {}
    for one in described:
        calls = one.get("inbound_nodes", [])
        operation = operations.deserialize(one)
        if operation is None:
            operation = deserialize_keras_object(
                {k: v for k, v in one.items() if k not in ("inbound_nodes", "name")},
                custom_objects,
            )
        name = one.get("name") or one["config"]["name"]
        layers[name] = _Layer(operation, name, list(calls))
    waiting = list(layers.items())
    while waiting:
        left = [item for item in waiting if not _make_calls(item[1], layers)]
        if len(left) == len(waiting):
            raise ValueError(
                "Expected calls that depend on inputs and on calls before them. "
                f"Received: others, of {[name for name, _ in left]}"
            )
        waiting = left

    def tensors(structure: Any) -> Any:
        if isinstance(structure, list | tuple) and len(structure) == 3 and isinstance(
            structure[0], str
        ):  # fmt: skip
            name, call, position = structure
            first = _first_call(layers[name].operation) if name in layers else 0
            return _history([name, max(call - first, 0), position], layers)
        if isinstance(structure, dict):
            return {key: tensors(value) for key, value in structure.items()}
        return [tensors(value) for value in structure]

    return cls(inputs=tensors(inputs), outputs=tensors(outputs), **config)


def _make_calls(layer: _Layer, layers: dict[str, _Layer]) -> bool:
    """Make the calls whose arguments are there; returns whether all have been made."""
    while layer.calls:
        try:
            args, kwargs = _arguments(layer.calls[0], layers)
        except _UnknownError:
            return False
        results = tree.flatten(layer.operation(*args, **kwargs))
        for tensor in results:
            if isinstance(tensor, KerasTensor):
                tensor.call_name = layer.name
        layer.results.append(results)
        layer.calls.pop(0)
    return True


def _history(history: list[Any], layers: dict[str, _Layer]) -> Any:
    name, call, position = history[:3]
    if name not in layers:
        raise ValueError(f"Expected the name of a layer of the model. Received: {name!r}")
    return layers[name].result(call, position)


def _arguments(call: Any, layers: dict[str, _Layer]) -> tuple[list[Any], dict[str, Any]]:
    """The arguments of a call, as Keras 3 writes them, or as a list of histories, as Keras 2."""
    if isinstance(call, list):
        tensors = [_history(history, layers) for history in call]
        kwargs: dict[str, Any] = {}
        for history in call:
            kwargs.update(history[3] if len(history) > 3 else {})
        kwargs = {name: _kwarg_of_keras_2(value, layers) for name, value in kwargs.items()}
        return [tensors[0] if len(tensors) == 1 else tensors], kwargs

    def revive(x: Any) -> Any:
        if isinstance(x, dict):
            if x.get("class_name") == "__keras_tensor__":
                history = x["config"]["keras_history"]
                return _history(history, layers)
            if "class_name" in x and "config" in x:
                return deserialize_keras_object(x)
            return {key: revive(value) for key, value in x.items()}
        if isinstance(x, list):
            return [revive(value) for value in x]
        if isinstance(x, tuple):
            return tuple(revive(value) for value in x)
        return x

    return revive(call["args"]), revive(call["kwargs"])


def _kwarg_of_keras_2(value: Any, layers: dict[str, _Layer]) -> Any:
    if (
        isinstance(value, list)
        and len(value) == 3
        and isinstance(value[0], str)
        and value[0] in layers
    ):
        return _history(value, layers)
    return value
