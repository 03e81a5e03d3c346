"""What becomes a tensor, and what a tensor becomes: dtypes, NumPy, Python numbers."""

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops


def test_python_numbers_take_32_bits() -> None:
    dtypes = [ops.convert_to_tensor(x).dtype for x in (1, 1.0, True, [1, 2], [[0.5]], [True])]
    assert dtypes == ["int32", "float32", "bool", "int32", "float32", "bool"]


@pytest.mark.parametrize("dtype", ["float32", "int32", "uint8", "uint32", "bool"])
@pytest.mark.parametrize("shape", [(), (1,), (3,), (3, 5), (0, 3), (2, 1, 5, 1, 3), (1031,)])
def test_arrays_come_back_as_they_were(dtype: str, shape: tuple[int, ...]) -> None:
    array = (np.arange(np.prod(shape)).reshape(shape) % 2).astype(dtype)
    tensor = ops.convert_to_tensor(array)
    back = ops.convert_to_numpy(tensor)
    assert (ops.dtype(tensor), ops.shape(tensor), tensor.ndim, tensor.size) == (
        dtype, shape, array.ndim, array.size,
    )  # fmt: skip
    assert (back.dtype, back.shape) == (array.dtype, shape)
    np.testing.assert_array_equal(back, array)
    np.testing.assert_array_equal(np.asarray(tensor), array)


@pytest.mark.parametrize("value", [2**31 - 1, -(2**31), 0])
def test_integers_are_exact(value: int) -> None:
    assert ops.convert_to_tensor([value, value], "int32").tolist() == [value, value]
    assert (ops.convert_to_tensor([value], "int32") * 1).item() == value


def test_unsigned_integers_are_exact() -> None:
    large = np.array([2**32 - 1, 2**31, 2**24 + 1, 1], np.uint32)
    np.testing.assert_array_equal(ops.convert_to_tensor(large).numpy(), large)
    np.testing.assert_array_equal((ops.convert_to_tensor(large) + np.uint32(1)).numpy(), large + 1)


def test_special_floats_come_back() -> None:
    values = np.array([np.nan, np.inf, -np.inf, 0.0, 3e38, 1e-30], np.float32)
    np.testing.assert_array_equal(ops.convert_to_tensor(values).numpy(), values)


def test_what_is_put_is_a_copy() -> None:
    array = np.ones(3, np.float32)
    tensor = ops.convert_to_tensor(array)
    array[0] = 5.0
    tensor.numpy()[1] = 7.0
    assert tensor.tolist() == [1.0, 1.0, 1.0]


def test_data_is_awaited(wait_for) -> None:
    np.testing.assert_array_equal(wait_for(ops.arange(5).data()), np.arange(5))


def test_is_tensor() -> None:
    assert ops.is_tensor(ops.ones(()))
    assert not ops.is_tensor(np.ones(()))


def test_python_numbers_of_a_scalar() -> None:
    scalar = ops.convert_to_tensor(2.5)
    assert (float(scalar), int(scalar), bool(scalar), f"{scalar:.2f}") == (2.5, 2, True, "2.50")
    assert [10, 20, 30][ops.convert_to_tensor(1)] == 20


def test_operators() -> None:
    x, array = ops.convert_to_tensor([1.0, 2.0, 3.0]), np.array([2.0, 2.0, 2.0], np.float32)
    for result in (
        x + array,
        array + x,
        x * 2,
        2 * x,
        1 - x,
        x / 2,
        6 / x,
        x**2,
        2**x,
        -x,
        abs(-x),
    ):
        assert isinstance(result, gs.Tensor)
        assert result.dtype == "float32"
    assert (1 - x).tolist() == [0.0, -1.0, -2.0]
    assert (6 / x).tolist() == [6.0, 3.0, 2.0]
    assert (2**x).tolist() == pytest.approx([2.0, 4.0, 8.0])
    assert (x // 2).tolist() == [0.0, 1.0, 1.0]
    assert (x % 2).tolist() == [1.0, 0.0, 1.0]
    assert (x @ array).item() == pytest.approx(12.0)
    assert ((x > 1) & (x < 3)).tolist() == [False, True, False]
    assert (~(x >= 2) | (x == 3)).tolist() == [True, False, True]
    assert ((x != 2) ^ (x <= 1)).tolist() == [False, False, True]
    assert x.T.tolist() == x.tolist()
    assert x.reshape(3, 1).shape == x.reshape((3, 1)).shape == (3, 1)
    assert x.astype("int32").dtype == "int32"
    assert (x.sum().item(), x.mean().item()) == (6.0, 2.0)
    assert [row.item() for row in x] == [1.0, 2.0, 3.0]
    assert len(x) == 3


def test_weak_numbers_take_the_tensors_dtype() -> None:
    small = ops.convert_to_tensor(np.array([1, 2], np.uint8))
    assert (small + 1).dtype == "uint8"
    assert (small + 1.0).dtype == "float32"
    assert (small > 1).dtype == "bool"
    assert (ops.ones(2) + True).dtype == "float32"


def test_64_bits_become_32() -> None:
    mixed = ops.convert_to_tensor(np.array([1, 2], np.uint32)) + ops.convert_to_tensor([1, 2])
    assert mixed.dtype == "int32"
    assert mixed.tolist() == [2, 4]
    assert ops.convert_to_tensor(np.ones(2)).dtype == "float32"
    assert ops.convert_to_tensor(np.array(1 + 1j)).dtype == "complex64"


def test_64_bits_stay_on_request(backend: str) -> None:
    widest = "float64" if backend == "numpy" else "float32"
    gs.config.set_floatx("float64")
    try:
        x = ops.convert_to_tensor(np.ones(2))
        assert (x.dtype, (x + 1).dtype, ops.exp(x).dtype) == (widest,) * 3
    finally:
        gs.config.set_floatx("float32")
    if backend == "numpy":
        kept = ops.convert_to_tensor(np.ones(2), dtype="float64")
        assert [x.dtype for x in (kept, kept + 1, -kept)] == ["float64", "float32", "float64"]


def test_tensors_have_no_hash() -> None:
    with pytest.raises(TypeError):
        hash(ops.ones(2))


def test_shapes_are_known_on_the_host() -> None:
    for x in (3.0, [[1, 2, 3]], np.ones((2, 0)), ops.ones((2, 3, 4)), gs.Variable([1.0])):
        assert (ops.ndim(x), ops.size(x)) == (np.ndim(x), np.size(x))
        assert isinstance(ops.size(x), int)
