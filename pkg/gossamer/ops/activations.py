"""Activations that gate, shrink towards zero, or are zero in part. See `nn` for the others."""

from typing import Any

from gossamer import ops
from gossamer.core.autodiff import with_rule
from gossamer.kernel.mathlib import TANH_SERIES
from gossamer.ops.axes import keepdims_shape, normalize_axis
from gossamer.ops.convert import as_tensor, floating
from gossamer.ops.create import iota
from gossamer.tensor import Tensor


def glu(x: Any, axis: int = -1) -> Tensor:
    """Gated linear unit: `a * sigmoid(b)` of the two halves along an axis.

    Source: Dauphin, Fan, Auli, Grangier, "Language modeling with gated convolutional networks",
    2017.

    Args:
        x: the tensor.
        axis: the axis to halve.

    Raises:
        ValueError: for an axis that is not there, or of odd length.

    Example:
        >>> ops.glu([2.0, 0.0]).tolist()
        [1.0]
    """
    tensor = floating(x)
    along = normalize_axis(axis, tensor.ndim)
    if tensor.shape[along] % 2:
        raise ValueError(
            f"Expected an axis of even length. Received: x.shape={tensor.shape}, axis={axis}"
        )
    values, gates = ops.split(tensor, 2, along)
    return values * ops.sigmoid(gates)


def hard_shrink(x: Any, threshold: float = 0.5) -> Tensor:
    """`x` where `|x| > threshold`, else 0.

    Example:
        >>> ops.hard_shrink([-1.0, 0.3, 2.0]).tolist()
        [-1.0, 0.0, 2.0]
    """
    tensor = as_tensor(x)
    nothing = 0.0 if tensor.dtype == "bool" else 0  # bools become floats, integers stay
    return ops.where(ops.absolute(tensor) > threshold, tensor, nothing)


def soft_shrink(x: Any, threshold: float = 0.5) -> Tensor:
    """`x - threshold` above the threshold, `x + threshold` below its negative, else 0.

    Example:
        >>> ops.soft_shrink([-1.0, 0.3, 2.0]).tolist()
        [-0.5, 0.0, 1.5]
    """
    tensor = floating(x)
    below = ops.where(tensor < -threshold, tensor + threshold, 0.0)
    return ops.where(tensor > threshold, tensor - threshold, below)


def _difference_from_tanh(x: Tensor) -> Tensor:
    near = ops.absolute(x) < 0.625
    inside = ops.where(near, x, 0.0)
    squared = ops.square(inside)
    series = as_tensor(TANH_SERIES[-1], x.dtype, x.backend)
    for coefficient in reversed(TANH_SERIES[:-1]):
        series = series * squared + coefficient
    return ops.where(near, -inside * squared * series, x - ops.tanh(x))


# The difference cancels near 0, and so would its gradient.
_tanh_shrink = with_rule(
    _difference_from_tanh, lambda g, y, x: g * ops.square(ops.tanh(x)),
)  # fmt: skip


def tanh_shrink(x: Any) -> Tensor:
    """`x - tanh(x)`, exact where that would cancel.

    Example:
        >>> round(ops.tanh_shrink(1.0).item(), 4)
        0.2384
    """
    return _tanh_shrink(floating(x))


def threshold(x: Any, threshold: float, default_value: float) -> Tensor:
    """`x` where it is above the threshold, else `default_value`.

    Example:
        >>> ops.threshold([-1.0, 0.5, 2.0], 0.0, 7.0).tolist()
        [7.0, 0.5, 2.0]
    """
    tensor = as_tensor(x)
    return ops.where(tensor > threshold, tensor, default_value)


def squareplus(x: Any, b: float = 4) -> Tensor:
    """`(x + sqrt(x**2 + b)) / 2`, without cancelling and without overflow.

    Source: Barron, "Squareplus: a softplus-like algebraic rectifier", 2021.

    Args:
        x: the tensor.
        b: how smooth it is: not negative, 0 for `relu`.

    Example:
        >>> ops.squareplus([-1000.0, 0.0]).tolist()
        [0.0010000000474974513, 1.0]
    """
    tensor = floating(x)
    positive = tensor >= 0
    root = ops.hypot(tensor, ops.sqrt(as_tensor(b, tensor.dtype, tensor.backend)))
    # For negative numbers the equal quotient, whose divisor is no 0 in the other branch, either.
    below = (0.5 * b) / ops.where(positive, 1.0, root - tensor)
    return ops.where(positive, 0.5 * tensor + 0.5 * root, below)


def sparse_plus(x: Any) -> Tensor:
    """0 up to -1, `(x + 1)**2 / 4` up to 1, `x` from there: the integral of `sparse_sigmoid`.

    Example:
        >>> ops.sparse_plus([-2.0, 0.0, 3.0]).tolist()
        [0.0, 0.25, 3.0]
    """
    tensor = floating(x)
    middle = ops.square(ops.clip(tensor, -1.0, 1.0) + 1.0) * 0.25
    return ops.where(tensor <= -1, 0.0, ops.where(tensor < 1, middle, tensor))


def sparse_sigmoid(x: Any) -> Tensor:
    """0 up to -1, `(x + 1) / 2` up to 1, 1 from there.

    Source: Martins, Astudillo, "From softmax to sparsemax", 2016.

    Example:
        >>> ops.sparse_sigmoid([-2.0, 0.0, 3.0]).tolist()
        [0.0, 0.5, 1.0]
    """
    tensor = floating(x)
    return ops.where(tensor <= -1, 0.0, ops.where(tensor >= 1, 1.0, 0.5 * (tensor + 1.0)))


def sparsemax(x: Any, axis: int = -1) -> Tensor:
    """The nearest probabilities along an axis: `max(x - t, 0)`, with the `t` that sums it to 1.

    Source: Martins, Astudillo, "From softmax to sparsemax: a sparse model of attention and
    multi-label classification", 2016, algorithm 1.

    Args:
        x: the tensor.
        axis: the axis whose sums are to be 1.

    Raises:
        ValueError: for an axis that is not there.

    Example:
        >>> ops.sparsemax([3.0, 2.5, -1.0]).tolist()
        [0.75, 0.25, 0.0]
    """
    tensor = floating(x)
    along = normalize_axis(axis, tensor.ndim)
    others = tuple(i for i in range(tensor.ndim) if i != along)
    ranks = ops.reshape(
        iota(1, 1, tensor.shape[along], tensor.dtype, tensor.backend),
        keepdims_shape(tensor.shape, others),
    )

    def value(x: Tensor) -> Tensor:
        # No t changes when all numbers do; less the largest, which no sum then swallows.
        shifted = x - ops.max(x, along, keepdims=True)
        descending = -ops.sort(-shifted, along)
        excess = ops.cumsum(descending, along) - 1.0
        # The first ranks are those of the support.
        count = ops.sum(ops.cast(descending * ranks > excess, x.dtype), along, keepdims=True)
        kept = ops.where(ranks <= count, descending, 0.0)
        level = (ops.sum(kept, along, keepdims=True) - 1.0) / count
        return ops.maximum(shifted - level, 0.0)

    def rule(g: Tensor, y: Tensor, x: Tensor) -> Tensor:
        support = ops.cast(y > 0, x.dtype)
        mean = ops.sum(g * support, along, keepdims=True) / ops.sum(support, along, keepdims=True)
        return support * (g - mean)

    return with_rule(value, rule)(tensor)
