"""The cases that Keras was asked about on CPython, on `webgl` beside the `numpy` backend."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gossamer as gs
from tests.oracle.on_host import DECISION, ON_HOST
from tests.oracle.outcome import Outcome, disagreement, outcome_of
from tests.oracle.table import CASES

pytestmark = pytest.mark.webgl

# What 64 bits become there.
NARROWED = {
    "float64": "float32", "int64": "int32", "uint64": "uint32", "complex128": "complex64",
}  # fmt: skip
# Times the case's tolerances: 2e-4 relative, unless the case says otherwise.
LOOSER = 10.0


def outcome_on(backend: str, case: Any) -> tuple[Outcome, int]:
    """What came of a case on a backend, and how often the op had to wait for elements."""
    gs.set_backend(backend)
    waits = [_waits()]

    def to_numpy(x: Any) -> np.ndarray:
        waits.append(_waits())  # the first result is not yet read
        return x.numpy() if hasattr(x, "numpy") else np.asarray(x)

    found = outcome_of(case, gs.ops, gs.ops.convert_to_tensor, to_numpy)
    waited = waits[min(len(waits) - 1, 1)] - waits[0]
    if found.results is None:
        return found, waited
    narrow = [x.astype(NARROWED.get(x.dtype.name, x.dtype)) for x in found.results]
    return found._replace(results=narrow), waited


def _waits() -> int:
    """Reads from the device so far, and calls that NumPy computed of what lay there."""
    counted = gs.memory()
    return counted.get("reads", 0) + counted.get("host_runs", 0)


@pytest.mark.parametrize("op", CASES)
def test_op(op: str, record_property: Callable[[str, Any], None]) -> None:
    problems, count, waited = [], 0, 0
    before = gs.backend()
    try:
        for case in CASES[op]:
            named = {x for x in (*case.args, *case.kwargs.values()) if isinstance(x, str)}
            if (case.dtypes() | named) & set(NARROWED):
                continue
            right, _ = outcome_on("numpy", case)
            found, waits = outcome_on("webgl", case)
            waited += waits
            if waits and op not in ON_HOST and not case.has_empty():
                problems.append(f"{case.id} {case}: {waits} reads and calls on the host")
            problem = disagreement(case, found, right, LOOSER)
            count += not problem
            if problem:
                problems.append(f"{case.id} {case}\n  {problem}\n  {found}\n  {right}")
    finally:
        gs.set_backend(before)
    record_property("cases on webgl", count)
    record_property("ops on webgl that wait for elements", int(waited > 0))
    # A decision by what was computed waits; by an argument it need not.
    if op in ON_HOST and not waited and ON_HOST[op] is not DECISION:
        problems.append("it waits for nothing, and stands in ON_HOST")
    assert not problems, f"{len(problems)} of {len(CASES[op])}:\n" + "\n".join(problems)
