"""float16: the storage of halves, to the last bit, and computing in float32."""

from __future__ import annotations

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops

ALL_HALVES = np.arange(65536, dtype=np.uint16).view(np.float16)


def bits(x: np.ndarray) -> np.ndarray:
    """The bits of halves, one pattern for every NaN."""
    return np.where(np.isnan(x), np.float16(np.nan), x).view(np.uint16)


def test_every_half_comes_back() -> None:
    x = ops.convert_to_tensor(ALL_HALVES)
    assert x.dtype == "float16"
    np.testing.assert_array_equal(bits(x.numpy()), bits(ALL_HALVES))
    # A copy is rounded, too, and changes nothing.
    moved = ops.reshape(x, (256, 256))[1:, ::-1].numpy()
    np.testing.assert_array_equal(bits(moved), bits(ALL_HALVES.reshape(256, 256)[1:, ::-1]))


def test_floats_are_rounded_to_the_nearest_even_half() -> None:
    halves = ALL_HALVES[np.isfinite(ALL_HALVES)].astype(np.float32)
    # From each half to the next, also from the last one to 65536.
    magnitudes = np.append(np.sort(halves[halves >= 0]), np.float32(65536))
    middles = (magnitudes[1:] + magnitudes[:-1]) / 2
    x = np.concatenate(
        [middles, np.nextafter(middles, np.float32(np.inf)), np.nextafter(middles, np.float32(0))]
    )
    x = np.concatenate([x, -x, np.float32([1e30, -1e30, np.inf, -np.inf, np.nan, 1e-30, -0.0])])
    with np.errstate(over="ignore"):
        right = x.astype(np.float16)
    found = ops.cast(ops.convert_to_tensor(x), "float16").numpy()
    np.testing.assert_array_equal(bits(found), bits(right))


@pytest.mark.parametrize("name", ["add", "subtract", "multiply"])
def test_arithmetic_is_that_of_numpy_to_the_last_bit(name: str) -> None:
    generator = np.random.default_rng(0)
    patterns = generator.integers(0, 65536, (2, 40009)).astype(np.uint16)
    patterns[:, :20000] &= 0xC3FF  # small exponents
    a, b = patterns.view(np.float16)
    with np.errstate(all="ignore"):
        right = getattr(np, name)(a, b)
    found = getattr(ops, name)(ops.convert_to_tensor(a), ops.convert_to_tensor(b))
    assert found.dtype == "float16"
    np.testing.assert_array_equal(bits(found.numpy()), bits(right))


def test_sums_and_products_accumulate_in_floats() -> None:
    # In halves 2048 + 1 is 2048.
    ones = ops.ones((3, 5003), "float16")
    assert ops.sum(ones, axis=1).tolist() == [5004.0] * 3
    assert ops.matmul(ones, ops.transpose(ones)).tolist() == [[5004.0] * 3] * 3
    x = np.full((40001,), 0.1, np.float16)
    total = ops.sum(ops.convert_to_tensor(x)).numpy()
    np.testing.assert_allclose(total, np.sum(x, dtype=np.float64), 1e-3)


def test_gradients_are_halves() -> None:
    x = np.linspace(-2, 2, 35).reshape(5, 7)

    def loss(x: gs.Tensor) -> gs.Tensor:
        return ops.sum(ops.tanh(ops.matmul(x, ops.transpose(x))) * 0.5)

    found = gs.grad(loss)(ops.convert_to_tensor(x, "float16"))
    assert found.dtype == "float16"
    right = gs.grad(loss)(ops.convert_to_tensor(x, "float32"))
    np.testing.assert_allclose(found.numpy(), right.numpy(), 2e-2, 1e-2)


@pytest.mark.webgl
def test_halves_take_half_the_memory() -> None:
    before = gs.memory()["textures"], gs.memory()["bytes"]
    x = ops.convert_to_tensor(np.ones((1024, 1024), np.float16))
    assert gs.memory()["bytes"] - before[1] == 2 << 20
    assert x.buffer.size_class.bytes == 2 << 20
    y = x + x
    assert y.buffer.size_class == x.buffer.size_class
    assert ops.cast(x, "float32").buffer.size_class.bytes == 4 << 20


@pytest.mark.webgl
def test_halves_are_paged_out_and_back() -> None:
    x = ops.reshape(ops.convert_to_tensor(ALL_HALVES), (1024, 64))
    x.buffer.page_out()
    expected = ALL_HALVES.reshape(1024, 64)
    assert x.buffer.page.dtype == np.uint16
    np.testing.assert_array_equal(bits(x.numpy()), bits(expected))
    np.testing.assert_array_equal(bits(ops.negative(x).numpy()), bits(-expected))


@pytest.mark.webgl
def test_halves_are_read_without_waiting(wait_for) -> None:
    x = ops.convert_to_tensor(ALL_HALVES[:1001])
    np.testing.assert_array_equal(bits(wait_for(x.data())), bits(ALL_HALVES[:1001]))
