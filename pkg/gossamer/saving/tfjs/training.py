"""How a model of TensorFlow.js is trained: its optimizer, losses and metrics, both ways.

TensorFlow.js names losses and metrics by strings, and has seven optimizers.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

from gossamer import losses, metrics, optimizers
from gossamer.optimizers.schedules import LearningRateSchedule
from gossamer.saving import keras2, keras2_training
from gossamer.saving.formats import ModelFileError
from gossamer.saving.keras2 import name_of
from gossamer.saving.tfjs import names
from gossamer.serialization.family import snake_case

# TensorFlow.js's arguments by Keras's, for each optimizer that both have.
OPTIMIZERS = {
    "SGD": {"learning_rate": "learning_rate"},
    "Adam": {
        "learning_rate": "learning_rate", "beta_1": "beta1", "beta_2": "beta2",
        "epsilon": "epsilon",
    },
    "Adamax": {
        "learning_rate": "learning_rate", "beta_1": "beta1", "beta_2": "beta2",
        "epsilon": "epsilon",
    },
    "RMSprop": {
        "learning_rate": "learning_rate", "rho": "decay", "momentum": "momentum",
        "epsilon": "epsilon", "centered": "centered",
    },
    "Adagrad": {
        "learning_rate": "learning_rate",
        "initial_accumulator_value": "initial_accumulator_value",
    },
    "Adadelta": {"learning_rate": "learning_rate", "rho": "rho", "epsilon": "epsilon"},
}  # fmt: skip
ITS_NAMES = {"RMSprop": "RMSProp"}
# What TensorFlow.js calls the slots of optimizers, in Keras's order. Momentum is another thing
# there: it has no learning rate in it; and Adadelta divides by what it knew before the gradient.
SLOTS: dict[str, tuple[str, ...]] = {
    "SGD": (), "Adam": ("m", "v"), "Adagrad": ("accumulator",), "RMSprop": ("rms",),
}  # fmt: skip
UNUSED = {"RMSprop": ("_momentum",)}  # zeros as long as there is no momentum
STEPS = "iter"
OF_OPTIMIZER = ("iteration", "learning_rate")  # its variables that are no slots

LOSSES = (
    "mean_squared_error", "mean_absolute_error", "mean_absolute_percentage_error",
    "mean_squared_logarithmic_error", "squared_hinge", "hinge", "categorical_hinge", "logcosh",
    "categorical_crossentropy", "sparse_categorical_crossentropy", "binary_crossentropy",
    "kullback_leibler_divergence", "poisson",
)  # fmt: skip
TO_KERAS = {"kullback_leibler_divergence": "kl_divergence", "logcosh": "log_cosh",
            "cosine_proximity": "cosine_similarity"}  # fmt: skip
TO_TFJS = {"kl_divergence": "kullback_leibler_divergence", "log_cosh": "logcosh"}
METRICS = (
    "accuracy", "acc", "binary_accuracy", "categorical_accuracy",
    "sparse_categorical_accuracy", "mse", "mae", *LOSSES,
)  # fmt: skip


def compile_as(
    model: Any, config: Mapping[str, Any], state: Mapping[str, np.ndarray], source: str
) -> None:
    """Compile a model as a file says.

    Args:
        model: the model.
        config: with optimizer_config, loss and metrics.
        state: of the optimizer, by name; where it does not fit, that begins anew, with a warning.
        source: what errors call the file.

    Raises:
        ModelFileError: for optimizers, losses or metrics that are not known.
    """
    loss_weights = config.get("loss_weights")
    try:
        optimizer = _optimizer(config.get("optimizer_config"))
        loss = _mapped(config.get("loss"), _loss)
        wanted = _mapped(config.get("metrics"), _metric)
        model.compile(optimizer, loss, loss_weights=loss_weights, metrics=wanted or None)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ModelFileError(
            f"Expected an optimizer, losses and metrics that Keras has in {source}: read it with "
            f"compile=False to go without. Received: {error}"
        ) from error
    if state and not _restored(model, optimizer, state):
        warnings.warn(
            f"The optimizer {optimizer.name!r} begins anew: {source} holds {len(state)} values of "
            "TensorFlow.js's own for it.",
            stacklevel=5,
        )


def _optimizer(config: Any) -> Any:
    name = config["class_name"]
    given = {snake_case(str(key)): value for key, value in (config.get("config") or {}).items()}
    own = str(config.get("module") or "keras") != "keras" or "registered_name" in config
    if own:  # Keras's, whole
        return optimizers.deserialize(dict(config))
    if name in ("Momentum", "momentum"):
        nesterov = bool(given.get("use_nesterov"))
        return optimizers.SGD(given["learning_rate"], given["momentum"], nesterov)
    name = keras2.RENAMED.get(name, name)
    cls = getattr(optimizers, str(name), None)
    if not inspect.isclass(cls):
        raise ValueError(f"Expected the name of an optimizer. Received: {name!r}")
    if "lr" in given:
        given["learning_rate"] = given.pop("lr")
    known = {its: ours for ours, its in OPTIMIZERS.get(name, {}).items()}
    if name == "RMSprop" and "rho" in given:  # Keras 2's, whose decay is another thing
        given.pop("decay", None)
    given = {known.get(key, key): value for key, value in given.items()}
    taken = set(inspect.signature(cls).parameters)
    return cls(**{k: v for k, v in given.items() if k in taken and v is not None})


def _restored(model: Any, optimizer: Any, state: Mapping[str, np.ndarray]) -> bool:
    """Whether an optimizer took its state, all of it: slots go by the names of weights."""
    slots = SLOTS.get(type(optimizer).__name__)
    unused = UNUSED.get(type(optimizer).__name__, ())
    config = optimizer.get_config()
    if slots is None or config.get("momentum") or config.get("centered"):
        return False
    optimizer.build(model.trainable_variables)
    weights = names.weights_of(model)
    name_of_weight = {id(variable): name for name, variable in weights.items()}
    values = {
        name_of(name): value for name, value in state.items() if not name_of(name).endswith(unused)
    }  # fmt: skip
    wanted = [(optimizer.iterations, STEPS)]
    rest = iter([v for v in optimizer.variables if v.path.split("/")[-1] not in OF_OPTIMIZER])
    for variable in model.trainable_variables:
        wanted += [(next(rest), f"{name_of_weight.get(id(variable))}_{slot}") for slot in slots]
    fits = len(wanted) == len(values) and all(
        name in values and values[name].shape == variable.shape for variable, name in wanted
    )
    if fits:
        for variable, name in wanted:
            variable.assign(values[name])
    return fits


def _mapped(value: Any, change: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_mapped(one, change) for one in value]
    if isinstance(value, dict) and "class_name" not in value:
        return {key: _mapped(one, change) for key, one in value.items()}
    return None if value is None else change(value)


def _loss(value: Any) -> Any:
    if isinstance(value, dict):
        return losses.deserialize(keras2_training.losses(value))
    name = snake_case(str(value))
    name = TO_KERAS.get(name, name)
    losses.get(name)
    return name


def _metric(value: Any) -> Any:
    if isinstance(value, dict):
        found = keras2_training.metrics(value)
        return found if isinstance(found, str) else metrics.deserialize(found)
    name = snake_case(str(value))
    return TO_KERAS.get(name, name)


def config_of(model: Any) -> dict[str, Any] | None:
    """How a compiled model is trained, in TensorFlow.js's terms; None if it is not compiled.

    What TensorFlow.js cannot say is left out whole, with a warning: a model that trains in
    another way than it did is worse than one that must be compiled.
    """
    if not getattr(model, "compiled", False) or getattr(model, "optimizer", None) is None:
        return None
    arguments = model._compile_config
    try:
        for key in ("loss_weights", "weighted_metrics"):
            if arguments.get(key) is not None:
                raise ValueError(f"{key}={arguments[key]!r}")
        return {
            "optimizer_config": _its_optimizer(model.optimizer),
            "loss": _mapped(arguments.get("loss"), _its_loss),
            "metrics": _mapped(arguments.get("metrics") or [], _its_metric),
        }
    except ValueError as error:
        warnings.warn(
            "How the model is trained was left out, since TensorFlow.js has not all of it: "
            f"{error}",
            stacklevel=4,
        )
        return None


def _its_optimizer(optimizer: Any) -> dict[str, Any]:
    name, config = type(optimizer).__name__, optimizer.get_config()
    if isinstance(getattr(optimizer, "_learning_rate", None), LearningRateSchedule):
        raise ValueError("a schedule of learning rates")
    # The shortest number that is this float32: 0.001 rather than 0.0010000000475.
    config["learning_rate"] = float(str(np.float32(optimizer.learning_rate)))
    if name == "SGD" and config["momentum"]:
        kept = {"learning_rate": config["learning_rate"], "momentum": config["momentum"]}
        return {"class_name": "Momentum", "config": {**kept, "use_nesterov": config["nesterov"]}}
    if name not in OPTIMIZERS or config.get("amsgrad"):
        raise ValueError(f"the optimizer {name}")
    kept = {its: config[ours] for ours, its in OPTIMIZERS[name].items()}
    return {"class_name": ITS_NAMES.get(name, name), "config": kept}


def _its_loss(value: Any) -> str:
    name = value if isinstance(value, str) else _plain(value)
    name = snake_case(str(getattr(losses.get(name), "__name__", name)))
    name = TO_TFJS.get(name, name)
    if name not in LOSSES:
        raise ValueError(f"the loss {name}")
    return name


def _its_metric(value: Any) -> str:
    name = value if isinstance(value, str) else _plain(value)
    name = TO_TFJS.get(name, name)
    if name not in METRICS:
        raise ValueError(f"the metric {name}")
    return name


def _plain(value: Any) -> str:
    """The name of a loss or metric that has no arguments of its own."""
    if inspect.isfunction(value):
        return value.__name__
    cls = type(value)
    ours, usual = value.get_config(), cls().get_config()
    if {**ours, "name": ""} != {**usual, "name": ""}:
        raise ValueError(f"{cls.__name__} with arguments of its own")
    return snake_case(cls.__name__)
