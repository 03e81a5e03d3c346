"""Indices on the device, alone and together: what the table's static keys do not say."""

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops
from gossamer.backend import get_backend
from gossamer.ops.convert import as_tensor

X = np.arange(30, dtype=np.float32).reshape(2, 3, 5)


def tensors(*keys: object) -> tuple[object, ...]:
    """The lists among the keys as tensors."""
    return tuple(ops.convert_to_tensor(key) if isinstance(key, list) else key for key in keys)


@pytest.mark.parametrize(
    "key",
    [
        (0, [1, -1]),
        ([0, -1], [2, -3]),
        ([[0], [1]], [[2, -1]]),
        (slice(None), [0, 2], [1, -5]),
        ([0, 1], slice(1, None), [4, 0]),
        ([1], None, Ellipsis, [2]),
        (Ellipsis, [[0, 1], [2, -1]]),
    ],
    ids=str,
)
def test_index_tensors(key: tuple[object, ...]) -> None:
    right = X[key]
    x = ops.convert_to_tensor(X)
    result = x[tensors(*key)]
    assert result.shape == right.shape
    np.testing.assert_array_equal(result.numpy(), right)
    np.testing.assert_array_equal(x[key].numpy(), right)
    counts = np.zeros_like(X)
    np.add.at(counts, key, 1.0)
    gradient = gs.grad(lambda x: ops.sum(x[tensors(*key)]))(x)
    np.testing.assert_array_equal(gradient.numpy(), counts)


def test_out_of_range_on_the_device_reads_nan() -> None:
    x = ops.convert_to_tensor(X)
    rows = x[tensors([5, 0], [0, 0])].numpy()
    assert np.isnan(rows[0]).all()
    np.testing.assert_array_equal(rows[1], X[0, 0])
    np.testing.assert_array_equal(
        x[0, 0, ops.convert_to_tensor([5, -6, 4])].numpy(), [np.nan] * 2 + [4]
    )
    # What was not read gets nothing back, at whatever order.
    gradient = gs.grad(lambda x: ops.sum(x[tensors([5, 0], [0, 0])]))
    assert gradient(x).numpy().sum() == 5.0
    second = gs.grad(
        lambda x: ops.sum(gs.grad(lambda y: ops.sum(y[tensors([5, 0], [0, 0])] ** 3))(x))
    )
    np.testing.assert_array_equal(second(x).numpy().sum(), 6 * X[0, 0].sum())


def test_scalar_tensor_as_index() -> None:
    x = ops.convert_to_tensor(X)
    np.testing.assert_array_equal(x[ops.convert_to_tensor(1), 2].numpy(), X[1, 2])
    np.testing.assert_array_equal(x[ops.argmax([0.0, 3.0])].numpy(), X[1])


def test_masks() -> None:
    x = ops.convert_to_tensor(X)
    np.testing.assert_array_equal(x[x > 7].numpy(), X[X > 7])
    np.testing.assert_array_equal(x[:, X[0] > 7].numpy(), X[:, X[0] > 7])
    assert x[x > 100].shape == (0,)
    gradient = gs.grad(lambda x: ops.sum(x[x > 7] ** 2))(x)
    np.testing.assert_array_equal(gradient.numpy(), np.where(X > 7, 2 * X, 0))


def test_scatter_with_negative_and_lost_places() -> None:
    placed = ops.scatter(ops.convert_to_tensor([[-1, 0], [0, 9], [1, -1]]), [1.0, 2.0, 3.0], (2, 3))
    assert placed.tolist() == [[0.0, 0.0, 0.0], [1.0, 0.0, 3.0]]
    updated = ops.scatter_update(np.ones(3, np.float32), [[-1]], [5.0])
    assert updated.tolist() == [1.0, 1.0, 5.0]


def test_strings_of_indices_compose() -> None:
    x = ops.convert_to_tensor(X)
    np.testing.assert_array_equal(x[1][::2][:, 1:][-1].numpy(), X[1][::2][:, 1:][-1])
    assert [[row.shape for row in part] for part in x] == [[(5,)] * 3] * 2


def test_the_last_update_of_a_place_wins() -> None:
    rng = np.random.default_rng(0)
    places = rng.integers(0, 300, (500, 1)).astype(np.int32)
    updates = rng.normal(size=(500, 3)).astype(np.float32)
    right = np.zeros((300, 3), np.float32)
    for place, update in zip(places[:, 0], updates, strict=True):
        right[place] = update
    at = ops.convert_to_tensor(places)
    found = ops.scatter_update(ops.zeros((300, 3)), at, updates)
    np.testing.assert_array_equal(found.numpy(), right)
    # The gradient goes to the updates that won, and to what was not updated.
    both = gs.grad(lambda x, y: ops.sum(ops.scatter_update(x, at, y)), (0, 1))
    kept, taken = both(np.zeros((300, 3), np.float32), updates)
    assert taken.numpy().sum() + kept.numpy().sum() == 900
    assert set(np.flatnonzero(kept.numpy()[:, 0] == 0)) == set(places[:, 0])


def test_complex_tensors_are_indexed() -> None:
    array = X + 1j * X[::-1]
    x = as_tensor(array.astype(np.complex64), None, get_backend("numpy"))
    for key in ((0, [1, 2]), ([0, 1], slice(None), [4, 0]), X > 7, (..., slice(None, None, -2))):
        np.testing.assert_array_equal(x[key].numpy(), array[key])
