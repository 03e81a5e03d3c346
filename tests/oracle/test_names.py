"""Keras's public names outside of `ops`: how many there are here, group by group.

What is not there yet stands in MISSING, by group; the test fails when something of it has come.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import gossamer as gs

pytestmark = pytest.mark.cpython_only

NAMES: dict[str, list[str]] = json.loads((Path(__file__).parent / "keras_names.json").read_text())
MISSING: dict[str, set[str]] = json.loads(
    (Path(__file__).parent / "keras_names_missing.json").read_text(),
    object_hook=lambda table: {group: set(names) for group, names in table.items()},
)


def place_of(group: str) -> Any:
    """Where a group's names are looked for; None if there is no such place."""
    methods = {
        "layer_methods": gs.layers.Layer, "model_methods": gs.Model,
        "sequential_methods": gs.Sequential, "optimizer_methods": gs.optimizers.Optimizer,
        "metric_methods": gs.metrics.Metric, "callback_methods": gs.callbacks.Callback,
        "variable_methods": gs.Variable(0.0), "toplevel": gs,
    }  # fmt: skip
    if group in methods:
        return methods[group]
    place: Any = gs
    for part in ["optimizers", "schedules"] if "schedules" in group else [group.split(".")[0]]:
        place = getattr(place, part, None)
    return place


def is_there(place: Any, name: str) -> bool:
    for part in name.split("."):
        if place is None or not (hasattr(place, part) or part in dir(place)):
            return False
        place = getattr(place, part, None)
    return True


@pytest.mark.parametrize("group", NAMES)
def test_names(group: str, record_property: Any) -> None:
    place = place_of(group)
    missing = {name for name in NAMES[group] if not is_there(place, name)}
    record_property(f"names of {group}", len(NAMES[group]))
    record_property(f"names of {group} that are here", len(NAMES[group]) - len(missing))
    assert missing == MISSING.get(group, set())
