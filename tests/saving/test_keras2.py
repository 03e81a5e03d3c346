"""Whole models that Keras 2 wrote into `.h5`, with what Keras 3 refuses: they open and predict.

Keras 2 itself needs TensorFlow, so that the files are made here, in the form that tf.keras 2.15
gave them; the same model of gossamer's says what they should predict.
"""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pytest

import gossamer as gs

pytestmark = pytest.mark.cpython_only


def file_of(config: Any, model: Any, training: Any = None, optimizer: Any = None) -> bytes:
    """A file of Keras 2: names end in `:0`, text is bytes, a layer's group has its own name."""
    import h5py

    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        file.attrs["model_config"] = json.dumps(config).encode()
        file.attrs["keras_version"] = b"2.15.0"
        file.attrs["backend"] = b"tensorflow"
        if training is not None:
            file.attrs["training_config"] = json.dumps(training).encode()
        root = file.create_group("model_weights")
        root.attrs["layer_names"] = [layer.name.encode() for layer in model.layers]
        for layer in model.layers:
            weights = layer.trainable_weights + layer.non_trainable_weights
            names = [f"{w.path}:0" for w in weights]
            group = root.create_group(layer.name)
            group.attrs["weight_names"] = [name.encode() for name in names]
            for name, weight in zip(names, weights, strict=True):
                group.create_dataset(name, data=weight.numpy())
        if optimizer is not None:
            group = file.create_group("optimizer_weights")
            group.attrs["weight_names"] = [name.encode() for name in optimizer]
            for name, value in optimizer.items():
                group.create_dataset(name, data=value)
    return stream.getvalue()


def old(name: str, layer: str, nodes: Any, **config: Any) -> dict[str, Any]:
    """A layer of a functional model."""
    inner = {"name": name, "trainable": True, "dtype": "float32", **config}
    return {"class_name": layer, "config": inner, "name": name, "inbound_nodes": nodes}


def initializer(name: str) -> dict[str, Any]:
    return {"class_name": name, "config": {} if name in ("Zeros", "Ones") else {"seed": None}}


CONVOLUTION = {
    "strides": [1, 1], "padding": "same", "data_format": "channels_last", "dilation_rate": [1, 1],
    "groups": 1, "activation": "linear", "use_bias": False,
    "bias_initializer": initializer("Zeros"), "kernel_regularizer": None,
    "bias_regularizer": None, "activity_regularizer": None,
    "kernel_constraint": None, "bias_constraint": None,
}  # fmt: skip
DEPTHWISE = {
    **CONVOLUTION, "kernel_size": [3, 3], "depth_multiplier": 1,
    "depthwise_initializer": initializer("GlorotUniform"), "depthwise_regularizer": None,
    "depthwise_constraint": None,
}  # fmt: skip
NORMALIZATION = {
    "axis": [3], "momentum": 0.99, "epsilon": 0.001, "center": True, "scale": True,
    "beta_initializer": initializer("Zeros"), "gamma_initializer": initializer("Ones"),
    "moving_mean_initializer": initializer("Zeros"), "beta_regularizer": None,
    "moving_variance_initializer": initializer("Ones"), "gamma_regularizer": None,
    "beta_constraint": None, "gamma_constraint": None,
}  # fmt: skip


def randomized(model: Any) -> Any:
    generator = np.random.default_rng(0)
    model.set_weights([
        np.abs(0.5 * generator.normal(size=w.shape)).astype("float32") for w in model.weights
    ])  # fmt: skip
    return model


def assert_same(data: bytes, model: Any, *inputs: np.ndarray) -> Any:
    again = gs.saving.load_model(data)
    given = list(inputs) if len(inputs) > 1 else inputs[0]
    for one, other in zip(
        gs.tree.flatten(again.predict(given, verbose=0)),
        gs.tree.flatten(model.predict(given, verbose=0)),
        strict=True,
    ):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)
    return again


def test_depthwise_convolutions_with_groups() -> None:
    """Every MobileNet has them."""
    gs.utils.clear_session(free_memory=False)
    x = inputs = gs.Input((6, 6, 3), name="input_1")
    x = gs.layers.DepthwiseConv2D(3, padding="same", use_bias=False, name="dw")(x)
    x = gs.layers.BatchNormalization(name="bn")(x)
    x = gs.layers.ReLU(6.0, name="relu")(x)
    x = gs.layers.SeparableConv2D(4, 3, padding="same", use_bias=False, name="sep")(x)
    model = randomized(gs.Model(inputs, gs.layers.GlobalAveragePooling2D(name="pool")(x)))
    separable = {
        **DEPTHWISE, "filters": 4, "kernel_initializer": initializer("GlorotUniform"),
        "pointwise_initializer": initializer("GlorotUniform"), "pointwise_regularizer": None,
        "pointwise_constraint": None,
    }  # fmt: skip
    config = {"class_name": "Functional", "config": {
        "name": "model", "trainable": True, "layers": [
            {"class_name": "InputLayer", "name": "input_1", "inbound_nodes": [], "config": {
                "batch_input_shape": [None, 6, 6, 3], "dtype": "float32", "sparse": False,
                "ragged": False, "name": "input_1"}},
            old("dw", "DepthwiseConv2D", [[["input_1", 0, 0, {}]]], **DEPTHWISE),
            old("bn", "BatchNormalization", [[["dw", 0, 0, {}]]], **NORMALIZATION),
            old("relu", "ReLU", [[["bn", 0, 0, {}]]], max_value=6.0, negative_slope=0.0,
                threshold=0.0),
            old("sep", "SeparableConv2D", [[["relu", 0, 0, {}]]], **separable),
            old("pool", "GlobalAveragePooling2D", [[["sep", 0, 0, {}]]],
                data_format="channels_last", keepdims=False),
        ], "input_layers": [["input_1", 0, 0]], "output_layers": [["pool", 0, 0]],
    }}  # fmt: skip
    x = np.random.default_rng(1).normal(size=(2, 6, 6, 3)).astype("float32")
    assert_same(file_of(config, model), model, x)


def test_recurrent_layers_with_time_major() -> None:
    gs.utils.clear_session(free_memory=False)
    model = randomized(gs.Sequential([
        gs.Input((5, 4)), gs.layers.Bidirectional(gs.layers.LSTM(3, return_sequences=True)),
        gs.layers.GRU(2), gs.layers.Dense(1),
    ]))  # fmt: skip
    common = {
        "return_state": False, "go_backwards": False, "stateful": False, "unroll": False,
        "time_major": False, "activation": "tanh", "recurrent_activation": "sigmoid",
        "use_bias": True, "kernel_initializer": initializer("GlorotUniform"),
        "recurrent_initializer": {
            "class_name": "Orthogonal", "config": {"gain": 1.0, "seed": None},
        },
        "bias_initializer": initializer("Zeros"), "kernel_regularizer": None,
        "recurrent_regularizer": None, "bias_regularizer": None, "activity_regularizer": None,
        "kernel_constraint": None, "recurrent_constraint": None, "bias_constraint": None,
        "dropout": 0.0, "recurrent_dropout": 0.0, "implementation": 2,
    }  # fmt: skip
    lstm = {"class_name": "LSTM", "config": {
        "name": "lstm", "trainable": True, "dtype": "float32", "return_sequences": True, "units": 3,
        "unit_forget_bias": True, **common}}  # fmt: skip
    dense = {
        "units": 1, "activation": "linear", "use_bias": True,
        "kernel_initializer": initializer("GlorotUniform"),
        "bias_initializer": initializer("Zeros"), "kernel_regularizer": None,
        "bias_regularizer": None, "activity_regularizer": None,
        "kernel_constraint": None, "bias_constraint": None,
    }  # fmt: skip
    layers = [
        {"class_name": "InputLayer", "config": {
            "batch_input_shape": [None, 5, 4], "dtype": "float32", "sparse": False, "ragged": False,
            "name": "bidirectional_input"}},
        {"class_name": "Bidirectional", "config": {
            "name": "bidirectional", "trainable": True, "batch_input_shape": [None, 5, 4],
            "dtype": "float32", "layer": lstm, "merge_mode": "concat"}},
        {"class_name": "GRU", "config": {
            "name": "gru", "trainable": True, "dtype": "float32", "return_sequences": False,
            "units": 2, "reset_after": True, **common}},
        {"class_name": "Dense", "config": {"name": "dense", "trainable": True, **dense}},
    ]  # fmt: skip
    training = {
        "loss": "mse", "metrics": [[{"class_name": "MeanMetricWrapper", "config": {
            "name": "mae", "dtype": "float32", "fn": "mean_absolute_error"}}]],
        "weighted_metrics": None, "loss_weights": None,
        "optimizer_config": {"class_name": "Adam", "config": {
            "name": "Adam", "learning_rate": 0.01, "decay": 0.0, "beta_1": 0.9, "beta_2": 0.999,
            "epsilon": 1e-7, "amsgrad": False, "is_legacy_optimizer": True}},
    }  # fmt: skip
    # Older optimizers: the number of steps, then all first slots, then all second ones.
    slots = {"Adam/iter:0": np.int64(7)}
    for kind, factor in (("m", 1.0), ("v", 2.0)):
        for weight in model.trainable_weights:
            slots[f"Adam/{weight.path}/{kind}:0"] = factor * weight.numpy()
    config = {"class_name": "Sequential", "config": {"name": "sequential", "layers": layers}}
    data = file_of(config, model, training, slots)
    x = np.random.default_rng(1).normal(size=(2, 5, 4)).astype("float32")
    again = assert_same(data, model, x)
    assert again.compiled
    assert int(again.optimizer.iterations.numpy()) == 7
    assert float(again.optimizer.learning_rate) == pytest.approx(0.01)
    momentum, velocity = again.optimizer.variables[2:4]
    np.testing.assert_array_equal(momentum.numpy(), model.trainable_weights[0].numpy())
    np.testing.assert_array_equal(velocity.numpy(), 2 * model.trainable_weights[0].numpy())
    assert again.evaluate(x, np.zeros((2, 1), "float32"), verbose=0, return_dict=True)["mae"] > 0


def test_nested_models_whose_calls_count_from_one() -> None:
    gs.utils.clear_session(free_memory=False)
    inner = gs.Sequential([gs.Input((4,)), gs.layers.Dense(3, name="dense")], name="inner")
    inputs = gs.Input((4,), name="input_2")
    model = randomized(gs.Model(inputs, gs.layers.Activation("relu", name="act")(inner(inputs))))
    dense = {
        "class_name": "Dense", "config": {
            "name": "dense", "trainable": True, "batch_input_shape": [None, 4], "dtype": "float32",
            "units": 3, "activation": "linear", "use_bias": True,
            "kernel_initializer": initializer("GlorotUniform"),
            "bias_initializer": initializer("Zeros"), "kernel_regularizer": None,
            "bias_regularizer": None, "activity_regularizer": None, "kernel_constraint": None,
            "bias_constraint": None},
    }  # fmt: skip
    described = {
        "class_name": "InputLayer", "config": {
            "batch_input_shape": [None, 4], "dtype": "float32", "sparse": False, "ragged": False,
            "name": "dense_input"},
    }  # fmt: skip
    config = {"class_name": "Model", "config": {
        "name": "model", "layers": [
            {"class_name": "InputLayer", "name": "input_2", "inbound_nodes": [], "config": {
                "batch_input_shape": [None, 4], "dtype": "float32", "sparse": False,
                "ragged": False, "name": "input_2"}},
            {"class_name": "Sequential", "name": "inner",
             "inbound_nodes": [[["input_2", 0, 0, {}]]],
             "config": {"name": "inner", "layers": [described, dense]}},
            old("act", "Activation", [[["inner", 1, 0, {}]]], activation="relu"),
        ], "input_layers": [["input_2", 0, 0]], "output_layers": [["act", 0, 0]],
    }}  # fmt: skip
    x = np.random.default_rng(1).normal(size=(2, 4)).astype("float32")
    assert_same(file_of(config, model), model, x)


def test_weights_by_name() -> None:
    gs.utils.clear_session(free_memory=False)
    model = randomized(gs.Sequential([gs.Input((4,)), gs.layers.Dense(3, name="first"),
                                      gs.layers.Dense(2, name="second")]))  # fmt: skip
    data = file_of({}, model)
    other = gs.Sequential([gs.Input((4,)), gs.layers.Dense(3, name="first"),
                           gs.layers.Dense(5, name="third")])  # fmt: skip
    kept = other.get_weights()[2]
    other.load_weights(data, by_name=True)
    np.testing.assert_array_equal(other.get_weights()[0], model.get_weights()[0])
    np.testing.assert_array_equal(other.get_weights()[2], kept)
    with pytest.raises(gs.saving.ModelFileError, match=r"Expected.*Received"):
        other.load_weights(data)
