"""A layer's configuration as TensorFlow.js reads it: Keras 2's form, with what it has."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from gossamer.saving.tfjs.layers import (
    ACTIVATIONS,
    CONSTRAINTS,
    INITIALIZER_NAMES,
    INITIALIZERS,
    LAYERS,
    MODELS,
    NEUTRAL,
    OF_ALL,
    ONLY,
    WHY,
)


class ComputedOtherwiseError(NotImplementedError):
    """TensorFlow.js has the layer, and computes something else than Keras."""


INPUT_DTYPES = {"bool": "bool", "int": "int32", "uint": "int32", "float": "float32"}


def lowered(config: dict[str, Any]) -> dict[str, Any]:
    """A layer's configuration in TensorFlow.js's form.

    Raises:
        NotImplementedError: for a layer that it does not have, or that computes otherwise there.
    """
    name, given = config["class_name"], config["config"]
    called = f"{name} {given.get('name', '')!r}"
    if name not in LAYERS or not str(config.get("module")).startswith(("keras.", "tfjs")):
        raise NotImplementedError(
            f"No layer of TensorFlow.js's does what this one does. Received: {called}"
        )
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
    if isinstance(result.get("axis"), int) and result["axis"] == _last_axis(config):
        result["axis"] = -1
    for key, values in ONLY.get(name, {}).items():
        if key in result and result[key] not in values:
            reason = WHY.get(key, f"it has {key}={values[0]!r} only")
            raise ComputedOtherwiseError(
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


def _last_axis(config: dict[str, Any]) -> int | None:
    """The number of the last axis of a layer's input, if it is known."""
    shape = (config.get("build_config") or {}).get("input_shape")
    return len(shape) - 1 if shape and not isinstance(shape[0], list | tuple) else None


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


def _thresholded(result: dict[str, Any], given: dict[str, Any], called: str) -> dict[str, Any]:
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
