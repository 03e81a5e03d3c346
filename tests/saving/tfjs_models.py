"""Models of the layers that TensorFlow.js has, made here: written, and loaded there or here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import gossamer as gs
from gossamer.saving import keras2

L = gs.layers


def row(*layers: Any, shape: Any = (4,), **of_input: Any) -> Any:
    return gs.Sequential([gs.Input(shape, **of_input), *layers])


def functional(shapes: Any, call: Callable[..., Any]) -> Any:
    inputs = [gs.Input(shape) for shape in shapes]
    return gs.Model(inputs if len(inputs) > 1 else inputs[0], call(*inputs))


def each(shape: Any, *layers: Any) -> Any:
    return functional([shape], lambda x: [layer(x) for layer in layers])


def two_ends() -> Any:
    def call(x: Any, y: Any) -> Any:
        both = L.Concatenate()([L.Dense(3, activation="relu")(x), y])
        return [L.Dense(2)(both), L.Dense(1, activation="sigmoid")(both)]

    return functional([(4,), (3,)], call)


def shared() -> Any:
    def call(x: Any, y: Any) -> Any:
        layer = L.Dense(4, activation="tanh")
        return layer(x) + layer(layer(y)) * x

    return functional([(4,), (4,)], call)


def nested() -> Any:
    def call(x: Any) -> Any:
        net = row(L.Dense(4, activation="tanh", name="inside"))
        graph = functional([(4,)], lambda y: L.Add()([y, L.Dense(4, name="inside")(y)]))
        return [graph(net(net(x))), net(graph(x)), net(x)]

    return functional([(4,)], call)


def nested_over_time() -> Any:
    return row(L.TimeDistributed(row(L.Dense(3, activation="relu"))), shape=(5, 4))


def with_state() -> Any:
    return functional(
        [(6, 3), (4,), (4,)], lambda x, h, c: L.LSTM(4)(x, initial_state=[h, c])
    )  # fmt: skip


def mobile_net() -> Any:
    model = gs.applications.MobileNet(
        (32, 32, 3), alpha=0.25, weights=None, classes=10, dropout=0.1
    )  # fmt: skip
    return model


MODELS: dict[str, Callable[[], Any]] = {
    "dense": lambda: row(
        L.Dense(5, "relu", kernel_regularizer="l1_l2", kernel_initializer="lecun_normal"),
        L.Dropout(0.5), L.Dense(3, activation="softmax", use_bias=False)),
    "activations": lambda: each((7,), *(L.Activation(name) for name in (
        "elu", "selu", "relu", "relu6", "linear", "sigmoid", "softplus", "softsign", "tanh",
        "softmax", "log_softmax", "gelu", "silu", "mish", keras2.hard_sigmoid))),
    "advanced activations": lambda: each((5, 4), L.PReLU(), L.PReLU(shared_axes=[1]),
        L.LeakyReLU(0.1), L.ELU(), L.ReLU(threshold=0.5), L.ReLU(max_value=1.0), L.Softmax()),
    "conv1d": lambda: row(
        L.Conv1D(4, 3, padding="same", dilation_rate=2), L.Conv1D(2, 2, strides=2),
        L.MaxPooling1D(2), L.GlobalAveragePooling1D(), shape=(10, 3)),
    "conv2d": lambda: row(
        L.Conv2D(4, (3, 2), strides=2, padding="same"), L.Conv2D(3, 2, dilation_rate=2),
        shape=(9, 8, 3)),
    "conv2d, channels first": lambda: row(
        L.Conv2D(4, 3, data_format="channels_first"), L.Flatten(data_format="channels_first"),
        shape=(3, 6, 6)),
    "conv3d": lambda: row(
        L.Conv3D(2, 2), L.AveragePooling3D(2), L.Flatten(), shape=(5, 5, 5, 2)),
    "depthwise and separable": lambda: row(
        L.DepthwiseConv2D(3, depth_multiplier=2),
        L.SeparableConv2D(5, 3, depth_multiplier=2, padding="same"), shape=(8, 8, 3)),
    "transposed": lambda: row(
        L.Conv2DTranspose(3, 3, strides=2, padding="same"), L.Conv2DTranspose(2, 2),
        shape=(4, 4, 2)),
    "transposed, 3d": lambda: row(L.Conv3DTranspose(2, 2, strides=2), shape=(3, 3, 3, 2)),
    "pooling": lambda: each((8, 8, 3), L.MaxPooling2D(3, 2, "same"), L.AveragePooling2D(2),
        L.GlobalMaxPooling2D(), L.AveragePooling2D(3, 2, "same"), L.GlobalAveragePooling2D()),
    "normalization": lambda: row(
        L.BatchNormalization(epsilon=0.01), L.LayerNormalization(),
        L.BatchNormalization(axis=2, scale=False), shape=(6, 4)),
    "embedding": lambda: row(L.Embedding(11, 4), L.GlobalMaxPooling1D(), shape=(6,), dtype="int32"),
    "masked": lambda: row(
        L.Embedding(11, 4, mask_zero=True), L.LSTM(3), shape=(6,), dtype="int32"),
    "lstm": lambda: row(
        L.LSTM(4, return_sequences=True),
        L.LSTM(3, recurrent_activation=keras2.hard_sigmoid, go_backwards=True), shape=(6, 3)),
    "gru": lambda: row(
        L.GRU(4, return_sequences=True, reset_after=False),
        L.GRU(3, reset_after=False, use_bias=False), shape=(6, 3)),
    "simple rnn": lambda: functional([(6, 3)], L.SimpleRNN(4, return_state=True)),
    "cells": lambda: row(L.RNN(
        [L.LSTMCell(4), L.GRUCell(3, reset_after=False), L.SimpleRNNCell(2)]), shape=(6, 3)),
    "one cell": lambda: row(
        L.RNN(L.GRUCell(3, reset_after=False), return_sequences=True), shape=(6, 3)),
    "bidirectional": lambda: row(
        L.Bidirectional(L.LSTM(3, return_sequences=True)),
        L.Bidirectional(L.GRU(2, reset_after=False), merge_mode="ave"), shape=(6, 3)),
    "time distributed": lambda: row(
        L.TimeDistributed(L.Dense(3)), L.TimeDistributed(L.Dense(2, activation="relu")),
        shape=(5, 4)),
    "nested over time": nested_over_time,
    "conv lstm": lambda: row(L.ConvLSTM2D(2, 3, padding="same"), shape=(3, 5, 5, 2)),
    "merges": lambda: functional([(4,), (4,)], lambda x, y: [
        layer([x, y]) for layer in (L.Add(), L.Multiply(), L.Average(), L.Maximum(), L.Minimum(),
                                    L.Concatenate(), L.Dot(1), L.Dot(1, normalize=True))]),
    "ops": lambda: functional([(4,), (4,)], lambda x, y: [
        gs.ops.relu(x) + y * x, gs.ops.concatenate([gs.ops.tanh(x), y], axis=-1)]),
    "reshaping": lambda: functional([(6, 2)], lambda x: [
        L.Reshape((3, 4))(x), L.Permute((2, 1))(x), L.RepeatVector(3)(L.Flatten()(x))]),
    "images": lambda: each((5, 6, 2), L.ZeroPadding2D(((1, 2), (0, 1))),
        L.Cropping2D(((1, 1), (2, 0))), L.UpSampling2D((2, 3)), L.Rescaling(0.5, 0.25)),
    "noise": lambda: row(
        L.GaussianNoise(0.5), L.GaussianDropout(0.3), L.AlphaDropout(0.3), L.SpatialDropout1D(0.3),
        L.Masking(1.0), L.Dense(2), shape=(4, 3)),
    "two inputs and outputs": two_ends,
    "shared layer": shared,
    "nested models": nested,
    "nested in a row": lambda: row(row(L.Dense(4)), L.Dense(2)),
    "initial state": with_state,
    "MobileNetV1, alpha 0.25": mobile_net,
    "masked in the middle": lambda: row(
        L.Embedding(11, 4, mask_zero=True), L.LSTM(3, return_sequences=True),
        L.Bidirectional(L.LSTM(2)), shape=(6,), dtype="int32"),
    "masks of values": lambda: row(L.Masking(0.0), L.SimpleRNN(3), shape=(6, 2)),
    "channels first": lambda: each((2, 6, 6), *(layer(data_format="channels_first") for layer in (
        lambda **of: L.MaxPooling2D(2, **of), lambda **of: L.DepthwiseConv2D(2, **of),
        lambda **of: L.Conv2DTranspose(2, 2, **of), lambda **of: L.ZeroPadding2D(1, **of),
        lambda **of: L.Cropping2D(1, **of), lambda **of: L.UpSampling2D(2, **of),
        L.GlobalAveragePooling2D, L.GlobalMaxPooling2D))),
    "strides in 3d": lambda: row(
        L.Conv3DTranspose(2, 3, strides=2, padding="same"),
        L.Conv3D(2, 3, strides=2, padding="same"), L.MaxPooling3D(2, padding="same"),
        shape=(3, 3, 3, 2)),
    "strides and dilation": lambda: row(
        L.DepthwiseConv2D(3, strides=2, padding="same"), L.SeparableConv2D(2, 2, dilation_rate=2),
        L.Conv2DTranspose(2, 5, strides=3), shape=(9, 9, 3)),
    "states and sequences": lambda: functional(
        [(6, 3)], L.LSTM(4, return_state=True, return_sequences=True)),
    "two ways apart": lambda: functional([(6, 3)], L.Bidirectional(L.LSTM(4), merge_mode=None)),
    "two ways with states": lambda: functional(
        [(6, 3)], L.Bidirectional(L.LSTM(4, return_state=True))),
    "two ways over time": lambda: row(
        L.TimeDistributed(L.Bidirectional(L.LSTM(2))), shape=(3, 4, 2)),
    "images over time": lambda: row(L.TimeDistributed(L.Conv2D(2, 2)), shape=(3, 4, 4, 2)),
    "other axes": lambda: functional([(3, 4), (2, 4)], lambda x, y: [
        L.Concatenate(axis=1)([x, y]), L.Dot((2, 2))([x, y]),
        L.LayerNormalization(axis=[1, 2])(x)]),
    "pooling that keeps axes": lambda: functional(
        [(4, 4, 3)], lambda x: x * L.GlobalAveragePooling2D(keepdims=True)(x)),
    "normalization of inputs": lambda: row(
        L.Normalization(-1), L.Normalization(None, mean=100.0, variance=4.0),
        L.Normalization(-1, mean=[1.0, 2.0, 3.0], variance=[4.0, 0.25, 1.0], invert=True),
        L.Rescaling([1.0, 2.0, 3.0], [0.0, 1.0, 2.0]), shape=(4, 4, 3)),
    "other names": lambda: row(L.Dense(3, name="_a b:c"), L.Dense(2, name="d.e-f")),
}  # fmt: skip


def made(name: str) -> tuple[Any, list[np.ndarray]]:
    """A model with random weights that leave no unit at rest, and inputs for it."""
    model = MODELS[name]()
    random = np.random.default_rng(5)
    for variable in model.weights:
        value = random.normal(size=variable.shape)
        if "kernel" in variable.name:
            value *= 1.5 / np.sqrt(max(np.prod(variable.shape[:-1]), 1))
        if variable.name in ("gamma", "moving_variance", "variance"):
            value = np.abs(value) * 0.4 + 0.7
        variable.assign(value.astype("float32"))
    inputs = []
    for x in model.inputs:
        shape = [3, *x.shape[1:]]
        whole = x.dtype == "int32"
        value = random.integers(0, 11, shape) if whole else random.normal(size=shape)
        inputs.append(value.astype(x.dtype))
    return model, inputs


def called(model: Any, inputs: list[np.ndarray]) -> list[np.ndarray]:
    """What a model makes of inputs."""
    outputs = model(inputs if len(inputs) > 1 else inputs[0])
    return [np.asarray(y) for y in (outputs if isinstance(outputs, list | tuple) else [outputs])]
