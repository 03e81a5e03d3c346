"""`gossamer.tree` beside `keras.tree`: every function, structure by structure, mistakes included.

Results are compared by value, order and type; of mistakes the kind of error.
"""

from __future__ import annotations

import inspect
import itertools
import time
import warnings
from collections import OrderedDict, defaultdict, deque, namedtuple
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from gossamer import tree

pytestmark = pytest.mark.cpython_only

NAMES = (
    "MAP_TO_NONE", "assert_same_paths", "assert_same_structure", "flatten", "flatten_with_path",
    "is_nested", "lists_to_tuples", "map_shape_structure", "map_structure", "map_structure_up_to",
    "pack_sequence_as", "traverse",
)  # fmt: skip


class Listed(list):
    pass


class Keyed(dict):
    pass


class Paired(tuple):
    pass


@dataclass(frozen=True)
class Leaf:
    x: int


Point = namedtuple("Point", "x y")
Place = namedtuple("Place", "x y")


class Corner(Point):
    pass


STRUCTURES: list[Any] = [
    1, None, "text", Leaf(1), [], (), {}, deque(), [1], (1,), [None], [[]], [[], ()], [1, [2, [3]]],
    [1, 2], (1, 2), [1, None, (2, None)], Point(1, 2), Place(1, 2), Corner(1, 2),
    Point([1], {"a": (2,)}), {"b": 1, "a": 2}, {"b": 1, "c": 2}, OrderedDict(b=1, a=2),
    OrderedDict(a=1, b=2), defaultdict(int, b=1, a=2), {"b": [1, {"d": 2, "c": 3}], "a": (4,)},
    {2: 1, 1: 2}, {2: 1, "a": 2, None: 3}, {(1, 2): 1, (0,): 2, (1, "a"): 3},
    {1j: 1, 0j: 2, "z": 3},
    deque([1, 2]), deque([1, [2]], maxlen=3), Listed([1, 2]), Keyed(b=1, a=2), Paired((1, 2)),
    [Listed([1]), Paired((2,)), Keyed(a=3)], time.localtime(0), [Leaf(1), {"a": Leaf(2)}],
    [(2, 3), (4,)], {"a": (1, None), "b": [(2, 3), ()]}, [(1, "a")], range(3), {1, 2}, b"ab",
    [[1, 2], [3, 4]], ([1, 2], [3, 4]), {"a": {"b": {"c": 1}}}, [True, 2.0, 1j],
]  # fmt: skip
PAIRS = list(itertools.product(STRUCTURES, repeat=2))


def _pair(*leaves: Any) -> tuple[str, ...]:
    return tuple(map(repr, leaves))


def _replaced(library: Any) -> Callable[[Any], Any]:
    """A function for `traverse`: replaces some, by None too, and keeps the rest."""

    def function(x: Any) -> Any:
        if x == 1:
            return library.MAP_TO_NONE
        if x == 2:
            return [2, 2]
        return ("pair", len(x)) if isinstance(x, tuple) and len(x) == 2 else None

    return function


def _visited(library: Any, structure: Any, top_down: bool) -> Any:
    seen: list[Any] = []
    result = library.traverse(seen.append, structure, top_down=top_down)
    return result, seen


ONE: dict[str, Callable[[Any, Any], Any]] = {
    "is_nested": lambda library, x: library.is_nested(x),
    "flatten": lambda library, x: library.flatten(x),
    "flatten_with_path": lambda library, x: library.flatten_with_path(x),
    "pack": lambda library, x: library.pack_sequence_as(x, iter(range(len(library.flatten(x))))),
    "pack_too_few": lambda library, x: library.pack_sequence_as(x, ()),
    "pack_too_many": lambda library, x: library.pack_sequence_as(x, list(range(20))),
    "pack_no_sequence": lambda library, x: library.pack_sequence_as(x, 3),
    "map": lambda library, x: library.map_structure(_pair, x),
    "map_but_none": lambda library, x: library.map_structure(_pair, x, none_is_leaf=False),
    "map_nothing": lambda library, x: library.map_structure(_pair),
    "map_up_to_nothing": lambda library, x: library.map_structure_up_to(x, _pair),
    "map_no_function": lambda library, x: library.map_structure(3, [x, 1]),
    "map_shapes": lambda library, x: library.map_shape_structure(_pair, x),
    "tuples": lambda library, x: library.lists_to_tuples(x),
    "traverse_down": lambda library, x: library.traverse(_replaced(library), x),
    "traverse_up": lambda library, x: library.traverse(_replaced(library), x, top_down=False),
    "visit_down": lambda library, x: _visited(library, x, True),
    "visit_up": lambda library, x: _visited(library, x, False),
    "traverse_no_function": lambda library, x: library.traverse(3, x),
}
TWO: dict[str, Callable[[Any, Any, Any], Any]] = {
    "map_two": lambda library, x, y: library.map_structure(_pair, x, y),
    "map_two_but_none": lambda library, x, y: library.map_structure(
        _pair, x, y, none_is_leaf=False
    ),
    "map_three": lambda library, x, y: library.map_structure(_pair, x, x, y),
    "map_up_to": lambda library, x, y: library.map_structure_up_to(x, _pair, y, y),
    "same_structure": lambda library, x, y: library.assert_same_structure(x, y),
    "same_paths": lambda library, x, y: library.assert_same_paths(x, y),
}


@pytest.fixture(scope="module")
def keras_tree() -> Any:
    from tests.oracle import keras_library

    return keras_library.keras.tree


def _outcome(call: Callable[..., Any], library: Any, *structures: Any) -> tuple[str, ...]:
    """What came of a call, as text that tells types and orders apart."""
    try:
        return ("returned", repr(call(library, *structures)))
    except (TypeError, ValueError) as error:
        return ("raised", type(error).__name__)


def test_names_and_signatures(keras_tree: Any) -> None:
    assert sorted(tree.__all__) == sorted(NAMES)
    for name in NAMES:
        own, theirs = (
            [(x.name, x.kind, x.default) for x in inspect.signature(of).parameters.values()]
            for of in (getattr(tree, name), getattr(keras_tree, name))
        )
        assert own == theirs, name


@pytest.mark.parametrize("name", ONE)
def test_of_one_structure(
    name: str, keras_tree: Any, record_property: Callable[[str, Any], None]
) -> None:
    for x in STRUCTURES:
        expected = _outcome(ONE[name], keras_tree, x)
        assert _outcome(ONE[name], tree, x) == expected, x
    record_property("calls of tree as in Keras", len(STRUCTURES))


@pytest.mark.parametrize("name", TWO)
def test_of_two_structures(
    name: str, keras_tree: Any, record_property: Callable[[str, Any], None]
) -> None:
    alike = 0
    for x, y in PAIRS:
        if name == "map_up_to" and None in tree.flatten(x):
            continue  # see test_none_is_a_leaf_of_a_shallow_structure
        expected = _outcome(TWO[name], keras_tree, x, y)
        assert _outcome(TWO[name], tree, x, y) == expected, (x, y)
        alike += 1
    record_property("calls of tree as in Keras", alike)


def test_none_is_a_leaf_of_a_shallow_structure(keras_tree: Any) -> None:
    """Keras's documentation says so, and its own example raises: the one difference."""
    shallow, structure = [None, [None, None]], [[1, 1], [2, 2]]
    assert tree.map_structure_up_to(shallow, str, structure) == ["[1, 1]", ["2", "2"]]
    assert "['[1, 1]', ['2', '2']]" in keras_tree.map_structure_up_to.__doc__
    with pytest.raises(ValueError, match="same nested structure"):
        keras_tree.map_structure_up_to(shallow, str, structure)


def test_what_is_rebuilt_keeps_what_it_is() -> None:
    kept = tree.map_structure(lambda x: x + 1, defaultdict(int, b=1, a=2))
    assert kept["c"] == 0
    assert tree.map_structure(lambda x: x, deque([1], maxlen=3)).maxlen == 3
    assert list(tree.map_structure(lambda x: x, {"b": 1, "a": 2})) == ["b", "a"]


def test_check_types_warns(keras_tree: Any) -> None:
    for library in (tree, keras_tree):
        for flag in (True, False):
            with pytest.warns(DeprecationWarning, match="check_types"):
                library.assert_same_structure([1], [2], check_types=flag)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tree.assert_same_structure([1], [2])


def test_errors_say_what_was_received() -> None:
    for call in (
        lambda: tree.map_structure(_pair, [1], [1, 2]),
        lambda: tree.map_structure(_pair, {"a": 1}, {"b": 1}),
        lambda: tree.map_structure(_pair, [1], (1,)),
        lambda: tree.map_structure(_pair, 1, [1]),
        lambda: tree.map_structure(_pair),
        lambda: tree.pack_sequence_as([1], [1, 2]),
        lambda: tree.assert_same_paths([1], [1, 2]),
    ):
        with pytest.raises(ValueError, match="Received: "):
            call()
