"""`vectorize`: broadcasting, signatures, what is left out, gradients, mistakes."""

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops

X = np.arange(6, dtype=np.float32).reshape(2, 3)


def test_elements_broadcast() -> None:
    larger = ops.vectorize(lambda x, y: x - y if x > y else x + y)
    right = np.vectorize(lambda x, y: x - y if x > y else x + y)
    np.testing.assert_array_equal(larger(X, X[:, :1]).numpy(), right(X, X[:, :1]))
    np.testing.assert_array_equal(larger(X, 2.0).numpy(), right(X, 2.0))
    assert larger(3.0, 2.0).shape == ()


@pytest.mark.parametrize(
    ("signature", "function", "shapes"),
    [
        ("(n),(n)->()", lambda m: lambda x, y: m.sum(x * y), [(2, 3), (4, 1, 3)]),
        ("(m,n),(n)->(m)", lambda m: m.dot, [(5, 2, 3), (3,)]),
        (" ( n ) -> ( n ) , () ", lambda m: lambda x: (x * 2, m.max(x)), [(2, 2, 3)]),
        ("(),(n)->(n)", lambda m: lambda x, y: x * y, [(4,), (3,)]),
        ("(n)->(k)", lambda m: lambda x: m.stack([m.sum(x), m.max(x)]), [(2, 3)]),
    ],
)
def test_signatures(signature, function, shapes) -> None:  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=shape).astype(np.float32) for shape in shapes]
    found = ops.vectorize(function(ops), signature=signature)(*arrays)
    right = np.vectorize(function(np), signature=signature)(*arrays)
    found, right = (x if isinstance(x, tuple) else (x,) for x in (found, right))
    for one, other in zip(found, right, strict=True):
        np.testing.assert_allclose(one.numpy(), other, rtol=1e-5)


def test_what_is_left_out() -> None:
    def polynomial(x, factors, *, bias=None, sign=1):  # type: ignore[no-untyped-def]
        total = sum(factor * x**k for k, factor in enumerate(factors))
        return sign * total if bias is None else sign * total + bias

    by_element = ops.vectorize(polynomial, excluded={1, "sign"})
    assert by_element.__name__ == "polynomial"
    bias = np.float32([10, 20, 30])
    for options, right in (
        ({"sign": -1}, -(1 + 2 * X)),
        ({"bias": bias}, 1 + 2 * X + bias),
        ({"bias": None}, 1 + 2 * X),
    ):
        np.testing.assert_allclose(by_element(X, [1, 2], **options).numpy(), right, rtol=1e-6)


def test_gradients_flow() -> None:
    function = ops.vectorize(lambda x, y: x * y if x > 2 else y)
    one, other = gs.grad(lambda x, y: ops.sum(function(x, y)), (0, 1))(X, np.float32(3))
    np.testing.assert_array_equal(one.numpy(), np.where(X > 2, 3, 0))
    assert other.item() == X[X > 2].sum() + np.sum(X <= 2)


@pytest.mark.parametrize(
    ("options", "arguments"),
    [
        ({}, (X, np.ones(2))),
        ({}, (np.ones((0, 3)), 1.0)),
        ({"signature": "(n),(n)->()"}, (X, np.ones(2))),
        ({"signature": "(n)->()"}, (X, X)),
        ({"signature": "(m,n),(n)->()"}, (np.ones(3), np.ones(3))),
        ({"signature": "(),()->(n)"}, (X, X)),
        ({"signature": "(),()->(),()"}, (X, X)),
    ],
)
def test_shapes_that_do_not_fit(options, arguments) -> None:  # type: ignore[no-untyped-def]
    function = ops.vectorize(lambda x, y: ops.sum(x * y), **options)
    with pytest.raises(ValueError, match="Received: "):
        function(*arguments)


@pytest.mark.parametrize("signature", ["(n)", "n->n", "(n->()", "(n),->()", ""])
def test_signatures_that_are_none(signature: str) -> None:
    with pytest.raises(ValueError, match="Received: signature="):
        ops.vectorize(lambda x: x, signature=signature)


def test_what_cannot_be_called() -> None:
    with pytest.raises(ValueError, match="Received: pyfunc="):
        ops.vectorize(None)
