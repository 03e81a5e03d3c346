"""Scans, sorts and scatters as several kernels: the same as the interpreter does at once."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest

from gossamer.kernel import expr, index
from gossamer.kernel import sort as sorting
from gossamer.kernel.expr import Expr, node, op
from gossamer.kernel.interpret import interpret
from gossamer.kernel.scan import in_folds
from gossamer.kernel.scatter import in_gathers
from gossamer.kernel.simplify import simplify
from gossamer.kernel.sort import in_merges
from gossamer.kernel.spec import (
    COMPUTE_DTYPE,
    Lowering,
    Scan,
    Scatter,
    Sort,
    Spec,
    Steps,
    TensorSpec,
)
from tests.kernel.calls import calls
from tests.ops.record import Record
from tests.ops.records import RECORDS
from tests.ops.records_arranged import INDEXED
from tests.ops.records_ordered import ORDERED

RNG = np.random.default_rng(0)


def own(which: int, given: TensorSpec) -> Expr:
    """An input's element at the output's coordinates."""
    where = index.broadcast(index.axes(len(given.shape)), given.shape)
    return expr.load(which, where, COMPUTE_DTYPE[given.dtype])


def kernels(lowering: Lowering) -> list[Spec]:
    if isinstance(lowering, Steps):
        return [step.spec for step in lowering.steps]
    return [lowering]


# Scans


def scan(
    shape: tuple[int, ...], axis: int, combine: str, reverse: bool = False,
    exclusive: bool = False, dtype: str = "float32",
) -> Scan:  # fmt: skip
    """A scan of one tensor, or, if `combine` is `linear`, a recurrence of two."""
    given, linear = TensorSpec(shape, dtype), combine == "linear"
    return Scan(
        inputs=(given,) * (1 + linear),
        output=given,
        body=own(0, given),
        factor=own(1, given) if linear else None,
        axis=axis,
        combine="add" if linear else combine,
        reverse=reverse,
        exclusive=exclusive,
    )


# Around blocks of 4, 12, 16 and 32, and two and three levels of them.
SHAPES = [
    ((1, 1), 1), ((1, 4), 1), ((1, 5), 1), ((1, 32), 1), ((1, 33), 1), ((3, 100), 1),
    ((1, 1025), 1), ((65, 5), 0), ((2, 33, 3), 1), ((1, 300, 5), 1), ((2, 1030, 17), 1),
]  # fmt: skip


@pytest.mark.parametrize("combine", ["add", "mul", "max", "min", "linear"])
@pytest.mark.parametrize(("shape", "axis"), SHAPES, ids=str)
def test_scan_in_folds(shape: tuple[int, ...], axis: int, combine: str) -> None:
    arrays = [RNG.uniform(low, 1.1, shape).astype(np.float32) for low in (0.9, -1.1)]
    for reverse, exclusive in product((False, True), (False, True)):
        spec = scan(shape, axis, combine, reverse, exclusive)
        given = arrays[: len(spec.inputs)]
        right = interpret(spec, given)
        np.testing.assert_allclose(interpret(in_folds(spec), given), right, 1e-4, 1e-5)


@pytest.mark.parametrize("dtype", ["int32", "uint32", "uint8", "int16"])
def test_scan_of_integers_wraps_around(dtype: str) -> None:
    limits = np.iinfo(dtype)
    array = RNG.integers(limits.min, limits.max, (2, 70), dtype)
    spec = scan((2, 70), 1, "add", dtype=dtype)
    right = np.cumsum(array, 1, dtype)
    np.testing.assert_array_equal(interpret(spec, [array]), right)
    np.testing.assert_array_equal(interpret(in_folds(spec), [array]), right)


def test_a_recurrence_does_not_use_the_first_factor() -> None:
    x, factors = np.ones((1, 40), np.float32), np.full((1, 40), 0.5, np.float32)
    for reverse, first in ((False, 0), (True, -1)):
        factors[0, first] = np.nan
        spec = scan((1, 40), 1, "linear", reverse)
        assert np.isfinite(interpret(in_folds(spec), [x, factors])).all()
        factors[0, first] = 0.5


def test_scans_of_all_lengths_and_directions_are_the_same_kernels() -> None:
    structures = {
        kernel.structure
        for n, reverse, exclusive in product(range(2, 3000, 149), (False, True), (False, True))
        for kernel in kernels(in_folds(scan((3, n), 1, "add", reverse, exclusive)))
    }
    # The totals of blocks, the elements of a block, and these after what is carried into it.
    assert len(structures) == 3


@pytest.mark.parametrize(("n", "draws"), [(32, 1), (1000, 3), (1024, 3), (32768, 5), (10**6, 9)])
def test_a_scan_takes_few_kernels(n: int, draws: int) -> None:
    assert len(kernels(in_folds(scan((1, n), 1, "add")))) == draws


def test_four_neighbours_are_known_to_be_one_quad() -> None:
    quad, lane = node("symbol", expr.INT, attr="q"), node("symbol", expr.INT, attr=range(4))
    assert simplify(op("quotient", quad * 4 + lane, 4)) is quad
    assert simplify(op("remainder", quad * 4 + lane, 4)) is lane
    for other in (quad * 4 + quad, quad * 3 + lane, lane * 4 + quad):
        assert simplify(op("quotient", other, 4)).op == "quotient"
    wide = node("symbol", expr.INT, attr=range(5))
    assert simplify(op("remainder", quad * 4 + wide, 4)).op == "remainder"


# Sorts


def sort(
    shape: tuple[int, ...], axis: int, count: int, descending: bool = False, dtype: str = "float32"
) -> Sort:
    given = TensorSpec(shape, dtype)
    first = (*shape[:axis], count, *shape[axis + 1 :])
    return Sort(
        inputs=(given,),
        output=TensorSpec(first, "int32"),
        key=expr.load(0, index.axes(len(shape)), COMPUTE_DTYPE[dtype]),
        axis=axis,
        length=shape[axis],
        descending=descending,
    )


def keys(shape: tuple[int, ...], dtype: str) -> np.ndarray:
    """Numbers of which many are equal, and what is special among floats."""
    if dtype == "float32":
        special = [0.0, -0.0, 1.5, -1.5, np.inf, -np.inf, np.nan, 1e-20, -1e-20]
        return RNG.choice(np.array(special, np.float32), shape)
    if dtype == "bool":
        return RNG.integers(0, 2, shape).astype(bool)
    limits = np.iinfo(dtype)
    return RNG.choice(np.array([limits.min, limits.max, 0, 1, 7], dtype), shape)


@pytest.fixture
def short_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a few keys make many runs."""
    monkeypatch.setattr(sorting, "LONG_BLOCK", 4)


@pytest.mark.parametrize("dtype", ["float32", "int32", "uint32", "uint8", "bool"])
@pytest.mark.parametrize(
    ("shape", "axis"),
    [
        ((1, 1), 1), ((1, 4), 1), ((1, 5), 1), ((3, 8), 1), ((1, 33), 1), ((35, 2), 0),
        ((2, 19, 3), 1), ((2, 9, 2, 3), 1), ((2, 3, 17), 2),
    ],
    ids=str,
)  # fmt: skip
def test_sort_in_merges(shape: tuple[int, ...], axis: int, dtype: str, short_blocks: None) -> None:
    array, n = keys(shape, dtype), shape[axis]
    right = np.argsort(array, axis, kind="stable")
    for descending, count in product((False, True), sorted({1, min(3, n), min(6, n), n})):
        spec = sort(shape, axis, count, descending, dtype)
        found = interpret(in_merges(spec), [array])
        np.testing.assert_array_equal(found, interpret(spec, [array]))
        if not descending:
            np.testing.assert_array_equal(found, np.take(right, range(count), axis))


def test_a_descending_sort_keeps_equal_keys_in_order() -> None:
    array = np.array([[1.0, np.nan, 3.0, 1.0, 3.0, np.nan, -0.0, 0.0]], np.float32)
    right = [[1, 5, 2, 4, 0, 3, 6, 7]]
    spec = sort((1, 8), 1, 8, descending=True)
    np.testing.assert_array_equal(interpret(spec, [array]), right)
    np.testing.assert_array_equal(interpret(in_merges(spec), [array]), right)


def test_sorts_of_all_lengths_are_the_same_kernels() -> None:
    structures = {
        kernel.structure
        for n, count in product(range(300, 5000, 311), (3, 100, 300))
        for kernel in kernels(in_merges(sort((3, n), 1, count)))
    }
    # Counting, the first runs, merges, and the order in the last run.
    assert len(structures) == 4


@pytest.mark.parametrize(
    ("n", "count", "draws"), [(256, 256, 2), (1000, 1000, 5), (1000, 5, 5), (100_000, 100_000, 14)]
)
def test_a_sort_takes_few_kernels(n: int, count: int, draws: int) -> None:
    assert len(kernels(in_merges(sort((1, n), 1, count)))) == draws


def test_merges_of_the_first_few_stay_short() -> None:
    sizes = [kernel.output.size for kernel in kernels(in_merges(sort((1, 10**5), 1, 5)))]
    # Of each block of 64 five keys and their positions, and then half as many at each level.
    assert sizes[1] == 2 * 5 * -(-(10**5) // 64)
    assert all(then <= one // 2 + 10 for one, then in pairwise(sizes[1:]))


# Scatters


@pytest.mark.parametrize("combine", ["add", "mul", "max", "min"])
@pytest.mark.parametrize("dtype", ["float32", "int32", "uint32"])
def test_scatter_in_gathers(combine: str, dtype: str) -> None:
    shape, count = (3, 5, 2), 9
    places = RNG.integers(-2, 7, (3, count, 1)).astype(np.int32)
    updates = RNG.integers(1, 4, (3, count, 2)).astype(dtype)
    here = (expr.axis(0), expr.reduce_axis(0))
    spec = Scatter(
        inputs=(TensorSpec(places.shape, "int32"), TensorSpec(updates.shape, dtype)),
        output=TensorSpec(shape, dtype),
        at=expr.load(0, (*here, index.ZERO), expr.INT),
        update=expr.load(1, (*here, expr.axis(2)), dtype),
        axis=1,
        combine=combine,
        count=count,
    )
    right = interpret(spec, [places, updates])
    np.testing.assert_array_equal(interpret(in_gathers(spec), [places, updates]), right)
    if combine == "add":
        expected = np.zeros(shape, dtype)
        for row, step in np.argwhere((places[:, :, 0] >= 0) & (places[:, :, 0] < 5)):
            expected[row, places[row, step, 0]] += updates[row, step]
        np.testing.assert_array_equal(right, expected)


# What the ops ask for


ORDERED_OPS = {record.op for record in (*ORDERED, *INDEXED)}
USING = [record for record in RECORDS if record.op in ORDERED_OPS]


@pytest.mark.parametrize("record", USING, ids=lambda record: record.id)
def test_kernels_of_ops_in_gathers(record: Record) -> None:
    """Each scan, sort and scatter of the table, as the kernels that a target may run instead."""
    for seen in calls(record):
        spec = seen.lowered()
        if isinstance(spec, Scan):
            kernel = in_folds(spec)
        elif isinstance(spec, Sort):
            kernel = in_merges(spec)
        elif isinstance(spec, Scatter):
            kernel = in_gathers(spec)
        else:
            continue
        found = interpret(kernel, seen.inputs).reshape(seen.output.shape)
        assert found.dtype == seen.output.dtype
        np.testing.assert_allclose(
            found, seen.output, max(record.rtol, 1e-4), max(record.atol, 1e-5), err_msg=repr(seen)
        )
