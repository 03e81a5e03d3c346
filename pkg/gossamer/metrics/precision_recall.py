"""Counts at thresholds, precision and recall."""

from typing import Any, ClassVar

from gossamer import ops
from gossamer.metrics.confusion import NEVER, ConfusionMetric, thresholds_of
from gossamer.tensor import Tensor


class _Count(ConfusionMetric):
    """One of the four counts."""

    counted: ClassVar[str]

    def __init__(self, thresholds: Any = None, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(dtype, name)
        self.init_thresholds = thresholds
        self.thresholds = thresholds_of(thresholds)
        self.accumulator = self.add_variable((len(self.thresholds),), "zeros", name="accumulator")
        self._counted = (self.counted,)
        setattr(self, self.counted, self.accumulator)

    def result(self) -> Tensor:
        counts = ops.convert_to_tensor(self.accumulator)
        return counts[0] if len(self.thresholds) == 1 else counts

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"thresholds": self.init_thresholds}


class TruePositives(_Count):
    """How many labels of 1 that are predicted, weighted.

    Args:
        thresholds: one or several, in [0, 1]; what is greater is predicted as 1; 0.5 if None.
        name: for people and logs.
        dtype: as for `Metric`.

    Raises:
        ValueError: for thresholds out of [0, 1].

    Example:
        >>> gs.metrics.TruePositives()([0, 0, 1, 1], [0.1, 0.9, 0.2, 0.8]).item()
        1.0
    """

    counted = "true_positives"


class FalsePositives(_Count):
    """How many labels of 0 that are predicted as 1, weighted.

    Args:
        thresholds: one or several, in [0, 1]; what is greater is predicted as 1; 0.5 if None.
        name: for people and logs.
        dtype: as for `Metric`.

    Raises:
        ValueError: for thresholds out of [0, 1].

    Example:
        >>> gs.metrics.FalsePositives()([0, 0, 1, 1], [0.1, 0.9, 0.2, 0.8]).item()
        1.0
    """

    counted = "false_positives"


class TrueNegatives(_Count):
    """How many labels of 0 that are predicted, weighted.

    Args:
        thresholds: one or several, in [0, 1]; what is greater is predicted as 1; 0.5 if None.
        name: for people and logs.
        dtype: as for `Metric`.

    Raises:
        ValueError: for thresholds out of [0, 1].

    Example:
        >>> gs.metrics.TrueNegatives()([0, 0, 1, 1], [0.1, 0.9, 0.2, 0.8]).item()
        1.0
    """

    counted = "true_negatives"


class FalseNegatives(_Count):
    """How many labels of 1 that are predicted as 0, weighted.

    Args:
        thresholds: one or several, in [0, 1]; what is greater is predicted as 1; 0.5 if None.
        name: for people and logs.
        dtype: as for `Metric`.

    Raises:
        ValueError: for thresholds out of [0, 1].

    Example:
        >>> gs.metrics.FalseNegatives()([0, 0, 1, 1], [0.1, 0.9, 0.2, 0.8]).item()
        1.0
    """

    counted = "false_negatives"


class _Ratio(ConfusionMetric):
    """True positives among them and others."""

    others: ClassVar[str]

    def __init__(
        self,
        thresholds: Any = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(dtype, name)
        self.init_thresholds = thresholds
        self.top_k = top_k
        self.class_id = class_id
        self.thresholds = thresholds_of(thresholds, 0.5 if top_k is None else NEVER)
        self._add_counts((len(self.thresholds),), ("true_positives", self.others))

    def result(self) -> Tensor:
        share = self._share("true_positives", self.others)
        return share[0] if len(self.thresholds) == 1 else share

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "thresholds": self.init_thresholds,
            "top_k": self.top_k,
            "class_id": self.class_id,
        }


class Precision(_Ratio):
    """`true_positives / (true_positives + false_positives)`.

    Args:
        thresholds: one or several, in [0, 1]; what is greater is predicted as 1; 0.5 if None.
        top_k: how many predictions of a row may be 1; without thresholds all these are.
        class_id: the only class that counts.
        name: for people and logs.
        dtype: as for `Metric`.

    Raises:
        ValueError: for thresholds out of [0, 1].

    Example:
        >>> gs.metrics.Precision()([0, 1, 1, 1], [1.0, 0.0, 1.0, 1.0]).item()
        0.6666667
    """

    others = "false_positives"


class Recall(_Ratio):
    """`true_positives / (true_positives + false_negatives)`.

    Args:
        thresholds: one or several, in [0, 1]; what is greater is predicted as 1; 0.5 if None.
        top_k: how many predictions of a row may be 1; without thresholds all these are.
        class_id: the only class that counts.
        name: for people and logs.
        dtype: as for `Metric`.

    Raises:
        ValueError: for thresholds out of [0, 1].

    Example:
        >>> gs.metrics.Recall()([0, 1, 1, 1], [1.0, 0.0, 1.0, 1.0]).item()
        0.6666667
    """

    others = "false_negatives"
