"""Configurations of Keras 2 become Keras 3's, and make models."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gossamer as gs
from gossamer.saving import keras2
from gossamer.saving.formats import ModelFileError
from gossamer.serialization import deserialize_keras_object


def layer(class_name: str, name: str, *inbound: Any, **config: Any) -> dict[str, Any]:
    described = {"class_name": class_name, "name": name, "config": {"name": name, **config}}
    return {**described, "inbound_nodes": [*inbound]}


def functional(name: str, layers: list[Any], inputs: Any, outputs: Any) -> dict[str, Any]:
    ends = {"input_layers": inputs, "output_layers": outputs}
    return {"class_name": "Model", "config": {"name": name, "layers": layers, **ends}}


def made(config: dict[str, Any]) -> Any:
    return deserialize_keras_object(keras2.upgraded(config))


INPUT = {"batch_input_shape": [None, 4], "dtype": "float32", "sparse": False, "ragged": False}


@pytest.mark.parametrize(
    ("class_name", "config"),
    [
        ("DepthwiseConv2D", {"kernel_size": [3, 3], "groups": 1, "filters": None}),
        ("SeparableConv2D", {"filters": 2, "kernel_size": 3, "groups": 1, "kernel_initializer": {
            "class_name": "GlorotUniform", "config": {"seed": None, "dtype": "float32"}},
            "kernel_regularizer": None, "kernel_constraint": None}),
        ("Conv2DTranspose", {"filters": 2, "kernel_size": 3, "groups": 1}),
        ("LSTM", {"units": 2, "time_major": False, "implementation": 2}),
        ("BatchNormalization", {"axis": [3], "renorm": False, "virtual_batch_size": None}),
        ("MultiHeadAttention", {"num_heads": 1, "key_dim": 2, "query_shape": [None, 3, 4]}),
        ("LeakyReLU", {"alpha": {"type": "ndarray", "value": 0.25}}),
        ("Embedding", {"input_dim": 5, "output_dim": 2, "input_length": 3}),
        ("Dense", {"units": 2, "dtype": {"class_name": "Policy", "config": {"name": "float32"}}}),
        ("EinsumDense", {"equation": "ab,bc->ac", "output_shape": 2, "kernel_initializer": {
            "class_name": "GlorotUniform", "config": {"seed": None, "input_axes": [0],
            "output_axes": [1]}}}),
    ],
)  # fmt: skip
def test_what_keras_3_has_no_more_is_left_out(class_name: str, config: dict[str, Any]) -> None:
    result = made({"class_name": class_name, "config": {"name": "it", **config}})
    assert type(result).__name__ == class_name
    assert result.name == "it"


@pytest.mark.parametrize(
    ("class_name", "config", "said"),
    [
        ("DepthwiseConv2D", {"kernel_size": 3, "groups": 2}, "groups=2"),
        ("LSTM", {"units": 2, "time_major": True}, "time_major=True"),
        ("CuDNNGRU", {"units": 2}, "CuDNNGRU"),
    ],
)
def test_what_it_would_compute_otherwise_is_refused(
    class_name: str, config: dict[str, Any], said: str
) -> None:
    with pytest.raises(ModelFileError, match=said):
        keras2.upgraded({"class_name": class_name, "config": config})


def test_unknown_arguments_are_left_out_with_a_warning() -> None:
    with pytest.warns(UserWarning, match="colour"):
        made({"class_name": "Dense", "config": {"name": "d", "units": 2, "colour": "red"}})


def test_the_hard_sigmoid_is_that_of_keras_2() -> None:
    result = made({"class_name": "Activation", "config": {"activation": "hard_sigmoid"}})
    np.testing.assert_allclose(result(np.float32([-3, 1, 3])), [0, 0.7, 1], atol=1e-6)


def test_the_hard_sigmoid_of_keras_3_stays() -> None:
    config = gs.saving.serialize_keras_object(gs.layers.Dense(2, activation="hard_sigmoid"))
    assert made(config).activation is gs.activations.hard_sigmoid


def test_thresholded_relu_is_relu_with_a_threshold() -> None:
    result = made({"class_name": "ThresholdedReLU", "config": {"theta": 1.5}})
    np.testing.assert_allclose(result(np.float32([-1, 1, 2])), [0, 0, 2])


def test_a_sequential_model_s_first_shape_becomes_its_input() -> None:
    rows = [{"class_name": "LSTM", "config": {
        "name": "a/b", "units": 3, "stateful": True, "batch_input_shape": [2, 5, 4],
        "dtype": "float32"}}]  # fmt: skip
    for config in (rows, {"name": "row", "layers": rows}):
        model = made({"class_name": "Sequential", "config": config})
        assert model.input_shape == (2, 5, 4)
        assert model.layers[0].name == "a_b"


def test_calls_of_nested_models_are_counted_from_one() -> None:
    def inner(name: str) -> dict[str, Any]:
        return functional(
            name,
            [layer("InputLayer", "i", **INPUT), layer("Dense", "d", [["i", 0, 0, {}]], units=4)],
            [["i", 0, 0]],
            [["d", 0, 0]],
        )

    dense = {"class_name": "Dense", "config": {"units": 4, "batch_input_shape": [None, 4]}}
    row = {"class_name": "Sequential", "config": {"name": "row", "layers": [dense]}}
    layers = [
        layer("InputLayer", "x", **INPUT),
        {**inner("net"), "name": "net", "inbound_nodes": [
            [["x", 0, 0, {}]], [["net", 1, 0, {}]]]},
        {**row, "name": "row", "inbound_nodes": [[["net", 2, 0, {}]], [["net", 1, 0, {}]]]},
        layer("Add", "sum", [["row", 1, 0, {}], ["row", 2, 0, {}], ["net", 1, 0, {}]]),
    ]  # fmt: skip
    outputs = [["sum", 0, 0], ["net", 2, 0], ["row", 1, 0]]
    model = made(functional("outer", layers, [["x", 0, 0]], outputs))
    x = np.random.default_rng(1).normal(size=(3, 4)).astype("float32")
    net, row_layer = model.get_layer("net"), model.get_layer("row")
    once = net(x)
    twice = net(once)
    expected = [row_layer(twice) + row_layer(once) + once, twice, row_layer(twice)]
    for value, wanted in zip(model(x), expected, strict=True):
        np.testing.assert_allclose(value, wanted, atol=1e-6)


def test_tensors_behind_the_first_are_states_or_arguments() -> None:
    states = {"batch_input_shape": [None, 3], "dtype": "float32"}
    layers = [
        layer("InputLayer", "x", batch_input_shape=[None, 5, 4], dtype="float32"),
        layer("InputLayer", "h", **states),
        layer("GRU", "gru", [["x", 0, 0, {}], ["h", 0, 0, {}]], units=3, return_sequences=True),
        layer("MultiHeadAttention", "mha", [["gru", 0, 0, {"value": ["x", 0, 0]}]],
              num_heads=1, key_dim=2),
    ]  # fmt: skip
    model = made(functional("f", layers, [["x", 0, 0], ["h", 0, 0]], [["mha", 0, 0]]))
    x, h = np.ones((2, 5, 4), "float32"), np.ones((2, 3), "float32")
    assert model.get_layer("gru").reset_after is False
    sequence = model.get_layer("gru")(x, initial_state=[h])
    expected = model.get_layer("mha")(sequence, value=x)
    np.testing.assert_allclose(model([x, h]), expected, atol=1e-6)


def test_ops_of_tensorflow_are_keras_s() -> None:
    def op(function: str, name: str, *inbound: Any) -> dict[str, Any]:
        return layer("TFOpLambda", name, *inbound, function=function)

    layers = [
        layer("InputLayer", "x", **INPUT),
        op("__operators__.add", "plus", ["x", 0, 0, {"y": 3.0, "name": None}]),
        op("math.multiply", "times", ["plus", 0, 0, {"y": ["x", 0, 0]}]),
        op("math.reduce_mean", "mean", ["times", 0, 0, {"axis": [1], "keepdims": True}]),
    ]
    model = made(functional("f", layers, [["x", 0, 0]], [["mean", 0, 0]]))
    x = np.random.default_rng(2).normal(size=(3, 4)).astype("float32")
    np.testing.assert_allclose(model(x), ((x + 3) * x).mean(1, keepdims=True), atol=1e-5)
    with pytest.raises(ModelFileError, match=r"linalg\.svd"):
        keras2.upgraded(op("linalg.svd", "svd"))


def test_a_configuration_of_keras_3_stays_as_it_is() -> None:
    x = gs.Input((4,))
    model = gs.Model(x, gs.layers.Dense(2)(x))
    config = gs.saving.serialize_keras_object(model)
    again = deserialize_keras_object(keras2.upgraded(config))
    assert [one.name for one in again.layers] == [one.name for one in model.layers]


@pytest.mark.parametrize(
    "config",
    [
        {"class_name": "Sequential", "config": 3},
        {"class_name": "Sequential", "config": {"layers": [3]}},
        functional("f", [3], [], []),
        functional("f", [layer("Dense", "d", [["no", 0, 0, {}]], units=1)], [], []),
        functional("f", [layer("Dense", "d", 5, units=1)], [], []),
        functional("f", [layer("Dense", "d", [["d", 0, 0]], units=1)], [["e", 0, 0]], []),
    ],
)
def test_broken_configurations_are_refused(config: Any) -> None:
    with pytest.raises(ModelFileError, match="Received"):
        keras2.upgraded(config)
