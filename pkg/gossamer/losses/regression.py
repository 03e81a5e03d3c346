"""Losses of numbers: how far predictions are from the values."""

from typing import Any

from gossamer import ops
from gossamer.defaults import epsilon
from gossamer.losses.loss import FunctionLoss
from gossamer.losses.reductions import squeeze_or_expand_to_same_rank
from gossamer.tensor import Tensor


def pair(y_true: Any, y_pred: Any) -> tuple[Tensor, Tensor]:
    """Both as tensors of the predictions' dtype, and of one rank."""
    given = ops.convert_to_tensor(y_pred)
    return squeeze_or_expand_to_same_rank(ops.convert_to_tensor(y_true, given.dtype), given)


def mean_squared_error(y_true: Any, y_pred: Any) -> Tensor:
    """`mean((y_true - y_pred)**2)` over the last axis.

    Args:
        y_true: the values.
        y_pred: the predictions, of the same shape.

    Example:
        >>> gs.losses.mean_squared_error([[0.0, 2.0]], [[1.0, 0.0]]).tolist()
        [2.5]
    """
    y_true, y_pred = pair(y_true, y_pred)
    return ops.mean(ops.square(y_true - y_pred), axis=-1)


def mean_absolute_error(y_true: Any, y_pred: Any) -> Tensor:
    """`mean(|y_true - y_pred|)` over the last axis.

    Args:
        y_true: the values.
        y_pred: the predictions, of the same shape.

    Example:
        >>> gs.losses.mean_absolute_error([[0.0, 2.0]], [[1.0, 0.0]]).tolist()
        [1.5]
    """
    y_true, y_pred = pair(y_true, y_pred)
    return ops.mean(ops.abs(y_true - y_pred), axis=-1)


def mean_absolute_percentage_error(y_true: Any, y_pred: Any) -> Tensor:
    """`100 * mean(|(y_true - y_pred) / y_true|)` over the last axis.

    Args:
        y_true: the values; those closer to 0 than `config.epsilon()` count as that.
        y_pred: the predictions, of the same shape.

    Example:
        >>> gs.losses.mean_absolute_percentage_error([[1.0, 2.0]], [[1.5, 2.0]]).tolist()
        [25.0]
    """
    y_true, y_pred = pair(y_true, y_pred)
    share = ops.abs((y_true - y_pred) / ops.maximum(ops.abs(y_true), epsilon()))
    return 100.0 * ops.mean(share, axis=-1)


def mean_squared_logarithmic_error(y_true: Any, y_pred: Any) -> Tensor:
    """`mean((log(y_true + 1) - log(y_pred + 1))**2)` over the last axis.

    Args:
        y_true: the values; negative ones count as 0.
        y_pred: the predictions, of the same shape; negative ones count as 0.

    Example:
        >>> gs.losses.mean_squared_logarithmic_error([[0.0]], [[1.0]]).tolist()
        [0.4804529]
    """
    y_true, y_pred = (ops.log(ops.maximum(y, epsilon()) + 1.0) for y in pair(y_true, y_pred))
    return ops.mean(ops.square(y_pred - y_true), axis=-1)


def cosine_similarity(y_true: Any, y_pred: Any, axis: int = -1) -> Tensor:
    """`-sum(y_true * y_pred) / (|y_true| * |y_pred|)`: -1 where they point the same way.

    Args:
        y_true: the values.
        y_pred: the predictions, of the same shape.
        axis: along which they are vectors.

    Example:
        >>> gs.losses.cosine_similarity([[1.0, 0.0]], [[2.0, 0.0]]).tolist()
        [-1.0]
    """
    y_true, y_pred = (ops.normalize(y, axis=axis) for y in pair(y_true, y_pred))
    return -ops.sum(y_true * y_pred, axis=axis)


def huber(y_true: Any, y_pred: Any, delta: float = 1.0) -> Tensor:
    """The mean over the last axis of `e**2 / 2`, and of `delta * |e| - delta**2 / 2` beyond delta.

    Args:
        y_true: the values.
        y_pred: the predictions, of the same shape.
        delta: the error where the parabola becomes a line.

    Example:
        >>> gs.losses.huber([[0.0, 0.0]], [[1.0, 3.0]]).tolist()
        [1.5]

    Source: Huber, Robust Estimation of a Location Parameter, 1964.
    """
    y_true, y_pred = pair(y_true, y_pred)
    error = y_pred - y_true
    size = ops.abs(error)
    bowl, line = 0.5 * ops.square(error), delta * size - 0.5 * delta**2
    return ops.mean(ops.where(size <= delta, bowl, line), axis=-1)


def log_cosh(y_true: Any, y_pred: Any) -> Tensor:
    """`mean(log(cosh(y_pred - y_true)))` over the last axis.

    Args:
        y_true: the values.
        y_pred: the predictions, of the same shape.

    Example:
        >>> gs.losses.log_cosh([[0.0]], [[1.0]]).tolist()
        [0.4337808]
    """
    y_true, y_pred = pair(y_true, y_pred)
    error = y_pred - y_true
    # cosh overflows where its logarithm is nearly |error| - log(2).
    return ops.mean(error + ops.softplus(-2.0 * error) - LOG_2, axis=-1)


LOG_2 = 0.6931471805599453


class MeanSquaredError(FunctionLoss):
    """`mean((y_true - y_pred)**2)` over the last axis.

    Args:
        reduction: as for `Loss`.
        name: for people.
        dtype: as for `Loss`.

    Example:
        >>> gs.losses.MeanSquaredError()([[0.0, 2.0]], [[1.0, 0.0]]).item()
        2.5
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "mean_squared_error",
        dtype: Any = None,
    ) -> None:
        super().__init__(mean_squared_error, reduction, name, dtype)


class MeanAbsoluteError(FunctionLoss):
    """`mean(|y_true - y_pred|)` over the last axis.

    Args:
        reduction: as for `Loss`.
        name: for people.
        dtype: as for `Loss`.

    Example:
        >>> gs.losses.MeanAbsoluteError()([[0.0, 2.0]], [[1.0, 0.0]]).item()
        1.5
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "mean_absolute_error",
        dtype: Any = None,
    ) -> None:
        super().__init__(mean_absolute_error, reduction, name, dtype)


class MeanAbsolutePercentageError(FunctionLoss):
    """`100 * mean(|(y_true - y_pred) / y_true|)` over the last axis.

    Args:
        reduction: as for `Loss`.
        name: for people.
        dtype: as for `Loss`.

    Example:
        >>> gs.losses.MeanAbsolutePercentageError()([[1.0, 2.0]], [[1.5, 2.0]]).item()
        25.0
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "mean_absolute_percentage_error",
        dtype: Any = None,
    ) -> None:
        super().__init__(mean_absolute_percentage_error, reduction, name, dtype)


class MeanSquaredLogarithmicError(FunctionLoss):
    """`mean((log(y_true + 1) - log(y_pred + 1))**2)` over the last axis.

    Args:
        reduction: as for `Loss`.
        name: for people.
        dtype: as for `Loss`.

    Example:
        >>> gs.losses.MeanSquaredLogarithmicError()([[0.0]], [[1.0]]).item()
        0.4804529
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "mean_squared_logarithmic_error",
        dtype: Any = None,
    ) -> None:
        super().__init__(mean_squared_logarithmic_error, reduction, name, dtype)


class CosineSimilarity(FunctionLoss):
    """`-sum(y_true * y_pred) / (|y_true| * |y_pred|)`: -1 where they point the same way.

    Args:
        axis: along which they are vectors; Keras leaves it out of the configuration.
        reduction: as for `Loss`.
        name: for people.
        dtype: as for `Loss`.

    Example:
        >>> gs.losses.CosineSimilarity()([[1.0, 0.0]], [[2.0, 0.0]]).item()
        -1.0
    """

    def __init__(
        self,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "cosine_similarity",
        dtype: Any = None,
    ) -> None:
        super().__init__(cosine_similarity, reduction, name, dtype, axis=axis)


class Huber(FunctionLoss):
    """A parabola for small errors, a line for those beyond `delta`: see `huber`.

    Args:
        delta: where they meet; Keras leaves it out of the configuration.
        reduction: as for `Loss`.
        name: for people.
        dtype: as for `Loss`.

    Example:
        >>> gs.losses.Huber()([[0.0, 0.0]], [[1.0, 3.0]]).item()
        1.5
    """

    def __init__(
        self,
        delta: float = 1.0,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "huber_loss",
        dtype: Any = None,
    ) -> None:
        super().__init__(huber, reduction, name, dtype, delta=delta)


class LogCosh(FunctionLoss):
    """`mean(log(cosh(y_pred - y_true)))` over the last axis.

    Args:
        reduction: as for `Loss`.
        name: for people.
        dtype: as for `Loss`.

    Example:
        >>> gs.losses.LogCosh()([[0.0]], [[1.0]]).item()
        0.4337808
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "log_cosh",
        dtype: Any = None,
    ) -> None:
        super().__init__(log_cosh, reduction, name, dtype)
