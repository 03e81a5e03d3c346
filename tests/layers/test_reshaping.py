"""Layers of margins, repetitions and shapes: numbers by hand, what is refused."""

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops

NAMES = [
    "Cropping1D", "Cropping2D", "Cropping3D", "Flatten", "Permute", "RepeatVector", "Reshape",
    "UpSampling1D", "UpSampling2D", "UpSampling3D", "ZeroPadding1D", "ZeroPadding2D",
    "ZeroPadding3D",
]  # fmt: skip


def test_all_names_are_there(record_property):
    for name in NAMES:
        assert getattr(gs.layers, name).__name__ == name
    assert len(NAMES) == 13
    record_property("layer names present", len(NAMES))


def numbers(*shape):
    return np.arange(np.prod(shape), dtype="float32").reshape(shape)


def test_cropping_undoes_padding():
    for rank, margins in ((1, (2, 1)), (2, ((1, 0), (2, 3))), (3, ((1, 0), (0, 2), (1, 1)))):
        x = numbers(2, *(3, 4, 5)[:rank], 2)
        larger = getattr(gs.layers, f"ZeroPadding{rank}D")(margins)(x)
        assert ops.sum(larger).item() == x.sum()
        back = getattr(gs.layers, f"Cropping{rank}D")(margins)(larger)
        np.testing.assert_array_equal(back.numpy(), x)


def test_up_sampling():
    x = numbers(1, 2, 2, 1)
    larger = gs.layers.UpSampling2D((2, 1))(x)
    np.testing.assert_array_equal(larger.numpy()[0, :, :, 0], [[0, 1], [0, 1], [2, 3], [2, 3]])
    smooth = gs.layers.UpSampling2D((1, 2), interpolation="bilinear")(x)
    np.testing.assert_allclose(
        smooth.numpy()[0, :, :, 0], [[0, 0.25, 0.75, 1], [2, 2.25, 2.75, 3]], rtol=1e-6
    )


def test_shapes():
    x = numbers(2, 3, 4)
    np.testing.assert_array_equal(gs.layers.Flatten()(x).numpy(), x.reshape(2, 12))
    np.testing.assert_array_equal(
        gs.layers.Flatten("channels_first")(x).numpy(), x.transpose(0, 2, 1).reshape(2, 12)
    )
    np.testing.assert_array_equal(gs.layers.Permute((2, 1))(x).numpy(), x.transpose(0, 2, 1))
    np.testing.assert_array_equal(gs.layers.Reshape((-1, 6))(x).numpy(), x.reshape(2, 2, 6))
    np.testing.assert_array_equal(
        gs.layers.RepeatVector(3)(x[0]).numpy(), np.repeat(x[0][:, None], 3, 1)
    )


def test_unknown_lengths_stay_unknown():
    steps = gs.Input((None, 4))
    assert gs.layers.Flatten()(steps).shape == (None, None)
    assert gs.layers.Reshape((-1, 2))(steps).shape == (None, None, 2)
    assert gs.layers.UpSampling1D(2)(steps).shape == (None, None, 4)
    assert gs.layers.Cropping1D(2)(steps).shape == (None, None, 4)
    assert gs.layers.ZeroPadding1D(2)(steps).shape == (None, None, 4)


@pytest.mark.parametrize(
    ("name", "config", "error"),
    [
        ("Cropping1D", {"cropping": (1, 2, 3)}, ValueError),
        ("Cropping1D", {"cropping": -1}, ValueError),
        ("Cropping2D", {"cropping": -1}, ValueError),
        ("Cropping2D", {"cropping": (1, 2, 3)}, ValueError),
        ("Cropping2D", {"cropping": "both"}, ValueError),
        ("Cropping3D", {"cropping": (1, 2)}, ValueError),
        ("Cropping3D", {"cropping": ((1, 2, 3), 1, 1)}, ValueError),
        ("ZeroPadding1D", {"padding": (1, 2, 3)}, ValueError),
        ("ZeroPadding2D", {"padding": (1, 2, 3)}, ValueError),
        ("ZeroPadding2D", {"padding": None}, ValueError),
        ("ZeroPadding3D", {"padding": 1.5}, ValueError),
        ("UpSampling1D", {"size": 0}, ValueError),
        ("UpSampling1D", {"size": 1.5}, TypeError),
        ("UpSampling2D", {"size": (1, 2, 3)}, ValueError),
        ("UpSampling3D", {"size": 0}, ValueError),
        ("Flatten", {"data_format": "last"}, ValueError),
        ("Permute", {"dims": (0, 1)}, ValueError),
        ("Permute", {"dims": (1, 1)}, ValueError),
        ("RepeatVector", {"n": 0}, ValueError),
        ("RepeatVector", {"n": 2.0}, TypeError),
        ("Reshape", {"target_shape": (-1, -1)}, ValueError),
        ("Reshape", {"target_shape": (-2, 3)}, ValueError),
    ],
    ids=str,
)
class TestWrongArguments:
    def test_here(self, name, config, error):
        with pytest.raises(error, match=f"Received: {next(iter(config))}="):
            getattr(gs.layers, name)(**config)

    @pytest.mark.cpython_only
    def test_in_keras(self, name, config, error):
        from tests.oracle import keras_library

        with pytest.raises(error):
            getattr(keras_library.keras.layers, name)(**config)


def test_wrong_inputs():
    with pytest.raises(ValueError, match=r"'cut'.*Received: shape=\(1, 4, 3\)"):
        gs.layers.Cropping1D(2, name="cut")(ops.ones((1, 4, 3)))
    with pytest.raises(ValueError, match=r"Received: shape=\(None, 4, 3\)"):
        gs.layers.Cropping1D(2)(gs.Input((4, 3)))
    for shape in ((5,), (5, -1), (0, -1)):
        with pytest.raises(ValueError, match=r"'other'.*Received: input_shape=\(2, 3, 4\)"):
            gs.layers.Reshape(shape, name="other")(ops.ones((2, 3, 4)))
    with pytest.raises(ValueError, match=r"ndim=3.*Received: shape=\(2, 3\)"):
        gs.layers.Permute((2, 1))(ops.ones((2, 3)))
