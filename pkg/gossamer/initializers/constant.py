"""Initializers that draw nothing: constants and the identity."""

from __future__ import annotations

from typing import Any

from gossamer import dtypes, ops
from gossamer.initializers.initializer import Initializer
from gossamer.serialization import deserialize_keras_object, serialize_keras_object
from gossamer.tensor import Tensor


class Constant(Initializer):
    """All one value.

    Args:
        value: a number, or what broadcasts to the weights' shape.

    Example:
        >>> gs.initializers.Constant(2.0)((2,)).tolist()
        [2.0, 2.0]
    """

    def __init__(self, value: Any = 0.0) -> None:
        self.value = value

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        return ops.full(shape, self.value, dtype or dtypes.floatx())

    def get_config(self) -> dict[str, Any]:
        return {"value": serialize_keras_object(self.value)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Constant:
        return cls(deserialize_keras_object(config["value"]))


class Zeros(Initializer):
    """All zeros.

    Example:
        >>> gs.initializers.Zeros()((2,)).tolist()
        [0.0, 0.0]
    """

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        return ops.zeros(shape, dtype or dtypes.floatx())


class Ones(Initializer):
    """All ones.

    Example:
        >>> gs.initializers.Ones()((2,)).tolist()
        [1.0, 1.0]
    """

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        return ops.ones(shape, dtype or dtypes.floatx())


class Identity(Initializer):
    """The identity matrix, times `gain`.

    Args:
        gain: the factor.

    Raises:
        ValueError: for a shape that is no matrix's.

    Example:
        >>> gs.initializers.Identity(2.0)((2, 3)).tolist()
        [[2.0, 0.0, 0.0], [0.0, 2.0, 0.0]]
    """

    def __init__(self, gain: float = 1.0) -> None:
        self.gain = gain

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        if len(shape) != 2:
            raise ValueError(f"Expected the shape of a matrix. Received: shape={shape}")
        rows, columns = shape
        return self.gain * ops.eye(rows, columns, dtype=dtype or dtypes.floatx())

    def get_config(self) -> dict[str, Any]:
        # Keras writes none, and so loses it.
        return {} if self.gain == 1.0 else {"gain": self.gain}
