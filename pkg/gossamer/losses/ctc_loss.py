"""CTC: the loss of a sequence of labels whose places in the frames are not known."""

from typing import Any

from gossamer import ops
from gossamer.losses.loss import FunctionLoss
from gossamer.tensor import Tensor


def ctc(y_true: Any, y_pred: Any) -> Tensor:
    """`-log p(y_true | y_pred)`, the sum over all ways to align the labels with the frames.

    Args:
        y_true: labels, of shape (batch, labels); 0 is the blank and fills up the rows.
        y_pred: logits, of shape (batch, frames, classes).

    Raises:
        ValueError: for other ranks.

    Example:
        >>> round(gs.losses.ctc([[1]], [[[0.0, 0.0], [0.0, 0.0]]]).tolist()[0], 4)
        0.2877

    Source: Graves et al., Connectionist Temporal Classification, 2006.
    """
    labels, logits = ops.convert_to_tensor(y_true), ops.convert_to_tensor(y_pred)
    if labels.ndim != 2:
        raise ValueError(
            f"Expected y_true of shape (batch, labels). Received: y_true.shape={labels.shape}"
        )
    if logits.ndim != 3:
        raise ValueError(
            "Expected y_pred of shape (batch, frames, classes). "
            f"Received: y_pred.shape={logits.shape}"
        )
    batch, frames, _ = logits.shape
    label_lengths = ops.sum(ops.cast(ops.not_equal(labels, 0), "int32"), axis=-1)
    frame_lengths = ops.full((batch,), frames, "int32")
    return ops.ctc_loss(ops.cast(labels, "int32"), logits, label_lengths, frame_lengths, 0)


class CTC(FunctionLoss):
    """`-log p(y_true | y_pred)`, the sum over all ways to align labels with frames.

    Args:
        reduction: as for `Loss`.
        name: for people.
        dtype: as for `Loss`.

    Example:
        >>> round(gs.losses.CTC()([[1]], [[[0.0, 0.0], [0.0, 0.0]]]).item(), 4)
        0.2877

    Source: Graves et al., Connectionist Temporal Classification, 2006.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "ctc",
        dtype: Any = None,
    ) -> None:
        super().__init__(ctc, reduction, name, dtype)
