"""Names within names: the path of a variable is that of the layers around it."""

from __future__ import annotations

from typing import Any

_open: list[name_scope] = []


class name_scope:
    """Within it, paths of new variables begin with this name.

    Args:
        name: without a `/`.
        caller: who opens it; the same one with the same name twice in a row counts once.
        deduplicate: whether it does.
        override_parent: a path to begin with, whatever is open.

    Raises:
        ValueError: for a name with a `/`.

    Example:
        >>> with gs.name_scope("block"):
        ...     gs.Variable(0.0, name="gain").path
        'block/gain'
    """

    def __init__(
        self,
        name: str,
        caller: Any = None,
        deduplicate: bool = True,
        override_parent: str | None = None,
    ) -> None:
        if not isinstance(name, str) or "/" in name:
            raise ValueError(f"Expected a name without a '/'. Received: name={name!r}")
        self.name = name
        self.caller = caller
        self.deduplicate = deduplicate
        self.override_parent = override_parent
        if override_parent is None and deduplicate:
            self.override_parent = getattr(caller, "_parent_path", None)
        self._opened = False

    def __enter__(self) -> name_scope:
        if self.deduplicate and _open and self.caller is not None:
            last = _open[-1]
            if last.caller is self.caller and last.name == self.name:
                return self
        _open.append(self)
        self._opened = True
        return self

    def __exit__(self, *error: Any) -> None:
        if self._opened:
            _open.remove(self)
            self._opened = False


def current_path() -> str:
    """The names of all scopes that are open, with a `/` between them."""
    parts: list[str] = []
    for scope in _open:
        if scope.override_parent is not None:
            parts = [part for part in scope.override_parent.split("/") if part]
        parts.append(scope.name)
    return "/".join(parts)
