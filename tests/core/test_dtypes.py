"""Promotion: JAX's lattice, as Keras has it, with Python numbers weak."""

import itertools

import numpy as np
import pytest

from gossamer import dtypes
from gossamer.dtypes import result_type, standardize_dtype

# Row and column promote to the entry; int and float are Python's.
ORDER = ["bool", "uint8", "uint32", "int8", "int32", "float16", "float32", int, float]
TABLE = """
    bool    uint8   uint32  int8    int32   float16 float32 int32   float32
    uint8   uint8   uint32  int16   int32   float16 float32 uint8   float32
    uint32  uint32  uint32  int32   int32   float16 float32 uint32  float32
    int8    int16   int32   int8    int32   float16 float32 int8    float32
    int32   int32   int32   int32   int32   float16 float32 int32   float32
    float16 float16 float16 float16 float16 float16 float32 float16 float16
    float32 float32 float32 float32 float32 float32 float32 float32 float32
    int32   uint8   uint32  int8    int32   float16 float32 int32   float32
    float32 float32 float32 float32 float32 float16 float32 float32 float32
"""
ENTRIES = [row.split() for row in TABLE.split("\n") if row.strip()]


@pytest.mark.parametrize(
    ("a", "b"), list(itertools.product(range(9), repeat=2)), ids=lambda k: str(ORDER[k])
)
def test_pairs(a: int, b: int) -> None:
    assert result_type(ORDER[a], ORDER[b]) == ENTRIES[a][b]


def test_order_does_not_matter() -> None:
    for trio in itertools.product(ORDER, repeat=3):
        assert len({result_type(*order) for order in itertools.permutations(trio)}) == 1


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("float32", "float32"),
        (np.float32, "float32"),
        (np.dtype("uint8"), "uint8"),
        (np.dtype("float64"), "float64"),
        (np.dtype("int64"), "int64"),
        (np.dtype("int32"), "int32"),
        (np.float64(1.0), "float64"),
        (np.ones(1, np.int32), "int32"),
        (bool, "bool"),
        (int, "int32"),
        (float, "float32"),
    ],
    ids=str,
)
def test_names(given: object, name: str) -> None:
    assert standardize_dtype(given) == name


@pytest.mark.parametrize("given", ["float31", None, object, "string", np.dtype("U3")], ids=str)
def test_unknown_names(given: object) -> None:
    with pytest.raises(ValueError, match="Received: dtype="):
        standardize_dtype(given)


def test_no_dtypes() -> None:
    with pytest.raises(ValueError, match="Received: "):
        result_type()


def test_families() -> None:
    assert [dtypes.is_float(x) for x in ("float16", "int32", "bool")] == [True, False, False]
    assert [dtypes.is_integer(x) for x in ("float16", "uint8", "bool")] == [False, True, False]
    assert [dtypes.as_float(x) for x in ("float16", "int32", "bool")] == [
        "float16", "float32", "float32",
    ]  # fmt: skip
