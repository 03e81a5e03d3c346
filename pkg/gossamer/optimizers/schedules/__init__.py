"""Schedules: learning rates that change with the number of steps."""

from typing import Any

from gossamer.optimizers.schedules.cosines import CosineDecay, CosineDecayRestarts
from gossamer.optimizers.schedules.decays import (
    ExponentialDecay,
    InverseTimeDecay,
    PiecewiseConstantDecay,
    PolynomialDecay,
)
from gossamer.optimizers.schedules.learning_rate_schedule import LearningRateSchedule
from gossamer.serialization import Family

CLASSES = (
    CosineDecay, CosineDecayRestarts, ExponentialDecay, InverseTimeDecay, LearningRateSchedule,
    PiecewiseConstantDecay, PolynomialDecay,
)  # fmt: skip
FAMILY = Family("keras.optimizers.schedules", "schedule", CLASSES)

__all__ = [
    "CosineDecay",
    "CosineDecayRestarts",
    "ExponentialDecay",
    "InverseTimeDecay",
    "LearningRateSchedule",
    "PiecewiseConstantDecay",
    "PolynomialDecay",
    "deserialize",
    "serialize",
]


def serialize(learning_rate_schedule: LearningRateSchedule) -> Any:
    """The configuration of a schedule, as Keras writes it.

    Args:
        learning_rate_schedule: a schedule.

    Example:
        >>> schedules = gs.optimizers.schedules
        >>> schedules.serialize(schedules.CosineDecay(0.1, 5))["class_name"]
        'CosineDecay'
    """
    return FAMILY.serialize(learning_rate_schedule)


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """The schedule that a configuration stands for.

    Args:
        config: what `serialize` gave.
        custom_objects: classes by name, which gossamer does not know.

    Example:
        >>> schedules = gs.optimizers.schedules
        >>> schedules.deserialize(schedules.serialize(schedules.CosineDecay(0.1, 5))).decay_steps
        5
    """
    return FAMILY.deserialize(config, custom_objects)
