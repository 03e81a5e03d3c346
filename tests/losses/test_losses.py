"""Losses on every backend: against their formulas in NumPy, within `jit`, with gradients."""

import gc

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops
from tests.losses.table import CASES, data


@pytest.mark.parametrize(("name", "given", "kind"), CASES[::3], ids=lambda x: str(x)[:24])
def test_within_jit(name, given, kind):
    y_true, y_pred = data(kind)
    loss = getattr(gs.losses, name)(**given)
    eager = loss(y_true, y_pred).numpy()
    inputs = [ops.convert_to_tensor(y) for y in (y_true, y_pred)]
    np.testing.assert_allclose(gs.jit(loss)(*inputs).numpy(), eager, rtol=1e-5, atol=1e-6)


def test_hinge_decides_in_jit_whether_labels_are_binary():
    hinge = gs.jit(gs.losses.hinge)
    y_pred = ops.convert_to_tensor([[0.5, -0.5]])
    for labels, expected in (([[1.0, 0.0]], 0.5), ([[1.0, -1.0]], 0.5), ([[0.5, 0.0]], 0.875)):
        assert hinge(ops.convert_to_tensor(labels), y_pred).item() == expected


def test_weights_and_masks():
    predicted = ops.convert_to_tensor([[1.0], [2.0], [4.0]])
    gs.masking.set_keras_mask(predicted, ops.convert_to_tensor([True, True, False]))
    y_true = np.zeros((3, 1), "float32")
    assert gs.losses.MeanSquaredError()(y_true, predicted).item() == 2.5
    weights = np.array([1.0, 3.0, 5.0], "float32")
    mean = gs.losses.MeanSquaredError(reduction="mean_with_sample_weight")
    assert mean(y_true, predicted, weights).item() == (1 + 12) / 4


def test_masks_go_with_their_tensors():
    before = gs.memory()["tensors"]
    gc.disable()
    try:
        y_pred = np.full((2, 3), 1 / 3, "float32")
        loss = gs.losses.sparse_categorical_crossentropy([0, 1], y_pred, ignore_class=1)
        assert gs.masking.get_keras_mask(loss).tolist() == [True, False]
        del loss
        assert gs.memory()["tensors"] == before
    finally:
        gc.enable()


def test_the_gradient_where_a_class_is_ignored_is_zero():
    y_pred = ops.convert_to_tensor([[0.25, 0.75], [0.0, 0.0]])
    loss = gs.losses.SparseCategoricalCrossentropy(ignore_class=-1, reduction="sum")
    gradient = gs.grad(lambda x: loss([0, -1], x))(y_pred)
    np.testing.assert_allclose(gradient.numpy(), [[-3.0, 1.0], [0.0, 0.0]], rtol=1e-5)


def test_errors():
    with pytest.raises(ValueError, match=r"Received: q=1\.5"):
        gs.losses.CategoricalGeneralizedCrossEntropy(q=1.5)
    with pytest.raises(ValueError, match=r"Received: y_true.shape=\(2,\)"):
        gs.losses.ctc([1, 2], np.zeros((2, 3, 4), "float32"))
    with pytest.raises(ValueError, match="Received: axis=True"):
        gs.losses.categorical_crossentropy([[0.0, 1.0]], [[0.5, 0.5]], axis=True)
    with pytest.warns(SyntaxWarning, match="binary_crossentropy"):
        gs.losses.categorical_crossentropy([[1.0]], [[0.5]])
    with pytest.raises(NotImplementedError):
        gs.losses.Loss()([1.0], [1.0])
