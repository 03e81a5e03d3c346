"""Linear algebra where rows of the table do not reach: what all bases have in common, equal values,
singular matrices, extreme magnitudes, mistakes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops
from tests.ops.record import on, wide_floats
from tests.ops.records_linalg import POSITIVES, SQUARE, TALL, TALLS, TRIANGLE, WIDE, symmetric

STEP = 1e-6


@pytest.fixture
def wide() -> Iterator[None]:
    before = gs.backend()
    gs.set_backend("numpy")
    with wide_floats():
        yield
    gs.set_backend(before)


def is_gradient(function: Callable[[Any], gs.Tensor], at: np.ndarray) -> None:
    """The gradient of a scalar function is that of central differences, and so is its gradient."""
    first, second = (np.random.default_rng(5 + k).normal(size=at.shape) for k in range(2))

    def slope(x: Any) -> gs.Tensor:
        return ops.sum(gs.grad(function)(x) * first)

    for f, along, found in (
        (function, first, gs.grad(function)(at)),
        (slope, second, gs.grad(slope)(at)),
    ):
        limit = (f(at + STEP * along) - f(at - STEP * along)) / (2 * STEP)
        np.testing.assert_allclose(np.sum(found.numpy() * along), limit.item(), 2e-6, 2e-6)


def projected(columns: gs.Tensor, weights: np.ndarray) -> gs.Tensor:
    """The projection on the space of some columns, which is the same for all bases of it."""
    return ops.sum(ops.matmul(columns, ops.swapaxes(columns, -1, -2)) * weights)


@pytest.mark.usefixtures("wide")
@pytest.mark.parametrize("x", [TALL, TALLS])
def test_gradients_of_bases_that_were_completed(x: np.ndarray) -> None:
    rows, columns = x.shape[-2:]
    weights = np.random.default_rng(3).normal(size=(rows, rows))
    is_gradient(lambda a: projected(ops.qr(a, "complete")[0][..., columns:], weights), x)
    is_gradient(lambda a: projected(ops.svd(a)[0][..., columns:], weights), x)
    turned = np.swapaxes(x, -1, -2).copy()
    is_gradient(
        lambda a: projected(ops.swapaxes(ops.svd(a)[2][..., columns:, :], -1, -2), weights), turned
    )


@pytest.mark.usefixtures("wide")
@pytest.mark.parametrize("x", [SQUARE, TALL, WIDE])
def test_factors_of_a_gradient_make_the_matrix(x: np.ndarray) -> None:
    """The product of all factors is the matrix itself, so that its derivative is known."""

    def of_svd(a: Any) -> gs.Tensor:
        u, s, vh = ops.svd(a)
        count = s.shape[-1]
        return ops.matmul(u[:, :count] * s, vh[:count])

    def of_qr(a: Any) -> gs.Tensor:
        return ops.matmul(*ops.qr(a, "complete"))

    weights = np.random.default_rng(3).normal(size=x.shape)
    for made in (of_svd, of_qr):
        found = gs.grad(lambda a, made=made: ops.sum(made(a) * weights))(x)
        np.testing.assert_allclose(found.numpy(), weights, 1e-9, 1e-9)


def test_values_have_gradients_where_they_are_equal() -> None:
    x = np.eye(3, dtype=np.float32)
    np.testing.assert_allclose(gs.grad(lambda a: ops.sum(ops.eigh(a)[0]))(x).numpy(), x, 1e-6)
    for order, right in (("nuc", x), ("fro", x / np.sqrt(3))):
        found = gs.grad(lambda a, order=order: ops.norm(a, order))(x)
        np.testing.assert_allclose(found.numpy(), right, 1e-5, 1e-6)


def test_vectors_have_none_there() -> None:
    weights = np.arange(9.0, dtype=np.float32).reshape(3, 3)
    for function in (
        lambda a: ops.sum(ops.eigh(a)[1] * weights),
        lambda a: ops.sum(ops.svd(a)[0] * weights),
    ):
        assert not np.isfinite(gs.grad(function)(np.eye(3, dtype=np.float32)).numpy()).all()


@pytest.mark.usefixtures("wide")
def test_a_pseudoinverse_has_a_gradient_where_singular_values_are_equal() -> None:
    weights = np.random.default_rng(3).normal(size=(3, 3))
    is_gradient(lambda a: ops.sum(ops.pinv(a) * weights), np.eye(3) * 2)


@pytest.mark.parametrize(
    ("x", "right"),
    [
        ([[1.0, 2.0], [2.0, 4.0]], [[4.0, -2.0], [-2.0, 1.0]]),
        ([[0.0, 0.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, 0.0]]),
        (np.diag([2.0, 3.0, 0.0]), np.diag([0.0, 0.0, 6.0])),
    ],
)
def test_determinants_of_singular_matrices_have_gradients(x: Any, right: Any) -> None:
    found = gs.grad(lambda a: ops.det(a))(np.asarray(x, np.float32))
    np.testing.assert_allclose(found.numpy(), right, 1e-5, 1e-6)


def test_gradients_of_determinants_pass_nan() -> None:
    x = np.stack([np.full((2, 2), np.nan), np.eye(2)]).astype(np.float32)
    found = gs.grad(lambda a: ops.sum(ops.det(a)))(x).numpy()
    np.testing.assert_allclose(found, np.stack([x[0], x[1]]), 1e-6)


def test_spectra_of_nan_are_nan() -> None:
    x = np.stack([np.full((3, 3), np.nan), np.diag([1.0, 2.0, np.inf]), np.eye(3)])
    for values in (ops.eigh(x)[0], ops.eig(x)[0], ops.svd(x)[1]):
        assert np.isnan(values.numpy()[:2]).all()
        np.testing.assert_array_equal(values.numpy()[2], np.ones(3))


def test_a_determinant_is_its_logarithm_and_sign() -> None:
    x = -POSITIVES.astype(np.float32)
    sign, logarithm = ops.slogdet(x)
    np.testing.assert_allclose((sign * ops.exp(logarithm)).numpy(), ops.det(x).numpy(), 1e-5)
    large = 1e20 * np.eye(3, dtype=np.float32)
    np.testing.assert_allclose(ops.logdet(large).item(), 3 * np.log(1e20), 1e-6)


@pytest.mark.parametrize("order", [None, 2, 3, 1.5, 1, 0, -1, float("inf")])
def test_zero_vectors_have_finite_gradients(order: Any) -> None:
    x = np.zeros((2, 3), np.float32)
    x[1, 0] = 2.0
    found = gs.grad(lambda a: ops.sum(ops.norm(a, order, axis=1)))(x).numpy()
    assert np.isfinite(found).all()
    assert not found[1, 1:].any()
    twice = gs.hvp(lambda a: ops.sum(ops.norm(a, order, axis=1)), x, np.ones_like(x)).numpy()
    assert np.isfinite(twice).all()


@pytest.mark.parametrize("order", [None, 3, 0.5, -2])
@pytest.mark.parametrize("scale", [1e30, 1e-30])
def test_norms_of_extreme_magnitudes(order: Any, scale: float) -> None:
    x = np.array([3.0, -4.0, 2.0], np.float32)
    plain = ops.norm(x, order).item()
    np.testing.assert_allclose(ops.norm(x * np.float32(scale), order).item(), plain * scale, 1e-5)
    found = gs.grad(lambda a: ops.norm(a, order))(x * np.float32(scale)).numpy()
    np.testing.assert_allclose(found, gs.grad(lambda a: ops.norm(a, order))(x).numpy(), 1e-4)


@pytest.mark.parametrize("x", [TRIANGLE, [[0.0, -2.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 3.0]]])
def test_eigenvectors_of_a_matrix_that_is_not_symmetric(x: Any) -> None:
    matrix = np.asarray(x, np.float32)
    values, vectors = ops.eig(matrix)
    assert (values.dtype, vectors.dtype) == ("complex64", "complex64")
    left, right = matrix @ vectors.numpy(), vectors.numpy() * values.numpy()
    np.testing.assert_allclose(left, right, 1e-4, 1e-5)


def test_eig_is_not_differentiated() -> None:
    with pytest.raises(NotImplementedError, match="Received: "):
        gs.grad(lambda a: ops.sum(ops.cast(ops.eig(a)[0], "float32")))(np.eye(2, dtype=np.float32))
    values = []
    gs.grad(lambda a: values.append(ops.eig(ops.stop_gradient(a))[0]) or ops.sum(a))(
        np.eye(2, dtype=np.float32)
    )
    np.testing.assert_array_equal(values[0].numpy(), [1, 1])


def test_gradients_of_symmetric_functions_are_symmetric() -> None:
    x = symmetric(0.5, 1.0, 2.5).astype(np.float32)
    weights = np.random.default_rng(3).normal(size=(3, 3)).astype(np.float32)
    for function in (
        lambda a: ops.sum(ops.cholesky(a) * weights),
        lambda a: ops.sum(ops.eigh(a)[1] * weights),
    ):
        found = gs.grad(function)(x).numpy()
        np.testing.assert_allclose(found, found.T, 1e-5, 1e-6)


def test_complex_systems() -> None:
    x = (SQUARE + 1j * np.eye(4)).astype(np.complex64)
    found = ops.solve(x, x[:, :2])
    assert found.dtype == "complex64"
    np.testing.assert_allclose(found.numpy(), np.eye(4)[:, :2], 1e-4, 1e-5)
    np.testing.assert_allclose(ops.inv(x).numpy(), np.linalg.inv(x), 1e-4, 1e-5)


@pytest.mark.usefixtures("wide")
def test_gradients_of_complex_systems() -> None:
    weights = np.random.default_rng(3).normal(size=(4, 4, 2))
    is_gradient(
        lambda parts: ops.sum(ops.view_as_real(ops.inv(ops.view_as_complex(parts))) * weights),
        np.stack([SQUARE, np.eye(4)], -1),
    )


@pytest.mark.parametrize("order", [None, 0, 1, 2, 3, float("inf")])
def test_norms_of_complex_vectors(order: Any) -> None:
    x = np.array([3 + 4j, 0, -1j], np.complex64)
    found = ops.norm(x, order)
    assert found.dtype == "float32"
    np.testing.assert_allclose(found.item(), np.linalg.norm(x, order), 1e-5)


@pytest.mark.parametrize("backend_of_result", ["numpy"])
def test_results_stay_on_the_backend_of_the_matrix(backend_of_result: str) -> None:
    (x,) = on(backend_of_result, [TALL[:3].astype(np.float32)])
    for found in (ops.inv(x), ops.det(x), ops.qr(x)[1], ops.svd(x)[2], ops.lu_factor(x)[1],
                  ops.pinv(x), ops.matrix_rank(x), ops.norm(x, 3, 0)):  # fmt: skip
        assert found.backend.name == backend_of_result


SINGULAR = np.ones((2, 2), np.float32)
MISTAKES: dict[str, tuple[type[Exception], Callable[[], Any]]] = {
    "cholesky": (ValueError, lambda: ops.cholesky(-SINGULAR)),
    "inv": (ValueError, lambda: ops.inv(SINGULAR)),
    "inv shape": (ValueError, lambda: ops.inv(np.ones((2, 3)))),
    "half": (TypeError, lambda: ops.inv(SINGULAR.astype(np.float16))),
    "complex": (TypeError, lambda: ops.svd(SINGULAR.astype(np.complex64))),
    "complex determinant": (TypeError, lambda: ops.det(SINGULAR.astype(np.complex64))),
    "rank": (ValueError, lambda: ops.svd(np.ones(3))),
    "solve": (ValueError, lambda: ops.solve(SINGULAR, np.ones(2))),
    "solve shapes": (ValueError, lambda: ops.solve(np.eye(2), np.ones(3))),
    "solve columns": (ValueError, lambda: ops.solve(np.eye(2), np.ones((1, 2, 3)))),
    "solve scalar": (ValueError, lambda: ops.solve(np.eye(2), 1.0)),
    "triangle": (ValueError, lambda: ops.solve_triangular(np.zeros((2, 2)), np.ones(2))),
    "qr": (ValueError, lambda: ops.qr(SINGULAR, "raw")),
    "lstsq": (ValueError, lambda: ops.lstsq(np.ones((3, 2)), np.ones(2))),
    "norm order": (ValueError, lambda: ops.norm(SINGULAR, 3)),
    "norm of vectors": (ValueError, lambda: ops.norm(SINGULAR, "fro", axis=0)),
    "norm axes": (ValueError, lambda: ops.norm(SINGULAR, axis=(0, 0))),
    "norm axis": (TypeError, lambda: ops.norm(SINGULAR, axis=[0])),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes(name: str) -> None:
    kind, mistake = MISTAKES[name]
    with pytest.raises(kind, match=r"Received: .") as caught:
        mistake()
    assert type(caught.value) is kind
