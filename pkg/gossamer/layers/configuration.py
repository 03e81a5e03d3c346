"""What a layer is made anew from: its constructor's arguments, and the shapes of its first call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gossamer import dtype_policies, tree
from gossamer.layers.call_arguments import signature_of
from gossamer.serialization import deserialize_keras_object, serialize_keras_object

PLAIN = (str, int, float, bool, type(None))


class Configured:
    """What has a configuration. A base of `Layer`."""

    name: str
    trainable: bool
    dtype_policy: Any
    activity_regularizer: Any
    _build_shapes: dict[str, Any] | None
    build: Callable[..., None]
    _has_own_constructor = False
    _constructor: tuple[tuple[Any, ...], dict[str, Any]] | None = None

    def _remember_constructor(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Keep what `get_config` gives if the class has none of its own."""
        if all(isinstance(leaf, PLAIN) for leaf in tree.flatten([args, kwargs])):
            object.__setattr__(self, "_constructor", (args, kwargs))

    def get_config(self) -> dict[str, Any]:
        """What the constructor needs to make an equal layer.

        Raises:
            NotImplementedError: for a class with arguments of its own that are no plain values,
                and no `get_config`.
        """
        config: dict[str, Any] = {
            "name": self.name,
            "trainable": self.trainable,
            "dtype": dtype_policies.serialize(self.dtype_policy),
        }
        if self.activity_regularizer is not None:
            config["activity_regularizer"] = serialize_keras_object(self.activity_regularizer)
        if type(self).get_config is Configured.get_config:
            return self._config_of_constructor(config)
        return config

    def _config_of_constructor(self, config: dict[str, Any]) -> dict[str, Any]:
        parameters = signature_of(type(self).__init__).parameters
        kinds = {parameter.kind for parameter in list(parameters.values())[1:]}
        kind = type(next(iter(parameters.values()))).VAR_POSITIONAL if parameters else None
        own = [name for name in list(parameters)[1:] if name not in ("name", "kwargs", "dtype")]
        if not self._has_own_constructor or not own:
            takes_all = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
            return config if takes_all else {
                name: value for name, value in config.items() if name in parameters
            }  # fmt: skip
        if self._constructor is None or kind in kinds:
            raise NotImplementedError(
                f"Expected {type(self).__name__} to have a `get_config` method, since arguments of "
                "its constructor are no plain values. Received: none"
            )
        args, kwargs = self._constructor
        bound = signature_of(type(self).__init__).bind(None, *args, **kwargs)
        bound.apply_defaults()
        values = dict(list(bound.arguments.items())[1:])
        variadic = [p.name for p in parameters.values() if p.kind is p.VAR_KEYWORD]
        for name in variadic:
            values.update(values.pop(name, {}))
        if not variadic:
            config = {name: value for name, value in config.items() if name in parameters}
        return {**values, **config}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """The layer that a configuration describes."""
        if isinstance(config.get("dtype"), dict):
            policy = deserialize_keras_object(config["dtype"])
            plain = isinstance(policy, dtype_policies.DTypePolicy) and not policy.quantization_mode
            config = {**config, "dtype": policy.name if plain else policy}
        return cls(**config)

    def get_build_config(self) -> dict[str, Any] | None:
        """The shapes that the layer was built with; None before."""
        if self._build_shapes is None:
            return None
        if len(self._build_shapes) == 1:
            return {"input_shape": next(iter(self._build_shapes.values()))}
        return {"shapes_dict": dict(self._build_shapes)}

    def build_from_config(self, config: dict[str, Any]) -> None:
        """Build the layer with the shapes that `get_build_config` gave."""
        if not config:
            return
        if "input_shape" in config:
            self.build(_as_shapes(config["input_shape"]))
        elif "shapes_dict" in config:
            shapes = {name: _as_shapes(shape) for name, shape in config["shapes_dict"].items()}
            self.build(**shapes)


def _as_shapes(shapes: Any) -> Any:
    """Shapes as tuples, where a file has lists."""
    if isinstance(shapes, dict):
        return {name: _as_shapes(shape) for name, shape in shapes.items()}
    if isinstance(shapes, (list, tuple)):
        if all(size is None or isinstance(size, int) for size in shapes):
            return tuple(shapes)
        return [_as_shapes(shape) for shape in shapes]
    return shapes
