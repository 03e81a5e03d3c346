"""TensorFlow.js layers models, without TensorFlow.js: written and read again, broken, refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gossamer as gs
from gossamer.saving.formats import ModelFile, ModelFileError, ReadOptions
from gossamer.saving.tfjs import FORMAT, manifest, save_tfjs, shards
from gossamer.saving.tfjs.reading import names_beside, read_model, read_weights, recognises
from tests.saving import tfjs_models
from tests.saving.mutations import MUTATIONS, mutations

L = gs.layers
NAME = "model.json"
SOME = [
    "dense", "conv2d", "normalization", "masked", "lstm", "bidirectional", "cells", "nested models",
    "shared layer", "initial state", "two inputs and outputs", "MobileNetV1, alpha 0.25",
]  # fmt: skip


class OwnConstraint(gs.constraints.Constraint):
    """One that nobody else has."""


def file_of(files: dict[str, bytes], name: str = NAME) -> ModelFile:
    beside = {path: memoryview(data) for path, data in files.items() if path != name}
    return ModelFile(name, memoryview(files[name]), beside)


def changed(files: dict[str, bytes], change: Callable[[Any], Any]) -> ModelFile:
    """The file of a model whose text is changed."""
    text = json.loads(files[NAME])
    change(text)
    return file_of({**files, NAME: json.dumps(text).encode()})


def small() -> Any:
    return gs.Sequential([gs.Input((3,)), L.Dense(4, name="one"), L.Dense(2, name="two")])


@pytest.mark.parametrize("name", SOME)
def test_what_is_written_is_read(name: str) -> None:
    model, inputs = tfjs_models.made(name)
    files = save_tfjs(model, shard_size=999)
    file = file_of(files)
    assert recognises(file)
    assert sorted(names_beside(file)) == sorted(set(files) - {NAME})
    assert max(map(len, file.beside.values())) <= 999
    again = read_model(file, ReadOptions())
    for one, other in zip(
        tfjs_models.called(model, inputs), tfjs_models.called(again, inputs), strict=True
    ):
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_a_model_s_own_name_is_in_the_names_of_its_shards() -> None:
    files = save_tfjs(small(), "mine-model.json")
    assert sorted(files) == ["mine-group1-shard1of1.bin", "mine-model.json"]
    assert read_model(file_of(files, "mine-model.json"), ReadOptions()).count_params() == 26
    assert sorted(FORMAT.write_model(small(), NAME, True)) == [  # type: ignore[misc]
        "group1-shard1of1.bin", NAME,
    ]  # fmt: skip


@pytest.mark.parametrize(("kind", "steps"), [("uint8", 255), ("uint16", 65535)])
def test_quantized_weights_are_within_half_a_step(kind: str, steps: int) -> None:
    random = np.random.default_rng(1)
    values = [("a", random.normal(size=(5, 4))), ("b", np.full(3, 7.0)), ("c", np.zeros((0, 2))),
              ("d", np.abs(random.normal(size=9)) + 3), ("e", np.arange(3))]  # fmt: skip
    values = [(k, v.astype("float32") if v.dtype == float else v) for k, v in values]
    values[0][1][2, 2] = 0.0
    groups, files = shards.packed(values, kind, 7, "")
    read, _ = manifest.weights(groups, {k: memoryview(v) for k, v in files.items()}, NAME)
    for name, value in values:
        assert read[name].shape == value.shape
        bound = np.ptp(value) / steps * 0.51 + 1e-6 if value.size else 0
        np.testing.assert_allclose(read[name], value, atol=bound)
    assert read["a"][2, 2] == 0.0
    assert read["e"].dtype == "int32"


def test_halves_of_floats_are_read() -> None:
    value = np.float32([1e6, 0.1, -2.0])
    groups, files = shards.packed([("a", value)], "float16", 1 << 20, "")
    read, _ = manifest.weights(groups, {k: memoryview(v) for k, v in files.items()}, NAME)
    np.testing.assert_array_equal(read["a"], np.float32([65504, np.float16(0.1), -2]))
    assert read["a"].dtype == "float32"


def test_weights_are_views_unless_they_lie_in_several_shards() -> None:
    values = [("a", np.arange(100, dtype="float32")), ("b", np.ones(50, "float32"))]
    groups, files = shards.packed(values, None, 500, "")
    views = {k: memoryview(v) for k, v in files.items()}
    read, _ = manifest.weights(groups, views, NAME)
    whole = np.frombuffer(views[groups[0]["paths"][0]], "u1")
    assert np.shares_memory(read["a"], whole)
    np.testing.assert_array_equal(read["b"], np.ones(50))


def test_other_forms_of_names_are_matched() -> None:
    """Of converters of several versions: with names of cells, numbers, and `:0`."""
    model = tfjs_models.row(L.LSTM(3, name="rnn"), L.Dense(2, name="out"), shape=(4, 2))
    files = save_tfjs(model)
    names = {
        "rnn/kernel": "rnn/lstm_cell_4/kernel:0", "rnn/recurrent_kernel":
        "rnn/lstm_cell_4/recurrent_kernel:0", "rnn/bias": "rnn/lstm_cell_4/bias:0",
        "out/kernel": "out/0", "out/bias": "out/1",
    }  # fmt: skip

    def rename(text: Any) -> None:
        for line in text["weightsManifest"][0]["weights"]:
            line["name"] = names[line["name"]]

    again = read_model(changed(files, rename), ReadOptions())
    for one, other in zip(model.weights, again.weights, strict=True):
        np.testing.assert_array_equal(one.numpy(), other.numpy())


def test_weights_alone_go_by_the_names_of_layers() -> None:
    one, other = small(), small()
    files = save_tfjs(one)
    read_weights(file_of(files), other, ReadOptions())
    np.testing.assert_array_equal(one.weights[2].numpy(), other.weights[2].numpy())
    third = gs.Sequential([gs.Input((3,)), L.Dense(5, name="one"), L.Dense(2, name="three")])
    before = [v.numpy() for v in third.weights]
    with pytest.raises(ModelFileError, match="without three_kernel, three_bias and with two/"):
        read_weights(file_of(files), third, ReadOptions())
    third = gs.Sequential([gs.Input((3,)), L.Dense(5, name="one"), L.Dense(2, name="two")])
    before = [v.numpy() for v in third.weights]
    with pytest.raises(ModelFileError, match="Expected the shape"):
        read_weights(file_of(files), third, ReadOptions())
    for variable, value in zip(third.weights, before, strict=True):
        np.testing.assert_array_equal(variable.numpy(), value)
    with pytest.warns(UserWarning, match="left out"):
        read_weights(file_of(files), third, ReadOptions(skip_mismatch=True))
    np.testing.assert_array_equal(third.weights[3].numpy(), one.weights[3].numpy())


def test_how_a_model_is_trained_goes_with_it() -> None:
    model = small()
    model.compile(gs.optimizers.RMSprop(0.02, momentum=0.5), "mse", metrics=["mae"])
    again = read_model(file_of(save_tfjs(model)), ReadOptions())
    assert float(again.optimizer.learning_rate) == pytest.approx(0.02)
    x, y = np.ones((4, 3), "float32"), np.ones((4, 2), "float32")
    np.testing.assert_allclose(again.evaluate(x, y, verbose=0), model.evaluate(x, y, verbose=0))
    apart = read_model(file_of(save_tfjs(model)), ReadOptions(compile=False))
    assert not apart.compiled
    assert "trainingConfig" not in json.loads(save_tfjs(model, include_optimizer=False)[NAME])


KERAS_2_TRAINING = {
    "loss": {"class_name": "CategoricalCrossentropy", "config": {
        "reduction": "auto", "name": "categorical_crossentropy", "from_logits": True}},
    "metrics": [[{"class_name": "MeanMetricWrapper", "config": {
        "name": "accuracy", "dtype": "float32", "fn": "categorical_accuracy"}}]],
    "weighted_metrics": None, "loss_weights": None,
    "optimizer_config": {"class_name": "RMSprop", "config": {
        "name": "RMSprop", "learning_rate": 0.0005, "decay": 0.0, "rho": 0.8, "momentum": 0.0,
        "epsilon": 1e-07, "centered": False}},
}  # fmt: skip


def test_what_its_converter_makes_of_keras_2_is_read() -> None:
    model = small()

    def as_converted(text: Any) -> None:
        config = text.pop("modelTopology")
        text["modelTopology"] = {
            "keras_version": "2.8.0", "backend": "tensorflow", "training_config": KERAS_2_TRAINING,
            "model_config": {"class_name": config["class_name"], "config": config["config"]},
        }  # fmt: skip
        for layer in config["config"]["layers"]:
            layer["config"] |= {"dtype": {"class_name": "Policy", "config": {"name": "float32"}}}

    again = read_model(changed(save_tfjs(model), as_converted), ReadOptions())
    np.testing.assert_array_equal(again.weights[2].numpy(), model.weights[2].numpy())
    optimizer = again.optimizer
    assert (type(optimizer), optimizer.rho) == (gs.optimizers.RMSprop, 0.8)
    assert float(optimizer.learning_rate) == pytest.approx(0.0005)
    assert again.loss.from_logits
    found = again.evaluate(np.ones((4, 3)), np.eye(2)[[0, 1, 1, 0]], verbose=0, return_dict=True)
    assert sorted(found) == ["accuracy", "loss"]


@pytest.mark.parametrize(
    "arguments",
    [
        lambda: ("adam", gs.losses.Huber()),
        lambda: ("lion", "mse"),
        # An optimizer made at import would keep its variables through the tests of context loss.
        lambda: (gs.optimizers.SGD(gs.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)), "mse"),
        lambda: ("adam", gs.losses.BinaryCrossentropy(from_logits=True)),
    ],
)
def test_what_tensorflow_js_cannot_train_is_left_out_with_a_warning(arguments: Any) -> None:
    model = small()
    model.compile(*arguments())
    with pytest.warns(UserWarning, match="was left out"):
        files = save_tfjs(model)
    assert "trainingConfig" not in json.loads(files[NAME])


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        (lambda: L.Subtract(), "No layer of TensorFlow.js"),
        (lambda: L.GRU(2), "reset_after=False"),
        (lambda: L.Conv1D(4, 1, groups=2), "groups"),
        (lambda: L.Conv1D(4, 2, padding="causal"), "padding='valid' only"),
        (lambda: L.Dense(2, activation="hard_sigmoid"), "another hard_sigmoid"),
        (lambda: L.Dense(2, activation="leaky_relu"), "no such activation"),
        (lambda: L.Dense(2, kernel_regularizer=gs.regularizers.OrthogonalRegularizer()),
         "no such regularizer"),
        (lambda: L.BatchNormalization(axis=1), "last axis only"),
        (lambda: L.DepthwiseConv1D(2), "No layer of TensorFlow.js"),
        (lambda: L.Normalization(1, mean=np.ones(6), variance=np.ones(6)), "last axis only"),
        (lambda: L.ELU(0.5), "alpha=1.0 only"),
        (lambda: L.GroupNormalization(2), "No layer of TensorFlow.js"),
        (lambda: L.ReLU(negative_slope=0.1), "negative_slope"),
        (lambda: L.ReLU(threshold=0.1, max_value=1.0), "a threshold and a slope or a maximum"),
        (lambda: L.Dense(2, kernel_constraint=OwnConstraint()), "no such constraint"),
        (lambda: L.Lambda(lambda x: x), "No layer of TensorFlow.js"),
    ],
)  # fmt: skip
def test_layers_that_it_does_not_have_are_refused(layer: Any, said: str) -> None:
    made = layer()
    x = gs.Input((6, 4))
    y = made([x, x]) if isinstance(made, L.Subtract) else made(x)
    with pytest.raises(NotImplementedError, match=said):
        save_tfjs(gs.Model(x, y))


def test_models_that_it_cannot_make_again_are_refused() -> None:
    class Own(gs.Model):
        def call(self, x: Any) -> Any:
            return x

    with pytest.raises(ValueError, match="a class of its own"):
        save_tfjs(Own())
    with pytest.raises(ValueError, match="input is known"):
        save_tfjs(gs.Sequential([L.Dense(2)]))
    x = gs.Input((3,))
    with pytest.raises(NotImplementedError, match="symbolic tensors"):
        save_tfjs(gs.Model(x, gs.ops.add(x, 3.0)))
    with pytest.raises(NotImplementedError, match="no layer for this op"):
        save_tfjs(gs.Model(x, gs.ops.mean(x, axis=1)))
    with pytest.raises(ValueError, match=r"model\.json"):
        save_tfjs(small(), "model.bin")
    with pytest.raises(ValueError, match="quantization='int4'"):
        save_tfjs(small(), quantization="int4")
    with pytest.raises(ValueError, match="shard_size=0"):
        save_tfjs(small(), shard_size=0)


def test_what_it_computes_otherwise_is_neither_written_nor_read_in_silence() -> None:
    x = gs.Input((6,))
    masked = L.Embedding(9, 4, mask_zero=True)(x)
    y = L.Bidirectional(L.LSTM(3, return_sequences=True))(masked)
    with pytest.raises(NotImplementedError, match="Keras has zeros"):
        save_tfjs(gs.Model(x, y))
    images = gs.Sequential([gs.Input((4, 4, 2)), L.UpSampling2D(2)])

    def made_there(text: Any) -> None:
        text["modelTopology"]["keras_version"] = "tfjs-layers 4.22.0"
        text["modelTopology"]["config"]["layers"][1]["config"]["interpolation"] = "bilinear"

    file = changed(save_tfjs(images), made_there)
    with pytest.warns(UserWarning, match="not TensorFlow.js, which made it: .* corners of pixels"):
        read_model(file, ReadOptions())


def line(text: Any) -> dict[str, Any]:
    return text["weightsManifest"][0]["weights"][0]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: t.update(format="graph-model"), "a graph model"),
        (lambda t: t.update(modelTopology={"node": []}), "a graph model"),
        (lambda t: t.pop("modelTopology"), "weights alone"),
        (lambda t: t.update(modelTopology=[]), "Expected a topology"),
        (lambda t: t["modelTopology"].pop("config"), "class_name and config"),
        (lambda t: t.update(weightsManifest={}), "Expected a weight for each"),
        (lambda t: t.update(weightsManifest=[{}]), "groups of paths"),
        (lambda t: t["weightsManifest"][0].update(paths=["../x"]), "paths of shards beside"),
        (lambda t: t["weightsManifest"][0].update(paths=["/x"]), "paths of shards beside"),
        (lambda t: t["weightsManifest"][0].update(paths=["a://x"]), "paths of shards beside"),
        (lambda t: t["weightsManifest"][0].update(paths=["y"]), "names beside it"),
        (lambda t: t["weightsManifest"][0]["weights"].pop(), "Expected 96 bytes"),
        (lambda t: line(t).update(name="one/bias"), "'one/bias' twice"),
        (lambda t: line(t).update(name="one/colour"), "with one/colour"),
        (lambda t: line(t).update(dtype="string"), "texts"),
        (lambda t: line(t).update(dtype="float8"), "one of the dtypes"),
        (lambda t: line(t).update(shape=[4, 3]), "Expected the shape"),
        (lambda t: line(t).update(shape=[1 << 40, 1 << 40]), "bytes in"),
        (lambda t: line(t).update(shape=[-3, -4]), "sizes"),
        (lambda t: line(t).update(shape=[1] * 40), "at most 32"),
        (lambda t: line(t).update(group="other"), "group='other'"),
        (lambda t: line(t).update(quantization={"dtype": "int4"}), "quantized"),
        (lambda t: line(t).update(quantization={"dtype": "uint8", "scale": None, "min": 0}),
         "scale and min"),
    ],
)  # fmt: skip
def test_broken_files_are_refused(change: Any, said: str) -> None:
    with pytest.raises(ModelFileError, match=said):
        read_model(changed(save_tfjs(small()), change), ReadOptions())


def test_files_of_other_forms_are_not_recognised() -> None:
    for data in (b"", b"[]", b"{}", b"PK\x03\x04", b'{"class_name": "Sequential"}'):
        assert not recognises(ModelFile("x", memoryview(data)))
    with pytest.raises(ModelFileError, match="JSON"):
        read_model(ModelFile(NAME, memoryview(b"{")), ReadOptions())


@pytest.mark.filterwarnings("ignore:The file has arguments")  # whose names were changed
def test_every_mutation_is_read_or_refused(record_property: Any) -> None:
    """Of the text as of the shard; what is refused says so in a sentence."""
    files = save_tfjs(small())
    shard = next(path for path in files if path != NAME)
    refused = 0
    for path, seed in ((NAME, 7), (shard, 8)):
        for data in mutations(files[path], seed):
            file = file_of({**files, path: data})
            try:
                read_model(file, ReadOptions())
            except (ModelFileError, ValueError, TypeError, NotImplementedError):
                refused += 1
    assert refused > MUTATIONS // 2
    record_property("mutated tfjs files refused", refused)
