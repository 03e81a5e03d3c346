"""Activations, softmax, one-hot and statistics: all of them compositions.

Smooth functions are split at 0 by `where`, never by `abs` or `maximum`: each side's formula holds
on both sides, so that every derivative at 0 is right, and units do start at exactly 0.
"""

import math
from typing import Any

from gossamer import defaults, dtypes, ops
from gossamer.core.autodiff import with_rule
from gossamer.ops.axes import normalize_axes, normalize_axis
from gossamer.ops.convert import as_tensor, floating
from gossamer.ops.create import iota
from gossamer.ops.variance import mean_and_variance
from gossamer.tensor import Tensor

# At 0 the gradient is 0, as everywhere; that of `maximum` would be shared.
_relu = with_rule(
    lambda x: ops.maximum(x, 0), lambda g, y, x: ops.where(y > 0, g, 0.0),
)  # fmt: skip
_relu6 = with_rule(
    lambda x: ops.clip(x, 0, 6),
    lambda g, y, x: ops.where(ops.logical_and(y > 0, y < 6), g, 0.0),
)  # fmt: skip
# exp(-x) may overflow: 1 / inf is the right 0, but the quotient's gradient would be 0 * inf.
_sigmoid = with_rule(
    lambda x: 1.0 / (1.0 + ops.exp(-x)), lambda g, y, x: g * (y * (1.0 - y)),
)  # fmt: skip
_softplus = with_rule(
    lambda x: ops.maximum(x, 0.0) + ops.log1p(ops.exp(-ops.absolute(x))),
    lambda g, y, x: g * _sigmoid(x),
)  # fmt: skip


def relu(x: Any) -> Tensor:
    """Rectified linear unit: `max(x, 0)`.

    Example:
        >>> ops.relu([-1.0, 0.0, 2.0]).tolist()
        [0.0, 0.0, 2.0]
    """
    return _relu(as_tensor(x))


def relu6(x: Any) -> Tensor:
    """`min(max(x, 0), 6)`.

    Example:
        >>> ops.relu6([-1.0, 3.0, 8.0]).tolist()
        [0.0, 3.0, 6.0]
    """
    return _relu6(as_tensor(x))


def leaky_relu(x: Any, negative_slope: float = 0.2) -> Tensor:
    """`x` if positive, else `negative_slope * x`.

    Example:
        >>> ops.leaky_relu([-1.0, 2.0], 0.5).tolist()
        [-0.5, 2.0]
    """
    tensor = floating(x)
    return ops.where(tensor >= 0, tensor, tensor * negative_slope)


def sigmoid(x: Any) -> Tensor:
    """`1 / (1 + exp(-x))`.

    Example:
        >>> ops.sigmoid([-1000.0, 0.0, 1000.0]).tolist()
        [0.0, 0.5, 1.0]
    """
    return _sigmoid(floating(x))


def log_sigmoid(x: Any) -> Tensor:
    """`log(sigmoid(x))`, exact where the sigmoid is too small for a float.

    Example:
        >>> ops.log_sigmoid([-1000.0]).tolist()
        [-1000.0]
    """
    return -_softplus(-floating(x))


def softplus(x: Any) -> Tensor:
    """`log(1 + exp(x))`, without overflow: `max(x, 0) + log1p(exp(-|x|))`.

    Example:
        >>> ops.softplus([-1000.0, 1000.0]).tolist()
        [0.0, 1000.0]
    """
    return _softplus(floating(x))


def softsign(x: Any) -> Tensor:
    """`x / (1 + |x|)`.

    Example:
        >>> ops.softsign([-1.0, 3.0]).tolist()
        [-0.5, 0.75]
    """
    tensor = floating(x)
    return tensor / (1.0 + ops.absolute(tensor))


def hard_sigmoid(x: Any) -> Tensor:
    """Piecewise linear sigmoid: `relu6(x + 3) / 6`.

    Example:
        >>> ops.hard_sigmoid([-3.0, 0.0, 3.0]).tolist()
        [0.0, 0.5, 1.0]
    """
    return _relu6(floating(x) + 3.0) / 6.0


def hard_tanh(x: Any) -> Tensor:
    """`x` limited to -1 and 1; integers stay integers.

    Example:
        >>> ops.hard_tanh([-3.0, 0.5, 3.0]).tolist()
        [-1.0, 0.5, 1.0]
    """
    tensor = as_tensor(x)
    # Unsigned integers have no -1.
    return ops.minimum(tensor if tensor.dtype in dtypes.UNSIGNED else ops.maximum(tensor, -1), 1)


def silu(x: Any) -> Tensor:
    """`x * sigmoid(x)`.

    Example:
        >>> ops.silu([-1000.0, 0.0, 1000.0]).tolist()
        [0.0, 0.0, 1000.0]
    """
    tensor = floating(x)
    return tensor * _sigmoid(tensor)


def swish(x: Any) -> Tensor:
    """Another name of `silu`.

    Example:
        >>> ops.swish(0.0).item()
        0.0
    """
    return silu(x)


def hard_silu(x: Any) -> Tensor:
    """`x * hard_sigmoid(x)`.

    Example:
        >>> ops.hard_silu([-3.0, 3.0]).tolist()
        [0.0, 3.0]
    """
    tensor = floating(x)
    return tensor * hard_sigmoid(tensor)


def hard_swish(x: Any) -> Tensor:
    """Another name of `hard_silu`.

    Example:
        >>> ops.hard_swish(3.0).item()
        3.0
    """
    return hard_silu(x)


def elu(x: Any, alpha: float = 1.0) -> Tensor:
    """`x` if positive, else `alpha * (exp(x) - 1)`.

    Example:
        >>> ops.elu([-1000.0, 2.0]).tolist()
        [-1.0, 2.0]
    """
    tensor = floating(x)
    return ops.where(tensor > 0, tensor, alpha * ops.expm1(_negative_part(tensor)))


def _negative_part(x: Tensor) -> Tensor:
    """`x` where it is not positive, else 0, so that the branch not taken does not overflow."""
    return ops.where(x > 0, 0.0, x)


def celu(x: Any, alpha: float = 1.0) -> Tensor:
    """`x` if positive, else `alpha * (exp(x / alpha) - 1)`.

    Example:
        >>> ops.celu([-1000.0, 2.0], alpha=2.0).tolist()
        [-2.0, 2.0]
    """
    tensor = floating(x)
    return ops.where(tensor > 0, tensor, alpha * ops.expm1(_negative_part(tensor) / alpha))


def selu(x: Any) -> Tensor:
    """`1.0507 * elu(x, 1.6733)`: keeps mean 0 and variance 1 through layers.

    Source: Klambauer, Unterthiner, Mayr, Hochreiter, "Self-normalizing neural networks", 2017.

    Example:
        >>> round(ops.selu(1.0).item(), 4)
        1.0507
    """
    return 1.0507009873554805 * elu(x, 1.6732632423543772)


def gelu(x: Any, approximate: bool = True) -> Tensor:
    """`x` times the normal distribution function of `x`; by default its tanh approximation.

    Example:
        >>> round(ops.gelu(1.0).item(), 4), round(ops.gelu(1.0, approximate=False).item(), 4)
        (0.8412, 0.8413)
    """
    tensor = floating(x)
    if approximate:
        inner = math.sqrt(2.0 / math.pi) * (tensor + 0.044715 * (tensor * tensor * tensor))
        # (1 + tanh(u)) / 2, which would cancel for negative numbers.
        return tensor * _sigmoid(2.0 * inner)
    return 0.5 * tensor * ops.erfc(tensor * -math.sqrt(0.5))


def _shifted(x: Tensor, axes: tuple[int, ...]) -> Tensor:
    # The largest exponent becomes 0, so that none overflows; the quotient does not change.
    return x - ops.max(x, axes, keepdims=True)


def softmax(x: Any, axis: Any = -1) -> Tensor:
    """`exp(x) / sum(exp(x))` over an axis or several, without overflow.

    Raises:
        ValueError: for an axis that is not there.

    Example:
        >>> ops.softmax([1000.0, 1000.0]).tolist()
        [0.5, 0.5]
    """
    tensor = floating(x)
    axes = normalize_axes(axis, tensor.ndim)

    def value(x: Tensor) -> Tensor:
        powers = ops.exp(_shifted(x, axes))
        return powers / ops.sum(powers, axes, keepdims=True)

    def rule(g: Tensor, y: Tensor, x: Tensor) -> Tensor:
        return y * (g - ops.sum(g * y, axes, keepdims=True))

    return with_rule(value, rule)(tensor)


def log_softmax(x: Any, axis: Any = -1) -> Tensor:
    """`log(softmax(x))`: `x - max - log(sum(exp(x - max)))` over an axis or several.

    Raises:
        ValueError: for an axis that is not there.

    Example:
        >>> ops.log_softmax([0.0, -1000.0]).tolist()
        [0.0, -1000.0]
    """
    tensor = floating(x)
    axes = normalize_axes(axis, tensor.ndim)

    def value(x: Tensor) -> Tensor:
        shifted = _shifted(x, axes)
        return shifted - ops.log(ops.sum(ops.exp(shifted), axes, keepdims=True))

    def rule(g: Tensor, y: Tensor, x: Tensor) -> Tensor:
        return g - ops.exp(y) * ops.sum(g, axes, keepdims=True)

    return with_rule(value, rule)(tensor)


def one_hot(
    x: Any, num_classes: int, axis: int = -1, dtype: Any = None, sparse: bool = False
) -> Tensor:
    """1 at each label's place along a new axis, else 0; all 0 for a label that is no class.

    Args:
        x: integers of any shape.
        num_classes: the new axis's size.
        axis: where the result has the new axis.
        dtype: float32 if None.

    Raises:
        TypeError: for labels that are no integers.
        ValueError: for an axis that is not there.

    Example:
        >>> ops.one_hot([1, 0], 3).tolist()
        [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]
    """
    if sparse:
        raise NotImplementedError("gossamer has no sparse tensors.")
    labels = as_tensor(x)
    if labels.dtype not in dtypes.INTEGERS:
        raise TypeError(f"Expected integer labels. Received: dtype={labels.dtype}")
    along = normalize_axis(axis, labels.ndim + 1)
    classes = iota(0, 1, num_classes, "int32", labels.backend)
    column = (num_classes, *(1,) * (labels.ndim - along))
    hits = ops.equal(
        ops.expand_dims(as_tensor(labels, "int32"), along), ops.reshape(classes, column)
    )
    return ops.cast(hits, dtype or dtypes.WEAK["float"])


def multi_hot(
    inputs: Any,
    num_classes: int | None = None,
    axis: int = -1,
    dtype: Any = None,
    sparse: bool = False,
    **kwargs: Any,
) -> Tensor:
    """1 at the place of every label of a row, else 0; nothing for a label that is no class.

    Args:
        inputs: integer labels, of shape (labels,), (batch, labels) or (batch, labels, ...).
        num_classes: how many classes there are.
        axis: where the classes are before the maximum over axis 1 (0 if there is but one) is taken.
        dtype: float32 if None.
        sparse: False: there are no sparse tensors here.
        **kwargs: `num_tokens`, the former name of `num_classes`.

    Raises:
        ValueError: if no number of classes is given, for an axis that is not there, and for no
            labels.

    Example:
        >>> ops.multi_hot([[1, 2], [0, 0]], 4).tolist()
        [[0.0, 1.0, 1.0, 0.0], [1.0, 0.0, 0.0, 0.0]]
    """
    count = kwargs.get("num_tokens") if num_classes is None else num_classes
    if count is None:
        raise ValueError(f"Expected num_classes. Received: num_classes={num_classes}")
    labels = as_tensor(inputs)
    hot = one_hot(as_tensor(labels, "int32"), count, axis, dtype, sparse)
    return ops.max(hot, 1 if labels.ndim > 1 else 0)


def moments(
    x: Any, axes: Any, keepdims: bool = False, synchronized: bool = False
) -> tuple[Tensor, Tensor]:
    """Mean and variance over axes.

    Raises:
        ValueError: for an axis that is not there.

    Example:
        >>> [moment.item() for moment in ops.moments([1.0, 3.0], 0)]
        [2.0, 1.0]
    """
    if synchronized:
        raise NotImplementedError("gossamer computes on one device.")
    mean, variance = mean_and_variance(floating(x), axes, keepdims)
    return (mean if keepdims else ops.reshape(mean, variance.shape)), variance


def normalize(x: Any, axis: Any = -1, order: int = 2, epsilon: float | None = None) -> Tensor:
    """Scaled to norm 1 along axes: `x / max(norm(x), epsilon)`.

    Args:
        x: the tensor.
        axis: an axis or several.
        order: of the norm: 2 for the Euclidean one.
        epsilon: the least norm to divide by; `config.epsilon()` if None.

    Raises:
        ValueError: for an order below 1, or an axis that is not there.

    Example:
        >>> [round(x, 4) for x in ops.normalize([3.0, 4.0]).tolist()]
        [0.6, 0.8]
    """
    if not isinstance(order, int) or order < 1:
        raise ValueError(f"Expected an integer order from 1 on. Received: order={order}")
    tensor = floating(x)
    if tensor.ndim == 0:
        tensor = ops.reshape(tensor, (1,))
    least = defaults.epsilon() if epsilon is None else epsilon
    if order == 2:
        total = ops.sum(ops.square(tensor), axis, keepdims=True)
        return tensor * ops.minimum(ops.rsqrt(total), 1.0 / least)
    total = ops.sum(ops.absolute(tensor) ** order, axis, keepdims=True)
    return tensor / ops.maximum(total ** (1.0 / order), least)
