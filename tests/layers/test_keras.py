"""Every layer's cases against Keras: outputs, shapes, weights, configurations, gradients."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gossamer as gs
from tests.layers.case import LayerCase
from tests.layers.keras_gradients import cotangent
from tests.oracle.elsewhere import on_jax

pytestmark = [
    pytest.mark.cpython_only,
    # Keras's convolutions on NumPy give JAX their variables, which know no `copy`.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]

MODULES = [f"tests.layers.{path.stem}" for path in sorted(Path(__file__).parent.glob("cases_*.py"))]
CASES = [case for name in MODULES for case in importlib.import_module(name).CASES]
IDS = [case.id for case in CASES]


@pytest.fixture(scope="module")
def keras() -> Any:
    from tests.oracle import keras_library

    return keras_library.keras


@pytest.fixture(scope="module")
def their_gradients(request: Any) -> Any:
    items = request.session.items  # those inside Pyodide have no module
    own = [item for item in items if getattr(item, "module", None) is request.module]
    call = wanted_on_jax(own)
    assert call is not None
    return on_jax(*call)


def wanted_on_jax(items: list[Any]) -> tuple[Any, ...] | None:
    chosen = [item for item in items if item.name.startswith("test_gradients")]
    ids = sorted(item.callspec.params["case"].id for item in chosen)
    return ("tests.layers.keras_gradients:gradients", MODULES, ids) if ids else None


def test_names_of_cases_differ() -> None:
    assert len(set(IDS)) == len(IDS)


def both(case: LayerCase, keras: Any) -> tuple[Any, Any]:
    """The layer here and there, built, with the same weights."""
    keras.utils.clear_session(free_memory=False)
    gs.utils.clear_session(free_memory=False)
    own, theirs = case.make(gs), case.make(keras)
    inputs, extra = case.arrays(), case.call_arrays()
    own(inputs, **extra)
    theirs(inputs, **extra)
    assert [tuple(w.shape) for w in own.weights] == [tuple(w.shape) for w in theirs.weights]
    values = case.weights(
        [tuple(w.shape) for w in theirs.weights], [w.dtype for w in theirs.weights]
    )
    own.set_weights(values)
    theirs.set_weights(values)
    return own, theirs


def compare(case: LayerCase, own: Any, theirs: Any) -> None:
    own, theirs = gs.tree.flatten(own), gs.tree.flatten(theirs)
    assert len(own) == len(theirs)
    for one, other in zip(own, theirs, strict=True):
        found, right = np.asarray(one), np.asarray(other)
        assert found.shape == right.shape
        assert found.dtype.name.replace("64", "32") == right.dtype.name.replace("64", "32")
        if not case.random:
            largest = float(np.abs(right).max(initial=0.0)) if right.dtype.kind in "fiu" else 1.0
            np.testing.assert_allclose(found, right, case.rtol, case.atol * max(largest, 1.0))


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_outputs(case: LayerCase, keras: Any, record_property: Any) -> None:
    own, theirs = both(case, keras)
    inputs, extra = case.arrays(), case.call_arrays()
    compare(case, own(inputs, **extra), theirs(inputs, **extra))
    if case.training:
        compare(case, own(inputs, training=True, **extra), theirs(inputs, training=True, **extra))
        compare(case, own.get_weights(), theirs.get_weights())
    record_property("layer cases with Keras's outputs", 1)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_weights(case: LayerCase, keras: Any) -> None:
    own, theirs = both(case, keras)
    described = [
        [(w.path, w.name, tuple(w.shape), w.dtype, w.trainable) for w in layer.weights]
        for layer in (own, theirs)
    ]
    assert described[0] == described[1]
    assert own.count_params() == theirs.count_params()
    assert [v.path for v in own.variables] == [v.path for v in theirs.variables]


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_shapes(case: LayerCase, keras: Any) -> None:
    """Of symbolic inputs whose batch is unknown, before anything is built."""
    inputs, extra = case.arrays(), case.call_arrays()
    results = []
    for library in (gs, keras):
        symbolic = gs.tree.map_structure(
            lambda x, library=library: library.Input(x.shape[1:], dtype=x.dtype.name), inputs
        )
        outputs = case.make(library)(symbolic, **extra)
        results.append([(x.shape, x.dtype) for x in gs.tree.flatten(outputs)])
    assert results[0] == results[1]
    layer, other = case.make(gs), case.make(keras)
    shape = gs.tree.map_structure(lambda x: (None, *x.shape[1:]), inputs)
    try:
        right = other.compute_output_shape(shape)
    except Exception:  # Keras cannot say before it has been built
        return
    assert layer.compute_output_shape(shape) == right


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_config(case: LayerCase, keras: Any, record_property: Any) -> None:
    keras.utils.clear_session(free_memory=False)
    gs.utils.clear_session(free_memory=False)
    own, theirs = case.make(gs), case.make(keras)
    config = own.get_config()
    right = theirs.get_config()
    assert plain(config) == plain(right)
    assert list(config) == list(right)
    again = type(own).from_config(config)
    assert plain(again.get_config()) == plain(right)
    assert plain(type(theirs).from_config(plain(config)).get_config()) == plain(right)
    assert plain(type(own).from_config(plain(right)).get_config()) == plain(right)
    record_property("layer configurations both ways", 1)


def plain(config: Any) -> Any:
    """As it would come out of a file; Keras keeps some numbers as float32."""
    return json.loads(
        json.dumps(config, default=str), parse_float=lambda text: float(f"{float(text):.6g}")
    )


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_jitted(case: LayerCase, keras: Any) -> None:
    own, _ = both(case, keras)
    inputs, extra = case.arrays(), case.call_arrays()
    if case.random:
        return
    tensors = gs.tree.map_structure(gs.ops.convert_to_tensor, inputs)
    expected = own(tensors, **extra)
    compare(case, gs.jit(lambda x: own(x, **extra))(tensors), expected)


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.gradients and not case.random],
    ids=[case.id for case in CASES if case.gradients and not case.random],
)
def test_gradients(case: LayerCase, keras: Any, their_gradients: Any, record_property: Any) -> None:
    right = their_gradients[case.id]
    assert not isinstance(right, str), right
    own, _ = both(case, keras)
    extra = case.call_arrays()
    tensors = gs.tree.map_structure(gs.ops.convert_to_tensor, case.arrays())
    leaves = [x for x in gs.tree.flatten(tensors) if "float" in x.dtype]
    with gs.GradientTape() as tape:
        for leaf in leaves:
            tape.watch(leaf)
        outputs = own(tensors, **extra)
        loss = sum(
            gs.ops.sum(output * cotangent(output.shape))
            for output in gs.tree.flatten(outputs)
            if "float" in output.dtype
        )
    sources = [own.trainable_variables, leaves]
    found = tape.gradient(loss, sources)
    for part, expected in zip(found, right, strict=True):
        for gradient, value in zip(part, expected, strict=True):
            array = np.zeros_like(value) if gradient is None else gradient.numpy()
            largest = max(float(np.abs(value).max(initial=0.0)), 1.0)
            np.testing.assert_allclose(array, value, 1e-4, 1e-4 * largest)
    record_property("layer gradients as Keras's on JAX", 1)
