"""Losses of overlaps: of what is predicted to be there with what is there."""

from typing import Any

from gossamer import ops
from gossamer.defaults import epsilon
from gossamer.losses.loss import FunctionLoss
from gossamer.tensor import Tensor


def dice(y_true: Any, y_pred: Any, axis: Any = None) -> Tensor:
    """`1 - 2 * sum(y_true * y_pred) / (sum(y_true) + sum(y_pred))`.

    Args:
        y_true: 1 where something is, else 0.
        y_pred: probabilities, of the same shape.
        axis: over which the sums are; all axes if None.

    Example:
        >>> gs.losses.dice([[1.0, 0.0]], [[0.5, 0.5]]).item()
        0.5
    """
    given = ops.convert_to_tensor(y_pred)
    truth = ops.cast(y_true, given.dtype)
    common = 2.0 * ops.sum(truth * given, axis=axis)
    return 1.0 - common / (ops.sum(truth, axis=axis) + ops.sum(given, axis=axis) + epsilon())


def tversky(
    y_true: Any, y_pred: Any, alpha: float = 0.5, beta: float = 0.5, axis: Any = None
) -> Tensor:
    """`1 - both / (both + alpha * missed + beta * wrong)`; with 0.5 twice it is `dice`.

    Args:
        y_true: 1 where something is, else 0.
        y_pred: probabilities, of the same shape.
        alpha: the weight of what is there and not predicted.
        beta: the weight of what is predicted and not there.
        axis: over which the sums are; all axes if None.

    Example:
        >>> gs.losses.tversky([[1.0, 0.0]], [[0.5, 0.5]]).item()
        0.5

    Source: Salehi et al., Tversky loss function for image segmentation, 2017.
    """
    given = ops.convert_to_tensor(y_pred)
    truth = ops.cast(y_true, given.dtype)
    both = ops.sum(truth * given, axis=axis)
    missed = ops.sum((1.0 - given) * truth, axis=axis)
    wrong = ops.sum(given * (1.0 - truth), axis=axis)
    return 1.0 - both / (both + missed * alpha + wrong * beta + epsilon())


class Dice(FunctionLoss):
    """`1 - 2 * sum(y_true * y_pred) / (sum(y_true) + sum(y_pred))`.

    Args:
        axis: over which the sums are; all axes if None.
        reduction: as for `Loss`.
        name: for people.
        dtype: as for `Loss`.

    Example:
        >>> gs.losses.Dice()([[1.0, 0.0]], [[0.5, 0.5]]).item()
        0.5
    """

    configured = ("axis",)

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "dice",
        axis: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(dice, reduction, name, dtype, axis=axis)


class Tversky(FunctionLoss):
    """`1 - both / (both + alpha * missed + beta * wrong)`.

    Args:
        alpha: the weight of what is there and not predicted.
        beta: the weight of what is predicted and not there.
        axis: over which the sums are; all axes if None.
        reduction: as for `Loss`.
        name: for people.
        dtype: as for `Loss`.

    Example:
        >>> gs.losses.Tversky()([[1.0, 0.0]], [[0.5, 0.5]]).item()
        0.5

    Source: Salehi et al., Tversky loss function for image segmentation, 2017.
    """

    configured = (
        "alpha",
        "beta",
        "axis",
    )

    def __init__(
        self,
        alpha: float = 0.5,
        beta: float = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "tversky",
        axis: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(tversky, reduction, name, dtype, alpha=alpha, beta=beta, axis=axis)
