"""Nested structures, and the leaves in them: `keras.tree`'s names.

Lists, tuples, named tuples, dictionaries and deques hold other structures; all else is a leaf,
None and instances of subclasses (but of named tuples) included, as in optree, which Keras uses.
A dictionary's items come in the order of its sorted keys, those of an `OrderedDict` in its own.
"""

import warnings
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

__all__ = [
    "MAP_TO_NONE", "assert_same_paths", "assert_same_structure", "flatten", "flatten_with_path",
    "is_nested", "lists_to_tuples", "map_shape_structure", "map_structure", "map_structure_up_to",
    "pack_sequence_as", "traverse",
]  # fmt: skip

Path = tuple[Any, ...]
IsLeaf = Callable[[Any], bool]

_DICTIONARIES: set[type] = {dict, OrderedDict, defaultdict}
# By exact type: a subclass may hold more than its items.
_NESTED: set[type] = {list, tuple, deque, *_DICTIONARIES}


def register_nested(kind: type) -> None:
    """Have a subclass of list or dict count as a structure.

    Args:
        kind: it can be made of its items alone.
    """
    _NESTED.add(kind)
    if issubclass(kind, dict):
        _DICTIONARIES.add(kind)


class MAP_TO_NONE:
    """What a function given to `traverse` returns for None in the place of a structure.

    Example:
        >>> gs.tree.traverse(lambda x: gs.tree.MAP_TO_NONE if x == 1 else None, [1, 2])
        [None, 2]
    """


def is_nested(structure: Any) -> bool:
    """Whether this is a structure, and no leaf.

    Example:
        >>> gs.tree.is_nested(42), gs.tree.is_nested({"a": 42}), gs.tree.is_nested(None)
        (False, True, False)
    """
    kind = type(structure)
    return kind in _NESTED or (issubclass(kind, tuple) and _has_fields(kind))


def _has_fields(kind: type) -> bool:
    """Whether a kind of tuple is a named one, or one of Python's own, as `time.struct_time`."""
    return hasattr(kind, "_fields") or hasattr(kind, "n_sequence_fields")


def _is_leaf(structure: Any) -> bool:
    return not is_nested(structure)


def _is_leaf_or_none(structure: Any) -> bool:
    """What ends a walk where None is a structure without leaves."""
    return structure is not None and not is_nested(structure)


def _keys(structure: Any) -> Sequence[Any]:
    """The keys or indices of a structure's items, in the order of its leaves."""
    kind = type(structure)
    if kind is OrderedDict:
        return list(structure)
    if kind in _DICTIONARIES:
        return _sorted(structure)
    return range(len(structure))


def _sorted(keys: Iterable[Any]) -> list[Any]:
    """Keys in order: those that do not compare by their types' names first, or as they stand."""
    try:
        return sorted(keys)
    except TypeError:
        pass
    try:
        return sorted(keys, key=lambda key: (_name(type(key)), key))
    except TypeError:
        return list(keys)


def _name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def _items(structure: Any) -> list[Any]:
    """What a structure holds, in the order of its leaves."""
    if structure is None:
        return []
    if type(structure) in _DICTIONARIES:
        return [structure[key] for key in _keys(structure)]
    return list(structure)


def _rebuilt(structure: Any, items: list[Any]) -> Any:
    """A structure of the same kind that holds these items."""
    kind: Any = type(structure)
    if structure is None:
        return None
    if kind in _DICTIONARIES:
        by_key = dict(zip(_keys(structure), items, strict=True))
        ordered = {key: by_key[key] for key in structure}
        if kind is defaultdict:
            return kind(structure.default_factory, ordered)
        return kind(ordered)
    if kind is deque:
        return deque(items, structure.maxlen)
    return kind(*items) if hasattr(kind, "_fields") else kind(items)


def _leaves(structure: Any, is_leaf: IsLeaf) -> Iterator[Any]:
    if is_leaf(structure):
        yield structure
    else:
        for item in _items(structure):
            yield from _leaves(item, is_leaf)


def _packed(structure: Any, leaves: Iterator[Any], is_leaf: IsLeaf) -> Any:
    if is_leaf(structure):
        return next(leaves)
    return _rebuilt(structure, [_packed(item, leaves, is_leaf) for item in _items(structure)])


def _under(prefix: Any, structure: Any, is_leaf: IsLeaf) -> Iterator[Any]:
    """What `structure` has in the places of the leaves of `prefix`.

    Raises:
        ValueError: where the two are nested in different ways.
    """
    if is_leaf(prefix):
        yield structure
        return
    _check_alike(prefix, structure)
    # Two dictionaries may have different orders; that of the first one counts.
    keys = _keys(prefix) if prefix is not None else ()
    for item, key in zip(_items(prefix), keys, strict=True):
        yield from _under(item, structure[key], is_leaf)


def _check_alike(one: Any, other: Any) -> None:
    """Checks that two structures are of one kind and have the same keys."""
    kind = type(one)
    if kind in _DICTIONARIES:
        if type(other) not in _DICTIONARIES:
            raise ValueError(f"Expected a dictionary. Received: {other!r}")
        if one.keys() != other.keys():
            raise ValueError(
                f"Expected a dictionary with the keys {list(one)}. Received: {list(other)}"
            )
    elif type(other) is not kind:
        raise ValueError(f"Expected an instance of {_name(kind)}. Received: {other!r}")
    elif one is not None and len(one) != len(other):
        raise ValueError(f"Expected {len(one)} items. Received: {len(other)} items, {other!r}")


def flatten(structure: Any) -> list[Any]:
    """The leaves, in order; a dictionary's in the order of its sorted keys.

    Example:
        >>> gs.tree.flatten({"b": [1, 2], "a": 3})
        [3, 1, 2]
    """
    return list(_leaves(structure, _is_leaf))


def flatten_with_path(structure: Any) -> list[tuple[Path, Any]]:
    """The leaves with their paths: the keys and indices that lead to each.

    Example:
        >>> gs.tree.flatten_with_path([{"a": 42}])
        [((0, 'a'), 42)]
    """
    return list(_with_paths(structure, ()))


def _with_paths(structure: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if not is_nested(structure):
        yield path, structure
        return
    for key, item in zip(_keys(structure), _items(structure), strict=True):
        yield from _with_paths(item, (*path, key))


def pack_sequence_as(structure: Any, flat_sequence: Iterable[Any]) -> Any:
    """A structure of the same form with other leaves: what `flatten` takes apart, put together.

    Args:
        structure: the form.
        flat_sequence: as many leaves as it has, in the order of `flatten`.

    Raises:
        TypeError: for leaves that cannot be iterated.
        ValueError: for too many leaves, or too few.

    Example:
        >>> gs.tree.pack_sequence_as({"b": 0, "a": (0, 0)}, [1, 2, 3])
        {'b': 3, 'a': (1, 2)}
    """
    try:
        leaves = list(flat_sequence)
    except TypeError:
        raise TypeError(
            f"Expected a sequence of leaves. Received: flat_sequence={flat_sequence!r}"
        ) from None
    count = len(flatten(structure))
    if len(leaves) != count:
        raise ValueError(f"Expected {count} leaves. Received: {len(leaves)}")
    return unflatten(structure, leaves)


def unflatten(structure: Any, leaves: Iterable[Any]) -> Any:
    """`pack_sequence_as` of as many leaves as there are: the engine's own, which counts nothing."""
    return _packed(structure, iter(leaves), _is_leaf)


def map_structure(func: Callable[..., Any], *structures: Any, none_is_leaf: bool = True) -> Any:
    """Apply a function to the leaves of structures of one form, and rebuild the form.

    Args:
        func: of as many arguments as there are structures.
        structures: nested alike.
        none_is_leaf: whether the function is given None where a leaf is None; if not, None stays.

    Raises:
        TypeError: for a function that cannot be called.
        ValueError: for structures that are nested differently, or none.

    Example:
        >>> gs.tree.map_structure(lambda x: 2 * x, {"a": "b", "c": ("d",)})
        {'a': 'bb', 'c': ('dd',)}
    """
    _check_any(structures)
    is_leaf = _is_leaf if none_is_leaf else _is_leaf_or_none
    first, *others = structures
    columns = [list(_leaves(first, is_leaf)), *(list(_under(first, x, is_leaf)) for x in others)]
    for column in columns[1:]:
        for below in column:
            if not is_leaf(below):
                raise ValueError(f"Expected structures that are nested alike. Received: {below!r}")
    return _packed(first, map(func, *columns), is_leaf)


def map_structure_up_to(shallow_structure: Any, func: Callable[..., Any], *structures: Any) -> Any:
    """Apply a function to what structures have in the places of the leaves of a shallower one.

    Args:
        shallow_structure: the form of the result; what its leaves are is no matter.
        func: of as many arguments as there are structures.
        structures: nested as the shallow one is, or deeper.

    Raises:
        TypeError: for a function that cannot be called.
        ValueError: for a structure that is nested differently, or none.

    Example:
        >>> gs.tree.map_structure_up_to([0, [0, 0]], str, [[1, 1], [2, 2]])
        ['[1, 1]', ['2', '2']]
    """
    _check_any(structures)
    columns = [list(_under(shallow_structure, x, _is_leaf)) for x in structures]
    return _packed(shallow_structure, map(func, *columns), _is_leaf)


def _check_any(structures: Sequence[Any]) -> None:
    if not structures:
        raise ValueError("Expected at least one structure. Received: none")


def map_shape_structure(func: Callable[[Any], Any], structure: Any) -> Any:
    """`map_structure` for which a list or tuple of integers and None, a shape, is a leaf.

    Example:
        >>> gs.tree.map_shape_structure(len, {"a": (2, 3), "b": [(None,), ()]})
        {'a': 2, 'b': [1, 0]}
    """
    leaves = _leaves(structure, _is_shape_or_leaf)
    return _packed(structure, map(func, leaves), _is_shape_or_leaf)


def _is_shape_or_leaf(x: Any) -> bool:
    is_shape = isinstance(x, list | tuple) and all(isinstance(size, int | None) for size in x)
    return is_shape or not is_nested(x)


def traverse(func: Callable[[Any], Any], structure: Any, top_down: bool = True) -> Any:
    """Show a function every structure within a structure and every leaf, depth first.

    Args:
        func: what it returns stands in the place of what it was given, but None lets that stay;
            to put None there, it returns `MAP_TO_NONE`.
        structure: the structure.
        top_down: whether the function is given a structure before what is in it, into which the
            walk goes only if the function returns None; else after.

    Raises:
        TypeError: for a function that cannot be called.

    Example:
        >>> seen = []
        >>> gs.tree.traverse(seen.append, [(1, 2), 3])
        [(1, 2), 3]
        >>> seen
        [[(1, 2), 3], (1, 2), 1, 2, 3]
    """
    if top_down:
        replaced = func(structure)
        if replaced is None:
            return _traversed_items(func, structure, top_down)
    else:
        structure = _traversed_items(func, structure, top_down)
        replaced = func(structure)
        if replaced is None:
            return structure
    return None if replaced is MAP_TO_NONE else replaced


def _traversed_items(func: Callable[[Any], Any], structure: Any, top_down: bool) -> Any:
    if not is_nested(structure):
        return structure
    return _rebuilt(structure, [traverse(func, item, top_down) for item in _items(structure)])


def lists_to_tuples(structure: Any) -> Any:
    """The same structure with tuples in the place of lists.

    Example:
        >>> gs.tree.lists_to_tuples([1, {"a": [2]}])
        (1, {'a': (2,)})
    """
    return traverse(lambda x: tuple(x) if isinstance(x, list) else None, structure, top_down=False)


def assert_same_structure(a: Any, b: Any, check_types: Any = None) -> None:
    """Checks that two structures are nested alike, whatever their leaves.

    Types must be equal at each level, but that all kinds of dictionaries count as one.

    Args:
        a: a structure.
        b: another one.
        check_types: without effect, and deprecated in Keras.

    Raises:
        ValueError: if they are not.

    Example:
        >>> gs.tree.assert_same_structure([(0, 1)], [(2, 3)])
    """
    if check_types is not None:
        warnings.warn(
            "`check_types` has no effect; `assert_same_paths` takes lists for tuples.",
            DeprecationWarning,
            stacklevel=2,
        )
    map_structure(lambda one, other: None, a, b)


def assert_same_paths(a: Any, b: Any) -> None:
    """Checks that the leaves of two structures have equal paths, whatever the types on the way.

    Raises:
        ValueError: if they do not; it names the paths that only one of them has.

    Example:
        >>> gs.tree.assert_same_paths([0, 1], (2, 3))
    """
    of_a, of_b = ({path for path, _ in flatten_with_path(x)} for x in (a, b))
    if of_a != of_b:
        raise ValueError(
            "Expected structures with equal paths. "
            f"Received: {of_a - of_b or 'none'} only in a, {of_b - of_a or 'none'} only in b"
        )


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
