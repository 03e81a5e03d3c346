"""Penalties on weights, which a model adds to its loss."""

from __future__ import annotations

import math
from typing import Any

from gossamer import ops
from gossamer.ops.convert import as_tensor


class Regularizer:
    """What all regularizers are: a function from a weight to a penalty, a scalar tensor.

    Raises:
        NotImplementedError: in `get_config`, unless a subclass writes it.

    Example:
        >>> class Largest(gs.regularizers.Regularizer):
        ...     def __call__(self, x):
        ...         return ops.max(ops.abs(x))
        >>> float(Largest()(ops.ones((2, 2))))
        1.0
    """

    def __call__(self, x: Any) -> Any:
        return 0.0

    def get_config(self) -> dict[str, Any]:
        raise NotImplementedError(f"{type(self).__name__} does not say what its configuration is.")

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Regularizer:
        return cls(**config)


def _factor(value: Any, name: str) -> float:
    """A factor of a penalty.

    Raises:
        ValueError: unless it is finite and not negative.
    """
    if not isinstance(value, (int, float)) or not math.isfinite(value) or value < 0:
        raise ValueError(
            f"Expected a number that is not negative for {name}. Received: {name}={value!r}"
        )
    return float(value)


class L1L2(Regularizer):
    """Both penalties: `l1 * sum(|x|) + l2 * sum(x²)`.

    Args:
        l1: the factor of magnitudes.
        l2: the factor of squares.

    Raises:
        ValueError: for factors that are negative or not finite.

    Example:
        >>> float(gs.regularizers.L1L2(l1=1.0, l2=0.5)(ops.convert_to_tensor([-2.0, 1.0])))
        5.5
    """

    def __init__(self, l1: float | None = 0.0, l2: float | None = 0.0) -> None:
        self.l1 = _factor(0.0 if l1 is None else l1, "l1")
        self.l2 = _factor(0.0 if l2 is None else l2, "l2")

    def __call__(self, x: Any) -> Any:
        x = as_tensor(x)
        terms = []
        if self.l1:
            terms.append(self.l1 * ops.sum(ops.absolute(x)))
        if self.l2:
            terms.append(self.l2 * ops.sum(ops.square(x)))
        return sum(terms[1:], terms[0]) if terms else ops.zeros((), x.dtype)

    def get_config(self) -> dict[str, Any]:
        return {"l1": self.l1, "l2": self.l2}


class L1(Regularizer):
    """A penalty on magnitudes, which makes weights zero: `l1 * sum(|x|)`.

    Args:
        l1: the factor.

    Raises:
        ValueError: for a factor that is negative or not finite.

    Example:
        >>> float(gs.regularizers.L1(0.5)(ops.convert_to_tensor([-2.0, 1.0])))
        1.5
    """

    def __init__(self, l1: float | None = 0.01) -> None:
        self.l1 = _factor(0.01 if l1 is None else l1, "l1")

    def __call__(self, x: Any) -> Any:
        return self.l1 * ops.sum(ops.absolute(x))

    def get_config(self) -> dict[str, Any]:
        return {"l1": self.l1}


class L2(Regularizer):
    """A penalty on squares, which makes weights small: `l2 * sum(x²)`.

    Args:
        l2: the factor.

    Raises:
        ValueError: for a factor that is negative or not finite.

    Example:
        >>> float(gs.regularizers.L2(0.5)(ops.convert_to_tensor([-2.0, 1.0])))
        2.5
    """

    def __init__(self, l2: float | None = 0.01) -> None:
        self.l2 = _factor(0.01 if l2 is None else l2, "l2")

    def __call__(self, x: Any) -> Any:
        return self.l2 * ops.sum(ops.square(x))

    def get_config(self) -> dict[str, Any]:
        return {"l2": self.l2}


class OrthogonalRegularizer(Regularizer):
    """A penalty on rows that are not orthogonal: `factor` times the mean |cosine| of two of them.

    Args:
        factor: the factor.
        mode: `"rows"` or `"columns"`: what should be orthogonal.

    Raises:
        ValueError: for a factor that is negative or not finite, for another mode, and for what
            is no matrix.

    Example:
        >>> penalty = gs.regularizers.OrthogonalRegularizer(1.0)
        >>> float(penalty(ops.eye(3))), float(penalty(ops.ones((2, 4))))
        (0.0, 1.0)
    """

    def __init__(self, factor: float = 0.01, mode: str = "rows") -> None:
        self.factor = _factor(factor, "factor")
        if mode not in ("rows", "columns"):
            raise ValueError(f"Expected the mode 'rows' or 'columns'. Received: mode={mode!r}")
        self.mode = mode

    def __call__(self, inputs: Any) -> Any:
        if len(inputs.shape) != 2:
            raise ValueError(f"Expected a matrix. Received: inputs.shape={inputs.shape}")
        rows = as_tensor(inputs) if self.mode == "rows" else ops.transpose(inputs)
        rows = ops.normalize(rows, axis=1)
        size = rows.shape[0]
        cosines = ops.matmul(rows, ops.transpose(rows)) * (1.0 - ops.eye(size, dtype=rows.dtype))
        pairs = size * (size - 1.0) / 2.0
        return self.factor * 0.5 * ops.sum(ops.absolute(cosines)) / pairs

    def get_config(self) -> dict[str, Any]:
        return {"factor": self.factor, "mode": self.mode}
