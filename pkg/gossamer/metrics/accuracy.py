"""Accuracies: the share of predictions that are right."""

from typing import Any

from gossamer import dtypes, ops
from gossamer.losses.reductions import squeeze_or_expand_to_same_rank
from gossamer.losses.regression import pair
from gossamer.metrics.reductions import MeanMetricWrapper
from gossamer.tensor import Tensor


def _matches(one: Tensor, other: Tensor) -> Tensor:
    """1 where they are equal, else 0."""
    return ops.cast(ops.equal(one, other), dtypes.floatx())


def accuracy(y_true: Any, y_pred: Any) -> Tensor:
    """1 where a prediction equals the value, else 0.

    Args:
        y_true: the values.
        y_pred: the predictions, of the same shape.

    Example:
        >>> accuracy([1.0, 2.0], [1.0, 3.0]).tolist()
        [1.0, 0.0]
    """
    return _matches(*pair(y_true, y_pred))


def binary_accuracy(y_true: Any, y_pred: Any, threshold: float = 0.5) -> Tensor:
    """1 where a prediction is on the label's side of the threshold, else 0.

    Args:
        y_true: 0 or 1.
        y_pred: probabilities, of the same shape.
        threshold: what is greater counts as 1.

    Example:
        >>> gs.metrics.binary_accuracy([1, 1, 0], [0.7, 0.4, 0.1]).tolist()
        [1.0, 0.0, 1.0]
    """
    y_true, y_pred = squeeze_or_expand_to_same_rank(
        ops.convert_to_tensor(y_true), ops.convert_to_tensor(y_pred)
    )
    return _matches(y_true, ops.cast(ops.greater(y_pred, threshold), y_true.dtype))


def categorical_accuracy(y_true: Any, y_pred: Any) -> Tensor:
    """1 where the greatest prediction is the class's, else 0.

    Args:
        y_true: one-hot classes.
        y_pred: probabilities or logits, of the same shape.

    Example:
        >>> gs.metrics.categorical_accuracy([[0, 1], [1, 0]], [[0.2, 0.8], [0.3, 0.7]]).tolist()
        [1.0, 0.0]
    """
    return _matches(ops.argmax(y_true, axis=-1), ops.argmax(y_pred, axis=-1))


def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> Tensor:
    """1 where the greatest prediction is the class's, else 0, for integer classes.

    Args:
        y_true: the classes' numbers; a last axis of size 1 is dropped.
        y_pred: probabilities or logits, with one axis more.

    Example:
        >>> gs.metrics.sparse_categorical_accuracy([1, 0], [[0.2, 0.8], [0.3, 0.7]]).tolist()
        [1.0, 0.0]
    """
    y_true, y_pred = ops.convert_to_tensor(y_true), ops.convert_to_tensor(y_pred)
    if y_true.ndim == y_pred.ndim and y_true.shape[-1] == 1:
        y_true = ops.squeeze(y_true, -1)
    matches = _matches(y_true, ops.cast(ops.argmax(y_pred, axis=-1), y_true.dtype))
    if matches.ndim > 1 and matches.shape[-1] == 1:
        matches = ops.squeeze(matches, -1)
    return matches


def top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Tensor:
    """1 where the class is among the `k` greatest predictions, else 0.

    Args:
        y_true: one-hot classes.
        y_pred: probabilities or logits, of the same shape.
        k: how many predictions count.

    Example:
        >>> y_pred = [[0.1, 0.3, 0.6]]
        >>> gs.metrics.top_k_categorical_accuracy([[0, 1, 0]], y_pred, k=2).tolist()
        [1.0]
    """
    return sparse_top_k_categorical_accuracy(ops.argmax(y_true, axis=-1), y_pred, k)


def sparse_top_k_categorical_accuracy(
    y_true: Any, y_pred: Any, k: int = 5, from_sorted_ids: bool = False
) -> Tensor:
    """1 where the class is among the `k` greatest predictions, else 0, for integer classes.

    Args:
        y_true: the classes' numbers.
        y_pred: probabilities or logits, with one axis more.
        k: how many predictions count.
        from_sorted_ids: whether `y_pred` has the classes' numbers instead, the likeliest first.

    Example:
        >>> gs.metrics.sparse_top_k_categorical_accuracy([1], [[0.1, 0.3, 0.6]], k=2).tolist()
        [1.0]
    """
    y_pred = ops.convert_to_tensor(y_pred)
    y_true = ops.cast(y_true, y_pred.dtype if from_sorted_ids else "int32")
    labels, rows = ops.reshape(y_true, (-1,)), ops.reshape(y_pred, (-1, y_pred.shape[-1]))
    if from_sorted_ids:
        among = ops.any(ops.equal(ops.expand_dims(labels, 1), rows[:, :k]), axis=1)
    else:
        among = ops.in_top_k(labels, rows, k)
    return ops.reshape(ops.cast(among, dtypes.floatx()), y_true.shape)


class Accuracy(MeanMetricWrapper):
    """The share of predictions that equal the values.

    Args:
        name: for people and logs.
        dtype: as for `Metric`.

    Example:
        >>> gs.metrics.Accuracy()([1.0, 2.0], [1.0, 3.0]).item()
        0.5
    """

    configured = ()

    def __init__(self, name: str | None = "accuracy", dtype: Any = None) -> None:
        super().__init__(accuracy, name, dtype)


class BinaryAccuracy(MeanMetricWrapper):
    """The share of predictions on the label's side of a threshold.

    Args:
        name: for people and logs.
        dtype: as for `Metric`.
        threshold: what is greater counts as 1.

    Example:
        >>> gs.metrics.BinaryAccuracy()([1, 1, 0, 0], [0.7, 0.4, 0.1, 0.2]).item()
        0.75
    """

    configured = ("threshold",)

    def __init__(
        self,
        name: str | None = "binary_accuracy",
        dtype: Any = None,
        threshold: float = 0.5,
    ) -> None:
        super().__init__(binary_accuracy, name, dtype, threshold=threshold)


class CategoricalAccuracy(MeanMetricWrapper):
    """The share of examples whose greatest prediction is the class's, for one-hot classes.

    Args:
        name: for people and logs.
        dtype: as for `Metric`.

    Example:
        >>> metric = gs.metrics.CategoricalAccuracy()
        >>> metric([[0, 1], [1, 0]], [[0.2, 0.8], [0.3, 0.7]]).item()
        0.5
    """

    configured = ()

    def __init__(self, name: str | None = "categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(categorical_accuracy, name, dtype)


class SparseCategoricalAccuracy(MeanMetricWrapper):
    """The share of examples whose greatest prediction is the class's, for integer classes.

    Args:
        name: for people and logs.
        dtype: as for `Metric`.

    Example:
        >>> metric = gs.metrics.SparseCategoricalAccuracy()
        >>> metric([1, 0], [[0.2, 0.8], [0.3, 0.7]]).item()
        0.5
    """

    configured = ()

    def __init__(
        self,
        name: str | None = "sparse_categorical_accuracy",
        dtype: Any = None,
    ) -> None:
        super().__init__(sparse_categorical_accuracy, name, dtype)


class TopKCategoricalAccuracy(MeanMetricWrapper):
    """The share of examples whose class is among the `k` greatest predictions.

    Args:
        k: how many predictions count.
        name: for people and logs.
        dtype: as for `Metric`.

    Example:
        >>> metric = gs.metrics.TopKCategoricalAccuracy(k=2)
        >>> metric([[0, 1, 0], [1, 0, 0]], [[0.1, 0.3, 0.6], [0.1, 0.3, 0.6]]).item()
        0.5
    """

    configured = ("k",)

    def __init__(
        self,
        k: int = 5,
        name: str | None = "top_k_categorical_accuracy",
        dtype: Any = None,
    ) -> None:
        super().__init__(top_k_categorical_accuracy, name, dtype, k=k)


class SparseTopKCategoricalAccuracy(MeanMetricWrapper):
    """The same for integer classes: see `TopKCategoricalAccuracy`.

    Args:
        k: how many predictions count.
        name: for people and logs.
        dtype: as for `Metric`.
        from_sorted_ids: whether predictions are the classes' numbers, the likeliest first.

    Example:
        >>> metric = gs.metrics.SparseTopKCategoricalAccuracy(k=2)
        >>> metric([1, 0], [[0.1, 0.3, 0.6], [0.1, 0.3, 0.6]]).item()
        0.5
    """

    configured = ("k",)
    from_sorted_ids: bool

    def __init__(
        self,
        k: int = 5,
        name: str | None = "sparse_top_k_categorical_accuracy",
        dtype: Any = None,
        from_sorted_ids: bool = False,
    ) -> None:
        super().__init__(
            sparse_top_k_categorical_accuracy, name, dtype, k=k, from_sorted_ids=from_sorted_ids
        )

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | ({"from_sorted_ids": True} if self.from_sorted_ids else {})
