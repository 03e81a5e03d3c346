"""The area under a curve of two shares, drawn by thresholds."""

from enum import Enum
from typing import Any

from gossamer import ops
from gossamer.defaults import epsilon
from gossamer.metrics.confusion import ConfusionMetric
from gossamer.metrics.metric import Metric
from gossamer.serialization import deserialize_keras_object
from gossamer.tensor import Tensor


class AUCCurve(Enum):
    """Which curve: its shares."""

    ROC = "ROC"
    PR = "PR"
    PRGAIN = "PRGAIN"


class AUCSummationMethod(Enum):
    """How heights between two points are chosen."""

    INTERPOLATION = "interpolation"
    MAJORING = "majoring"
    MINORING = "minoring"


HEIGHTS = {
    AUCSummationMethod.INTERPOLATION: lambda left, right: (left + right) / 2.0,
    AUCSummationMethod.MAJORING: ops.maximum,
    AUCSummationMethod.MINORING: ops.minimum,
}


def _member(kind: type[Enum], value: Any, argument: str) -> Any:
    for member in kind:
        if value in (member, member.value, member.value.lower(), member.value.capitalize()):
            return member
    raise ValueError(
        f"Expected a {argument} of {', '.join(member.value for member in kind)}. "
        f"Received: {argument}={value!r}"
    )


class AUC(ConfusionMetric):
    """The area under the curve of recall over the false positives' rate, or of precision.

    Args:
        num_thresholds: by how many points the curve is drawn.
        curve: `"ROC"` (recall over the rate of false positives), `"PR"` (precision over recall) or
            `"PRGAIN"` (the same of gains).
        summation_method: `"interpolation"`, `"majoring"` or `"minoring"`; for the curve of
            precision, the first is that of Davis and Goadrich.
        name: for people and logs.
        dtype: as for `Metric`.
        thresholds: those between 0 and 1 to draw by, instead.
        multi_label: whether each label has a curve, and the result is the areas' mean.
        num_labels: how many labels there are; known from the first batch if None.
        label_weights: of that mean; or of the labels, where there is one curve for all.
        from_logits: whether predictions are logits, and no probabilities.

    Raises:
        ValueError: for another curve or method, too few thresholds, labels without `multi_label`.

    Example:
        >>> metric = gs.metrics.AUC(num_thresholds=3)
        >>> metric([0, 0, 1, 1], [0.0, 0.5, 0.3, 0.9]).item()
        0.75

    Source: Davis and Goadrich, The Relationship Between Precision-Recall and ROC Curves, 2006;
    Flach and Kull, Precision-Recall-Gain Curves, 2015.
    """

    def __init__(
        self,
        num_thresholds: int = 200,
        curve: Any = "ROC",
        summation_method: Any = "interpolation",
        name: str | None = None,
        dtype: Any = None,
        thresholds: Any = None,
        multi_label: bool = False,
        num_labels: int | None = None,
        label_weights: Any = None,
        from_logits: bool = False,
    ) -> None:
        super().__init__(dtype, name)
        self._init_from_thresholds = thresholds is not None
        if thresholds is None:
            if num_thresholds <= 1:
                raise ValueError(
                    "Expected more than one of num_thresholds. "
                    f"Received: num_thresholds={num_thresholds}"
                )
            between = [i / (num_thresholds - 1) for i in range(1, num_thresholds - 1)]
        else:
            between = sorted(thresholds)
        # So that all predictions are greater than the first, and none than the last.
        self.thresholds = [-epsilon(), *between, 1.0 + epsilon()]
        self.num_thresholds = len(self.thresholds)
        self.curve = _member(AUCCurve, curve, "curve")
        self.summation_method = _member(AUCSummationMethod, summation_method, "summation_method")
        self.multi_label = multi_label
        self.num_labels = num_labels
        if label_weights is not None:
            label_weights = ops.convert_to_tensor(label_weights, self.dtype)
        self.label_weights = label_weights
        self._from_logits = from_logits
        self._built = False
        if num_labels and not multi_label:
            raise ValueError(
                f"Expected num_labels with multi_label=True only. Received: num_labels={num_labels}"
            )
        if num_labels or not multi_label:
            self._build((None, num_labels))

    def _build(self, shape: tuple[int | None, ...]) -> None:
        if len(shape) != 2:
            raise ValueError(
                f"Expected y_pred of shape (batch, labels) for multi_label. Received: shape={shape}"
            )
        self._add_counts((self.num_thresholds, *(shape[1:] if self.multi_label else ())))
        self._built = True

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        y_pred = ops.convert_to_tensor(y_pred, self.dtype)
        if not self._built:
            self._build(y_pred.shape)
        self._count(
            y_true,
            ops.sigmoid(y_pred) if self._from_logits else y_pred,
            sample_weight,
            multi_label=self.multi_label,
            label_weights=None if self.multi_label else self.label_weights,
        )

    def result(self) -> Tensor:
        interpolated = self.summation_method is AUCSummationMethod.INTERPOLATION
        if interpolated and self.curve is AUCCurve.PR:
            parts = self._precision_parts()
        else:
            x, y = self._points()
            parts = (x[:-1] - x[1:]) * HEIGHTS[self.summation_method](y[:-1], y[1:])
        areas = ops.sum(parts, axis=0)
        if not self.multi_label:
            return areas
        if self.label_weights is None:
            return ops.mean(areas)
        return ops.divide_no_nan(ops.sum(areas * self.label_weights), ops.sum(self.label_weights))

    def _points(self) -> tuple[Tensor, Tensor]:
        recall = self._share("true_positives", "false_negatives")
        if self.curve is AUCCurve.ROC:
            return self._share("false_positives", "true_negatives"), recall
        if self.curve is AUCCurve.PR:
            return recall, self._share("true_positives", "false_positives")
        hits: Any = ops.convert_to_tensor(self.true_positives)
        odds = ops.divide_no_nan(
            hits + self.false_negatives, self.true_negatives + self.false_positives
        )
        missed, wrong = (
            1.0 - odds * ops.divide_no_nan(count, hits)
            for count in (self.false_negatives, self.false_positives)
        )
        none = ops.equal(hits, 0.0)
        return ops.maximum(ops.where(none, 0.0, missed), 0.0), ops.where(none, 1.0, wrong)

    def _precision_parts(self) -> Tensor:
        """Areas between two points, where hits are linear in what is predicted as positive.

        Precision is then not linear in recall, and its integral has a logarithm.
        """
        hits: Any = ops.convert_to_tensor(self.true_positives)
        positive = hits + self.false_positives
        gained = hits[:-1] - hits[1:]
        slope = ops.divide_no_nan(gained, ops.maximum(positive[:-1] - positive[1:], 0.0))
        intercept = hits[1:] - slope * positive[1:]
        both = ops.logical_and(positive[:-1] > 0, positive[1:] > 0)
        ratio = ops.where(both, ops.divide_no_nan(positive[:-1], positive[1:]), 1.0)
        labels = hits[1:] + self.false_negatives[1:]
        return ops.divide_no_nan(slope * (gained + intercept * ops.log(ratio)), labels)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config() | {
            "num_thresholds": self.num_thresholds,
            "curve": self.curve.value,
            "summation_method": self.summation_method.value,
            "multi_label": self.multi_label,
            "num_labels": self.num_labels,
            "label_weights": self.label_weights,
            "from_logits": self._from_logits,
        }
        if self._init_from_thresholds:
            config["thresholds"] = self.thresholds[1:-1]
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Metric:
        # The weights of labels are a tensor, which stands there as what describes it.
        weights = deserialize_keras_object(config.get("label_weights"))
        return cls(**config | {"label_weights": weights})
