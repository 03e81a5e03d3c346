"""What is read from files comes to the device when it is first used, and once."""

import numpy as np
import pytest

import gossamer as gs
from gossamer.backend import putting_later
from gossamer.saving.all_or_nothing import all_or_nothing


def test_values_are_those_that_were_put() -> None:
    for shape in ((3,), (5, 7), (2, 300, 9), (1000,), (64, 64)):
        array = np.random.default_rng(0).normal(size=shape).astype("float32")
        with putting_later():
            tensor = gs.ops.convert_to_tensor(array)
        given = array.copy()
        array[:] = 0  # it was copied
        np.testing.assert_array_equal(tensor.numpy(), given)
        np.testing.assert_array_equal((tensor * 2.0).numpy(), given * 2)
        np.testing.assert_array_equal(tensor.numpy(), given)


@pytest.mark.parametrize("dtype", ["float16", "int32", "uint8", "bool", "complex64"])
def test_dtypes(dtype: str) -> None:
    array = np.arange(30).reshape(5, 6).astype(dtype)
    with putting_later():
        tensor = gs.ops.convert_to_tensor(array)
    np.testing.assert_array_equal(tensor.numpy(), array)
    np.testing.assert_array_equal(gs.ops.reshape(tensor, (6, 5)).numpy(), array.reshape(6, 5))
    np.testing.assert_array_equal(gs.ops.flip(tensor, 0).numpy(), array[::-1])


@pytest.mark.webgl
def test_nothing_is_uploaded_twice() -> None:
    before = gs.memory()
    variable = gs.Variable(np.zeros((100, 100), "float32"))
    begun = gs.memory()
    with all_or_nothing([variable]):
        variable.assign(np.ones((100, 100), "float32"))
    assert gs.memory()["draws"] == before["draws"]
    assert gs.memory()["page_ins"] == begun["page_ins"]
    assert float(gs.ops.sum(variable.value)) == 10_000.0
    assert float(gs.ops.sum(variable.value)) == 10_000.0
    assert gs.memory()["page_ins"] == begun["page_ins"] + 1
    del variable
    assert gs.memory()["tensors"] == before["tensors"]
