"""A dictionary whose entries are attributes, too."""

from __future__ import annotations

import difflib
import json
from collections.abc import ItemsView, Iterator, KeysView, ValuesView
from typing import Any


class Config:
    """A dictionary whose entries are attributes, too, and that can be frozen.

    Args:
        kwargs: the entries.

    Raises:
        AttributeError: for an entry that there is not.
        ValueError: for a change while it is frozen.

    Example:
        >>> config = gs.utils.Config(learning_rate=0.1)
        >>> config.epochs = 3
        >>> config["epochs"], config.learning_rate, config.to_json()
        (3, 0.1, '{"learning_rate": 0.1, "epochs": 3}')
    """

    _config: dict[str, Any]
    _frozen: bool

    def __init__(self, **kwargs: Any) -> None:
        # Past `__setattr__`, which would make entries of them.
        object.__setattr__(self, "_config", kwargs)
        object.__setattr__(self, "_frozen", False)

    @property
    def frozen(self) -> bool:
        """Whether it refuses changes."""
        return self._frozen

    def freeze(self) -> None:
        """Refuse changes from now on."""
        object.__setattr__(self, "_frozen", True)

    def unfreeze(self) -> None:
        """Take changes again."""
        object.__setattr__(self, "_frozen", False)

    def _to_change(self) -> dict[str, Any]:
        if self._frozen:
            raise ValueError(f"Expected a Config that is not frozen. Received: {self}")
        return self._config

    def as_dict(self) -> dict[str, Any]:
        """The entries, as a dictionary of its own."""
        return dict(self._config)

    def to_json(self) -> str:
        """The entries as JSON."""
        return json.dumps(self._config)

    def keys(self) -> KeysView[str]:
        return self._config.keys()

    def values(self) -> ValuesView[Any]:
        return self._config.values()

    def items(self) -> ItemsView[str, Any]:
        return self._config.items()

    def pop(self, *args: Any) -> Any:
        return self._to_change().pop(*args)

    def update(self, *args: Any, **kwargs: Any) -> None:
        self._to_change().update(*args, **kwargs)

    def get(self, keyname: str, value: Any = None) -> Any:
        return self._config.get(keyname, value)

    def __setattr__(self, name: str, value: Any) -> None:
        if hasattr(type(self), name):
            raise AttributeError(f"Expected a name that is no method's. Received: {name!r}")
        self._to_change()[name] = value

    def __getattr__(self, name: str) -> Any:
        # Copies are made without `__init__`: there may be no entries yet.
        entries = self.__dict__.get("_config", {})
        if name in entries:
            return entries[name]
        close = difflib.get_close_matches(name, entries, n=1, cutoff=0.7)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise AttributeError(f"Expected one of {list(entries)}. Received: {name!r}.{hint}")

    def __setitem__(self, key: str, item: Any) -> None:
        self._to_change()[key] = item

    def __getitem__(self, key: str) -> Any:
        return self._config[key]

    def __delitem__(self, key: str) -> None:
        del self._to_change()[key]

    def __contains__(self, item: object) -> bool:
        return item in self._config

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._config))

    def __len__(self) -> int:
        return len(self._config)

    def __repr__(self) -> str:
        return f"<Config {self._config}>"
