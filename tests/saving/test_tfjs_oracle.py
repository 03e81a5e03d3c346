"""TensorFlow.js in Node as the oracle: what it saves is read, what is written it loads."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gossamer as gs
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
    assert sorted(saved_there) == sorted(
        [*NAMES, *(f"trained by {one}" for one in (*TRAINED, *OTHERWISE))]
    )


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
    row = ["model.json", "from TensorFlow.js", name, largest, f"{seconds:.2f} s"]
    record_property("models read and written", row)


TRAINED = ["SGD", "Adam", "RMSprop", "Adagrad"]
OTHERWISE = ["Momentum", "Adadelta"]  # computed in another way there


@pytest.mark.parametrize("name", TRAINED)
def test_training_goes_on_where_it_stopped_there(
    name: str, saved_there: dict[str, Any], record_property: Any
) -> None:
    from tests.saving import tfjs_oracle

    saved = saved_there[f"trained by {name}"]
    model = read_model(tfjs_oracle.file_of(saved), ReadOptions())
    assert (type(model.optimizer).__name__, int(model.optimizer.iterations)) == (name, 2)
    before = [v.numpy() for v in model.weights]
    model.train_on_batch(np.ones((4, 3), "float32"), np.ones((4, 1), "float32"))
    weights = [tfjs_oracle.decoded(value) for value in saved["outputs"]]
    assert tfjs_oracle.difference([v.numpy() for v in model.weights], weights) < 1e-6
    assert tfjs_oracle.difference(before, weights) > 1e-4
    record_property("tfjs optimizers that go on", 1)


@pytest.mark.parametrize("name", OTHERWISE)
def test_optimizers_of_its_own_begin_anew_with_a_warning(
    name: str, saved_there: dict[str, Any]
) -> None:
    from tests.saving import tfjs_oracle

    file = tfjs_oracle.file_of(saved_there[f"trained by {name}"])
    with pytest.warns(UserWarning, match="begins anew"):
        model = read_model(file, ReadOptions())
    assert int(model.optimizer.iterations) == 0
    assert getattr(read_model(file, ReadOptions(compile=False)), "optimizer", None) is None


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
    row = ["model.json", "to TensorFlow.js", name, largest, f"{seconds:.2f} s"]
    record_property("models read and written", row)


def test_quantized_weights_are_those_that_it_dequantizes(
    cache: Path, tmp_path: Path, record_property: Any
) -> None:
    from tests.saving import tfjs_oracle

    model, inputs = tfjs_models.made("conv2d")
    kinds = ("uint8", "uint16", "float16")
    files = {kind: save_tfjs(model, quantization=kind) for kind in kinds}
    there = tfjs_oracle.loaded(cache, tmp_path, {k: (files[k], inputs) for k in kinds})
    for kind, bound in zip(kinds, (0.2, 1e-3, 1e-2), strict=True):
        outputs = [tfjs_oracle.decoded(value) for value in there[kind]["outputs"]]
        here = read_model(tfjs_oracle.file_with(files[kind]), ReadOptions())
        assert tfjs_oracle.difference(tfjs_models.called(here, inputs), outputs) < TOLERANCE
        assert 0 < tfjs_oracle.difference(tfjs_models.called(model, inputs), outputs) < bound
        record_property("tfjs quantizations compared", 1)


OPTIMIZERS: dict[str, tuple[Any, str, dict[str, Any]]] = {
    "SGD": (lambda o: o.SGD(0.5), "SGD", {"learningRate": 0.5}),
    "Momentum": (lambda o: o.SGD(0.5, 0.9, nesterov=True), "Momentum",
                 {"learningRate": 0.5, "momentum": 0.9, "useNesterov": True}),
    "Adam": (lambda o: o.Adam(0.01, 0.8), "Adam",
             {"learningRate": 0.01, "beta1": 0.8, "beta2": 0.999, "epsilon": 1e-7}),
    "Adamax": (lambda o: o.Adamax(0.01), "Adamax", {"learningRate": 0.01, "beta1": 0.9}),
    "RMSprop": (lambda o: o.RMSprop(0.01, 0.8, 0.5, centered=True), "RMSProp",
                {"learningRate": 0.01, "decay": 0.8, "momentum": 0.5, "centered": True}),
    "Adagrad": (lambda o: o.Adagrad(0.01, 0.2), "Adagrad",
                {"learningRate": 0.01, "initialAccumulatorValue": 0.2}),
    "Adadelta": (lambda o: o.Adadelta(0.5, 0.9), "Adadelta", {"learningRate": 0.5, "rho": 0.9}),
}  # fmt: skip


def test_models_are_compiled_there_as_here(
    cache: Path, tmp_path: Path, record_property: Any
) -> None:
    from tests.saving import tfjs_oracle

    jobs = {}
    for name, (make, _, _) in OPTIMIZERS.items():
        model, inputs = tfjs_models.made("dense")
        model.compile(make(gs.optimizers), "categorical_crossentropy", metrics=["accuracy"])
        jobs[name] = (save_tfjs(model), inputs)
        again = read_model(tfjs_oracle.file_with(jobs[name][0]), ReadOptions()).optimizer
        ours, theirs = model.optimizer.get_config(), again.get_config()
        kept = {key for key in ours if key not in ("name", "epsilon")}
        assert {key: theirs[key] for key in kept} == pytest.approx({k: ours[k] for k in kept})
    there = tfjs_oracle.loaded(cache, tmp_path, jobs)
    for name, (_, kind, config) in OPTIMIZERS.items():
        found = there[name]["optimizer"]
        assert (found["name"], found["loss"]) == (kind, "categoricalCrossentropy")
        assert found["metrics"] == ["accuracy"]
        assert {key: found["config"][key] for key in config} == pytest.approx(config)
        record_property("tfjs optimizers compared", 1)


@pytest.mark.parametrize("name", tfjs_models.MODELS)
def test_weights_leave_units_at_work(name: str) -> None:
    """Predictions that are all alike would agree with any reader's."""
    model, inputs = tfjs_models.made(name)
    outputs = tfjs_models.called(model, inputs)
    assert any(np.std(y) > 1e-3 for y in outputs)
