"""Layers that pool: numbers by hand, masks, what is refused."""

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops

KINDS = [
    f"{how}{what}Pooling{rank}D"
    for how in ("", "Global", "Adaptive")
    for what in ("Average", "Max")
    for rank in (1, 2, 3)
]
ALIASES = {
    f"{how}{short}Pool{rank}D": f"{how}{what}Pooling{rank}D"
    for how in ("", "Global")
    for short, what in (("Avg", "Average"), ("Max", "Max"))
    for rank in (1, 2, 3)
}


def test_all_names_are_there(record_property):
    for name in KINDS:
        assert getattr(gs.layers, name).__name__ == name
    for alias, name in ALIASES.items():
        assert getattr(gs.layers, alias) is getattr(gs.layers, name)
    assert len(KINDS) == 18
    record_property("layer names present", len(KINDS) + len(ALIASES))


STEPS = np.array([1, 4, 2, 3, 9], "float32").reshape(1, 5, 1)


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (lambda: gs.layers.MaxPooling1D(2), [4, 3]),
        (lambda: gs.layers.MaxPooling1D(2, padding="same"), [4, 3, 9]),
        (lambda: gs.layers.MaxPooling1D(3, strides=1), [4, 4, 9]),
        (lambda: gs.layers.AveragePooling1D(2), [2.5, 2.5]),
        (lambda: gs.layers.AveragePooling1D(2, padding="same"), [2.5, 2.5, 9]),
        (lambda: gs.layers.GlobalMaxPooling1D(), [9]),
        (lambda: gs.layers.GlobalAveragePooling1D(), [3.8]),
        (lambda: gs.layers.AdaptiveMaxPooling1D(2), [4, 9]),
        (lambda: gs.layers.AdaptiveAveragePooling1D(5), [1, 4, 2, 3, 9]),
    ],
)
def test_numbers(layer, expected):
    np.testing.assert_allclose(layer()(STEPS).numpy().ravel(), expected, rtol=1e-6)


def test_formats_agree():
    x = np.random.default_rng(0).normal(size=(2, 6, 5, 3)).astype("float32")
    for make in (
        lambda f: gs.layers.MaxPooling2D((2, 3), data_format=f),
        lambda f: gs.layers.AveragePooling2D(2, padding="same", data_format=f),
        lambda f: gs.layers.GlobalMaxPooling2D(f, keepdims=True),
        lambda f: gs.layers.AdaptiveAveragePooling2D((2, 4), data_format=f),
    ):
        expected = make("channels_last")(x).numpy()
        found = make("channels_first")(np.moveaxis(x, -1, 1)).numpy()
        np.testing.assert_allclose(np.moveaxis(found, 1, -1), expected, 1e-6, 1e-6)


def test_what_a_mask_hides_does_not_count():
    x = np.array([[[1.0], [3.0], [np.inf]], [[2.0], [np.nan], [7.0]]], "float32")
    mask = np.array([[True, True, False], [True, False, False]])
    layer = gs.layers.GlobalAveragePooling1D()
    result = layer(x, mask=mask)
    np.testing.assert_allclose(result.numpy(), [[2.0], [2.0]], rtol=1e-6)
    assert gs.masking.get_keras_mask(result) is None
    carried = ops.array(x)
    gs.masking.set_keras_mask(carried, ops.array(mask))
    np.testing.assert_allclose(layer(carried).numpy(), [[2.0], [2.0]], rtol=1e-6)


def test_unknown_lengths_stay_unknown():
    x = gs.Input((None, 6, 3))
    assert gs.layers.MaxPooling2D(2)(x).shape == (None, None, 3, 3)
    assert gs.layers.GlobalMaxPooling2D()(x).shape == (None, 3)
    assert gs.layers.AdaptiveMaxPooling2D(2)(x).shape == (None, 2, 2, 3)


@pytest.mark.parametrize(
    ("name", "config", "error", "received"),
    [
        ("MaxPooling2D", {"pool_size": 0}, ValueError, "pool_size=0"),
        ("MaxPooling2D", {"pool_size": (2, 2, 2)}, ValueError, "pool_size="),
        ("AveragePooling1D", {"pool_size": 2, "strides": -1}, ValueError, "strides=-1"),
        ("AveragePooling1D", {"pool_size": 2, "padding": "causal"}, ValueError, "padding="),
        ("GlobalMaxPooling1D", {"data_format": "last"}, ValueError, "data_format="),
        ("AdaptiveMaxPooling2D", {"output_size": (1, 2, 3)}, TypeError, "output_size="),
        ("AdaptiveMaxPooling2D", {"output_size": "2"}, TypeError, "output_size="),
        ("AdaptiveAveragePooling1D", {"output_size": 2.5}, TypeError, "output_size=2.5"),
    ],
    ids=str,
)
def test_wrong_arguments(name, config, error, received):
    with pytest.raises(error, match=f"Received: {received}"):
        getattr(gs.layers, name)(**config)


def test_wrong_inputs():
    with pytest.raises(ValueError, match=r"ndim=4.*'pool'.*Received: shape=\(1, 5, 3\)"):
        gs.layers.MaxPooling2D(2, name="pool")(ops.ones((1, 5, 3)))
    with pytest.raises(ValueError, match=r"Received: the lengths \(2, 5\)"):
        gs.layers.MaxPooling2D(3)(gs.Input((2, 5, 3)))
    with pytest.raises(ValueError, match=r"Received: inputs\.shape=\(1, 2, 5, 3\)"):
        gs.layers.MaxPooling2D(3)(ops.ones((1, 2, 5, 3)))
