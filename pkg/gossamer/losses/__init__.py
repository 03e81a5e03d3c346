"""Losses: from true values and predictions to one number. Keras's classes, functions and names.

No module in here has the name of a function, which it would hide.
"""

from typing import Any

from gossamer.losses.circles import Circle, circle
from gossamer.losses.crossentropy import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    SparseCategoricalCrossentropy,
    binary_crossentropy,
    categorical_crossentropy,
    sparse_categorical_crossentropy,
)
from gossamer.losses.ctc_loss import CTC, ctc
from gossamer.losses.divergences import (
    CategoricalGeneralizedCrossEntropy,
    KLDivergence,
    Poisson,
    categorical_generalized_cross_entropy,
    kl_divergence,
    poisson,
)
from gossamer.losses.focal import (
    BinaryFocalCrossentropy,
    CategoricalFocalCrossentropy,
    binary_focal_crossentropy,
    categorical_focal_crossentropy,
)
from gossamer.losses.hinges import (
    CategoricalHinge,
    Hinge,
    SquaredHinge,
    categorical_hinge,
    hinge,
    squared_hinge,
)
from gossamer.losses.loss import Loss, LossFunctionWrapper
from gossamer.losses.overlap import Dice, Tversky, dice, tversky
from gossamer.losses.regression import (
    CosineSimilarity,
    Huber,
    LogCosh,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    cosine_similarity,
    huber,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
)
from gossamer.serialization import Family, name_built_in

CLASSES = (
    BinaryCrossentropy, BinaryFocalCrossentropy, CTC, CategoricalCrossentropy,
    CategoricalFocalCrossentropy, CategoricalGeneralizedCrossEntropy, CategoricalHinge, Circle,
    CosineSimilarity, Dice, Hinge, Huber, KLDivergence, LogCosh, Loss, MeanAbsoluteError,
    MeanAbsolutePercentageError, MeanSquaredError, MeanSquaredLogarithmicError, Poisson,
    SparseCategoricalCrossentropy, SquaredHinge, Tversky,
)  # fmt: skip
FUNCTIONS = (
    binary_crossentropy, binary_focal_crossentropy, categorical_crossentropy,
    categorical_focal_crossentropy, categorical_generalized_cross_entropy, categorical_hinge,
    circle, cosine_similarity, ctc, dice, hinge, huber, kl_divergence, log_cosh,
    mean_absolute_error, mean_absolute_percentage_error, mean_squared_error,
    mean_squared_logarithmic_error, poisson, sparse_categorical_crossentropy, squared_hinge,
    tversky,
)  # fmt: skip
SHORT = {
    "bce": binary_crossentropy, "kld": kl_divergence, "mae": mean_absolute_error,
    "mse": mean_squared_error, "mape": mean_absolute_percentage_error,
    "msle": mean_squared_logarithmic_error,
}  # fmt: skip
ALIASES = SHORT | {name.upper(): member for name, member in SHORT.items()}

__all__ = ["LossFunctionWrapper", "deserialize", "get", "serialize"]
__all__ += [member.__name__ for member in (*CLASSES, *FUNCTIONS)]

# Keras writes this class by its private path.
name_built_in("keras.src.losses.losses.LossFunctionWrapper", LossFunctionWrapper)
FAMILY = Family("keras.losses", "loss", (*CLASSES, LossFunctionWrapper, *FUNCTIONS), ALIASES)


def serialize(loss: Any) -> Any:
    """The configuration of a loss, as Keras writes it.

    Args:
        loss: a loss or a function.

    Example:
        >>> gs.losses.serialize(gs.losses.Poisson())["class_name"]
        'Poisson'
    """
    return FAMILY.serialize(loss)


def deserialize(name: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """The loss that a name or a configuration stands for.

    Args:
        name: either.
        custom_objects: classes and functions by name, which gossamer does not know.

    Raises:
        ValueError: for a name that there is not.

    Example:
        >>> gs.losses.deserialize(gs.losses.serialize(gs.losses.Dice(axis=1))).axis
        1
    """
    return FAMILY.deserialize(name, custom_objects)


def get(identifier: Any) -> Any:
    """A loss by its name or configuration; what can be called is returned as it is.

    Args:
        identifier: such as `"mse"`, `"Huber"`, a configuration, a class, a loss or a function.

    Raises:
        ValueError: for anything else.

    Example:
        >>> gs.losses.get("mse")([[1.0]], [[3.0]]).tolist()
        [4.0]
    """
    return FAMILY.get(identifier)
