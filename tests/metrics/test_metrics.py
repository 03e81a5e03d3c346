"""Metrics on every backend: within `jit`, without state, of a user's own; and what is refused."""

import gc

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops
from tests.metrics.table import CASES, batches, weights_of

# Every class once.
SAMPLE = list({name: (name, given, kind) for name, given, kind in CASES}.values())


@pytest.mark.parametrize(("name", "given", "kind"), SAMPLE, ids=lambda x: str(x)[:24])
def test_within_jit(name, given, kind):
    eager, traced = (getattr(gs.metrics, name)(**given) for _ in range(2))
    step = gs.jit(lambda y_true, y_pred, weights: traced.update_state(y_true, y_pred, weights))
    # The batches have different sizes, and the first one is seen twice.
    for y_true, y_pred in [*batches(kind)[:2], batches(kind)[0]]:
        # Of each label: Keras's IoU takes no others.
        is_sparse = "IoU" in name and given.get("sparse_y_true", "OneHot" not in name)
        axes = y_true.ndim if is_sparse else 1
        weights = ops.convert_to_tensor(weights_of(name, y_true, y_pred, axes))
        given_tensors = [ops.convert_to_tensor(y) for y in (y_true, y_pred)]
        eager.update_state(*given_tensors, weights)
        step(*given_tensors, weights)
    for one, other in zip(traced.variables, eager.variables, strict=True):
        np.testing.assert_allclose(one.numpy(), other.numpy(), rtol=1e-5, atol=1e-5)
    result = gs.jit(lambda: traced.result())()
    np.testing.assert_allclose(result.numpy(), eager.result().numpy(), rtol=1e-4, atol=1e-5)


def test_precision_and_recall_by_hand():
    y_true, y_pred = [0, 1, 1, 1], [1.0, 0.0, 1.0, 1.0]
    precision, recall = gs.metrics.Precision(), gs.metrics.Recall(thresholds=[0.0, 0.5])
    precision.update_state(y_true, y_pred)
    recall.update_state(y_true, y_pred)
    np.testing.assert_allclose(precision.result().numpy(), 2 / 3, rtol=1e-6)
    np.testing.assert_allclose(recall.result().numpy(), [2 / 3, 2 / 3], rtol=1e-6)


def test_a_perfect_order_has_the_area_1():
    y_true = np.arange(100) >= 60
    for curve in ("ROC", "PR"):
        auc = gs.metrics.AUC(curve=curve)
        np.testing.assert_allclose(auc(y_true, np.linspace(0, 1, 100)).numpy(), 1.0, rtol=1e-5)


def test_buckets_count_as_comparisons_do():
    rng = np.random.default_rng(0)
    # Multiples of 1/8 lie on thresholds.
    y_true, y_pred = rng.integers(0, 2, 300), rng.integers(0, 9, 300) / 8
    even = [i / 4 for i in range(5)]
    counts = gs.metrics.FalsePositives(even)(y_true, y_pred).numpy()
    expected = [np.sum((y_pred > t) & (y_true == 0)) for t in even]
    np.testing.assert_array_equal(counts, expected)


def test_without_state():
    metric = gs.metrics.Mean()
    metric.update_state([5.0])
    values = metric.stateless_reset_state()
    values = metric.stateless_update_state(values, [1.0, 2.0])
    values = metric.stateless_update_state(values, [6.0])
    assert metric.stateless_result(values).item() == 3.0
    assert metric.result().item() == 5.0
    step = gs.jit(lambda state, x: metric.stateless_update_state(state, x))
    total, count = step(values, ops.convert_to_tensor([1.0]))
    assert (total.item(), count.item()) == (10.0, 4.0)
    assert metric.result().item() == 5.0
    with pytest.raises(ValueError, match="Received: 1 values"):
        metric.stateless_result(values[:1])


def test_variables_of_metrics_within():
    class Both(gs.metrics.Metric):
        def __init__(self):
            super().__init__()
            self.parts = {"mean": gs.metrics.Mean(), "more": [gs.metrics.Sum()]}
            self.own = self.add_weight((2,), name="own")

        def update_state(self, x):
            self.parts["mean"].update_state(x)
            self.parts["more"][0].update_state(x)

        def result(self):
            return self.parts["mean"].result() + self.parts["more"][0].result()

    metric = Both()
    assert [v.name for v in metric.variables] == ["own", "total", "count", "total"]
    assert metric([1.0, 3.0]).item() == 6.0
    metric.reset_state()
    assert metric([2.0]).item() == 4.0


def test_a_metric_without_super():
    class Careless(gs.metrics.Metric):
        def __init__(self):
            self.value = self.add_variable((), "zeros")

    with pytest.raises(RuntimeError, match="super"):
        Careless()


def test_memory_returns_to_its_baseline():
    y_true, y_pred = batches("several")[0]
    metric = gs.metrics.AUC(num_thresholds=10)
    metric(y_true, y_pred)
    gc.collect()
    gc.disable()
    try:
        before = gs.memory()["tensors"]
        for _ in range(3):
            metric(y_true, y_pred)
        assert gs.memory()["tensors"] == before
    finally:
        gc.enable()


def test_weights_that_are_cut_to_integers():
    with pytest.warns(UserWarning, match="float32"):
        gs.metrics.MeanIoU(2)([0, 1], [0, 1], np.array([0.5, 1.0], "float32"))


def test_too_few_samples_for_an_adjusted_score():
    metric = gs.metrics.R2Score(num_regressors=3)
    with pytest.warns(UserWarning, match="2 samples"):
        assert metric([[1.0], [2.0]], [[1.0], [2.0]]).item() == 1.0


ERRORS = [
    (lambda m: m.Precision(thresholds=1.5), "Received: \\[1.5\\]"),
    (lambda m: m.AUC(curve="X"), "Received: curve='X'"),
    (lambda m: m.AUC(num_labels=2), "Received: num_labels=2"),
    (lambda m: m.AUC(num_thresholds=1), "Received: num_thresholds=1"),
    (lambda m: m.FBetaScore(average="all"), "Received: average='all'"),
    (lambda m: m.FBetaScore(beta=1), "Received: beta=1"),
    (lambda m: m.F1Score(threshold=2.0), "Received: threshold=2.0"),
    (lambda m: m.F1Score()([1.0], [1.0]), "Received: y_true.shape"),
    (lambda m: m.IoU(2, [2]), "Received: target_class_ids"),
    (lambda m: m.PrecisionAtRecall(2), "Received: recall=2"),
    (lambda m: m.PrecisionAtRecall(0.5, num_thresholds=0), "Received: num_thresholds=0"),
    (lambda m: m.R2Score("all"), "Received: class_aggregation='all'"),
    (lambda m: m.R2Score(num_regressors=-1), "Received: num_regressors=-1"),
    (lambda m: m.Recall(class_id=1)([1], [0.5]), "Received: y_pred.shape"),
    (lambda m: m.get("nonsense"), "Received: 'nonsense'"),
]


@pytest.mark.parametrize(("make", "message"), ERRORS, ids=[message for _, message in ERRORS])
def test_errors(make, message):
    with pytest.raises(ValueError, match=message):
        make(gs.metrics)
