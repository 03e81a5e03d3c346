"""Hinge losses: of the margin by which predictions are on the right side."""

from typing import Any

from gossamer import ops
from gossamer.losses.loss import FunctionLoss
from gossamer.tensor import Tensor


def _signs(y_true: Any, y_pred: Any) -> tuple[Tensor, Tensor]:
    """Labels of 0 and 1 as -1 and 1, if all are; and the predictions."""
    given = ops.convert_to_tensor(y_pred)
    labels = ops.cast(y_true, given.dtype)
    are_binary = ops.all(ops.logical_or(ops.equal(labels, 0), ops.equal(labels, 1)))
    return ops.where(are_binary, 2.0 * labels - 1.0, labels), given


def hinge(y_true: Any, y_pred: Any) -> Tensor:
    """`mean(max(1 - y_true * y_pred, 0))` over the last axis.

    Args:
        y_true: -1 or 1; or 0 or 1.
        y_pred: the predictions, of the same shape.

    Example:
        >>> gs.losses.hinge([[1.0, -1.0]], [[0.5, 0.5]]).tolist()
        [1.0]
    """
    y_true, y_pred = _signs(y_true, y_pred)
    return ops.mean(ops.maximum(1.0 - y_true * y_pred, 0.0), axis=-1)


def squared_hinge(y_true: Any, y_pred: Any) -> Tensor:
    """`mean(max(1 - y_true * y_pred, 0)**2)` over the last axis.

    Args:
        y_true: -1 or 1; or 0 or 1.
        y_pred: the predictions, of the same shape.

    Example:
        >>> gs.losses.squared_hinge([[1.0, -1.0]], [[0.5, 0.5]]).tolist()
        [1.25]
    """
    y_true, y_pred = _signs(y_true, y_pred)
    return ops.mean(ops.square(ops.maximum(1.0 - y_true * y_pred, 0.0)), axis=-1)


def categorical_hinge(y_true: Any, y_pred: Any) -> Tensor:
    """`max(neg - pos + 1, 0)`: pos is the score of the true class, neg the best of the others.

    Args:
        y_true: one-hot classes.
        y_pred: scores, of the same shape.

    Example:
        >>> gs.losses.categorical_hinge([[0.0, 1.0]], [[0.5, 0.75]]).tolist()
        [0.75]
    """
    given = ops.convert_to_tensor(y_pred)
    labels = ops.cast(y_true, given.dtype)
    right, wrong = ops.sum(labels * given, axis=-1), ops.max((1.0 - labels) * given, axis=-1)
    return ops.maximum(wrong - right + 1.0, 0.0)


class Hinge(FunctionLoss):
    """`mean(max(1 - y_true * y_pred, 0))` over the last axis.

    Args:
        reduction: as for `Loss`.
        name: for people.
        dtype: as for `Loss`.

    Example:
        >>> gs.losses.Hinge()([[1.0, -1.0]], [[0.5, 0.5]]).item()
        1.0
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "hinge",
        dtype: Any = None,
    ) -> None:
        super().__init__(hinge, reduction, name, dtype)


class SquaredHinge(FunctionLoss):
    """`mean(max(1 - y_true * y_pred, 0)**2)` over the last axis.

    Args:
        reduction: as for `Loss`.
        name: for people.
        dtype: as for `Loss`.

    Example:
        >>> gs.losses.SquaredHinge()([[1.0, -1.0]], [[0.5, 0.5]]).item()
        1.25
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "squared_hinge",
        dtype: Any = None,
    ) -> None:
        super().__init__(squared_hinge, reduction, name, dtype)


class CategoricalHinge(FunctionLoss):
    """`max(neg - pos + 1, 0)`: the true class's score should be the best by 1.

    Args:
        reduction: as for `Loss`.
        name: for people.
        dtype: as for `Loss`.

    Example:
        >>> gs.losses.CategoricalHinge()([[0.0, 1.0]], [[0.5, 0.75]]).item()
        0.75
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "categorical_hinge",
        dtype: Any = None,
    ) -> None:
        super().__init__(categorical_hinge, reduction, name, dtype)
