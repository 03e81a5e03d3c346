"""The four counts of a confusion matrix, at thresholds."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from gossamer import ops
from gossamer.defaults import epsilon
from gossamer.losses.reductions import squeeze_or_expand_to_same_rank
from gossamer.metrics.metric import Metric
from gossamer.tensor import Tensor

# What is not among the top k predictions counts as this: less than every threshold.
NEVER = -1e10


def thresholds_of(thresholds: Any, default: float = 0.5) -> list[float]:
    """One threshold or several as a list; the default for None.

    Raises:
        ValueError: for one out of [0, 1].
    """
    if thresholds is None:
        return [default]
    chosen = list(thresholds) if isinstance(thresholds, list | tuple) else [thresholds]
    wrong = [t for t in chosen if t is None or not 0 <= t <= 1]
    if wrong:
        raise ValueError(f"Expected thresholds in [0, 1]. Received: {wrong}")
    return chosen


def are_even(thresholds: Any) -> bool:
    """Whether thresholds are at equal distances from 0 to 1, so that buckets count faster."""
    if len(thresholds) < 3:
        return False
    return np.allclose(thresholds, np.linspace(0.0, 1.0, len(thresholds)), atol=epsilon())


def counts_at(
    thresholds: Any,
    y_true: Any,
    y_pred: Any,
    sample_weight: Any = None,
    *,
    dtype: str,
    top_k: int | None = None,
    class_id: int | None = None,
    multi_label: bool = False,
    label_weights: Any = None,
) -> dict[str, Tensor]:
    """Weights of true and false positives and negatives of a batch, at each threshold.

    Args:
        thresholds: Python's numbers; what is greater is positive.
        y_true: labels.
        y_pred: probabilities.
        sample_weight: of the examples, or of each element; or None.
        dtype: of the counts.
        top_k: how many predictions of a row may be positive; None for all.
        class_id: the only class that counts; None for all.
        multi_label: whether each column is counted by itself.
        label_weights: a weight for each column.

    Raises:
        ValueError: for a class of predictions without classes.

    Returns:
        From the names of `COUNTS` to tensors of shape (thresholds,), or with `multi_label`
        (thresholds, columns).
    """
    y_pred, y_true = squeeze_or_expand_to_same_rank(
        ops.cast(y_pred, dtype), ops.cast(y_true, dtype)
    )
    weights = None
    if sample_weight is not None:
        weights = ops.expand_dims(ops.cast(sample_weight, dtype), -1)
        _, weights = squeeze_or_expand_to_same_rank(y_true, weights, expand_rank_1=False)
    if top_k is not None:
        y_pred = _top_only(y_pred, top_k)
    if class_id is not None:
        if y_pred.ndim == 1:
            raise ValueError(
                "Expected y_pred of shape (batch, classes) for a class_id. "
                f"Received: y_pred.shape={y_pred.shape}"
            )
        y_true, y_pred = (y[..., class_id : class_id + 1] for y in (y_true, y_pred))
    if label_weights is not None:
        of_labels = ops.expand_dims(ops.cast(label_weights, dtype), 0)
        weights = of_labels if weights is None else weights * of_labels
    weights = ops.broadcast_to(1.0 if weights is None else weights, y_pred.shape)
    columns = y_pred.shape if multi_label else (y_pred.size, 1)
    y_true, y_pred, weights = (ops.reshape(x, columns) for x in (y_true, y_pred, weights))
    positive = ops.cast(ops.cast(y_true, "bool"), dtype) * weights
    negative = weights - positive
    count = _count_by_buckets if are_even(thresholds) else _count_by_comparisons
    found = {
        f"{truth}_positives": count(thresholds, y_pred, ops.cast(values, dtype))
        for truth, values in (("true", positive), ("false", negative))
    }
    found["true_negatives"] = ops.sum(negative, axis=0) - found["false_positives"]
    found["false_negatives"] = ops.sum(positive, axis=0) - found["true_positives"]
    if not multi_label:
        found = {name: ops.squeeze(counts, 1) for name, counts in found.items()}
    return found


COUNTS = ("true_positives", "false_positives", "true_negatives", "false_negatives")


def _top_only(y_pred: Tensor, k: int) -> Tensor:
    _, indices = ops.top_k(y_pred, k)
    among = ops.sum(ops.one_hot(indices, y_pred.shape[-1]), axis=-2)
    return ops.where(among > 0, y_pred, NEVER)


def _count_by_comparisons(thresholds: Any, y_pred: Tensor, values: Tensor) -> Tensor:
    limits = ops.reshape(ops.convert_to_tensor(np.asarray(thresholds), y_pred.dtype), (-1, 1, 1))
    return ops.sum(ops.where(ops.expand_dims(y_pred, 0) > limits, values, 0.0), axis=1)


def _count_by_buckets(thresholds: Any, y_pred: Tensor, values: Tensor) -> Tensor:
    """Sums within the intervals between thresholds, and of those above: no matrix of all pairs."""
    buckets, columns = len(thresholds), values.shape[1]
    places = ops.ceil(ops.clip(y_pred, 0.0, 1.0) * (buckets - 1.0)) - 1.0
    if thresholds[0] < 0 or thresholds[-1] > 1:
        # 0 is greater than a first threshold below it; else its bucket is -1, and it is left out.
        places = ops.relu(places)
    places = ops.cast(places, "int32") * columns + ops.arange(columns, dtype="int32")
    within = ops.segment_sum(ops.ravel(values), ops.ravel(places), buckets * columns)
    within = ops.reshape(within, (buckets, columns))
    return ops.flip(ops.cumsum(ops.flip(within, 0), axis=0), 0)


class ConfusionMetric(Metric):
    """A metric of counts at thresholds, which it has as variables of their names."""

    thresholds: list[float]
    true_positives: Any
    false_positives: Any
    true_negatives: Any
    false_negatives: Any
    class_id: int | None = None
    top_k: int | None = None

    def _add_counts(self, shape: Any, names: Iterable[str] = COUNTS) -> None:
        self._counted = tuple(names)
        for name in self._counted:
            setattr(self, name, self.add_variable(shape, "zeros", name=name))

    def _count(self, y_true: Any, y_pred: Any, sample_weight: Any, **given: Any) -> None:
        variables = {name: getattr(self, name) for name in self._counted}
        dtype = next(iter(variables.values())).dtype
        counts = counts_at(self.thresholds, y_true, y_pred, sample_weight, dtype=dtype, **given)
        for name, variable in variables.items():
            variable.assign_add(counts[name])

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        self._count(y_true, y_pred, sample_weight, top_k=self.top_k, class_id=self.class_id)

    def _share(self, part: str, rest: str) -> Tensor:
        """`part / (part + rest)`, 0 where both are 0."""
        counted = getattr(self, part)
        return ops.divide_no_nan(counted, counted + getattr(self, rest))
