"""Activations by name. They are the ops of the same names."""

from collections.abc import Callable
from typing import Any

from gossamer import ops
from gossamer.tensor import Tensor


def linear(x: Any) -> Tensor:
    """The identity.

    Example:
        >>> gs.activations.linear([1.0]).tolist()
        [1.0]
    """
    return ops.convert_to_tensor(x)


_BY_NAME: dict[str, Callable[..., Tensor]] = {
    "linear": linear, "relu": ops.relu, "sigmoid": ops.sigmoid, "tanh": ops.tanh,
    "softmax": ops.softmax, "gelu": ops.gelu, "silu": ops.silu, "softplus": ops.softplus,
    "elu": ops.elu,
}  # fmt: skip


def get(identifier: Any) -> Callable[..., Tensor]:
    """An activation by its name, or the function itself; `linear` for None.

    Raises:
        ValueError: for an unknown name.

    Example:
        >>> gs.activations.get("relu")([-1.0, 2.0]).tolist()
        [0.0, 2.0]
    """
    if identifier is None:
        return linear
    if callable(identifier):
        return identifier
    if identifier not in _BY_NAME:
        raise ValueError(
            f"Expected one of the activations {', '.join(_BY_NAME)}. Received: {identifier!r}"
        )
    return _BY_NAME[identifier]
