"""Devices that draw to half-float textures only, or to no floats: the same numbers, kept as bits.

Tested by hiding the extensions from a backend of its own.
"""

from __future__ import annotations

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops
from gossamer.backend import _choice, get_backend
from gossamer.ops.random_bits import bits_of, random_bits
from tests.ops.record import Record
from tests.ops.records import RECORDS
from tests.ops.test_numbers import SPECIAL, flushed

pytestmark = pytest.mark.webgl

# One row of each op, and all with special values.
ROWS = list({record.op: record for record in RECORDS if record.inputs}.values())


@pytest.fixture(scope="module")
def device_without_floats():
    from gossamer.backend.webgl.webgl_backend import WebglBackend

    return WebglBackend(without=("EXT_color_buffer_float", "EXT_float_blend"))


@pytest.fixture(autouse=True)
def without_floats(device_without_floats, monkeypatch):
    """The current backend, while a test runs."""
    monkeypatch.setattr(_choice, "backend", device_without_floats)
    return device_without_floats


def test_such_a_device_says_so() -> None:
    assert gs.memory()["draws_floats"] is False
    assert get_backend("webgl").memory()["draws_floats"] is True
    x = ops.convert_to_tensor(np.ones((5, 7), np.float32))
    assert x.buffer.size_class.kind == "uint"


def test_floats_have_all_their_bits_there() -> None:
    x = ops.convert_to_tensor(SPECIAL)
    assert x.dtype == "float32"
    for found in (x, ops.reshape(x, (2, -1)), ops.concatenate([x, x])):
        right = np.resize(SPECIAL, found.shape)
        np.testing.assert_array_equal(found.numpy().view(np.uint32), right.view(np.uint32))
    third = ops.convert_to_tensor([1.0, 2.0]) / 3.0
    np.testing.assert_allclose(third.numpy(), [1 / 3, 2 / 3], 1e-7)


@pytest.mark.parametrize("record", ROWS, ids=lambda record: record.id)
def test_ops_there(record: Record, without_floats) -> None:
    arrays = record.arrays()
    results = record.apply([ops.convert_to_tensor(x) for x in arrays])
    for result, right in zip(results, record.reference(arrays), strict=True):
        assert result.backend is without_floats
        if result.dtype.startswith(("float", "complex")):
            np.testing.assert_allclose(result.numpy(), right, record.rtol, record.atol)
        else:
            np.testing.assert_array_equal(result.numpy(), right.astype(result.dtype))


def test_gradients_there() -> None:
    generator = np.random.default_rng(0)
    a, b = (generator.uniform(-1, 1, shape).astype(np.float32) for shape in ((33, 65), (65, 9)))
    x, y = (ops.convert_to_tensor(one) for one in (a, b))
    gradient = gs.grad(lambda x: ops.sum(ops.tanh(ops.matmul(x, y))))(x).numpy()
    np.testing.assert_allclose(gradient, (1 - np.tanh(a @ b) ** 2) @ b.T, 1e-4, 1e-5)


def test_random_bits_there() -> None:
    words = np.array([7, 3], np.uint32)
    here = random_bits(ops.convert_to_tensor(words), (33, 5)).numpy()
    np.testing.assert_array_equal(here, bits_of(words, 165).reshape(33, 5))


def test_reads_and_pages_there(wait_for) -> None:
    array = np.resize(flushed(SPECIAL), (33, 7))
    x = ops.convert_to_tensor(array)
    np.testing.assert_array_equal(wait_for(x.data()), array)
    x.buffer.page_out()
    np.testing.assert_array_equal(x.numpy(), array)
    np.testing.assert_array_equal((-x).numpy(), -array)
