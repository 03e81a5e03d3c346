"""What people expect of an array: operators from either side, methods, calls of Python's."""

import copy
import operator

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops

X = np.array([[4.0, 1.0, 3.0], [2.0, 6.0, 5.0]], np.float32)
N = np.array([[7, 2, 9], [-4, 6, 5]], np.int32)
B = np.array([True, False, True])


def same(found, right) -> None:  # type: ignore[no-untyped-def]
    assert isinstance(found, gs.Tensor)
    assert found.shape == np.shape(right)
    np.testing.assert_allclose(found.numpy(), right, rtol=1e-6)


@pytest.mark.parametrize(
    "name",
    ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "lt", "le", "gt", "ge", "eq", "ne"],
)  # fmt: skip
@pytest.mark.parametrize("other", [X[1], 2.0, 3])
def test_operators_of_numbers(name: str, other: object) -> None:
    function, x = getattr(operator, name), ops.array(X)
    same(function(x, other), function(X, other))
    same(function(other, x), function(other, X))


@pytest.mark.parametrize("name", ["and_", "or_", "xor", "lshift", "rshift", "floordiv", "mod"])
@pytest.mark.parametrize("other", [np.array([1, 2, 3], np.int32), 2])
def test_operators_of_integers(name: str, other: object) -> None:
    function, x = getattr(operator, name), ops.array(np.abs(N))
    same(function(x, other), function(np.abs(N), other))
    same(function(other, x), function(other, np.abs(N)))


def test_other_operators() -> None:
    x, n = ops.array(X), ops.array(N)
    same(x @ X.T, X @ X.T)
    same(X.T @ x, X.T @ X)
    for found, right in ((divmod(n, 4), divmod(N, 4)), (divmod(20, n), divmod(20, N))):
        for one, other in zip(found, right, strict=True):
            same(one, other)
    same(-x, -X)
    same(+x, X)
    same(abs(n), abs(N))
    same(~n, ~N)
    same(~ops.array(B), ~B)
    same(round(x / 7), np.round(X / 7))
    same(round(x / 7, 2), np.round(X / 7, 2))
    assert 6.0 in x
    assert 7.0 not in x


def test_as_a_number_of_python() -> None:
    x = ops.array([2.5])
    assert (float(x), int(x), complex(x), bool(x)) == (2.5, 2, 2.5 + 0j, True)
    with pytest.raises(ValueError, match="Received: "):
        complex(ops.array(X))


def test_copies_are_tensors_of_their_own() -> None:
    x = ops.array(X)
    for other in (copy.copy(x), copy.deepcopy(x), x.copy(), copy.deepcopy({"x": x})["x"]):
        assert other is not x
        same(other, X)
    same(gs.grad(lambda x: ops.sum(copy.copy(x) * x))(x), 2 * X)


METHODS = {
    "T": lambda x: x.T,
    "mT": lambda x: x.mT,
    "transpose": lambda x: x[None].transpose(2, 0, 1),
    "transpose tuple": lambda x: x.transpose((1, 0)),
    "transpose none": lambda x: x.transpose(),
    "reshape": lambda x: x.reshape(3, -1),
    "reshape tuple": lambda x: x.reshape((3, 2)),
    "flatten": lambda x: x.flatten(),
    "ravel": lambda x: x.ravel(),
    "squeeze": lambda x: x[None].squeeze(0),
    "swapaxes": lambda x: x.swapaxes(0, 1),
    "sum": lambda x: x.sum(),
    "sum axis": lambda x: x.sum(axis=0),
    "mean": lambda x: x.mean(1, keepdims=True),
    "min": lambda x: x.min(axis=-1),
    "max": lambda x: x.max(),
    "argmax": lambda x: x.argmax(),
    "argmin": lambda x: x.argmin(axis=1),
    "prod": lambda x: x.prod(axis=0),
    "std": lambda x: x.std(axis=1),
    "var": lambda x: x.var(),
    "any": lambda x: (x > 5).any(axis=0),
    "all": lambda x: (x > 1).all(),
    "cumsum": lambda x: x.cumsum(axis=1),
    "cumprod": lambda x: x.cumprod(0),
    "argsort": lambda x: x.argsort(axis=0),
    "repeat": lambda x: x.repeat(2, axis=0),
    "take": lambda x: x.take(np.array([2, 0]), axis=1),
    "diagonal": lambda x: x.diagonal(1),
    "dot": lambda x: x.dot(np.float32([1, 2, 3])),
    "round": lambda x: (x / 7).round(1),
    "clip": lambda x: x.clip(2, 5),
    "clip below": lambda x: x.clip(min=2),
    "clip above": lambda x: x.clip(max=5),
    "copy": lambda x: x.copy(),
    "view": lambda x: x.view("int32"),
    "astype": lambda x: x.astype("int32"),
    "searchsorted": lambda x: x[0, :1].searchsorted(np.float32([3, 5])),
}  # fmt: skip


@pytest.mark.parametrize("name", METHODS)
def test_method(name: str) -> None:
    same(METHODS[name](ops.array(X)), METHODS[name](X))


def test_sort_returns_the_sorted() -> None:
    same(ops.array(X).sort(axis=0), np.sort(X, 0))


@pytest.mark.parametrize(
    "function",
    [np.sum, np.mean, np.max, np.min, np.prod, np.any, np.all, np.std, np.var, np.argmax,
     np.argmin, np.ravel, np.round, np.cumsum],
)  # fmt: skip
def test_numpy_functions_take_tensors(function) -> None:  # type: ignore[no-untyped-def]
    np.testing.assert_allclose(np.asarray(function(ops.array(X))), function(X), rtol=1e-6)


def test_what_no_op_can_do_is_refused() -> None:
    with pytest.raises(TypeError, match="out"):
        ops.array(X).sum(out=np.zeros(()))
    with pytest.raises(TypeError, match="ddof"):
        ops.array(X).std(ddof=1)


def test_sizes() -> None:
    x = ops.array(X)
    assert (x.ndim, x.size, x.nbytes, len(x), x.shape) == (2, 6, 24, 2, (2, 3))
    assert [row.tolist() for row in x] == X.tolist()
    assert [row.tolist() for row in reversed(x)] == X[::-1].tolist()
