"""Pooling: where gradients go among equals, and how few kernels it takes."""

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops
from gossamer.ops.convert import as_tensor
from tests.kernel.calls import calls_of
from tests.ops.record import on, wide_floats

TIED = [[[1.0], [3.0], [3.0], [3.0], [0.0]]]


@pytest.mark.parametrize(
    ("size", "strides", "padding", "gradient"),
    [
        (5, 1, "valid", [0, 1, 0, 0, 0]),
        (3, 1, "valid", [0, 2, 1, 0, 0]),
        (2, 2, "same", [0, 1, 1, 0, 1]),
        (3, 1, "same", [0, 3, 1, 1, 0]),
    ],
)
def test_the_first_maximum_takes_all(size, strides, padding, gradient, backend):
    def total(x):
        return ops.sum(ops.max_pool(x, size, strides, padding))

    assert np.ravel(gs.grad(total)(np.array(TIED, np.float32)).numpy()).tolist() == gradient


@pytest.mark.parametrize("pool", [ops.max_pool, ops.average_pool])
@pytest.mark.parametrize("padding", ["valid", "same"])
def test_curvature(pool, padding, backend):
    """The second derivative of a sum of cubes, against differences of the first."""
    generator = np.random.default_rng(7)
    x, along = generator.normal(size=(2, 2, 7, 5, 3))

    def slope(x):
        return gs.grad(lambda x: ops.sum(pool(x, (3, 2), 2, padding) ** 3))(x)

    def along_slope(x):
        return ops.sum(slope(x) * as_tensor(along.astype(x.dtype), None, x.backend))

    second = gs.grad(along_slope)
    with wide_floats():
        (wide,) = on("numpy", [x])
        right = second(wide).numpy()
        ahead, behind = (slope(wide + step * along).numpy() for step in (1e-6, -1e-6))
    np.testing.assert_allclose(right, (ahead - behind) / 2e-6, 1e-6, 1e-7)
    if backend != "numpy":
        found = second(*on(backend, [x.astype(np.float32)])).numpy()
        np.testing.assert_allclose(found, right, 1e-4, 1e-5)


def test_channels_that_come_first_are_not_moved():
    x = np.ones((2, 3, 4, 4), np.float32)
    for pool in (ops.max_pool, ops.average_pool):
        seen = calls_of(lambda x, pool=pool: pool(x, 2, data_format="channels_first"), x)
        assert [one.call.primitive.name for one in seen] == [pool.__name__]


def test_a_gradient_is_few_kernels():
    x = np.ones((2, 4, 4, 3), np.float32)
    names = {}
    for pool in (ops.max_pool, ops.average_pool):
        seen = calls_of(gs.grad(lambda x, pool=pool: ops.sum(pool(x, 2))), x)
        names[pool.__name__] = [one.call.primitive.name for one in seen if "pool" in repr(one.call)]
    assert names == {
        "max_pool": ["max_pool", "max_pool_where", "max_pool_input"],
        "average_pool": ["average_pool", "average_pool_input"],
    }
