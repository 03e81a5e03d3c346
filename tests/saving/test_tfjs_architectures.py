"""Keras's architectures in TensorFlow.js: written here, loaded there, or refused by name."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gossamer as gs
from gossamer.saving.tfjs import FORMAT, save_tfjs
from tests.saving.networks import LARGE, inputs, made

pytestmark = pytest.mark.cpython_only

# What TensorFlow.js has no layer or activation for, and what it says of it.
REFUSED = {
    "ConvNeXtTiny": "groups",
    "InceptionResNetV2": "CustomScaleLayer",
    "MobileNetV3Small": "hard_silu",
}


@pytest.mark.parametrize("name", [name for name in LARGE if name not in REFUSED])
def test_written(name: str, cache: Path, tmp_path: Path, record_property: Any) -> None:
    from tests.saving import tfjs_oracle

    model = made(gs, name)
    begun = time.perf_counter()
    files = save_tfjs(model)
    seconds = time.perf_counter() - begun
    answer = tfjs_oracle.loaded(cache, tmp_path, {name: (files, [inputs(name)])})[name]
    (found,) = [tfjs_oracle.decoded(value) for value in answer["outputs"]]
    right = model.predict(inputs(name), verbose=0)
    difference = float(np.abs(found - right).max() / np.abs(right).max())
    assert difference < 1e-4
    row = ["model.json", "to TensorFlow.js", name, difference, f"{seconds:.2f} s"]
    record_property("models read and written", row)
    assert FORMAT.read_model is not None
    again = FORMAT.read_model(tfjs_oracle.file_with(files), gs.saving.formats.ReadOptions())
    # Normalization becomes Rescaling, whose numbers are in its configuration.
    kept = [one for one in model.layers if type(one).__name__ != "Normalization"]
    own = [value for one in kept for value in one.get_weights()]
    for one, other in zip(again.get_weights(), own, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    with pytest.raises(NotImplementedError, match=REFUSED[name]):
        save_tfjs(made(gs, name))
