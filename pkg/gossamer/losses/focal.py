"""Focal cross-entropies, in which what is predicted well already counts less."""

from typing import Any

from gossamer import ops
from gossamer.defaults import epsilon
from gossamer.losses.crossentropy import check_classes, probabilities, smoothed
from gossamer.losses.loss import FunctionLoss
from gossamer.tensor import Tensor


def categorical_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    alpha: Any = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Tensor:
    """`-sum(alpha * (1 - p)**gamma * y_true * log p)`, for one-hot classes.

    Args:
        y_true: probabilities.
        y_pred: probabilities or logits, of the same shape.
        alpha: the weight, of all classes or of each.
        gamma: how much less what is predicted well counts.
        from_logits: whether predictions are logits, and no probabilities.
        label_smoothing: how much of the labels is spread over all classes, from 0 to 1.
        axis: the axis of the classes.

    Raises:
        ValueError: for an axis that is no integer.

    Example:
        >>> gs.losses.categorical_focal_crossentropy([[0.0, 1.0]], [[0.5, 0.5]]).tolist()
        [0.0433217]

    Source: Lin et al., Focal Loss for Dense Object Detection, 2017.
    """
    y_true, y_pred = probabilities(y_true, y_pred)
    check_classes(y_pred, axis, "categorical_focal_crossentropy")
    labels = smoothed(y_true, label_smoothing, y_true.shape[-1])
    share = ops.softmax(y_pred, axis=axis) if from_logits else y_pred
    share = share / ops.sum(share, axis=axis, keepdims=True)
    share = ops.clip(share, epsilon(), 1.0 - epsilon())
    return ops.sum(-alpha_of(alpha) * ops.power(1.0 - share, gamma) * labels * ops.log(share), axis)


def alpha_of(alpha: Any) -> Any:
    """A list of weights as a tensor; a number as it is."""
    return ops.convert_to_tensor(alpha) if isinstance(alpha, list | tuple) else alpha


def binary_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    apply_class_balancing: bool = False,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: Any = -1,
) -> Tensor:
    """`mean(-(1 - q)**gamma * log q)` over an axis, where q is the probability of what is true.

    Args:
        y_true: probabilities.
        y_pred: probabilities or logits, of the same shape.
        apply_class_balancing: whether class 1 has the weight alpha, and class 0 the rest.
        alpha: that weight.
        gamma: how much less what is predicted well counts.
        from_logits: whether predictions are logits, and no probabilities.
        label_smoothing: how far labels go towards 0.5, from 0 to 1.
        axis: of the mean.

    Example:
        >>> gs.losses.binary_focal_crossentropy([[1.0, 0.0]], [[0.5, 0.5]]).tolist()
        [0.1732868]

    Source: Lin et al., Focal Loss for Dense Object Detection, 2017.
    """
    y_true, y_pred = probabilities(y_true, y_pred)
    labels = smoothed(y_true, label_smoothing, 2)
    share = ops.sigmoid(y_pred) if from_logits else y_pred
    of_truth = labels * share + (1.0 - labels) * (1.0 - share)
    loss = ops.power(1.0 - of_truth, gamma) * ops.binary_crossentropy(labels, share)
    if apply_class_balancing:
        loss = (labels * alpha + (1.0 - labels) * (1.0 - alpha)) * loss
    return ops.mean(loss, axis=axis)


class CategoricalFocalCrossentropy(FunctionLoss):
    """`-sum(alpha * (1 - p)**gamma * y_true * log p)`, for one-hot classes.

    Args:
        alpha: the weight, of all classes or of each.
        gamma: how much less what is predicted well counts.
        from_logits: whether predictions are logits, and no probabilities.
        label_smoothing: how much of the labels is spread over all classes, from 0 to 1.
        axis: the axis of the classes.
        reduction: as for `Loss`.
        name: for people.
        dtype: as for `Loss`.

    Example:
        >>> gs.losses.CategoricalFocalCrossentropy()([[0.0, 1.0]], [[0.5, 0.5]]).item()
        0.0433217
    """

    configured = (
        "from_logits",
        "label_smoothing",
        "axis",
        "alpha",
        "gamma",
    )

    def __init__(
        self,
        alpha: Any = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "categorical_focal_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(
            categorical_focal_crossentropy,
            reduction,
            name,
            dtype,
            alpha=alpha,
            gamma=gamma,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )


class BinaryFocalCrossentropy(FunctionLoss):
    """`mean(-(1 - q)**gamma * log q)`, where q is the probability of what is true.

    Args:
        apply_class_balancing: whether class 1 has the weight alpha, and class 0 the rest.
        alpha: that weight.
        gamma: how much less what is predicted well counts.
        from_logits: whether predictions are logits, and no probabilities.
        label_smoothing: how far labels go towards 0.5, from 0 to 1.
        axis: of the mean.
        reduction: as for `Loss`.
        name: for people.
        dtype: as for `Loss`.

    Example:
        >>> gs.losses.BinaryFocalCrossentropy()([[1.0, 0.0]], [[0.5, 0.5]]).item()
        0.1732868
    """

    configured = (
        "from_logits",
        "label_smoothing",
        "axis",
        "apply_class_balancing",
        "alpha",
        "gamma",
    )

    def __init__(
        self,
        apply_class_balancing: bool = False,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: Any = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "binary_focal_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(
            binary_focal_crossentropy,
            reduction,
            name,
            dtype,
            apply_class_balancing=apply_class_balancing,
            alpha=alpha,
            gamma=gamma,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )
