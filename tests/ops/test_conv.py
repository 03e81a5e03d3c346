"""Convolution: how few kernels it takes, the causal padding of layers, mistakes."""

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops
from gossamer.ops.conv import convolved
from tests.kernel.calls import calls_of

X, W = np.ones((2, 6, 6, 8), np.float32), np.ones((3, 3, 4, 8), np.float32)


def kernels(function, *arguments):
    """Which primitives a function runs, and with how many kernels each."""
    return [
        (seen.call.primitive.name, len(list(seen.kernels())))
        for seen in calls_of(function, *arguments)
    ]


def test_groups_are_one_kernel():
    assert kernels(lambda x, w: ops.conv(x, w, padding="same"), X, W) == [("convolution", 1)]


def test_single_channels_are_depthwise():
    assert ("depthwise", 1) in kernels(ops.conv, X, np.ones((3, 3, 1, 16), np.float32))


def test_no_neighbours_are_a_product():
    assert ("matmul", 1) in kernels(ops.conv, X, np.ones((1, 1, 8, 5), np.float32))


@pytest.mark.parametrize(("strides", "count"), [(1, 1), (2, 2)])
def test_kernels_of_gradients(strides, count):
    w = np.ones((3, 3, 8, 5), np.float32)
    gradient = gs.grad(lambda x, w: ops.sum(ops.conv(x, w, strides)), (0, 1))
    found = dict(kernels(gradient, X, w))
    assert {name: found[name] for name in found if name.startswith("convolution")} == {
        "convolution": 1,
        "convolution_input": count,
        "convolution_kernel": 1,
    }


def test_strides_take_no_steps_in_vain():
    """The product behind a strided gradient is as long as the taps that reach a place."""
    g, w = np.ones((1, 4, 4, 8), np.float32), np.ones((4, 4, 6, 8), np.float32)
    (seen,) = calls_of(lambda g, w: ops.conv_transpose(g, w, 2, "same"), g, w)
    (product, _), _ = seen.kernels()
    assert product.reduce_shape == (2, 2, 8)


@pytest.mark.parametrize("strides", [1, 2])
@pytest.mark.parametrize("dilation", [1, 3])
def test_causal_padding(strides, dilation, backend):
    generator = np.random.default_rng(3)
    x, w = (generator.normal(size=s).astype(np.float32) for s in ((2, 9, 3), (3, 3, 4)))
    before = np.pad(x, [(0, 0), (2 * dilation, 0), (0, 0)])
    found = convolved(x, w, strides, "causal", False, dilation).numpy()
    right = ops.conv(before, w, strides, dilation_rate=dilation).numpy()
    np.testing.assert_allclose(found, right, 1e-5, 1e-5)


def test_padding_in_capitals(backend):
    np.testing.assert_allclose(
        ops.conv(X, W, padding="SAME").numpy(), ops.conv(X, W, padding="same").numpy()
    )


B, K = np.ones((1, 5, 3), np.float32), np.ones((3, 3, 4), np.float32)
MISTAKES = {
    "causal": lambda: ops.conv(B, K, padding="causal"),
    "groups": lambda: ops.conv(np.ones((1, 5, 6)), np.ones((3, 3, 5))),
    "strides": lambda: ops.conv(B, K, strides=(1, 2)),
    "dilation": lambda: ops.conv(B, K, dilation_rate=3),
    "depthwise channels": lambda: ops.depthwise_conv(B, np.ones((3, 2, 1))),
    "depthwise small": lambda: ops.depthwise_conv(B, np.ones((6, 3, 1))),
    "separable channels": lambda: ops.separable_conv(B, np.ones((3, 3, 2)), np.ones((1, 5, 4))),
    "transposed channels": lambda: ops.conv_transpose(B, K),
    "transposed padding": lambda: ops.conv_transpose(B, np.ones((3, 4, 3)), padding="causal"),
    "transposed output": lambda: ops.conv_transpose(B, np.ones((3, 4, 3)), output_padding=-1),
    "transposed rank": lambda: ops.conv_transpose(B, np.ones((3, 3, 4, 3))),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes(name):
    with pytest.raises(ValueError, match=r"Expected .*Received: "):
        MISTAKES[name]()
