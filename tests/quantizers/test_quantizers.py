"""Quantizers, and layers and models of 8-bit integers, beside Keras's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gossamer as gs
from gossamer import layers, ops, quantizers

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(6, 5)).astype("float32")
KERNEL = RANDOM.normal(size=(5, 3)).astype("float32")
BIAS = RANDOM.normal(size=(3,)).astype("float32")
VECTORS = RANDOM.normal(size=(7, 4)).astype("float32")
INDICES = np.array([[0, 6, 2], [3, 3, 1]])


def keras_library() -> Any:
    from tests.oracle.keras_library import keras

    return keras


@pytest.mark.cpython_only
@pytest.mark.parametrize("to_numpy", [False, True])
@pytest.mark.parametrize("options", [
    {"axis": -1}, {"axis": 0}, {"axis": (0, 1)}, {"axis": 1, "value_range": (-8, 7)},
])  # fmt: skip
def test_abs_max_as_in_keras(options, to_numpy, record_property):
    keras = keras_library()
    found = quantizers.abs_max_quantize(X, **options, to_numpy=to_numpy)
    expected = keras.quantizers.abs_max_quantize(X, **options, to_numpy=to_numpy)
    assert found[0].dtype == "int8"
    np.testing.assert_array_equal(found[0].numpy(), np.asarray(expected[0]))
    np.testing.assert_allclose(found[1].numpy(), np.asarray(expected[1]), rtol=1e-6)
    record_property("quantizations as Keras's", 1)


@pytest.mark.cpython_only
@pytest.mark.filterwarnings("ignore:`custom_gradient` for the numpy backend")  # Keras's
@pytest.mark.parametrize("options", [
    {}, {"num_bits": 4}, {"narrow_range": True}, {"num_bits": 3, "axis": 1},
])  # fmt: skip
def test_fake_quantization_as_in_keras(options, record_property):
    keras = keras_library()
    low, high = (-1.0, 1.5) if "axis" not in options else (
        np.linspace(-2, -0.5, 5, dtype="float32"), np.linspace(0.5, 3, 5, dtype="float32")
    )  # fmt: skip
    found = quantizers.fake_quant_with_min_max_vars(X, low, high, **options)
    expected = keras.quantizers.fake_quant_with_min_max_vars(X, low, high, **options)
    np.testing.assert_allclose(found.numpy(), np.asarray(expected), rtol=1e-5, atol=1e-6)
    record_property("quantizations as Keras's", 1)


def test_gradients_of_fake_quantization():
    x = ops.convert_to_tensor([-3.0, 0.2, 5.0])

    def f(x, low, high):
        found = quantizers.fake_quant_with_min_max_vars(x, low, high)
        return ops.sum(found * ops.convert_to_tensor([1.0, 10.0, 100.0]))

    low, high = ops.convert_to_tensor(-1.0), ops.convert_to_tensor(1.0)
    gradients = gs.grad(f, argnums=(0, 1, 2))(x, low, high)
    assert gradients[0].tolist() == [0.0, 10.0, 0.0]
    assert [g.item() for g in gradients[1:]] == [1.0, 100.0]


@pytest.mark.parametrize(("dtype", "low", "high"), [("int8", -8, 8), ("uint8", 0, 16)])
@pytest.mark.parametrize("axis", [0, 1, -1])
def test_four_bits(dtype, low, high, axis):
    array = RANDOM.integers(low, high, (5, 3)).astype(dtype)
    packed, shape, count = quantizers.pack_int4(array, axis, dtype)
    assert packed.shape == shape
    assert count == array.shape[axis]
    assert shape[axis] == (count + 1) // 2
    np.testing.assert_array_equal(quantizers.unpack_int4(packed, count, axis, dtype).numpy(), array)


@pytest.mark.cpython_only
@pytest.mark.parametrize("axis", [0, -1])
def test_four_bits_as_in_keras(axis, record_property):
    array = RANDOM.integers(-8, 8, (5, 3)).astype("int8")
    packed, shape, count = quantizers.pack_int4(array, axis)
    expected = keras_library().quantizers.pack_int4(array, axis)
    np.testing.assert_array_equal(packed.numpy(), np.asarray(expected[0]))
    assert (shape, count) == (tuple(expected[1]), expected[2])
    record_property("quantizations as Keras's", 1)


def dense(library: Any, config: Any = None) -> Any:
    layer = library.layers.Dense(3, activation="tanh", name="d")
    layer.build((None, 5))
    layer.set_weights([KERNEL, BIAS])
    layer.quantize("int8" if config is None else None, config=config)
    return layer


def embedding(library: Any) -> Any:
    layer = library.layers.Embedding(7, 4, name="e")
    layer.build((None, 3))
    layer.set_weights([VECTORS])
    layer.quantize("int8")
    return layer


def test_outputs_are_near_those_of_floats():
    exact = np.tanh(X @ KERNEL + BIAS)
    layer = dense(gs)
    assert layer.kernel.dtype == "int8"
    assert layer.dtype_policy.name == "int8_from_float32"
    assert [w.dtype for w in layer.weights] == ["float32", "int8", "float32"]
    assert layer.trainable_weights == [layer.bias]
    assert np.abs(layer(X).numpy() - exact).max() < 0.02
    assert np.abs(embedding(gs)(INDICES).numpy() - VECTORS[INDICES]).max() < 0.02


def test_the_product_is_of_integers():
    layer = dense(gs, quantizers.Int8QuantizationConfig())
    rows = 127 / (np.abs(X).max(axis=1, keepdims=True) + 1e-7)
    columns = 127 / (np.abs(KERNEL).max(axis=0, keepdims=True) + 1e-7)
    product = np.round(X * rows) @ np.round(KERNEL * columns) / (rows * columns)
    np.testing.assert_allclose(layer(X).numpy(), np.tanh(product + BIAS), rtol=1e-5, atol=1e-6)
    of_weights_alone = dense(gs, quantizers.Int8QuantizationConfig(activation_quantizer=None))
    product = X @ (np.round(KERNEL * columns) / columns)
    np.testing.assert_allclose(
        of_weights_alone(X).numpy(), np.tanh(product + BIAS), rtol=1e-5, atol=1e-6
    )


@pytest.mark.cpython_only
@pytest.mark.filterwarnings("ignore:`custom_gradient` for the numpy backend")  # Keras's
@pytest.mark.filterwarnings("ignore:__array__ implementation")
@pytest.mark.parametrize("make", [dense, embedding])
def test_layers_as_in_keras(make, record_property):
    keras = keras_library()
    ours, theirs = make(gs), make(keras)
    inputs = X if make is dense else INDICES
    np.testing.assert_allclose(ours(inputs).numpy(), np.asarray(theirs(inputs)), rtol=1e-5)
    assert [w.path for w in ours.weights] == [w.path for w in theirs.weights]
    assert ours.get_config()["dtype"] == theirs.get_config()["dtype"]
    assert ours.get_config()["quantization_config"] == theirs.get_config()["quantization_config"]
    stores: tuple[dict[str, Any], dict[str, Any]] = {}, {}
    ours.save_own_variables(stores[0])
    theirs.save_own_variables(stores[1])
    assert stores[0].keys() == stores[1].keys()
    for name, value in stores[0].items():
        np.testing.assert_allclose(value, np.asarray(stores[1][name]), rtol=1e-6)
    record_property("quantized layers as Keras's", 1)


def test_configuration_and_variables():
    config = quantizers.Int8QuantizationConfig(
        quantizers.AbsMaxQuantizer(axis=0), quantizers.AbsMaxQuantizer(axis=-1)
    )
    for layer, inputs in ((dense(gs, config), X), (embedding(gs), INDICES)):
        again = type(layer).from_config(layer.get_config())
        assert again.quantization_mode == "int8"
        again.build((None, 5))
        store: dict[str, Any] = {}
        layer.save_own_variables(store)
        again.load_own_variables(store)
        np.testing.assert_array_equal(again(inputs).numpy(), layer(inputs).numpy())
        with pytest.raises(ValueError, match="variables for the layer"):
            again.load_own_variables({"0": store["0"]})


def test_a_model_goes_on_to_train_what_is_left():
    inputs = gs.Input((5,))
    hidden = layers.Dense(8, "relu", name="hidden")(inputs)
    model = gs.Model(inputs, layers.Dense(1, name="last")(layers.Dropout(0.0)(hidden)))
    model.compile("sgd", "mse")
    before = model.predict(X, verbose=0)
    model.quantize("int8", filters="hid")
    assert [model.get_layer(name).quantization_mode for name in ("hidden", "last")] == [
        "int8", None
    ]  # fmt: skip
    after = model.predict(X, verbose=0)
    assert 0 < np.abs(after - before).max() < 0.1
    kernel = model.get_layer("hidden").kernel.numpy()
    model.compile("sgd", "mse")
    losses = model.fit(X, X[:, :1], epochs=5, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    np.testing.assert_array_equal(model.get_layer("hidden").kernel.numpy(), kernel)
    again = gs.Model.from_config(model.get_config())
    again.set_weights(model.get_weights())
    np.testing.assert_allclose(again(X).numpy(), model(X).numpy(), rtol=1e-5, atol=1e-6)


def test_gradients_go_through_the_integers():
    layer = dense(gs, quantizers.Int8QuantizationConfig())
    layer.activation = gs.activations.linear
    gradient = gs.grad(lambda x: ops.sum(layer(x)))(ops.convert_to_tensor(X))
    kernel = layer.kernel.numpy() / layer.kernel_scale.numpy()
    np.testing.assert_allclose(gradient.numpy(), np.tile(kernel.sum(axis=1), (6, 1)), rtol=1e-5)


def test_layers_that_cannot_be():
    class Mine(layers.Dense):
        """A subclass may compute something else."""

    model = gs.Sequential([gs.Input((5,)), Mine(3), layers.EinsumDense("ab,bc->ac", 2)])
    with pytest.warns(UserWarning, match="does not quantize EinsumDense"):
        model.quantize("int8", filters="einsum")
    with pytest.warns(UserWarning, match="Received: Mine"):
        model.quantize("int8", filters=lambda layer: isinstance(layer, Mine))
    model.quantize("int8", filters=["mine"], type_check=False)
    assert model.layers[0].kernel.dtype == "int8"


def test_quantizers_by_name():
    assert quantizers.get(None) is None
    quantizer = quantizers.AbsMaxQuantizer(axis=0)
    assert quantizers.get(quantizer) is quantizer
    assert quantizers.get(quantizers.serialize(quantizer)).axis == (0,)
    assert isinstance(quantizers.get("AbsMaxQuantizer"), gs.Quantizer)


@pytest.mark.parametrize(("wrong", "error", "message"), [
    (lambda: quantizers.AbsMaxQuantizer(value_range=(-200, 5)), ValueError, "-200"),
    (lambda: quantizers.Quantizer().get_config(), NotImplementedError, "get_config"),
    (lambda: quantizers.QuantizationConfig().mode, NotImplementedError, "no `mode`"),
    (lambda: quantizers.pack_int4(X), TypeError, "int8"),
    (lambda: quantizers.pack_int4(X, dtype="int4"), ValueError, "int4"),
    (lambda: layers.Dense(2).quantize("int8"), ValueError, "that is built"),
    (lambda: dense(gs).quantize("int8"), ValueError, "not quantized yet"),
    (lambda: dense(gs).quantize("int4"), NotImplementedError, "int8 alone"),
    (lambda: dense(gs).quantize(), ValueError, "neither"),
    (lambda: dense(gs).quantize("int8", config=3), ValueError, "config=3"),
    (lambda: layers.Dense(2, dtype="float8_from_float32").build((None, 3)), NotImplementedError,
     "int8 alone"),
    (lambda: gs.Sequential([layers.Dense(2)]).quantize("int8", filters=3), ValueError, "filters=3"),
    (lambda: gs.Sequential([layers.Dense(2)]).quantize("gptq"), NotImplementedError, "gptq"),
])  # fmt: skip
def test_mistakes(wrong, error, message):
    with pytest.raises(error, match=message):
        wrong()
