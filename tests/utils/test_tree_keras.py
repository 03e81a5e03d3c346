"""The order of dictionaries in structures, as Keras has it: its own, leaves by sorted keys."""

from __future__ import annotations

from typing import Any

import pytest

import gossamer as gs

pytestmark = pytest.mark.cpython_only

NESTED = {"b": 1, "a": (2, 3), "c": {"z": 4, "y": [5]}}
CALLS = {
    "map_structure": lambda tree: tree.map_structure(lambda x: x * 2, NESTED),
    "of two": lambda tree: tree.map_structure(
        lambda x, y: (x, y), {"b": 1, "a": 2}, {"a": 3, "b": 4}
    ),
    "pack_sequence_as": lambda tree: tree.pack_sequence_as(NESTED, [1, 2, 3, 4, 5]),
    "traverse": lambda tree: tree.traverse(lambda x: x + 1 if isinstance(x, int) else None, NESTED),
    "up to": lambda tree: tree.map_structure_up_to({"b": 0, "a": 0, "c": 0}, str, NESTED),
    "shapes": lambda tree: tree.map_shape_structure(len, {"b": (1, 2), "a": (3,)}),
    "lists": lambda tree: tree.lists_to_tuples({"b": [1], "a": [2]}),
    "flatten": lambda tree: tree.flatten(NESTED),
    "paths": lambda tree: tree.flatten_with_path(NESTED),
}


@pytest.mark.parametrize("name", CALLS)
def test_order(name: str, record_property: Any) -> None:
    from tests.oracle.keras_library import keras

    # As texts, in which the order of keys shows.
    assert repr(CALLS[name](gs.tree)) == repr(CALLS[name](keras.tree))
    record_property("orders of dictionaries as Keras's", 1)
