"""Losses of probabilities and rates beside the cross-entropies."""

from typing import Any

from gossamer import ops
from gossamer.defaults import epsilon
from gossamer.losses.crossentropy import probabilities
from gossamer.losses.loss import FunctionLoss
from gossamer.tensor import Tensor


def kl_divergence(y_true: Any, y_pred: Any) -> Tensor:
    """`sum(y_true * log(y_true / y_pred))` over the last axis.

    Args:
        y_true: probabilities.
        y_pred: probabilities, of the same shape; both are `config.epsilon()` at least.

    Example:
        >>> gs.losses.kl_divergence([[0.0, 1.0]], [[0.5, 0.5]]).tolist()
        [0.69314563]
    """
    y_true, y_pred = (ops.clip(y, epsilon(), 1.0) for y in probabilities(y_true, y_pred))
    return ops.sum(y_true * ops.log(y_true / y_pred), axis=-1)


def poisson(y_true: Any, y_pred: Any) -> Tensor:
    """`mean(y_pred - y_true * log(y_pred))` over the last axis.

    Args:
        y_true: counts.
        y_pred: the rates predicted for them, of the same shape.

    Example:
        >>> gs.losses.poisson([[3.0]], [[1.0]]).tolist()
        [0.9999997]
    """
    y_true, y_pred = probabilities(y_true, y_pred)
    return ops.mean(y_pred - y_true * ops.log(y_pred + epsilon()), axis=-1)


def categorical_generalized_cross_entropy(y_true: Any, y_pred: Any, q: float) -> Tensor:
    """`(1 - p[y_true]**q) / q`: between cross-entropy and absolute error, for noisy labels.

    Args:
        y_true: the classes' numbers.
        y_pred: probabilities, with one axis more.
        q: 1 for the absolute error, near 0 for the cross-entropy.

    Example:
        >>> gs.losses.categorical_generalized_cross_entropy([1], [[0.75, 0.25]], 0.5).tolist()
        [1.0]

    Source: Zhang and Sabuncu, Generalized Cross Entropy Loss for Training Deep Neural Networks
    with Noisy Labels, 2018.
    """
    y_pred = ops.convert_to_tensor(y_pred)
    chosen = ops.one_hot(ops.cast(y_true, "int32"), y_pred.shape[-1], dtype=y_pred.dtype)
    return (1.0 - ops.power(ops.sum(y_pred * chosen, axis=-1), q)) / q


class KLDivergence(FunctionLoss):
    """`sum(y_true * log(y_true / y_pred))` over the last axis.

    Args:
        reduction: as for `Loss`.
        name: for people.
        dtype: as for `Loss`.

    Example:
        >>> gs.losses.KLDivergence()([[0.0, 1.0]], [[0.5, 0.5]]).item()
        0.69314563
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "kl_divergence",
        dtype: Any = None,
    ) -> None:
        super().__init__(kl_divergence, reduction, name, dtype)


class Poisson(FunctionLoss):
    """`mean(y_pred - y_true * log(y_pred))` over the last axis.

    Args:
        reduction: as for `Loss`.
        name: for people.
        dtype: as for `Loss`.

    Example:
        >>> gs.losses.Poisson()([[3.0]], [[1.0]]).item()
        0.9999997
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "poisson",
        dtype: Any = None,
    ) -> None:
        super().__init__(poisson, reduction, name, dtype)


class CategoricalGeneralizedCrossEntropy(FunctionLoss):
    """`(1 - p[y_true]**q) / q`, for integer classes of which some are wrong.

    Args:
        q: between 0 (cross-entropy) and 1 (absolute error).
        reduction: as for `Loss`.
        name: for people.
        dtype: as for `Loss`.

    Raises:
        ValueError: for another q.

    Example:
        >>> gs.losses.CategoricalGeneralizedCrossEntropy()([1], [[0.75, 0.25]]).item()
        1.0
    """

    configured = ("q",)

    def __init__(
        self,
        q: float = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "categorical_generalized_cross_entropy",
        dtype: Any = None,
    ) -> None:
        if not 0 < q < 1:
            raise ValueError(f"Expected a q between 0 and 1. Received: q={q}")
        super().__init__(categorical_generalized_cross_entropy, reduction, name, dtype, q=q)
