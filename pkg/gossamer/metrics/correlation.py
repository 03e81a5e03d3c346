"""Correlations of predictions with the values."""

from typing import Any

from gossamer import ops
from gossamer.defaults import epsilon
from gossamer.losses.regression import pair
from gossamer.metrics.reductions import MeanMetricWrapper
from gossamer.tensor import Tensor


def pearson_correlation(y_true: Any, y_pred: Any, axis: Any = -1) -> Tensor:
    """`mean((y_true - m_t) * (y_pred - m_p)) / (s_t * s_p)`: 1 where one is linear in the other.

    Args:
        y_true: the values.
        y_pred: the predictions, of the same shape.
        axis: of means and deviations.

    Example:
        >>> gs.metrics.pearson_correlation([[1.0, 2.0, 3.0]], [[2.0, 4.0, 6.0]]).tolist()
        [1.0]
    """
    centred = [y - ops.mean(y, axis=axis, keepdims=True) for y in pair(y_true, y_pred)]
    one, other = (y / ops.std(y, axis=axis, keepdims=True) for y in centred)
    return ops.mean(one * other, axis=axis)


def concordance_correlation(y_true: Any, y_pred: Any, axis: Any = -1) -> Tensor:
    """`2 * cov / (var_t + var_p + (m_t - m_p)**2)`: 1 only where they are equal.

    Args:
        y_true: the values.
        y_pred: the predictions, of the same shape.
        axis: of means and variances.

    Example:
        >>> gs.metrics.concordance_correlation([[1.0, 2.0, 3.0]], [[1.0, 2.0, 3.0]]).tolist()
        [0.9999998]

    Source: Lin, A Concordance Correlation Coefficient to Evaluate Reproducibility, 1989.
    """
    y_true, y_pred = pair(y_true, y_pred)
    mean, predicted_mean = (ops.mean(y, axis=axis, keepdims=True) for y in (y_true, y_pred))
    spread = (
        ops.var(y_true, axis=axis, keepdims=True)
        + ops.var(y_pred, axis=axis, keepdims=True)
        + ops.square(mean - predicted_mean)
    )
    # One factor sums to 0, so that the mean taken from the other is no matter.
    shared = (y_true - predicted_mean) * (y_pred - predicted_mean)
    return ops.mean(2.0 * shared / (spread + epsilon()), axis=axis)


class PearsonCorrelation(MeanMetricWrapper):
    """The mean of Pearson's correlation, over the batch.

    Args:
        name: for people and logs.
        dtype: as for `Metric`.
        axis: of means and deviations.

    Example:
        >>> gs.metrics.PearsonCorrelation()([[1.0, 2.0, 3.0]], [[2.0, 4.0, 6.0]]).item()
        1.0
    """

    configured = ("axis",)

    def __init__(
        self,
        name: str | None = "pearson_correlation",
        dtype: Any = None,
        axis: Any = -1,
    ) -> None:
        super().__init__(pearson_correlation, name, dtype, axis=axis)


class ConcordanceCorrelation(MeanMetricWrapper):
    """The mean of the concordance correlation, over the batch.

    Args:
        name: for people and logs.
        dtype: as for `Metric`.
        axis: of means and variances.

    Example:
        >>> metric = gs.metrics.ConcordanceCorrelation()
        >>> metric([[1.0, 2.0, 3.0]], [[1.0, 2.0, 3.0]]).item()
        0.9999998

    Source: Lin, A Concordance Correlation Coefficient to Evaluate Reproducibility, 1989.
    """

    configured = ("axis",)

    def __init__(
        self,
        name: str | None = "concordance_correlation",
        dtype: Any = None,
        axis: Any = -1,
    ) -> None:
        super().__init__(concordance_correlation, name, dtype, axis=axis)
