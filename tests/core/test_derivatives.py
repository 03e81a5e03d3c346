"""Jacobians, Hessians, Hessian-vector products, and derivatives along a direction."""

from typing import Any

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops
from tests.ops.record import Record, on, wide_floats
from tests.ops.records import DIFFERENTIABLE

X = np.array([-1.5, 0.25, 0.5, 2.0], np.float32)
M = np.array([[1.0, 2.0, 3.0, 4.0], [0.5, -1.0, 2.0, 1.0]], np.float32)
STEP = 1e-6


def close(found: Any, right: Any) -> None:
    np.testing.assert_allclose(np.asarray(found), np.asarray(right), 1e-5, 1e-6)


def test_jacobian_of_a_product() -> None:
    close(gs.jacobian(lambda x: ops.matmul(M, x))(X), M)


def test_jacobian_has_the_axes_of_both() -> None:
    found = gs.jacobian(lambda x: ops.transpose(x) * 2.0)(M)
    right = np.zeros((4, 2, 2, 4))
    for i in range(4):
        for j in range(2):
            right[i, j, j, i] = 2
    close(found, right)


def test_jacobian_of_a_scalar_is_the_gradient() -> None:
    close(gs.jacobian(lambda x: ops.sum(x**3))(X), 3 * X**2)


def test_jacobian_of_structures() -> None:
    found = gs.jacobian(lambda p: {"y": p["a"] * p["b"], "z": p["b"]})({"a": X, "b": np.ones(())})
    close(found["y"]["a"], np.eye(4))
    close(found["y"]["b"], X)
    close(found["z"]["a"], np.zeros(4))
    close(found["z"]["b"], 1.0)


def test_jacobian_for_several_arguments() -> None:
    a, b = gs.jacobian(lambda a, b: a * b, (0, 1))(X, 2.0 * X)
    close(a, np.diag(2 * X))
    close(b, np.diag(X))


def test_jacobian_of_nothing() -> None:
    assert gs.jacobian(lambda x: x[:0])(X).shape == (0, 4)


def test_jacobian_of_integers() -> None:
    with pytest.raises(TypeError, match="Received: "):
        gs.jacobian(lambda x: ops.argmax(x))(X)


def test_hessian() -> None:
    close(gs.hessian(lambda x: ops.sum(x**4))(X), np.diag(12 * X**2))
    found = gs.hessian(lambda p: ops.sum(p[0] * p[0]) * p[1])([ops.convert_to_tensor(X), 3.0])
    close(found[0][0], 6 * np.eye(4))
    close(found[0][1], 2 * X)
    close(found[1][0], 2 * X)
    close(found[1][1], 0.0)


def test_hessian_vector_product_is_that_of_the_hessian() -> None:
    def f(x: gs.Tensor) -> gs.Tensor:
        return ops.sum(ops.tanh(x) * ops.exp(ops.flip(x)))

    v = np.array([1.0, -2.0, 0.5, 3.0], np.float32)
    close(gs.hvp(f, X, v), gs.hessian(f)(X).numpy() @ v)


def test_hessian_vector_product_of_structures() -> None:
    found = gs.hvp(lambda p: ops.sum(p["a"] ** 2 * p["b"]), {"a": X, "b": 2.0 * X},
                   {"a": np.ones(4), "b": np.zeros(4)})  # fmt: skip
    close(found["a"], 4 * X)
    close(found["b"], 2 * X)


def test_hessian_vector_product_of_another_shape() -> None:
    with pytest.raises(ValueError, match="Received: "):
        gs.hvp(lambda x: ops.sum(x * x), X, M)


def test_jvp() -> None:
    value, along = ops.jvp(lambda a, b: (a * b, ops.sum(a)), (X, 2.0 * X), (np.ones(4), X))
    close(value[0], 2 * X * X)
    close(value[1], X.sum())
    close(along[0], 2 * X + X * X)
    close(along[1], 4.0)


def test_jvp_of_structures_with_auxiliary_results() -> None:
    value, along, aux = ops.jvp(
        lambda p: ({"y": p["a"] ** 2}, "aux"), ({"a": X},), ({"a": X},), has_aux=True
    )
    close(value["y"], X**2)
    close(along["y"], 2 * X**2)
    assert aux == "aux"


def test_jvp_of_what_does_not_depend() -> None:
    value, along = ops.jvp(lambda x: (ops.ones(3), x, x, ops.argmax(x)), (X,), (2 * X,))
    close(along[0], np.zeros(3))
    close(along[1], 2 * X)
    close(along[2], 2 * X)
    assert (along[3].item(), along[3].dtype) == (0, "int32")
    assert value[3].item() == 3


def test_jvp_of_jvp() -> None:
    def along(x: Any) -> gs.Tensor:
        return ops.jvp(lambda x: x**4, (x,), (np.ones(4, np.float32),))[1]

    close(ops.jvp(along, (X,), (np.ones(4, np.float32),))[1], 12 * X**2)


def test_gradients_through_jvp() -> None:
    def slope(x: gs.Tensor, t: gs.Tensor) -> gs.Tensor:
        return ops.sum(ops.jvp(lambda x: ops.exp(x) * x, (x,), (t,))[1])

    x, t = gs.grad(slope, (0, 1))(X, 2 * X)
    close(x, 2 * X * np.exp(X) * (X + 2))
    close(t, np.exp(X) * (X + 1))


def test_jvp_of_a_gradient() -> None:
    _, along = ops.jvp(gs.grad(lambda x: ops.sum(x**3)), (X,), (np.ones(4, np.float32),))
    close(along, 6 * X)


@pytest.mark.parametrize(
    ("error", "primals", "tangents"),
    [
        (TypeError, X, X),
        (TypeError, (X,), (X, X)),
        (TypeError, ([1, 2],), ([1, 2],)),
        (TypeError, (X,), (np.ones(4, np.float16),)),
        (ValueError, (X,), (np.ones(3, np.float32),)),
    ],
)
def test_mistakes_of_jvp(error: type[Exception], primals: Any, tangents: Any) -> None:
    with pytest.raises(error, match="Received: "):
        ops.jvp(ops.square, primals, tangents)


@pytest.mark.cpython_only
@pytest.mark.parametrize("record", DIFFERENTIABLE, ids=lambda record: record.id)
def test_jvp_is_the_derivative_along_a_direction(record: Record) -> None:
    """Of every op that is differentiable at all, in float64 beside central differences."""
    with wide_floats():
        arrays = [x.astype(np.float64) if x.dtype == np.float32 else x for x in record.arrays()]
        generator = np.random.default_rng(7)
        chosen = record.differentiable()
        along = [generator.normal(size=arrays[k].shape) for k in chosen]

        def function(*primals: Any) -> list[gs.Tensor]:
            inputs = on("numpy", arrays)
            for k, x in zip(chosen, primals, strict=True):
                inputs[k] = ops.convert_to_tensor(x)
            return [x for x in record.apply(inputs) if x.dtype == "float64"]

        at = [arrays[k] for k in chosen]
        _, found = ops.jvp(function, at, along)
        ahead, behind = (
            function(*[x + step * d for x, d in zip(at, along, strict=True)])
            for step in (STEP, -STEP)
        )
        for one, x, y in zip(found, ahead, behind, strict=True):
            limit = (x.numpy() - y.numpy()) / (2 * STEP)
            np.testing.assert_allclose(one.numpy(), limit, 1e-5, 1e-6)
