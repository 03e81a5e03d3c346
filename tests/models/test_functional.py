"""Functional and sequential models beside Keras's: layers, weights, outputs, configurations."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import gossamer as gs
from tests.models.builds import BUILDS


def data(model: Any, batch: int = 3) -> Any:
    generator = np.random.default_rng(0)
    return gs.tree.map_structure(
        lambda x: generator.normal(size=(batch, *x.shape[1:])).astype("float32"), model.input
    )


def weights(model: Any) -> list[np.ndarray]:
    generator = np.random.default_rng(1)
    return [generator.normal(size=tuple(w.shape)).astype("float32") for w in model.weights]


@pytest.fixture(scope="module")
def keras() -> Any:
    from tests.oracle import keras_library

    return keras_library.keras


def both(name: str, keras: Any) -> tuple[Any, Any]:
    keras.utils.clear_session(free_memory=False)
    gs.utils.clear_session(free_memory=False)
    return BUILDS[name](gs), BUILDS[name](keras)


def plain(config: Any) -> Any:
    return json.loads(json.dumps(config))


@pytest.mark.cpython_only
@pytest.mark.parametrize("name", BUILDS)
def test_as_keras(name: str, keras: Any, record_property: Any) -> None:
    own, theirs = both(name, keras)
    assert [layer.name for layer in own.layers] == [layer.name for layer in theirs.layers]
    assert [w.path for w in own.weights] == [w.path for w in theirs.weights]
    assert own.count_params() == theirs.count_params()
    assert own.input_shape == theirs.input_shape
    assert own.output_shape == theirs.output_shape
    values = weights(theirs)
    own.set_weights(values)
    theirs.set_weights(values)
    x = data(own)
    found, right = own(x), theirs(x)
    if isinstance(right, dict):
        assert set(found) == set(right)
    for one, other in zip(gs.tree.flatten(found), gs.tree.flatten(right), strict=True):
        np.testing.assert_allclose(one, other, 1e-5, 1e-5)
    record_property("models as Keras's", 1)


def comparable(config: Any) -> Any:
    """Without what means nothing: empty compile configurations, masks of None."""
    if isinstance(config, dict):
        return {
            key: comparable(value)
            for key, value in config.items()
            if not (key == "compile_config" and not value) and not (key == "mask" and value is None)
        }
    return [comparable(value) for value in config] if isinstance(config, list) else config


@pytest.mark.cpython_only
@pytest.mark.parametrize("name", BUILDS)
def test_configurations_both_ways(name: str, keras: Any, record_property: Any) -> None:
    own, theirs = both(name, keras)
    config = plain(gs.saving.serialize_keras_object(own))
    right = plain(keras.saving.serialize_keras_object(theirs))
    assert comparable(config) == comparable(right)
    again = gs.saving.deserialize_keras_object(right)
    assert comparable(plain(again.get_config())) == comparable(right["config"])
    there = keras.saving.deserialize_keras_object(config)
    values = weights(theirs)
    for model in (again, there, own):
        model.set_weights(values)
    x = data(own)
    for one, two, three in zip(*(gs.tree.flatten(m(x)) for m in (own, again, there)), strict=True):
        np.testing.assert_allclose(one, two, 1e-6, 1e-6)
        np.testing.assert_allclose(one, three, 1e-5, 1e-5)
    record_property("model configurations both ways", 1)


@pytest.mark.parametrize("name", BUILDS)
def test_jitted(name: str) -> None:
    model = BUILDS[name](gs)
    x = gs.tree.map_structure(gs.ops.convert_to_tensor, data(model))
    expected = gs.tree.flatten(model(x))
    found = gs.tree.flatten(gs.jit(model)(x))
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, 1e-5, 1e-5)


def test_nothing_waits_for_the_garbage_collector() -> None:
    import gc

    gc.collect()
    gc.disable()
    try:
        before = gs.memory()["tensors"]
        for name in BUILDS:
            model = BUILDS[name](gs)
            model(data(model))
            del model
        assert gs.memory()["tensors"] == before
    finally:
        gc.enable()


def test_intermediate_outputs() -> None:
    model = BUILDS["plain"](gs)
    features = gs.Model(model.input, model.layers[1].output)
    x = data(model)
    assert features(x).shape == (3, 3)
    head = gs.Model(model.layers[1].output, model.output)
    np.testing.assert_allclose(head(features(x)), model(x), 1e-6)


def test_bad_inputs() -> None:
    model = BUILDS["several"](gs)
    with pytest.raises(ValueError, match=r"2 inputs.*Received: 1"):
        model(np.ones((3, 4), "float32"))
    with pytest.raises(ValueError, match=r"shape \(None, 4\).*'a'.*Received: shape=\(3, 5\)"):
        model([np.ones((3, 5), "float32"), np.ones((3, 4), "float32")])
    with pytest.raises(ValueError, match="disconnected"):
        gs.Model(gs.Input((2,)), gs.Input((2,)) * 2.0)
    x = gs.Input((2,))
    with pytest.raises(ValueError, match="different names"):
        gs.Model(x, gs.layers.Dense(2, name="d")(gs.layers.Dense(2, name="d")(x)))
    with pytest.raises(ValueError, match="one of the layers"):
        model.get_layer("nothing")


class Block(gs.layers.Layer):
    """Layers made in `__init__`, built by the first call."""

    def __init__(self, units: int = 3, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units = units
        self.parts = [gs.layers.Dense(units) for _ in range(2)]

    def call(self, inputs: Any, training: bool = False) -> Any:
        for part in self.parts:
            inputs = part(inputs)
        return -inputs if training else inputs


class Subclassed(gs.Model):
    def __init__(self) -> None:
        super().__init__()
        self.block = Block(name="block")
        self.head = gs.layers.Dense(2, name="head")

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        return self.head(self.block(inputs))


def test_subclassed() -> None:
    gs.utils.clear_session()
    model = Subclassed()
    x = np.ones((2, 4), "float32")
    out = model(x)
    assert [w.shape for w in model.weights] == [(4, 3), (3,), (3, 3), (3,), (3, 2), (2,)]
    assert model.block.parts[0].weights[0].path == "subclassed/block/dense/kernel"
    # What is told to the outermost call is passed on.
    bias = model.head.bias.numpy()
    np.testing.assert_allclose(model(x, training=True) - bias, -(out - bias), 1e-5, 1e-6)
    x = gs.Input((4,))
    y = model(x)
    assert y.shape == (None, 2)
    assert gs.Model(x, y)(np.ones((2, 4), "float32")).shape == (2, 2)
    model.block.trainable = False
    assert [w.path.split("/")[-2] for w in model.trainable_weights] == ["head", "head"]


class Turned(gs.layers.Layer):
    def call(self, inputs: Any, training: bool = False) -> Any:
        return -inputs if training else inputs


def test_models_tell_layers_that_were_written_with_a_default() -> None:
    x = gs.Input((4,))
    model = gs.Model(x, Turned()(x))
    config = model.get_config()
    # As Keras writes it.
    assert config["layers"][1]["inbound_nodes"][0]["kwargs"] == {"training": False}
    again = gs.Model.from_config(config, custom_objects={"Turned": Turned})
    nested = gs.Sequential([gs.Input((4,)), again])
    values = np.ones((2, 4), "float32")
    for one in (model, again, nested):
        np.testing.assert_array_equal(one(values), values)
        np.testing.assert_array_equal(one(values, training=False), values)
        np.testing.assert_array_equal(one(values, training=True), -values)


def test_built_symbolically_weights_have_sizes_of_the_input() -> None:
    block = Block()
    assert block(gs.Input((5,))).shape == (None, 3)
    assert block.weights[0].shape == (5, 3)
    assert Block.from_config(block.get_config()).units == 3


def test_state_trees() -> None:
    gs.utils.clear_session()
    model = BUILDS["plain"](gs)
    tree = model.get_state_tree("numpy_array")
    kernel = tree["trainable_variables"]["dense"]["kernel"] + 1.0
    tree["trainable_variables"]["dense"]["kernel"] = kernel
    model.set_state_tree(tree)
    np.testing.assert_array_equal(model.get_layer("dense").kernel, kernel)
