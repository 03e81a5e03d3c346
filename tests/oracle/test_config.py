"""Settings and `gs.backend`, which is a function and Keras's module, beside Keras's own."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops
from tests.oracle.outcome import MISTAKES

pytestmark = pytest.mark.cpython_only

BACKEND = (
    "backend", "clear_session", "epsilon", "floatx", "get_uid", "image_data_format",
    "is_float_dtype", "is_int_dtype", "result_type", "set_epsilon", "set_floatx",
    "set_image_data_format", "standardize_dtype",
)  # fmt: skip
CONFIG = (
    "backend", "epsilon", "floatx", "image_data_format", "set_epsilon", "set_floatx",
    "set_image_data_format",
)  # fmt: skip
DTYPES: tuple[Any, ...] = (
    None, "float16", "float32", "float64", "int8", "uint8", "int32", "uint32", "int64", "bool",
    "complex64", "nonsense", "int", bool, int, float,
    np.float16, np.int32, np.dtype("int8"),
)  # fmt: skip


@pytest.fixture(scope="module")
def keras() -> Any:
    from tests.oracle import keras_library

    return keras_library.keras


@pytest.fixture
def settings(keras: Any) -> Iterator[tuple[Any, Any]]:
    """Both libraries' settings; as they were at the end."""
    both = (gs.config, keras.config)
    yield both
    for one in both:
        one.set_epsilon(1e-7)
        one.set_floatx("float32")
        one.set_image_data_format("channels_last")


def _outcome(call: Callable[..., Any], *given: Any) -> Any:
    try:
        return call(*given)
    except MISTAKES as error:
        return type(error)


def test_backend_is_a_function_and_a_module(keras: Any) -> None:
    assert gs.backend is sys.modules["gossamer.backend"]
    assert gs.backend() == gs.backend.backend() == gs.config.backend() == "numpy"
    assert [name for name in BACKEND if not hasattr(keras.backend, name)] == []
    from gossamer.backend import floatx, get_backend

    assert (floatx(), get_backend("numpy").name) == ("float32", "numpy")


@pytest.mark.parametrize(
    ("module", "name"),
    [*(("backend", name) for name in BACKEND), *(("config", name) for name in CONFIG)],
)
def test_called_alike(keras: Any, module: str, name: str) -> None:
    own, theirs = (
        [(x.kind, x.default) for x in inspect.signature(function).parameters.values()]
        for function in (getattr(getattr(of, module), name) for of in (gs, keras))
    )
    assert own == theirs


@pytest.mark.parametrize("name", ["standardize_dtype", "is_float_dtype", "is_int_dtype"])
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_of_a_dtype(keras: Any, name: str, dtype: Any) -> None:
    own, theirs = (_outcome(getattr(of.backend, name), dtype) for of in (gs, keras))
    assert own == theirs


@pytest.mark.parametrize("first", DTYPES, ids=str)
def test_result_type(keras: Any, first: Any) -> None:
    for second in DTYPES:
        own, theirs = (_outcome(of.backend.result_type, first, second) for of in (gs, keras))
        assert own == theirs, second


@pytest.mark.parametrize("value", [1e-3, 1, 0.0])
def test_epsilon(settings: tuple[Any, Any], value: float) -> None:
    for one in settings:
        one.set_epsilon(value)
    assert gs.config.epsilon() == gs.backend.epsilon() == settings[1].epsilon() == value


@pytest.mark.parametrize("value", ["channels_first", "CHANNELS_LAST", "middle", None, 3])
def test_image_data_format(settings: tuple[Any, Any], value: Any) -> None:
    raised = [_outcome(one.set_image_data_format, value) for one in settings]
    assert raised[0] is raised[1]
    assert settings[0].image_data_format() == settings[1].image_data_format()


@pytest.mark.parametrize("value", ["float16", "float32", "float64", "int32", "nonsense"])
def test_floatx(settings: tuple[Any, Any], value: str) -> None:
    raised = [_outcome(one.set_floatx, value) for one in settings]
    assert raised[0] is raised[1]
    assert settings[0].floatx() == settings[1].floatx()


CALLS: dict[str, Callable[[Any], Any]] = {
    "conv": lambda o: o.conv(_image(o), o.convert_to_tensor(np.ones((2, 2, 4, 3), np.float32))),
    "depthwise_conv": lambda o: o.depthwise_conv(
        _image(o), o.convert_to_tensor(np.ones((2, 2, 4, 3), np.float32))
    ),
    "separable_conv": lambda o: o.separable_conv(
        _image(o),
        o.convert_to_tensor(np.ones((2, 2, 4, 1), np.float32)),
        o.convert_to_tensor(np.ones((1, 1, 4, 3), np.float32)),
    ),
    "conv_transpose": lambda o: o.conv_transpose(
        _image(o), o.convert_to_tensor(np.ones((2, 2, 3, 4), np.float32)), 2
    ),
    "max_pool": lambda o: o.max_pool(_image(o), 2),
    "average_pool": lambda o: o.average_pool(_image(o), 2),
}


def _image(o: Any) -> Any:
    """Four channels, first."""
    return o.convert_to_tensor(np.arange(2 * 4 * 6 * 5, dtype=np.float32).reshape(2, 4, 6, 5) % 7)


@pytest.mark.parametrize("name", CALLS)
def test_ops_take_the_data_format(settings: tuple[Any, Any], name: str) -> None:
    """Compared with the same call that says it: Keras on NumPy cannot convolve channels first."""
    gs.config.set_image_data_format("channels_first")
    found = CALLS[name](ops)
    gs.config.set_image_data_format("channels_last")

    def channels_first(*args: Any) -> Any:
        return getattr(ops, name)(*args, data_format="channels_first")

    said = SimpleNamespace(**{name: channels_first}, convert_to_tensor=ops.convert_to_tensor)
    expected = CALLS[name](said)
    np.testing.assert_array_equal(found.numpy(), expected.numpy())


EPSILON: dict[str, Callable[[Any], Any]] = {
    "normalize": lambda o: o.normalize(np.array([1e-3, 2e-3], np.float32)),
    "normalize_3": lambda o: o.normalize(np.array([1e-3, 2e-3], np.float32), order=3),
    "rms_normalization": lambda o: o.rms_normalization(np.array([[1e-2, 2e-2]], np.float32)),
    "layer_normalization": lambda o: o.layer_normalization(np.array([[1e-2, 2e-2]], np.float32)),
    "binary_crossentropy": lambda o: o.binary_crossentropy(
        np.array([1.0, 0.0], np.float32), np.array([0.0, 1.0], np.float32)
    ),
    "categorical_crossentropy": lambda o: o.categorical_crossentropy(
        np.array([1.0, 0.0], np.float32), np.array([0.0, 1.0], np.float32)
    ),
    "sparse_categorical_crossentropy": lambda o: o.sparse_categorical_crossentropy(
        np.array([0], np.int32), np.array([[0.0, 1.0]], np.float32)
    ),
}


@pytest.mark.parametrize("name", EPSILON)
def test_ops_take_epsilon(settings: tuple[Any, Any], keras: Any, name: str) -> None:
    before = np.asarray(EPSILON[name](ops))
    for one in settings:
        one.set_epsilon(0.01)
    found, expected = (np.asarray(EPSILON[name](o)) for o in (ops, keras.ops))
    np.testing.assert_allclose(found, expected, 1e-5)
    assert not np.allclose(found, before)


def test_names_count_up(keras: Any) -> None:
    for of in (gs, keras):
        of.backend.clear_session()
        assert [of.backend.get_uid("a"), of.backend.get_uid("a"), of.backend.get_uid()] == [1, 2, 1]
        assert of.random.SeedGenerator(1).name == "seed_generator"
        assert of.random.SeedGenerator(1).name == "seed_generator_1"
        of.utils.clear_session()
        assert of.random.SeedGenerator(1).name == "seed_generator"
