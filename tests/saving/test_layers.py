"""The weights of every layer, by Keras's paths: written here as there, and read both ways."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest

from gossamer.saving import hdf5, state
from tests.layers.case import LayerCase
from tests.layers.test_keras import CASES, IDS, both

pytestmark = [
    pytest.mark.cpython_only,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]


@pytest.fixture(scope="module")
def keras() -> Any:
    from tests.oracle import keras_library

    return keras_library.keras


def contents(data: bytes) -> dict[str, Any]:
    """All that a file holds, by path."""
    import h5py

    found: dict[str, Any] = {}

    def see(path: str, item: Any) -> None:
        is_data = isinstance(item, h5py.Dataset)
        found[path] = item[()] if is_data else dict(item.attrs)

    with h5py.File(io.BytesIO(data)) as file:
        file.visititems(see)
    return found


def written_by_keras(layer: Any) -> bytes:
    from keras.src.saving import saving_lib

    stream = io.BytesIO()
    store = saving_lib.H5IOStore(stream, mode="w")
    saving_lib._save_state(layer, store, None, "", set())
    store.h5_file.close()
    return stream.getvalue()


def read_by_keras(layer: Any, data: bytes) -> None:
    from keras.src.saving import saving_lib

    store = saving_lib.H5IOStore(io.BytesIO(data), mode="r")
    saving_lib._load_state(layer, store, None, "", visited_saveables=set())
    store.h5_file.close()


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_weights(case: LayerCase, keras: Any, record_property: Any) -> None:
    own, theirs = both(case, keras)
    right, found = written_by_keras(theirs), hdf5.write(state.save(own))
    expected, received = contents(right), contents(found)
    assert list(received) == list(expected)
    for path, value in expected.items():
        np.testing.assert_equal(received[path], value, path)
        assert not isinstance(value, np.ndarray) or received[path].dtype == value.dtype
    values = [np.array(weight) for weight in theirs.weights]
    for layer, read, data in ((own, read_here, right), (theirs, read_by_keras, found)):
        layer.set_weights([np.zeros_like(value) for value in values])
        read(layer, data)
        for weight, value in zip(layer.get_weights(), values, strict=True):
            np.testing.assert_array_equal(weight, value)
    record_property("layers' weights written as Keras does, and read both ways", 1)


def read_here(layer: Any, data: bytes) -> None:
    state.load(layer, hdf5.open_file(memoryview(data), "weights.h5"))
