"""What a layer passes on to those that it calls: whether this is training."""

from __future__ import annotations

from typing import Any


class CallContext:
    """One call of an outermost layer, and all calls within it.

    Attributes:
        entry_layer: the outermost layer.
        values: the arguments that are passed on, by name.
    """

    def __init__(self, entry_layer: Any) -> None:
        self.entry_layer = entry_layer
        self.values: dict[str, Any] = {}


class _Current:
    context: CallContext | None = None


current = _Current()


def passed_on(name: str) -> Any:
    """What the layers around this one were told; None outside of all calls."""
    return None if current.context is None else current.context.values.get(name)
