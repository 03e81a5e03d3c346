"""F scores: means of precision and recall."""

from typing import Any

from gossamer import ops
from gossamer.defaults import epsilon
from gossamer.metrics.metric import Metric
from gossamer.tensor import Tensor


class FBetaScore(Metric):
    """`(1 + beta**2) * precision * recall / (beta**2 * precision + recall)` of each class.

    Args:
        average: of the classes' scores: `"macro"`, `"weighted"` (by how often each class is true),
            None for a score of each; or `"micro"`, for one score of all counts.
        beta: how much more recall matters than precision.
        threshold: what is greater is predicted; if None, the greatest prediction of each row.
        name: for people and logs.
        dtype: as for `Metric`.

    Raises:
        ValueError: for another average, a beta or threshold out of range or that is no float, or y
            that is not of two axes.

    Example:
        >>> metric = gs.metrics.FBetaScore(beta=2.0, threshold=0.5)
        >>> metric([[1, 1], [1, 0]], [[0.2, 0.6], [0.8, 0.2]]).tolist()
        [0.5555555, 0.9999999]
    """

    true_positives: Any
    false_positives: Any
    false_negatives: Any
    AVERAGES = (None, "micro", "macro", "weighted")

    def __init__(
        self,
        average: str | None = None,
        beta: float = 1.0,
        threshold: float | None = None,
        name: str | None = "fbeta_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(dtype, name)
        if average not in self.AVERAGES:
            raise ValueError(
                f"Expected an average of {self.AVERAGES}. Received: average={average!r}"
            )
        if not isinstance(beta, float) or beta <= 0:
            raise ValueError(f"Expected a beta that is a float above 0. Received: beta={beta!r}")
        if threshold is not None and not (isinstance(threshold, float) and 0 < threshold <= 1):
            raise ValueError(
                "Expected a threshold that is a float, above 0 and at most 1. "
                f"Received: threshold={threshold!r}"
            )
        self.average = average
        self.beta = beta
        self.threshold = threshold
        self.axis = None if average == "micro" else 0
        self._built = False

    def _build(self, y_true: Tensor, y_pred: Tensor) -> None:
        if y_true.ndim != 2 or y_pred.ndim != 2:
            raise ValueError(
                "Expected y_true and y_pred of shape (batch, classes). "
                f"Received: y_true.shape={y_true.shape}, y_pred.shape={y_pred.shape}"
            )
        shape = () if self.axis is None else y_pred.shape[-1:]
        for name in ("true_positives", "false_positives", "false_negatives"):
            setattr(self, name, self.add_variable(shape, "zeros", self.dtype, name=name))
        self.intermediate_weights = self.add_variable(
            shape, "zeros", self.dtype, name="intermediate_weights"
        )
        self._built = True

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        y_true, y_pred = (ops.convert_to_tensor(y, self.dtype) for y in (y_true, y_pred))
        if not self._built:
            self._build(y_true, y_pred)
        if self.threshold is None:
            best = y_pred >= ops.max(y_pred, axis=-1, keepdims=True)
            predicted = ops.logical_and(best, ops.abs(y_pred) > 1e-9)
        else:
            predicted = y_pred > self.threshold
        predicted = ops.cast(predicted, self.dtype)
        weights: Any = 1.0
        if sample_weight is not None:
            weights = ops.expand_dims(ops.convert_to_tensor(sample_weight, self.dtype), 1)
        for name, counted in (
            ("true_positives", predicted * y_true),
            ("false_positives", predicted * (1.0 - y_true)),
            ("false_negatives", (1.0 - predicted) * y_true),
            ("intermediate_weights", y_true),
        ):
            getattr(self, name).assign_add(ops.sum(counted * weights, axis=self.axis))

    def result(self) -> Tensor:
        hits: Any = ops.convert_to_tensor(self.true_positives)
        precision = hits / (hits + self.false_positives + epsilon())
        recall = hits / (hits + self.false_negatives + epsilon())
        squared = self.beta**2
        scores = precision * recall / (squared * precision + recall + epsilon()) * (1 + squared)
        if self.average == "weighted":
            weights = self.intermediate_weights
            return ops.sum(scores * (weights / (ops.sum(weights) + epsilon())))
        return scores if self.average is None else ops.mean(scores)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "average": self.average,
            "beta": self.beta,
            "threshold": self.threshold,
        }


class F1Score(FBetaScore):
    """`2 * precision * recall / (precision + recall)` of each class.

    Args:
        average: as for `FBetaScore`.
        threshold: as for `FBetaScore`.
        name: for people and logs.
        dtype: as for `Metric`.

    Raises:
        ValueError: as for `FBetaScore`.

    Example:
        >>> metric = gs.metrics.F1Score(threshold=0.5)
        >>> metric([[1, 1], [1, 0]], [[0.2, 0.6], [0.8, 0.2]]).tolist()
        [0.6666666, 0.9999999]
    """

    def __init__(
        self,
        average: str | None = None,
        threshold: float | None = None,
        name: str | None = "f1_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(average, 1.0, threshold, name, dtype)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["beta"]
        return config
