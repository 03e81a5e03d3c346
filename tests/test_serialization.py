"""Configurations there and back, and what is refused on the way."""

import numpy as np
import pytest

import gossamer as gs
from gossamer.serialization.objects import sharing_scope

VALUES = [None, True, 3, 2.5, "text", [1, [2]], {"a": 1}, b"bytes", slice(1, None, 2), ...]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_values_come_back(value):
    config = gs.saving.serialize_keras_object(value)
    assert gs.saving.deserialize_keras_object(config) == value


def test_arrays_and_tensors_come_back():
    array = np.arange(6, dtype="float32").reshape(2, 3)
    for value, kind in ((array, np.ndarray), (gs.ops.convert_to_tensor(array), gs.Tensor)):
        found = gs.saving.deserialize_keras_object(gs.saving.serialize_keras_object(value))
        assert isinstance(found, kind)
        np.testing.assert_array_equal(found, array)


def test_code_is_refused_unless_asked_for():
    config = gs.saving.serialize_keras_object(lambda x: x + 1)
    with pytest.raises(ValueError, match="no Python code"):
        gs.saving.deserialize_keras_object(config)
    assert gs.saving.deserialize_keras_object(config, safe_mode=False)(1) == 2


def test_nothing_is_imported_by_name():
    config = {"module": "os", "class_name": "system", "config": {"command": "true"}}
    with pytest.raises(TypeError, match="registered"):
        gs.saving.deserialize_keras_object(config)
    config = {"module": "builtins", "class_name": "function", "config": "eval"}
    with pytest.raises(TypeError, match="registered"):
        gs.saving.deserialize_keras_object(config)


def test_depth_is_bounded():
    config: list = []
    for _ in range(1000):
        config = [config]
    with pytest.raises(ValueError, match="levels"):
        gs.saving.deserialize_keras_object(config)


@gs.saving.register_keras_serializable("tests")
class Pair:
    def __init__(self, first, second):
        self.first, self.second = first, second

    def get_config(self):
        return {
            "first": gs.saving.serialize_keras_object(self.first),
            "second": gs.saving.serialize_keras_object(self.second),
        }

    @classmethod
    def from_config(cls, config):
        return cls(*map(gs.saving.deserialize_keras_object, config.values()))


def test_what_is_shared_stays_shared():
    inner = Pair(1, 2)
    with sharing_scope():
        config = gs.saving.serialize_keras_object(Pair(inner, inner))
    assert config["registered_name"] == "tests>Pair"
    with sharing_scope():
        pair = gs.saving.deserialize_keras_object(config)
    assert pair.first is pair.second
    assert pair.first.second == 2
