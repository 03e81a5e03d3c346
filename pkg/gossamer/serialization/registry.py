"""Which name stands for which class or function: gossamer's own, and those of users.

Gossamer's own have the names that Keras gives them (`keras.layers.Dense`), so that either library
reads what the other writes. Users register theirs, or lend them for the length of a scope.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeVar

T = TypeVar("T")

_built_in: dict[str, Any] = {}
_name_of_built_in: dict[Any, str] = {}
_custom: dict[str, Any] = {}
_name_of_custom: dict[Any, str] = {}
_scopes: list[dict[str, Any]] = []


def name_built_in(path: str, member: Any) -> None:
    """Say what Keras calls a class or function of gossamer; the first name is the one written.

    Args:
        path: module and name, such as `keras.layers.Dense`.
        member: the class or function.
    """
    _built_in[path] = member
    _name_of_built_in.setdefault(member, path)


def built_in(path: str) -> Any:
    """What Keras calls so; None if gossamer has nothing of that name."""
    return _built_in.get(path)


def built_ins_named(name: str) -> list[Any]:
    """All of gossamer's own of this name, whatever the module, each once."""
    return list({
        id(member): member for path, member in _built_in.items() if path.split(".")[-1] == name
    }.values())  # fmt: skip


def path_of_built_in(member: Any) -> str | None:
    """What Keras calls this class or function; None if it is not gossamer's own."""
    try:
        return _name_of_built_in.get(member)
    except TypeError:  # without a hash
        return None


def register_keras_serializable(
    package: str = "Custom", name: str | None = None
) -> Callable[[T], T]:
    """A decorator that lets a class or function of yours be written in models, and read again.

    Args:
        package: what your things have in common; the name registered is `package>name`.
        name: that of the class or function if None.

    Raises:
        ValueError: for a class without a `get_config` method.

    Example:
        >>> @gs.saving.register_keras_serializable("my_package")
        ... class Twice(gs.layers.Layer):
        ...     def call(self, inputs):
        ...         return inputs * 2.0
        >>> gs.saving.get_registered_name(Twice)
        'my_package>Twice'
    """

    def decorator(member: T) -> T:
        registered = f"{package}>{name or getattr(member, '__name__', '')}"
        if inspect.isclass(member) and not hasattr(member, "get_config"):
            raise ValueError(
                f"Expected a class with a `get_config` method. Received: {member.__name__}"
            )
        _custom[registered] = member
        _name_of_custom[member] = registered
        return member

    return decorator


def get_custom_objects() -> dict[str, Any]:
    """The dictionary of what has been registered, itself: change it and the change counts.

    Example:
        >>> gs.saving.get_custom_objects()["half"] = lambda x: x / 2.0
        >>> gs.activations.get("half")(4.0)
        2.0
        >>> del gs.saving.get_custom_objects()["half"]
    """
    return _custom


def get_registered_name(obj: Any) -> str:
    """The name under which a class or function was registered; its own if it was not.

    Example:
        >>> gs.saving.get_registered_name(gs.layers.Dense)
        'Dense'
    """
    registered = _name_of_custom.get(obj)
    return registered if registered is not None else obj.__name__


def get_registered_object(
    name: str | None,
    custom_objects: dict[str, Any] | None = None,
    module_objects: dict[str, Any] | None = None,
) -> Any:
    """What was registered under a name; None if nothing was.

    Args:
        name: such as `my_package>Twice`.
        custom_objects: where to look, too.
        module_objects: where to look at last.

    Example:
        >>> gs.saving.get_registered_object("no such thing") is None
        True
    """
    if name is None:
        return None
    for table in (*reversed(_scopes), _custom, custom_objects or {}, module_objects or {}):
        if name in table:
            return table[name]
    return None


class CustomObjectScope:
    """Within it, names stand for these classes and functions.

    Args:
        custom_objects: from names to classes and functions.

    Example:
        >>> with gs.saving.CustomObjectScope({"thrice": lambda x: x * 3.0}):
        ...     gs.activations.get("thrice")(2.0)
        6.0
    """

    def __init__(self, custom_objects: dict[str, Any] | None) -> None:
        self._objects = dict(custom_objects or {})

    def __enter__(self) -> CustomObjectScope:
        _scopes.append(self._objects)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        _scopes.remove(self._objects)
