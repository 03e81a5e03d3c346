"""Labels, sequences and images against Keras."""

import inspect

import numpy as np
import pytest

import gossamer as gs

pytestmark = pytest.mark.cpython_only

RNG = np.random.default_rng(0)
RAGGED = [[1], [2, 3], [], [4, 5, 6, 7]]


@pytest.fixture(scope="module")
def keras():
    from tests.oracle import keras_library

    return keras_library.keras


CALLS = [
    *(("to_categorical", (labels,), {"num_classes": n}) for labels in (
        [0, 2, 1], [[0, 1], [2, 3]], [[1], [3]], 2, [1.0, 3.0],
    ) for n in (None, 5)),
    *(("normalize", (x,), {"axis": axis, "order": order}) for x in (
        RNG.normal(size=(3, 4)), RNG.normal(size=(3, 4, 2)).astype("float32"), np.zeros((2, 2)),
    ) for axis in (-1, 1) for order in (1, 2, np.inf)),
    *(("pad_sequences", (RAGGED,), {"maxlen": maxlen, "padding": padding, "truncating": cut})
      for maxlen in (None, 3, 6) for padding in ("pre", "post") for cut in ("pre", "post")),
    ("pad_sequences", (RAGGED,), {"dtype": "float32", "value": -1.5}),
    ("pad_sequences", ([["a"], ["b", "c"]],), {"dtype": object, "value": "pad"}),
    ("pad_sequences", ([["a"], ["b", "c"]],), {"dtype": "<U3", "value": "pad"}),
    ("pad_sequences", ([np.ones((2, 3)), np.ones((1, 3))],), {}),
    ("img_to_array", (np.ones((2, 3)),), {}),
    ("img_to_array", (np.ones((2, 3, 4)),), {"data_format": "channels_first", "dtype": "int32"}),
]  # fmt: skip


@pytest.mark.parametrize("call", range(len(CALLS)))
def test_calls(call, keras, record_property):
    name, args, kwargs = CALLS[call]
    ours = getattr(gs.utils, name)(*args, **kwargs)
    theirs = getattr(keras.utils, name)(*args, **kwargs)
    assert (ours.dtype, ours.shape) == (theirs.dtype, theirs.shape)
    if ours.dtype.kind == "f":
        np.testing.assert_allclose(ours, theirs, rtol=1e-6)
    else:
        np.testing.assert_array_equal(ours, theirs)
    record_property("calls of utils compared", 1)


SIZES = [(4, 6), (3, 3), (10, 2), (1, 1)]


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("shape", [(5, 8, 3), (2, 9, 4, 1)], ids=str)
def test_smart_resize(size, shape, keras, record_property):
    picture = RNG.normal(size=shape).astype("float32")
    ours = gs.preprocessing.image.smart_resize(picture, size)
    theirs = keras.preprocessing.image.smart_resize(picture, size)
    np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)
    record_property("calls of utils compared", 1)


# What the modules of data and of models bring, and what of Keras's is none of its own.
ELSEWHERE = {
    "FeatureSpace", "Progbar", "PyDataset", "Sequence", "audio_dataset_from_directory",
    "get_source_inputs", "image_dataset_from_directory", "model_to_dot", "plot_model",
    "split_dataset", "text_dataset_from_directory", "timeseries_dataset_from_array",
    "pack_x_y_sample_weight", "unpack_x_y_sample_weight", "bounding_boxes", "legacy",
}  # fmt: skip


# Keras hides some arguments in **kwargs.
OTHER = {"deserialize_keras_object", "smart_resize", "result_type"}


@pytest.mark.parametrize(
    "path", ["utils", "preprocessing.image", "preprocessing.sequence", "config", "backend"]
)
def test_names_and_signatures(path, keras, record_property):
    ours, theirs = gs, keras
    for part in path.split("."):
        ours, theirs = getattr(ours, part), getattr(theirs, part)
    names = {name for name, value in vars(theirs).items() if not inspect.ismodule(value)}
    for name in names - ELSEWHERE:
        if name.startswith("_") or (path, name) == ("backend", "backend"):
            continue
        functions = [getattr(module, name) for module in (ours, theirs)]
        if inspect.isfunction(functions[1]) and name not in OTHER:
            parameters = [list(inspect.signature(one).parameters) for one in functions]
            assert parameters[0] == parameters[1], name
        record_property(f"names of {path} there", 1)


@pytest.fixture
def pillow():
    return pytest.importorskip("PIL.Image", reason="Pillow is no dependency; without it, see above")


IMAGES = [
    (RNG.integers(0, 256, (5, 4, channels)).astype(dtype) * factor)
    for channels in (1, 3, 4) for dtype in ("uint8", "float32") for factor in (1,)
] + [np.zeros((2, 2, 3)), RNG.integers(0, 4000, (3, 3, 1)).astype("float32")]  # fmt: skip


@pytest.mark.parametrize("scale", [True, False])
@pytest.mark.parametrize("number", range(len(IMAGES)))
@pytest.mark.filterwarnings("ignore:'mode' parameter")
def test_images(number, scale, keras, pillow, tmp_path, record_property):
    ours, theirs = (
        library.utils.array_to_img(IMAGES[number], scale=scale) for library in (gs, keras)
    )
    assert (ours.mode, ours.size) == (theirs.mode, theirs.size)
    np.testing.assert_array_equal(ours, theirs)
    if ours.mode == "I":
        return
    path = tmp_path / "a.png"
    gs.utils.save_img(path, IMAGES[number], scale=scale)
    for options in (
        {}, {"color_mode": "grayscale"}, {"color_mode": "rgba", "target_size": (7, 3)},
        {"target_size": (3, 9), "interpolation": "bilinear", "keep_aspect_ratio": True},
    ):  # fmt: skip
        ours, theirs = (library.utils.load_img(path, **options) for library in (gs, keras))
        assert ours.mode == theirs.mode
        np.testing.assert_array_equal(ours, theirs)
        record_property("images compared", 1)
