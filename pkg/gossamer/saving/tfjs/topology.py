"""The configuration of a model as TensorFlow.js reads it: Keras 2's form, of the layers it has.

Goes through a model and its configuration side by side, since the names of weights are those of
layers: where layers of models within a model have the same name, one is renamed.
"""

from __future__ import annotations

import re
from typing import Any

from gossamer.layers.layer import Layer
from gossamer.layers.rnn.bidirectional import Bidirectional
from gossamer.masking import get_keras_mask
from gossamer.models.sequential import Sequential
from gossamer.saving.tfjs import names, substitutes
from gossamer.saving.tfjs.layers import MODELS, OF_A_TENSOR, OF_TENSORS
from gossamer.saving.tfjs.lowering import ComputedOtherwiseError, lowered
from gossamer.serialization import serialize_keras_object
from gossamer.serialization.registry import path_of_built_in
from gossamer.variable import Variable

RECURRENT = ("LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional", "ConvLSTM2D")


class Topology:
    """A model's topology and the weights that it names.

    Args:
        model: built already.

    Raises:
        ValueError: for a model whose layers and calls tell not all of it, or without weights yet.
        NotImplementedError: for what TensorFlow.js does not have.

    Attributes:
        config: `{class_name, config}`.
        weights: names and variables, in the order of layers.
    """

    def __init__(self, model: Any) -> None:
        self.weights: list[tuple[str, Variable]] = []
        self._taken: set[str] = set()
        self.config = self._model(model, serialize_keras_object(model))

    def _model(self, model: Any, config: dict[str, Any]) -> dict[str, Any]:
        if not isinstance(model, Sequential) and path_of_built_in(type(model)) is None:
            raise ValueError(
                "Expected a Sequential or functional model, which TensorFlow.js can make again. "
                f"Received: {type(model).__name__}, a class of its own"
            )
        inner = config["config"]
        if isinstance(model, Sequential):
            if not inner["layers"] or inner["layers"][0]["class_name"] != "InputLayer":
                raise ValueError(
                    f"Expected a model whose input is known: call it on data, or begin with an "
                    f"Input. Received: {model.name!r}"
                )
            layers = []
            for one, layer in zip(inner["layers"], model._stack, strict=True):
                layers += self._layers(one, layer)
            return {"class_name": "Sequential", "config": {"name": model.name, "layers": layers}}
        by_name = {layer.name: layer for layer in model.layers}
        calls = _Calls(inner["layers"])
        layers, pairs = [], []
        for one in inner["layers"]:
            made = self._layers(calls.as_layer(one), by_name.get(one["name"]))
            calls.new_names[one["name"]] = made[-1]["config"]["name"]
            pairs.append((one, made))
            layers += made
        for one, made in pairs:
            nodes = calls.of_layer(one)
            for described in made:
                described["name"] = described["config"]["name"]
                described["inbound_nodes"] = nodes
                nodes = [[[described["name"], i, 0, {}]] for i in range(len(nodes))]
        ends = {key: calls.ends(inner[key], key) for key in ("input_layers", "output_layers")}
        return {
            "class_name": "Functional", "config": {"name": model.name, "layers": layers, **ends}
        }  # fmt: skip

    def _layers(self, config: dict[str, Any], layer: Layer | None) -> list[dict[str, Any]]:
        """What stands for a layer in a model's list, under names that no others have."""
        if config["class_name"] in MODELS:
            described = self._model(layer, config)
            described["config"]["name"] = self._free(described["config"]["name"])
            return [described]
        name = self._free(config["config"]["name"])
        config = {**config, "config": {**config["config"], "name": name}}
        others = substitutes.of(config, layer, self._free)
        if others is not None:
            return others
        described = lowered(config)
        model = names.inner_model(layer)
        if model is not None:  # within TimeDistributed
            inner, outer = config["config"]["layer"], described["config"]
            while inner["class_name"] not in MODELS:
                inner, outer = inner["config"]["layer"], outer["layer"]["config"]
            outer["layer"] = self._model(model, inner)
        elif layer is not None:
            _check_mask(layer)
            self.weights += names.of_layer(layer, name)
        return [described]

    def _free(self, name: str) -> str:
        """A name that TensorFlow.js takes and that no other layer has."""
        name = wanted = re.sub(r"^(?![A-Za-z0-9])", "layer", re.sub(r"[^-A-Za-z0-9._]", "_", name))
        number = 0
        while name in self._taken:
            number += 1
            name = f"{wanted}_{number}"
        self._taken.add(name)
        return name


def _check_mask(layer: Layer) -> None:
    """Both set outputs at masked times, one to zeros and the other to those of the last time."""
    if (
        isinstance(layer, Bidirectional)
        and layer.return_sequences
        and get_keras_mask(layer.input) is not None
    ):
        raise ComputedOtherwiseError(
            "TensorFlow.js repeats the last output of a Bidirectional layer at masked times, "
            f"where Keras has zeros. Received: {layer.name!r}, with return_sequences and a mask"
        )


class _Calls:
    """The calls of a functional model in Keras 2's form."""

    def __init__(self, layers: list[dict[str, Any]]) -> None:
        self.new_names: dict[str, str] = {}
        # Keras 2 counts the calls of models from 1 on.
        self._first = {one["name"]: int(one["class_name"] in MODELS) for one in layers}
        self._classes = {one["name"]: one["class_name"] for one in layers}
        self._order = _order_of_calls(layers)

    def as_layer(self, one: dict[str, Any]) -> dict[str, Any]:
        """A layer's configuration; for an op that of the layer that does the same."""
        if not str(one.get("module")).startswith("keras.src.ops."):
            return one
        name, given = one["class_name"], one["config"]
        config: dict[str, Any] = {"name": one["name"], "trainable": True, "dtype": "float32"}
        if name in OF_TENSORS:
            return {"module": "tfjs", "class_name": OF_TENSORS[name], "config": config}
        if name in OF_A_TENSOR:
            config["activation"] = OF_A_TENSOR[name]
            return {"module": "tfjs", "class_name": "Activation", "config": config}
        if name == "Concatenate":
            config["axis"] = given["axis"]
            return {"module": "tfjs", "class_name": "Concatenate", "config": config}
        raise NotImplementedError(
            f"TensorFlow.js has no layer for this op. Received: {name} {one['name']!r}"
        )

    def _history(self, value: Any) -> list[Any] | None:
        if not isinstance(value, dict) or value.get("class_name") != "__keras_tensor__":
            return None
        name, call, position = value["config"]["keras_history"]
        return [self.new_names[name], self._number(name, call), position, {}]

    def _number(self, name: str, call: int) -> int:
        """The number that a call has there."""
        return self._order[name].index(call) + self._first[name] if self._order[name] else 0

    def of_layer(self, one: dict[str, Any]) -> list[Any]:
        """The calls of a layer, in the order in which TensorFlow.js makes them."""
        return [self._of(one["inbound_nodes"][i], one) for i in self._order[one["name"]]]

    def _of(self, node: dict[str, Any], one: dict[str, Any]) -> list[Any]:
        """A call as a list of histories."""
        args = list(node["args"])
        for key, value in node["kwargs"].items():
            if key == "initial_state" and one["class_name"] in RECURRENT:
                args.append(value)
            elif value is not None and (key, value) != ("training", False):
                raise NotImplementedError(
                    "TensorFlow.js has calls with tensors only in its models. "
                    f"Received: {key}={value!r:.100}, {one['name']!r}"
                )
        flat = [v for arg in args for v in (arg if isinstance(arg, list | tuple) else [arg])]
        found = [self._history(value) for value in flat if value is not None]
        if not found or None in found:
            raise NotImplementedError(
                "TensorFlow.js has calls with symbolic tensors only in its models. "
                f"Received: other arguments of {one['class_name']} {one['name']!r}"
            )
        return found

    def ends(self, structure: Any, key: str) -> list[Any]:
        """Inputs or outputs; Keras counts the calls of functional models from 1 on here, too."""
        if isinstance(structure, dict):
            raise NotImplementedError(
                f"TensorFlow.js has lists of inputs and outputs only. Received: {key} by name"
            )
        if len(structure) == 3 and isinstance(structure[0], str):
            structure = [structure]
        return [
            [
                self.new_names[name],
                self._number(name, call - int(self._classes[name] == "Functional")),
                position,
            ]
            for name, call, position in structure
        ]


def _order_of_calls(layers: list[dict[str, Any]]) -> dict[str, list[int]]:
    """The numbers of each layer's calls in the order in which TensorFlow.js makes them.

    It goes through the layers again and again and makes what calls it can, and numbers them as
    they are made: a call that must wait comes after a later one that need not.
    """
    made: dict[str, list[int]] = {one["name"]: [] for one in layers}
    waiting = {one["name"]: list(range(len(one["inbound_nodes"]))) for one in layers}
    inputs = {name for name, calls in waiting.items() if not calls}
    needs = {
        one["name"]: [_histories(node) for node in one["inbound_nodes"]] for one in layers
    }  # fmt: skip
    while any(waiting.values()):
        before = sum(map(len, waiting.values()))
        for name, calls in waiting.items():
            for call in list(calls):
                if all(of in inputs or number in made[of] for of, number in needs[name][call]):
                    made[name].append(call)
                    calls.remove(call)
        if sum(map(len, waiting.values())) == before:
            raise ValueError(
                "Expected calls that depend on inputs and on calls before them. "
                f"Received: others, of {[name for name, calls in waiting.items() if calls]}"
            )
    return made


def _histories(value: Any) -> list[tuple[str, int]]:
    """Layers and numbers of the calls that arguments come from."""
    if isinstance(value, dict):
        if value.get("class_name") == "__keras_tensor__":
            name, call, _ = value["config"]["keras_history"]
            return [(name, call)]
        value = list(value.values())
    return [h for one in value for h in _histories(one)] if isinstance(value, list | tuple) else []
