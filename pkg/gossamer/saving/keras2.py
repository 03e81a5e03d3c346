"""Configurations that Keras 2 and TensorFlow.js write, as Keras 3 has them.

Functions on plain values. Older files name arguments that are gone (`batch_input_shape`,
`time_major`), give others another form, and list calls in their own way (`keras2_calls`). What a
configuration asks for and Keras 3 has no more is an error; what it mentions without asking for it
is left out.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from gossamer import ops
from gossamer.layers.layer import Layer
from gossamer.saving import keras2_calls
from gossamer.saving.formats import ModelFileError
from gossamer.serialization import get_registered_object, register_keras_serializable
from gossamer.serialization.registry import built_in
from gossamer.tensor import Tensor

MAX_DEPTH = 100

RENAMED = {
    "Model": "Functional", "BatchNormalizationV1": "BatchNormalization",
    "BatchNormalizationV2": "BatchNormalization", "LayerNormalizationV2": "LayerNormalization",
    "LSTMV2": "LSTM", "GRUV2": "GRU", "LeCunNormal": "LecunNormal", "LeCunUniform": "LecunUniform",
    "InputLayerV2": "InputLayer", "RMSProp": "RMSprop",
}  # fmt: skip

DEPTHWISE = ("DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D", "SeparableConv2D")
TRANSPOSED = ("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose")
RECURRENT = (
    "RNN", "LSTM", "GRU", "SimpleRNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "Bidirectional",
)  # fmt: skip
INITIALIZERS = (
    "Zeros", "Ones", "Constant", "RandomNormal", "RandomUniform", "TruncatedNormal", "Identity",
    "VarianceScaling", "GlorotUniform", "GlorotNormal", "HeNormal", "HeUniform", "LecunNormal",
    "LecunUniform", "Orthogonal",
)  # fmt: skip
ACTIVATIONS = ("activation", "recurrent_activation")
ANYTHING = object()

# Arguments that are gone: by class, with the values that ask for nothing.
GONE: dict[str, dict[str, Any]] = {
    "Embedding": {"input_length": ANYTHING},
    "BatchNormalization": {"virtual_batch_size": (None,), "adjustment": (None,), "fused": ANYTHING},
    "MultiHeadAttention": {"query_shape": ANYTHING, "key_shape": ANYTHING, "value_shape": ANYTHING},
    "SpatialDropout1D": {"noise_shape": (None,), "trainable": ANYTHING},
    "SpatialDropout2D": {"noise_shape": (None,), "trainable": ANYTHING},
    "SpatialDropout3D": {"noise_shape": (None,), "trainable": ANYTHING},
    **{name: {"implementation": ANYTHING} for name in (
        "SimpleRNN", "SimpleRNNCell", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")},
    **{name: {
        "groups": (1, None), "filters": (None,), "kernel_initializer": ANYTHING,
        "kernel_regularizer": (None,), "kernel_constraint": (None,),
    } for name in DEPTHWISE},
    **{name: {"groups": (1, None)} for name in TRANSPOSED},
}  # fmt: skip
GONE["SeparableConv1D"] = GONE["SeparableConv2D"] = {
    key: values for key, values in GONE["SeparableConv1D"].items() if key != "filters"
}
GONE_EVERYWHERE: dict[str, Any] = {
    "time_major": (False, None), "num_constants": (0, None), "rank": ANYTHING,
    "quantization_config": (None,), "input_dtype": ANYTHING, "batch_size": ANYTHING,
}  # fmt: skip

# Arguments that a class takes without having them in the signatures of its constructors.
UNSIGNED = {
    "LSTM": {"implementation"}, "GRU": {"implementation"}, "LSTMCell": {"implementation"},
    "GRUCell": {"implementation"}, "InputLayer": {"batch_shape"},
    "LayerNormalization": {"rms_scaling"},
}  # fmt: skip
OF_LAYERS = {"name", "trainable", "dtype", "activity_regularizer", "autocast", "input_shape"}


@register_keras_serializable("keras2", "hard_sigmoid")
def hard_sigmoid(x: Any) -> Tensor:
    """Keras 2's and TensorFlow.js's hard sigmoid, `clip(0.2 x + 0.5, 0, 1)`.

    Keras 3's of that name is `clip(x / 6 + 0.5, 0, 1)`, which gives other predictions.
    """
    return ops.clip(0.2 * x + 0.5, 0.0, 1.0)


def upgraded(config: Any) -> Any:
    """A configuration in the form of Keras 3, of a model, layer, initializer or whatever it is of.

    One that Keras 3 wrote stays as it is, but for what it does not take itself.

    Raises:
        ModelFileError: for what Keras 3 has no more, or too many levels.

    Example:
        >>> from gossamer.saving import keras2
        >>> conv = {"class_name": "DepthwiseConv2D", "config": {"kernel_size": [3, 3], "groups": 1}}
        >>> keras2.upgraded(conv)["config"]
        {'kernel_size': [3, 3]}
    """
    result = _upgraded(config, 0)
    return result if _is_keras_3(config) else _with_own_hard_sigmoid(result)


def _is_keras_3(config: Any) -> bool:
    """Whether Keras 3 wrote a configuration: Keras 2 had other names for policies and shapes."""
    if isinstance(config, list | tuple):
        return any(map(_is_keras_3, config))
    if not isinstance(config, dict):
        return False
    if config.get("class_name") == "DTypePolicy" or "batch_shape" in config:
        return True
    return any(map(_is_keras_3, config.values()))


def _with_own_hard_sigmoid(value: Any) -> Any:
    """With Keras 2's hard sigmoid wherever an activation of that name is asked for."""
    if isinstance(value, list):
        return [_with_own_hard_sigmoid(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        key: "keras2>hard_sigmoid"
        if key in ACTIVATIONS and one == "hard_sigmoid"
        else _with_own_hard_sigmoid(one)
        for key, one in value.items()
    }


def name_of(name: str) -> str:
    """A name as a layer here may have it: Keras 2 allowed a `/` in names."""
    return name.replace("/", "_")


def _upgraded(value: Any, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise ModelFileError(f"Expected fewer than {MAX_DEPTH} levels. Received: more")
    if isinstance(value, list | tuple):
        return [_upgraded(one, depth + 1) for one in value]
    if not isinstance(value, dict):
        return value
    if value.get("type") == "ndarray" and "value" in value:
        return value["value"]
    if not isinstance(value.get("class_name"), str) or "config" not in value:
        return {key: _upgraded(one, depth + 1) for key, one in value.items()}
    return _object(value, depth)


def _object(value: dict[str, Any], depth: int) -> Any:
    """Something by class name and configuration."""
    name = value["class_name"]
    if get_registered_object(name) is not None:  # of users
        return value
    if name in ("Policy", "PolicyV1", "DTypePolicy"):
        inner = value["config"]
        return inner.get("name", "float32") if isinstance(inner, dict) else inner
    if str(value.get("module")).startswith("keras.src.ops."):
        return {**value, "config": _upgraded(value["config"], depth + 1)}
    if name in ("TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer"):
        return keras2_calls.operation(value)
    name = RENAMED.get(name, name)
    config = value["config"]
    if name == "Sequential":
        config = _sequential(config, depth)
    elif name == "Functional" and isinstance(config, dict) and "layers" in config:
        config = _functional(config, depth)
    elif isinstance(config, dict):
        config = {key: _upgraded(one, depth + 1) for key, one in config.items()}
        for rule in RULES.get(name, ()):
            name, config = rule(name, config)
        config = _without_gone(name, config)
        config = _without_unknown(name, _of_every_class(name, config))
    return {**value, "class_name": name, "config": config}


def _sequential(config: Any, depth: int) -> dict[str, Any]:
    """A row of layers; the shape that the first one names becomes an input of its own."""
    if isinstance(config, list):  # before Keras 2.2.3
        config = {"name": "sequential", "layers": config}
    if not isinstance(config, dict) or not isinstance(config.get("layers"), list):
        raise ModelFileError(f"Expected layers of a Sequential model. Received: {config!r:.100}")
    layers: list[Any] = []
    for described in config["layers"]:
        before = described.get("config") if isinstance(described, dict) else None
        layer = _upgraded(described, depth + 1)
        if not isinstance(layer, dict) or not isinstance(layer.get("config"), dict):
            raise ModelFileError(f"Expected the description of a layer. Received: {layer!r:.100}")
        if not layers and layer["class_name"] != "InputLayer" and isinstance(before, dict):
            shape = _input_shape(before)
            if shape is not None:
                name = f"{layer['config'].get('name', 'first')}_input"
                kept = {"batch_shape": shape, "dtype": _dtype(before.get("dtype")), "name": name}
                layers.append({"class_name": "InputLayer", "config": kept})
        layers.append(layer)
    kept = {key: one for key, one in config.items() if key in ("trainable", "dtype")}
    result = {"name": name_of(str(config.get("name", "sequential"))), "layers": layers, **kept}
    if "build_input_shape" in config:
        result["build_input_shape"] = config["build_input_shape"]
    return result


def _input_shape(config: dict[str, Any]) -> Any:
    """The shape of inputs that the configuration of a layer names, with the batch's size."""
    if config.get("batch_input_shape") is not None:
        return config["batch_input_shape"]
    if config.get("input_shape") is not None:
        return [config.get("batch_size"), *config["input_shape"]]
    return None


def _dtype(dtype: Any) -> Any:
    """The dtype of a model's input, of that of the layer behind it."""
    dtype = _upgraded(dtype, 0)
    return dtype.removeprefix("mixed_") if isinstance(dtype, str) else None


def _functional(config: dict[str, Any], depth: int) -> dict[str, Any]:
    """Layers and the calls between them."""
    if not isinstance(config["layers"], list):
        raise ModelFileError(f"Expected a list of layers. Received: {config['layers']!r:.100}")
    layers = []
    for described in config["layers"]:
        if not isinstance(described, dict):
            raise ModelFileError(
                f"Expected the description of a layer. Received: {described!r:.100}"
            )
        calls = described.get("inbound_nodes", [])
        rest = {key: one for key, one in described.items() if key != "inbound_nodes"}
        layers.append({**_upgraded(rest, depth + 1), "inbound_nodes": calls})
    return keras2_calls.upgraded({**config, "layers": layers}, name_of, RECURRENT)


def _of_every_class(name: str, config: dict[str, Any]) -> dict[str, Any]:
    if isinstance(config.get("name"), str):
        config["name"] = name_of(config["name"])
    if name == "InputLayer":
        shape = _input_shape(config)
        if shape is not None:
            config["batch_shape"] = shape
    for key in ("batch_input_shape", "input_shape"):
        config.pop(key, None)
    if name in INITIALIZERS:
        for key in ("dtype", "input_axes", "output_axes"):
            config.pop(key, None)
    return config


def _without_gone(name: str, config: dict[str, Any]) -> dict[str, Any]:
    accepted = _accepted(name)
    everywhere = {
        key: values for key, values in GONE_EVERYWHERE.items()
        if accepted is not None and key not in accepted
    }  # fmt: skip
    for key, values in {**everywhere, **GONE.get(name, {})}.items():
        if key in config:
            value = config.pop(key)
            if values is not ANYTHING and value not in values:
                raise ModelFileError(
                    f"Expected {key}={values[0]} of {name} {config.get('name', '')!r}: Keras 3 "
                    f"has no other any more. Received: {key}={value!r}"
                )
    return config


def _without_unknown(name: str, config: dict[str, Any]) -> dict[str, Any]:
    """Without arguments that no version of the class here takes: with a warning."""
    accepted = _accepted(name)
    unknown = sorted(set(config) - accepted) if accepted is not None else []
    if unknown:
        warnings.warn(
            f"The file has arguments of {name} {config.get('name', '')!r} that it does not take, "
            f"and that were left out: {unknown}",
            stacklevel=2,
        )
    return {key: value for key, value in config.items() if key not in unknown}


@lru_cache(512)
def _accepted(name: str) -> frozenset[str] | None:
    """The arguments that a layer's class takes; None if no layer here has that name."""
    found = built_in(f"keras.layers.{name}")
    if not isinstance(found, type) or not issubclass(found, Layer):
        return None
    accepted = OF_LAYERS | UNSIGNED.get(name, set())
    for cls in found.__mro__:
        if "__init__" in cls.__dict__:
            parameters = inspect.signature(vars(cls)["__init__"]).parameters.values()
            accepted |= {p.name for p in parameters if p.kind is not p.VAR_KEYWORD}
            if not any(p.kind is p.VAR_KEYWORD for p in parameters):
                break
    return frozenset(accepted - {"self"})


Rule = Callable[[str, dict[str, Any]], tuple[str, dict[str, Any]]]


def _renamed(old: str, new: str) -> Rule:
    def rule(name: str, config: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        if old in config:
            config.setdefault(new, config.pop(old))
        return name, config

    return rule


def _one_axis(name: str, config: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    axis = config.get("axis")
    if isinstance(axis, list) and len(axis) == 1:
        config["axis"] = axis[0]
    return name, config


def _thresholded(name: str, config: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    config["threshold"] = config.pop("theta", 1.0)
    return "ReLU", config


def _reset_before(name: str, config: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Before there was `reset_after` the reset was before."""
    config.setdefault("reset_after", False)
    return name, config


def _without_cell(name: str, config: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """TensorFlow.js lists the arguments of an RNN's cell twice: in the cell and beside it."""
    cell = config.get("cell")
    inner = cell.get("config") if isinstance(cell, dict) else None
    if not isinstance(inner, dict):
        return name, config
    own = {"cell", *OF_LAYERS, *(_accepted("RNN") or ())}
    return name, {key: value for key, value in config.items() if key in own or key not in inner}


def _without_cudnn(name: str, config: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    raise ModelFileError(
        "Expected LSTM and GRU rather than cuDNN's layers, whose weights have another order. "
        f"Received: {name} {config.get('name', '')!r}"
    )


def _lambda(name: str, config: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Code stays code: whether it may run is for `safe_mode` to say."""
    function = config.get("function")
    if config.get("function_type") == "lambda" and isinstance(function, list):
        keys = ("code", "defaults", "closure")
        value = dict(zip(keys, function, strict=False))
        config["function"] = {"class_name": "__lambda__", "config": {"value": value}}
    for key in ("module", "function_type", "output_shape_type", "output_shape_module"):
        config.pop(key, None)
    return name, config


RULES: dict[str, tuple[Rule, ...]] = {
    "BatchNormalization": (_one_axis,),
    "LayerNormalization": (_one_axis,),
    "Softmax": (_one_axis,),
    "LeakyReLU": (_renamed("alpha", "negative_slope"),),
    "ThresholdedReLU": (_thresholded,),
    "RNN": (_without_cell,),
    "GRU": (_reset_before,),
    "GRUCell": (_reset_before,),
    "CuDNNLSTM": (_without_cudnn,),
    "CuDNNGRU": (_without_cudnn,),
    "Lambda": (_lambda,),
}
