"""What came of a call, and whether two libraries agree on it.

Used on CPython against Keras, and inside Pyodide between backends.
"""

from __future__ import annotations

import warnings
from typing import Any, NamedTuple

import numpy as np

from tests.oracle.case import Case

# For users these are one thing each: Keras's backends raise their own kinds of them.
MISTAKES = (ValueError, TypeError)
# Relative and absolute tolerance (in units of the largest element) in units of the case's own.
LOOSER = {"float16": 100.0, "complex64": 2.0}


class Outcome(NamedTuple):
    """What came of a call.

    Attributes:
        results: the arrays that it returned, in the order in which its structure has them; None
            if it raised.
        structure: how they were nested.
        error: what it raised: the kind, and the words.
    """

    results: list[np.ndarray] | None
    structure: str = ""
    error: tuple[str, str] = ("", "")

    def __str__(self) -> str:
        if self.results is None:
            return f"{self.error[0]}: {self.error[1][:300]}"
        arrays = [
            f"{x.dtype}{list(x.shape)} {np.array2string(x, threshold=12)}" for x in self.results
        ]
        return f"{self.structure} {'; '.join(arrays)}"


def outcome_of(case: Case, ops: Any, tensor: Any, to_numpy: Any) -> Outcome:
    """Make a call in a library, and see."""
    try:
        # What a library warns of is no part of what it gives.
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            results: list[Any] = []
            structure = _flattened(case.call(ops, tensor), results)
            arrays = [np.asarray(to_numpy(x)) for x in results]
    except Exception as error:
        kinds = [type(error), *type(error).__mro__]
        kind = next((one for one in kinds if one in (*MISTAKES, NotImplementedError)), kinds[0])
        return Outcome(None, error=(kind.__name__, f"{type(error).__name__}: {error}"))
    return Outcome(arrays, structure)


def disagreement(case: Case, ours: Outcome, theirs: Outcome, looser: float = 1.0) -> str:
    """How our outcome differs from the other one; empty if it does not.

    Args:
        case: what was called.
        ours: gossamer's outcome.
        theirs: that of Keras, or of another backend.
        looser: by what to multiply the tolerances.
    """
    if ours.results is None or theirs.results is None:
        return _other_error(ours, theirs)
    if ours.structure != theirs.structure:
        return f"the structure is {ours.structure}, and {theirs.structure} was expected"
    for one, other in zip(ours.results, theirs.results, strict=True):
        if one.shape != other.shape:
            return f"the shape is {one.shape}, and {other.shape} was expected"
        if one.dtype != other.dtype:
            return f"the dtype is {one.dtype}, and {other.dtype} was expected"
    left, right = ours.results, theirs.results
    if case.canonical is not None:
        left, right = (
            [np.asarray(x) for x in _listed(case.canonical(*arrays))] for arrays in (left, right)
        )
    for one, other in zip(left, right, strict=True):
        problem = _other_values(case, one, other, looser)
        if problem:
            return problem
    return ""


def _other_error(ours: Outcome, theirs: Outcome) -> str:
    if ours.results is not None:
        return f"{theirs.error[0]} was expected"
    if theirs.results is not None:
        return "no error was expected"
    mistakes = [kind.__name__ for kind in MISTAKES]
    known = [*mistakes, "NotImplementedError"]
    # What a backend of Keras raises by accident, users of gossamer get as a mistake of theirs.
    wanted = [theirs.error[0]] if theirs.error[0] in known else [*mistakes, theirs.error[0]]
    return "" if ours.error[0] in wanted else f"{' or '.join(wanted)} was expected"


def _other_values(case: Case, one: np.ndarray, other: np.ndarray, looser: float) -> str:
    if one.dtype.kind in "biu":
        return "" if np.array_equal(one, other) else f"{_count(one != other)} elements differ"
    scale = LOOSER.get(one.dtype.name, 1.0) * looser
    finite = other[np.isfinite(other)]
    largest = float(np.max(np.abs(finite), initial=0.0)) or 1.0
    near = np.isclose(one, other, case.rtol * scale, case.atol * scale * largest, equal_nan=True)
    if near.all():
        return ""
    with np.errstate(all="ignore"):
        distance = np.abs(np.where(near, 0, one - other))
    worst = np.max(distance, initial=0.0, where=~np.isnan(distance))
    return f"{_count(~near)} elements differ, by up to {worst}"


def _count(differ: Any) -> str:
    return f"{np.sum(differ)} of {np.size(differ)}"


def _listed(x: Any) -> list[Any]:
    return list(x) if isinstance(x, tuple | list) else [x]


def _flattened(x: Any, results: list[Any]) -> str:
    """Appends what can be an array to `results`; returns how they were nested."""
    if isinstance(x, dict):
        inner = [f"{name}: {_flattened(x[name], results)}" for name in sorted(x)]
        return "{" + ", ".join(inner) + "}"
    if isinstance(x, tuple | list):
        # A list or a tuple: users index both.
        return "(" + ", ".join(_flattened(value, results) for value in x) + ")"
    if x is None or isinstance(x, str):
        return repr(x)
    if isinstance(x, bool | int | float):
        results.append(np.asarray(x))
        return type(x).__name__
    results.append(x)
    return "."
