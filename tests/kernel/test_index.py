"""Index expressions: linear numbers, broadcasting, and which axes merge."""

import math

import numpy as np
import pytest

from gossamer.kernel import expr, index
from gossamer.kernel.interpret import interpret
from gossamer.kernel.spec import Map, TensorSpec


def evaluate(body: expr.Expr, shape: tuple[int, ...]) -> np.ndarray:
    return interpret(Map(inputs=(), output=TensorSpec(shape, "int32"), body=body), [])


@pytest.mark.parametrize("shape", [(7,), (3, 5), (2, 3, 5), (5, 1, 3)])
def test_linear_numbers_in_row_major_order(shape: tuple[int, ...]) -> None:
    dims = [expr.out_dim(i) for i in range(len(shape))]
    number = index.linear(index.axes(len(shape)), dims)
    np.testing.assert_array_equal(
        evaluate(number, shape), np.arange(math.prod(shape)).reshape(shape)
    )


@pytest.mark.parametrize("shape", [(7,), (3, 5), (2, 3, 5), (5, 1, 3)])
def test_delinear_undoes_linear(shape: tuple[int, ...]) -> None:
    dims = [expr.out_dim(i) for i in range(len(shape))]
    back = index.delinear(index.linear(index.axes(len(shape)), dims), dims)
    for i, where in enumerate(back):
        np.testing.assert_array_equal(evaluate(where, shape), np.indices(shape)[i])


def test_delinear_of_a_scalar_has_no_coordinates() -> None:
    assert index.delinear(index.ZERO, []) == ()


def test_broadcast_aligns_at_the_end() -> None:
    where = index.axes(3)
    assert index.broadcast(where, (5,)) == (expr.axis(2),)
    assert index.broadcast(where, (1, 5)) == (index.ZERO, expr.axis(2))
    assert index.broadcast(where, ()) == ()


def test_within() -> None:
    inside = expr.cast(index.within(expr.axis(0) - 2, expr.const(3, "int32")), "int32")
    assert evaluate(inside, (7,)).tolist() == [0, 0, 1, 1, 1, 0, 0]


@pytest.mark.parametrize(
    ("shapes", "merged"),
    [
        ([()], [(1, 1)]),
        ([(7,)], [(1, 7)]),
        ([(3, 5)], [(3, 5)]),
        ([(2, 3, 5)], [(6, 5)]),
        ([(2, 3, 1, 4, 5)], [(24, 5)]),
        ([(2, 3, 1)], [(2, 3)]),
        ([(3, 1), (3, 5)], [(3, 1), (3, 5)]),
        ([(1, 5), (3, 5)], [(1, 5), (3, 5)]),
        ([(2, 3, 5), (1, 3, 5)], [(2, 3, 5), (1, 3, 5)]),
        ([(2, 3, 5), (1, 1, 5)], [(6, 5), (1, 5)]),
        ([(2, 3, 5), (2, 3, 1)], [(2, 3, 5), (2, 3, 1)]),
        ([(4, 2, 3, 5), (4, 2, 3, 5), (1, 1, 3, 5)], [(8, 3, 5), (8, 3, 5), (1, 3, 5)]),
    ],
    ids=str,
)
def test_merge_axes(shapes: list[tuple[int, ...]], merged: list[tuple[int, ...]]) -> None:
    assert index.merge_axes(*shapes) == merged


def test_merging_keeps_sizes_and_the_innermost_axis() -> None:
    generator = np.random.default_rng(0)
    for _ in range(300):
        rank, count = generator.integers(1, 6), generator.integers(1, 4)
        full = generator.integers(1, 4, rank)
        shapes = [
            tuple(int(size) for size in np.where(generator.random(rank) < 0.4, 1, full))
            for _ in range(count)
        ]
        for shape, merged in zip(shapes, index.merge_axes(*shapes), strict=True):
            assert math.prod(shape) == math.prod(merged)
            inner = [s[index.innermost(s)] if max(s) > 1 else 1 for s in (shape, merged)]
            assert inner[0] == inner[1]
            assert len(merged) >= 2
