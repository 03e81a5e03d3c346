"""TensorFlow.js in Node as the oracle: what it saves is read, what is written it loads."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gossamer.saving.formats import ReadOptions
from gossamer.saving.tfjs import save_tfjs
from gossamer.saving.tfjs.reading import read_model
from tests.saving import tfjs_models

pytestmark = pytest.mark.cpython_only

MADE_THERE = """
dense | activations | advanced activations | conv1d | conv2d | conv2d, channels first | conv3d |
depthwise and separable | transposed | transposed, 3d | pooling | normalization | embedding |
masked | lstm | gru | simple rnn | cells | one cell | bidirectional | time distributed | conv lstm |
merges | reshaping | images | noise | two inputs and outputs | shared layer | nested models |
nested in a row | initial state | MobileNetV1, alpha 0.25
"""
NAMES = [name.strip() for name in MADE_THERE.replace("\n", " ").split("|")]
TOLERANCE = 1e-4


@pytest.fixture(scope="module")
def saved_there(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What TensorFlow.js saved and predicted, by the names of models."""
    from tests.saving import tfjs_oracle

    return tfjs_oracle.made(cache, tmp_path_factory.mktemp("tfjs"))


@pytest.fixture(scope="module")
def loaded_there(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What TensorFlow.js predicts of models written here, by their names."""
    from tests.saving import tfjs_oracle

    jobs = {}
    for name in tfjs_models.MODELS:
        model, inputs = tfjs_models.made(name)
        jobs[name] = (save_tfjs(model, shard_size=10_000), inputs)
    return tfjs_oracle.loaded(cache, tmp_path_factory.mktemp("tfjs"), jobs)


def test_every_model_that_it_makes_is_among_the_cases(saved_there: dict[str, Any]) -> None:
    assert sorted(saved_there) == sorted([*NAMES, "compiled"])


@pytest.mark.parametrize("name", NAMES)
def test_what_tensorflow_js_saves_is_read(
    name: str, saved_there: dict[str, Any], record_property: Any
) -> None:
    from tests.saving import tfjs_oracle

    saved = saved_there[name]
    file = tfjs_oracle.file_of(saved)
    start = time.perf_counter()
    model = read_model(file, ReadOptions())
    seconds = time.perf_counter() - start
    inputs = [tfjs_oracle.decoded(value) for value in saved["inputs"]]
    outputs = [tfjs_oracle.decoded(value) for value in saved["outputs"]]
    largest = tfjs_oracle.difference(tfjs_models.called(model, inputs), outputs)
    assert largest < TOLERANCE
    record_property("tfjs models read", 1)
    record_property("tfjs row", ("TensorFlow.js", "read", name, largest, seconds))


@pytest.mark.parametrize("name", tfjs_models.MODELS)
def test_what_is_written_tensorflow_js_loads(
    name: str, loaded_there: dict[str, Any], record_property: Any
) -> None:
    from tests.saving import tfjs_oracle

    result = loaded_there[name]
    assert "error" not in result, result["error"]
    assert result["version"] == "4.22.0"
    model, inputs = tfjs_models.made(name)
    start = time.perf_counter()
    save_tfjs(model)
    seconds = time.perf_counter() - start
    outputs = [tfjs_oracle.decoded(value) for value in result["outputs"]]
    largest = tfjs_oracle.difference(tfjs_models.called(model, inputs), outputs)
    assert largest < TOLERANCE
    record_property("tfjs models written", 1)
    record_property("tfjs row", ("TensorFlow.js", "write", name, largest, seconds))


@pytest.mark.parametrize("name", tfjs_models.MODELS)
def test_weights_leave_units_at_work(name: str) -> None:
    """Predictions that are all alike would agree with any reader's."""
    model, inputs = tfjs_models.made(name)
    outputs = tfjs_models.called(model, inputs)
    assert any(np.std(y) > 1e-3 for y in outputs)
