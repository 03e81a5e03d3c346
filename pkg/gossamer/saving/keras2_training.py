"""What Keras 2 wrote of `compile`, in Keras 3's form: optimizers, losses, metrics by class."""

from __future__ import annotations

import inspect
from typing import Any

from gossamer import metrics as known_metrics
from gossamer import optimizers
from gossamer.serialization import get_registered_object

# What Keras 2 had and Keras 3 does without; a learning rate that falls is a schedule now.
DROPPED = ("decay", "jit_compile", "is_legacy_optimizer")
REDUCTIONS = {"auto": "sum_over_batch_size"}


def optimizer(config: Any) -> Any:
    """An optimizer's configuration."""
    if not isinstance(config, dict) or not isinstance(config.get("config"), dict):
        return config
    inner = {key: value for key, value in config["config"].items() if key not in DROPPED}
    if "lr" in inner:
        inner.setdefault("learning_rate", inner.pop("lr"))
    rate = inner.get("learning_rate")
    if isinstance(rate, dict) and "class_name" in rate and not rate.get("module"):
        inner["learning_rate"] = {**rate, "module": "keras.optimizers.schedules"}
    name = config["class_name"]
    cls = getattr(optimizers, str(name), None)
    if get_registered_object(name) is None and inspect.isclass(cls):
        known = {key for base in cls.__mro__ for key in _parameters(base)}
        inner = {key: value for key, value in inner.items() if key in known}
    return {**config, "config": inner}


def _parameters(cls: type) -> list[str]:
    return list(inspect.signature(cls).parameters) if "__init__" in vars(cls) else []


def losses(value: Any) -> Any:
    """The losses of `compile`, in whatever structure."""
    return _each(value, lambda one: {**_with_reduction(one), "module": "keras.losses"})


def _with_reduction(config: dict[str, Any]) -> dict[str, Any]:
    inner = dict(config["config"] or {})
    if "reduction" in inner:
        inner["reduction"] = REDUCTIONS.get(inner["reduction"], inner["reduction"])
    return {**config, "config": inner}


def metrics(value: Any) -> Any:
    """The metrics of `compile`, in whatever structure."""
    return _each(value, _metric)


def _metric(config: dict[str, Any]) -> Any:
    inner = dict(config["config"] or {})
    if isinstance(inner.get("fn"), str):  # a metric that was made of a function
        # Its own name if that says as much: "accuracy" stands for the one that fits the outputs.
        name = inner.get("name")
        known = ("accuracy", "acc", *known_metrics.FAMILY.members)
        return name if name in known else inner["fn"]
    if isinstance(inner.get("dtype"), dict) and config.get("module") is None:
        inner["dtype"] = inner["dtype"].get("config", {}).get("name")
    return {**config, "config": inner, "module": "keras.metrics"}


def _each(value: Any, change: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_each(one, change) for one in value]
    if not isinstance(value, dict):
        return value
    if "class_name" not in value:
        return {key: _each(one, change) for key, one in value.items()}
    if value.get("module") or get_registered_object(value["class_name"]) is not None:
        return value
    return change(value)
