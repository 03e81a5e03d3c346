"""Scans, sorts and scatters on webgl: how many draws and programs, and points against folds."""

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops
from gossamer.backend import get_backend

pytestmark = pytest.mark.webgl
RNG = np.random.default_rng(0)


def counted(function, *names):
    """What `function` adds to these figures of `memory()`."""
    before = gs.memory()
    result = function()
    after = gs.memory()
    del result
    return tuple(after[name] - before[name] for name in names)


def floats(*shape):
    return ops.convert_to_tensor(RNG.normal(size=shape).astype(np.float32))


@pytest.mark.parametrize(
    ("shape", "axis", "draws"),
    [((32,), 0, 1), ((1000,), 0, 3), ((3, 1000), 1, 3), ((1000, 3), 0, 3), ((30_000,), 0, 5)],
)
def test_a_scan_takes_few_draws(shape, axis, draws):
    x = floats(*shape)
    assert counted(lambda: ops.cumsum(x, axis), "draws", "host_runs") == (draws, 0)


def test_scans_of_twenty_lengths_need_few_programs():
    programs = counted(lambda: [ops.cumsum(floats(n)) for n in range(40, 1040, 50)], "programs")
    # Three kernels, each once for one layer and once for eight.
    assert programs[0] <= 6


@pytest.mark.parametrize(("n", "draws"), [(10, 2), (256, 2), (1000, 5)])
def test_a_sort_takes_few_draws(n, draws):
    x = floats(n)
    assert counted(lambda: ops.argsort(x), "draws", "host_runs") == (draws, 0)
    assert counted(lambda: ops.sort(x), "draws") == (draws + 1,)


def test_sorts_of_twenty_lengths_need_few_programs():
    programs = counted(lambda: [ops.argsort(floats(n)) for n in range(40, 1040, 50)], "programs")
    assert programs[0] <= 12


def test_the_gradient_of_an_embedding_is_one_draw():
    table, at = floats(1000, 64), ops.convert_to_tensor(RNG.integers(0, 1000, 128).astype("int32"))
    rows = floats(128, 64)

    def gradient():
        return ops.segment_sum(rows, at, 1000)

    gradient()
    assert counted(gradient, "draws", "programs", "uploads", "reads") == (1, 0, 0, 0)
    found = gs.grad(lambda table: ops.sum(ops.take(table, at, 0) * rows))(table).numpy()
    right = np.zeros((1000, 64), np.float32)
    np.add.at(right, at.numpy(), rows.numpy())
    # In the order of the rows, as NumPy adds them: the same to the last bit.
    np.testing.assert_array_equal(found, right)


SHAPES = [
    # of the updates, of the indices, axis, size
    ((33, 7), (33, 1), 0, 9),
    ((33, 64), (33, 1), 0, 50),
    ((5, 33), (1, 33), 1, 9),
    ((33,), (33,), 0, 70),
    ((5, 33, 7), (5, 33, 1), 1, 9),
    ((5, 33, 7), (5, 33, 7), 1, 9),
    ((5, 9, 33), (5, 9, 33), 2, 40),
    ((2, 3, 2, 33, 5), (1, 1, 1, 33, 1), 3, 6),
    ((33, 1), (33, 1), 0, 5),
    ((40, 1), (40, 1), 1, 1),
]


def choose(points, monkeypatch):
    """Let scatters be points, or folds, whatever their sizes."""
    from gossamer.backend.webgl import scatter
    from gossamer.core import primitive

    monkeypatch.setattr(get_backend("webgl").planner, "adds_points", points)
    monkeypatch.setattr(scatter, "FEW_PLACES", 0)
    monkeypatch.setattr(primitive, "_CALLS", {})  # which keep their plans


@pytest.mark.parametrize("points", [True, False])
@pytest.mark.parametrize(("updates", "indices", "axis", "size"), SHAPES, ids=str)
def test_points_and_folds_agree_with_numpy(updates, indices, axis, size, points, monkeypatch):
    from gossamer.ops.places import scatter_along

    choose(points, monkeypatch)
    at = RNG.integers(-3, size + 3, indices).astype(np.int32)
    x = RNG.normal(size=updates).astype(np.float32)
    tensors = ops.convert_to_tensor(at), ops.convert_to_tensor(x)
    for wrap in (False, True):
        found = scatter_along(*tensors, axis, size, wrap).numpy()
        numpy = [tensor.to("numpy") for tensor in tensors]
        right = scatter_along(*numpy, axis, size, wrap).numpy()
        np.testing.assert_allclose(found, right, 1e-5, 1e-6)


@pytest.mark.parametrize("points", [True, False])
def test_what_is_not_finite_stays_at_its_place(points, monkeypatch):
    choose(points, monkeypatch)
    updates = np.array([[1, np.inf, 2, 3, 4], [np.nan, 1, 1, 1, 1], [5, 6, 7, 8, -np.inf]])
    at = ops.convert_to_tensor([2, 0, 2])
    found = ops.segment_sum(ops.convert_to_tensor(updates.astype(np.float32)), at, 40).numpy()
    right = np.zeros((40, 5), np.float32)
    np.add.at(right, [2, 0, 2], updates.astype(np.float32))
    np.testing.assert_array_equal(found, right)


def test_equal_scatters_give_equal_bits(monkeypatch):
    choose(True, monkeypatch)
    rows, at = floats(4000, 3), ops.convert_to_tensor(RNG.integers(0, 7, 4000).astype(np.int32))
    first, second = (ops.segment_sum(rows, at, 7).numpy() for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_points_come_back_after_the_context_was_lost(context, wait_for, monkeypatch):
    choose(True, monkeypatch)
    rows, at = np.ones((9, 5), np.float32), np.arange(9, dtype=np.int32) % 3

    def total():
        return ops.segment_sum(ops.convert_to_tensor(rows), ops.convert_to_tensor(at), 3).numpy()

    total()
    context.lose()
    wait_for(context.restore())
    np.testing.assert_array_equal(total(), np.full((3, 5), 3))


@pytest.mark.parametrize("points", [True, False])
def test_the_largest_step_of_a_place(points, monkeypatch):
    from gossamer.ops.places import last_rows

    choose(points, monkeypatch)
    at = RNG.integers(-5, 205, 333).astype(np.int32)
    right = [max([-1, *np.flatnonzero(at == place)]) for place in range(200)]
    assert last_rows(ops.convert_to_tensor(at), 200).tolist() == right
