"""Architectures on every backend: small ones are built, asked and trained."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gossamer as gs
from tests.applications.families import build


def images(batch: int = 2) -> np.ndarray:
    return np.random.default_rng(0).uniform(0, 255, (batch, 32, 32, 3)).astype("float32")


def test_mobilenet_trains() -> None:
    gs.utils.set_random_seed(0)
    model = build(gs, "MobileNet", alpha=0.25, dropout=0.0)
    model.compile("adam", "sparse_categorical_crossentropy")
    x = gs.applications.mobilenet.preprocess_input(images(4))
    y = np.array([0, 1, 2, 3])
    losses = model.fit(x, y, batch_size=4, epochs=5, verbose=0).history["loss"]
    assert np.isfinite(losses).all()
    assert losses[-1] < losses[0]


def test_probabilities() -> None:
    model = build(gs, "MobileNetV3Small")
    scores = model.predict(images(), verbose=0)
    assert scores.shape == (2, 7)
    np.testing.assert_allclose(scores.sum(axis=-1), 1.0, rtol=1e-4)


def test_features_of_any_size() -> None:
    model = build(gs, "MobileNetV2", alpha=0.35, include_top=False, input_shape=(None, None, 3))
    assert model.name == "mobilenetv2_0.35_None"
    assert model(images()).shape == (2, 1, 1, 1280)
    assert model(np.zeros((1, 64, 96, 3), "float32")).shape == (1, 2, 3, 1280)


def test_efficientnets_are_named_as_one_likes() -> None:
    # Keras finds the blocks of a version 2 by its name, and has none for others.
    model = build(gs, "EfficientNetV2B0", name="backbone", include_top=False)
    assert model.name == "backbone"
    assert model.count_params() == build(gs, "EfficientNetV2B0", include_top=False).count_params()


def test_own_layers_are_read_again() -> None:
    for layer in (
        gs.applications.convnext.LayerScale(0.5, 3, name="scale"),
        gs.applications.convnext.StochasticDepth(0.5),
        gs.applications.inception_resnet_v2.CustomScaleLayer(0.25),
    ):
        config = gs.saving.serialize_keras_object(layer)
        again = gs.saving.deserialize_keras_object(config)
        assert type(again) is type(layer)
        assert again.get_config() == layer.get_config()


def test_stochastic_depth_leaves_out_whole_images() -> None:
    gs.utils.set_random_seed(0)
    layer = gs.applications.convnext.StochasticDepth(0.25)
    out = gs.ops.convert_to_numpy(layer(gs.ops.ones((400, 2, 3)), training=True))
    kept = out[:, 0, 0]
    np.testing.assert_allclose(np.unique(kept), [0.0, 4 / 3], 1e-6)
    np.testing.assert_array_equal(out, np.broadcast_to(kept[:, None, None], out.shape))
    assert 0.65 < (kept > 0).mean() < 0.85


@pytest.mark.parametrize(
    ("module", "right"),
    [
        ("vgg16", [-52.939, -116.779, 131.32]),
        ("xception", [1.0, -1.0, -0.6]),
        ("densenet", [2.24890829, -2.03571429, -0.91555556]),
        ("convnext", [255.0, 0.0, 51.0]),
    ],
)
def test_preprocess(module: str, right: list[float]) -> None:
    x = np.array([[[255.0, 0.0, 51.0]]], "float32")
    preprocess = getattr(gs.applications, module).preprocess_input
    for given in (x, gs.ops.convert_to_tensor(x)):
        np.testing.assert_allclose(preprocess(given)[0, 0], right, 1e-5)
    first = preprocess(gs.ops.reshape(x, (1, 3, 1, 1)), data_format="channels_first")
    np.testing.assert_allclose(first[0, :, 0, 0], right, 1e-5)


def test_weights_are_asked_for_as_a_file() -> None:
    with pytest.raises(NotImplementedError, match="give the path of a file"):
        gs.applications.MobileNet()


def test_names_of_classes_are_asked_for_as_a_file(tmp_path: Any, monkeypatch: Any) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    with pytest.raises(FileNotFoundError, match="imagenet_class_index"):
        gs.applications.imagenet_utils.decode_predictions(np.zeros((1, 1000)))
