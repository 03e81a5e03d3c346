"""What a layer finds in its attributes: variables, layers, metrics, in lists and dictionaries too.

A tracker knows no layer, and what it tracks does not know it, so that nothing waits for Python's
garbage collector.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from gossamer import tree

PLAIN = {str, int, float, bool, type(None)}
LOCKED = (
    "Expected no new variable or layer in a layer that is built: they are made in `__init__` or in "
    "`build`. Received: {}"
)


class Tracker:
    """Sorts what it is shown into lists.

    Args:
        kinds: for each list the test that says what belongs there; the first that fits takes it.
    """

    def __init__(self, kinds: dict[str, Callable[[Any], bool]]) -> None:
        self._kinds = kinds
        self.lists: dict[str, list[Any]] = {kind: [] for kind in kinds}
        self._seen: set[int] = set()
        self.locked = False

    def track(self, value: Any) -> Any:
        """The value, or a list or dictionary like it that shows what comes into it later."""
        if type(value) in PLAIN:
            return value
        kind = self._kind(value)
        if kind is not None:
            self.add(kind, value)
            return value
        if type(value) is list:
            return TrackedList(map(self.track, value), self)
        if type(value) is dict:
            return TrackedDict({key: self.track(item) for key, item in value.items()}, self)
        if type(value) is set:
            return TrackedSet(map(self.track, value), self)
        if type(value) is tuple:
            return tuple(map(self.track, value))
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return type(value)(*map(self.track, value))
        return value

    def _kind(self, value: Any) -> str | None:
        for kind, belongs in self._kinds.items():
            if belongs(value):
                return kind
        return None

    def add(self, kind: str, value: Any) -> None:
        """Put a value into a list, once."""
        if id(value) in self._seen:
            return
        if self.locked and kind != "metrics":
            raise ValueError(LOCKED.format(value))
        self._seen.add(id(value))
        self.lists[kind].append(value)

    def untrack(self, value: Any) -> None:
        """Forget a value."""
        if id(value) in self._seen:
            self._seen.remove(id(value))
            for items in self.lists.values():
                items[:] = [item for item in items if item is not value]


class TrackedList(list[Any]):
    """A list that shows a tracker what comes into it."""

    def __init__(self, values: Iterable[Any] = (), tracker: Tracker | None = None) -> None:
        super().__init__(values)
        self._tracker = tracker

    def _track(self, value: Any) -> Any:
        return value if self._tracker is None else self._tracker.track(value)

    def append(self, value: Any) -> None:
        super().append(self._track(value))

    def insert(self, index: Any, value: Any) -> None:
        super().insert(index, self._track(value))

    def extend(self, values: Iterable[Any]) -> None:
        super().extend(map(self._track, values))

    def __iadd__(self, values: Iterable[Any]) -> TrackedList:  # type: ignore[misc]
        self.extend(values)
        return self

    def __setitem__(self, index: Any, value: Any) -> None:
        self._untrack(self[index])
        super().__setitem__(index, self._track(value))

    def __delitem__(self, index: Any) -> None:
        self._untrack(self[index])
        super().__delitem__(index)

    def remove(self, value: Any) -> None:
        super().remove(value)
        self._untrack(value)

    def pop(self, index: Any = -1) -> Any:
        value = super().pop(index)
        self._untrack(value)
        return value

    def clear(self) -> None:
        self._untrack(list(self))
        super().clear()

    def _untrack(self, value: Any) -> None:
        if self._tracker is not None:
            for item in value if type(value) is list else [value]:
                self._tracker.untrack(item)

    def __reduce__(self) -> Any:
        return list, (list(self),)


class TrackedDict(dict[Any, Any]):
    """A dictionary that shows a tracker what comes into it."""

    def __init__(self, values: Any = (), tracker: Tracker | None = None) -> None:
        super().__init__(values)
        self._tracker = tracker

    def _track(self, value: Any) -> Any:
        return value if self._tracker is None else self._tracker.track(value)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key, self._track(value))

    def update(self, *args: Any, **kwargs: Any) -> None:
        for key, value in dict(*args, **kwargs).items():
            self[key] = value

    def setdefault(self, key: Any, default: Any = None) -> Any:
        if key not in self:
            self[key] = default
        return self[key]

    def __delitem__(self, key: Any) -> None:
        self._untrack(self[key])
        super().__delitem__(key)

    def pop(self, key: Any, *default: Any) -> Any:
        if key in self:
            self._untrack(self[key])
        return super().pop(key, *default)

    def clear(self) -> None:
        for value in self.values():
            self._untrack(value)
        super().clear()

    def _untrack(self, value: Any) -> None:
        if self._tracker is not None:
            self._tracker.untrack(value)

    def __reduce__(self) -> Any:
        return dict, (dict(self),)


class TrackedSet(set[Any]):
    """A set that shows a tracker what comes into it."""

    def __init__(self, values: Iterable[Any] = (), tracker: Tracker | None = None) -> None:
        super().__init__(values)
        self._tracker = tracker

    def add(self, value: Any) -> None:
        super().add(value if self._tracker is None else self._tracker.track(value))

    def update(self, *others: Iterable[Any]) -> None:
        for values in others:
            for value in values:
                self.add(value)

    def remove(self, value: Any) -> None:
        super().remove(value)
        if self._tracker is not None:
            self._tracker.untrack(value)

    def __reduce__(self) -> Any:
        return set, (set(self),)


tree.register_nested(TrackedList)
tree.register_nested(TrackedDict)
