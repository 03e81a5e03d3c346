"""Metrics against Keras's: results of several batches, weights, masks, resets, configurations."""

import json
import warnings

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops
from tests.losses.signatures import arguments, members
from tests.metrics.table import CASES, batches, weights_of

pytestmark = pytest.mark.cpython_only


@pytest.fixture(scope="module")
def keras():
    from tests.oracle.keras_library import keras

    return keras


def case_id(value):
    return str(value).replace(" ", "")


def begin_names(keras):
    """Both count default names anew; to clear a session would take a collection of garbage."""
    gs.naming.reset()
    keras.src.backend.common.global_state.set_global_attribute("object_name_uids", None)


def outcome(metric, name, kind, how):
    """The results after each batch, then those of one batch after a reset."""
    found = []
    given = [(t, p, weights_of(name, t, p, how)) for t, p in batches(kind)]
    for y_true, y_pred, weights in given:
        metric.update_state(y_true, y_pred, sample_weight=weights)
        found.append(np.asarray(metric.result()))
    metric.reset_state()
    found.append(np.asarray(metric(*given[1])))
    return found


@pytest.mark.parametrize("how", [0, 1, 2], ids=["plain", "weighted", "steps"])
@pytest.mark.parametrize(("name", "given", "kind"), CASES, ids=case_id)
def test_metrics(keras, name, given, kind, how, record_property):
    own, real = (getattr(lib.metrics, name)(**given) for lib in (gs, keras))
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            expected = outcome(real, name, kind, how)
    except Exception:
        assert how, "Keras takes this data without weights"
        return  # Keras takes no such weights
    found = outcome(own, name, kind, how)
    for one, other in zip(found, expected, strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5)
    for one, other in zip(own.variables, real.variables, strict=True):
        assert (one.name, one.shape, one.dtype) == (other.name, other.shape, other.dtype)
        np.testing.assert_allclose(one.numpy(), np.asarray(other), rtol=1e-5, atol=1e-5)
    record_property("metrics compared", 1)


@pytest.mark.parametrize(("name", "given", "kind"), CASES, ids=case_id)
@pytest.mark.parametrize("common", [{}, {"name": "mine", "dtype": "float16"}], ids=str)
def test_configurations(keras, name, given, kind, common, record_property):
    begin_names(keras)
    given = {**common, **given}
    own, real = (getattr(lib.metrics, name)(**given) for lib in (gs, keras))
    configs = [json.dumps(lib.metrics.serialize(x), sort_keys=True) for lib, x in
               ((gs, own), (keras, real))]  # fmt: skip
    assert configs[0] == configs[1]
    libraries = [(gs, type(own)), (keras, type(real))]
    # Keras cannot read the weights of labels that it writes.
    for lib, kind_of in libraries[: 1 if "label_weights" in given else 2]:
        crossed = lib.metrics.deserialize(json.loads(configs[0]))
        assert type(crossed) is kind_of
        assert json.dumps(lib.metrics.serialize(crossed), sort_keys=True) == configs[0]
    record_property("metric configurations compared", 1)


@pytest.mark.parametrize("name", ["Mean", "Sum"])
@pytest.mark.parametrize("shape", [(), (4,), (4, 3), (4, 3, 2)], ids=str)
@pytest.mark.parametrize("axes", [None, 0, 1, 2, 3])
def test_reductions(keras, name, shape, axes):
    if axes is not None and axes > len(shape):
        axes = len(shape)
    rng = np.random.default_rng(0)
    values = rng.random(shape, "float32")
    weights = None if axes is None else rng.random(shape[:axes], "float32")
    results = []
    for lib in (gs, keras):
        metric = getattr(lib.metrics, name)()
        metric.update_state(values, sample_weight=weights)
        metric.update_state(values)
        results.append(np.asarray(metric.result()))
    np.testing.assert_allclose(*results, rtol=1e-5)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("name", ["SparseCategoricalAccuracy", "SparseCategoricalCrossentropy"])
def test_masks(keras, name, weighted):
    y_true, y_pred = batches("sparse steps")[0]
    mask = np.random.default_rng(1).random(y_true.shape) > 0.4
    weights = np.random.default_rng(2).random(y_true.shape, "float32") if weighted else None

    class Array(np.ndarray):
        _keras_mask = mask

    predicted = ops.convert_to_tensor(y_pred)
    gs.masking.set_keras_mask(predicted, ops.convert_to_tensor(mask))
    found = getattr(gs.metrics, name)()(y_true, predicted, weights)
    expected = getattr(keras.metrics, name)()(y_true, y_pred.view(Array), weights)
    np.testing.assert_allclose(found.numpy(), np.asarray(expected), rtol=1e-5)


@pytest.mark.parametrize("make", [
    lambda lib: lib.metrics.MeanMetricWrapper(lib.losses.huber, "h", delta=0.5),
    lambda lib: lib.metrics.MeanMetricWrapper(lib.metrics.binary_accuracy, threshold=0.1),
])  # fmt: skip
def test_wrapped_functions(keras, make):
    begin_names(keras)
    own, real = make(gs), make(keras)
    for y_true, y_pred in batches("numbers"):
        np.testing.assert_allclose(own(y_true, y_pred).numpy(), real(y_true, y_pred), rtol=1e-5)
    assert gs.metrics.serialize(own) == keras.metrics.serialize(real)
    again = gs.metrics.deserialize(keras.metrics.serialize(real))
    assert again.get_config() == own.get_config()


FUNCTION_DATA = {
    "binary_accuracy": "several", "categorical_accuracy": "shares",
    "sparse_categorical_accuracy": "sparse", "top_k_categorical_accuracy": "shares",
    "sparse_top_k_categorical_accuracy": "sparse", "pearson_correlation": "numbers",
    "concordance_correlation": "numbers",
}  # fmt: skip


@pytest.mark.parametrize("name", FUNCTION_DATA)
def test_functions(keras, name):
    y_true, y_pred = batches(FUNCTION_DATA[name])[0]
    given = {"k": 2} if "top_k" in name else {}
    found = getattr(gs.metrics, name)(y_true, y_pred, **given)
    expected = getattr(keras.metrics, name)(y_true, y_pred, **given)
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-5, atol=1e-6)


def test_names(keras):
    from keras.src.metrics import ALL_OBJECTS_DICT

    takes_none = [name for name, cls in ALL_OBJECTS_DICT.items() if _is_made_of_nothing(cls)]
    for name in takes_none:
        assert type(gs.metrics.get(name)).__name__ == type(keras.metrics.get(name)).__name__
    assert len(takes_none) > 70
    for lib in (gs, keras):
        with pytest.raises(ValueError, match="nonsense"):
            lib.metrics.get("nonsense")


def _is_made_of_nothing(cls):
    try:
        cls()
    except TypeError:
        return False
    return True


def test_signatures(keras, record_property):
    for name, member in members(keras.metrics).items():
        assert arguments(getattr(gs.metrics, name)) == arguments(member), name
        record_property("signatures of metrics compared", 1)
