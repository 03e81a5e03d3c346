"""Architectures beside Keras's: layers, configurations, weights, outputs, errors."""

from __future__ import annotations

import inspect
import json
from typing import Any

import numpy as np
import pytest

import gossamer as gs
from tests.applications.families import GAINS, MODELS, ONE_EACH, SMALLEST, VARIANTS, build, weights

pytestmark = [
    pytest.mark.cpython_only,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    # Keras on NumPy finds shapes with arrays of whatever was in memory.
    pytest.mark.filterwarnings("ignore:invalid value encountered:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning"),
]

MODULES = (
    "convnext", "densenet", "efficientnet", "efficientnet_v2", "imagenet_utils",
    "inception_resnet_v2", "inception_v3", "mobilenet", "mobilenet_v2", "mobilenet_v3", "nasnet",
    "resnet", "resnet50", "resnet_v2", "vgg16", "vgg19", "xception",
)  # fmt: skip


@pytest.fixture(scope="module")
def keras() -> Any:
    from tests.oracle import keras_library

    return keras_library.keras


@pytest.fixture
def zeros(monkeypatch: pytest.MonkeyPatch, keras: Any) -> None:
    """Weights that are not drawn: there are up to 350 million."""

    def call(self: Any, shape: Any, dtype: Any = None, **options: Any) -> Any:
        return np.zeros(shape, dtype or "float32")

    for library in (keras, gs):
        monkeypatch.setattr(library.initializers.VarianceScaling, "__call__", call)


def plain(config: Any) -> Any:
    """As it would be written, without seeds, which differ, and without what means nothing."""
    if isinstance(config, dict):
        return {
            key: plain(value)
            for key, value in config.items()
            if key not in ("seed", "compile_config") and not (key == "mask" and value is None)
        }
    if isinstance(config, list | tuple):
        return [plain(value) for value in config]
    return json.loads(json.dumps(config))


def described(model: Any) -> dict[str, Any]:
    return {
        "layers": [(layer.name, type(layer).__name__) for layer in model.layers],
        "weights": [(w.path, tuple(w.shape)) for w in model.weights],
        "trainable": [w.path for w in model.trainable_weights],
        "parameters": model.count_params(),
        "output": model.output_shape,
        "config": plain(model.get_config()),
    }


def assert_the_same(keras: Any, architecture: str, /, **options: Any) -> None:
    right = described(build(keras, architecture, **options))
    found = described(build(gs, architecture, **options))
    for key, value in right.items():
        assert found[key] == value, key


@pytest.mark.parametrize("name", MODELS)
def test_as_keras(name: str, keras: Any, zeros: None, record_property: Any) -> None:
    assert_the_same(keras, name)
    record_property("architectures as Keras's", 1)


@pytest.mark.parametrize(("name", "options"), VARIANTS, ids=lambda given: str(given))
def test_variants(
    name: str, options: dict[str, Any], keras: Any, zeros: None, record_property: Any
) -> None:
    assert_the_same(keras, name, **options)
    record_property("architectures as Keras's", 1)


@pytest.mark.parametrize("name", ["EfficientNetB0", "MobileNetV2", "ResNet50V2", "Xception"])
def test_channels_first(name: str, keras: Any, zeros: None) -> None:
    libraries = (keras, gs)
    size = SMALLEST.get(name, 32)
    try:
        for library in libraries:
            library.config.set_image_data_format("channels_first")
        assert_the_same(keras, name, input_shape=(3, size, size))
    finally:
        for library in libraries:
            library.config.set_image_data_format("channels_last")


@pytest.mark.parametrize("name", ["MobileNetV2", "MobileNetV3Small", "ConvNeXtTiny", "VGG16"])
def test_input_tensors(name: str, keras: Any, zeros: None) -> None:
    found = []
    for library in (keras, gs):
        library.utils.clear_session(free_memory=False)
        x = library.Input((40, 40, 3), name="images")
        asked = {"input_tensor": x / 2.0, "include_top": False, "weights": None}
        model = getattr(library.applications, name)(**asked)
        found.append((model.name, [x.name for x in model.inputs], described(model)["layers"]))
    assert found[0] == found[1]


@pytest.mark.parametrize("name", ONE_EACH)
def test_outputs(name: str, keras: Any, record_property: Any) -> None:
    own, theirs = (build(k, name, classifier_activation=None) for k in (gs, keras))
    values = weights([(w.path, tuple(w.shape)) for w in theirs.weights], GAINS.get(name, 1.5))
    own.set_weights(values)
    theirs.set_weights(values)
    images = np.random.default_rng(2).uniform(0, 255, (2, *own.input_shape[1:])).astype("float32")
    prepared = getattr(gs.applications, module_of(name)).preprocess_input(images)
    found = gs.ops.convert_to_numpy(own(prepared))
    right = keras.ops.convert_to_numpy(theirs(prepared))
    largest = np.abs(right).max()
    assert np.isfinite(right).all()
    assert 1e-2 < largest < 1e4
    assert np.abs(right[0] - right[1]).max() > 1e-3 * largest
    np.testing.assert_allclose(found, right, 0, 1e-4 * largest)
    record_property("architectures whose outputs are Keras's", 1)


def module_of(name: str) -> str:
    if name.startswith("MobileNetV3"):
        return "mobilenet_v3"
    return next(m for m in MODULES if hasattr(getattr(gs.applications, m), name))


@pytest.mark.parametrize("name", MODELS)
def test_signatures(name: str, keras: Any) -> None:
    own, theirs = (
        [(p.name, p.default) for p in inspect.signature(function).parameters.values()]
        for function in (getattr(gs.applications, name), getattr(keras.applications, name))
    )
    assert own == theirs


@pytest.mark.parametrize("name", MODULES)
def test_modules(name: str, keras: Any) -> None:
    own, theirs = getattr(gs.applications, name), getattr(keras.applications, name)
    members = [member for member in dir(theirs) if not member.startswith("_")]
    assert "preprocess_input" in members
    for member in members:
        signatures = [
            [(p.name, p.default) for p in inspect.signature(getattr(m, member)).parameters.values()]
            for m in (own, theirs)
        ]
        assert signatures[0] == signatures[1], member


@pytest.mark.parametrize("mode", ["caffe", "tf", "torch"])
@pytest.mark.parametrize("data_format", [None, "channels_first", "channels_last"])
@pytest.mark.parametrize("rank", [3, 4])
@pytest.mark.parametrize("dtype", ["uint8", "int32", "float32", "float64", "float16"])
def test_preprocess_arrays(
    mode: str, data_format: str | None, rank: int, dtype: str, keras: Any, record_property: Any
) -> None:
    x = images(rank, data_format, dtype)
    before = x.copy()
    right = keras.applications.imagenet_utils.preprocess_input(x.copy(), data_format, mode)
    found = gs.applications.imagenet_utils.preprocess_input(x, data_format, mode)
    assert isinstance(found, np.ndarray)
    assert found.dtype == right.dtype
    tolerance = 1e-2 if dtype == "float16" else 1e-5
    np.testing.assert_allclose(found, right, tolerance, tolerance * 100)
    np.testing.assert_array_equal(x, before)
    record_property("preprocessed images compared", 1)


@pytest.mark.parametrize("mode", ["caffe", "tf", "torch"])
@pytest.mark.parametrize("data_format", [None, "channels_first", "channels_last"])
@pytest.mark.parametrize("rank", [3, 4])
def test_preprocess_tensors(
    mode: str, data_format: str | None, rank: int, keras: Any, record_property: Any
) -> None:
    x = images(rank, data_format, "float32")
    # Keras's NumPy backend has arrays for tensors: what is symbolic takes the other way.
    right = keras.applications.imagenet_utils.preprocess_input(x.copy(), data_format, mode)
    found = gs.applications.imagenet_utils.preprocess_input(
        gs.ops.convert_to_tensor(x), data_format, mode
    )
    assert isinstance(found, gs.Tensor)
    np.testing.assert_allclose(found, right, 1e-5, 1e-3)
    symbols = [
        library.applications.imagenet_utils.preprocess_input(
            library.KerasTensor(x.shape, "float32"), data_format, mode
        )
        for library in (gs, keras)
    ]
    assert symbols[0].shape == symbols[1].shape
    record_property("preprocessed images compared", 1)


@pytest.mark.parametrize("name", [module for module in MODULES if module != "imagenet_utils"])
def test_preprocess_of_families(name: str, keras: Any, record_property: Any) -> None:
    x = images(4, None, "float32")
    right = getattr(keras.applications, name).preprocess_input(x.copy())
    found = getattr(gs.applications, name).preprocess_input(x.copy())
    np.testing.assert_allclose(found, right, 1e-5, 1e-3)
    record_property("preprocessed images compared", 1)


def images(rank: int, data_format: str | None, dtype: str) -> np.ndarray:
    shape = (3, 4, 5) if data_format == "channels_first" else (4, 5, 3)
    shape = shape if rank == 3 else (2, *shape)
    return np.random.default_rng(0).uniform(0, 255, shape).astype(dtype)


def test_decode_predictions(
    keras: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, record_property: Any
) -> None:
    from keras.src.applications import imagenet_utils

    index = {str(n): [f"n{n:08d}", f"class {n}"] for n in range(1000)}
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "imagenet_class_index.json").write_text(json.dumps(index))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(gs.applications.imagenet_utils, "CLASS_INDEX", None)
    monkeypatch.setattr(imagenet_utils, "CLASS_INDEX", index)
    scores = np.random.default_rng(0).uniform(size=(3, 1000)).astype("float32")
    for top in (1, 5):
        right = keras.applications.vgg16.decode_predictions(scores, top)
        assert gs.applications.vgg16.decode_predictions(gs.ops.array(scores), top) == right
        record_property("decoded predictions compared", 1)


MISTAKES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("VGG16", {"input_shape": (16, 32, 3)}),
    ("VGG16", {"input_shape": (32, 32)}),
    ("VGG16", {"input_shape": (None, None, 3)}),
    ("VGG16", {"weights": "no such file"}),
    ("VGG16", {"weights": "imagenet", "input_shape": None, "classes": 7}),
    ("InceptionV3", {"input_shape": (74, 80, 3)}),
    ("Xception", {"input_shape": (70, 80, 3)}),
    ("MobileNetV3Small", {"input_shape": (31, 32, 3)}),
    ("ResNet50", {"classifier_activation": "no such activation"}),
)


@pytest.mark.parametrize(("name", "options"), MISTAKES, ids=lambda given: str(given))
def test_mistakes(name: str, options: dict[str, Any], keras: Any, zeros: None) -> None:
    for library in (keras, gs):
        with pytest.raises(ValueError, match=r"\w"):
            build(library, name, **options)


@pytest.mark.parametrize("name", ["ConvNeXtTiny", "DenseNet121", "NASNetMobile"])
def test_one_data_format_only(name: str, keras: Any) -> None:
    for library in (keras, gs):
        try:
            library.config.set_image_data_format("channels_first")
            with pytest.raises(ValueError, match="channels_first"):
                build(library, name, input_shape=(3, 32, 32))
        finally:
            library.config.set_image_data_format("channels_last")
