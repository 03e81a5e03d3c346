"""Datasets: each step on a small stream, restarts, lengths, memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gossamer as gs
from gossamer.data import INFINITE_CARDINALITY, UNKNOWN_CARDINALITY, Dataset, ElementSpec

TEN = Dataset.range(10)


def plain(x: Any) -> Any:
    """An element as Python has it."""
    if isinstance(x, tuple):
        return tuple(map(plain, x))
    if isinstance(x, dict):
        return {key: plain(value) for key, value in x.items()}
    if isinstance(x, Dataset):
        return [plain(element) for element in x]
    return x.tolist() if hasattr(x, "tolist") else x


def is_even(x: Any) -> bool:
    return x % 2 == 0


def count_down() -> Any:
    return iter([3, 2, 1])


# A dataset, its elements, and its cardinality.
CASES: dict[str, tuple[Dataset, list[Any], int]] = {
    "range": (TEN, list(range(10)), 10),
    "range of three": (Dataset.range(5, 0, -2), [5, 3, 1], 3),
    "slices": (Dataset.from_tensor_slices(([[1, 2], [3, 4]], {"a": [5, 6]})),
               [([1, 2], {"a": 5}), ([3, 4], {"a": 6})], 2),
    "tensors": (Dataset.from_tensors(([1, 2], "a")), [([1, 2], "a")], 1),
    "generator": (Dataset.from_generator(count_down), [3, 2, 1], UNKNOWN_CARDINALITY),
    "generator of arguments": (Dataset.from_generator(range, args=(2, 4)), [2, 3], -2),
    "map": (TEN.take(3).map(lambda x: x * 2), [0, 2, 4], 3),
    "map to parts": (TEN.take(2).map(lambda x: (x, {"y": [x]})),
                     [(0, {"y": [0]}), (1, {"y": [1]})], 2),
    "map of parts": (Dataset.from_tensor_slices(([1, 2], [3, 4])).map(lambda x, y: x + y),
                     [4, 6], 2),
    "map of a dictionary": (Dataset.from_tensor_slices({"a": [1, 2]}).map(lambda d: d["a"]),
                            [1, 2], 2),
    "map by ops": (TEN.batch(5).map(lambda x: gs.ops.sum(gs.ops.cast(x, "int32"))), [10, 35], 2),
    "filter": (TEN.filter(is_even), [0, 2, 4, 6, 8], UNKNOWN_CARDINALITY),
    "enumerate": (TEN.skip(8).enumerate(5), [(5, 8), (6, 9)], 2),
    "batch": (TEN.batch(4), [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]], 3),
    "batch, whole ones": (TEN.batch(4, drop_remainder=True), [[0, 1, 2, 3], [4, 5, 6, 7]], 2),
    "batch of what is mapped": (TEN.map(lambda x: x + 1).batch(4, True),
                                [[1, 2, 3, 4], [5, 6, 7, 8]], 2),
    "batch of strings": (Dataset.from_generator(lambda: ["a", "bc"]).batch(2), [["a", "bc"]], -2),
    "batch of bytes": (Dataset.from_generator(lambda: [b"a\0", b"b"]).batch(2),
                       [[b"a\0", b"b"]], -2),
    "batch of batches": (TEN.batch(2).batch(5), [[[0, 1], [2, 3], [4, 5], [6, 7], [8, 9]]], 1),
    "padded": (Dataset.range(1, 4).map(np.arange).padded_batch(2),
               [[[0, 0], [0, 1]], [[0, 1, 2]]], 2),
    "padded to a shape": (Dataset.range(1, 3).map(np.arange).padded_batch(2, [3], 9),
                          [[[0, 9, 9], [0, 1, 9]]], 1),
    "padded parts": (Dataset.range(1, 3).map(lambda n: (np.arange(n), n))
                     .padded_batch(2, ([None], []), (7, 0)), [([[0, 7], [0, 1]], [1, 2])], 1),
    "padded, whole ones": (Dataset.range(1, 4).map(np.arange).padded_batch(2, None, None, True),
                           [[[0, 0], [0, 1]]], 1),
    "unbatch": (Dataset.from_tensors(([1, 2], [3, 4])).unbatch(), [(1, 3), (2, 4)], -2),
    "repeat": (TEN.take(2).repeat(2), [0, 1, 0, 1], 4),
    "repeat for ever": (TEN.take(2).repeat().take(5), [0, 1, 0, 1, 0], 5),
    "repeat nothing": (TEN.take(0).repeat(), [], 0),
    "take": (TEN.map(abs).take(3), [0, 1, 2], 3),
    "take all": (TEN.take(-1), list(range(10)), 10),
    "take more": (TEN.take(12), list(range(10)), 10),
    "skip": (TEN.map(abs).skip(7), [7, 8, 9], 3),
    "skip rows": (TEN.skip(7).skip(1).take(1), [8], 1),
    "skip all": (TEN.map(abs).skip(-1), [], 0),
    "skip more": (TEN.skip(12), [], 0),
    "concatenate": (TEN.take(2).concatenate(TEN.skip(9)), [0, 1, 9], 3),
    "zip": (Dataset.zip(TEN, Dataset.range(3)), [(0, 0), (1, 1), (2, 2)], 3),
    "zip of a tuple": (Dataset.zip((TEN.take(1), TEN)), [(0, 0)], 1),
    "zip of a dictionary": (Dataset.zip({"a": TEN.take(1), "b": (TEN, TEN)}),
                            [{"a": 0, "b": (0, 0)}], 1),
    "zip with the infinite": (Dataset.zip(TEN.take(1), TEN.repeat()), [(0, 0)], 1),
    "flat_map": (TEN.take(3).flat_map(lambda n: Dataset.range(int(n))), [0, 0, 1], -2),
    "window": (Dataset.range(5).window(2), [[0, 1], [2, 3], [4]], 3),
    "window, whole ones": (Dataset.range(5).window(2, drop_remainder=True), [[0, 1], [2, 3]], 2),
    "window with a shift": (Dataset.range(4).window(3, 1, 1, True), [[0, 1, 2], [1, 2, 3]], 2),
    "window with a stride": (Dataset.range(7).window(3, 1, 2, True),
                             [[0, 2, 4], [1, 3, 5], [2, 4, 6]], 3),
    "window, far apart": (Dataset.range(7).window(2, 3), [[0, 1], [3, 4], [6]], 3),
    "window of parts": (Dataset.zip(TEN, TEN).take(2).window(2), [([0, 1], [0, 1])], 1),
    "cache": (TEN.take(3).cache(), [0, 1, 2], 3),
    "prefetch": (TEN.batch(5).prefetch(2), [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]], 2),
    "prefetch strings": (Dataset.from_tensor_slices((["a"], [1])).prefetch(), [("a", 1)], 1),
    "apply": (TEN.apply(lambda dataset: dataset.take(1)), [0], 1),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_elements(name: str) -> None:
    dataset, elements, cardinality = CASES[name]
    for _ in range(2):  # it begins anew
        assert [plain(element) for element in dataset.as_numpy_iterator()] == elements
    assert dataset.cardinality() == cardinality
    if cardinality >= 0:
        assert len(dataset) == cardinality


@pytest.mark.parametrize("size", [1, 3, 10, 40])
@pytest.mark.parametrize("source", [TEN, TEN.map(abs)], ids=["rows", "elements"])
def test_shuffle(source: Dataset, size: int) -> None:
    dataset = source.shuffle(size, seed=3)
    first, second = ([int(x) for x in dataset] for _ in range(2))
    assert sorted(first) == sorted(second) == list(range(10))
    assert (first != second) == (size > 1)
    # An element cannot come before it is in the buffer.
    assert all(place >= x - size + 1 for place, x in enumerate(first))
    again = source.shuffle(size, seed=3)
    assert [[int(x) for x in again] for _ in range(2)] == [first, second]
    same = source.shuffle(size, seed=3, reshuffle_each_iteration=False)
    assert [[int(x) for x in same] for _ in range(2)] == [first, first]


def test_an_order_is_even() -> None:
    dataset = Dataset.range(4).shuffle(4, seed=1)
    places = np.zeros((4, 4))
    for _ in range(2000):
        places[[int(x) for x in dataset], range(4)] += 1
    assert np.abs(places / 2000 - 0.25).max() < 0.05


def test_rows_keep_together() -> None:
    x = np.arange(20, dtype="float32")
    for batch in Dataset.from_tensor_slices((x, -x)).shuffle(20).batch(6):
        assert (batch[0] == -batch[1]).all()


def test_length() -> None:
    for dataset, kind in [(TEN.repeat(), "infinitely many"), (TEN.filter(is_even), "unknown")]:
        with pytest.raises(TypeError, match=kind):
            len(dataset)
        assert bool(dataset)
    assert TEN.repeat().cardinality() == INFINITE_CARDINALITY
    assert TEN.take(0)  # a dataset, if one without elements


def test_it_asks_for_no_more_than_is_needed() -> None:
    asked = []

    def source() -> Any:
        for i in range(100):
            asked.append(i)
            yield i

    dataset = Dataset.from_generator(source).map(abs).batch(3).take(2)
    assert not asked
    assert len(list(dataset)) == 2
    assert asked == [0, 1, 2, 3, 4, 5]


def test_cache_computes_once() -> None:
    computed = []

    def compute(x: Any) -> Any:
        computed.append(int(x))
        return x

    dataset = TEN.take(3).map(compute).cache()
    next(iter(dataset))  # a part of it is no cache
    for _ in range(3):
        assert [int(x) for x in dataset] == [0, 1, 2]
    assert computed == [0, 0, 1, 2]


SPECS: dict[str, tuple[Dataset, Any]] = {
    "range": (TEN, ElementSpec((), "int64")),
    "batch": (TEN.batch(4), ElementSpec((None,), "int64")),
    "batch, whole ones": (TEN.batch(4, True).shuffle(3), ElementSpec((4,), "int64")),
    "parts": (
        Dataset.from_tensor_slices((np.ones((2, 3), "float32"), {"a": ["x", "y"]})),
        (ElementSpec((3,), "float32"), {"a": ElementSpec((), "string")}),
    ),
    "map": (TEN.map(lambda x: 0.5), ElementSpec((), "float32")),
    "unbatch": (TEN.batch(4).unbatch(), ElementSpec((), "int64")),
    "concatenate": (
        Dataset.from_tensors([1, 2]).concatenate(Dataset.from_tensors([1])),
        ElementSpec((None,), "int32"),
    ),
    "zip": (Dataset.zip(TEN, TEN), (ElementSpec((), "int64"), ElementSpec((), "int64"))),
}


@pytest.mark.parametrize("name", SPECS)
def test_element_spec(name: str) -> None:
    dataset, spec = SPECS[name]
    assert dataset.element_spec == spec


ERRORS: dict[str, tuple[Any, type[Exception], str]] = {
    "rows": (lambda: Dataset.from_tensor_slices(([1, 2], [3])), ValueError, "'0': 2, '1': 1"),
    "a number": (lambda: Dataset.from_tensor_slices(3), ValueError, "None"),
    "a generator": (lambda: Dataset.from_generator(count_down()), TypeError, "list_iterator"),
    "batch_size": (lambda: TEN.batch(0), ValueError, "batch_size=0"),
    "shapes": (lambda: list(Dataset.range(3).map(np.arange).batch(2)), ValueError, r"\(1,\)"),
    "padded": (
        lambda: list(Dataset.range(3).map(np.arange).padded_batch(3, [1])), ValueError, r"\(2,\)",
    ),
    "zip": (lambda: Dataset.zip(TEN, 1), TypeError, "1"),
    "ragged": (lambda: Dataset.from_tensors([[1], [2, 3]]), ValueError, "one shape"),
    "spec": (lambda: TEN.filter(lambda x: False).map(abs).element_spec, ValueError, "empty"),
}  # fmt: skip


@pytest.mark.parametrize("name", ERRORS)
def test_errors(name: str) -> None:
    call, kind, said = ERRORS[name]
    with pytest.raises(kind, match=f"(?s)Received: .*{said}|{said}.*Received"):
        call()


def test_prefetch_holds_few_tensors() -> None:
    dataset = Dataset.from_tensor_slices(np.ones((12, 8), "float32")).batch(2).prefetch()
    before = gs.memory()["tensors"]
    most = 0
    batch = None
    for batch in dataset:
        assert isinstance(batch, gs.Tensor)
        del batch
        most = max(most, gs.memory()["tensors"] - before)
    assert most == 1  # the one that waits
    assert gs.memory()["tensors"] == before


def test_a_model_is_trained() -> None:
    x = np.linspace(-1, 1, 64, dtype="float32")[:, None]
    dataset = Dataset.from_tensor_slices((x, 2 * x)).shuffle(64, seed=1).batch(16).prefetch()
    model = gs.Sequential([gs.Input((1,)), gs.layers.Dense(1)])
    model.compile(gs.optimizers.SGD(0.5), "mse")
    history = model.fit(dataset, epochs=20, verbose=0)
    assert history.history["loss"][-1] < 1e-3
    assert model.predict(dataset.map(lambda x, y: x), verbose=0).shape == (64, 1)
    assert len(model.fit(dataset.repeat(), steps_per_epoch=2, epochs=2, verbose=0).epoch) == 2
