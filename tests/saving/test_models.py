"""Files of real Keras are read here, and those of gossamer there: weights and predictions."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gossamer as gs
from tests.saving.networks import LARGE, NETWORKS, inputs, made

pytestmark = [
    pytest.mark.cpython_only,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:invalid value encountered:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning"),
    # Of models that are compiled and were never trained.
    pytest.mark.filterwarnings("ignore:.*Skipping variable loading for optimizer:UserWarning"),
]
FORMATS = (".keras", ".h5")
# Keras can read no .h5 of these, its own included: layers that it keeps private; a list of tensors.
NOT_IN_KERAS = {(".h5", name) for name in ("masked", "ConvNeXtTiny", "InceptionResNetV2")}


@pytest.fixture(scope="module")
def keras() -> Any:
    from tests.oracle import keras_library

    return keras_library.keras


@pytest.fixture(scope="module")
def theirs(keras: Any) -> Any:
    """Keras's models and what they predict, each made once."""
    known: dict[str, Any] = {}

    def get(name: str) -> Any:
        if name not in known:
            known.clear()
            model = made(keras, name)
            known[name] = model, predicted(model, name)
        return known[name]

    return get


def predicted(model: Any, name: str) -> list[np.ndarray]:
    return gs.tree.flatten(model.predict(inputs(name), verbose=0))


def difference(found: list[np.ndarray], right: list[np.ndarray]) -> float:
    """The largest, of the largest value."""
    assert [x.shape for x in found] == [x.shape for x in right]
    largest = max(float(np.abs(x).max()) for x in right)
    return max(
        float(np.abs(a - b).max()) / max(largest, 1e-6) for a, b in zip(found, right, strict=True)
    )


def assert_same_weights(one: Any, other: Any) -> None:
    ours, right = one.get_weights(), other.get_weights()
    assert len(ours) == len(right)
    for a, b in zip(ours, right, strict=True):
        np.testing.assert_array_equal(a, b)


# Large ones whose .h5 has something of its own; each file of the others takes seconds.
IN_BOTH = ("ConvNeXtTiny", "InceptionResNetV2", "MobileNet", "MobileNetV3Small")
ROWS = "models read and written"


@pytest.mark.parametrize("name", NETWORKS)
def test_both_ways(
    name: str, keras: Any, theirs: Any, tmp_path: Path, record_property: Any
) -> None:
    model, right = theirs(name)
    own = made(gs, name)
    for ending in FORMATS if name not in LARGE or name in IN_BOTH else FORMATS[:1]:
        model.save(tmp_path / f"theirs{ending}")
        begun = time.perf_counter()
        read = gs.saving.load_model(tmp_path / f"theirs{ending}")
        seconds = time.perf_counter() - begun
        assert_same_weights(read, model)
        found = difference(predicted(read, name), right)
        assert found < 1e-4
        record_property(ROWS, [ending, "from Keras", name, found, f"{seconds:.2f} s"])

        path = tmp_path / f"own{ending}"
        begun = time.perf_counter()
        own.save(path)
        seconds = time.perf_counter() - begun
        if (ending, name) in NOT_IN_KERAS:
            with pytest.raises((ValueError, TypeError)):
                keras.saving.load_model(path)
            again, reader = gs.saving.load_model(path), "to gossamer alone"
        else:
            again, reader = keras.saving.load_model(path), "to Keras"
        assert_same_weights(again, own)
        found = difference(predicted(again, name), right)
        assert found < 1e-4
        record_property(ROWS, [ending, reader, name, found, f"{seconds:.2f} s"])


@pytest.mark.parametrize("name", [name for name in NETWORKS if name not in LARGE])
def test_weights_alone(name: str, keras: Any, theirs: Any, tmp_path: Path) -> None:
    """`.weights.h5` both ways."""
    model, _ = theirs(name)
    own = made(gs, name)
    own.set_weights([np.zeros_like(value) for value in own.get_weights()])
    model.save_weights(tmp_path / "theirs.weights.h5")
    own.load_weights(tmp_path / "theirs.weights.h5")
    assert_same_weights(own, model)
    own.set_weights([value + 1 for value in own.get_weights()])
    own.save_weights(tmp_path / "own.weights.h5")
    other = made(keras, name)
    other.load_weights(tmp_path / "own.weights.h5")
    assert_same_weights(other, own)


def test_shards(keras: Any, theirs: Any, tmp_path: Path) -> None:
    model, _ = theirs("MobileNet")
    model.save_weights(tmp_path / "theirs.weights.json", max_shard_size=0.005)
    own = made(gs, "MobileNet")
    own.set_weights([np.zeros_like(value) for value in own.get_weights()])
    own.load_weights(tmp_path / "theirs.weights.json")
    assert_same_weights(own, model)
    own.set_weights([value + 1 for value in own.get_weights()])
    own.save_weights(tmp_path / "own.weights.json", max_shard_size=0.005)
    assert len(list(tmp_path.glob("own_*.weights.h5"))) == 3
    model.load_weights(tmp_path / "own.weights.json")
    assert_same_weights(model, own)


def test_folders(keras: Any, theirs: Any, tmp_path: Path) -> None:
    model, right = theirs("dense")
    model.save(tmp_path / "theirs", zipped=False)
    own = gs.saving.load_model(tmp_path / "theirs")
    assert difference(predicted(own, "dense"), right) < 1e-4
    own.save(tmp_path / "own", zipped=False)
    assert_same_weights(keras.saving.load_model(tmp_path / "own"), own)
    with pytest.raises(ValueError, match="folder"):
        own.save(tmp_path / "own.keras", zipped=False)


def test_copies_bring_what_lies_beside(theirs: Any, tmp_path: Path) -> None:
    own = gs.saving.load_model(_saved(theirs("dense")[0], tmp_path / "m.keras"))
    own.save(tmp_path / "a" / "model.json")
    gs.saving.copy_model(tmp_path / "a" / "model.json", tmp_path / "b" / "model.json")
    assert_same_weights(gs.saving.load_model(tmp_path / "b"), own)
    own.save_weights(tmp_path / "a" / "w.weights.json", max_shard_size=1e-6)
    gs.saving.copy_model(tmp_path / "a" / "w.weights.json", tmp_path / "c" / "w.weights.json")
    own.load_weights(tmp_path / "c" / "w.weights.json")


def _saved(model: Any, path: Path) -> Path:
    model.save(path)
    return path
