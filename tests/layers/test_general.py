"""Core, normalization, regularization and attention layers, on every backend: fixed numbers."""

from typing import Any

import numpy as np
import pytest

import gossamer as gs
from gossamer import layers, ops

RNG = np.random.default_rng(0)
X = RNG.normal(size=(8, 5, 4)).astype("float32")


def test_batch_normalization_learns_its_averages():
    layer = layers.BatchNormalization(momentum=0.5)
    step = gs.jit(lambda x: layer(x, training=True))
    for _ in range(12):
        out = step(X)
    np.testing.assert_allclose(out.numpy().mean((0, 1)), 0, atol=1e-5)
    np.testing.assert_allclose(layer.moving_mean, X.mean((0, 1)), atol=1e-3)
    np.testing.assert_allclose(layer.moving_variance, X.var((0, 1)), rtol=2e-3)
    np.testing.assert_allclose(layer(X).numpy().var((0, 1)), 1, atol=1e-2)
    layer.trainable = False
    before = layer.moving_mean.numpy()
    layer(X + 1.0, training=True)
    np.testing.assert_array_equal(layer.moving_mean, before)


def test_dropout_differs_from_step_to_step_within_one_program():
    layer = layers.Dropout(0.5, seed=1)
    step = gs.jit(lambda x: layer(x, training=True))
    ones = np.ones((1000,), "float32")
    first, second = step(ones).numpy(), step(ones).numpy()
    assert step.cache_info().misses == 1
    assert not np.array_equal(first, second)
    for found in (first, second):
        assert set(np.unique(found)) == {0.0, 2.0}
        assert 400 < np.count_nonzero(found) < 600
    np.testing.assert_array_equal(layer(ones), ones)


def test_masks_pass_through_a_model():
    tokens = np.array([[1, 2, 0, 0], [3, 1, 2, 0]], "int32")
    x = gs.Input((4,), dtype="int32")
    h = layers.Embedding(5, 3, mask_zero=True)(x)
    h = layers.Dense(3)(layers.Dropout(0.1)(h))
    assert gs.masking.get_keras_mask(h).shape == (None, 4)
    model = gs.Model(x, layers.LSTM(2)(h))
    short = gs.Model(x, model.output)
    padded = np.concatenate([tokens, np.zeros((2, 3), "int32")], axis=1)
    longer = gs.Input((7,), dtype="int32")
    other = gs.models.clone_model(short, input_tensors=longer)
    other.set_weights(model.get_weights())
    np.testing.assert_allclose(other(padded), model(tokens), 1e-5, 1e-6)


def test_causal_attention_does_not_look_ahead():
    layer = layers.MultiHeadAttention(num_heads=2, key_dim=3)
    before = layer(X, X, use_causal_mask=True).numpy()
    changed = X.copy()
    changed[:, 3:] += 1.0
    after = layer(changed, changed, use_causal_mask=True).numpy()
    np.testing.assert_allclose(after[:, :3], before[:, :3], 1e-5, 1e-5)
    assert np.abs(after[:, 3:] - before[:, 3:]).max() > 1e-2


def test_a_transformer_block_trains():
    gs.utils.set_random_seed(0)
    inputs = gs.Input((5, 4))
    h = layers.LayerNormalization()(inputs)
    h = layers.Add()([inputs, layers.MultiHeadAttention(2, 4)(h, h)])
    h = layers.GlobalAveragePooling1D()(layers.Dense(8, activation="gelu")(h))
    model = gs.Model(inputs, layers.Dense(1)(layers.Dropout(0.1)(h)))
    model.compile(gs.optimizers.Adam(0.01), "mse")
    history = model.fit(X, X.mean((1, 2))[:, None], epochs=20, batch_size=4, verbose=0)
    assert history.history["loss"][-1] < 0.5 * history.history["loss"][0]


def test_a_convolutional_network_with_batch_normalization_trains():
    images = RNG.normal(size=(16, 8, 8, 2)).astype("float32")
    labels = (images.mean((1, 2, 3)) > 0).astype("int32")
    gs.utils.set_random_seed(0)
    model = gs.Sequential([
        layers.Conv2D(4, 3, padding="same", use_bias=False), layers.BatchNormalization(),
        layers.ReLU(), layers.MaxPooling2D(), layers.Flatten(), layers.Dense(2),
    ])  # fmt: skip
    loss = gs.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(gs.optimizers.Adam(0.02), loss, metrics=["accuracy"])
    history = model.fit(images, labels, epochs=12, batch_size=8, verbose=0)
    assert history.history["loss"][-1] < 0.5 * history.history["loss"][0]


def test_lambda_comes_back_only_if_it_may():
    layer = layers.Lambda(lambda x: x * 2.0)
    config = gs.saving.serialize_keras_object(layer)
    with pytest.raises(ValueError, match="no Python code"):
        gs.saving.deserialize_keras_object(config)
    again = gs.saving.deserialize_keras_object(config, safe_mode=False)
    assert again(ops.ones((2,))).tolist() == [2.0, 2.0]


MISTAKES: list[tuple[Any, str]] = [
    (lambda: layers.Dropout(1.5), "from 0 to 1.*Received: rate=1.5"),
    (lambda: layers.Add()(ops.ones((2, 3))), "list of inputs.*Received"),
    (lambda: layers.Add()([ops.ones((2, 3)), ops.ones((2, 4))]), "broadcast.*Received"),
    (lambda: layers.Concatenate()([ops.ones((2, 3)), ops.ones((3, 3))]), "equal shapes.*Received"),
    (lambda: layers.Embedding(0, 3), "positive integer.*Received: input_dim=0"),
    (lambda: layers.EinsumDense("ab,cd", 3)(ops.ones((2, 3))), "of the form.*Received"),
    (lambda: layers.GroupNormalization(3)(ops.ones((2, 4))), "multiple of 3.*Received: 4"),
    (lambda: layers.MultiHeadAttention(0, 3), "positive integer.*Received: num_heads=0"),
    (lambda: layers.Attention()(ops.ones((2, 3))), r"\[query, value\].*Received"),
    (lambda: layers.LayerNormalization(axis=5)(ops.ones((2, 3))), "index|axis|range"),
]


@pytest.mark.parametrize(("call", "message"), MISTAKES, ids=[m[1] for m in MISTAKES])
def test_mistakes(call: Any, message: str) -> None:
    with pytest.raises((ValueError, IndexError), match=message):
        call()
