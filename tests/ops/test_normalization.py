"""Statistics and normalization: how many kernels they take, and mistakes."""

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops
from tests.kernel.calls import calls_of

X = np.ones((2, 3, 4, 8), np.float32)
V = np.ones(8, np.float32)


def names(function, *arguments):
    return [seen.call.primitive.name for seen in calls_of(function, *arguments)]


def test_statistics_are_one_kernel_each():
    found = names(lambda x: ops.var(x, (0, 1, 2)), X)
    assert [name for name in found if name != "reshape"] == ["mean", "variance"]


def test_normalization_by_own_statistics():
    found = names(ops.layer_normalization, X)
    assert [name for name in found if name != "reshape"] == ["mean", "variance", "standardize"]


def test_normalization_by_given_statistics():
    found = names(lambda x: ops.batch_normalization(x, V, V, -1, V, V), X)
    assert [name for name in found if name != "reshape"] == ["standardize", "multiply", "add"]


def test_the_gradient_of_the_variance_folds_nothing():
    found = names(gs.grad(lambda x: ops.sum(ops.var(x, (0, 1, 2)))), X)
    assert found.count("sum") == 1  # that of the function itself
    assert "mean" in found


def test_numbers_pass_through(backend):
    special = np.array([0.0, -0.0, 1.5, -3e9, 1e-8, 1e30, np.inf, -np.inf, np.nan], np.float32)
    x, mean, variance = (a.ravel() for a in np.meshgrid(special, special, special))
    found = ops.batch_normalization(x[None], mean, variance, -1, epsilon=1e-3).numpy()[0]
    with np.errstate(all="ignore"):
        wide = (a.astype(np.float64) for a in (x, mean, variance))
        right = next(wide) - next(wide)
        right = (right / np.sqrt(next(wide) + 1e-3)).astype(np.float32)
    np.testing.assert_allclose(found, right, 1e-5)


def test_rms_scaling_warns(backend):
    with pytest.warns(UserWarning, match="rms_normalization"):
        found = ops.layer_normalization([[1.0, 3.0]], gamma=[2.0, 2.0], rms_scaling=True)
    np.testing.assert_allclose(found.numpy(), [[2.0, 6.0]], 1e-5)


@pytest.mark.parametrize(
    ("kind", "mistake"),
    [
        (ValueError, lambda: ops.batch_normalization(X, V[:3], V, -1)),
        (ValueError, lambda: ops.batch_normalization(X, V, V, 4)),
        (ValueError, lambda: ops.batch_normalization(X, V, V, -1, offset=V[:1])),
        (ValueError, lambda: ops.layer_normalization(X, axis=4)),
        (TypeError, lambda: ops.layer_normalization(X, center=True)),
        (ValueError, lambda: ops.rms_normalization(X, axis=4)),
        (ValueError, lambda: ops.var(X, 4)),
    ],
)
def test_mistakes(kind, mistake):
    with pytest.raises(kind, match=r"Received: "):
        mistake()
