"""`remat`: the same gradients, with fewer tensors kept."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gossamer as gs
from gossamer import layers, ops

X = np.linspace(-1.0, 1.0, 5, dtype="float32")
STEPS = 6


def chain(x: Any) -> Any:
    for _ in range(STEPS):
        x = ops.tanh(x * 1.1 + 0.1)
    return x


def test_gradients_and_their_gradients():
    for f in (lambda x: ops.sum(chain(x)), lambda x: ops.sum(chain(x) * ops.sin(x))):
        again = gs.remat(f)
        assert float(again(X)) == pytest.approx(float(f(X)), rel=1e-6)
        np.testing.assert_allclose(gs.grad(again)(X).numpy(), gs.grad(f)(X).numpy(), rtol=1e-5)
        np.testing.assert_allclose(
            gs.hessian(again)(X).numpy(), gs.hessian(f)(X).numpy(), rtol=1e-4, atol=1e-5
        )


def live_after(f: Any) -> int:
    """How many tensors a tape keeps alive."""
    x = ops.convert_to_tensor(X)
    before = gs.memory()["tensors"]
    with gs.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    kept = gs.memory()["tensors"] - before
    assert tape.gradient(y, x) is not None
    return kept


def test_tensors_kept():
    assert live_after(chain) >= STEPS
    assert live_after(gs.remat(chain)) == 1  # the result


def test_in_jit_it_is_computed_twice():
    counts = []
    for f in (chain, gs.remat(chain)):
        step = gs.jit(gs.value_and_grad(lambda x, f=f: ops.sum(f(x))))
        _, gradient = step(ops.convert_to_tensor(X))
        np.testing.assert_allclose(
            gradient.numpy(), gs.grad(lambda x: ops.sum(chain(x)))(X).numpy(), rtol=1e-5
        )
        names = [node.name for node in step.graph(ops.convert_to_tensor(X)).nodes]
        counts.append(names.count("tanh"))
    assert counts == [STEPS, 2 * STEPS]


def test_variables_and_captured_tensors():
    w, b = gs.Variable([2.0]), ops.convert_to_tensor([3.0])

    def f(x):
        return ops.sum(ops.exp(w * x) * b)

    x = ops.convert_to_tensor([0.5])
    with gs.GradientTape() as tape:
        tape.watch(x)
        tape.watch(b)
        y = gs.remat(f)(x)
    w.assign([100.0])  # what it was counts
    e = np.exp(1.0)
    found = [float(g.numpy()[0]) for g in tape.gradient(y, [w, x, b])]
    np.testing.assert_allclose(found, [0.5 * 3 * e, 2 * 3 * e, e], rtol=1e-5)


def test_assigns_once_and_draws_the_same_numbers():
    count, seed = gs.Variable(0.0, trainable=False), gs.random.SeedGenerator(3)

    @gs.remat
    def f(x):
        count.assign_add(1.0)
        return ops.sum(x * gs.random.normal((4,), seed=seed))

    x = ops.ones((4,))
    with gs.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    gradient = tape.gradient(y, x)
    assert float(count) == 1.0
    assert float(y) == pytest.approx(float(ops.sum(gradient)), rel=1e-5)


def test_structures_nesting_and_arguments_given_back():
    inner = gs.remat(lambda x: ops.sin(x))
    outer = gs.remat(lambda pair, scale=1.0: {"y": inner(pair[0]) * pair[1] * scale, "x": pair[0]})

    def f(a, b):
        found = outer((a, b), scale=2.0)
        return ops.sum(found["y"] + 3.0 * found["x"])

    a, b = ops.convert_to_tensor(X), ops.convert_to_tensor(X + 2.0)
    found = gs.grad(f, argnums=(0, 1))(a, b)
    np.testing.assert_allclose(found[0].numpy(), 2 * np.cos(X) * (X + 2) + 3, rtol=1e-5)
    np.testing.assert_allclose(found[1].numpy(), 2 * np.sin(X), rtol=1e-5, atol=1e-6)


def test_without_a_tape_it_is_the_function():
    calls = []
    f = gs.remat(lambda x: calls.append(1) or x * 2.0)
    assert f(ops.ones(())).item() == 2.0
    assert len(calls) == 1


MODES = {
    "full": {"mode": "full"},
    "activations": {"mode": "activations"},
    "larger_than": {"mode": "larger_than", "output_size_threshold": 8},
    "list_of_layers": {"mode": "list_of_layers", "layer_names": ["first"]},
}


def trained(scope: Any) -> tuple[list[float], list[Any]]:
    gs.utils.set_random_seed(1)
    with scope:
        model = gs.Sequential([
            layers.Dense(8, "gelu", name="first"), layers.Dropout(0.5),
            layers.BatchNormalization(), layers.Dense(1, name="last"),
        ])  # fmt: skip
    model.compile("sgd", "mse")
    x = np.linspace(-1, 1, 12, dtype="float32").reshape(4, 3)
    history = model.fit(x, x[:, :1], epochs=3, shuffle=False, verbose=0)
    return history.history["loss"], model.get_weights()


@pytest.mark.parametrize("mode", MODES)
def test_layers_in_a_scope_train_as_without(mode):
    expected = trained(gs.RematScope(None))
    found = trained(gs.RematScope(**MODES[mode]))
    np.testing.assert_allclose(found[0], expected[0], rtol=1e-5)
    for one, other in zip(found[1], expected[1], strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def test_which_layers_are_rematerialised():
    def kept(**scope: Any) -> int:
        with gs.RematScope(**scope):
            first = layers.Dense(4, "gelu", name="first")
            second = layers.Dense(64, "gelu", name="second")
        model = gs.Sequential([first, second])
        x = ops.ones((2, 3))
        model(x)
        return live_after_model(model, x)

    nothing = kept(mode=None)
    some = kept(mode="larger_than", output_size_threshold=64)
    everything = kept(mode="full")
    assert everything < some < nothing
    assert kept(mode="list_of_layers", layer_names=["second"]) == some
    assert kept(mode="list_of_layers", layer_names=["no such"]) == nothing
    assert everything < kept(mode="activations") < nothing


def live_after_model(model: Any, x: Any) -> int:
    before = gs.memory()["tensors"]
    with gs.GradientTape() as tape:
        y = model(x)
    kept = gs.memory()["tensors"] - before
    gradients = tape.gradient(y, model.trainable_variables)
    assert all(gradient is not None for gradient in gradients)
    return kept


def test_mistakes():
    with pytest.raises(ValueError, match="mode='half'"):
        gs.RematScope("half")
