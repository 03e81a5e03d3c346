"""Losses against Keras's: values, weights, masks, reductions, configurations, gradients."""

import json

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops
from tests.losses.signatures import arguments, members
from tests.losses.table import CASES, REDUCTIONS, data

pytestmark = pytest.mark.cpython_only


@pytest.fixture(scope="module")
def keras():
    from tests.oracle.keras_library import keras

    return keras


def case_id(value):
    return str(value).replace(" ", "")


def weights_of(shape, seed=3):
    """A few weights that fit losses of a shape."""
    rng = np.random.default_rng(seed)
    yield None
    if shape:
        yield rng.random(shape[0], "float32")
        yield rng.random(shape, "float32")
        yield rng.random((*shape, 1), "float32")


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize(("name", "given", "kind"), CASES, ids=case_id)
def test_losses(keras, name, given, kind, reduction, record_property):
    y_true, y_pred = data(kind)
    own = getattr(gs.losses, name)(**given, reduction=reduction)
    real = getattr(keras.losses, name)(**given, reduction=reduction)
    with np.errstate(invalid="ignore"):
        shape = getattr(keras.losses, name)(**given, reduction=None)(y_true, y_pred).shape
    for weights in weights_of(shape):
        try:
            with np.errstate(invalid="ignore"):  # of classes that Keras ignores
                expected = np.asarray(real(y_true, y_pred, sample_weight=weights))
        except ValueError:  # weights that do not broadcast
            with pytest.raises(ValueError, match="Received"):
                own(y_true, y_pred, sample_weight=weights)
            continue
        found = own(y_true, y_pred, sample_weight=weights)
        assert found.dtype == expected.dtype.name
        np.testing.assert_allclose(found.numpy(), expected, rtol=2e-5, atol=1e-6)
        record_property("losses compared", 1)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("ignore_class", [None, 2])
def test_masks(keras, reduction, weighted, ignore_class, record_property):
    y_true, y_pred = data("sparse")
    mask = np.random.default_rng(1).random(y_true.shape) > 0.4
    weights = np.random.default_rng(2).random(y_true.shape, "float32") if weighted else None
    given = {"reduction": reduction, "ignore_class": ignore_class}

    class Array(np.ndarray):
        _keras_mask = mask

    real = keras.losses.SparseCategoricalCrossentropy(**given)
    with np.errstate(invalid="ignore"):
        expected = real(y_true, y_pred.view(Array), weights)
    predicted = ops.convert_to_tensor(y_pred)
    gs.masking.set_keras_mask(predicted, ops.convert_to_tensor(mask))
    found = gs.losses.SparseCategoricalCrossentropy(**given)(y_true, predicted, weights)
    np.testing.assert_allclose(found.numpy(), expected, rtol=2e-5)
    record_property("masked losses compared", 1)


@pytest.mark.parametrize(("name", "given", "kind"), CASES, ids=case_id)
def test_functions(keras, name, given, kind, record_property):
    y_true, y_pred = data(kind)
    function = gs.losses.get(name).fn.__name__
    if function in ("categorical_generalized_cross_entropy",):
        given = {"q": 0.5, **given}
    with np.errstate(invalid="ignore"):
        expected = getattr(keras.losses, function)(y_true, y_pred, **given)
    found = getattr(gs.losses, function)(y_true, y_pred, **given)
    np.testing.assert_allclose(found.numpy(), expected, rtol=2e-5, atol=1e-6)
    record_property("loss functions compared", 1)


def test_circle_with_references(keras):
    y_true, y_pred = data("embedded")
    given = {"ref_labels": np.array([1, 0, 0]), "ref_embeddings": y_pred[:3], "gamma": 3.0}
    for remove_diagonal in (False, True):
        expected = keras.losses.circle(y_true, y_pred, remove_diagonal=remove_diagonal, **given)
        found = gs.losses.circle(y_true, y_pred, remove_diagonal=remove_diagonal, **given)
        np.testing.assert_allclose(found.numpy(), expected, rtol=2e-5)


@pytest.mark.parametrize(("name", "given", "kind"), CASES, ids=case_id)
@pytest.mark.parametrize("common", [{}, {"name": "mine", "reduction": "sum"}], ids=str)
def test_configurations(keras, name, given, kind, common, record_property):
    own, real = (getattr(lib.losses, name)(**given, **common) for lib in (gs, keras))
    assert own.get_config() == real.get_config()
    assert list(own.get_config()) == list(real.get_config())
    configs = [lib.losses.serialize(loss) for lib, loss in ((gs, own), (keras, real))]
    assert configs[0] == configs[1]
    crossed = gs.losses.deserialize(json.loads(json.dumps(configs[1])))
    assert type(crossed) is type(own)
    # JSON makes lists of tuples.
    assert json.dumps(crossed.get_config()) == json.dumps(own.get_config())
    if name != "CategoricalGeneralizedCrossEntropy":  # which Keras cannot read back itself
        assert keras.losses.deserialize(configs[0]).get_config() == real.get_config()
    record_property("loss configurations compared", 1)


@pytest.mark.parametrize("dtype", ["float16", "float64", "mixed_float16"])
def test_dtypes(keras, dtype):
    y_true, y_pred = data("numbers")
    own, real = (lib.losses.MeanSquaredError(dtype=dtype) for lib in (gs, keras))
    assert own.dtype == real.dtype
    if dtype == "float64":  # which is float32 unless floatx is float64, on every backend
        return
    found, expected = own(y_true, y_pred), real(y_true, y_pred)
    assert found.dtype == expected.dtype.name
    np.testing.assert_allclose(found.numpy(), expected, rtol=2e-3)


def test_default_names(keras):
    for lib in (gs, keras):
        lib.backend.clear_session()

    def names(lib):
        class MyOwnLoss(lib.losses.Loss):
            pass

        return [MyOwnLoss().name, MyOwnLoss().name, lib.losses.Huber().name]

    assert names(gs) == names(keras)


@pytest.mark.parametrize("weight", [None, [0.5, 2.0]])
def test_structures(keras, weight):
    def total(lib):
        class Both(lib.losses.Loss):
            def call(self, y_true, y_pred):
                errors = [(y_true[key] - y_pred[key]) ** 2 for key in ("a", "b")]
                return lib.ops.mean(errors[0] + errors[1], axis=-1)

        y_true = {"a": np.ones((2, 3), "float32"), "b": np.zeros((2, 3), "float32")}
        y_pred = {"a": np.full((2, 3), 3.0, "float32"), "b": np.full((2, 3), 2.0, "float32")}
        given = None if weight is None else np.array(weight, "float32")
        return np.asarray(Both()(y_true, y_pred, given))

    np.testing.assert_allclose(total(gs), total(keras))


def test_names(keras):
    short = ["mse", "MSE", "mae", "MAE", "mape", "msle", "bce", "BCE", "kld", "KLD", "MAPE", "MSLE"]
    for name in short:
        assert gs.losses.get(name).__name__ == keras.losses.get(name).__name__
    for name in ("nonsense", 3):
        for lib in (gs, keras):
            with pytest.raises(ValueError, match=str(name)):
                lib.losses.get(name)


DIFFERENTIATED = [
    ("MeanAbsolutePercentageError", {}, "positive"),
    ("CosineSimilarity", {}, "numbers"),
    ("Huber", {"delta": 0.3}, "numbers"),
    ("LogCosh", {}, "numbers"),
    ("Hinge", {}, "logits"),
    ("KLDivergence", {}, "shares"),
    ("Poisson", {}, "positive"),
    ("BinaryFocalCrossentropy", {"from_logits": True}, "logits"),
    ("CategoricalFocalCrossentropy", {}, "shares"),
    ("SparseCategoricalCrossentropy", {"from_logits": True, "ignore_class": 2}, "sparse logits"),
    ("CategoricalGeneralizedCrossEntropy", {}, "sparse"),
    ("Tversky", {"alpha": 0.3, "beta": 0.7}, "binary"),
    ("Circle", {"gamma": 4.0}, "embedded"),
    ("CTC", {}, "sequences"),
]


@pytest.fixture(scope="module")
def gradients():
    from tests.oracle.elsewhere import on_jax

    return on_jax("tests.losses.keras_gradients:gradients", DIFFERENTIATED)


@pytest.mark.parametrize("number", range(len(DIFFERENTIATED)), ids=lambda i: DIFFERENTIATED[i][0])
def test_gradients(gradients, number, record_property):
    name, given, kind = DIFFERENTIATED[number]
    y_true, y_pred = data(kind)
    loss = getattr(gs.losses, name)(**given)
    found = gs.grad(gs.jit(lambda x: loss(y_true, x)))(ops.convert_to_tensor(y_pred))
    np.testing.assert_allclose(found.numpy(), gradients[number], rtol=1e-4, atol=1e-6)
    record_property("gradients of losses compared", 1)


def test_signatures(keras, record_property):
    for name, member in members(keras.losses).items():
        assert arguments(getattr(gs.losses, name)) == arguments(member), name
        record_property("signatures of losses compared", 1)
