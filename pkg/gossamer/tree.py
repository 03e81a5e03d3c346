"""Nested structures of lists, tuples, named tuples and dictionaries, and the leaves in them."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any


def flatten(structure: Any) -> list[Any]:
    """The leaves, in order; a dictionary's in the order of its sorted keys.

    Example:
        >>> flatten({"b": [1, 2], "a": 3})
        [3, 1, 2]
    """
    return list(_leaves(structure))


def _leaves(structure: Any) -> Iterator[Any]:
    if isinstance(structure, dict):
        for key in sorted(structure):
            yield from _leaves(structure[key])
    elif isinstance(structure, list | tuple):
        for item in structure:
            yield from _leaves(item)
    else:
        yield structure


def unflatten(structure: Any, leaves: Iterable[Any]) -> Any:
    """A structure of the same form, with these leaves."""
    return _rebuild(structure, iter(leaves))


def _rebuild(structure: Any, leaves: Iterator[Any]) -> Any:
    if isinstance(structure, dict):
        rebuilt = {key: _rebuild(structure[key], leaves) for key in sorted(structure)}
        return type(structure)((key, rebuilt[key]) for key in structure)
    if isinstance(structure, list | tuple):
        items = [_rebuild(item, leaves) for item in structure]
        return type(structure)(*items) if hasattr(structure, "_fields") else type(structure)(items)
    return next(leaves)


def map_structure(function: Callable[..., Any], *structures: Any) -> Any:
    """Apply a function to the leaves of structures of one form, and rebuild the form.

    Example:
        >>> map_structure(lambda x: 2 * x, {"a": "b", "c": ("d",)})
        {'a': 'bb', 'c': ('dd',)}
    """
    columns = zip(*[flatten(structure) for structure in structures], strict=True)
    return unflatten(structures[0], [function(*leaves) for leaves in columns])


def is_alike(a: Any, b: Any) -> bool:
    """Whether two structures have one form; a list and a tuple may stand for each other.

    Example:
        >>> is_alike({"a": [1, 2]}, {"a": (3, 4)}), is_alike([1], [1, 2])
        (True, False)
    """
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(is_alike(a[k], b[k]) for k in a)
    if isinstance(a, list | tuple):
        return isinstance(b, list | tuple) and len(a) == len(b) and all(map(is_alike, a, b))
    return not isinstance(b, dict | list | tuple)
