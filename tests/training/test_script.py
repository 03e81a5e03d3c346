"""What ordinary Keras scripts do, with `import gossamer as keras`: own layers, steps, metrics."""

from typing import Any

import numpy as np
import pytest

import gossamer as keras
from gossamer import layers, ops

X = np.random.default_rng(0).normal(size=(64, 5))
Y = X[:, :3] * 0.5
CLASSES = X[:, :3].argmax(1).reshape(-1, 1)


class Linear(keras.layers.Layer):
    def __init__(self, units=32):
        super().__init__()
        self.units = units

    def build(self, input_shape):
        self.w = self.add_weight(
            shape=(input_shape[-1], self.units), initializer="random_normal", trainable=True
        )
        self.b = self.add_weight(shape=(self.units,), initializer="zeros", trainable=True)

    def call(self, inputs):
        return ops.matmul(inputs, self.w) + self.b


class Block(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.first = Linear(32)
        self.second = Linear(1)

    def call(self, inputs):
        return self.second(keras.activations.relu(self.first(inputs)))


class Penalty(layers.Layer):
    def __init__(self, rate=1e-2):
        super().__init__()
        self.rate = rate

    def call(self, inputs):
        self.add_loss(self.rate * ops.mean(inputs))
        return inputs


class TruePositives(keras.metrics.Metric):
    def __init__(self, name="true_positives", **kwargs):
        super().__init__(name=name, **kwargs)
        self.count = self.add_variable(shape=(), name="count", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        predicted = ops.reshape(ops.argmax(y_pred, axis=1), (-1, 1))
        values = ops.cast(y_true, "int32") == ops.cast(predicted, "int32")
        self.count.assign_add(ops.sum(ops.cast(values, "float32")))

    def result(self):
        return self.count

    def reset_state(self):
        self.count.assign(0)


def test_layers_of_layers():
    block = Block()
    assert block(ops.ones(shape=(3, 64))).shape == (3, 1)
    assert len(block.trainable_weights) == 4


def test_losses_of_layers():
    class Outer(layers.Layer):
        def __init__(self):
            super().__init__()
            self.penalty = Penalty()
            self.dense = layers.Dense(4, kernel_regularizer=keras.regularizers.l2(1e-3))

        def call(self, inputs):
            return self.dense(self.penalty(inputs))

    outer = Outer()
    assert len(outer.losses) == 0
    for _ in range(2):
        outer(ops.zeros((1, 1)))
        assert len(outer.losses) == 2


def test_a_loss_of_a_layer_alone():
    inputs = keras.Input(shape=(5,))
    model = keras.Model(inputs, Penalty()(layers.Dense(1)(inputs)))
    model.compile(optimizer="adam")
    assert list(model.fit(X, verbose=0).history) == ["loss"]


class OwnStep(keras.Model):
    def train_step(self, data):
        x, y = data
        with keras.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(y=y, y_pred=y_pred)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply(gradients, self.trainable_variables)
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, y_pred)
        return {m.name: m.result() for m in self.metrics}


def test_own_step_of_a_functional_model():
    inputs = keras.Input(shape=(5,))
    model = OwnStep(inputs, layers.Dense(3)(inputs))
    model.compile(optimizer="adam", loss="mse", metrics=["mae"])
    history = model.fit(X, Y, epochs=3, verbose=0).history
    assert list(history) == ["loss", "mae"]
    assert history["loss"][2] < history["loss"][0]


def test_own_metric_and_callback(capsys: Any):
    seen: list[float] = []

    class Note(keras.callbacks.Callback):
        def on_train_begin(self, logs):
            seen.clear()

        def on_batch_end(self, batch, logs):
            seen.append(logs.get("loss"))

    model = keras.Sequential([layers.Dense(16, activation="relu"), layers.Dense(3)])
    model.compile(
        optimizer=keras.optimizers.RMSprop(1e-2),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=[TruePositives()],
    )
    history = model.fit(X, CLASSES, epochs=2, verbose=2, callbacks=[Note()]).history
    assert len(seen) == 4
    assert all(isinstance(loss, float) for loss in seen)
    assert history["true_positives"][1] > 64 / 3
    assert "true_positives:" in capsys.readouterr().out


def test_own_loss_and_schedule():
    def loss(y_true, y_pred):
        return ops.mean(ops.square(y_true - y_pred), axis=-1)

    model = keras.Sequential([layers.Dense(3)])
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 2, 0.5)
    model.compile(optimizer=keras.optimizers.SGD(schedule), loss=loss)
    model.fit(X, Y, verbose=0)
    assert float(model.optimizer.learning_rate) == pytest.approx(0.05)


def test_mixed_precision():
    keras.mixed_precision.set_global_policy("mixed_float16")
    try:
        model = keras.Sequential([layers.Dense(16), layers.Dense(3, dtype="float32")])
        model.compile("adam", "mse")
        history = model.fit(X, Y, epochs=3, verbose=0).history
    finally:
        keras.mixed_precision.set_global_policy("float32")
    assert isinstance(model.optimizer, keras.optimizers.LossScaleOptimizer)
    assert model.layers[0].compute_dtype == "float16"
    assert model.layers[0].kernel.dtype == "float32"
    assert history["loss"][2] < history["loss"][0]
