"""gossamer in a page: what it is and how it reads. If this fails, look here first."""

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops


def test_tensors():
    x = ops.convert_to_tensor([[1.0, 2.0], [3.0, 4.0]])
    assert (x.shape, x.dtype) == ((2, 2), "float32")
    assert (x + 1).tolist() == [[2.0, 3.0], [4.0, 5.0]]
    assert (x @ x).tolist() == [[7.0, 10.0], [15.0, 22.0]]
    assert x[:, 1].tolist() == [2.0, 4.0]
    assert ops.sum(x, axis=0).tolist() == [4.0, 6.0]


def test_numpy():
    array = np.arange(6, dtype=np.float32).reshape(2, 3)
    assert ops.transpose(array).numpy().tolist() == array.T.tolist()


def test_a_gradient():
    assert gs.grad(lambda x: x**3)(2.0).item() == pytest.approx(12.0)
    assert gs.grad(gs.grad(lambda x: x**3))(2.0).item() == pytest.approx(12.0)


def test_a_tape():
    w = gs.Variable([1.0, 2.0])
    with gs.GradientTape() as tape:
        loss = ops.sum(w * w)
    assert tape.gradient(loss, w).tolist() == [2.0, 4.0]


def test_random_numbers():
    assert gs.random.uniform((3,), seed=1).tolist() == gs.random.uniform((3,), seed=1).tolist()


def test_memory():
    before = gs.memory()["tensors"]
    x = ops.ones((3, 3))
    assert gs.memory()["tensors"] == before + 1
    del x
    assert gs.memory()["tensors"] == before


def test_training():
    """XOR, learned by two layers."""
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
    y = np.array([0, 1, 1, 0])
    w1, b1 = gs.Variable(gs.random.normal((2, 8), seed=1)), gs.Variable(ops.zeros(8))
    w2, b2 = gs.Variable(gs.random.normal((8, 2), seed=2)), gs.Variable(ops.zeros(2))
    variables = [w1, b1, w2, b2]
    for _ in range(60):
        with gs.GradientTape() as tape:
            logits = ops.tanh(x @ w1 + b1) @ w2 + b2
            loss = ops.mean(ops.sparse_categorical_crossentropy(y, logits, from_logits=True))
        for variable, gradient in zip(variables, tape.gradient(loss, variables), strict=True):
            variable.assign_sub(0.5 * gradient)
    assert float(loss) < 0.1
    assert ops.argmax(logits, axis=1).tolist() == y.tolist()
