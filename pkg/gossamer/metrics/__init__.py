"""Metrics: what is gathered over batches. Keras's classes, functions and names."""

from typing import Any

from gossamer.losses import (
    binary_crossentropy,
    binary_focal_crossentropy,
    categorical_crossentropy,
    categorical_focal_crossentropy,
    categorical_hinge,
    hinge,
    huber,
    kl_divergence,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
    poisson,
    sparse_categorical_crossentropy,
    squared_hinge,
)
from gossamer.metrics.accuracy import (
    Accuracy,
    BinaryAccuracy,
    CategoricalAccuracy,
    SparseCategoricalAccuracy,
    SparseTopKCategoricalAccuracy,
    TopKCategoricalAccuracy,
    binary_accuracy,
    categorical_accuracy,
    sparse_categorical_accuracy,
    sparse_top_k_categorical_accuracy,
    top_k_categorical_accuracy,
)
from gossamer.metrics.auc import AUC
from gossamer.metrics.constrained import (
    PrecisionAtRecall,
    RecallAtPrecision,
    SensitivityAtSpecificity,
    SpecificityAtSensitivity,
)
from gossamer.metrics.correlation import (
    ConcordanceCorrelation,
    PearsonCorrelation,
    concordance_correlation,
    pearson_correlation,
)
from gossamer.metrics.f_scores import F1Score, FBetaScore
from gossamer.metrics.iou import BinaryIoU, IoU, MeanIoU, OneHotIoU, OneHotMeanIoU
from gossamer.metrics.metric import Metric
from gossamer.metrics.of_losses import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    CategoricalHinge,
    Hinge,
    KLDivergence,
    Poisson,
    SparseCategoricalCrossentropy,
    SquaredHinge,
)
from gossamer.metrics.precision_recall import (
    FalseNegatives,
    FalsePositives,
    Precision,
    Recall,
    TrueNegatives,
    TruePositives,
)
from gossamer.metrics.reductions import Mean, MeanMetricWrapper, Sum
from gossamer.metrics.regression import (
    CosineSimilarity,
    LogCoshError,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    R2Score,
    RootMeanSquaredError,
)
from gossamer.serialization import Family, name_built_in

CLASSES = (
    AUC, Accuracy, BinaryAccuracy, BinaryCrossentropy, BinaryIoU, CategoricalAccuracy,
    CategoricalCrossentropy, CategoricalHinge, ConcordanceCorrelation, CosineSimilarity, F1Score,
    FBetaScore, FalseNegatives, FalsePositives, Hinge, IoU, KLDivergence, LogCoshError, Mean,
    MeanAbsoluteError, MeanAbsolutePercentageError, MeanIoU, MeanMetricWrapper, MeanSquaredError,
    MeanSquaredLogarithmicError, Metric, OneHotIoU, OneHotMeanIoU, PearsonCorrelation, Poisson,
    Precision, PrecisionAtRecall, R2Score, Recall, RecallAtPrecision, RootMeanSquaredError,
    SensitivityAtSpecificity, SparseCategoricalAccuracy, SparseCategoricalCrossentropy,
    SparseTopKCategoricalAccuracy, SpecificityAtSensitivity, SquaredHinge, Sum,
    TopKCategoricalAccuracy, TrueNegatives, TruePositives,
)  # fmt: skip
FUNCTIONS = (
    binary_accuracy, binary_crossentropy, binary_focal_crossentropy, categorical_accuracy,
    categorical_crossentropy, categorical_focal_crossentropy, categorical_hinge,
    concordance_correlation, hinge, huber, kl_divergence, log_cosh, mean_absolute_error,
    mean_absolute_percentage_error, mean_squared_error, mean_squared_logarithmic_error,
    pearson_correlation, poisson, sparse_categorical_accuracy, sparse_categorical_crossentropy,
    sparse_top_k_categorical_accuracy, squared_hinge, top_k_categorical_accuracy,
)  # fmt: skip
SHORT = {
    "bce": BinaryCrossentropy, "mse": MeanSquaredError, "mae": MeanAbsoluteError,
    "mape": MeanAbsolutePercentageError, "msle": MeanSquaredLogarithmicError,
}  # fmt: skip
ALIASES = SHORT | {name.upper(): member for name, member in SHORT.items()}

__all__ = ["deserialize", "get", "serialize"]
__all__ += [member.__name__ for member in (*CLASSES, *FUNCTIONS)]

# By name one gets classes only: a class's in small letters may be that of a function.
FAMILY = Family("keras.metrics", "metric", CLASSES, ALIASES, snake_cased=True)
for _function in FUNCTIONS:
    name_built_in(f"keras.metrics.{_function.__name__}", _function)


def serialize(metric: Any) -> Any:
    """The configuration of a metric, as Keras writes it.

    Args:
        metric: a metric or a function.

    Example:
        >>> gs.metrics.serialize(gs.metrics.Mean("loss"))["config"]
        {'name': 'loss', 'dtype': 'float32'}
    """
    return FAMILY.serialize(metric)


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """The metric that a name or a configuration stands for.

    Args:
        config: either.
        custom_objects: classes and functions by name, which gossamer does not know.

    Raises:
        ValueError: for a name that there is not.

    Example:
        >>> gs.metrics.deserialize(gs.metrics.serialize(gs.metrics.Mean("loss")))
        <Mean name=loss>
    """
    return FAMILY.deserialize(config, custom_objects)


def get(identifier: Any) -> Any:
    """A metric by its name or configuration; what can be called is returned as it is.

    Args:
        identifier: such as `"mse"`, `"AUC"`, `"auc"`, a configuration, a class or a metric.

    Raises:
        ValueError: for anything else.

    Example:
        >>> gs.metrics.get("mse")([[1.0]], [[3.0]]).item()
        4.0
    """
    return FAMILY.get(identifier)
