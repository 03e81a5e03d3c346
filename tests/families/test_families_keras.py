"""Initializers, regularizers, constraints and activations against Keras."""

import importlib
import json

import numpy as np
import pytest

import gossamer as gs

pytestmark = pytest.mark.cpython_only

RNG = np.random.default_rng(0)
MATRIX = RNG.normal(size=(5, 4)).astype("float32")
FILTERS = RNG.normal(size=(3, 2, 4, 5)).astype("float32")

# Class and arguments, by module. What depends on a seed is compared by configuration only.
CONFIGURATIONS = {
    "initializers": [
        ("Initializer", {}), ("Constant", {}),
        ("Constant", {"value": 3}), ("Constant", {"value": [1.0, 2.0]}),
        ("Zeros", {}), ("Ones", {}), ("Identity", {}),
        ("STFT", {}), ("STFT", {"side": "imag", "window": None, "scaling": "spectrum"}),
        ("RandomNormal", {}), ("RandomNormal", {"mean": 1.0, "stddev": 2.0, "seed": 3}),
        ("RandomUniform", {}), ("RandomUniform", {"minval": -1, "maxval": 2, "seed": 3}),
        ("TruncatedNormal", {}), ("TruncatedNormal", {"mean": 1.0, "stddev": 2.0, "seed": 3}),
        ("VarianceScaling", {}), ("VarianceScaling", {"distribution": "Normal"}),
        ("VarianceScaling", {
            "scale": 2.0, "mode": "fan_avg", "distribution": "uniform", "seed": 1,
            "input_axes": [0], "output_axes": [1, 2],
        }),
        *((name, arguments) for name in (
            "GlorotUniform", "GlorotNormal", "LecunUniform", "LecunNormal", "HeUniform", "HeNormal",
        ) for arguments in ({}, {"seed": 7}, {"input_axes": (0,), "output_axes": (1,)})),
        ("Orthogonal", {}), ("Orthogonal", {"gain": 2.0, "seed": 1}),
    ],
    "regularizers": [
        ("L1", {}), ("L1", {"l1": 0.5}), ("L1", {"l1": None}), ("L2", {}), ("L2", {"l2": 2}),
        ("L2", {"l2": 0}), ("L1L2", {}), ("L1L2", {"l1": 0.5}), ("L1L2", {"l1": 1, "l2": 0.25}),
        ("L1L2", {"l2": 3.0, "l1": None}), ("OrthogonalRegularizer", {}),
        ("OrthogonalRegularizer", {"factor": 0.5, "mode": "columns"}),
    ],
    "constraints": [
        ("Constraint", {}), ("MaxNorm", {}), ("MaxNorm", {"max_value": 0.5, "axis": 1}),
        ("MaxNorm", {"max_value": 1.5, "axis": [0, 1]}), ("NonNeg", {}), ("UnitNorm", {}),
        ("UnitNorm", {"axis": 1}), ("MinMaxNorm", {}), ("MinMaxNorm", {"min_value": 2.0}),
        ("MinMaxNorm", {"min_value": 1.0, "max_value": 1.5, "rate": 0.3, "axis": 1}),
    ],
}  # fmt: skip
CASES = [(module, *case) for module, cases in CONFIGURATIONS.items() for case in cases]
# Keras makes its factors tensors, so that they come back rounded to float32.
ROUNDED = ("L1", "OrthogonalRegularizer")

REFUSED = [
    ("initializers", "VarianceScaling", {"scale": 0}),
    ("initializers", "VarianceScaling", {"mode": "fan"}),
    ("initializers", "VarianceScaling", {"distribution": "cauchy"}),
    ("initializers", "RandomNormal", {"seed": 1.5}),
    ("initializers", "STFT", {"side": "left"}),
    ("initializers", "STFT", {"window": "door"}),
    ("initializers", "STFT", {"scaling": "none"}),
    ("regularizers", "L1", {"l1": -1.0}),
    ("regularizers", "L2", {"l2": float("nan")}),
    ("regularizers", "L1L2", {"l1": "a"}),
    ("regularizers", "OrthogonalRegularizer", {"mode": "diagonals"}),
    ("regularizers", "OrthogonalRegularizer", {"factor": float("inf")}),
]


@pytest.fixture(scope="module")
def keras():
    from tests.oracle import keras_library

    return keras_library.keras


def made(library, module, name, arguments):
    return getattr(getattr(library, module), name)(**arguments)


def close(ours, theirs):
    """Equality, but for the rounding of numbers to float32."""
    if isinstance(ours, dict):
        return ours.keys() == theirs.keys() and all(close(ours[k], theirs[k]) for k in ours)
    return ours == theirs or (isinstance(ours, float) and np.float32(ours) == np.float32(theirs))


@pytest.mark.parametrize(("module", "name", "arguments"), CASES, ids=str)
def test_configurations(module, name, arguments, keras, record_property):
    ours = made(gs, module, name, arguments)
    theirs = made(keras, module, name, arguments)
    config = getattr(gs, module).serialize(ours)
    their_config = getattr(keras, module).serialize(theirs)
    assert close(config, their_config) if name in ROUNDED else config == their_config
    assert list(config["config"]) == list(their_config["config"])
    json.dumps(config)
    for library, given in ((gs, their_config), (keras, config)):
        read = getattr(library, module).get(given)
        assert type(read).__name__ == name
        assert close(getattr(library, module).serialize(read), their_config)
    record_property(f"configurations of {module} compared", 1)


@pytest.mark.parametrize(("module", "name", "arguments"), REFUSED, ids=str)
def test_refused(module, name, arguments, keras):
    with pytest.raises(ValueError):  # noqa: PT011
        made(keras, module, name, arguments)
    with pytest.raises(ValueError, match="Received"):
        made(gs, module, name, arguments)


VALUES = [
    *((case, value) for case in CASES if case[0] == "constraints" for value in (MATRIX, FILTERS)),
    *((case, MATRIX) for case in CASES if case[0] == "regularizers"),
    *((case, FILTERS) for case in CASES if case[1] in ("L1", "L2", "L1L2")),
]


@pytest.mark.parametrize(("case", "value"), VALUES, ids=lambda x: str(getattr(x, "shape", x)))
def test_values(case, value, keras, record_property):
    if case[2].get("mode") == "columns":
        # On NumPy, Keras divides columns by the norms of rows.
        theirs = made(keras, *case[:2], {**case[2], "mode": "rows"})(value.T)
    else:
        theirs = made(keras, *case)(keras.ops.convert_to_tensor(value))
    ours = made(gs, *case)(gs.ops.convert_to_tensor(value))
    np.testing.assert_allclose(ours, keras.ops.convert_to_numpy(theirs), rtol=2e-6, atol=1e-7)
    jitted = gs.jit(made(gs, *case))(gs.ops.convert_to_tensor(value))
    np.testing.assert_allclose(jitted, ours, rtol=1e-6, atol=1e-7)
    record_property(f"values of {case[0]} compared", 1)


@pytest.mark.parametrize("dtype", [None, "float16", "int32", "bool"])
@pytest.mark.parametrize(
    ("name", "arguments", "shape"),
    [
        ("Constant", {"value": 3}, (2, 3)), ("Constant", {"value": [1.0, 2.0]}, (3, 2)),
        ("Zeros", {}, (2, 3)), ("Ones", {}, ()), ("Identity", {}, (3, 2)),
    ],
)  # fmt: skip
def test_constant_initializers(name, arguments, shape, dtype, keras, record_property):
    theirs = made(keras, "initializers", name, arguments)(shape, dtype)
    ours = made(gs, "initializers", name, arguments)(shape, dtype)
    if name == "Identity" and dtype in ("int32", "bool"):
        theirs = keras.ops.cast(theirs, ours.dtype)
    assert (ours.dtype, ours.shape) == (theirs.dtype.name, theirs.shape)
    np.testing.assert_array_equal(ours, theirs)
    record_property("values of initializers compared", 1)


@pytest.mark.parametrize("side", ["real", "imag"])
@pytest.mark.parametrize("scaling", [None, "density", "spectrum"])
@pytest.mark.parametrize("periodic", [False, True])
def test_stft(side, scaling, periodic, keras, record_property):
    from gossamer.initializers.windows import NAMES

    given = [*NAMES, None, np.linspace(0.5, 1.0, 8).tolist()]
    for window in given:
        for length, shape in ((8, (8, 1, 9)), (1, (1, 1, 2)), (7, (7, 1, 5))):
            if isinstance(window, list) and length != 8:
                continue
            arguments = {"side": side, "window": window, "scaling": scaling, "periodic": periodic}
            theirs = made(keras, "initializers", "STFT", arguments)(shape)
            ours = made(gs, "initializers", "STFT", arguments)(shape)
            np.testing.assert_allclose(ours, theirs, atol=2e-5, err_msg=f"{window} {length}")
            record_property("values of initializers compared", 1)


FANS = [(), (7,), (3, 5), (2, 3, 5), (3, 3, 4, 8)]


@pytest.mark.parametrize("shape", FANS, ids=str)
def test_fans(shape, keras):
    from keras.src.initializers.random_initializers import compute_fans as their_fans

    from gossamer.initializers.scaled import compute_fans

    assert compute_fans(shape) == their_fans(shape)
    if len(shape) > 2:
        assert compute_fans(shape, [0, 1], [-1]) == their_fans(shape, [0, 1], [-1])


def lookups(module):
    """The strings that Keras's `get` knows."""
    return sorted(importlib.import_module(f"keras.src.{module}").ALL_OBJECTS_DICT)


def test_strings(keras, record_property):
    for module in ("initializers", "regularizers", "constraints"):
        # Of its constant, Keras wants to know the value.
        for name in set(lookups(module)) - {"constant", "Constant"}:
            ours, theirs = getattr(gs, module).get(name), getattr(keras, module).get(name)
            assert type(ours).__name__ == type(theirs).__name__
            record_property(f"names of {module} looked up", 1)
    for name in lookups("activations"):
        assert gs.activations.get(name).__name__ == keras.activations.get(name).__name__
        record_property("names of activations looked up", 1)


MODULES = ["initializers", "regularizers", "constraints", "activations"]


@pytest.mark.parametrize("module", MODULES)
def test_names_are_all_there(module, keras, record_property):
    theirs = {name for name in vars(getattr(keras, module)) if not name.startswith("_")}
    ours = getattr(gs, module)
    assert not {name for name in theirs if not hasattr(ours, name)}
    for name in theirs:
        # An alias is one here, too.
        original = getattr(getattr(keras, module), name).__name__
        assert original in dir(object) or getattr(ours, name).__name__ == original
        record_property(f"names of {module} there", 1)


X = np.concatenate([np.linspace(-8, 8, 33), [0.0, 1e-3, -1e-3]]).astype("float32").reshape(2, 18)
ACTIVATIONS = [
    ("relu", {}), ("relu", {"negative_slope": 0.1}), ("relu", {"max_value": 6}),
    ("relu", {"max_value": 4.5, "threshold": 1.0}), ("relu", {"threshold": -1.0}),
    ("relu", {"negative_slope": 0.2, "max_value": 3.0}),
    ("relu", {"negative_slope": 0.2, "max_value": 3.0, "threshold": 0.5}),
    ("leaky_relu", {}), ("leaky_relu", {"negative_slope": 0.3}), ("relu6", {}), ("softmax", {}),
    ("softmax", {"axis": 0}), ("celu", {}), ("celu", {"alpha": 0.5}), ("elu", {}),
    ("elu", {"alpha": 0.5}), ("selu", {}), ("softplus", {}), ("softsign", {}), ("squareplus", {}),
    ("squareplus", {"b": 2}), ("soft_shrink", {}), ("soft_shrink", {"threshold": 1.0}),
    ("sparse_plus", {}), ("silu", {}), ("swish", {}), ("gelu", {}), ("gelu", {"approximate": True}),
    ("glu", {}), ("glu", {"axis": 0}), ("tanh", {}), ("tanh_shrink", {}),
    ("threshold", {"threshold": 0.5, "default_value": -1.0}), ("sigmoid", {}),
    ("sparse_sigmoid", {}), ("exponential", {}), ("hard_sigmoid", {}), ("hard_silu", {}),
    ("hard_swish", {}), ("hard_tanh", {}), ("hard_shrink", {}), ("hard_shrink", {"threshold": 2.0}),
    ("linear", {}), ("mish", {}), ("log_softmax", {}), ("log_softmax", {"axis": 0}),
    ("log_sigmoid", {}), ("sparsemax", {}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "arguments"), ACTIVATIONS, ids=str)
def test_activations(name, arguments, keras, record_property):
    theirs = getattr(keras.activations, name)(keras.ops.convert_to_tensor(X), **arguments)
    activation = getattr(gs.activations, name)
    ours = activation(gs.ops.convert_to_tensor(X), **arguments)
    if name == "sparsemax":  # Keras's does not add up to 1: see tests/oracle/differences.py
        theirs = gs.ops.sparsemax(X)
    np.testing.assert_allclose(ours, theirs, rtol=2e-5, atol=2e-6)
    jitted = gs.jit(lambda x: activation(x, **arguments))(gs.ops.convert_to_tensor(X))
    np.testing.assert_allclose(jitted, ours, rtol=1e-5, atol=1e-6)
    assert gs.activations.serialize(activation) == keras.activations.serialize(
        getattr(keras.activations, name)
    )
    record_property("activations compared", 1)


def test_other_activations_are_dictionaries(keras):
    def custom(x):
        return x

    for library in (gs, keras):
        library.saving.register_keras_serializable("tests")(custom)
        try:
            config = library.activations.serialize(custom)
            assert config == {
                "module": "builtins", "class_name": "function", "config": "tests>custom",
                "registered_name": "function",
            }  # fmt: skip
            assert library.activations.get(config) is custom
        finally:
            del library.saving.get_custom_objects()["tests>custom"]
    with pytest.raises(ValueError):  # noqa: PT011
        keras.activations.get("nothing")
    with pytest.raises(ValueError, match="nothing"):
        gs.activations.get("nothing")
