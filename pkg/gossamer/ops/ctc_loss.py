"""Connectionist temporal classification: the loss of labels that are not aligned with frames."""

from typing import Any

from gossamer import dtypes, ops
from gossamer.ops.axes import normalize_axis
from gossamer.ops.convert import as_tensor
from gossamer.ops.create import iota
from gossamer.ops.indexing import gather_labels
from gossamer.ops.places import gather
from gossamer.tensor import Tensor

# The logarithm of what cannot be, as in Keras: so large that it counts for nothing beside what can
# be, and so small that sums of it lose nothing else. The loss of labels that do not fit is finite.
LOG_EPSILON = -1e5
# That of the state before the first label, which no step may leave by.
NEVER = -1e30


def ctc_loss(
    target: Any, output: Any, target_length: Any, output_length: Any, mask_index: int = 0
) -> Tensor:
    """`-log p(target | output)`, the sum over all ways to align the labels with the frames.

    Labels come in order, each in one frame or several, with any number of blanks between; two
    equal labels in a row have a blank between them.

    Source: Graves, Fernandez, Gomez, Schmidhuber, "Connectionist temporal classification", 2006.

    Args:
        target: integer labels, of shape (batch, labels).
        output: logits, of shape (batch, frames, classes).
        target_length: how many labels count, of shape (batch,).
        output_length: how many frames count, of shape (batch,).
        mask_index: the class that is the blank.

    Returns:
        A tensor of shape (batch,).

    Raises:
        ValueError: for shapes that do not fit, and a class that is not there.

    Example:
        >>> round(ops.ctc_loss([[1]], [[[0.0, 0.0], [0.0, 0.0]]], [1], [2]).item(), 4)
        0.2877
    """
    given = as_tensor(output)
    logits = as_tensor(given, dtypes.result_type(given.dtype, "float32"))
    labels = as_tensor(target, "int32", logits.backend)
    label_counts = as_tensor(target_length, "int32", logits.backend)
    frame_counts = as_tensor(output_length, "int32", logits.backend)
    _check_shapes(labels, logits, label_counts, frame_counts)
    frames, classes = logits.shape[1:]
    count = labels.shape[1]
    blank = normalize_axis(mask_index, classes)

    shares = ops.log_softmax(logits)
    of_blank = shares[:, :, blank : blank + 1]
    of_label = gather(shares, ops.expand_dims(labels, 1), 2, wrap=False, zero=True)
    # Of every label and the blank after it; column 0 is the blank before the first label.
    of_label = ops.pad(of_label, ((0, 0), (0, 0), (1, 0)))
    repeated = ops.equal(labels[:, :-1], labels[:, 1:])
    # From a label to the blank state after it: at once, or with a frame of blank if the next label
    # is the same.
    at_once = LOG_EPSILON * as_tensor(
        ops.pad(repeated, ((0, 0), (1, min(count, 1))), constant_values=False), logits.dtype
    )
    with_blank = LOG_EPSILON - at_once
    numbers = iota(0, 1, count + 1, "int32", logits.backend)
    # A frame past the end gives all that was said to the blank, for nothing, and no more labels.
    past = ops.reshape(iota(0, 1, frames, "int32", logits.backend), (-1, 1)) >= ops.reshape(
        frame_counts, (-1, 1, 1)
    )
    of_blank, of_label = ops.where(past, 0.0, of_blank), ops.where(past, NEVER, of_label)

    # Log-probabilities of what was said so far: that it ends with a label, and with a blank.
    start = ops.zeros_like(of_label[:, 0])
    in_blank = ops.where(numbers > 0, LOG_EPSILON, start)
    in_label = ops.where(numbers > 0, LOG_EPSILON, start + NEVER)
    for frame in range(frames):
        ready = ops.logaddexp(in_blank, in_label + at_once)
        before = ops.pad(ready[:, :-1], ((0, 0), (1, 0)), constant_values=NEVER)
        in_blank = of_blank[:, frame] + ops.logaddexp(ready, in_label + with_blank)
        in_label = of_label[:, frame] + ops.logaddexp(before, in_label)
    total = ops.logaddexp(in_blank, in_label)
    return -gather_labels(total, ops.clip(label_counts, 0, count), 1)


def _check_shapes(
    labels: Tensor, logits: Tensor, label_counts: Tensor, frame_counts: Tensor
) -> None:
    batch = logits.shape[:1]
    if (
        logits.ndim != 3
        or labels.ndim != 2
        or 0 in logits.shape[1:]
        or not labels.shape[:1] == label_counts.shape == frame_counts.shape == batch
    ):
        raise ValueError(
            "Expected labels (batch, labels), logits (batch, frames, classes) and lengths "
            f"(batch,). Received: target.shape={labels.shape}, output.shape={logits.shape}, "
            f"target_length.shape={label_counts.shape}, output_length.shape={frame_counts.shape}"
        )
