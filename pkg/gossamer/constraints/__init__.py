"""Constraints: what a weight is brought to after each step of an optimizer."""

from __future__ import annotations

from typing import Any

from gossamer import ops
from gossamer.defaults import epsilon
from gossamer.serialization import Family
from gossamer.tensor import Tensor


class Constraint:
    """What all constraints are: a function of a weight's value that gives the one allowed.

    Example:
        >>> class NonPositive(gs.constraints.Constraint):
        ...     def __call__(self, w):
        ...         return ops.minimum(w, 0.0)
        >>> NonPositive()(ops.convert_to_tensor([1.0, -1.0])).tolist()
        [0.0, -1.0]
    """

    def __call__(self, w: Any) -> Tensor:
        raise NotImplementedError(f"{type(self).__name__} does not say what it gives.")

    def get_config(self) -> dict[str, Any]:
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        return cls(**config)


def _norms(w: Tensor, axis: Any) -> Tensor:
    return ops.sqrt(ops.sum(ops.square(w), axis=axis, keepdims=True))


class MaxNorm(Constraint):
    """`w * clip(norm, 0, max_value) / norm`, the norm being along some axes.

    Args:
        max_value: the largest norm.
        axis: the axes of the norm.

    Example:
        >>> gs.constraints.MaxNorm(1.0)(ops.convert_to_tensor([[3.0], [4.0]])).numpy().round(4)
        array([[0.6],
               [0.8]], dtype=float32)
    """

    def __init__(self, max_value: float = 2, axis: Any = 0) -> None:
        self.max_value, self.axis = max_value, axis

    def __call__(self, w: Any) -> Tensor:
        w = ops.convert_to_tensor(w)
        norms = _norms(w, self.axis)
        return w * (ops.clip(norms, 0, self.max_value) / (epsilon() + norms))

    def get_config(self) -> dict[str, Any]:
        return {"max_value": self.max_value, "axis": self.axis}


class NonNeg(Constraint):
    """`max(w, 0)`.

    Example:
        >>> gs.constraints.NonNeg()(ops.convert_to_tensor([1.0, -1.0])).tolist()
        [1.0, 0.0]
    """

    def __call__(self, w: Any) -> Tensor:
        return ops.relu(ops.convert_to_tensor(w))


class UnitNorm(Constraint):
    """`w / norm`, the norm being along some axes.

    Args:
        axis: the axes of the norm.

    Example:
        >>> gs.constraints.UnitNorm()(ops.convert_to_tensor([[3.0], [4.0]])).numpy().round(4)
        array([[0.6],
               [0.8]], dtype=float32)
    """

    def __init__(self, axis: Any = 0) -> None:
        self.axis = axis

    def __call__(self, w: Any) -> Tensor:
        w = ops.convert_to_tensor(w)
        return w / (epsilon() + _norms(w, self.axis))

    def get_config(self) -> dict[str, Any]:
        return {"axis": self.axis}


class MinMaxNorm(Constraint):
    """Norms between two bounds, approached by a rate.

    Args:
        min_value, max_value: the bounds.
        rate: from 0 to 1, how much of the way to the bounds is gone at each step.
        axis: the axes of the norm.

    Example:
        >>> constraint = gs.constraints.MinMaxNorm(0.0, 1.0)
        >>> constraint(ops.convert_to_tensor([[3.0], [4.0]])).numpy().round(4)
        array([[0.6],
               [0.8]], dtype=float32)
    """

    def __init__(
        self, min_value: float = 0.0, max_value: float = 1.0, rate: float = 1.0, axis: Any = 0
    ) -> None:
        self.min_value, self.max_value, self.rate, self.axis = min_value, max_value, rate, axis

    def __call__(self, w: Any) -> Tensor:
        w = ops.convert_to_tensor(w)
        norms = _norms(w, self.axis)
        desired = (
            self.rate * ops.clip(norms, self.min_value, self.max_value) + (1 - self.rate) * norms
        )
        return w * (desired / (epsilon() + norms))

    def get_config(self) -> dict[str, Any]:
        return {
            "min_value": self.min_value,
            "max_value": self.max_value,
            "rate": self.rate,
            "axis": self.axis,
        }


max_norm, min_max_norm, non_neg, unit_norm = MaxNorm, MinMaxNorm, NonNeg, UnitNorm
_family = Family(
    "keras.constraints",
    "constraint",
    [Constraint, MaxNorm, MinMaxNorm, NonNeg, UnitNorm],
    snake_cased=True,
)
get, serialize, deserialize = _family.get, _family.serialize, _family.deserialize

__all__ = [
    "Constraint", "MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm", "deserialize", "get", "max_norm",
    "min_max_norm", "non_neg", "serialize", "unit_norm",
]  # fmt: skip
