"""Models that TensorFlow.js 4.22 saved, wherever there is no TensorFlow.js: on every backend.

made_by_tfjs.json has some of what `tfjs_oracle.cjs make` makes; test_tfjs_oracle.py makes all anew.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gossamer.saving.formats import ModelFile, ReadOptions
from gossamer.saving.tfjs.reading import read_model
from tests.saving.tfjs_models import called

MADE = json.loads(Path(__file__).with_name("made_by_tfjs.json").read_text(encoding="utf-8"))
TOLERANCES = {"numpy": 1e-4, "webgl": 1e-3}


def decoded(value: dict[str, Any]) -> np.ndarray:
    dtype = np.dtype(value["dtype"]).newbyteorder("<")
    return np.frombuffer(base64.b64decode(value["data"]), dtype).reshape(value["shape"])


@pytest.mark.parametrize("name", MADE)
def test_predictions_are_those_of_tensorflow_js(
    name: str, backend: str, record_property: Any
) -> None:
    saved = MADE[name]
    shard = base64.b64decode(saved["shard"])
    text = json.dumps(saved["text"]).encode()
    file = ModelFile("model.json", memoryview(text), {"shard.bin": memoryview(shard)})
    model = read_model(file, ReadOptions())
    outputs = called(model, [decoded(value) for value in saved["inputs"]])
    for value, expected in zip(outputs, saved["outputs"], strict=True):
        np.testing.assert_allclose(value, decoded(expected), atol=TOLERANCES[backend])
    record_property("stored tfjs models read", 1)
