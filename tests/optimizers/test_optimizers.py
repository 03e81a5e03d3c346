"""Optimizers against their published rules, step by step in NumPy."""

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops

RNG = np.random.default_rng(0)
BEGIN = RNG.normal(size=(4, 3))
GRADIENTS = RNG.normal(size=(8, 4, 3))


def sgd(momentum=0.0, nesterov=False, rate=0.1):
    w, v = BEGIN.copy(), np.zeros_like(BEGIN)
    for g in GRADIENTS:
        v = momentum * v - rate * g
        w = w + (momentum * v - rate * g if nesterov else v)
    return w


def adam(rate=0.1, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    w, m, v = BEGIN.copy(), np.zeros_like(BEGIN), np.zeros_like(BEGIN)
    for t, g in enumerate(GRADIENTS, start=1):
        m = beta_1 * m + (1 - beta_1) * g
        v = beta_2 * v + (1 - beta_2) * g * g
        alpha = rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
        w = w - alpha * m / (np.sqrt(v) + epsilon)
    return w


@pytest.mark.parametrize(
    ("optimizer", "expected"),
    [
        (lambda: gs.optimizers.SGD(0.1), sgd()),
        (lambda: gs.optimizers.SGD(0.1, momentum=0.9), sgd(0.9)),
        (lambda: gs.optimizers.SGD(0.1, momentum=0.9, nesterov=True), sgd(0.9, True)),
        (lambda: gs.optimizers.Adam(0.1), adam()),
        (lambda: gs.optimizers.Adam(0.1, beta_1=0.5, epsilon=1e-3), adam(0.1, 0.5, epsilon=1e-3)),
    ],
)
def test_steps(optimizer, expected):
    variable = gs.Variable(BEGIN.astype(np.float32))
    trained = optimizer()
    for gradient in GRADIENTS:
        trained.apply([ops.convert_to_tensor(gradient.astype(np.float32))], [variable])
    assert trained.iterations == len(GRADIENTS)
    np.testing.assert_allclose(variable.numpy(), expected, rtol=1e-4, atol=1e-5)


def test_apply_gradients_takes_pairs_and_passes_over_none():
    first, second = gs.Variable([1.0]), gs.Variable([1.0])
    with pytest.warns(UserWarning, match="no gradients"):
        gs.optimizers.SGD(0.5).apply_gradients([(ops.ones((1,)), first), (None, second)])
    assert (float(first), float(second)) == (0.5, 1.0)


def test_wrong_arguments():
    with pytest.raises(ValueError, match="Received: learning_rate=1"):
        gs.optimizers.SGD(1)
    with pytest.raises(ValueError, match="Received: momentum=2"):
        gs.optimizers.SGD(momentum=2.0)
    with pytest.raises(ValueError, match=r"Received: \{'rate': 3\}"):
        gs.optimizers.Adam(rate=3)
    with pytest.raises(ValueError, match="clipnorm=1"):
        gs.optimizers.Adam(clipnorm=1.0, clipvalue=1.0)
    with pytest.raises(ValueError, match="gradient_accumulation_steps=1"):
        gs.optimizers.Adam(gradient_accumulation_steps=1)
    optimizer, variable = gs.optimizers.SGD(), gs.Variable([1.0])
    with pytest.raises(ValueError, match="Received: 1 gradients and no variables"):
        optimizer.apply([ops.ones((1,))])
    with pytest.raises(ValueError, match="Received: 1 gradients, 2 variables"):
        optimizer.apply([ops.ones((1,))], [variable, variable])
    with pytest.raises(ValueError, match="Received: None for all"):
        optimizer.apply([None], [variable])
    optimizer.apply([ops.ones((1,))], [variable])
    with pytest.raises(ValueError, match="Received: 'other'"):
        optimizer.apply([ops.ones((1,))], [gs.Variable([2.0], name="other")])
    with pytest.raises(ValueError, match="Received: 1 in optimizer_variables"):
        optimizer.stateless_apply([0], [ops.ones((1,))], [[1.0]])
    with pytest.raises(ValueError, match="Received: 'nonsense'"):
        gs.optimizers.get("nonsense")


def test_a_small_network_learns_exclusive_or():
    x = ops.convert_to_tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = ops.convert_to_tensor([[0.0], [1.0], [1.0], [0.0]])
    hidden = gs.layers.Dense(
        16, activation="tanh", kernel_initializer=gs.initializers.GlorotUniform(seed=1)
    )
    output = gs.layers.Dense(1, kernel_initializer=gs.initializers.GlorotUniform(seed=2))
    loss_of = gs.losses.MeanSquaredError()
    optimizer = gs.optimizers.Adam(0.05)
    for _ in range(150):
        with gs.GradientTape() as tape:
            loss = loss_of(y, output(hidden(x)))
        variables = hidden.trainable_variables + output.trainable_variables
        optimizer.apply(tape.gradient(loss, variables), variables)
    assert float(loss) < 0.01


@pytest.mark.webgl
def test_an_adam_step_uploads_nothing_and_compiles_nothing_twice():
    variable = gs.Variable(BEGIN.astype(np.float32))
    optimizer = gs.optimizers.Adam(0.1)
    gradient = ops.convert_to_tensor(GRADIENTS[0].astype(np.float32))
    optimizer.apply([gradient], [variable])
    before = gs.memory()
    optimizer.apply([gradient], [variable])
    after = gs.memory()
    names = ("draws", "uploads", "programs", "reads", "textures")
    assert [after[name] - before[name] for name in names] == [12, 0, 0, 0, 0]


def test_no_pairs_are_no_step_of_anything():
    optimizer = gs.optimizers.SGD(0.5)
    optimizer.apply_gradients([])
    assert optimizer.iterations == 0
