"""Scans: their gradients where elements are 0, and scans of any function."""

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops
from gossamer.ops.cumulative import cumulative

X = np.array([2.0, 0.0, 3.0, 0.0, 0.5], np.float32)


def slopes(x: np.ndarray, exclusive: bool) -> np.ndarray:
    """The derivative of each product by each element, without a quotient."""
    n = len(x)
    right = np.zeros((n, n))
    for i in range(n):
        for k in range(i + (not exclusive)):
            right[i, k] = np.prod(np.delete(x[: i + (not exclusive)].astype(np.float64), k))
    return right


@pytest.mark.parametrize("exclusive", [False, True])
@pytest.mark.parametrize("reverse", [False, True])
def test_gradient_of_products_of_zeros(reverse: bool, exclusive: bool) -> None:
    right = slopes(X[::-1] if reverse else X, exclusive)
    right = right[::-1, ::-1] if reverse else right
    for i in range(len(X)):
        one = np.eye(len(X), dtype=np.float32)[i]

        def product(x, one=one):
            return ops.sum(cumulative("cumprod", x, 0, None, reverse, exclusive) * one)

        np.testing.assert_allclose(gs.grad(product)(X).numpy(), right[i], 1e-6)


def test_second_gradient_of_products_of_zeros() -> None:
    def last(x):
        return ops.cumprod(x)[-1]

    def slope(x):
        return ops.sum(gs.grad(last)(x) * [1.0, 2.0, 3.0, 4.0, 5.0])

    # Two of five are 0, so that the product is y1 * y3 * 3 in y1, y3, and slope 3 * (2 y3 + 4 y1).
    x = np.array([1.0, 0.0, 3.0, 0.0, 1.0], np.float32)
    np.testing.assert_allclose(gs.grad(slope)(x).numpy(), [0, 12, 0, 6, 0])


@pytest.mark.parametrize(("reverse", "right"), [(False, [3, 4, 9]), (True, [9, 6, 5])])
def test_sums_before_and_after(reverse, right) -> None:
    assert cumulative("cumsum", [3, 1, 5], 0, None, reverse).tolist() == right
    before = cumulative("cumsum", [3, 1, 5], 0, None, reverse, exclusive=True)
    assert before.tolist() == (np.array(right) - [3, 1, 5]).tolist()


@pytest.mark.parametrize("size", [0, 1, 2, 3, 5, 8, 33])
def test_associative_scan_of_pairs(size: int) -> None:
    rng = np.random.default_rng(size)
    a, b = rng.uniform(-1, 1, (2, size, 3)).astype(np.float32)
    right = b.astype(np.float64)
    for i in range(1, size):
        right[i] += a[i] * right[i - 1]

    def after(first, then):
        return {"a": first["a"] * then["a"], "b": first["b"] * then["a"] + then["b"]}

    found = ops.associative_scan(after, {"a": a, "b": b})
    np.testing.assert_allclose(found["b"].numpy(), right, 1e-4, 1e-5)
    np.testing.assert_allclose(found["a"].numpy(), np.cumprod(a, 0), 1e-4, 1e-5)


def test_associative_scan_backwards_along_an_axis() -> None:
    x = np.arange(12).reshape(3, 4)
    found = ops.associative_scan(ops.add, x, reverse=True, axis=-1)
    np.testing.assert_array_equal(found.numpy(), np.cumsum(x[:, ::-1], 1)[:, ::-1])
    np.testing.assert_array_equal(
        gs.grad(lambda x: ops.sum(ops.associative_scan(ops.multiply, x)))([2.0, 0.0, 5.0]).numpy(),
        [1.0, 12.0, 0.0],
    )


def test_associative_scan_errors() -> None:
    with pytest.raises(TypeError, match="Received: f=3"):
        ops.associative_scan(3, [1.0])
    with pytest.raises(ValueError, match="Received: shapes"):
        ops.associative_scan(ops.add, [ops.ones(2), ops.ones(3)])
