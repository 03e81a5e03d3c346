"""The densely connected layer, and what all layers have."""

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops


def test_it_computes_activation_of_product_and_bias():
    layer = gs.layers.Dense(3, activation="relu")
    x = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)
    result = layer(x)
    layer.bias.assign([0.5, -0.5, 0.0])
    result = layer(x)
    expected = np.maximum(x @ layer.kernel.numpy() + layer.bias.numpy(), 0)
    np.testing.assert_allclose(result.numpy(), expected, rtol=1e-5, atol=1e-6)


def test_it_takes_inputs_of_any_rank():
    layer = gs.layers.Dense(2, use_bias=False)
    x = np.random.default_rng(0).normal(size=(2, 3, 5, 4)).astype(np.float32)
    np.testing.assert_allclose(layer(x).numpy(), x @ layer.kernel.numpy(), rtol=1e-5, atol=1e-6)
    assert [weight.name for weight in layer.weights] == ["kernel"]


def test_weights_begin_as_glorot_has_them():
    layer = gs.layers.Dense(300)
    layer(ops.ones((1, 200)))
    kernel = layer.kernel.numpy()
    limit = np.sqrt(6 / 500)
    assert np.abs(kernel).max() <= limit
    assert np.abs(kernel).max() > 0.99 * limit
    assert abs(kernel.mean()) < 0.01 * limit
    np.testing.assert_array_equal(layer.bias.numpy(), np.zeros(300))


def test_equal_seeds_give_equal_weights():
    first, second = (
        gs.layers.Dense(4, kernel_initializer=gs.initializers.HeNormal(seed=3)) for _ in range(2)
    )
    x = ops.ones((1, 6))
    np.testing.assert_array_equal(first(x).numpy(), second(x).numpy())


def test_a_configuration_makes_an_equal_layer():
    layer = gs.layers.Dense(3, activation="tanh", use_bias=False, name="middle")
    again = gs.layers.Dense.from_config(layer.get_config())
    assert (again.units, again.use_bias, again.name) == (3, False, "middle")
    assert again.activation is layer.activation


@pytest.mark.parametrize("units", [0, -1, 2.5, "3", True])
def test_wrong_units(units):
    with pytest.raises(ValueError, match=r"Received: units="):
        gs.layers.Dense(units)


def test_wrong_inputs():
    layer = gs.layers.Dense(3)
    layer(ops.ones((2, 4)))
    with pytest.raises(ValueError, match=r"size 4 of axis -1 .*Received: shape=\(2, 5\)"):
        layer(ops.ones((2, 5)))
    with pytest.raises(ValueError, match=r"Received: shape=\(\)"):
        gs.layers.Dense(3)(np.float32(1.0))


@pytest.mark.parametrize(
    "make",
    [
        lambda: gs.layers.Dense(3, activation="nothing"),
        lambda: gs.layers.Dense(3, kernel_initializer="nothing"),
    ],
)
def test_unknown_names(make):
    with pytest.raises(ValueError, match="Received: 'nothing'"):
        make()


def test_a_layer_of_ones_own():
    class Scale(gs.layers.Layer):
        def build(self, input_shape):
            self.factor = self.add_weight(input_shape[-1:], initializer="ones")

        def call(self, inputs):
            return inputs * self.factor

    scale = Scale()
    x = ops.ones((2, 3))
    with gs.GradientTape() as tape:
        total = ops.sum(scale(x))
    (gradient,) = tape.gradient(total, scale.trainable_variables)
    np.testing.assert_array_equal(gradient.numpy(), [2, 2, 2])
