"""Cross-entropies: what classifiers minimise. From logits they never overflow."""

from typing import Any

from gossamer import dtypes, ops
from gossamer.defaults import epsilon
from gossamer.ops.axes import normalize_axis
from gossamer.ops.convert import as_tensor, floating, promote
from gossamer.ops.indexing import gather_labels
from gossamer.tensor import Tensor


def _same_shapes(target: Any, output: Any) -> tuple[Tensor, Tensor]:
    expected, given = promote(as_tensor(target), floating(output))
    if expected.shape != given.shape:
        raise ValueError(
            "Expected a target of the output's shape. "
            f"Received: target.shape={expected.shape}, output.shape={given.shape}"
        )
    return expected, given


def _log_probabilities(output: Tensor, from_logits: bool, axis: int) -> Tensor:
    if from_logits:
        return ops.log_softmax(output, axis)
    share = output / ops.sum(output, axis, keepdims=True)
    return ops.log(ops.clip(share, epsilon(), 1.0 - epsilon()))


def categorical_crossentropy(
    target: Any, output: Any, from_logits: bool = False, axis: int = -1
) -> Tensor:
    """`-sum(target * log(output))` over the classes.

    Args:
        target: probabilities, of the output's shape.
        output: probabilities, which are scaled to the sum 1; or logits.
        from_logits: whether `output` are logits.
        axis: the axis of the classes.

    Raises:
        ValueError: for unequal shapes, or an axis that is not there.

    Example:
        >>> round(ops.categorical_crossentropy([0.0, 1.0], [0.5, 0.5]).item(), 4)
        0.6931
    """
    expected, given = _same_shapes(target, output)
    return -ops.sum(expected * _log_probabilities(given, from_logits, axis), axis)


def sparse_categorical_crossentropy(
    target: Any, output: Any, from_logits: bool = False, axis: int = -1
) -> Tensor:
    """`-log(output[target])`: the cross-entropy with labels instead of probabilities.

    Args:
        target: integer labels, of the output's shape without its classes; a last axis of size 1
            more is dropped. A label that is no class costs 0.
        output: probabilities, which are scaled to the sum 1; or logits.
        from_logits: whether `output` are logits.
        axis: the axis of the classes.

    Raises:
        ValueError: for shapes that do not fit, or an axis that is not there.

    Example:
        >>> round(ops.sparse_categorical_crossentropy([1], [[0.5, 0.5]]).item(), 4)
        0.6931
    """
    logits = as_tensor(output)
    given = as_tensor(logits, dtypes.result_type(logits.dtype, "float32"))
    labels = as_tensor(target, backend=given.backend)
    along = normalize_axis(axis, given.ndim)
    if labels.ndim == given.ndim and labels.shape[-1] == 1:
        labels = ops.squeeze(labels, -1)
    if labels.shape != given.shape[:along] + given.shape[along + 1 :]:
        raise ValueError(
            "Expected a target of the output's shape without the classes. "
            f"Received: target.shape={labels.shape}, output.shape={given.shape}, axis={axis}"
        )
    # Reading one place a row, where a product with one-hot labels would make 0 * -inf a NaN.
    return -gather_labels(_log_probabilities(given, from_logits, along), labels, along)


def binary_crossentropy(target: Any, output: Any, from_logits: bool = False) -> Tensor:
    """`-target * log(output) - (1 - target) * log(1 - output)`, elementwise.

    Args:
        target: probabilities, of the output's shape.
        output: probabilities, or logits.
        from_logits: whether `output` are logits.

    Raises:
        ValueError: for unequal shapes.

    Example:
        >>> round(ops.binary_crossentropy([1.0], [0.5]).item(), 4)
        0.6931
    """
    expected, given = _same_shapes(target, output)
    if from_logits:
        # softplus(-x) is -log(sigmoid(x)), and softplus(x) = x + softplus(-x).
        return ops.softplus(-given) + (1.0 - expected) * given
    share = ops.clip(given, epsilon(), 1.0 - epsilon())
    return -(expected * ops.log(share) + (1.0 - expected) * ops.log(1.0 - share))
