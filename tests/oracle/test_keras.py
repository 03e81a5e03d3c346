"""Every op of `keras.ops` is here, called alike, and gives what Keras gives.

Keras on its NumPy backend is asked first. Its backends differ from one another in many corners:
where gossamer does not say what NumPy does, it must say what JAX does. What is left stands in
differences.py, with its reason.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gossamer as gs
from tests.oracle.case import Case
from tests.oracle.differences import DIFFERENCES, Difference
from tests.oracle.outcome import Outcome, disagreement, outcome_of
from tests.oracle.table import CASES

pytestmark = pytest.mark.cpython_only

SURFACE = json.loads((Path(__file__).parent / "keras_ops.json").read_text())
# Where Keras has a group of names, if not in `keras.ops` itself; those of `linalg` are in both.
PREFIXES = {"image": ("image.",), "linalg": ("", "linalg.")}
NAMES = [
    prefix + name
    for group, names in SURFACE.items()
    for prefix in PREFIXES.get(group, ("",))
    for name in names
]


def named(ops: Any, name: str) -> Any:
    """What a library calls so; None if there is nothing."""
    for part in name.split("."):
        ops = getattr(ops, part, None)
    return ops


def ours(case: Case) -> Outcome:
    gs.set_backend("numpy")
    return outcome_of(case, gs.ops, tensor, _to_numpy)


def tensor(array: np.ndarray) -> gs.Tensor:
    # Unless the dtype is given, 64 bits become 32.
    return gs.ops.convert_to_tensor(array, dtype=array.dtype.name)


def _to_numpy(x: Any) -> np.ndarray:
    return x.numpy() if hasattr(x, "numpy") else np.asarray(x)


@pytest.fixture(scope="module")
def library() -> Any:
    from tests.oracle import keras_library

    return keras_library


@pytest.fixture(scope="module")
def jax(library: Any) -> Iterator[Any]:
    second = library.SecondOpinion("jax")
    yield second
    second.close()


@pytest.fixture(scope="module")
def needed() -> set[int]:
    """Which of the differences a case has needed."""
    return set()


def test_all_names_are_there(record_property: Callable[[str, Any], None]) -> None:
    missing = [name for name in NAMES if named(gs.ops, name) is None]
    # Those of linear algebra stand in the sub-module, too.
    functions = {name.removeprefix("linalg.") for name in NAMES}
    record_property("names of keras.ops", len(functions))
    record_property("names present", len(functions - set(missing)))
    assert not missing


def test_every_name_has_cases() -> None:
    # The same function by two names needs cases once.
    own = [name for name in NAMES if not name.startswith("linalg.")]
    assert [name for name in own if named(gs.ops, name) and name not in CASES] == []


@pytest.mark.parametrize("name", [name for name in NAMES if named(gs.ops, name)])
def test_arguments_are_called_alike(library: Any, name: str) -> None:
    theirs = inspect.signature(named(library.keras.ops, name)).parameters
    own = inspect.signature(named(gs.ops, name)).parameters
    assert [_parameter(x) for x in own.values()] == [_parameter(x) for x in theirs.values()]


def _parameter(x: inspect.Parameter) -> tuple[str, Any, Any]:
    return x.name, x.kind, x.default


@pytest.mark.parametrize("op", CASES)
def test_op(
    op: str, library: Any, jax: Any, needed: set[int], record_property: Callable[[str, Any], None]
) -> None:
    if named(library.keras.ops, op) is None:
        pytest.skip("gossamer's own")
    counts = dict.fromkeys(("as Keras on NumPy", "as Keras on JAX", "meant differences"), 0)
    problems = []
    for case in CASES[op]:
        found = ours(case)
        right = library.keras_outcome(case)
        problem = disagreement(case, found, right)
        if not problem:
            counts["as Keras on NumPy"] += 1
            continue
        second = jax.outcome(case)
        if not disagreement(case, found, second):
            counts["as Keras on JAX"] += 1
            continue
        rule = next((k for k, one in enumerate(DIFFERENCES) if one.covers(case)), None)
        if rule is not None:
            needed.add(rule)
            counts["meant differences"] += 1
            continue
        problems.append(
            f"{case.id} {case}\n  {problem}\n  gossamer: {found}\n  NumPy: {right}\n  JAX: {second}"
        )
    for name, count in counts.items():
        record_property(name, count)
    assert not problems, f"{len(problems)} of {len(CASES[op])}:\n" + "\n".join(problems)


@pytest.mark.parametrize("rule", range(len(DIFFERENCES)))
def test_difference_is_still_needed(rule: int, needed: set[int], request: Any) -> None:
    difference: Difference = DIFFERENCES[rule]
    assert difference.reason.endswith(".")
    asked = {item.callspec.params["op"] for item in request.session.items
             if getattr(item, "originalname", "") == "test_op"}  # fmt: skip
    if not set(difference.ops.split()) & asked:
        pytest.skip("none of its ops was tested")
    assert rule in needed, difference
