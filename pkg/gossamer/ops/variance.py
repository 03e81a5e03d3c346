"""Variance, and what is made of it.

The primitive folds squared distances from the mean. Not `mean(x**2) - mean(x)**2`, which cancels
where the mean is large against the distances.
"""

from typing import Any

import numpy as np

from gossamer import ops
from gossamer.core.primitive import NO_GRADIENT, Primitive, bind
from gossamer.kernel import expr, index
from gossamer.kernel.spec import Reduce, TensorSpec
from gossamer.ops.axes import keepdims_shape, normalize_axes
from gossamer.ops.convert import floating
from gossamer.ops.reduce import COUNT, count_over, folding, stretch
from gossamer.tensor import Tensor

Axes = tuple[int, ...]


def _shape(x: TensorSpec, mean: TensorSpec, axes: Axes) -> TensorSpec:
    return TensorSpec(tuple(size for i, size in enumerate(x.shape) if i not in axes), x.dtype)


def _lower(x: TensorSpec, mean: TensorSpec, out: TensorSpec, axes: Axes) -> Reduce:
    source, kept, where, over = folding(x.shape, axes)
    of_mean = index.broadcast(index.axes(len(kept)), kept)
    distance = expr.load(0, where, expr.FLOAT) - expr.load(1, of_mean, expr.FLOAT)
    return Reduce(
        inputs=(TensorSpec(source, x.dtype), TensorSpec(kept, mean.dtype)),
        output=TensorSpec(kept, out.dtype),
        body=distance * distance,
        combine="add",
        over=over,
        epilogue=expr.accumulator(expr.FLOAT) / COUNT,
        values={COUNT.attr: count_over(x.shape, axes)},
    )


def _reference(x: np.ndarray, mean: np.ndarray, axes: Axes) -> np.ndarray:
    total = np.sum(np.square(x - mean), axis=axes, dtype=x.dtype)
    return np.asarray(total / x.dtype.type(count_over(x.shape, axes)))


def _vjp(g: Tensor, out: Tensor, x: Tensor, mean: Tensor, axes: Axes) -> Tensor:
    return stretch(g / (count_over(x.shape, axes) / 2.0), x, axes) * (x - mean)


_variance = Primitive(
    name="variance",
    shape=_shape,
    reference=_reference,
    # Around the mean the sum of squares is least: nothing flows through the second input.
    vjp=(_vjp, NO_GRADIENT),
    lower=_lower,
)


def mean_and_variance(x: Tensor, axis: Any, keepdims: bool) -> tuple[Tensor, Tensor]:
    """Mean, which keeps the reduced axes, and variance of a floating tensor over axes."""
    axes = normalize_axes(axis, x.ndim)
    mean = ops.mean(x, axes, keepdims=True)
    if not axes:
        return mean, ops.zeros_like(x)
    variance = bind(_variance, x, mean, axes=axes)
    return mean, ops.reshape(variance, keepdims_shape(x.shape, axes)) if keepdims else variance


def var(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """Variance over axes: `mean((x - mean(x))**2)`.

    Args:
        x: of any shape.
        axis: an axis or several; all of them if None.
        keepdims: keep the reduced axes, with size 1.

    Raises:
        ValueError: for an axis that is not there.

    Example:
        >>> ops.var([1.0, 3.0]).item()
        1.0
    """
    return mean_and_variance(floating(x), axis, keepdims)[1]


def std(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """Standard deviation over axes: `sqrt(var(x))`.

    Args:
        x: of any shape.
        axis: an axis or several; all of them if None.
        keepdims: keep the reduced axes, with size 1.

    Raises:
        ValueError: for an axis that is not there.

    Example:
        >>> ops.std([1.0, 3.0]).item()
        1.0
    """
    return ops.sqrt(var(x, axis, keepdims))
