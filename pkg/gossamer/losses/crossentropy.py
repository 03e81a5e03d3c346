"""Cross-entropies: losses of probabilities."""

import warnings
from typing import Any

from gossamer import ops
from gossamer.losses.loss import FunctionLoss
from gossamer.masking import set_keras_mask
from gossamer.ops.axes import normalize_axis
from gossamer.tensor import Tensor


def probabilities(y_true: Any, y_pred: Any) -> tuple[Tensor, Tensor]:
    """Both as tensors of the predictions' dtype."""
    given = ops.convert_to_tensor(y_pred)
    return ops.cast(y_true, given.dtype), given


def smoothed(y_true: Tensor, label_smoothing: float, classes: int) -> Tensor:
    """Labels of which a part is spread evenly over the classes."""
    if not label_smoothing:
        return y_true
    return y_true * (1.0 - label_smoothing) + label_smoothing / classes


def check_classes(y_pred: Tensor, axis: Any, loss: str) -> None:
    """Warns of predictions of one class.

    Raises:
        ValueError: for an axis that is no integer.
    """
    if isinstance(axis, bool):
        raise ValueError(f"Expected an integer axis. Received: axis={axis}")
    if y_pred.shape[-1] == 1:
        warnings.warn(
            f"Expected more than one class for {loss}; binary_crossentropy is for two. "
            f"Received: y_pred.shape={y_pred.shape}",
            SyntaxWarning,
            stacklevel=3,
        )


def categorical_crossentropy(
    y_true: Any,
    y_pred: Any,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Tensor:
    """`-sum(y_true * log p)`, for one-hot classes.

    Args:
        y_true: probabilities.
        y_pred: probabilities or logits, of the same shape.
        from_logits: whether predictions are logits, and no probabilities.
        label_smoothing: how much of the labels is spread over all classes, from 0 to 1.
        axis: the axis of the classes.

    Raises:
        ValueError: for an axis that is no integer.

    Example:
        >>> gs.losses.categorical_crossentropy([[0.0, 1.0]], [[0.5, 0.5]]).tolist()
        [0.6931472]
    """
    y_true, y_pred = probabilities(y_true, y_pred)
    check_classes(y_pred, axis, "categorical_crossentropy")
    labels = smoothed(y_true, label_smoothing, y_true.shape[-1])
    return ops.categorical_crossentropy(labels, y_pred, from_logits=from_logits, axis=axis)


def sparse_categorical_crossentropy(
    y_true: Any,
    y_pred: Any,
    from_logits: bool = False,
    ignore_class: int | None = None,
    axis: int = -1,
) -> Tensor:
    """`-log p[y_true]`, for integer classes.

    Args:
        y_true: the classes' numbers.
        y_pred: probabilities or logits, with one axis more.
        from_logits: whether predictions are logits, and no probabilities.
        ignore_class: a number that stands for no class; where it is, the loss is 0 and masked.
        axis: the axis of the classes.

    Example:
        >>> gs.losses.sparse_categorical_crossentropy([1], [[0.5, 0.5]]).tolist()
        [0.6931472]
    """
    y_true, y_pred = ops.convert_to_tensor(y_true), ops.convert_to_tensor(y_pred)
    if y_true.ndim == y_pred.ndim and y_true.shape[axis] == 1:
        y_true = ops.squeeze(y_true, axis)
    if ignore_class is None:
        return _sparse(y_true, y_pred, from_logits, axis)
    counts = ops.not_equal(y_true, ops.cast(ignore_class, y_true.dtype))
    y_true = ops.where(counts, y_true, 0)
    # So its gradient is 0, too, even if a prediction there is infinite; and 1 is no sum of 0, by
    # which probabilities would be divided.
    y_pred = ops.where(ops.expand_dims(counts, axis), y_pred, 1.0)
    loss = ops.where(counts, _sparse(y_true, y_pred, from_logits, axis), 0.0)
    set_keras_mask(loss, counts)
    return loss


def _sparse(y_true: Tensor, y_pred: Tensor, from_logits: bool, axis: int) -> Tensor:
    labels = ops.cast(y_true, "int32")
    along = normalize_axis(axis, y_pred.ndim)
    return ops.sparse_categorical_crossentropy(labels, y_pred, from_logits=from_logits, axis=along)


def binary_crossentropy(
    y_true: Any,
    y_pred: Any,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: Any = -1,
) -> Tensor:
    """`mean(-y_true * log(p) - (1 - y_true) * log(1 - p))` over an axis.

    Args:
        y_true: probabilities.
        y_pred: probabilities or logits, of the same shape.
        from_logits: whether predictions are logits, and no probabilities.
        label_smoothing: how far labels go towards 0.5, from 0 to 1.
        axis: of the mean.

    Example:
        >>> gs.losses.binary_crossentropy([[1.0, 0.0]], [[0.5, 0.5]]).tolist()
        [0.6931472]
    """
    y_true, y_pred = probabilities(y_true, y_pred)
    labels = smoothed(y_true, label_smoothing, 2)
    return ops.mean(ops.binary_crossentropy(labels, y_pred, from_logits=from_logits), axis=axis)


class CategoricalCrossentropy(FunctionLoss):
    """`-sum(y_true * log p)`, for one-hot classes.

    Args:
        from_logits: whether predictions are logits, and no probabilities.
        label_smoothing: how much of the labels is spread over all classes, from 0 to 1.
        axis: the axis of the classes.
        reduction: as for `Loss`.
        name: for people.
        dtype: as for `Loss`.

    Example:
        >>> loss = gs.losses.CategoricalCrossentropy(from_logits=True)
        >>> loss([[0.0, 1.0]], [[0.0, 0.0]]).item()
        0.6931472
    """

    configured = (
        "from_logits",
        "label_smoothing",
        "axis",
    )

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "categorical_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(
            categorical_crossentropy,
            reduction,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )


class SparseCategoricalCrossentropy(FunctionLoss):
    """`-log p[y_true]`, for integer classes.

    Args:
        from_logits: whether predictions are logits, and no probabilities.
        ignore_class: a number that stands for no class, and does not count.
        axis: the axis of the classes; Keras leaves it out of the configuration.
        reduction: as for `Loss`.
        name: for people.
        dtype: as for `Loss`.

    Example:
        >>> loss = gs.losses.SparseCategoricalCrossentropy(from_logits=True)
        >>> loss([1], [[0.0, 0.0]]).item()
        0.6931472
    """

    configured = (
        "from_logits",
        "ignore_class",
    )

    def __init__(
        self,
        from_logits: bool = False,
        ignore_class: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        axis: int = -1,
        name: str | None = "sparse_categorical_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(
            sparse_categorical_crossentropy,
            reduction,
            name,
            dtype,
            from_logits=from_logits,
            ignore_class=ignore_class,
            axis=axis,
        )


class BinaryCrossentropy(FunctionLoss):
    """`mean(-y_true * log(p) - (1 - y_true) * log(1 - p))` over an axis.

    Args:
        from_logits: whether predictions are logits, and no probabilities.
        label_smoothing: how far labels go towards 0.5, from 0 to 1.
        axis: of the mean.
        reduction: as for `Loss`.
        name: for people.
        dtype: as for `Loss`.

    Example:
        >>> gs.losses.BinaryCrossentropy()([[1.0, 0.0]], [[0.5, 0.5]]).item()
        0.6931472
    """

    configured = (
        "from_logits",
        "label_smoothing",
        "axis",
    )

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: Any = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "binary_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(
            binary_crossentropy,
            reduction,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )
