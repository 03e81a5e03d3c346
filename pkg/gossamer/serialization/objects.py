"""Objects as plain dictionaries: `{module, class_name, config, registered_name}`, Keras's form.

What is read may come from anywhere. So nothing is imported by name: a class is one of gossamer's
own or one that the user has registered, and code is run only if the user has said that it may be.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

from gossamer.core.symbolic import KerasTensor
from gossamer.ops.convert import convert_to_tensor
from gossamer.serialization import functions
from gossamer.serialization.registry import (
    CustomObjectScope,
    built_in,
    built_ins_named,
    get_registered_name,
    get_registered_object,
    path_of_built_in,
)
from gossamer.tensor import Tensor

PLAIN = (str, int, float, bool)
# Where Keras looks for a function that is said to be "builtins", in this order.
FUNCTION_MODULES = ("activations", "losses", "metrics", "ops", "initializers", "regularizers")
MAX_DEPTH = 200  # more than any model has, and less than Python's own limit

_safe_mode: ContextVar[bool | None] = ContextVar("safe_mode", default=None)
_shared: ContextVar[tuple[dict[int, Any], dict[int, Any]] | None] = ContextVar(
    "shared", default=None
)
_depth: ContextVar[int] = ContextVar("depth", default=0)


def enable_unsafe_deserialization() -> None:
    """Let models that are loaded from now on run Python code which they bring with them.

    Example:
        >>> gs.config.enable_unsafe_deserialization.__name__
        'enable_unsafe_deserialization'
    """
    _safe_mode.set(False)


@contextmanager
def safe_mode_scope(safe_mode: bool) -> Iterator[None]:
    """Within it, code in what is read is refused, or is not."""
    token = _safe_mode.set(safe_mode)
    try:
        yield
    finally:
        _safe_mode.reset(token)


def in_safe_mode() -> bool | None:
    """Whether code in what is read is refused; None if nobody has said so."""
    return _safe_mode.get()


@contextmanager
def sharing_scope() -> Iterator[None]:
    """Within it, an object that is met twice is written, and read, as one."""
    token = _shared.set(({}, {}))
    try:
        yield
    finally:
        _shared.reset(token)


def serialize_keras_object(obj: Any) -> Any:
    """An object as a dictionary of plain values, of which `deserialize_keras_object` makes it.

    Args:
        obj: one with a `get_config` method, a function, an array or tensor, or a list, tuple or
            dictionary of such.

    Raises:
        TypeError: for what has no configuration.

    Example:
        >>> config = gs.saving.serialize_keras_object(gs.initializers.Constant(2.0))
        >>> config["module"], config["class_name"], config["config"]
        ('keras.initializers', 'Constant', {'value': 2.0})
    """
    if obj is None or isinstance(obj, PLAIN):
        return obj
    if isinstance(obj, dict):
        return {key: serialize_keras_object(value) for key, value in obj.items()}
    if isinstance(obj, (list, tuple)):
        return type(obj)(map(serialize_keras_object, obj)) if type(obj) in (list, tuple) else [
            serialize_keras_object(value) for value in obj
        ]  # fmt: skip
    special = _serialize_special(obj)
    if special is not None:
        return special
    if isinstance(obj, np.generic) or (isinstance(obj, np.ndarray) and not obj.ndim):
        return obj.item()
    if isinstance(obj, types.FunctionType) and obj.__name__ == "<lambda>":
        return {"class_name": "__lambda__", "config": {"value": functions.dump(obj)}}
    return _serialize_member(obj)


def _serialize_special(obj: Any) -> dict[str, Any] | None:
    """Values that have a form of their own."""
    if isinstance(obj, bytes):
        return {"class_name": "__bytes__", "config": {"value": obj.decode("utf-8")}}
    if isinstance(obj, slice):
        parts = {
            name: serialize_keras_object(getattr(obj, name)) for name in ("start", "stop", "step")
        }
        return {"class_name": "__slice__", "config": parts}
    if obj is Ellipsis:
        return {"class_name": "__ellipsis__", "config": {}}
    if isinstance(obj, KerasTensor):
        config = {"shape": obj.shape, "dtype": obj.dtype, "keras_history": None}
        return {"class_name": "__keras_tensor__", "config": config}
    if isinstance(obj, Tensor):
        config = {"value": obj.numpy().tolist(), "dtype": obj.dtype}
        return {"class_name": "__tensor__", "config": config}
    if isinstance(obj, np.ndarray) and obj.ndim:
        config = {"value": obj.tolist(), "dtype": obj.dtype.name}
        return {"class_name": "__numpy__", "config": config}
    return None


def _serialize_member(obj: Any) -> dict[str, Any]:
    """Instances of classes, functions, and classes themselves."""
    is_function = not hasattr(obj, "get_config") or isinstance(obj, type)
    if is_function and not hasattr(obj, "__name__"):
        raise TypeError(
            f"Expected an object with a `get_config` method. Received: {obj} of type {type(obj)}"
        )
    if is_function:
        # Keras says of every function that it is of "builtins".
        return {
            "module": "builtins", "class_name": "function", "config": get_registered_name(obj),
            "registered_name": "function",
        }  # fmt: skip
    member = type(obj)
    path = path_of_built_in(member)
    module, _, class_name = (path or f"{member.__module__}.{member.__name__}").rpartition(".")
    result = {
        "module": None if module == "__main__" else module,
        "class_name": class_name,
        "config": _config_of(obj),
        # Keras registers what is not public by its own name.
        "registered_name": (
            None
            if path is not None and not path.startswith("keras.src.")
            else get_registered_name(member)
        ),
    }
    for key in ("build_config", "compile_config"):
        get = getattr(obj, f"get_{key}", None)
        value = None if get is None else get()
        if value is not None:
            result[key] = serialize_keras_object(value)
    return _share(obj, result)


def _config_of(obj: Any) -> dict[str, Any]:
    config = obj.get_config()
    if not isinstance(config, dict):
        raise TypeError(
            f"Expected the `get_config` method of {type(obj).__name__} to return a dictionary. "
            f"Received: {config!r}"
        )
    return serialize_keras_object(config)


def _share(obj: Any, config: dict[str, Any]) -> dict[str, Any]:
    shared = _shared.get()
    if shared is not None:
        first = shared[0].setdefault(id(obj), config)
        if first is not config:
            config["shared_object_id"] = first["shared_object_id"] = id(obj)
    return config


def deserialize_keras_object(
    config: Any,
    custom_objects: dict[str, Any] | None = None,
    safe_mode: bool = True,
    module_objects: dict[str, Any] | None = None,
) -> Any:
    """The object that a configuration describes.

    Args:
        config: what `serialize_keras_object` made, or Keras's function of that name.
        custom_objects: classes and functions by name, which gossamer does not know.
        safe_mode: whether Python code in the configuration is refused.
        module_objects: classes and functions by name, to look in at last.

    Raises:
        TypeError: for a configuration of another form, or of an unknown class.
        ValueError: for code where there may be none, or for too many levels.

    Example:
        >>> config = gs.saving.serialize_keras_object(gs.initializers.Constant(2.0))
        >>> gs.saving.deserialize_keras_object(config).value
        2.0
    """
    chosen = in_safe_mode()
    safe_mode = safe_mode if chosen is None else chosen
    depth = _depth.get()
    if depth > MAX_DEPTH:
        raise ValueError(f"Expected fewer than {MAX_DEPTH} levels. Received: a deeper one")
    token = _depth.set(depth + 1)
    try:
        with CustomObjectScope(custom_objects), safe_mode_scope(safe_mode):
            return _deserialize(config, module_objects or {})
    finally:
        _depth.reset(token)


def _deserialize(config: Any, module_objects: dict[str, Any]) -> Any:
    if config is None:
        return None
    if isinstance(config, str):
        found = get_registered_object(config, module_objects=module_objects)
        return config if found is None else found
    if isinstance(config, PLAIN):
        return config
    if isinstance(config, (list, tuple)):
        return [deserialize_keras_object(value) for value in config]
    if not isinstance(config, dict):
        raise TypeError(f"Expected a configuration. Received: {config!r}")
    if "class_name" not in config or "config" not in config:
        return {key: deserialize_keras_object(value) for key, value in config.items()}
    if isinstance(config["class_name"], str) and config["class_name"].startswith("__"):
        return _deserialize_special(config["class_name"], config["config"] or {})
    return _deserialize_member(config, module_objects)


def _deserialize_special(kind: str, config: dict[str, Any]) -> Any:
    if kind == "__keras_tensor__":
        return KerasTensor(config["shape"], config["dtype"])
    if kind == "__tensor__":
        return convert_to_tensor(config["value"], config["dtype"])
    if kind == "__numpy__":
        return np.array(config["value"], config["dtype"])
    if kind == "__bytes__":
        return config["value"].encode("utf-8")
    if kind == "__ellipsis__":
        return Ellipsis
    if kind == "__slice__":
        parts = [deserialize_keras_object(config[name]) for name in ("start", "stop", "step")]
        return slice(*parts)
    if kind == "__lambda__":
        if in_safe_mode() is not False:
            raise ValueError(
                "Expected no Python code in what is loaded: whoever wrote it could run anything "
                "here. If you trust them, load it with `safe_mode=False`, or call "
                "`config.enable_unsafe_deserialization()`. Received: a lambda"
            )
        return functions.load(config["value"])
    raise TypeError(f"Expected a known kind of value. Received: class_name={kind!r}")


def _deserialize_member(config: dict[str, Any], module_objects: dict[str, Any]) -> Any:
    class_name, inner = config["class_name"], config["config"]
    is_function = class_name == "function"
    if is_function and not isinstance(inner, str):
        raise TypeError(f"Expected the name of a function. Received: config={inner!r}")
    if not is_function and not isinstance(inner, dict | None):
        raise TypeError(f"Expected a dictionary to make {class_name} of. Received: {inner!r}")
    shared, number = _shared.get(), config.get("shared_object_id")
    if shared is not None and number is not None and number in shared[1]:
        return shared[1][number]
    name = inner if is_function else class_name
    member = _member(name, config, is_function, module_objects)
    if isinstance(member, types.FunctionType) or is_function:
        return member
    if not hasattr(member, "from_config"):
        raise TypeError(
            f"Expected a class with a `from_config` method. Received: {class_name}, {member}"
        )
    instance = _instance(member, class_name, dict(inner or {}))
    build_config = config.get("build_config")
    if build_config and not getattr(instance, "built", True):
        instance.build_from_config(deserialize_keras_object(build_config))
    compile_config = config.get("compile_config")
    if compile_config and hasattr(instance, "compile_from_config"):
        instance.compile_from_config(compile_config)
    if shared is not None and number is not None:
        shared[1][number] = instance
    return instance


def _instance(cls: Any, class_name: str, config: dict[str, Any]) -> Any:
    try:
        return cls.from_config(config)
    except TypeError as error:
        raise TypeError(
            f"{class_name} cannot be made of its configuration: {error}. If it contains layers or "
            "other objects, its `from_config` method has to deserialize them. "
            f"Received: config={config}"
        ) from error


def _member(
    name: str, config: dict[str, Any], is_function: bool, module_objects: dict[str, Any]
) -> Any:
    """The class or function that a configuration names."""
    module = config.get("module")
    registered = name if is_function else config.get("registered_name") or name
    found = get_registered_object(registered)
    if found is None and isinstance(module, str) and _is_keras(module):
        found = built_in(f"{module}.{name}")
    if found is None and module == "builtins":
        places = (built_in(f"keras.{place}.{name}") for place in FUNCTION_MODULES)
        found = next((place for place in places if place is not None), None)
    if found is None:
        found = get_registered_object(name, module_objects=module_objects)
    if found is None and (module is None or _is_keras(module)):
        # Files name private modules, which differ from version to version: the name will do if it
        # is of one thing only.
        candidates = built_ins_named(name)
        found = candidates[0] if len(candidates) == 1 else None
    if found is None:
        raise TypeError(
            "Expected the name of a class or function that gossamer has, or one that is "
            "registered by `saving.register_keras_serializable` or given in `custom_objects`. "
            f"Received: {name!r}, module={module!r}"
        )
    return found


def _is_keras(module: str) -> bool:
    return module == "keras" or module.startswith("keras.")
