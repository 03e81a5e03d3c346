"""Activations by name. All but a few are the ops of the same names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gossamer import ops
from gossamer.ops import (
    celu,
    elu,
    gelu,
    glu,
    hard_shrink,
    hard_sigmoid,
    hard_silu,
    hard_swish,
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
    swish,
    tanh,
    tanh_shrink,
    threshold,
)  # fmt: skip
from gossamer.serialization import Family
from gossamer.tensor import Tensor


def linear(x: Any) -> Any:
    """The identity.

    Example:
        >>> gs.activations.linear([1.0])
        [1.0]
    """
    return x


def exponential(x: Any) -> Tensor:
    """`exp(x)`.

    Example:
        >>> gs.activations.exponential([0.0]).tolist()
        [1.0]
    """
    return ops.exp(x)


def mish(x: Any) -> Tensor:
    """`x * tanh(softplus(x))`: Misra, "Mish", BMVC 2020.

    Example:
        >>> gs.activations.mish([0.0]).tolist()
        [0.0]
    """
    x = ops.convert_to_tensor(x)
    return x * ops.tanh(ops.softplus(x))


def relu(
    x: Any, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0
) -> Tensor:
    """`x` from the threshold on, up to a maximum; `negative_slope * (x - threshold)` below.

    Args:
        x: a tensor.
        negative_slope: how steep it is below the threshold.
        max_value: the largest result; none if None.
        threshold: where it begins.

    Example:
        >>> gs.activations.relu([-1.0, 2.0], negative_slope=0.5).tolist()
        [-0.5, 2.0]
    """
    if not negative_slope and max_value is None and not threshold:
        return ops.relu(x)
    x = ops.convert_to_tensor(x)
    negative = None
    if negative_slope:
        negative = ops.relu(threshold - x if threshold else -x)
    if threshold:
        x = x * ops.cast(x > threshold, x.dtype)
    elif max_value != 6:
        x = ops.relu(x)
    if max_value == 6 and not threshold:
        x = ops.relu6(x)
    elif max_value is not None:
        x = ops.clip(x, 0.0, max_value)
    return x if negative is None else x - negative_slope * negative


_family = Family(
    "keras.activations",
    "activation",
    [
        celu, elu, exponential, gelu, glu, hard_shrink, hard_sigmoid, hard_silu, hard_tanh,
        leaky_relu, linear, log_sigmoid, log_softmax, mish, relu, relu6, selu, sigmoid, silu,
        soft_shrink, softmax, softplus, softsign, sparse_plus, sparse_sigmoid, sparsemax,
        squareplus, tanh, tanh_shrink, threshold,
    ],
    {"hard_swish": hard_silu, "swish": silu, "hardsigmoid": hard_sigmoid},
)  # fmt: skip


def get(identifier: Any) -> Callable[..., Any]:
    """An activation by its name or configuration, or the function itself; `linear` for None.

    Raises:
        ValueError: for an unknown name.

    Example:
        >>> gs.activations.get("relu")([-1.0, 2.0]).tolist()
        [0.0, 2.0]
    """
    if identifier is None:
        return linear
    found: Callable[..., Any] = _family.get(identifier)
    return found


def serialize(activation: Any) -> Any:
    """The name of an activation of gossamer's; the configuration of another.

    Example:
        >>> gs.activations.serialize(gs.activations.relu)
        'relu'
    """
    for name, member in _family.members.items():
        if member is activation and getattr(activation, "__name__", None) == name:
            return name
    return _family.serialize(activation)


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Callable[..., Any]:
    """The activation that a name or a configuration stands for.

    Example:
        >>> gs.activations.deserialize("tanh")([0.0]).tolist()
        [0.0]
    """
    found: Callable[..., Any] = _family.deserialize(config, custom_objects)
    return found


__all__ = [
    "celu", "deserialize", "elu", "exponential", "gelu", "get", "glu", "hard_shrink",
    "hard_sigmoid", "hard_silu", "hard_swish", "hard_tanh", "leaky_relu", "linear", "log_sigmoid",
    "log_softmax", "mish", "relu", "relu6", "selu", "serialize", "sigmoid", "silu", "soft_shrink",
    "softmax", "softplus", "softsign", "sparse_plus", "sparse_sigmoid", "sparsemax", "squareplus",
    "swish", "tanh", "tanh_shrink", "threshold",
]  # fmt: skip
