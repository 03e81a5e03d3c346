"""`Operation`, and the small names around it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops
from gossamer.core.symbolic import in_symbolic_scope


class Power(gs.Operation):
    """An exponent as a setting."""

    def __init__(self, exponent: int = 2, name: str | None = None) -> None:
        super().__init__(name)
        self.exponent = exponent

    def call(self, x: Any) -> Any:
        return x**self.exponent


class Halves(gs.Operation):
    """Two results, and shapes that it tells itself."""

    def call(self, x: Any) -> Any:
        half = x.shape[-1] // 2
        return x[..., :half], x[..., half:]

    def compute_output_spec(self, x: Any) -> Any:
        half = gs.KerasTensor((*x.shape[:-1], x.shape[-1] // 2), x.dtype)
        return half, gs.KerasTensor(half.shape, x.dtype)


def test_tensors_and_symbolic_tensors():
    cube = Power(3)
    assert cube(ops.ones((2,)) * 2.0).tolist() == [8.0, 8.0]
    x = gs.Input((4,))
    y = cube(x)
    assert (y.shape, y.dtype) == ((None, 4), "float32")
    assert (cube.input, cube.output) == (x, y)
    first, second = Halves()(x)
    assert first.shape == second.shape == (None, 2)


def test_in_a_model_and_its_configuration():
    x = gs.Input((4,))
    power = Power(3, name="cube")
    first, second = Halves(name="halves")(power(x))
    model = gs.Model(x, gs.layers.Dense(1)(ops.concatenate([second, power(first)])))
    values = np.linspace(0.0, 1.0, 8, dtype="float32").reshape(2, 4)
    expected = model(values).numpy()
    np.testing.assert_allclose(model.predict(values, verbose=0), expected, rtol=1e-5)
    custom = {"Power": Power, "Halves": Halves}
    again = gs.Model.from_config(model.get_config(), custom)
    again.set_weights(model.get_weights())
    np.testing.assert_allclose(again(values).numpy(), expected, rtol=1e-6)
    # One operation that is called twice is one.
    names = [layer["name"] for layer in model.get_config()["layers"]]
    assert names.count("cube") == 1
    copy = gs.models.model_from_json(model.to_json(), custom)
    assert copy.count_params() == model.count_params()


def test_configuration():
    assert Power(3, name="p").get_config() == {"name": "p", "exponent": 3}
    assert Power.from_config(Power(5).get_config()).exponent == 5
    assert repr(Power(name="p")) == "<Operation name=p>"
    config = gs.saving.serialize_keras_object(Power(4))
    read = gs.saving.deserialize_keras_object(config, {"Power": Power})
    assert read.exponent == 4

    class OfAnArray(gs.Operation):
        def __init__(self, array):
            super().__init__()

    with pytest.raises(NotImplementedError, match="OfAnArray to have a `get_config`"):
        OfAnArray(np.ones(2)).get_config()


def test_layers_are_operations():
    assert isinstance(gs.layers.Dense(1), gs.Operation)
    assert issubclass(gs.Model, gs.Operation)
    assert not isinstance(ops.ones(()), gs.Operation)


def test_source_inputs():
    x, y, z = gs.Input((2,)), gs.Input((2,)), gs.Input((2,))
    both = gs.layers.Add()([x * 2.0, gs.layers.Dense(2)(y)]) + x
    assert {id(s) for s in gs.utils.get_source_inputs(both)} == {id(x), id(y)}
    assert gs.utils.get_source_inputs(z) == [z]
    with pytest.raises(TypeError, match="a symbolic tensor"):
        gs.utils.get_source_inputs(ops.ones(()))


def test_symbolic_scope():
    assert not in_symbolic_scope()
    with gs.SymbolicScope(), gs.SymbolicScope():
        assert in_symbolic_scope()
    assert not in_symbolic_scope()
    seen = []
    gs.layers.Lambda(lambda x: seen.append(in_symbolic_scope()) or x)(gs.Input((2,)))
    assert set(seen) == {True}


def test_device():
    before = gs.backend()
    with gs.device("cpu:0"):
        assert ops.ones((2,)).backend.name == "numpy"
    assert gs.backend() == before
    for wrong in ("cpu:1", "tpu:0", "gpu:x"):
        with pytest.raises(ValueError, match=f"device_name='{wrong}'"):
            gs.device(wrong)


@pytest.mark.webgl
def test_device_with_a_gpu():
    with gs.device("gpu"):
        assert ops.ones((2, 2)).backend.name == "webgl"


def test_modules_that_cannot_be():
    for name in ("distribution", "export", "legacy", "src"):
        with pytest.raises(NotImplementedError, match=f"gossamer.{name}.anything is not here"):
            _ = getattr(gs, name).anything
        assert not hasattr(getattr(gs, name), "__wrapped__")


def test_mistakes():
    with pytest.raises(ValueError, match="without a '/'"):
        Power(name="a/b")
    with pytest.raises(NotImplementedError, match="has no `call`"):
        gs.Operation()(ops.ones(()))
    with pytest.raises(NotImplementedError, match="no quantized call"):
        Power().quantized_call()
