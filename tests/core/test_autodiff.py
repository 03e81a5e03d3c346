"""Differentiation: what tapes record, nested as deep as one likes, and what they leave alone."""

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops

X = np.array([-1.5, 0.0, 0.5, 2.0], np.float32)


def close(found: object, right: object) -> None:
    np.testing.assert_allclose(np.asarray(found), np.asarray(right), 1e-5, 1e-6)


def test_grad() -> None:
    close(gs.grad(lambda x: ops.sum(x * x))(X), 2 * X)


def test_value_and_grad() -> None:
    value, gradient = gs.value_and_grad(lambda x: ops.sum(x**3))(X)
    close(value, (X**3).sum())
    close(gradient, 3 * X**2)


def test_auxiliary_results() -> None:
    (value, auxiliary), gradient = gs.value_and_grad(
        lambda x: (ops.sum(x * x), x + 1.0), has_aux=True
    )(X)
    close(value, (X * X).sum())
    close(auxiliary, X + 1)
    close(gradient, 2 * X)


def test_several_arguments() -> None:
    a, b = gs.grad(lambda a, b: ops.sum(a * a * b), (0, 1))(X, 3.0)
    close(a, 6 * X)
    close(b, (X * X).sum())
    close(gs.grad(lambda a, b: ops.sum(a * b), argnums=-1)(X, X), X)


def test_structures() -> None:
    parameters = {"w": ops.convert_to_tensor(X), "b": [ops.ones(()), 2.0]}
    gradients = gs.grad(lambda p: ops.sum(p["w"] * p["b"][0] * p["b"][1]))(parameters)
    assert set(gradients) == {"w", "b"}
    close(gradients["w"], np.full(4, 2.0))
    close(gradients["b"][0], 2 * X.sum())
    close(gradients["b"][1], X.sum())


def test_the_same_tensor_twice_is_two_arguments() -> None:
    x = ops.convert_to_tensor(X)
    a, b = gs.grad(lambda a, b: ops.sum(a * a * b), (0, 1))(x, x)
    close(a, 2 * X * X)
    close(b, X * X)


def test_a_tensor_used_often_collects_its_cotangents() -> None:
    def f(x: gs.Tensor) -> gs.Tensor:
        y = x * x
        return ops.sum(y + y * x + ops.exp(y) * y)

    x = X * 0.5
    close(gs.grad(f)(x), 2 * x + 3 * x**2 + 2 * x * np.exp(x * x) * (1 + x * x))


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_higher_orders(order: int) -> None:
    f = ops.sin
    for _ in range(order):
        f = gs.grad(f)
    close(f(0.7), [np.cos(0.7), -np.sin(0.7), -np.cos(0.7), np.sin(0.7)][order - 1])


@pytest.mark.parametrize(
    "name", ["sigmoid", "softplus", "tanh", "exp", "silu", "gelu", "log_sigmoid"]
)
def test_smooth_functions_are_smooth_at_zero(name: str) -> None:
    """Where units begin: their second derivative at 0 is the limit of its neighbours'."""
    second = gs.grad(gs.grad(getattr(ops, name)))
    neighbours = [second(x).item() for x in (-0.01, 0.01)]
    np.testing.assert_allclose(second(0.0).item(), np.mean(neighbours), 1e-3, 1e-4)


@pytest.mark.parametrize("name", ["relu", "relu6", "elu", "sigmoid", "softplus", "softmax", "silu"])
def test_no_overflow_reaches_the_gradient(name: str) -> None:
    gradient = gs.grad(lambda x: ops.sum(getattr(ops, name)(x)))([-1000.0, 0.0, 1000.0])
    assert np.isfinite(gradient.numpy()).all()


def test_relu_is_flat_at_zero() -> None:
    assert gs.grad(lambda x: ops.sum(ops.relu(x)))(X).tolist() == [0.0, 0.0, 1.0, 1.0]


def test_hessian_of_a_quadratic() -> None:
    matrix = np.array([[2.0, 1.0, 0.0], [1.0, 3.0, -1.0], [0.0, -1.0, 4.0]], np.float32)

    def f(x: gs.Tensor) -> gs.Tensor:
        return 0.5 * ops.sum(x * (matrix @ x))

    rows = [gs.grad(lambda x, k=k: gs.grad(f)(x)[k])([1.0, 2.0, 3.0]).numpy() for k in range(3)]
    close(rows, matrix)


def test_unconnected() -> None:
    close(gs.grad(lambda x: ops.sum(ops.ones(3)))(X), np.zeros(4))
    x, y = ops.convert_to_tensor(X), ops.ones(3)
    with gs.GradientTape() as tape:
        tape.watch([x, y])
        loss = ops.sum(x)
    assert tape.gradient(loss, [x, y])[1] is None


def test_no_gradient_through_integers_and_comparisons() -> None:
    close(gs.grad(lambda x: ops.sum(ops.cast(ops.cast(x, "int32"), "float32")))(X), np.zeros(4))
    close(gs.grad(lambda x: ops.sum(ops.where(x > 0.3, x, 0.0)))(X), [0, 0, 1, 1])


def test_stop_gradient() -> None:
    close(gs.grad(lambda x: ops.sum(x * gs.stop_gradient(x)))(X), X)


def test_custom_gradient() -> None:
    @gs.custom_gradient
    def scaled(x, y):
        return x * y, lambda g: (10.0 * g, ops.zeros_like(y))

    a, b = gs.grad(lambda a, b: ops.sum(scaled(a, b)), (0, 1))(X, X)
    close(a, np.full(4, 10.0))
    close(b, np.zeros(4))


def test_gradient_of_a_custom_gradient() -> None:
    @gs.custom_gradient
    def cube(x):
        return x * x * x, lambda g: g * 3.0 * x * x

    close(gs.grad(gs.grad(lambda x: cube(x)))(2.0), 12.0)


def test_tape_watches_trainable_variables() -> None:
    w, fixed = gs.Variable(X), gs.Variable(X, trainable=False)
    with gs.GradientTape() as tape:
        loss = ops.sum(w * w * fixed)
    gradients = tape.gradient(loss, [w, fixed])
    close(gradients[0], 2 * X * X)
    assert gradients[1] is None


def test_tape_may_be_told_not_to() -> None:
    w = gs.Variable(X)
    with gs.GradientTape(watch_accessed_variables=False) as tape:
        loss = ops.sum(w * w)
    assert tape.gradient(loss, w) is None


def test_variable_read_before_and_after_an_assignment() -> None:
    w = gs.Variable(2.0)
    with gs.GradientTape() as tape:
        before = w * w
        w.assign(5.0)
        loss = before + 10.0 * w
    close(tape.gradient(loss, w), 14.0)


def test_variables_in_grad() -> None:
    w = gs.Variable(X)
    close(gs.grad(lambda v: ops.sum(v * v))(w), 2 * X)


def test_output_gradients_and_targets() -> None:
    x = ops.convert_to_tensor(X)
    with gs.GradientTape() as tape:
        tape.watch(x)
        y, z = x * x, 3.0 * x
    close(tape.gradient([y, z], x, output_gradients=[ops.ones(4), 2.0 * ops.ones(4)]), 2 * X + 6)


def test_tape_gives_its_gradient_once() -> None:
    x = ops.convert_to_tensor(X)
    with gs.GradientTape() as tape:
        tape.watch(x)
        loss = ops.sum(x)
    tape.gradient(loss, x)
    with pytest.raises(RuntimeError, match="Received: a used tape"):
        tape.gradient(loss, x)


def test_persistent_tape() -> None:
    x = ops.convert_to_tensor(X)
    with gs.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x
        z = y * y
    close(tape.gradient(y, x), 2 * X)
    close(tape.gradient(z, x), 4 * X**3)
    close(tape.gradient(z, y), 2 * X**2)


def test_nested_tapes() -> None:
    x = ops.convert_to_tensor(3.0)
    with gs.GradientTape() as outer:
        outer.watch(x)
        with gs.GradientTape() as inner:
            inner.watch(x)
            y = x**4
        slope = inner.gradient(y, x)
    close(outer.gradient(slope, x), 108.0)


def test_an_exception_leaves_no_tape_behind() -> None:
    from gossamer.core import autodiff

    def broken(x: gs.Tensor) -> gs.Tensor:
        raise KeyError("broken")

    with pytest.raises(KeyError):
        gs.grad(broken)(X)
    with pytest.raises(KeyError), gs.GradientTape():
        broken(ops.ones(1))
    assert autodiff.tapes == []


def test_broadcast_operands_get_gradients_of_their_shape() -> None:
    shapes = [(), (5,), (3, 1), (1, 5), (2, 3, 5)]
    arrays = [np.full(shape, 0.5, np.float32) for shape in shapes]

    def f(*xs: gs.Tensor) -> gs.Tensor:
        return ops.sum(xs[0] * xs[1] + xs[2] * xs[3] * xs[4])

    gradients = gs.grad(f, tuple(range(5)))(*arrays)
    assert [gradient.shape for gradient in gradients] == shapes


def test_gradients_train() -> None:
    """A line is found by descent: the whole path in ten lines."""
    x = np.linspace(-1.0, 1.0, 33, dtype=np.float32)
    y = 3.0 * x - 0.5
    w, b = gs.Variable(0.0), gs.Variable(0.0)
    for _ in range(100):
        with gs.GradientTape() as tape:
            loss = ops.mean((w * x + b - y) ** 2)
        for variable, gradient in zip((w, b), tape.gradient(loss, [w, b]), strict=True):
            variable.assign_sub(0.3 * gradient)
    np.testing.assert_allclose([float(w), float(b)], [3.0, -0.5], atol=1e-3)


def test_a_custom_rule_of_several_inputs_is_asked_once():
    asked = []

    @gs.custom_gradient
    def product(a, b):
        def rule(g):
            asked.append(g)
            return g * b, g * a

        return a * b, rule

    first, second = gs.grad(product, argnums=(0, 1))(3.0, 5.0)
    assert (first.item(), second.item(), len(asked)) == (5.0, 3.0, 1)
