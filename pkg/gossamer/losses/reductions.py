"""From the losses of the examples to one number: weights, masks and the reduction."""

from typing import Any

from gossamer import ops
from gossamer.tensor import Tensor

MEANS = ("sum_over_batch_size", "mean", "mean_with_sample_weight")
REDUCTIONS = (*MEANS, "sum", "none", None)


def standardize_reduction(reduction: str | None) -> str | None:
    """The reduction itself, if it is one.

    Raises:
        ValueError: for another one.
    """
    if reduction not in REDUCTIONS:
        raise ValueError(
            f"Expected a reduction of {', '.join(map(str, REDUCTIONS))}. "
            f"Received: reduction={reduction!r}"
        )
    return reduction


def squeeze_or_expand_to_same_rank(
    x1: Any, x2: Any, expand_rank_1: bool = True
) -> tuple[Tensor, Tensor]:
    """Two tensors of one rank, where they differ by a last axis of size 1.

    Args:
        x1: a tensor.
        x2: another one.
        expand_rank_1: whether one of rank 1 gets that axis; otherwise it is dropped from the other.
    """
    if len(x1.shape) == len(x2.shape) + 1 and x1.shape[-1] == 1:
        if len(x2.shape) == 1 and expand_rank_1:
            return x1, ops.expand_dims(x2, -1)
        return ops.squeeze(x1, -1), x2
    if len(x2.shape) == len(x1.shape) + 1:
        x2, x1 = squeeze_or_expand_to_same_rank(x2, x1, expand_rank_1)
    return x1, x2


def apply_mask(sample_weight: Any, mask: Any, dtype: str, reduction: str | None) -> Any:
    """Weights that are 0 where the mask is; all others grow where a mean is to be of the rest.

    Args:
        sample_weight: weights, or None.
        mask: what counts, or None for all.
        dtype: of the result.
        reduction: a mean over all divides by too many, which the weights make good.
    """
    if mask is None:
        return sample_weight
    weights = ops.cast(mask, dtype)
    if reduction in ("mean", "sum_over_batch_size"):
        weights = weights * ops.divide_no_nan(ops.cast(weights.size, dtype), ops.sum(weights))
    if sample_weight is None:
        return weights
    weights, given = squeeze_or_expand_to_same_rank(weights, ops.cast(sample_weight, dtype))
    return given * weights


def reduce_weighted_values(
    values: Any,
    sample_weight: Any = None,
    mask: Any = None,
    reduction: str | None = "sum_over_batch_size",
    dtype: str | None = None,
) -> Tensor:
    """The values times their weights, reduced.

    Args:
        values: a loss for each example.
        sample_weight: a weight for each, or None.
        mask: which count, or None for all.
        reduction: a mean, `"sum"`, or None (`"none"`) for the values as they are.
        dtype: of the result; that of the values if None.

    Raises:
        ValueError: for another reduction.
    """
    standardize_reduction(reduction)
    values = ops.convert_to_tensor(values, dtype)
    weights = None
    if sample_weight is not None:
        weights = ops.convert_to_tensor(sample_weight, dtype)
    weights = apply_mask(weights, mask, values.dtype, reduction)
    if weights is not None:
        values, weights = squeeze_or_expand_to_same_rank(values, ops.cast(weights, values.dtype))
        values = values * weights
    if reduction in (None, "none") or values.shape in ((), (0,)):
        return values
    total = ops.sum(values)
    if reduction == "sum":
        return total
    if reduction == "mean_with_sample_weight" and weights is not None:
        return ops.divide_no_nan(total, ops.sum(weights))
    return ops.divide_no_nan(total, ops.cast(values.size, total.dtype))
