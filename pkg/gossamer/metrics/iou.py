"""Intersection over union: how far predicted segments overlap with the true ones."""

import warnings
from collections.abc import Sequence
from typing import Any, ClassVar

from gossamer import ops
from gossamer.defaults import epsilon
from gossamer.metrics.metric import Metric
from gossamer.tensor import Tensor


class IoU(Metric):
    """The mean over some classes of `hits / (true + predicted - hits)`.

    Args:
        num_classes: how many classes there are.
        target_class_ids: the classes of the mean; those that never occur are left out.
        name: for people and logs.
        dtype: of the counts; int32 if None.
        ignore_class: a number in `y_true` that stands for no class.
        sparse_y_true: whether `y_true` has the classes' numbers, and no probabilities.
        sparse_y_pred: whether `y_pred` has the classes' numbers, and no probabilities.
        axis: the classes' axis of probabilities.

    Raises:
        ValueError: for a class that there is not.

    Example:
        >>> gs.metrics.IoU(2, [0])([0, 0, 1, 1], [0, 1, 0, 1]).item()
        0.3333333
    """

    # In Keras's order; the name and the dtype come first.
    configured: ClassVar[tuple[str, ...]] = (
        "num_classes", "target_class_ids", "ignore_class", "sparse_y_true", "sparse_y_pred", "axis",
    )  # fmt: skip

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        super().__init__(dtype or "int32", name)
        if max(target_class_ids) >= num_classes:
            raise ValueError(
                f"Expected target_class_ids below {num_classes}. "
                f"Received: target_class_ids={target_class_ids}"
            )
        self.num_classes = num_classes
        self.target_class_ids = list(target_class_ids)
        self.ignore_class = ignore_class
        self.sparse_y_true = sparse_y_true
        self.sparse_y_pred = sparse_y_pred
        self.axis = axis
        self.total_cm = self.add_variable(
            (num_classes, num_classes), "zeros", self.dtype, name="total_confusion_matrix"
        )

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        truth = self._labels(y_true, self.sparse_y_true)
        predicted = self._labels(y_pred, self.sparse_y_pred)
        weights = self._weights(sample_weight, truth)
        inside = [ops.logical_and(y >= 0, y < self.num_classes) for y in (truth, predicted)]
        counts = ops.logical_and(*inside)
        if self.ignore_class is not None:
            counts = ops.logical_and(counts, ops.not_equal(truth, self.ignore_class))
        # What does not count goes to a place that there is not.
        places = ops.where(counts, truth * self.num_classes + predicted, -1)
        matrix = ops.segment_sum(weights, places, self.num_classes**2)
        self.total_cm.assign_add(ops.reshape(matrix, self.total_cm.shape))

    def _labels(self, y: Any, sparse: bool) -> Tensor:
        y = ops.convert_to_tensor(y, self.dtype) if sparse else ops.argmax(y, axis=self.axis)
        return ops.ravel(ops.cast(y, "int32"))

    def _weights(self, sample_weight: Any, labels: Tensor) -> Tensor:
        given = ops.convert_to_tensor(1 if sample_weight is None else sample_weight)
        if "float" in given.dtype and "int" in self.dtype:
            warnings.warn(
                f"Expected weights of an integer dtype: they are cast to {self.dtype}. "
                f"Received: dtype={given.dtype}",
                stacklevel=3,
            )
        given = ops.cast(given, self.dtype)
        given = ops.ravel(given) if given.ndim > 1 else given
        return ops.broadcast_to(given, labels.shape)

    def result(self) -> Tensor:
        matrix: Any = ops.convert_to_tensor(self.total_cm)
        hits = ops.diag(matrix)
        union = ops.sum(matrix, axis=0) + ops.sum(matrix, axis=1) - hits
        hits, union = (
            ops.cast(ops.take(x, self.target_class_ids), "float32") for x in (hits, union)
        )
        occurs = union > 1e-9
        shares = ops.where(occurs, hits / (union + epsilon()), 0.0)
        return ops.sum(shares) / (ops.sum(ops.cast(occurs, "float32")) + epsilon())

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {key: getattr(self, key) for key in self.configured}


class BinaryIoU(IoU):
    """The mean of `hits / (true + predicted - hits)` for 0 and 1.

    Args:
        target_class_ids: 0, 1 or both.
        threshold: from where on a prediction counts as 1.
        name: for people and logs.
        dtype: of the counts; int32 if None.

    Example:
        >>> gs.metrics.BinaryIoU(threshold=0.3)([0, 1, 0, 1], [0.1, 0.2, 0.4, 0.7]).item()
        0.3333333
    """

    configured: ClassVar[tuple[str, ...]] = ("target_class_ids", "threshold")

    def __init__(
        self,
        target_class_ids: Sequence[int] = (0, 1),
        threshold: float = 0.5,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(2, target_class_ids, name, dtype)
        self.threshold = threshold

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        given = ops.convert_to_tensor(y_pred, "float32")
        super().update_state(y_true, ops.cast(given >= self.threshold, self.dtype), sample_weight)


class MeanIoU(IoU):
    """The mean over all classes of `hits / (true + predicted - hits)`.

    Args:
        num_classes: how many classes there are.
        name: for people and logs.
        dtype: of the counts; int32 if None.
        ignore_class: a number in `y_true` that stands for no class.
        sparse_y_true: whether `y_true` has the classes' numbers, and no probabilities.
        sparse_y_pred: whether `y_pred` has the classes' numbers, and no probabilities.
        axis: the classes' axis of probabilities.

    Example:
        >>> gs.metrics.MeanIoU(2)([0, 0, 1, 1], [0, 1, 0, 1]).item()
        0.3333333
    """

    configured: ClassVar[tuple[str, ...]] = (
        "num_classes",
        "ignore_class",
        "sparse_y_true",
        "sparse_y_pred",
        "axis",
    )

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        super().__init__(
            num_classes, range(num_classes), name, dtype, ignore_class, sparse_y_true,
            sparse_y_pred, axis,
        )  # fmt: skip


class OneHotIoU(IoU):
    """The mean over some classes of `hits / (true + predicted - hits)`, for one-hot classes.

    Args:
        num_classes: how many classes there are.
        target_class_ids: the classes of the mean; those that never occur are left out.
        name: for people and logs.
        dtype: of the counts; int32 if None.
        ignore_class: the number of a class that does not count.
        sparse_y_pred: whether `y_pred` has the classes' numbers, and no probabilities.
        axis: the classes' axis.

    Example:
        >>> metric = gs.metrics.OneHotIoU(2, [0])
        >>> metric([[1, 0], [1, 0], [0, 1]], [[0.8, 0.2], [0.3, 0.7], [0.6, 0.4]]).item()
        0.3333333
    """

    configured: ClassVar[tuple[str, ...]] = (
        "num_classes",
        "target_class_ids",
        "ignore_class",
        "sparse_y_pred",
        "axis",
    )

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(
            num_classes, target_class_ids, name, dtype, ignore_class, False, sparse_y_pred, axis
        )


class OneHotMeanIoU(MeanIoU):
    """The mean over all classes of `hits / (true + predicted - hits)`, for one-hot classes.

    Args:
        num_classes: how many classes there are.
        name: for people and logs.
        dtype: of the counts; int32 if None.
        ignore_class: the number of a class that does not count.
        sparse_y_pred: whether `y_pred` has the classes' numbers, and no probabilities.
        axis: the classes' axis.

    Example:
        >>> metric = gs.metrics.OneHotMeanIoU(2)
        >>> metric([[1, 0], [1, 0], [0, 1]], [[0.8, 0.2], [0.3, 0.7], [0.6, 0.4]]).item()
        0.1666666
    """

    configured: ClassVar[tuple[str, ...]] = ("num_classes", "ignore_class", "sparse_y_pred", "axis")

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(num_classes, name, dtype, ignore_class, False, sparse_y_pred, axis)
