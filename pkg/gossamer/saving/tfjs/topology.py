"""The configuration of a model as TensorFlow.js reads it: Keras 2's form, of the layers it has.

Goes through a model and its configuration side by side, since the names of weights are those of
layers: where layers of models within a model have the same name, one is renamed.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from gossamer.layers.layer import Layer
from gossamer.models.sequential import Sequential
from gossamer.saving.tfjs import names
from gossamer.saving.tfjs.layers import (
    ACTIVATIONS,
    CONSTRAINTS,
    INITIALIZER_NAMES,
    INITIALIZERS,
    LAYERS,
    NEUTRAL,
    OF_A_TENSOR,
    OF_ALL,
    OF_TENSORS,
    ONLY,
    WHY,
)
from gossamer.serialization import serialize_keras_object
from gossamer.serialization.registry import path_of_built_in
from gossamer.variable import Variable

INPUT_DTYPES = {"bool": "bool", "int": "int32", "uint": "int32", "float": "float32"}
RECURRENT = ("LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional", "ConvLSTM2D")
MODELS = ("Functional", "Sequential")


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
            layers = [
                self._layer(one, layer)
                for one, layer in zip(inner["layers"], model._stack, strict=True)
            ]
            return {"class_name": "Sequential", "config": {"name": model.name, "layers": layers}}
        by_name = {layer.name: layer for layer in model.layers}
        calls = _Calls(inner["layers"])
        layers = []
        for one in inner["layers"]:
            described = calls.as_layer(one)
            described = self._layer(described, by_name.get(one["name"]))
            calls.new_names[one["name"]] = described["config"]["name"]
            layers.append(described)
        for one, described in zip(inner["layers"], layers, strict=True):
            described["name"] = described["config"]["name"]
            described["inbound_nodes"] = [
                calls.of(node, one) for node in one["inbound_nodes"]
            ]  # fmt: skip
        ends = {key: calls.ends(inner[key], key) for key in ("input_layers", "output_layers")}
        return {
            "class_name": "Functional", "config": {"name": model.name, "layers": layers, **ends}
        }  # fmt: skip

    def _layer(self, config: dict[str, Any], layer: Layer | None) -> dict[str, Any]:
        """The description of a layer in a model's list, under a name that no other has."""
        if config["class_name"] in MODELS:
            described = self._model(layer, config)
            described["config"]["name"] = self._free(described["config"]["name"])
            return described
        name = self._free(config["config"]["name"])
        described = lowered({**config, "config": {**config["config"], "name": name}})
        model = names.inner_model(layer)
        if model is not None:  # within TimeDistributed
            inner, outer = config["config"]["layer"], described["config"]
            while inner["class_name"] not in MODELS:
                inner, outer = inner["config"]["layer"], outer["layer"]["config"]
            outer["layer"] = self._model(model, inner)
        elif layer is not None:
            self.weights += names.of_layer(layer, name)
        return described

    def _free(self, name: str) -> str:
        """A name that TensorFlow.js takes and that no other layer has."""
        name = wanted = re.sub(r"^(?![A-Za-z0-9])", "layer", re.sub(r"[^-A-Za-z0-9._]", "_", name))
        number = 0
        while name in self._taken:
            number += 1
            name = f"{wanted}_{number}"
        self._taken.add(name)
        return name


def lowered(config: dict[str, Any]) -> dict[str, Any]:
    """A layer's configuration in TensorFlow.js's form.

    Raises:
        NotImplementedError: for a layer that it does not have, or that computes otherwise there.
    """
    name, given = config["class_name"], config["config"]
    called = f"{name} {given.get('name', '')!r}"
    if name not in LAYERS or not str(config.get("module")).startswith(("keras.", "tfjs")):
        raise NotImplementedError(f"TensorFlow.js has no such layer. Received: {called}")
    if name in MODELS:
        return config
    if name == "InputLayer":
        return _input(given)
    known = (*OF_ALL, *LAYERS[name].split())
    result: dict[str, Any] = {}
    for key, value in given.items():
        if key in known:
            result[key] = _argument(key, value, called)
        elif key not in NEUTRAL or not _is_neutral(name, key, value, given):
            raise NotImplementedError(
                f"TensorFlow.js has no {key} of {name}. Received: {key}={value!r:.100}, {called}"
            )
    for key, values in ONLY.get(name, {}).items():
        if key in result and result[key] not in values:
            reason = WHY.get(key, f"it has {key}={values[0]!r} only")
            raise NotImplementedError(
                f"TensorFlow.js does not compute this {name}: {reason}. "
                f"Received: {key}={result[key]!r}, {called}"
            )
    if name == "Bidirectional":  # which adds to the name of its layer itself
        inner = result["layer"]["config"]
        inner["name"] = inner["name"].removeprefix("forward_")
    if name == "LeakyReLU":
        result["alpha"] = result.pop("negative_slope")
    if name == "ReLU" and given.get("threshold"):
        return _thresholded(result, given, called)
    return {"class_name": name, "config": result}


def _is_neutral(name: str, key: str, value: Any, given: dict[str, Any]) -> bool:
    if name == "ReLU" and key == "threshold":
        return True  # another layer's
    if key == "backward_layer" and isinstance(value, dict):
        return _turned(value, given["layer"])
    values = NEUTRAL[key]
    return values is None or value in values


def _turned(backward: dict[str, Any], forward: dict[str, Any]) -> bool:
    """Whether a layer that goes backwards is the one that is made of the other."""
    name = f"backward_{forward['config']['name'].removeprefix('forward_')}"
    one = {**backward["config"], "go_backwards": not backward["config"]["go_backwards"]}
    return backward["class_name"] == forward["class_name"] and one == {
        **forward["config"], "name": name,
    }  # fmt: skip


def _thresholded(
    result: dict[str, Any], given: dict[str, Any], called: str
) -> dict[str, Any]:
    if given.get("max_value") is not None or given.get("negative_slope"):
        raise NotImplementedError(
            "TensorFlow.js has no ReLU with a threshold and a slope or a maximum. "
            f"Received: threshold={given['threshold']!r}, {called}"
        )
    result.pop("max_value", None)
    return {"class_name": "ThresholdedReLU", "config": {**result, "theta": given["threshold"]}}


def _input(given: dict[str, Any]) -> dict[str, Any]:
    kind = re.sub(r"\d", "", np.dtype(str(given.get("dtype") or "float32")).name)
    if kind not in INPUT_DTYPES:
        raise NotImplementedError(
            f"TensorFlow.js has inputs of numbers only. Received: dtype={given.get('dtype')!r}"
        )
    shape = list(given["batch_shape"])
    kept = {"batch_input_shape": shape, "dtype": INPUT_DTYPES[kind], "sparse": False}
    return {"class_name": "InputLayer", "config": {**kept, "name": given["name"]}}


def _argument(key: str, value: Any, called: str) -> Any:
    if key == "dtype":
        return "float32"  # TensorFlow.js computes in no other
    if key == "cells":
        return [lowered(one) for one in value]
    if key in ("cell", "layer"):
        return value if value["class_name"] in MODELS else lowered(value)
    if key.endswith("activation"):
        return _activation(value, called)
    if key.endswith("_initializer"):
        return _initializer(value)
    if key.endswith("_regularizer"):
        return _regularizer(value, called)
    if key.endswith("_constraint"):
        return _constraint(value, called)
    return _as_lists(value)


def _as_lists(value: Any) -> Any:
    return [_as_lists(one) for one in value] if isinstance(value, list | tuple) else value


def _activation(value: Any, called: str) -> str:
    name = value["config"] if isinstance(value, dict) else value
    if not isinstance(name, str) or name not in ACTIVATIONS:
        reason = "another hard_sigmoid" if name == "hard_sigmoid" else "no such activation"
        raise NotImplementedError(f"TensorFlow.js has {reason}. Received: {value!r:.100}, {called}")
    return ACTIVATIONS[name]


def _initializer(value: Any) -> Any:
    """An initializer that it has: the values come from the file, so that any will do."""
    name = value.get("class_name") if isinstance(value, dict) else None
    if not isinstance(value, dict) or name not in INITIALIZERS:
        return {"class_name": "Zeros", "config": {}}
    kept = {key: value["config"].get(key) for key in INITIALIZERS[name].split()}
    if "distribution" in kept:
        kept["distribution"] = "uniform" if kept["distribution"] == "uniform" else "normal"
    if name == "Constant" and not isinstance(kept["value"], int | float):
        return {"class_name": "Zeros", "config": {}}
    return {"class_name": INITIALIZER_NAMES.get(name, name), "config": kept}


def _regularizer(value: Any, called: str) -> Any:
    if value is None:
        return None
    if value["class_name"] not in ("L1", "L2", "L1L2"):
        raise NotImplementedError(
            f"TensorFlow.js has no such regularizer. Received: {value['class_name']}, {called}"
        )
    kept = {key: float(value["config"].get(key) or 0.0) for key in ("l1", "l2")}
    return {"class_name": "L1L2", "config": kept}


def _constraint(value: Any, called: str) -> Any:
    if value is None:
        return None
    name = value["class_name"]
    if name not in CONSTRAINTS:
        raise NotImplementedError(
            f"TensorFlow.js has no such constraint. Received: {name}, {called}"
        )
    kept = {key: value["config"][key] for key in CONSTRAINTS[name].split()}
    return {"class_name": name, "config": _as_lists_of(kept)}


def _as_lists_of(config: dict[str, Any]) -> dict[str, Any]:
    return {key: _as_lists(value) for key, value in config.items()}


class _Calls:
    """The calls of a functional model in Keras 2's form."""

    def __init__(self, layers: list[dict[str, Any]]) -> None:
        self.new_names: dict[str, str] = {}
        # Keras 2 counts the calls of models from 1 on.
        self._first = {one["name"]: int(one["class_name"] in MODELS) for one in layers}
        self._classes = {one["name"]: one["class_name"] for one in layers}

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
        return [self.new_names[name], call + self._first[name], position, {}]

    def of(self, node: dict[str, Any], one: dict[str, Any]) -> list[Any]:
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
            [self.new_names[name], call + int(self._classes[name] == "Sequential"), position]
            for name, call, position in structure
        ]
