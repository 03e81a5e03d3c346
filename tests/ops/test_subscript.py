"""Keys drawn at random, all kinds of entries mixed, against NumPy: values, shapes, gradients.

NumPy's rules for where the axes go have too many cases to think of. Keys that NumPy refuses must be
refused here.
"""

import random
from math import prod
from typing import Any

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops

KEYS_A_SEED = 50


def _slice(draw: random.Random, size: int) -> slice:
    def bound() -> int | None:
        return draw.choice([None, *range(-size - 2, size + 3)])

    return slice(bound(), bound(), draw.choice([None, 1, 2, 3, -1, -2, -3]))


def _indices(draw: random.Random, size: int, shape: tuple[int, ...]) -> Any:
    numbers = [draw.randint(-size, size - 1) for _ in range(prod(shape))]
    array = np.array(numbers, draw.choice(["int32", "int64", "int8"])).reshape(shape)
    return draw.choice([array, array.tolist()])


def _key(draw: random.Random, shape: tuple[int, ...]) -> tuple[Any, ...]:
    """Entries for some of the axes, in order; index arrays have shapes that broadcast."""
    common = draw.choice([(2,), (3, 1), (1, 2), (3, 2)])
    entries: list[Any] = []
    axis = 0
    for _ in range(draw.randint(0, len(shape) + 2)):
        left = shape[axis:]
        kind = draw.choice(["new", "dots", "bool", *["slice", "number", "indices", "mask"] * 2])
        if kind == "new":
            entries.append(None)
        elif kind == "dots" and not any(entry is Ellipsis for entry in entries):
            entries.append(Ellipsis)
        elif kind == "bool" and draw.random() < 0.3:
            entries.append(draw.choice([True, False, np.True_]))
        elif left and kind == "slice":
            entries.append(_slice(draw, left[0]))
            axis += 1
        elif left and kind == "number":
            entries.append(draw.randint(-left[0], left[0] - 1))
            axis += 1
        elif left and kind == "indices":
            entries.append(_indices(draw, left[0], draw.choice([common, (1,)])))
            axis += 1
        elif left and kind == "mask":
            size = left[: draw.randint(1, min(2, len(left)))]
            entries.append(np.array([draw.random() < 0.5 for _ in range(prod(size))]).reshape(size))
            axis += len(size)
    return tuple(entries)


def _on_device(key: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(ops.array(entry) if isinstance(entry, np.ndarray) else entry for entry in key)


@pytest.mark.parametrize("seed", range(20))
def test_keys_index_as_in_numpy(seed: int) -> None:
    draw = random.Random(seed)
    refused = 0
    for _ in range(KEYS_A_SEED):
        shape = tuple(draw.choice([1, 2, 3, 4]) for _ in range(draw.randint(0, 4)))
        array = np.arange(prod(shape), dtype=np.float32).reshape(shape)
        key = _key(draw, shape)
        x = ops.array(array)
        variants = (key, _on_device(key))
        try:
            right = array[key]
        except IndexError:
            # An index on the device may be out of range, and reads NaN there.
            refused += 1
            with pytest.raises((IndexError, ValueError)):
                x[key]
            continue
        counts = np.zeros_like(array)
        np.add.at(counts, key, 2.0)
        for own in variants:
            found = x[own]
            assert found.shape == right.shape, (shape, key)
            np.testing.assert_array_equal(found.numpy(), right, err_msg=f"{shape} {key}")
            gradient = gs.grad(lambda x, own=own: ops.sum(x[own] * 2.0))(x)
            np.testing.assert_array_equal(gradient.numpy(), counts, err_msg=f"{shape} {key}")
    assert refused < KEYS_A_SEED // 2


def test_a_mask_is_read_once() -> None:
    x = ops.array(np.arange(12.0).reshape(3, 4))
    mask = x > 4
    reads = 0
    get = mask.backend.get

    def counted(*args: Any) -> np.ndarray:
        nonlocal reads
        reads += 1
        return get(*args)

    mask.backend.get = counted  # type: ignore[method-assign]
    try:
        kept = x[mask]
    finally:
        del mask.backend.get
    assert reads == 1
    assert kept.shape == (7,)


def test_gradients_of_gradients() -> None:
    array = np.arange(12, dtype=np.float32).reshape(3, 4)
    for key in ((slice(None, None, -2), [0, 0, 3]), ([1, 1], [2, 2]), array > 4, (..., None, 1)):
        x = ops.array(array)
        first = gs.grad(lambda x, key=key: ops.sum(x[key] ** 3))
        second = gs.grad(lambda x, first=first: ops.sum(first(x)))(x)
        counts = np.zeros_like(array)
        np.add.at(counts, key, 1.0)
        np.testing.assert_allclose(second.numpy(), 6 * array * counts, rtol=1e-5)
