"""Calls of ops in configurations: the operation classes that Keras writes, and back.

`ops.mean(x, axis=1)` is written as an operation `Mean` with the configuration `{axis: 1}`, called
with `x`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gossamer import ops
from gossamer.core.symbolic import KerasTensor
from gossamer.layers.call_arguments import signature_of
from gossamer.models.operations_table import OPERATIONS
from gossamer.serialization import deserialize_keras_object, serialize_keras_object
from gossamer.serialization.family import snake_case

if TYPE_CHECKING:
    from gossamer.models.network import Node

# Other names of operations, in files of other versions.
SAME = {"Abs": "Absolute", "HardSwish": "HardSilu", "Swish": "Silu"}


class _Row:
    """One line of the table, with the op that it is of."""

    def __init__(self, class_name: str) -> None:
        module, name, constructor, call = OPERATIONS[class_name]
        self.class_name = class_name
        self.module = f"keras.src.ops.{module}"
        self.constructor = constructor.split()
        self.call = call.split()
        self.function = _op(name)


def _op(name: str) -> Callable[..., Any]:
    """The op of a name in `ops`, or in a module of it."""
    if name == "get_item":
        return ops.get_item
    found: Any = ops
    for part in name.split("."):
        found = getattr(found, part)
    return found


_rows: dict[str, _Row] = {}
_row_of: dict[int, _Row] = {}


def _table() -> dict[str, _Row]:
    """All rows by class name; made when they are first asked for."""
    if not _rows:
        for class_name in OPERATIONS:
            row = _rows[class_name] = _Row(class_name)
            _row_of.setdefault(_identity(row.function), row)
    return _rows


def _identity(function: Callable[..., Any]) -> int:
    """The same for an op and for the op that takes symbolic tensors, too."""
    return id(getattr(function, "__wrapped__", function))


def serialize(node: Node, places: dict[int, list[Any]]) -> tuple[dict[str, Any], list[Any]]:
    """The configuration of a call of an op, and its calls: one.

    Raises:
        TypeError: for a function that is no op of Keras's.
    """
    from gossamer.models.graph_config import serialize_arguments

    _table()
    row = _row_of.get(_identity(node.operation))
    if row is None:
        raise TypeError(
            "Expected ops that Keras has in a model that is to be written: put others into a "
            f"layer's `call`. Received: {node.name!r}"
        )
    bound = signature_of(node.operation).bind(*node.args, **node.kwargs)
    bound.apply_defaults()
    values = dict(bound.arguments)
    config: dict[str, Any] = {"name": node.name}
    for name in row.constructor:
        if isinstance(values.get(name), KerasTensor):
            raise TypeError(
                f"Expected no tensor as {name} of {node.name!r} in a model that is to be written. "
                f"Received: {values[name]!r}"
            )
        config[name] = serialize_keras_object(values.get(name))
    result = {
        "module": row.module, "class_name": row.class_name, "config": config,
        "registered_name": row.class_name,
    }  # fmt: skip
    args = tuple(values[name] for name in row.call if name in values)
    while args and args[-1] is None:
        args = args[:-1]
    return result, [{"args": list(serialize_arguments(args, places)), "kwargs": {}}]


def deserialize(config: dict[str, Any]) -> Callable[..., Any] | None:
    """What calls the op of a configuration; None if it is no operation's."""
    module = config.get("module")
    class_name = SAME.get(config["class_name"], config["class_name"])
    if not isinstance(module, str) or not module.startswith("keras.src.ops."):
        return None
    row = _table().get(class_name)
    if row is None:
        function = getattr(ops, snake_case(str(config["class_name"])), None)
        if function is None:
            raise TypeError(f"Expected an operation of Keras's. Received: {class_name!r}")
        return _Call(function, [], _settings(config, None))
    return _Call(row.function, row.call, _settings(config, row))


def _settings(config: dict[str, Any], row: _Row | None) -> dict[str, Any]:
    known = None if row is None else set(signature_of(row.function).parameters)
    settings = {
        name: deserialize_keras_object(value)
        for name, value in (config.get("config") or {}).items()
        if name != "name" and (known is None or name in known)
    }
    return {
        name: tuple(value) if isinstance(value, list) else value for name, value in settings.items()
    }


class _Call:
    """An op with the arguments of its class's constructor; called with those of its call."""

    def __init__(
        self, function: Callable[..., Any], names: list[str], settings: dict[str, Any]
    ) -> None:
        self.function = function
        self.names = names
        self.settings = settings

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.names and len(args) <= len(self.names):
            given = dict(zip(self.names, args, strict=False))
            if isinstance(given.get("key"), list):  # as JSON has it
                given["key"] = tuple(given["key"])
            return self.function(**{**self.settings, **given, **kwargs})
        return self.function(*args, **{**self.settings, **kwargs})
