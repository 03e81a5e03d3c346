"""Sums and means of values, and means of what a function makes of a batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from gossamer import ops
from gossamer.losses.reductions import apply_mask, squeeze_or_expand_to_same_rank
from gossamer.masking import get_keras_mask
from gossamer.metrics.metric import Metric
from gossamer.serialization import deserialize_keras_object, serialize_keras_object
from gossamer.tensor import Tensor


def samplewise(
    values: Any, sample_weight: Any, reduce: Callable[..., Tensor], dtype: str
) -> tuple[Tensor, Tensor | None]:
    """A weighted value for each example, and the weights, both of one axis at most.

    Args:
        values: of any shape whose first axis is the examples'.
        sample_weight: weights, which may have fewer axes; or None.
        reduce: `ops.sum` or `ops.mean`: how the further axes are folded.
        dtype: of both.
    """
    mask = get_keras_mask(values)
    values = ops.cast(values, dtype)
    weights = None
    if sample_weight is not None:
        weights = apply_mask(ops.convert_to_tensor(sample_weight, dtype), mask, dtype, "sum")
        values, weights = squeeze_or_expand_to_same_rank(values, weights)
        rank = weights.ndim
        if values.ndim > rank:
            values = reduce(values, axis=tuple(range(rank, values.ndim)))
        weights = ops.broadcast_to(weights, values.shape)
        values = values * weights
        if rank > 1:
            weights = reduce(weights, axis=tuple(range(1, rank)))
    if values.ndim > 1:
        values = reduce(values, axis=tuple(range(1, values.ndim)))
    return values, weights


class Sum(Metric):
    """The weighted sum of all values.

    Args:
        name: for people and logs.
        dtype: as for `Metric`.

    Example:
        >>> metric = gs.metrics.Sum()
        >>> metric.update_state([1.0, 2.0])
        >>> metric([3.0, 4.0], sample_weight=[1.0, 0.5]).item()
        8.0
    """

    def __init__(self, name: str | None = "sum", dtype: Any = None) -> None:
        super().__init__(dtype, name)
        self.total = self.add_variable((), "zeros", self.dtype, name="total")

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        values, _ = samplewise(values, sample_weight, ops.sum, self.dtype)
        self.total.assign_add(ops.sum(values))

    def result(self) -> Tensor:
        return ops.cast(self.total, self.dtype)


class Mean(Metric):
    """The weighted mean of all values: `sum(w * x) / sum(w)`.

    Args:
        name: for people and logs.
        dtype: as for `Metric`.

    Example:
        >>> metric = gs.metrics.Mean()
        >>> metric.update_state([1.0, 2.0])
        >>> metric([6.0]).item()
        3.0
    """

    def __init__(self, name: str | None = "mean", dtype: Any = None) -> None:
        super().__init__(dtype, name)
        self.total = self.add_variable((), "zeros", self.dtype, name="total")
        self.count = self.add_variable((), "zeros", self.dtype, name="count")

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        values, weights = samplewise(values, sample_weight, ops.mean, self.dtype)
        self.total.assign_add(ops.sum(values))
        if weights is not None:
            self.count.assign_add(ops.sum(weights))
        else:
            self.count.assign_add(values.shape[0] if values.ndim else 1)

    def result(self) -> Tensor:
        return ops.divide_no_nan(self.total, self.count)


class MeanMetricWrapper(Mean):
    """The mean of what a function of `y_true` and `y_pred` gives for each example.

    Args:
        fn: the function, or a loss.
        name: for people and logs.
        dtype: as for `Metric`.
        kwargs: further arguments of the function.

    Example:
        >>> metric = gs.metrics.MeanMetricWrapper(gs.losses.huber, name="huber", delta=0.5)
        >>> metric([[0.0]], [[1.0]]).item()
        0.375
    """

    # The arguments that Keras writes in the configuration of its own metrics.
    configured: ClassVar[tuple[str, ...] | None] = None

    def __init__(
        self, fn: Callable[..., Any], name: str | None = None, dtype: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(name, dtype)
        self._fn = fn
        self._fn_kwargs = kwargs
        if self.configured is not None:
            for key, value in kwargs.items():
                setattr(self, key, value)

    def update_state(  # type: ignore[override]
        self, y_true: Any, y_pred: Any, sample_weight: Any = None
    ) -> None:
        mask = get_keras_mask(y_pred)
        values = self._fn(y_true, y_pred, **self._fn_kwargs)
        super().update_state(values, apply_mask(sample_weight, mask, self.dtype, "sum"))

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        if self.configured is not None:
            return config | {key: getattr(self, key) for key in self.configured}
        config["fn"] = serialize_keras_object(self._fn)
        return config | serialize_keras_object(self._fn_kwargs)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Metric:
        return cls(**(deserialize_keras_object(config) if "fn" in config else config))
