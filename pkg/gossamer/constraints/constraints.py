"""Functions that put weights back to where they may be, after each step of training."""

from __future__ import annotations

from typing import Any

from gossamer import ops
from gossamer.defaults import epsilon


class Constraint:
    """What all constraints are: a function from a weight's value to one that is allowed.

    Example:
        >>> class Halved(gs.constraints.Constraint):
        ...     def __call__(self, w):
        ...         return 0.5 * w
        >>> Halved()(ops.ones(2)).tolist()
        [0.5, 0.5]
    """

    def __call__(self, w: Any) -> Any:
        return w

    def get_config(self) -> dict[str, Any]:
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Constraint:
        return cls(**config)


def _norms(w: Any, axis: Any) -> Any:
    return ops.sqrt(ops.sum(ops.square(w), axis=axis, keepdims=True))


class MaxNorm(Constraint):
    """Norms are at most `max_value`: `w * clip(|w|, 0, max_value) / |w|`.

    Args:
        max_value: the largest norm.
        axis: along which norms are taken; 0 for the weights that lead to one unit of `Dense`,
            `(0, 1, 2)` for one filter of a convolution.

    Example:
        >>> gs.constraints.MaxNorm(5.0)(ops.convert_to_tensor([[6.0], [8.0]])).tolist()
        [[3.0], [4.0]]

    Source: Srivastava et al., Dropout, JMLR 2014.
    """

    def __init__(self, max_value: float = 2, axis: Any = 0) -> None:
        self.max_value = max_value
        self.axis = axis

    def __call__(self, w: Any) -> Any:
        w = ops.convert_to_tensor(w)
        norms = _norms(w, self.axis)
        return w * (ops.clip(norms, 0, self.max_value) / (epsilon() + norms))

    def get_config(self) -> dict[str, Any]:
        return {"max_value": self.max_value, "axis": self.axis}


class NonNeg(Constraint):
    """No weight is negative: `max(w, 0)`.

    Example:
        >>> gs.constraints.NonNeg()([-1.0, 2.0]).tolist()
        [0.0, 2.0]
    """

    def __call__(self, w: Any) -> Any:
        return ops.maximum(ops.convert_to_tensor(w), 0)


class UnitNorm(Constraint):
    """Norms are 1: `w / |w|`.

    Args:
        axis: along which norms are taken, as in `MaxNorm`.

    Example:
        >>> gs.constraints.UnitNorm()(ops.convert_to_tensor([[3.0], [4.0]])).tolist()
        [[0.6], [0.8]]
    """

    def __init__(self, axis: Any = 0) -> None:
        self.axis = axis

    def __call__(self, w: Any) -> Any:
        w = ops.convert_to_tensor(w)
        return w / (epsilon() + _norms(w, self.axis))

    def get_config(self) -> dict[str, Any]:
        return {"axis": self.axis}


class MinMaxNorm(Constraint):
    """Norms go towards bounds: `w * (rate * clip(|w|, min, max) + (1 - rate) * |w|) / |w|`.

    Args:
        min_value: the smallest norm.
        max_value: the largest norm.
        rate: 1 to keep to the bounds at each step, less to approach them.
        axis: along which norms are taken, as in `MaxNorm`.

    Example:
        >>> gs.constraints.MinMaxNorm(10.0, 20.0)(ops.convert_to_tensor([[3.0], [4.0]])).tolist()
        [[6.0], [8.0]]
    """

    def __init__(
        self, min_value: float = 0.0, max_value: float = 1.0, rate: float = 1.0, axis: Any = 0
    ) -> None:
        self.min_value = min_value
        self.max_value = max_value
        self.rate = rate
        self.axis = axis

    def __call__(self, w: Any) -> Any:
        w = ops.convert_to_tensor(w)
        norms = _norms(w, self.axis)
        desired = self.rate * ops.clip(norms, self.min_value, self.max_value)
        return w * ((desired + (1 - self.rate) * norms) / (epsilon() + norms))

    def get_config(self) -> dict[str, Any]:
        return {
            "min_value": self.min_value,
            "max_value": self.max_value,
            "rate": self.rate,
            "axis": self.axis,
        }
