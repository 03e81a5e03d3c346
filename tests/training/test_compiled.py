"""`CompileLoss` and `CompileMetrics` against Keras's: values, names in logs, what is refused."""

import numpy as np
import pytest

import gossamer as gs
from gossamer.training.compile_loss import CompileLoss
from gossamer.training.compile_metrics import CompileMetrics
from tests.training.compiled import LOSSES, METRICS, arrays

pytestmark = pytest.mark.cpython_only


@pytest.fixture(scope="module")
def keras_own():
    from tests.oracle.keras_library import keras

    return keras.src.trainers.compile_utils


def case_id(value):
    return str(value).replace(" ", "")


def weights(how, y_pred):
    rng = np.random.default_rng(5)
    if how == "none":
        return None
    if how == "one":
        return rng.random(8, "float32")
    return gs.tree.map_structure(lambda _: rng.random(8, "float32"), y_pred)


def loss_outcome(make, given, how):
    """The totals and the means of two batches, the names, and the error's kind if there is one."""
    true_form, pred_form, names, loss, loss_weights = given
    found = []
    try:
        compiled = make(loss, loss_weights, output_names=names)
        for seed in (0, 20):
            y_true, y_pred = arrays(true_form, seed), arrays(pred_form, seed + 10)
            found.append(np.asarray(compiled(y_true, y_pred, weights(how, y_pred))))
    except (ValueError, KeyError) as error:
        return type(error), [], []
    found += [np.asarray(metric.result()) for metric in compiled.metrics]
    assert len(compiled.variables) == 2 * len(compiled.metrics)
    return None, found, [metric.name for metric in compiled.metrics]


@pytest.mark.parametrize("how", ["none", "one", "structure"])
@pytest.mark.parametrize("given", LOSSES, ids=case_id)
def test_losses(keras_own, given, how, record_property):
    with np.errstate(invalid="ignore"):  # Keras's NumPy divides by 0 before it chooses
        expected = loss_outcome(keras_own.CompileLoss, given, how)
    found = loss_outcome(CompileLoss, given, how)
    assert found[0] is expected[0]
    assert found[2] == expected[2]
    assert len(found[1]) == len(expected[1])
    for one, other in zip(found[1], expected[1], strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-5)
    record_property("compiled losses compared", 1)


def metric_outcome(make, given, how):
    """The results after two batches and after a reset and one more; or the error's kind."""
    true_form, pred_form, names, metrics, weighted = given
    found = []
    try:
        compiled = make(metrics, weighted, output_names=names)
        for seed in (0, 20, 40):
            y_true, y_pred = arrays(true_form, seed), arrays(pred_form, seed + 10)
            if seed == 40:
                compiled.reset_state()
            compiled.update_state(y_true, y_pred, weights(how, y_pred))
            found.append({k: np.asarray(v) for k, v in compiled.result().items()})
    except (ValueError, KeyError) as error:
        return type(error), []
    return None, found


@pytest.mark.parametrize("how", ["none", "one", "structure"])
@pytest.mark.parametrize("given", METRICS, ids=case_id)
def test_metrics(keras_own, given, how, record_property):
    with np.errstate(invalid="ignore"):
        expected = metric_outcome(keras_own.CompileMetrics, given, how)
    found = metric_outcome(CompileMetrics, given, how)
    assert found[0] is expected[0]
    assert len(found[1]) == len(expected[1])
    for one, other in zip(found[1], expected[1], strict=True):
        assert list(one) == list(other)
        for name in one:
            np.testing.assert_allclose(one[name], other[name], rtol=2e-5)
    record_property("compiled metrics compared", 1)
