"""Which optimizer changes which variable, by the variables' paths."""

from __future__ import annotations

import re
from collections.abc import Iterator, MutableMapping
from typing import Any

from gossamer.optimizers.loss_scale_optimizer import LossScaleOptimizer
from gossamer.optimizers.optimizer import Optimizer
from gossamer.serialization import deserialize_keras_object, serialize_keras_object
from gossamer.variable import Variable


class OptimizerMap(MutableMapping[str, Optimizer]):
    """From paths of variables, or regular expressions of them, to optimizers.

    Args:
        default_optimizer: for paths that there are none for.
        optimizer_map: from paths or patterns to optimizers.

    Raises:
        TypeError: for what is no optimizer, or no dictionary.
        ValueError: for a path that several patterns fit; if the same key is set again.

    Example:
        >>> found = gs.optimizers.OptimizerMap(gs.optimizers.SGD(0.25))
        >>> found["encoder/.*"] = gs.optimizers.Lion()
        >>> type(found["encoder/dense/kernel"]).__name__, type(found["other"]).__name__
        ('Lion', 'SGD')
    """

    def __init__(
        self, default_optimizer: Optimizer, optimizer_map: dict[str, Optimizer] | None = None
    ) -> None:
        if not isinstance(default_optimizer, Optimizer):
            raise TypeError(f"Expected an optimizer. Received: {default_optimizer!r}")
        if optimizer_map is not None and not isinstance(optimizer_map, dict):
            raise TypeError(f"Expected a dictionary. Received: optimizer_map={optimizer_map!r}")
        self._default_optimizer = default_optimizer
        self._optimizer_map = optimizer_map or {}

    @property
    def default_optimizer(self) -> Optimizer:
        """That for paths that there is none for."""
        return self._default_optimizer

    def __getitem__(self, key: str) -> Optimizer:
        if key in self._optimizer_map:
            return self._optimizer_map[key]
        fitting = [pattern for pattern in self._optimizer_map if re.fullmatch(pattern, key)]
        if len(fitting) > 1:
            raise ValueError(f"Expected one pattern at most that fits {key!r}. Received: {fitting}")
        return self._optimizer_map[fitting[0]] if fitting else self._default_optimizer

    def __setitem__(self, key: str, optimizer: Optimizer) -> None:
        if key in self._optimizer_map:
            raise ValueError(f"Expected a key that is not there yet. Received: {key!r}")
        if not isinstance(key, str):
            raise ValueError(f"Expected a string. Received: key={key!r}")
        check_inner(optimizer)
        self._optimizer_map[key] = optimizer

    def __delitem__(self, key: str) -> None:
        del self._optimizer_map[key]

    def __len__(self) -> int:
        return len(self._optimizer_map)

    def __iter__(self) -> Iterator[str]:
        return iter(self._optimizer_map)

    def __call__(self, variable: Variable) -> Optimizer:
        """The optimizer of a variable."""
        return self[variable.path]

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal map."""
        return {
            "default_optimizer": serialize_keras_object(self._default_optimizer),
            "optimizer_map": serialize_keras_object(self._optimizer_map),
        }

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None
    ) -> OptimizerMap:
        """The map that a configuration describes."""
        default = deserialize_keras_object(config["default_optimizer"], custom_objects)
        return cls(default, deserialize_keras_object(config["optimizer_map"], custom_objects))


def check_inner(optimizer: Any) -> None:
    """Raise an error unless this can be one of several optimizers.

    Raises:
        ValueError: for what is no optimizer, and for one of optimizers.
    """
    if not isinstance(optimizer, Optimizer):
        raise ValueError(f"Expected an optimizer. Received: {optimizer!r}")
    if isinstance(optimizer, LossScaleOptimizer) or hasattr(optimizer, "optimizers"):
        raise ValueError(
            "Expected an optimizer that changes variables itself. "
            f"Received: a {type(optimizer).__name__}"
        )
