"""Metrics of numbers: how far predictions are from the values, or how alike."""

import warnings
from typing import Any

from gossamer import ops
from gossamer.losses import regression as losses
from gossamer.losses.regression import (
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
    pair,
)
from gossamer.metrics.metric import Metric
from gossamer.metrics.reductions import Mean, MeanMetricWrapper
from gossamer.tensor import Tensor


def cosine_similarity(y_true: Any, y_pred: Any, axis: int = -1) -> Tensor:
    """`sum(y_true * y_pred) / (|y_true| * |y_pred|)`: 1 where they point the same way.

    Args:
        y_true: the values.
        y_pred: the predictions, of the same shape.
        axis: along which they are vectors.

    Example:
        >>> cosine_similarity([[1.0, 0.0]], [[2.0, 0.0]]).tolist()
        [1.0]
    """
    return -losses.cosine_similarity(y_true, y_pred, axis)


class MeanSquaredError(MeanMetricWrapper):
    """The mean of `(y_true - y_pred)**2`.

    Args:
        name: for people and logs.
        dtype: as for `Metric`.

    Example:
        >>> gs.metrics.MeanSquaredError()([[0.0, 2.0]], [[1.0, 0.0]]).item()
        2.5
    """

    configured = ()

    def __init__(self, name: str | None = "mean_squared_error", dtype: Any = None) -> None:
        super().__init__(mean_squared_error, name, dtype)


class MeanAbsoluteError(MeanMetricWrapper):
    """The mean of `|y_true - y_pred|`.

    Args:
        name: for people and logs.
        dtype: as for `Metric`.

    Example:
        >>> gs.metrics.MeanAbsoluteError()([[0.0, 2.0]], [[1.0, 0.0]]).item()
        1.5
    """

    configured = ()

    def __init__(self, name: str | None = "mean_absolute_error", dtype: Any = None) -> None:
        super().__init__(mean_absolute_error, name, dtype)


class MeanAbsolutePercentageError(MeanMetricWrapper):
    """The mean of `100 * |(y_true - y_pred) / y_true|`.

    Args:
        name: for people and logs.
        dtype: as for `Metric`.

    Example:
        >>> gs.metrics.MeanAbsolutePercentageError()([[1.0, 2.0]], [[1.5, 2.0]]).item()
        25.0
    """

    configured = ()

    def __init__(
        self,
        name: str | None = "mean_absolute_percentage_error",
        dtype: Any = None,
    ) -> None:
        super().__init__(mean_absolute_percentage_error, name, dtype)


class MeanSquaredLogarithmicError(MeanMetricWrapper):
    """The mean of `(log(y_true + 1) - log(y_pred + 1))**2`.

    Args:
        name: for people and logs.
        dtype: as for `Metric`.

    Example:
        >>> gs.metrics.MeanSquaredLogarithmicError()([[0.0]], [[1.0]]).item()
        0.4804529
    """

    configured = ()

    def __init__(
        self,
        name: str | None = "mean_squared_logarithmic_error",
        dtype: Any = None,
    ) -> None:
        super().__init__(mean_squared_logarithmic_error, name, dtype)


class CosineSimilarity(MeanMetricWrapper):
    """The mean of `sum(y_true * y_pred) / (|y_true| * |y_pred|)`.

    Args:
        name: for people and logs.
        dtype: as for `Metric`.
        axis: along which they are vectors; Keras leaves it out of the configuration.

    Example:
        >>> gs.metrics.CosineSimilarity()([[1.0, 0.0]], [[2.0, 0.0]]).item()
        1.0
    """

    configured = ()

    def __init__(
        self,
        name: str | None = "cosine_similarity",
        dtype: Any = None,
        axis: int = -1,
    ) -> None:
        super().__init__(cosine_similarity, name, dtype, axis=axis)


class LogCoshError(MeanMetricWrapper):
    """The mean of `log(cosh(y_pred - y_true))`.

    Args:
        name: for people and logs.
        dtype: as for `Metric`.

    Example:
        >>> gs.metrics.LogCoshError()([[0.0]], [[1.0]]).item()
        0.4337808
    """

    configured = ()

    def __init__(self, name: str | None = "logcosh", dtype: Any = None) -> None:
        super().__init__(log_cosh, name, dtype)


class RootMeanSquaredError(Mean):
    """`sqrt(mean((y_true - y_pred)**2))`.

    Args:
        name: for people and logs.
        dtype: as for `Metric`.

    Example:
        >>> gs.metrics.RootMeanSquaredError()([[0.0, 0.0]], [[2.0, 2.0]]).item()
        2.0
    """

    def __init__(self, name: str | None = "root_mean_squared_error", dtype: Any = None) -> None:
        super().__init__(name, dtype)

    def update_state(  # type: ignore[override]
        self, y_true: Any, y_pred: Any, sample_weight: Any = None
    ) -> None:
        y_true, y_pred = pair(y_true, ops.convert_to_tensor(y_pred, self.dtype))
        super().update_state(ops.square(y_pred - y_true), sample_weight)

    def result(self) -> Tensor:
        return ops.sqrt(super().result())


class R2Score(Metric):
    """`1 - sum((y_true - y_pred)**2) / sum((y_true - mean)**2)` of each column.

    Args:
        class_aggregation: of the columns: `"uniform_average"`, `"variance_weighted_average"`, or
            None for a score of each.
        num_regressors: of how many variables predictions are made, for the adjusted score
            `1 - (1 - R2) * (n - 1) / (n - p - 1)`; 0 for R2 itself.
        name: for people and logs.
        dtype: as for `Metric`.

    Raises:
        ValueError: for another aggregation, a negative number, or y that is not of two axes.

    Example:
        >>> gs.metrics.R2Score()([[1.0], [2.0], [3.0]], [[1.0], [2.0], [2.0]]).item()
        0.5
    """

    AGGREGATIONS = (None, "uniform_average", "variance_weighted_average")

    def __init__(
        self,
        class_aggregation: str | None = "uniform_average",
        num_regressors: int = 0,
        name: str | None = "r2_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(dtype, name)
        if class_aggregation not in self.AGGREGATIONS:
            raise ValueError(
                f"Expected a class_aggregation of {self.AGGREGATIONS}. "
                f"Received: class_aggregation={class_aggregation!r}"
            )
        if num_regressors < 0:
            raise ValueError(
                "Expected a num_regressors that is not negative. "
                f"Received: num_regressors={num_regressors}"
            )
        self.class_aggregation = class_aggregation
        self.num_regressors = num_regressors
        self.num_samples = self.add_variable((), "zeros", name="num_samples")
        self._built = False

    def _build(self, y_true: Tensor, y_pred: Tensor) -> None:
        if y_true.ndim != 2 or y_pred.ndim != 2:
            raise ValueError(
                "Expected y_true and y_pred of shape (batch, outputs). "
                f"Received: y_true.shape={y_true.shape}, y_pred.shape={y_pred.shape}"
            )
        columns = y_pred.shape[-1:]
        self.squared_sum = self.add_variable(columns, "zeros", name="squared_sum")
        self.sum = self.add_variable(columns, "zeros", name="sum")
        self.total_mse = self.add_variable(columns, "zeros", name="residual")
        self.count = self.add_variable(columns, "zeros", name="count")
        self._built = True

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        y_true, y_pred = pair(y_true, ops.convert_to_tensor(y_pred, self.dtype))
        if not self._built:
            self._build(y_true, y_pred)
        weights = ops.convert_to_tensor(1 if sample_weight is None else sample_weight, self.dtype)
        if weights.ndim == 1:
            weights = ops.expand_dims(weights, 1)
        weights = ops.broadcast_to(weights, y_true.shape)
        self.sum.assign_add(ops.sum(y_true * weights, axis=0))
        self.squared_sum.assign_add(ops.sum(ops.square(y_true) * weights, axis=0))
        self.total_mse.assign_add(ops.sum(ops.square(y_true - y_pred) * weights, axis=0))
        self.count.assign_add(ops.sum(weights, axis=0))
        self.num_samples.assign_add(y_true.size)

    def result(self) -> Tensor:
        total = ops.convert_to_tensor(self.sum)
        variance = self.squared_sum - total * (total / self.count)
        scores = 1.0 - self.total_mse / variance
        scores = ops.where(ops.isinf(scores), 0.0, scores)
        if self.class_aggregation == "uniform_average":
            scores = ops.mean(scores)
        elif self.class_aggregation == "variance_weighted_average":
            scores = ops.sum(variance * scores) / ops.sum(variance)
        return self._adjusted(scores) if self.num_regressors else scores

    def _adjusted(self, scores: Tensor) -> Tensor:
        """The score that counts regressors, too, where there are enough samples for it."""
        samples = ops.convert_to_tensor(self.num_samples)
        free = samples - (self.num_regressors + 1.0)
        # How many there are is known outside of `jit` only.
        if not free.backend.adopts and free.item() <= 0:
            warnings.warn(
                "Expected more samples than regressors and one for an adjusted R2 score; this one "
                f"is not adjusted. Received: num_regressors={self.num_regressors}, "
                f"{int(self.num_samples)} samples",
                stacklevel=3,
            )
        share = ops.divide_no_nan(samples - 1.0, free)
        return ops.where(free > 0, 1.0 - (1.0 - scores) * share, scores)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "class_aggregation": self.class_aggregation,
            "num_regressors": self.num_regressors,
        }
