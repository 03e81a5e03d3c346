"""Losses and metrics as `fit` uses them: within `jit`, on every backend."""

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops
from gossamer.training.compile_loss import CompileLoss
from gossamer.training.compile_metrics import CompileMetrics
from tests.training.compiled import arrays

FORM = {"a": (8, 3), "b": (8, 1)}


def test_a_step_of_several_outputs():
    loss = CompileLoss({"a": "mse", "b": "binary_crossentropy"}, {"a": 1.0, "b": 0.5})
    metrics = CompileMetrics({"a": ["mae"], "b": "accuracy"}, {"b": "mse"})

    def step(y_true, y_pred, weights):
        metrics.update_state(y_true, y_pred, weights)
        return loss(y_true, y_pred, weights)

    jitted = gs.jit(step)
    totals, parts = [], []
    for seed in (0, 20):
        y_true, y_pred = arrays(FORM, seed), arrays({"a": (8, 3), "b": (8, 3)}, seed + 5)
        y_pred["b"] = y_pred["b"][:, :1]
        weights = np.linspace(0, 1, 8, dtype="float32")
        tensors = [gs.tree.map_structure(ops.convert_to_tensor, y) for y in (y_true, y_pred)]
        totals.append(jitted(*tensors, ops.convert_to_tensor(weights)).item())
        squared = np.mean(np.mean((y_true["a"] - y_pred["a"]) ** 2, -1) * weights)
        share = np.where(y_true["b"] > 0, y_pred["b"], 1 - y_pred["b"])[:, 0]
        parts.append((squared, np.mean(-np.log(share) * weights)))
    np.testing.assert_allclose(totals, [a + b / 2 for a, b in parts], rtol=1e-5)
    names = [metric.name for metric in loss.metrics]
    assert names == ["a_loss", "b_loss"]
    means = [metric.result().item() for metric in loss.metrics]
    np.testing.assert_allclose(means, np.mean(parts, axis=0), rtol=1e-5)
    assert list(metrics.result()) == ["a_mae", "b_accuracy", "b_mse"]
    metrics.reset_state()
    assert metrics.result()["a_mae"].item() == 0.0


def test_the_gradient_of_the_total():
    loss = CompileLoss(["mse", "mae"], [2.0, 3.0])
    outputs = [ops.convert_to_tensor([[1.0]]), ops.convert_to_tensor([[1.0]])]
    gradients = gs.grad(lambda y: loss([ops.zeros((1, 1)), ops.zeros((1, 1))], y))(outputs)
    assert [gradient.item() for gradient in gradients] == [4.0, 3.0]


def test_symbolic_outputs_have_no_values():
    y_true, y_pred = gs.KerasTensor((None,)), gs.KerasTensor((None, 3))
    metrics = CompileMetrics(["accuracy"], None)
    metrics.build(y_true, y_pred)
    loss = CompileLoss("crossentropy")
    loss.build(y_true, y_pred)
    assert [type(m).__name__ for m in metrics.metrics] == ["SparseCategoricalAccuracy"]
    labels, scores = np.array([0, 2]), np.array([[0.8, 0.1, 0.1], [0.5, 0.25, 0.25]])
    metrics.update_state(labels, scores)
    assert metrics.result()["accuracy"].item() == 0.5
    np.testing.assert_allclose(loss(labels, scores).item(), -np.log([0.8, 0.25]).mean(), rtol=1e-5)


def test_errors():
    with pytest.raises(ValueError, match="Received: none"):
        CompileMetrics(["mse"], None).result()
    with pytest.raises(ValueError, match="Received: metrics='mse'"):
        CompileMetrics("mse", None)
    with pytest.raises(ValueError, match="Received: 1 loss_weights"):
        CompileLoss(["mse", "mse"], [1.0])([1.0, 2.0], [1.0, 2.0])
