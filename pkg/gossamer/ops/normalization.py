"""Normalization by given or by own statistics.

The one primitive, `standardize`, subtracts the mean before it scales. `x * scale - mean * scale`
would save a pass over x, but cancels where the mean is large against the deviation.
"""

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from gossamer import defaults, dtypes, ops
from gossamer.core.primitive import NO_GRADIENT
from gossamer.kernel import expr
from gossamer.ops.axes import normalize_axes, normalize_axis
from gossamer.ops.convert import as_tensor, floating, promote
from gossamer.ops.elementwise import elementwise, sum_to_shape
from gossamer.ops.variance import mean_and_variance
from gossamer.tensor import Tensor


def _mean_vjp(
    g: Tensor, y: Tensor, x: Tensor, mean: Tensor, variance: Tensor, epsilon: Tensor
) -> Tensor:
    # Summed first: the factor is the same for all that the mean is subtracted from.
    return -sum_to_shape(g, mean.shape) * ops.rsqrt(variance + epsilon)


def _variance_vjp(
    g: Tensor, y: Tensor, x: Tensor, mean: Tensor, variance: Tensor, epsilon: Tensor
) -> Tensor:
    return sum_to_shape(g * y, variance.shape) * (-0.5 / (variance + epsilon))


# Mean and variance have equal shapes; epsilon is a number, which nothing is differentiated by.
_standardize = elementwise(
    "standardize",
    lambda x, mean, variance, epsilon: (x - mean) / np.sqrt(variance + epsilon),
    lambda x, mean, variance, epsilon: (x - mean) / expr.op("sqrt", variance + epsilon),
    (
        lambda g, y, x, mean, variance, epsilon: g * ops.rsqrt(variance + epsilon),
        _mean_vjp,
        _variance_vjp,
        NO_GRADIENT,
    ),
)


def standardized(x: Tensor, mean: Tensor, variance: Tensor, epsilon: float | None) -> Tensor:
    """`(x - mean) / sqrt(variance + epsilon)`, as one kernel; `config.epsilon()` if None."""
    least = defaults.epsilon() if epsilon is None else epsilon
    return _standardize(x, mean, variance, as_tensor(least, x.dtype, x.backend))


def batch_normalization(
    x: Any,
    mean: Any,
    variance: Any,
    axis: int,
    offset: Any = None,
    scale: Any = None,
    epsilon: float = 1e-3,
) -> Tensor:
    """`(x - mean) / sqrt(variance + epsilon) * scale + offset`, the vectors along an axis.

    Args:
        x: of any shape; all that is given is promoted to one dtype.
        mean: a vector of the axis's length.
        variance: a vector of the axis's length.
        axis: the axis of the vectors.
        offset: a vector of the axis's length, or None for 0.
        scale: a vector of the axis's length, or None for 1.
        epsilon: keeps the quotient finite where the variance is 0.

    Raises:
        ValueError: for an axis that is not there, and vectors of other lengths.

    Example:
        >>> ops.batch_normalization([[1.0], [5.0]], [3.0], [4.0], -1, epsilon=0.0).tolist()
        [[-1.0], [1.0]]
    """
    floats = floating(x)
    along = normalize_axis(axis, floats.ndim)
    length = floats.shape[along]
    given = {"mean": mean, "variance": variance, "scale": scale, "offset": offset}
    vectors = {
        name: as_tensor(one, None, floats.backend) for name, one in given.items() if one is not None
    }
    tensor, *promoted = promote(floats, *vectors.values())
    for name, vector in zip(vectors, promoted, strict=True):
        if vector.shape != (length,):
            raise ValueError(
                f"Expected a vector of length {length} for {name}. "
                f"Received: {name}.shape={vector.shape}, x.shape={tensor.shape}, axis={axis}"
            )
        vectors[name] = ops.reshape(
            vector, [length if i == along else 1 for i in range(tensor.ndim)]
        )
    result = standardized(tensor, vectors["mean"], vectors["variance"], epsilon)
    if scale is not None:
        result = result * vectors["scale"]
    return result if offset is None else result + vectors["offset"]


def layer_normalization(
    x: Any,
    gamma: Any = None,
    beta: Any = None,
    axis: Any = -1,
    epsilon: float | None = None,
    **kwargs: Any,
) -> Tensor:
    """`(x - mean(x)) / sqrt(var(x) + epsilon) * gamma + beta`, with statistics over `axis`.

    Args:
        x: of any shape.
        gamma: a factor, in the shape of the normalized axes, or with as many axes as `x`; None
            for 1.
        beta: what is added, in such a shape; None for 0.
        axis: an axis or several.
        epsilon: keeps the quotient finite where the variance is 0; `config.epsilon()` if None.
        **kwargs: `rms_scaling=True`, deprecated, only scales by the variance.

    Raises:
        TypeError: for other keywords.
        ValueError: for an axis that is not there.

    Example:
        >>> [round(x, 4) for x in ops.layer_normalization([1.0, 2.0, 3.0]).tolist()]
        [-1.2247, 0.0, 1.2247]
    """
    if {*kwargs} - {"rms_scaling"}:
        raise TypeError(f"Expected no keyword but rms_scaling. Received: {', '.join(kwargs)}")
    given = as_tensor(x)
    tensor = _wide(given)
    axes = normalize_axes(axis, tensor.ndim)
    mean, variance = mean_and_variance(tensor, axes, keepdims=True)
    if kwargs.get("rms_scaling"):
        warnings.warn(
            "rms_scaling scales by the variance, not by the root of the mean square: "
            "rms_normalization does that.",
            stacklevel=2,
        )
        mean, beta = ops.zeros_like(mean), None
    result = standardized(tensor, mean, variance, epsilon)
    # As in Keras, whose documentation does not say so.
    broadcasts = axis in (tensor.ndim - 1, (tensor.ndim - 1,), [tensor.ndim - 1])
    return ops.cast(_scaled(result, gamma, beta, axes, broadcasts), given.dtype)


def _wide(x: Tensor) -> Tensor:
    """Floats wide enough for statistics: of float16, sums of squares would overflow."""
    return as_tensor(x, dtypes.result_type(x.dtype, "float32"))


def _scaled(x: Tensor, gamma: Any, beta: Any, axes: Sequence[int], broadcasts: bool) -> Tensor:
    """`x * gamma + beta`, these of the shape of the axes, or one that broadcasts."""

    def stretched(given: Any) -> Tensor:
        found = as_tensor(given, x.dtype, x.backend)
        if found.ndim == x.ndim or broadcasts:
            return found
        return ops.reshape(found, [size if i in axes else 1 for i, size in enumerate(x.shape)])

    if gamma is not None:
        x = x * stretched(gamma)
    return x if beta is None else x + stretched(beta)


def rms_normalization(
    x: Any, scale: Any = None, axis: Any = -1, epsilon: float | None = None
) -> Tensor:
    """`x / sqrt(mean(x**2) + epsilon) * scale`, the mean over `axis`.

    Source: Zhang, Sennrich, "Root mean square layer normalization", 2019.

    Args:
        x: of any shape.
        scale: a factor that broadcasts; None for 1.
        axis: an axis or several.
        epsilon: keeps the quotient finite where x is 0; `config.epsilon()` if None.

    Raises:
        ValueError: for an axis that is not there.

    Example:
        >>> [round(x, 4) for x in ops.rms_normalization([1.0, 7.0]).tolist()]
        [0.2, 1.4]
    """
    given = as_tensor(x)
    tensor = _wide(given)
    if tensor.ndim == 0:
        tensor = ops.reshape(tensor, (1,))
    square = ops.mean(ops.square(tensor), axis, keepdims=True)
    result = tensor * ops.rsqrt(square + (defaults.epsilon() if epsilon is None else epsilon))
    if scale is not None:
        result = result * as_tensor(scale, tensor.dtype, tensor.backend)
    return ops.cast(result, given.dtype)
