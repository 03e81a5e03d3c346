"""Batches of an epoch beside Keras's: the same ones in the same order, from the same data."""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

import numpy as np
import pytest

import gossamer as gs
from gossamer import tree
from gossamer.training.data_adapter import (
    class_weight_to_sample_weights,
    train_validation_split,
    upload,
)  # fmt: skip
from gossamer.training.epoch_iterator import EpochIterator
from gossamer.utils import PyDataset

X = np.arange(20, dtype="float64").reshape(10, 2)
Y = np.arange(10) % 3
W = np.linspace(0.0, 1.0, 10, dtype="float32")


def numbers(base: type, **options: Any) -> Any:
    """Four batches of a `PyDataset`, ours or Keras's."""

    class Numbers(base):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(**options)
            self.calls: list[str] = []

        def __len__(self) -> int:
            return 4

        def __getitem__(self, index: int) -> Any:
            return X[index : index + 2], Y[index : index + 2]

        def on_epoch_begin(self) -> None:
            self.calls.append("begin")

        def on_epoch_end(self) -> None:
            self.calls.append("end")

    return Numbers()


def generated(count: int = 4) -> Iterator[Any]:
    for index in range(count):
        yield X[index : index + 2], Y[index : index + 2]


Arguments = Callable[[type], dict[str, Any]]
# The arguments of an EpochIterator, given the base of `PyDataset`s.
CASES: dict[str, Arguments] = {
    "x": lambda base: {"x": X},
    "x and y": lambda base: {"x": X, "y": Y, "batch_size": 4},
    "all three": lambda base: {"x": X, "y": Y, "sample_weight": W, "batch_size": 4},
    "weights without y": lambda base: {"x": X, "sample_weight": W},
    "a list of inputs": lambda base: {"x": [X, W], "y": Y, "batch_size": 5},
    "dictionaries": lambda base: {"x": {"b": X, "a": W}, "y": {"c": Y}, "batch_size": 5},
    "integers and bools": lambda base: {"x": X.astype("int16"), "y": Y > 1, "batch_size": 3},
    "float16": lambda base: {"x": X.astype("float16")},
    "weights of several outputs": lambda base: {"x": X, "y": [Y, Y], "sample_weight": W},
    "a weight for each output": lambda base: {"x": X, "y": [Y, Y], "sample_weight": [W, 2 * W]},
    "class weights": lambda base: {"x": X, "y": Y, "class_weight": {0: 2.0, 2: 0.5}},
    "class weights, one-hot": lambda base: {"x": X, "y": np.eye(3)[Y], "class_weight": {1: 3.0}},
    "class weights of a column": lambda base: {"x": X, "y": Y[:, None], "class_weight": {1: 3.0}},
    "shuffled": lambda base: {"x": X, "y": Y, "batch_size": 3, "shuffle": True},
    "shuffled in batches": lambda base: {"x": X, "y": Y, "batch_size": 4, "shuffle": "batch"},
    "steps": lambda base: {"x": X, "y": Y, "steps_per_epoch": 3},
    "fewer steps": lambda base: {"x": X, "batch_size": 2, "steps_per_epoch": 2},
    "as many steps": lambda base: {"x": X, "batch_size": 2, "steps_per_epoch": 5},
    "more steps": lambda base: {"x": X, "batch_size": 5, "steps_per_epoch": 3},
    "steps, shuffled": lambda base: {"x": X, "batch_size": 2, "steps_per_epoch": 2,
                                     "shuffle": True},
    "a PyDataset": lambda base: {"x": numbers(base)},
    "a PyDataset, shuffled": lambda base: {"x": numbers(base), "shuffle": True},
    "a PyDataset with class weights": lambda base: {"x": numbers(base), "class_weight": {1: 2.0}},
    "a PyDataset by threads": lambda base: {"x": numbers(base, workers=2)},
    "a PyDataset, steps": lambda base: {"x": numbers(base), "steps_per_epoch": 3},
    "a generator, steps": lambda base: {"x": generated(), "steps_per_epoch": 2},
    "a generator, more steps": lambda base: {"x": generated(3), "steps_per_epoch": 2},
}  # fmt: skip


@pytest.fixture(scope="module")
def keras() -> Any:
    from tests.oracle.keras_library import keras

    return keras


def epochs_of_keras(iterator: Any) -> list[Any]:
    return [[batches[0] for _, _, batches in iterator.enumerate_epoch()] for _ in range(2)]


def epochs_of_ours(iterator: EpochIterator) -> list[Any]:
    epochs = []
    for _ in range(2):
        pairs = list(iterator)
        assert [step for step, _ in pairs] == list(range(len(pairs)))
        epochs.append([batch for _, batch in pairs])
    return epochs


def recorded(function: Callable[[], Any]) -> tuple[Any, int]:
    """What it returns, and how often data ran out."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = function()
    return result, sum("ran out of data" in str(one.message) for one in caught)


def seed() -> None:
    np.random.seed(5)
    random.seed(5)


@pytest.mark.cpython_only
@pytest.mark.parametrize("name", CASES)
def test_as_keras(name: str, keras: Any, record_property: Any) -> None:
    from keras.src.trainers.epoch_iterator import EpochIterator as KerasEpochIterator

    given, own = CASES[name](keras.utils.PyDataset), CASES[name](PyDataset)
    seed()
    theirs = KerasEpochIterator(**given)
    right, warned = recorded(lambda: epochs_of_keras(theirs))
    seed()
    ours = EpochIterator(**own)
    found, warned_too = recorded(lambda: epochs_of_ours(ours))
    assert ours.num_batches == theirs.num_batches
    assert warned_too == warned
    assert [len(epoch) for epoch in found] == [len(epoch) for epoch in right]
    for batch, other in zip(chain(*found), chain(*right), strict=True):
        # Keras does not put x alone into a tuple.
        other = other if isinstance(other, tuple) and isinstance(batch, tuple) else (other,)
        tree.assert_same_structure(batch, other)
        for one, another in zip(tree.flatten(batch), tree.flatten(other), strict=True):
            assert (one is None) == (another is None)
            if one is not None:
                np.testing.assert_array_equal(one, another)
                assert "PyDataset" in name or "generator" in name or one.dtype == another.dtype
    if hasattr(own["x"], "calls"):
        assert own["x"].calls == given["x"].calls
    record_property("epochs as Keras's", 2)


def test_float64_becomes_floatx() -> None:
    for source in ({"x": X, "y": Y}, {"x": generated()}):
        _, (x, y) = next(iter(EpochIterator(**source)))
        assert (x.dtype, y.dtype) == ("float32", Y.dtype)


def test_slices_are_views() -> None:
    x = X.astype("float32")
    batches = [batch[0] for _, batch in EpochIterator(x, batch_size=4)]
    assert [len(batch) for batch in batches] == [4, 4, 2]
    assert all(np.shares_memory(x, batch) for batch in batches)


def test_rows_stay_together() -> None:
    seen = []
    for _, (x, y, w) in EpochIterator(X, X[:, 0], X[:, 1], batch_size=3, shuffle=True):
        np.testing.assert_array_equal(x, np.stack([y, w], axis=1))
        seen += y.tolist()
    assert sorted(seen) == X[:, 0].tolist()
    assert seen != X[:, 0].tolist()


@pytest.mark.parametrize("shuffle", [False, True])
def test_tensors(shuffle: bool) -> None:
    x = gs.ops.convert_to_tensor(X, "float32")
    batches = [batch[0] for _, batch in EpochIterator(x, batch_size=4, shuffle=shuffle)]
    assert all(isinstance(batch, gs.Tensor) for batch in batches)
    rows = np.concatenate([batch.numpy() for batch in batches])
    np.testing.assert_array_equal(rows[rows[:, 0].argsort()], X)


def test_what_quacks_like_pandas() -> None:
    class Table:
        def to_numpy(self) -> np.ndarray:
            return X

    _, (x,) = next(iter(EpochIterator(Table(), batch_size=4)))
    np.testing.assert_array_equal(x, X[:4])


def test_upload() -> None:
    x, y = upload((X[:2].astype("float32"), {"a": None, "b": Y[:2]}))
    assert isinstance(x, gs.Tensor)
    assert y["a"] is None
    np.testing.assert_array_equal(y["b"].numpy(), Y[:2])


def test_the_length_of_a_generator_is_learned() -> None:
    epoch = EpochIterator(generated(3))
    assert epoch.num_batches is None
    assert len(list(epoch)) == epoch.num_batches == 3
    with pytest.warns(UserWarning, match="ran out of data"):
        assert list(epoch) == []


def test_the_order_of_threads() -> None:
    for _ in range(3):
        dataset = numbers(PyDataset, workers=4, max_queue_size=2)
        found = [batch[0][0, 0] for _, batch in EpochIterator(dataset)]
        assert found == [0.0, 2.0, 4.0, 6.0]


def test_an_infinite_dataset_by_threads() -> None:
    class Endless(PyDataset):
        num_batches = None  # type: ignore[assignment]

        def __getitem__(self, index: int) -> Any:
            return (np.full(1, index),)

    epoch = EpochIterator(Endless(workers=2), steps_per_epoch=3)
    found = [[int(batch[0][0]) for _, batch in epoch] for _ in range(2)]
    assert found == [[0, 1, 2], [3, 4, 5]]


def test_errors_of_workers_arrive() -> None:
    class Broken(PyDataset):
        def __len__(self) -> int:
            return 3

        def __getitem__(self, index: int) -> Any:
            raise OSError("no such file")

    with pytest.raises(OSError, match="no such file"):
        list(EpochIterator(Broken(workers=2)))


def test_a_dataset_without_its_init() -> None:
    class Forgetful(PyDataset):
        def __init__(self) -> None:
            pass

        def __len__(self) -> int:
            return 1

        def __getitem__(self, index: int) -> Any:
            return (X,)

    with pytest.warns(UserWarning, match="super"):
        assert len(list(EpochIterator(Forgetful()))) == 1


def test_reset() -> None:
    epoch = EpochIterator(X, batch_size=2, steps_per_epoch=2)
    list(epoch)
    assert next(iter(epoch))[1][0][0, 0] == 8
    epoch.reset()
    assert next(iter(epoch))[1][0][0, 0] == 0


def test_the_most_steps() -> None:
    gs.config.set_max_steps_per_epoch(2)
    try:
        with pytest.warns(UserWarning, match="Limiting"):
            epoch = EpochIterator(X, batch_size=2)
        assert len(list(epoch)) == 2
    finally:
        gs.config.set_max_steps_per_epoch(None)


def test_splits() -> None:
    (train, validation) = train_validation_split((X, {"a": Y}, None), 0.3)
    np.testing.assert_array_equal(train[0], X[:7])
    np.testing.assert_array_equal(validation[1]["a"], Y[7:])
    assert train[2] is validation[2] is None
    assert class_weight_to_sample_weights(Y[:3], {1: 4.0}).tolist() == [1.0, 4.0, 1.0]


ERRORS: dict[str, tuple[Any, str]] = {
    "sizes": (lambda: EpochIterator(X, Y[:4]), "'0': 10, '1': 4"),
    "no samples": (lambda: EpochIterator(np.array(1.0)), "array(1."),
    "nothing": (lambda: EpochIterator(None), "None"),
    "y with a generator": (lambda: EpochIterator(generated(), Y), "y=ndarray"),
    "y with a PyDataset": (lambda: EpochIterator(numbers(PyDataset), Y), "y=ndarray"),
    "weights with a PyDataset": (
        lambda: EpochIterator(numbers(PyDataset), sample_weight=W), "sample_weight=ndarray"),
    "an empty generator": (lambda: EpochIterator(generated(0)), "gives none"),
    "a generator of arrays": (lambda: EpochIterator(iter([X])), "ndarray"),
    "class weights with a generator": (
        lambda: EpochIterator(generated(), class_weight={0: 1.0}), "class_weight={0: 1.0}"),
    "both weights": (
        lambda: EpochIterator(X, Y, W, class_weight={0: 1.0}), "both"),
    "class weights of two outputs": (
        lambda: EpochIterator(X, [Y, Y], class_weight={0: 1.0}), "2"),
    "weights of two outputs": (
        lambda: EpochIterator(X, [Y, Y], sample_weight=np.ones((10, 2))), "(10, 2)"),
    "another structure of weights": (
        lambda: EpochIterator(X, [Y, Y], sample_weight=[W]), "Expected 2 items"),
    "a long batch": (lambda: EpochIterator(iter([(X, Y, W, W)])), "a tuple of 4"),
    "a split of generators": (lambda: train_validation_split((generated(),), 0.5), "generator"),
    "a split with an empty side": (lambda: train_validation_split((X,), 0.99), "0.99"),
}  # fmt: skip


@pytest.mark.parametrize("name", ERRORS)
def test_errors(name: str) -> None:
    call, received = ERRORS[name]
    with pytest.raises(ValueError, match="Received: ") as caught:
        call()
    assert received in str(caught.value).split("Received: ", 1)[1]
