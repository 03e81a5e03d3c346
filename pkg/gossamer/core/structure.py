"""Structures as what `jit` needs them for: leaves, and a form that can be a dictionary's key.

Beside what `gossamer.tree` knows, dataclasses are structures here: a batch, a state of training.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Hashable, Iterator
from typing import Any, NamedTuple

from gossamer import tree


class Form(NamedTuple):
    """How a structure is nested.

    Attributes:
        kind: its type; None for a leaf.
        keys: of its items: a dictionary's keys, a dataclass's fields, what a deque may hold.
        items: the forms of what it holds.
    """

    kind: Any
    keys: tuple[Hashable, ...] = ()
    items: tuple[Form, ...] = ()


LEAF = Form(None)


def flatten(structure: Any, is_leaf: Callable[[Any], bool]) -> tuple[list[Any], Form]:
    """The leaves, and the form that puts them together again.

    Args:
        structure: the structure.
        is_leaf: what counts as a leaf though it could be taken apart.
    """
    leaves: list[Any] = []
    return leaves, _taken_apart(structure, is_leaf, leaves)


def flatten_call(
    args: tuple[Any, ...], kwargs: dict[str, Any], is_leaf: Callable[[Any], bool]
) -> tuple[list[Any], Form]:
    """The same for the arguments of a call, which are no leaf together."""
    leaves: list[Any] = []
    given = [_taken_apart(x, is_leaf, leaves) for x in args]
    named = [_taken_apart(x, is_leaf, leaves) for x in kwargs.values()]
    parts = Form(tuple, (), tuple(given)), Form(dict, tuple(kwargs), tuple(named))
    return leaves, Form(tuple, (), parts)


def _taken_apart(x: Any, is_leaf: Callable[[Any], bool], leaves: list[Any]) -> Form:
    kind = type(x)
    if kind is list or kind is tuple:
        if not is_leaf(x):
            return Form(kind, (), tuple([_taken_apart(item, is_leaf, leaves) for item in x]))
    elif isinstance(x, dict) and tree.is_nested(x):
        factory = getattr(x, "default_factory", None)
        keys = (*x, factory) if factory is not None else tuple(x)
        return Form(kind, keys, tuple([_taken_apart(i, is_leaf, leaves) for i in x.values()]))
    elif dataclasses.is_dataclass(x) and not isinstance(x, type):
        names = tuple(field.name for field in dataclasses.fields(x))
        items = [_taken_apart(getattr(x, name), is_leaf, leaves) for name in names]
        return Form(kind, names, tuple(items))
    elif x is not None and tree.is_nested(x):
        keys = (x.maxlen,) if hasattr(x, "maxlen") else ()
        return Form(kind, keys, tuple([_taken_apart(item, is_leaf, leaves) for item in x]))
    leaves.append(x)
    return LEAF


def unflatten(form: Form, leaves: Iterator[Any]) -> Any:
    """The inverse of `flatten`."""
    kind: Any = form.kind
    if kind is None:
        return next(leaves)
    items = [unflatten(item, leaves) for item in form.items]
    if kind is list:
        return items
    if kind is tuple:
        return tuple(items)
    if issubclass(kind, dict):
        pairs = dict(zip(form.keys, items, strict=False))
        return kind(form.keys[-1], pairs) if len(form.keys) > len(items) else kind(pairs)
    if dataclasses.is_dataclass(kind):
        # Not by its constructor, which may compute with what it is given.
        made: Any = object.__new__(form.kind)
        for name, item in zip(form.keys, items, strict=True):
            object.__setattr__(made, str(name), item)
        return made
    if form.keys:
        return kind(items, *form.keys)
    return kind(*items) if hasattr(kind, "_fields") else kind(items)
