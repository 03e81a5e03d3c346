"""Written and read again wherever the suite runs: in a page, HDF5 comes from other libraries."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gossamer as gs
from gossamer.saving import hdf5, keras_file, legacy_h5
from gossamer.saving.formats import ModelFile, ReadOptions
from tests.saving.networks import SMALL, inputs, made

FORMATS = {".keras": keras_file.KERAS, ".h5": legacy_h5.FORMAT}


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("name", SMALL)
def test_there_and_back(name: str, ending: str, wait_for: Any) -> None:
    kind = FORMATS[ending]
    model = made(gs, name)
    wait_for(hdf5.ready_to_read())
    wait_for(hdf5.ready_to_write())
    assert kind.write_model is not None
    assert kind.read_model is not None
    files = kind.write_model(model, f"model{ending}", True)
    file = ModelFile(f"model{ending}", memoryview(files[f"model{ending}"]))
    assert kind.recognises(file)
    again = kind.read_model(file, ReadOptions())
    right = gs.tree.flatten(model.predict(inputs(name), verbose=0))
    for one, other in zip(
        gs.tree.flatten(again.predict(inputs(name), verbose=0)), right, strict=True
    ):
        np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-6)


def test_hdf5_there_and_back(wait_for: Any) -> None:
    """Every kind of array and attribute that files of models have."""
    root = hdf5.Node()
    arrays = {
        "scalar": np.float32(2.5), "steps": np.array(7, "int64"), "empty": np.zeros((0, 3), "f4"),
        "half": np.array([0.1, 2.0], "float16"), "wide": np.array([[0.1], [1e300]]),
        "small": np.arange(5, dtype="uint8"), "flags": np.array([True, False]),
        "seed": np.array([1, 2**32 - 1], "uint32"),
    }  # fmt: skip
    root.at("a/b").arrays = {name: np.asarray(value) for name, value in arrays.items()}
    names = [f"layer_{number}/kernel" for number in range(9000)]
    root.at("a").attributes = {"name": "Größe", "long": "x" * 200_000, "none": []}
    root.at("c").attributes = hdf5.in_pieces("names", names)
    wait_for(hdf5.ready_to_read())
    wait_for(hdf5.ready_to_write())
    again = hdf5.open_file(memoryview(hdf5.write(root)), "file.h5")
    assert sorted(again) == ["a", "c"]
    for name, value in arrays.items():
        found = again.array(f"a/b/{name}")
        np.testing.assert_array_equal(found, value)
        assert found.shape == np.shape(value)
    assert again.group("a").text("name") == "Größe"
    assert again.group("a").text("long") == "x" * 200_000
    assert again.group("a").texts("none") == []
    assert again.group("c").texts("names") == names
    assert "a/x" not in again
    assert "a/b/scalar/deeper" not in again
