"""The expression language: interned nodes, dtypes, rewriting, simplification."""

import gc
import math

import pytest

from gossamer.kernel import expr
from gossamer.kernel.expr import (
    BOOL,
    FLOAT,
    INT,
    axis,
    bitcast,
    cast,
    const,
    equal,
    load,
    op,
    reduce_axis,
    select,
    substitute,
    uniform,
    walk,
)
from gossamer.kernel.simplify import simplify


def test_equal_expressions_are_one_object() -> None:
    assert axis(0) + 1 is axis(0) + 1
    assert axis(0) + 1 is not axis(0) + 2
    assert axis(0) is not reduce_axis(0)
    assert uniform("a") is not uniform("a", FLOAT)


def test_constants_that_compare_equal_are_still_different() -> None:
    assert const(0.0, FLOAT) is not const(-0.0, FLOAT)
    assert const(1, INT) is not const(True, BOOL)
    assert const(math.nan, FLOAT) is const(float("nan"), FLOAT)
    assert const(1, INT) is const(1.0, INT)


def test_constants_are_rounded_to_their_dtype() -> None:
    assert const(0.1, FLOAT).attr != 0.1
    assert const(0.1, FLOAT).attr == pytest.approx(0.1, rel=1e-7)


def test_expressions_are_forgotten() -> None:
    gc.collect()
    before = len(expr._interned)
    kept = axis(17) * 3 + uniform("nowhere else")
    assert len(expr._interned) > before
    del kept
    gc.collect()
    assert len(expr._interned) == before


def test_numbers_take_their_partners_dtype() -> None:
    x = load(0, (axis(0),), FLOAT)
    assert (x * 2).args[1].dtype == FLOAT
    assert (1 - x).args[0].dtype == FLOAT
    assert (x < 1).dtype == BOOL
    assert (axis(0) >= 1).dtype == BOOL
    assert select(x > 0, x, 0).dtype == FLOAT


@pytest.mark.parametrize(
    "mistake",
    [
        lambda: axis(0) + load(0, (), FLOAT),
        lambda: select(axis(0) > 0, axis(0), load(0, (), FLOAT)),
        lambda: op("select", axis(0) > 0, axis(0)),
        lambda: op("neg", axis(0), axis(0)),
    ],
)
def test_operands_are_checked(mistake) -> None:
    with pytest.raises(TypeError, match="Received: "):
        mistake()


def test_casts_to_the_same_dtype_vanish() -> None:
    assert cast(axis(0), INT) is axis(0)
    assert bitcast(axis(0), INT) is axis(0)
    assert cast(axis(0), FLOAT).dtype == FLOAT


def test_walk_gives_each_node_once_operands_first() -> None:
    shared = axis(0) + 1
    order = walk(shared * shared + shared)
    assert len(order) == len(set(order)) == 5
    position = {node: i for i, node in enumerate(order)}
    assert all(position[arg] < position[node] for node in order for arg in node.args)


def test_substitute() -> None:
    x = axis(0) * 2 + axis(1)
    assert substitute(x, {axis(0): axis(3), axis(1): const(5, INT)}) is axis(3) * 2 + 5
    assert substitute(x, {axis(7): axis(8)}) is x


A, J, N = axis(0), axis(1), uniform("n")
F = load(0, (A,), FLOAT)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (A + 0, A),
        (0 + A, A),
        (A - 0, A),
        (A - A, const(0, INT)),
        (A * 1, A),
        (1 * A, A),
        (A * 0, const(0, INT)),
        (0 * A + J, J),
        (A + 2 + 3, A + 5),
        (2 + A, A + 2),
        (A - 2, A + -2),
        (A + 2 - 2, A),
        (const(2, INT) * 3, const(6, INT)),
        (op("quotient", A, 1), A),
        (op("remainder", A, 1), const(0, INT)),
        (select(A < N, J, J), J),
        (select(const(True, BOOL), A, J), A),
        (select(const(1, INT) < 0, A, J), J),
        ((A < N) & const(True, BOOL), A < N),
        ((A < N) & const(False, BOOL), const(False, BOOL)),
        ((A < N) | const(True, BOOL), const(True, BOOL)),
        (equal(const(1, INT), 1), const(True, BOOL)),
        # Floats stay as they are written: 0 * NaN is no 0.
        (F * 0, F * 0),
        (F + 0, F + 0),
        (F - F, F - F),
    ],
    ids=repr,
)
def test_simplify(before: expr.Expr, after: expr.Expr) -> None:
    assert simplify(before) is after
