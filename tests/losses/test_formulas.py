"""Losses against their formulas in NumPy, values and gradients."""

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops

RNG = np.random.default_rng(0)
LOGITS = RNG.normal(size=(6, 5)).astype(np.float32)
LABELS = RNG.integers(0, 5, size=6).astype(np.int32)
ONE_HOT = np.eye(5, dtype=np.float32)[LABELS]


def softmax(x):
    powers = np.exp(x - x.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


PICKED = -np.log(softmax(LOGITS.astype(np.float64)))[np.arange(6), LABELS]


@pytest.mark.parametrize(
    ("loss", "y_true"),
    [
        (gs.losses.SparseCategoricalCrossentropy(from_logits=True, reduction=None), LABELS),
        (gs.losses.CategoricalCrossentropy(from_logits=True, reduction=None), ONE_HOT),
    ],
)
def test_crossentropy_of_logits(loss, y_true):
    np.testing.assert_allclose(loss(y_true, LOGITS).numpy(), PICKED, rtol=1e-5)
    np.testing.assert_allclose(loss(y_true, LOGITS * 1000).numpy() >= 0, True)


@pytest.mark.parametrize(
    ("loss", "y_true"),
    [
        (gs.losses.SparseCategoricalCrossentropy(reduction=None), LABELS),
        (gs.losses.CategoricalCrossentropy(reduction=None), ONE_HOT),
    ],
)
def test_crossentropy_of_probabilities(loss, y_true):
    np.testing.assert_allclose(loss(y_true, softmax(LOGITS)).numpy(), PICKED, rtol=1e-5)


def test_the_gradient_of_crossentropy_is_softmax_minus_one_hot():
    loss = gs.losses.SparseCategoricalCrossentropy(from_logits=True)
    gradient = gs.grad(lambda logits: loss(LABELS, logits))(ops.convert_to_tensor(LOGITS))
    expected = (softmax(LOGITS) - ONE_HOT) / 6
    np.testing.assert_allclose(gradient.numpy(), expected, rtol=1e-4, atol=1e-6)


def test_mean_squared_error():
    y_true, y_pred = RNG.normal(size=(2, 4, 3)).astype(np.float32)
    loss = gs.losses.MeanSquaredError()
    expected = np.mean((y_true - y_pred) ** 2)
    np.testing.assert_allclose(float(loss(y_true, y_pred)), expected, rtol=1e-5)


@pytest.mark.parametrize(
    ("reduction", "expected"),
    [("sum_over_batch_size", 2.5), ("mean", 2.5), ("sum", 5.0), (None, [1.0, 4.0])],
)
def test_reductions(reduction, expected):
    loss = gs.losses.MeanSquaredError(reduction=reduction)
    result = loss([[0.0], [0.0]], [[1.0], [2.0]])
    np.testing.assert_allclose(result.numpy(), expected)


def test_sample_weights():
    loss = gs.losses.MeanSquaredError(reduction="sum")
    assert float(loss([[0.0], [0.0]], [[1.0], [2.0]], sample_weight=[10.0, 1.0])) == 14.0


def test_an_unknown_reduction():
    with pytest.raises(ValueError, match="Received: reduction='most'"):
        gs.losses.MeanSquaredError(reduction="most")
