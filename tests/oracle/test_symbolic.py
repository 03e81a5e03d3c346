"""Ops of symbolic tensors: the shapes and dtypes of what they would give, beside Keras's own.

Every case is called with symbolic tensors in the place of its tensors: with all sizes known, and
with the first axis of the first one unknown, as that of a batch is.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gossamer as gs
from tests.oracle.case import Case
from tests.oracle.outcome import MISTAKES
from tests.oracle.table import CASES

pytestmark = pytest.mark.cpython_only

# Their results' shapes depend on elements when no argument says the size.
VALUE_DEPENDENT = {
    "segment_sum", "segment_max", "segment_min", "segment_prod", "where", "nonzero", "unique",
    "bincount", "ctc_decode", "fori_loop",
}  # fmt: skip
# Of these Keras takes for granted that an axis of unknown size is long enough for all its parts.
LONG_ENOUGH = {"split", "array_split", "hsplit", "vsplit", "corrcoef"}
# An axis of size 2 and one of size 3 give results of different rank: the size must be known.
RANK_DEPENDS_ON_SIZE = {"cross"}
Described = list[tuple[tuple[int | None, ...], str]]


def described(case: Case, ops: Any, symbolic: Callable[..., Any], unknown: bool) -> Described:
    """Shape and dtype of each tensor in the result."""

    made = itertools.count()

    def tensor(array: np.ndarray) -> Any:
        # Axes of size 0 and 1 are not just any axes: those are stretched, and squeezed.
        is_unknown = next(made) == 0 and unknown and array.shape[:1] not in ((), (0,), (1,))
        shape = (None, *array.shape[1:]) if is_unknown else array.shape
        return symbolic(shape, dtype=array.dtype.name)

    found: Described = []
    _describe(case.call(ops, tensor), found)
    return found


def _describe(x: Any, found: Described) -> None:
    if isinstance(x, tuple | list):
        for value in x:
            _describe(value, found)
    elif hasattr(x, "shape"):
        found.append((tuple(x.shape), str(x.dtype)))


def eager(case: Case) -> Described:
    gs.set_backend("numpy")
    found: Described = []
    tensor = lambda array: gs.ops.convert_to_tensor(array, dtype=array.dtype.name)  # noqa: E731
    _describe(case.call(gs.ops, tensor), found)
    return found


@pytest.fixture(scope="module")
def keras() -> Any:
    from tests.oracle import keras_library

    return keras_library.keras


@pytest.mark.parametrize("op", CASES)
def test_op(op: str, keras: Any, record_property: Callable[[str, Any], None]) -> None:
    problems, count = [], 0
    for case in CASES[op]:
        if not case.dtypes():
            continue
        try:
            right = eager(case)
        except Exception:
            continue  # a mistake: test_keras.py looks at these
        theirs = _of_keras(case, keras)
        try:
            known = described(case, gs.ops, gs.KerasTensor, unknown=False)
            unknown = described(case, gs.ops, gs.KerasTensor, unknown=True)
        except Exception as error:
            if theirs is not None and not (op in VALUE_DEPENDENT and "elements" in str(error)):
                problems.append(f"{case.id} {case}: {type(error).__name__}: {error}")
            continue
        if known != right:
            problems.append(f"{case.id} {case}: {known}, and {right} was expected")
        elif op not in RANK_DEPENDS_ON_SIZE and not _may_be(unknown, right):
            problems.append(f"{case.id} {case}: {unknown} cannot be {right}")
        elif (
            theirs is not None
            and op not in LONG_ENOUGH
            and _may_be(theirs, right)
            and _knows_less(unknown, theirs)
        ):
            problems.append(f"{case.id} {case}: {unknown}, and {theirs} in Keras")
        else:
            count += 1
    record_property("cases with symbolic tensors", count)
    assert not problems, f"{len(problems)} of {len(CASES[op])}:\n" + "\n".join(problems)


def _may_be(symbolic: Described, real: Described) -> bool:
    """Whether the symbolic shapes may turn out to be the real ones, with the same dtypes."""
    return len(symbolic) == len(real) and all(
        one[1] == other[1] and _fits(one[0], other[0])
        for one, other in zip(symbolic, real, strict=True)
    )


def _fits(one: tuple[int | None, ...], other: tuple[int | None, ...]) -> bool:
    return len(one) == len(other) and all(
        a == b or None in (a, b) for a, b in zip(one, other, strict=True)
    )


def _of_keras(case: Case, keras: Any) -> Described | None:
    """The same of Keras; None where it cannot tell."""
    if not hasattr(keras.ops, case.op):
        return None
    try:
        return described(case, keras.ops, keras.KerasTensor, unknown=True)
    except Exception:
        return None


def _knows_less(ours: Described, theirs: Described) -> bool:
    """Whether a size is unknown that Keras knows."""
    return any(
        a is None and b is not None
        for one, other in zip(ours, theirs, strict=True)
        for a, b in zip(one[0], other[0], strict=True)
    )


def test_a_symbolic_tensor_has_no_value() -> None:
    x = gs.KerasTensor((None, 3))
    for look in (bool, float, int, list, np.asarray):
        with pytest.raises(MISTAKES, match="Received: <KerasTensor"):
            look(x)
    with pytest.raises(ValueError, match="Received: shape="):
        gs.KerasTensor((-1,))
    assert x == x
    assert {x: 1}[x] == 1


def test_calls_are_made_again_with_values() -> None:
    from gossamer.core.symbolic import evaluate

    x, y = gs.KerasTensor((None, 4)), gs.KerasTensor((None, 4))
    left, right = gs.ops.split(gs.ops.softmax(x * 2.0 + y), 2, axis=-1)
    a, b = np.random.default_rng(0).normal(size=(2, 3, 4)).astype(np.float32)
    found = evaluate({"sum": left + right, "left": left}, {x: a, y: b})
    whole = gs.ops.softmax(a * 2.0 + b)
    np.testing.assert_allclose(found["left"].numpy(), whole[:, :2].numpy())
    np.testing.assert_allclose(found["sum"].numpy(), (whole[:, :2] + whole[:, 2:]).numpy())
    with pytest.raises(ValueError, match="Received: none for <KerasTensor"):
        evaluate(left, {x: a})
