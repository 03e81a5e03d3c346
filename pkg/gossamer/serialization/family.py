"""A family of classes and functions that go by name: losses, initializers, activations, ..."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from gossamer.serialization.objects import deserialize_keras_object, serialize_keras_object
from gossamer.serialization.registry import get_registered_object, name_built_in


def snake_case(name: str) -> str:
    """A class's name in small letters, as Keras spells it: `MaxPooling2D` is `max_pooling2d`."""
    words = re.sub(r"\W+", "", name)
    words = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", words)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", words).lower()


class Family:
    """The members of one of Keras's modules, by name.

    Args:
        module: Keras's name for the module, such as `keras.initializers`.
        kind: what one member is called in errors, such as `initializer`.
        members: classes and functions; their names are theirs.
        aliases: further names, to members.
        snake_cased: whether a class goes by its name in small letters, too.
        lower_cased: whether names are looked up in small letters.
        canonical: where Keras writes a class by another path than `module` and its name: by name.
    """

    def __init__(
        self,
        module: str,
        kind: str,
        members: Iterable[Any],
        aliases: dict[str, Any] | None = None,
        snake_cased: bool = False,
        lower_cased: bool = False,
        canonical: dict[str, str] | None = None,
    ) -> None:
        self.module = module
        self.kind = kind
        self.lower_cased = lower_cased
        self.members: dict[str, Any] = {}
        for member in members:
            name = member.__name__
            if canonical and name in canonical:
                name_built_in(canonical[name], member)
            name_built_in(f"{module}.{name}", member)
            self.members[name] = member
            if snake_cased and isinstance(member, type):
                self.members[snake_case(name)] = member
        self.members.update(aliases or {})
        if lower_cased:
            self.members |= {name.lower(): member for name, member in self.members.items()}

    def serialize(self, obj: Any) -> Any:
        """A member as its configuration."""
        return serialize_keras_object(obj)

    def deserialize(self, config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
        """The member that a name or a configuration stands for.

        Raises:
            ValueError: for a name that there is not.
        """
        if isinstance(config, str):
            found = get_registered_object(
                config, custom_objects, {} if custom_objects is None else None
            )
            found = found if found is not None else self.named(config)
            return found() if isinstance(found, type) else found
        if isinstance(config, dict) and self.lower_cased and "class_name" in config:
            known = self.members.get(str(config["class_name"]).lower())
            if known is not None and config.get("module") is None:
                config = {**config, "class_name": known.__name__}
        return deserialize_keras_object(config, custom_objects, module_objects=self.members)

    def named(self, name: str) -> Any:
        """The class or function of a name."""
        member = self.members.get(name.lower() if self.lower_cased else name)
        if member is None:
            raise ValueError(
                f"Expected the name of one of the {self.kind}s: "
                f"{', '.join(sorted({m.__name__ for m in self.members.values()}))}. "
                f"Received: {name!r}"
            )
        return member

    def get(self, identifier: Any) -> Any:
        """A member by its name or configuration; what can be called is returned as it is.

        Raises:
            ValueError: for anything else.
        """
        if identifier is None:
            return None
        if isinstance(identifier, (str, dict)):
            return self.deserialize(identifier)
        if isinstance(identifier, type):
            return identifier()
        if callable(identifier) or hasattr(identifier, "get_config"):
            return identifier
        raise ValueError(
            f"Expected a {self.kind}, its name or its configuration. Received: {identifier!r}"
        )
