"""Labels, sequences, configurations and images, wherever gossamer runs."""

import copy
import sys

import numpy as np
import pytest

import gossamer as gs
from gossamer import utils


def test_categories_of_tensors():
    labels = gs.ops.convert_to_tensor([[0], [2]])
    found = gs.jit(lambda x: utils.to_categorical(x, 3))(labels)
    np.testing.assert_array_equal(found, [[1, 0, 0], [0, 0, 1]])
    np.testing.assert_array_equal(found, utils.to_categorical([[0], [2]]))
    with pytest.raises(ValueError, match="num_classes"):
        utils.to_categorical(labels)


def test_normalize():
    x = np.array([[3.0, 0.0], [4.0, 0.0]], "float32")
    np.testing.assert_allclose(utils.normalize(x, axis=0), [[0.6, 0.0], [0.8, 0.0]], rtol=1e-6)
    found = utils.normalize(gs.ops.convert_to_tensor(x), axis=0)
    np.testing.assert_allclose(found, [[0.6, 0.0], [0.8, 0.0]], rtol=1e-5)


@pytest.mark.parametrize(
    ("sequences", "options", "message"),
    [
        (3, {}, "list of sequences"),
        ([[1], 2], {}, "list of sequences"),
        ([[1]], {"padding": "both"}, "padding"),
        ([[1]], {"truncating": "both"}, "truncating"),
        ([[1]], {"value": "a"}, "dtype"),
        ([[[1, 2]], [[1, 2, 3]]], {}, "shape"),
    ],
)
def test_sequences_that_cannot_be_padded(sequences, options, message):
    with pytest.raises(ValueError, match=message):
        utils.pad_sequences(sequences, **options)


def test_sequences_cut_to_nothing():
    # Keras takes all of each, its last -0, and fails.
    assert utils.pad_sequences([[1], [2, 3]], maxlen=0).shape == (2, 0)


def test_config():
    config = utils.Config(a=1, name="x")
    config.b = 2
    config["c"] = [3]
    assert (config.a, config["b"], config.c, "c" in config, len(config)) == (1, 2, [3], True, 4)
    assert list(config) == ["a", "b", "c", "name"]
    assert config.pop("name") == "x"
    del config["c"]
    config.update(a=5)
    assert config.as_dict() == {"a": 5, "b": 2}
    assert config.to_json() == '{"a": 5, "b": 2}'
    assert (config.get("z"), config.get("z", 1)) == (None, 1)
    config.freeze()
    assert config.frozen
    for change in (
        lambda: setattr(config, "a", 1), lambda: config.update(a=1), lambda: config.pop("a"),
        lambda: config.__setitem__("a", 1), lambda: config.__delitem__("a"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match="not frozen"):
            change()
    assert copy.deepcopy(config).as_dict() == {"a": 5, "b": 2}
    config.unfreeze()
    config.long_name = 1
    with pytest.raises(AttributeError, match="Did you mean 'long_name'"):
        _ = config.longname
    with pytest.raises(AttributeError, match="method"):
        config.keys = 1


def test_arrays_of_images():
    picture = np.arange(12, dtype="uint8").reshape(2, 2, 3)
    array = utils.img_to_array(picture)
    assert (array.shape, array.dtype) == ((2, 2, 3), "float32")
    assert utils.img_to_array(picture, "channels_first").shape == (3, 2, 2)
    assert utils.img_to_array(picture[:, :, 0], "channels_first", "int32").shape == (1, 2, 2)
    with pytest.raises(ValueError, match="two or three axes"):
        utils.img_to_array(np.zeros(3))


def test_without_pillow(monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL", None)
    for use in (
        lambda: utils.array_to_img(np.zeros((1, 1, 3))),
        lambda: utils.load_img("a.png"),
        lambda: utils.save_img("a.png", np.zeros((1, 1, 3))),
    ):
        with pytest.raises(ImportError, match="pip install pillow"):
            use()


def test_smart_resize():
    picture = np.arange(4 * 8, dtype="float32").reshape(4, 8, 1)
    # The middle of it, in half the size.
    found = gs.preprocessing.image.smart_resize(picture, (2, 2))
    np.testing.assert_allclose(found[..., 0], [[6.5, 8.5], [22.5, 24.5]])
    first = gs.preprocessing.image.smart_resize(
        gs.ops.convert_to_tensor(picture.transpose(2, 0, 1)), (2, 2), data_format="channels_first"
    )
    np.testing.assert_allclose(first[0], found[..., 0])
    with pytest.raises(ValueError, match="height"):
        gs.preprocessing.image.smart_resize(picture, (2,))


def test_switches():
    for on, off, state in (
        (
            gs.config.enable_interactive_logging, utils.disable_interactive_logging,
            utils.is_interactive_logging_enabled,
        ),
        (
            gs.config.enable_traceback_filtering, gs.config.disable_traceback_filtering,
            gs.config.is_traceback_filtering_enabled,
        ),
    ):  # fmt: skip
        assert state()
        off()
        assert not state()
        on()
        assert state()
    gs.config.disable_flash_attention()
    gs.config.disable_interactive_logging()
    utils.clear_session()
    assert gs.config.is_flash_attention_enabled() is None
    assert gs.config.is_interactive_logging_enabled()
