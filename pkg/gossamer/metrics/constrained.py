"""The best of one share where another is great enough: thresholds are chosen for it."""

from typing import Any, ClassVar

from gossamer import ops
from gossamer.metrics.confusion import ConfusionMetric
from gossamer.tensor import Tensor

# Each share, as a part and the rest of its whole.
SHARES = {
    "sensitivity": ("true_positives", "false_negatives"),
    "specificity": ("true_negatives", "false_positives"),
    "recall": ("true_positives", "false_negatives"),
    "precision": ("true_positives", "false_positives"),
}


class _BestUnderConstraint(ConfusionMetric):
    """The greatest `wanted` of all thresholds where `constrained` is at least a value."""

    constrained: ClassVar[str]
    wanted: ClassVar[str]

    def __init__(
        self, value: float, num_thresholds: int, class_id: int | None, name: str | None, dtype: Any
    ) -> None:
        super().__init__(dtype, name)
        if not 0 <= value <= 1:
            raise ValueError(
                f"Expected a {self.constrained} in [0, 1]. Received: {self.constrained}={value}"
            )
        if num_thresholds <= 0:
            raise ValueError(
                "Expected at least one of num_thresholds. "
                f"Received: num_thresholds={num_thresholds}"
            )
        self.value = value
        self.num_thresholds = num_thresholds
        self.class_id = class_id
        last = num_thresholds - 1
        self.thresholds = [i / last for i in range(num_thresholds)] if last else [0.5]
        self._add_counts((num_thresholds,))

    def result(self) -> Tensor:
        feasible = self._share(*SHARES[self.constrained]) >= self.value
        return ops.max(ops.where(feasible, self._share(*SHARES[self.wanted]), 0.0))

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "class_id": self.class_id,
            "num_thresholds": self.num_thresholds,
            self.constrained: self.value,
        }


class SensitivityAtSpecificity(_BestUnderConstraint):
    """The greatest sensitivity of thresholds where the specificity is at least a value.

    Args:
        specificity: the value, in [0, 1].
        num_thresholds: how many thresholds there are to choose from.
        class_id: the only class that counts.
        name: for people and logs.
        dtype: as for `Metric`.

    Raises:
        ValueError: for a value out of [0, 1], or no thresholds.

    Example:
        >>> metric = gs.metrics.SensitivityAtSpecificity(0.5)
        >>> metric([0, 0, 0, 1, 1], [0.0, 0.3, 0.8, 0.3, 0.8]).item()
        0.5
    """

    constrained, wanted = "specificity", "sensitivity"

    def __init__(
        self,
        specificity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(specificity, num_thresholds, class_id, name, dtype)
        self.specificity = specificity


class SpecificityAtSensitivity(_BestUnderConstraint):
    """The greatest specificity of thresholds where the sensitivity is at least a value.

    Args:
        sensitivity: the value, in [0, 1].
        num_thresholds: how many thresholds there are to choose from.
        class_id: the only class that counts.
        name: for people and logs.
        dtype: as for `Metric`.

    Raises:
        ValueError: for a value out of [0, 1], or no thresholds.

    Example:
        >>> metric = gs.metrics.SpecificityAtSensitivity(0.5)
        >>> metric([0, 0, 0, 1, 1], [0.0, 0.3, 0.8, 0.3, 0.8]).item()
        0.6666667
    """

    constrained, wanted = "sensitivity", "specificity"

    def __init__(
        self,
        sensitivity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(sensitivity, num_thresholds, class_id, name, dtype)
        self.sensitivity = sensitivity


class PrecisionAtRecall(_BestUnderConstraint):
    """The greatest precision of thresholds where the recall is at least a value.

    Args:
        recall: the value, in [0, 1].
        num_thresholds: how many thresholds there are to choose from.
        class_id: the only class that counts.
        name: for people and logs.
        dtype: as for `Metric`.

    Raises:
        ValueError: for a value out of [0, 1], or no thresholds.

    Example:
        >>> metric = gs.metrics.PrecisionAtRecall(0.5)
        >>> metric([0, 0, 0, 1, 1], [0.0, 0.3, 0.8, 0.3, 0.8]).item()
        0.5
    """

    constrained, wanted = "recall", "precision"

    def __init__(
        self,
        recall: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(recall, num_thresholds, class_id, name, dtype)
        self.recall = recall


class RecallAtPrecision(_BestUnderConstraint):
    """The greatest recall of thresholds where the precision is at least a value.

    Args:
        precision: the value, in [0, 1].
        num_thresholds: how many thresholds there are to choose from.
        class_id: the only class that counts.
        name: for people and logs.
        dtype: as for `Metric`.

    Raises:
        ValueError: for a value out of [0, 1], or no thresholds.

    Example:
        >>> metric = gs.metrics.RecallAtPrecision(0.5)
        >>> metric([0, 0, 0, 1, 1], [0.0, 0.3, 0.8, 0.3, 0.8]).item()
        1.0
    """

    constrained, wanted = "precision", "recall"

    def __init__(
        self,
        precision: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(precision, num_thresholds, class_id, name, dtype)
        self.precision = precision
