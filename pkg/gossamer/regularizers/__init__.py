"""Regularizers: what is added to the loss for a weight or for a layer's output."""

from __future__ import annotations

import math
from typing import Any

from gossamer import ops
from gossamer.serialization import Family
from gossamer.tensor import Tensor


def _factor(value: Any, name: str) -> float:
    number = float(0.0 if value is None else value)
    if number < 0 or not math.isfinite(number):
        raise ValueError(
            f"Expected a finite number that is not negative for {name}. Received: {value}"
        )
    return number


class Regularizer:
    """What all regularizers are: a function of a tensor that gives a scalar.

    Example:
        >>> class Largest(gs.regularizers.Regularizer):
        ...     def __call__(self, x):
        ...         return ops.max(ops.abs(x))
        >>> float(Largest()(ops.convert_to_tensor([1.0, -3.0])))
        3.0
    """

    def __call__(self, x: Any) -> Tensor:
        raise NotImplementedError(f"{type(self).__name__} does not say what it gives.")

    def get_config(self) -> dict[str, Any]:
        raise NotImplementedError(f"{type(self).__name__} has no `get_config` method.")

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        return cls(**config)


class L1L2(Regularizer):
    """`l1 * sum(abs(x)) + l2 * sum(x**2)`.

    Args:
        l1, l2: the factors, not negative.

    Example:
        >>> float(gs.regularizers.L1L2(0.5, 0.25)(ops.convert_to_tensor([1.0, -2.0])))
        2.75
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0) -> None:
        self.l1, self.l2 = _factor(l1, "l1"), _factor(l2, "l2")

    def __call__(self, x: Any) -> Tensor:
        x = ops.convert_to_tensor(x)
        loss = ops.zeros((), x.dtype)
        if self.l1:
            loss = loss + self.l1 * ops.sum(ops.abs(x))
        if self.l2:
            loss = loss + self.l2 * ops.sum(ops.square(x))
        return loss

    def get_config(self) -> dict[str, Any]:
        return {"l1": self.l1, "l2": self.l2}


class L1(Regularizer):
    """`l1 * sum(abs(x))`.

    Args:
        l1: the factor, not negative.

    Example:
        >>> float(gs.regularizers.L1(0.5)(ops.convert_to_tensor([1.0, -2.0])))
        1.5
    """

    def __init__(self, l1: float = 0.01) -> None:
        self.l1 = _factor(l1, "l1")

    def __call__(self, x: Any) -> Tensor:
        return self.l1 * ops.sum(ops.abs(x))

    def get_config(self) -> dict[str, Any]:
        return {"l1": self.l1}


class L2(Regularizer):
    """`l2 * sum(x**2)`.

    Args:
        l2: the factor, not negative.

    Example:
        >>> float(gs.regularizers.L2(0.5)(ops.convert_to_tensor([1.0, -2.0])))
        2.5
    """

    def __init__(self, l2: float = 0.01) -> None:
        self.l2 = _factor(l2, "l2")

    def __call__(self, x: Any) -> Tensor:
        return self.l2 * ops.sum(ops.square(x))

    def get_config(self) -> dict[str, Any]:
        return {"l2": self.l2}


class OrthogonalRegularizer(Regularizer):
    """The mean of `factor * abs(product)` over all pairs of normalised rows, or of columns.

    Args:
        factor: of the loss.
        mode: `"rows"` or `"columns"`: what is to be orthogonal.

    Raises:
        ValueError: for another mode; for a tensor of other than two axes.

    Example:
        >>> float(gs.regularizers.OrthogonalRegularizer(1.0)(ops.eye(3)))
        0.0
    """

    def __init__(self, factor: float = 0.01, mode: str = "rows") -> None:
        self.factor = _factor(factor, "factor")
        if mode not in ("rows", "columns"):
            raise ValueError(f"Expected the mode 'rows' or 'columns'. Received: mode={mode!r}")
        self.mode = mode

    def __call__(self, x: Any) -> Tensor:
        x = ops.convert_to_tensor(x)
        if x.ndim != 2:
            raise ValueError(f"Expected a tensor of two axes. Received: shape={x.shape}")
        axis = 1 if self.mode == "rows" else 0
        normalized = x / ops.sqrt(ops.maximum(ops.sum(x * x, axis, keepdims=True), 1e-12))
        if self.mode == "rows":
            products = ops.matmul(normalized, ops.transpose(normalized))
        else:
            products = ops.matmul(ops.transpose(normalized), normalized)
        size = x.shape[1 - axis]
        products = products * (1.0 - ops.eye(size, dtype=x.dtype))
        pairs = size * (size - 1.0) / 2.0
        return self.factor * 0.5 * ops.sum(ops.abs(products)) / pairs

    def get_config(self) -> dict[str, Any]:
        return {"factor": self.factor, "mode": self.mode}


l1, l2, l1_l2, orthogonal_regularizer = L1, L2, L1L2, OrthogonalRegularizer
_family = Family(
    "keras.regularizers",
    "regularizer",
    [L1, L2, L1L2, OrthogonalRegularizer, Regularizer],
    {"l1": L1, "l2": L2, "l1_l2": L1L2, "l1l2": L1L2},
    snake_cased=True,
    canonical={"Regularizer": "keras.Regularizer"},
)
get, serialize, deserialize = _family.get, _family.serialize, _family.deserialize

__all__ = [
    "L1", "L1L2", "L2", "OrthogonalRegularizer", "Regularizer", "deserialize", "get", "l1",
    "l1_l2", "l2", "orthogonal_regularizer", "serialize",
]  # fmt: skip
