"""Optimizers against Keras's: training, variables, configurations, schedules."""

import inspect
import json

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops, optimizers
from gossamer.naming import reset
from tests.optimizers.table import CASES, NETWORKS, SCHEDULES, batches, begin, loss, made

# Keras on NumPy answers `copy=` with a warning of NumPy.
pytestmark = [
    pytest.mark.cpython_only,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]

NAMES = sorted({name for name, _ in CASES})
IDS = [f"{name}-{number}" for number, (name, _) in enumerate(CASES)]
# Of the largest element: what float32 and another order of operations leave after 20 steps.
TOLERANCE = 1e-4


TRAINED = "tests.optimizers.keras_training:train"


@pytest.fixture(scope="module")
def expected():
    from tests.oracle.elsewhere import on_jax

    return on_jax(TRAINED)


def wanted_on_jax(items):
    return (TRAINED,) if any(item.name.startswith("test_training") for item in items) else None


@pytest.fixture(scope="module")
def keras():
    from tests.oracle import keras_library

    return keras_library.keras


def trained(network, name, given, wrap):
    variables = [gs.Variable(w, name=n) for n, w in begin(network).items()]
    optimizer = made(optimizers, name, given)

    def step(x, y):
        with gs.GradientTape() as tape:
            value = loss(ops, network, [v.value for v in variables], x, y)
            scaled = optimizer.scale_loss(value)
        optimizer.apply(tape.gradient(scaled, variables), variables)
        return value

    step = wrap(step)
    losses = [float(step(*map(ops.convert_to_tensor, batch))) for batch in batches(network)]
    return losses, [v.numpy() for v in variables], [v.numpy() for v in optimizer.variables]


def close(found, wanted, tolerance=TOLERANCE):
    scale = max(float(np.abs(wanted).max(initial=0)), 1e-6)
    np.testing.assert_allclose(found, wanted, rtol=0, atol=tolerance * scale)


@pytest.mark.parametrize("number", range(len(CASES)), ids=IDS)
@pytest.mark.parametrize("network", NETWORKS)
def test_training(network, number, expected, record_property):
    name, given = CASES[number]
    losses, weights, state = expected[network, number]
    found = trained(network, name, given, gs.jit)
    close(found[0], losses)
    largest = max(float(np.abs(w).max()) for w in weights)
    for mine, theirs in zip(found[1], weights, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=0, atol=TOLERANCE * largest)
    assert [x.shape for x in found[2]] == [x.shape for x in state]
    for mine, theirs in zip(found[2], state, strict=True):
        close(mine, theirs, 2e-3)
    record_property("trainings compared with Keras", 1)


@pytest.mark.parametrize("number", range(0, len(CASES), 4))
def test_training_without_jit_is_the_same(number):
    name, given = CASES[number]
    jitted, eager = (trained("recurrent", name, given, w) for w in (gs.jit, lambda f: f))
    close(eager[0], jitted[0])
    for one, other in zip(eager[1] + eager[2], jitted[1] + jitted[2], strict=True):
        close(one, other, 1e-3)


def both(keras, name, given):
    reset()
    keras.backend.clear_session()
    return made(optimizers, name, given), made(keras.optimizers, name, given)


@pytest.mark.parametrize(("name", "given"), CASES, ids=IDS)
def test_configurations(name, given, keras, record_property):
    mine, theirs = both(keras, name, given)
    config = mine.get_config()
    assert config == theirs.get_config()
    assert list(config) == list(theirs.get_config())
    written = optimizers.serialize(mine)
    assert written == keras.optimizers.serialize(theirs)
    json.dumps(written)
    read = optimizers.deserialize(keras.optimizers.serialize(theirs))
    assert read.get_config() == config
    # Keras's `deserialize` does not know its own Lamb.
    assert type(theirs).from_config(written["config"]).get_config() == config
    record_property("configurations compared with Keras", 1)


@pytest.mark.parametrize(("name", "given"), CASES, ids=IDS)
def test_variables(name, given, keras, record_property):
    mine, theirs = both(keras, name, given)
    for library, optimizer in ((gs, mine), (keras, theirs)):
        with library.name_scope("layer"):
            variables = [library.Variable(w, name=n) for n, w in begin("convnet").items()]
        optimizer.build(variables)
    described = [
        [(v.path, tuple(v.shape), v.dtype) for v in optimizer.variables]
        for optimizer in (mine, theirs)
    ]
    assert described[0] == described[1]
    store: dict[str, np.ndarray] = {}
    theirs.save_own_variables(store)
    mine.load_own_variables({key: value + 1 for key, value in store.items()})
    for number, variable in enumerate(mine.variables):
        np.testing.assert_array_equal(variable.numpy(), store[str(number)] + 1)
    record_property("variables compared with Keras", len(described[0]))


@pytest.mark.parametrize("name", [*NAMES, "LossScaleOptimizer", "MultiOptimizer", "Optimizer"])
def test_arguments(name, keras):
    mine, theirs = (
        list(inspect.signature(getattr(module, name).__init__).parameters.values())
        for module in (optimizers, keras.optimizers)
    )
    assert [(p.name, p.default) for p in mine] == [(p.name, p.default) for p in theirs]


@pytest.mark.parametrize(("name", "given"), SCHEDULES)
def test_schedules(name, given, keras, record_property):
    mine = getattr(optimizers.schedules, name)(**given)
    theirs = getattr(keras.optimizers.schedules, name)(**given)
    steps = [*range(60), 99, 100, 101, 1000]
    found = [float(mine(ops.convert_to_tensor(step, "int32"))) for step in steps]
    jitted = gs.jit(mine)
    assert float(jitted(ops.convert_to_tensor(7, "int32"))) == pytest.approx(found[7], 1e-6)
    np.testing.assert_allclose(found, [float(theirs(step)) for step in steps], 1e-5, 1e-7)
    assert mine.get_config() == theirs.get_config()
    schedules = optimizers.schedules
    config = keras.optimizers.schedules.serialize(theirs)
    assert schedules.serialize(mine) == config
    assert schedules.deserialize(config).get_config() == theirs.get_config()
    record_property("steps of schedules compared with Keras", len(steps))


def wrapped(library, name):
    inner = library.optimizers
    if name == "LossScaleOptimizer":
        return inner.LossScaleOptimizer(inner.Adam(0.01), 16.0, dynamic_growth_steps=2)
    pairs = {"layer/k.": inner.Adam(0.01), "layer/w": inner.SGD(0.5)}
    return inner.MultiOptimizer(inner.OptimizerMap(inner.Lion(0.01), pairs))


@pytest.mark.parametrize("name", ["LossScaleOptimizer", "MultiOptimizer"])
def test_optimizers_of_optimizers(name, keras):
    reset()
    keras.backend.clear_session()
    rng = np.random.default_rng(0)
    grads = [rng.normal(size=(5, *w.shape)) for w in begin("convnet").values()]
    if name == "LossScaleOptimizer":
        grads[0][3, 0, 0, 0, 0] = np.inf
    found = []
    for library in (gs, keras):
        optimizer = wrapped(library, name)
        with library.name_scope("layer"):
            variables = [library.Variable(w, name=n) for n, w in begin("convnet").items()]
        for k in range(5):
            given = [library.ops.convert_to_tensor(g[k].astype("float32")) for g in grads]
            optimizer.apply(given, variables)
        values = [np.asarray(v.numpy()) for v in [*variables, *optimizer.variables]]
        found.append((values, optimizer.get_config(), [v.path for v in optimizer.variables]))
    for mine, theirs in zip(found[0][0], found[1][0], strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-4, atol=1e-5)
    assert found[0][1] == found[1][1]
    assert found[0][2] == found[1][2]
    cls = getattr(optimizers, name)
    assert cls.from_config(found[1][1]).get_config() == found[0][1]
