"""Losses: from true values and predictions to one number."""

from typing import Any

from gossamer import ops
from gossamer.tensor import Tensor


class Loss:
    """What all losses are: `call` gives a value for each example, which are averaged or summed.

    Args:
        name: for people.
        reduction: `"sum_over_batch_size"` (the mean), `"sum"` or None.

    Raises:
        ValueError: for another reduction.
    """

    def __init__(
        self, name: str | None = None, reduction: str | None = "sum_over_batch_size"
    ) -> None:
        if reduction not in ("sum_over_batch_size", "mean", "sum", "none", None):
            raise ValueError(
                "Expected the reduction sum_over_batch_size, mean, sum or None. "
                f"Received: reduction={reduction!r}"
            )
        self.name = name or type(self).__name__.lower()
        self.reduction = reduction

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """The loss of each example."""
        raise NotImplementedError(f"{type(self).__name__} has no `call` method.")

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Tensor:
        predicted = ops.convert_to_tensor(y_pred)
        losses = self.call(ops.convert_to_tensor(y_true), predicted)
        if sample_weight is not None:
            losses = losses * ops.convert_to_tensor(sample_weight, losses.dtype)
        if self.reduction == "sum":
            return ops.sum(losses)
        return losses if self.reduction in (None, "none") else ops.mean(losses)


class MeanSquaredError(Loss):
    """`mean((y_true - y_pred)**2)` over the last axis.

    Example:
        >>> gs.losses.MeanSquaredError()([[0.0, 2.0]], [[1.0, 0.0]]).item()
        2.5
    """

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return ops.mean(ops.square(y_pred - ops.cast(y_true, y_pred.dtype)), axis=-1)


class SparseCategoricalCrossentropy(Loss):
    """`-log p[y_true]`, for integer classes.

    Args:
        from_logits: whether predictions are logits, to which a softmax is applied.
        name: for people.
        reduction: as for `Loss`.

    Example:
        >>> loss = gs.losses.SparseCategoricalCrossentropy(from_logits=True)
        >>> round(loss([1], [[0.0, 0.0]]).item(), 4)
        0.6931
    """

    def __init__(
        self,
        from_logits: bool = False,
        name: str | None = None,
        reduction: str | None = "sum_over_batch_size",
    ) -> None:
        super().__init__(name, reduction)
        self.from_logits = from_logits

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return ops.sparse_categorical_crossentropy(y_true, y_pred, from_logits=self.from_logits)


class CategoricalCrossentropy(SparseCategoricalCrossentropy):
    """`-sum(y_true * log p)`, for one-hot classes.

    Args:
        from_logits: whether predictions are logits, to which a softmax is applied.
        name: for people.
        reduction: as for `Loss`.

    Example:
        >>> loss = gs.losses.CategoricalCrossentropy(from_logits=True)
        >>> round(loss([[0.0, 1.0]], [[0.0, 0.0]]).item(), 4)
        0.6931
    """

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return ops.categorical_crossentropy(y_true, y_pred, from_logits=self.from_logits)
