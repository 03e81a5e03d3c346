"""The cases that Keras was asked about on CPython, on `webgl` beside the `numpy` backend."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gossamer as gs
from tests.oracle.outcome import Outcome, disagreement, outcome_of
from tests.oracle.table import CASES

pytestmark = pytest.mark.webgl

# What 64 bits become there.
NARROWED = {
    "float64": "float32", "int64": "int32", "uint64": "uint32", "complex128": "complex64",
}  # fmt: skip
# Times the case's tolerances: 2e-4 relative, unless the case says otherwise.
LOOSER = 10.0


def outcome_on(backend: str, case: Any) -> Outcome:
    gs.set_backend(backend)
    found = outcome_of(case, gs.ops, gs.ops.convert_to_tensor, _to_numpy)
    if found.results is None:
        return found
    narrow = [x.astype(NARROWED.get(x.dtype.name, x.dtype)) for x in found.results]
    return found._replace(results=narrow)


def _to_numpy(x: Any) -> np.ndarray:
    return x.numpy() if hasattr(x, "numpy") else np.asarray(x)


@pytest.mark.parametrize("op", CASES)
def test_op(op: str, record_property: Callable[[str, Any], None]) -> None:
    problems, count = [], 0
    before = gs.backend()
    try:
        for case in CASES[op]:
            named = {x for x in (*case.args, *case.kwargs.values()) if isinstance(x, str)}
            if (case.dtypes() | named) & set(NARROWED):
                continue
            right, found = (outcome_on(backend, case) for backend in ("numpy", "webgl"))
            problem = disagreement(case, found, right, LOOSER)
            count += not problem
            if problem:
                problems.append(f"{case.id} {case}\n  {problem}\n  {found}\n  {right}")
    finally:
        gs.set_backend(before)
    record_property("cases on webgl", count)
    assert not problems, f"{len(problems)} of {len(CASES[op])}:\n" + "\n".join(problems)
