"""Activations by name; `keras.activations`'s names. Most are the ops of the same names."""

from __future__ import annotations

import types
from typing import Any

from gossamer import ops
from gossamer.ops import (
    celu,
    elu,
    glu,
    hard_shrink,
    hard_sigmoid,
    hard_silu,
    hard_tanh,
    leaky_relu,
    log_sigmoid,
    log_softmax,
    relu6,
    selu,
    sigmoid,
    silu,
    soft_shrink,
    softmax,
    softplus,
    softsign,
    sparse_plus,
    sparse_sigmoid,
    sparsemax,
    squareplus,
    tanh,
    tanh_shrink,
    threshold,
)
from gossamer.serialization import Family, get_registered_name, serialize_keras_object

__all__ = [
    "celu", "deserialize", "elu", "exponential", "gelu", "get", "glu", "hard_shrink",
    "hard_sigmoid", "hard_silu", "hard_swish", "hard_tanh", "leaky_relu", "linear", "log_sigmoid",
    "log_softmax", "mish", "relu", "relu6", "selu", "serialize", "sigmoid", "silu", "soft_shrink",
    "softmax", "softplus", "softsign", "sparse_plus", "sparse_sigmoid", "sparsemax", "squareplus",
    "swish", "tanh", "tanh_shrink", "threshold",
]  # fmt: skip


def linear(x: Any) -> Any:
    """The identity: `x`.

    Example:
        >>> gs.activations.linear(1.0)
        1.0
    """
    return x


def relu(
    x: Any, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0
) -> Any:
    """`x` above the threshold, at most `max_value`; below it `negative_slope * (x - threshold)`.

    Args:
        x: the tensor.
        negative_slope: the slope below the threshold.
        max_value: the largest value; None for no bound.
        threshold: where `x` begins to count.

    Example:
        >>> gs.activations.relu([-10.0, 3.0, 10.0], negative_slope=0.5, max_value=5.0).tolist()
        [-5.0, 3.0, 5.0]
    """
    x = ops.convert_to_tensor(x)
    if negative_slope != 0.0 and max_value is None and threshold == 0:
        return ops.leaky_relu(x, negative_slope)
    positive = ops.where(x > threshold, x, 0) if threshold != 0 else ops.relu(x)
    if max_value is not None:
        positive = ops.cast(ops.clip(positive, 0, max_value), x.dtype)
    if negative_slope == 0.0:
        return positive
    return positive - negative_slope * ops.relu(threshold - x if threshold != 0 else -x)


def gelu(x: Any, approximate: bool = False) -> Any:
    """Gaussian error linear unit: `x * P(X <= x)` for a standard normal X.

    Unlike the op of this name, it is not approximated unless asked to be.

    Args:
        x: the tensor.
        approximate: whether to use tanh in place of the error function.

    Example:
        >>> gs.activations.gelu([-1.0, 1.0]).tolist()
        [-0.15865525603294373, 0.8413447737693787]

    Source: Hendrycks and Gimpel, Gaussian Error Linear Units, 2016.
    """
    return ops.gelu(x, approximate)


def exponential(x: Any) -> Any:
    """The exponential function: `exp(x)`.

    Example:
        >>> gs.activations.exponential([0.0]).tolist()
        [1.0]
    """
    return ops.exp(x)


def mish(x: Any) -> Any:
    """`x * tanh(softplus(x))`.

    Example:
        >>> gs.activations.mish([0.0, 1.0]).tolist()
        [0.0, 0.8650983572006226]

    Source: Misra, Mish, BMVC 2020.
    """
    x = ops.convert_to_tensor(x)
    return x * ops.tanh(ops.softplus(x))


swish = silu
hard_swish = hard_silu

_family = Family(
    "keras.activations",
    "activation",
    (
        relu, leaky_relu, relu6, softmax, celu, elu, selu, softplus, softsign, squareplus,
        soft_shrink, sparse_plus, silu, gelu, glu, tanh, tanh_shrink, threshold, sigmoid,
        sparse_sigmoid, exponential, hard_sigmoid, hard_silu, hard_tanh, hard_shrink, linear, mish,
        log_softmax, log_sigmoid, sparsemax,
    ),
    aliases={"swish": silu, "hard_swish": hard_silu},
)  # fmt: skip

deserialize = _family.deserialize


def serialize(activation: Any) -> Any:
    """An activation as its name; one that is not of this module as its configuration.

    Args:
        activation: a function, or an object with a configuration.

    Raises:
        ValueError: for what has no name to be found by.

    Example:
        >>> gs.activations.serialize(gs.activations.relu)
        'relu'
    """
    config = serialize_keras_object(activation)
    if not isinstance(config, dict) or "config" not in config:
        raise ValueError(
            "Expected an activation of this module, or a function that is registered by "
            f"`saving.register_keras_serializable`. Received: {activation!r}"
        )
    if not isinstance(activation, types.FunctionType) or config["config"] not in __all__:
        return config
    return get_registered_name(activation)


def get(identifier: Any) -> Any:
    """An activation by its name or configuration; what can be called, itself; `linear` for None.

    Raises:
        ValueError: for anything else.

    Example:
        >>> gs.activations.get("relu")([-1.0, 2.0]).tolist()
        [0.0, 2.0]
    """
    return linear if identifier is None else _family.get(identifier)
