"""Optimizers: from gradients to new values of variables. Keras's classes, names and variables."""

from typing import Any

from gossamer.optimizers import schedules
from gossamer.optimizers.adadelta import Adadelta
from gossamer.optimizers.adafactor import Adafactor
from gossamer.optimizers.adagrad import Adagrad
from gossamer.optimizers.adam import Adam, AdamW
from gossamer.optimizers.adamax import Adamax
from gossamer.optimizers.ftrl import Ftrl
from gossamer.optimizers.lamb import Lamb
from gossamer.optimizers.lion import Lion
from gossamer.optimizers.loss_scale_optimizer import LossScaleOptimizer
from gossamer.optimizers.multi_optimizer import MultiOptimizer
from gossamer.optimizers.muon import Muon
from gossamer.optimizers.nadam import Nadam
from gossamer.optimizers.optimizer import Optimizer
from gossamer.optimizers.optimizer_map import OptimizerMap
from gossamer.optimizers.rmsprop import RMSprop
from gossamer.optimizers.schedule_free_adamw import ScheduleFreeAdamW
from gossamer.optimizers.sgd import SGD
from gossamer.serialization import Family

CLASSES = (
    Adadelta, Adafactor, Adagrad, Adam, AdamW, Adamax, Ftrl, Lamb, Lion, LossScaleOptimizer,
    MultiOptimizer, Muon, Nadam, Optimizer, OptimizerMap, RMSprop, SGD, ScheduleFreeAdamW,
)  # fmt: skip
FAMILY = Family("keras.optimizers", "optimizer", CLASSES, lower_cased=True)

__all__ = ["deserialize", "get", "schedules", "serialize"]
__all__ += [member.__name__ for member in CLASSES]


def serialize(optimizer: Optimizer) -> Any:
    """The configuration of an optimizer, as Keras writes it.

    Args:
        optimizer: an optimizer.

    Example:
        >>> gs.optimizers.serialize(gs.optimizers.Adam())["class_name"]
        'Adam'
    """
    return FAMILY.serialize(optimizer)


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """The optimizer that a configuration stands for.

    Args:
        config: what `serialize` gave.
        custom_objects: classes by name, which gossamer does not know.

    Raises:
        TypeError: for a class that there is not.

    Example:
        >>> config = gs.optimizers.serialize(gs.optimizers.SGD(0.5, momentum=0.25))
        >>> gs.optimizers.deserialize(config).momentum
        0.25
    """
    return FAMILY.deserialize(config, custom_objects)


def get(identifier: Any) -> Any:
    """An optimizer by its name, class or configuration; an optimizer is returned as it is.

    Args:
        identifier: such as `"adam"`, `"RMSprop"`, a configuration, a class or an optimizer.

    Raises:
        ValueError: for anything else.

    Example:
        >>> type(gs.optimizers.get("rmsprop")).__name__
        'RMSprop'
    """
    if identifier is None or isinstance(identifier, Optimizer):
        return identifier
    is_class = isinstance(identifier, type) and issubclass(identifier, Optimizer)
    found = FAMILY.get(identifier) if is_class or isinstance(identifier, (str, dict)) else None
    if not isinstance(found, Optimizer):
        raise ValueError(
            f"Expected an optimizer, its name, class or configuration. Received: {identifier!r}"
        )
    return found
