"""Layers of convolutions: small sums by hand, groups, what is refused."""

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops

NAMES = [
    "Conv1D", "Conv1DTranspose", "Conv2D", "Conv2DTranspose", "Conv3D", "Conv3DTranspose",
    "DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D", "SeparableConv2D",
]  # fmt: skip
ALIASES = {
    "Convolution1D": "Conv1D", "Convolution1DTranspose": "Conv1DTranspose",
    "Convolution2D": "Conv2D", "Convolution2DTranspose": "Conv2DTranspose",
    "Convolution3D": "Conv3D", "Convolution3DTranspose": "Conv3DTranspose",
    "SeparableConvolution1D": "SeparableConv1D", "SeparableConvolution2D": "SeparableConv2D",
}  # fmt: skip


def test_all_names_are_there(record_property):
    for name in NAMES:
        assert getattr(gs.layers, name).__name__ == name
    for alias, name in ALIASES.items():
        assert getattr(gs.layers, alias) is getattr(gs.layers, name)
    record_property("layer names present", len(NAMES) + len(ALIASES))


def of_ones(layer, inputs):
    """What a layer gives of a kernel of ones, without a bias."""
    return layer(ops.reshape(ops.array(inputs, "float32"), (1, -1, 1))).numpy().ravel().tolist()


def options(**more):
    return {"filters": 1, "kernel_size": 2, "kernel_initializer": "ones", **more}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, [3, 5, 7]),
        ({"padding": "same"}, [3, 5, 7, 4]),
        ({"padding": "causal"}, [1, 3, 5, 7]),
        ({"padding": "causal", "dilation_rate": 2}, [1, 2, 4, 6]),
        ({"strides": 2}, [3, 7]),
        ({"bias_initializer": "ones", "activation": "relu"}, [4, 6, 8]),
    ],
    ids=str,
)
def test_sums_of_windows(more, expected):
    assert of_ones(gs.layers.Conv1D(**options(**more)), [1, 2, 3, 4]) == expected


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, [1, 3, 2]),
        ({"strides": 2}, [1, 1, 2, 2]),
        ({"strides": 2, "output_padding": 1}, [1, 1, 2, 2, 0]),
        ({"padding": "same"}, [1, 3]),
    ],
    ids=str,
)
def test_inputs_spread_over_windows(more, expected):
    assert of_ones(gs.layers.Conv1DTranspose(**options(**more)), [1, 2]) == expected


def test_groups_do_not_see_each_other():
    layer = gs.layers.Conv2D(4, 3, groups=2, padding="same")
    x = np.random.default_rng(0).normal(size=(1, 5, 5, 6)).astype("float32")
    before = layer(x).numpy()
    x[..., 3:] += 1
    after = layer(x).numpy()
    assert layer.kernel.shape == (3, 3, 3, 4)
    np.testing.assert_array_equal(after[..., :2], before[..., :2])
    assert np.abs(after[..., 2:] - before[..., 2:]).min() > 0


def test_formats_agree():
    x = np.random.default_rng(0).normal(size=(2, 6, 5, 3)).astype("float32")
    for make in (
        lambda f: gs.layers.Conv2D(4, 3, data_format=f),
        lambda f: gs.layers.Conv2DTranspose(4, 3, strides=2, data_format=f),
        lambda f: gs.layers.DepthwiseConv2D(3, depth_multiplier=2, data_format=f),
        lambda f: gs.layers.SeparableConv2D(4, 3, data_format=f),
    ):
        last, first = make("channels_last"), make("channels_first")
        expected = last(x).numpy()
        first.build((2, 3, 6, 5))
        weights = [w + k for k, w in enumerate(last.get_weights())]
        last.set_weights(weights)
        first.set_weights(weights)
        expected = last(x).numpy()
        found = first(np.moveaxis(x, -1, 1)).numpy()
        np.testing.assert_allclose(np.moveaxis(found, 1, -1), expected, 1e-5, 1e-5)


def test_a_separable_convolution_is_two():
    x = np.random.default_rng(0).normal(size=(2, 8, 3)).astype("float32")
    layer = gs.layers.SeparableConv1D(4, 3, depth_multiplier=2, use_bias=False)
    expected = layer(x).numpy()
    first = gs.layers.DepthwiseConv1D(3, depth_multiplier=2, use_bias=False)
    second = gs.layers.Conv1D(4, 1, use_bias=False)
    first.build(x.shape)
    second.build((2, 6, 6))
    first.set_weights(layer.get_weights()[:1])
    second.set_weights(layer.get_weights()[1:])
    np.testing.assert_allclose(second(first(x)).numpy(), expected, 1e-5, 1e-5)


def test_it_learns_a_kernel_in_a_jitted_step():
    layer = gs.layers.Conv1D(1, 3, padding="same")
    x = np.random.default_rng(0).normal(size=(4, 16, 1)).astype("float32")
    layer.build(x.shape)
    wanted = ops.conv(x, [[[0.5]], [[-1.0]], [[0.25]]], padding="same")

    def step(x, y):
        with gs.GradientTape() as tape:
            loss = ops.mean(ops.square(layer(x) - y))
        for weight, gradient in zip(layer.weights, tape.gradient(loss, layer.weights), strict=True):
            weight.assign(weight - 0.3 * gradient)
        return loss

    jitted = gs.jit(step)
    for _ in range(60):
        loss = jitted(ops.array(x), wanted)
    assert loss.item() < 1e-3
    np.testing.assert_allclose(layer.kernel.numpy().ravel(), [0.5, -1, 0.25], atol=0.05)


def test_the_convolution_can_be_replaced():
    class Standardized(gs.layers.Conv2D):
        def convolution_op(self, inputs, kernel):
            return super().convolution_op(inputs, kernel - ops.mean(kernel))

    layer = Standardized(2, 3, use_bias=False)
    result = layer(ops.ones((1, 3, 3, 1)))
    assert abs(ops.sum(result).item()) < 1e-5


CONV2D = {"filters": 4, "kernel_size": 3}
WRONG = [
    ("Conv2D", {**CONV2D, "filters": 0}, "filters=0"),
    ("Conv2D", {**CONV2D, "filters": 2.5}, "filters=2.5"),
    ("Conv2D", {**CONV2D, "groups": 0}, "groups=0"),
    ("Conv2D", {**CONV2D, "groups": 3}, "filters=4, groups=3"),
    ("Conv2D", {**CONV2D, "kernel_size": (3, 0)}, r"kernel_size=\(3, 0\)"),
    ("Conv2D", {**CONV2D, "kernel_size": (3, 3, 3)}, r"kernel_size=\(3, 3, 3\)"),
    ("Conv2D", {**CONV2D, "strides": 0}, "strides=0"),
    ("Conv2D", {**CONV2D, "padding": "causal"}, "padding='causal'"),
    ("Conv1D", {**CONV2D, "padding": "full"}, "padding='full'"),
    ("Conv2D", {**CONV2D, "data_format": "last"}, "data_format='?last"),
    ("Conv2D", {**CONV2D, "strides": 2, "dilation_rate": 2}, r"strides=\(2, 2\)"),
    ("Conv2DTranspose", {**CONV2D, "filters": -1}, "filters=-1"),
    ("Conv2DTranspose", {**CONV2D, "strides": 2, "output_padding": 2}, "output_padding=2"),
    ("Conv2DTranspose", {**CONV2D, "strides": 2, "dilation_rate": 2}, r"strides=\(2, 2\)"),
    ("DepthwiseConv2D", {"kernel_size": 3, "depth_multiplier": 0}, "depth_multiplier=0"),
    ("SeparableConv2D", {**CONV2D, "depth_multiplier": 0}, "depth_multiplier=0"),
    ("SeparableConv2D", {**CONV2D, "filters": 0}, "filters=0"),
]


@pytest.mark.parametrize(("name", "config", "received"), WRONG, ids=str)
def test_wrong_arguments(name, config, received):
    with pytest.raises(ValueError, match=f"Received: .*{received}"):
        getattr(gs.layers, name)(**config)


@pytest.mark.cpython_only
@pytest.mark.parametrize(
    ("name", "config", "received"),
    # Keras makes a layer of 2.5 filters, which cannot be built.
    [case for case in WRONG if case[1].get("filters") != 2.5],
    ids=str,
)
def test_keras_refuses_them_too(name, config, received):
    from tests.oracle import keras_library

    with pytest.raises(ValueError, match=r"[Rr]eceived"):
        getattr(keras_library.keras.layers, name)(**config)


def test_wrong_inputs():
    with pytest.raises(ValueError, match=r"groups=2.*'three'.*Received: 3 channels"):
        gs.layers.Conv2D(4, 3, groups=2, name="three")(ops.ones((1, 5, 5, 3)))
    with pytest.raises(ValueError, match=r"\(3, 3\) fits\. Received: the lengths \(2, 5\)"):
        gs.layers.Conv2D(4, 3)(ops.ones((1, 2, 5, 3)))
    with pytest.raises(ValueError, match="known number of channels for the layer 'open'"):
        gs.layers.Conv2D(4, 3, name="open")(gs.Input((5, 5, None)))
    with pytest.raises(ValueError, match=r"min_ndim=4.*'flat'.*Received: shape=\(1, 5, 3\)"):
        gs.layers.Conv2D(4, 3, name="flat")(ops.ones((1, 5, 3)))
    layer = gs.layers.Conv2D(4, 3, name="built")
    layer(ops.ones((1, 5, 5, 3)))
    with pytest.raises(ValueError, match=r"size 3 of axis -1.*'built'"):
        layer(ops.ones((1, 5, 5, 4)))
