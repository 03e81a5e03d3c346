"""Means of losses, as metrics."""

from typing import Any

from gossamer.losses.crossentropy import (
    binary_crossentropy,
    categorical_crossentropy,
    sparse_categorical_crossentropy,
)
from gossamer.losses.divergences import kl_divergence, poisson
from gossamer.losses.hinges import categorical_hinge, hinge, squared_hinge
from gossamer.metrics.reductions import MeanMetricWrapper


class BinaryCrossentropy(MeanMetricWrapper):
    """The mean of `-y_true * log(p) - (1 - y_true) * log(1 - p)`.

    Args:
        name: for people and logs.
        dtype: as for `Metric`.
        from_logits: whether predictions are logits, and no probabilities.
        label_smoothing: how much of the labels is spread over all classes, from 0 to 1.

    Example:
        >>> gs.metrics.BinaryCrossentropy()([[1.0, 0.0]], [[0.5, 0.5]]).item()
        0.6931472
    """

    configured = ("from_logits", "label_smoothing")

    def __init__(
        self,
        name: str | None = "binary_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0,
    ) -> None:
        super().__init__(
            binary_crossentropy,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
        )


class CategoricalCrossentropy(MeanMetricWrapper):
    """The mean of `-sum(y_true * log p)`, for one-hot classes.

    Args:
        name: for people and logs.
        dtype: as for `Metric`.
        from_logits: whether predictions are logits, and no probabilities.
        label_smoothing: how much of the labels is spread over all classes, from 0 to 1.
        axis: the axis of the classes.

    Example:
        >>> gs.metrics.CategoricalCrossentropy()([[0.0, 1.0]], [[0.5, 0.5]]).item()
        0.6931472
    """

    configured = ("from_logits", "label_smoothing", "axis")

    def __init__(
        self,
        name: str | None = "categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0,
        axis: int = -1,
    ) -> None:
        super().__init__(
            categorical_crossentropy,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )


class SparseCategoricalCrossentropy(MeanMetricWrapper):
    """The mean of `-log p[y_true]`, for integer classes.

    Args:
        name: for people and logs.
        dtype: as for `Metric`.
        from_logits: whether predictions are logits, and no probabilities.
        ignore_class: a number that stands for no class; its loss is 0.
        axis: the axis of the classes.

    Example:
        >>> gs.metrics.SparseCategoricalCrossentropy()([1], [[0.5, 0.5]]).item()
        0.6931472
    """

    configured = ("from_logits", "ignore_class", "axis")

    def __init__(
        self,
        name: str | None = "sparse_categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        ignore_class: int | None = None,
        axis: int = -1,
    ) -> None:
        super().__init__(
            sparse_categorical_crossentropy,
            name,
            dtype,
            from_logits=from_logits,
            ignore_class=ignore_class,
            axis=axis,
        )


class KLDivergence(MeanMetricWrapper):
    """The mean of `sum(y_true * log(y_true / y_pred))`.

    Args:
        name: for people and logs.
        dtype: as for `Metric`.

    Example:
        >>> gs.metrics.KLDivergence()([[0.0, 1.0]], [[0.5, 0.5]]).item()
        0.69314563
    """

    configured = ()

    def __init__(self, name: str | None = "kl_divergence", dtype: Any = None) -> None:
        super().__init__(kl_divergence, name, dtype)


class Poisson(MeanMetricWrapper):
    """The mean of `y_pred - y_true * log(y_pred)`.

    Args:
        name: for people and logs.
        dtype: as for `Metric`.

    Example:
        >>> gs.metrics.Poisson()([[3.0]], [[1.0]]).item()
        0.9999997
    """

    configured = ()

    def __init__(self, name: str | None = "poisson", dtype: Any = None) -> None:
        super().__init__(poisson, name, dtype)


class Hinge(MeanMetricWrapper):
    """The mean of `max(1 - y_true * y_pred, 0)`.

    Args:
        name: for people and logs.
        dtype: as for `Metric`.

    Example:
        >>> gs.metrics.Hinge()([[1.0, -1.0]], [[0.5, 0.5]]).item()
        1.0
    """

    configured = ()

    def __init__(self, name: str | None = "hinge", dtype: Any = None) -> None:
        super().__init__(hinge, name, dtype)


class SquaredHinge(MeanMetricWrapper):
    """The mean of `max(1 - y_true * y_pred, 0)**2`.

    Args:
        name: for people and logs.
        dtype: as for `Metric`.

    Example:
        >>> gs.metrics.SquaredHinge()([[1.0, -1.0]], [[0.5, 0.5]]).item()
        1.25
    """

    configured = ()

    def __init__(self, name: str | None = "squared_hinge", dtype: Any = None) -> None:
        super().__init__(squared_hinge, name, dtype)


class CategoricalHinge(MeanMetricWrapper):
    """The mean of `max(neg - pos + 1, 0)`: see `losses.categorical_hinge`.

    Args:
        name: for people and logs.
        dtype: as for `Metric`.

    Example:
        >>> gs.metrics.CategoricalHinge()([[0.0, 1.0]], [[0.5, 0.75]]).item()
        0.75
    """

    configured = ()

    def __init__(self, name: str | None = "categorical_hinge", dtype: Any = None) -> None:
        super().__init__(categorical_hinge, name, dtype)
