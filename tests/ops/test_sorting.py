"""Sorting: gradients through the order, and what indices on the device mean."""

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops, random

X = np.array([[3.0, 1.0, 2.0, 2.0], [0.5, 4.0, -1.0, 4.0]], np.float32)


def test_gradient_of_top_k_goes_to_the_elements() -> None:
    def weighted(x):
        values, _ = ops.top_k(x, 2)
        return ops.sum(values * [[1.0, 10.0], [100.0, 1000.0]])

    right = [[1, 0, 10, 0], [0, 100, 0, 1000]]
    np.testing.assert_array_equal(gs.grad(weighted)(X).numpy(), right)


def test_second_gradients_of_sort_and_top_k() -> None:
    def cubes(x):
        return ops.sum(ops.sort(x) ** 3) + ops.sum(ops.top_k(x, 2)[0] ** 3)

    def slope(x):
        return ops.sum(gs.grad(cubes)(x))

    top = np.array([[1, 0, 1, 0], [0, 1, 0, 1]])
    np.testing.assert_allclose(gs.grad(slope)(X).numpy(), 6 * X * (1 + top), 1e-6)


def test_top_k_of_floats() -> None:
    values, indices = ops.top_k(np.array([1.0, np.nan, np.inf, 2.0], np.float32), 3)
    np.testing.assert_array_equal(values.numpy(), [np.nan, np.inf, 2.0])
    assert indices.tolist() == [1, 2, 3]
    assert (values.dtype, indices.dtype) == ("float32", "int32")
    assert ops.top_k(X, 0)[0].shape == (2, 0)


def test_a_target_that_is_no_class_is_not_among_the_top() -> None:
    predictions = np.array([[1.0, 2.0, 3.0]] * 3, np.float32)
    targets = ops.convert_to_tensor([0, 5, -1])
    assert ops.in_top_k(targets, predictions, 2).tolist() == [False, False, True]


@pytest.mark.parametrize("axis", [0, 1])
def test_shuffle_is_the_order_of_random_bits(axis: int) -> None:
    x = np.arange(60).reshape(6, 10)
    mixed = random.shuffle(x, axis, seed=3).numpy()
    assert not np.array_equal(mixed, x)
    np.testing.assert_array_equal(np.sort(mixed, axis), x)
    np.testing.assert_array_equal(random.shuffle(x, axis, seed=3).numpy(), mixed)


MISTAKES = {
    "top_k": lambda: ops.top_k(X, 5),
    "top_k of a scalar": lambda: ops.top_k(1.0, 1),
    "sort of a scalar": lambda: ops.sort(1.0),
    "sort axis": lambda: ops.sort(X, 2),
    "argpartition": lambda: ops.argpartition(X, 4),
    "in_top_k": lambda: ops.in_top_k([1], X, 1),
    "searchsorted side": lambda: ops.searchsorted([1.0], 2.0, side="middle"),
    "searchsorted axes": lambda: ops.searchsorted(X, 2.0),
    "quantile method": lambda: ops.quantile(X, 0.5, method="best"),
    "quantile levels": lambda: ops.quantile(X, X),
    "quantile of nothing": lambda: ops.quantile(np.ones((0, 3)), 0.5),
    "segments": lambda: ops.segment_sum(X, [0, 1, 2]),
    "segment axes": lambda: ops.segment_max(X, [[0, 1], [0, 1]]),
    "scatter_update": lambda: ops.scatter_update(X, [[0]], X[:1], reduction="xor"),
    "cumsum": lambda: ops.cumsum(X, 2),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes(name: str) -> None:
    with pytest.raises(ValueError, match=r"Expected .*Received: "):
        MISTAKES[name]()


def test_segments_of_floats_are_a_type_error() -> None:
    with pytest.raises(TypeError, match=r"Received: dtype=float32"):
        ops.segment_sum(X, [0.0, 1.0])
