"""Models for files, each built of either library: `BUILDERS[name](keras)` and inputs for it.

Small ones of every kind of structure, and one of each family of applications.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.applications.families import GAINS, ONE_EACH, SMALLEST, build, weights


def dense(k: Any) -> Any:
    model = k.Sequential([
        k.Input((5,)), k.layers.Dense(8, activation="relu", kernel_regularizer="l2"),
        k.layers.BatchNormalization(), k.layers.Dropout(0.2), k.layers.Dense(3, "softmax"),
    ])  # fmt: skip
    model.compile(k.optimizers.Adam(0.01), "categorical_crossentropy", metrics=["accuracy"])
    return model


def convolutions(k: Any) -> Any:
    x = inputs = k.Input((12, 12, 3))
    x = k.layers.Rescaling(0.5, offset=-0.1)(x)
    for filters in (4, 6):
        x = k.layers.SeparableConv2D(filters, 3, padding="same", use_bias=False)(x)
        x = k.layers.GroupNormalization(2)(x)
        x = k.layers.PReLU(shared_axes=[1, 2])(x)
        x = k.layers.MaxPooling2D()(x)
    x = k.layers.Conv2DTranspose(3, 3, strides=2)(x)
    return k.Model(inputs, k.layers.GlobalAveragePooling2D()(x))


def recurrent(k: Any) -> Any:
    inputs = k.Input((9,), dtype="int32")
    x = k.layers.Embedding(20, 6, mask_zero=True)(inputs)
    x = k.layers.Bidirectional(k.layers.LSTM(5, return_sequences=True))(x)
    x = k.layers.GRU(4, return_sequences=True)(x)
    x = k.layers.TimeDistributed(k.layers.Dense(4))(x)
    x = k.layers.RNN([k.layers.SimpleRNNCell(3), k.layers.GRUCell(4)])(x)
    return k.Model(inputs, k.layers.Dense(2)(x))


def transformer(k: Any) -> Any:
    inputs = k.Input((7,), dtype="int32")
    positions = k.ops.cumsum(k.ops.ones_like(inputs), axis=1) - 1
    x = k.layers.Embedding(30, 8)(inputs) + k.layers.Embedding(7, 8)(positions)
    for _ in range(2):
        y = k.layers.LayerNormalization()(x)
        x = x + k.layers.MultiHeadAttention(2, 4)(y, y, use_causal_mask=True)
        y = k.layers.LayerNormalization()(x)
        x = x + k.layers.Dense(8)(k.layers.Dense(16, activation="gelu")(y))
    return k.Model(inputs, k.layers.Dense(5)(x[:, -1]))


def operations(k: Any) -> Any:
    """Ops and layers of the same names, slices, constants, keywords."""
    a, b = k.Input((4,), name="a"), k.Input((4,), name="b")
    x = k.ops.add(k.ops.relu(a), b * 2.0)
    y = k.layers.Add()([x, a])
    z = k.layers.Concatenate()([y[:, :2], k.ops.sum(x, axis=-1, keepdims=True)])
    z = k.ops.where(z > 0.0, z, k.ops.exp(z)) / 3.0
    return k.Model({"a": a, "b": b}, [k.layers.Dense(3)(z), k.layers.Multiply()([y, b])])


def shared(k: Any) -> Any:
    """A layer and a model that are called twice, and models within models."""
    tower = k.Sequential([k.Input((6,)), k.layers.Dense(5, activation="tanh"), k.layers.Dense(4)])
    inner_input = k.Input((4,))
    inner = k.Model(inner_input, k.layers.Dense(4)(inner_input) + inner_input, name="inner")
    a, b = k.Input((6,)), k.Input((6,))
    scale = k.layers.Dense(4, name="scale")
    left, right = scale(inner(tower(a))), scale(inner(tower(b)))
    return k.Model([a, b], k.layers.Dot(axes=1)([left, right]))


def frozen(k: Any) -> Any:
    base = k.Sequential([k.Input((5,)), k.layers.Dense(4), k.layers.BatchNormalization()])
    base.trainable = False
    model = k.Sequential([k.Input((5,)), base, k.layers.UnitNormalization(), k.layers.Dense(2)])
    model.compile(k.optimizers.SGD(0.1, momentum=0.9, nesterov=True), k.losses.Huber())
    return model


def masked(k: Any) -> Any:
    inputs = k.Input((6, 3))
    x = k.layers.Masking(0.0)(inputs)
    x = k.layers.LSTM(3, return_sequences=True)(x)
    y = k.layers.ConvLSTM1D(2, 2)(k.layers.Reshape((6, 3, 1))(inputs))
    return k.Model(inputs, [k.layers.Attention()([x, x]), k.layers.Flatten()(y)])


def application(name: str) -> Callable[[Any], Any]:
    return lambda k: build(k, name)


SMALL: dict[str, tuple[Callable[[Any], Any], Any]] = {
    "dense": (dense, (5,)),
    "convolutions": (convolutions, (12, 12, 3)),
    "recurrent": (recurrent, ("int", 9)),
    "transformer": (transformer, ("int", 7)),
    "operations": (operations, {"a": (4,), "b": (4,)}),
    "shared": (shared, [(6,), (6,)]),
    "frozen": (frozen, (5,)),
    "masked": (masked, (6, 3)),
}
LARGE = {
    name: (application(name), (SMALLEST.get(name, 32), SMALLEST.get(name, 32), 3))
    for name in ONE_EACH
}
NETWORKS = SMALL | LARGE


def made(library: Any, name: str) -> Any:
    """A model with weights that are random and tame."""
    library.utils.clear_session(free_memory=False)
    model = NETWORKS[name][0](library)
    shapes = [(v.path, tuple(v.shape)) for v in model.weights]
    model.set_weights(weights(shapes, GAINS.get(name, 1.5)))
    return model


def inputs(name: str) -> Any:
    """Two samples."""
    generator = np.random.default_rng(1)

    def array(shape: Any) -> Any:
        if isinstance(shape, dict):
            return {key: array(value) for key, value in shape.items()}
        if isinstance(shape, list):
            return [array(value) for value in shape]
        if shape[0] == "int":
            return generator.integers(0, 7, (2, *shape[1:])).astype("int32")
        scale = 100.0 if name in LARGE else 1.0
        return (scale * generator.uniform(size=(2, *shape))).astype("float32")

    return array(NETWORKS[name][1])
