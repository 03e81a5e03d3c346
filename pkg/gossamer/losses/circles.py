"""Circle loss: embeddings of one class close together, those of different classes apart."""

from typing import Any

from gossamer import ops
from gossamer.losses.loss import FunctionLoss
from gossamer.masking import set_keras_mask
from gossamer.tensor import Tensor


def circle(
    y_true: Any,
    y_pred: Any,
    ref_labels: Any = None,
    ref_embeddings: Any = None,
    remove_diagonal: bool = True,
    gamma: float = 80.0,
    margin: float = 0.4,
) -> Tensor:
    """`softplus(logsumexp(gamma * a_n * (s_n - m)) + logsumexp(-gamma * a_p * (s_p - 1 + m)))`.

    Args:
        y_true: the classes' numbers.
        y_pred: embeddings of norm 1, of shape (batch, size).
        ref_labels: classes of what the batch is compared with; of the batch itself if None.
        ref_embeddings: and their embeddings.
        remove_diagonal: whether nothing is compared with itself.
        gamma: how sharp the loss is.
        margin: how far similarities may be from 1 and 0.

    Example:
        >>> y_pred = [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]
        >>> round(gs.losses.circle([0, 0, 1], y_pred, gamma=2.0).tolist()[0], 4)
        0.4235

    Source: Sun et al., Circle Loss: A Unified Perspective of Pair Similarity Optimization, 2020.
    """
    y_pred = ops.convert_to_tensor(y_pred)
    labels = ops.reshape(ops.cast(y_true, "int32"), (-1, 1))
    others = labels if ref_labels is None else ops.reshape(ops.cast(ref_labels, "int32"), (-1, 1))
    embeddings = y_pred if ref_embeddings is None else ops.convert_to_tensor(ref_embeddings)
    distances = ops.maximum(1.0 - ops.matmul(y_pred, ops.transpose(embeddings)), 0.0)
    alike = ops.equal(labels, ops.transpose(others))
    unlike = ops.logical_not(alike)
    if remove_diagonal:
        alike = ops.logical_and(
            alike, ops.logical_not(ops.eye(labels.size, others.size, dtype="bool"))
        )
    pulled = -gamma * (margin + distances) * (margin - distances)
    pushed = gamma * ops.maximum(1.0 + margin - distances, 0.0) * (1.0 - margin - distances)
    infinite = float("-inf")
    loss = ops.softplus(
        ops.logsumexp(ops.where(alike, pulled, infinite), axis=1)
        + ops.logsumexp(ops.where(unlike, pushed, infinite), axis=1)
    )
    set_keras_mask(loss, loss > 0)
    return loss


class Circle(FunctionLoss):
    """Pulls embeddings of one class together and pushes others apart: see `circle`.

    Args:
        gamma: how sharp the loss is.
        margin: how far similarities may be from 1 and 0.
        remove_diagonal: whether nothing is compared with itself.
        reduction: as for `Loss`.
        name: for people.
        dtype: as for `Loss`.

    Example:
        >>> y_pred = [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]
        >>> round(gs.losses.Circle(gamma=2.0)([0, 0, 1], y_pred).item(), 4)
        0.4235

    Source: Sun et al., Circle Loss: A Unified Perspective of Pair Similarity Optimization, 2020.
    """

    configured = (
        "gamma",
        "margin",
        "remove_diagonal",
    )

    def __init__(
        self,
        gamma: float = 80.0,
        margin: float = 0.4,
        remove_diagonal: bool = True,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "circle",
        dtype: Any = None,
    ) -> None:
        super().__init__(
            circle,
            reduction,
            name,
            dtype,
            gamma=gamma,
            margin=margin,
            remove_diagonal=remove_diagonal,
        )
