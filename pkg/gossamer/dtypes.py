"""Names of element types, and the rule by which mixed types promote.

A dtype is its Keras name (`"float32"`). Everything in gossamer may import this module; it imports
nothing of gossamer.
"""

from functools import cache, lru_cache
from typing import Any

import numpy as np

BOOL = "bool"
UNSIGNED = ("uint8", "uint16", "uint32", "uint64")
SIGNED = ("int8", "int16", "int32", "int64")
INTEGERS = UNSIGNED + SIGNED
FLOATS = ("float16", "float32", "float64")
COMPLEX = ("complex64", "complex128")
ALL = (BOOL, *INTEGERS, *FLOATS, *COMPLEX)

# Python scalars are weak: they take the type of what they meet, and these types when alone.
WEAK = {"int": "int32", "float": "float32", "complex": "complex64"}

# What 64 bits become unless they are asked for, as in Keras on JAX: see `set_floatx`.
NARROWED = {
    "int64": "int32", "uint64": "uint32", "float64": "float32", "complex128": "complex64",
}  # fmt: skip
# The types that promotion narrows at present.
narrowed: set[str] = set(NARROWED)

# Each type, and the types that it widens to directly: JAX's lattice, which Keras adopts.
_WIDENS_TO = {
    "bool": ("int",),
    "int": ("uint8", "int8"),
    "uint8": ("int16", "uint16"),
    "uint16": ("int32", "uint32"),
    "uint32": ("int64", "uint64"),
    "uint64": ("float",),
    "int8": ("int16",),
    "int16": ("int32",),
    "int32": ("int64",),
    "int64": ("float",),
    "float": ("float16", "complex"),
    "float16": ("float32",),
    "float32": ("float64", "complex64"),
    "float64": ("complex128",),
    "complex": ("complex64",),
    "complex64": ("complex128",),
    "complex128": (),
}


@cache
def name_of(dtype: np.dtype) -> str:
    """The name of a NumPy dtype, which NumPy puts together anew each time that it is asked."""
    return dtype.name


def standardize_dtype(dtype: Any) -> str:
    """The Keras name of `dtype`: a name, a NumPy type, a Python type or anything with `.dtype`.

    Raises:
        ValueError: for what names no dtype, or one that gossamer does not have.

    Example:
        >>> standardize_dtype(np.float32), standardize_dtype(int)
        ('float32', 'int32')
    """
    if isinstance(dtype, str) and dtype in _WIDENS_TO:
        return WEAK.get(dtype, dtype)
    if dtype is bool:
        return BOOL
    # By identity: NumPy's dtypes equal the Python type of their width, which differs by machine.
    if dtype is int or dtype is float or dtype is complex:
        return WEAK[dtype.__name__]
    if hasattr(dtype, "dtype") and not isinstance(dtype, type):
        return standardize_dtype(dtype.dtype)
    try:
        name = np.dtype(dtype).name if dtype is not None else None
    except TypeError:
        name = None
    if name not in ALL:
        raise ValueError(f"Expected one of the dtypes {', '.join(ALL)}. Received: dtype={dtype!r}")
    return name


def floatx() -> str:
    """The float type of what is given none: of Python's floats, and of new variables.

    Example:
        >>> gs.config.floatx()
        'float32'
    """
    return WEAK["float"]


def set_floatx(value: str) -> None:
    """Choose the float type of what is given none.

    With `"float64"` the types of 64 bits are kept where the backend has them; else they become 32
    bits when they are converted or promoted, so that results are alike on every backend.

    Args:
        value: `"float16"`, `"float32"` or `"float64"`.

    Raises:
        ValueError: for another one.

    Example:
        >>> gs.config.set_floatx("float16")
        >>> ops.ones(2).dtype
        'float16'
        >>> gs.config.set_floatx("float32")
    """
    if value not in FLOATS:
        raise ValueError(f"Expected one of {', '.join(FLOATS)}. Received: value={value!r}")
    WEAK["float"] = value
    narrowed.clear()
    if value != "float64":
        narrowed.update(NARROWED)
    result_type.cache_clear()


def canonical(dtype: str) -> str:
    """The type that a value of `dtype` takes when it is converted or promoted."""
    return NARROWED[dtype] if dtype in narrowed else dtype


@cache
def _reachable(dtype: str) -> frozenset[str]:
    return frozenset({dtype}).union(*(_reachable(wider) for wider in _WIDENS_TO[dtype]))


@cache
def _join(dtypes: frozenset[str]) -> str:
    common = frozenset.intersection(*(_reachable(dtype) for dtype in dtypes))
    # The least upper bound is the common type from which all other common types are reached.
    least = max(common, key=lambda dtype: len(_reachable(dtype) & common))
    return least


@lru_cache(maxsize=1024)
def result_type(*dtypes: Any) -> str:
    """The dtype in which an operation on `dtypes` computes.

    `int`, `float` and `bool` (the Python types) stand for Python scalars and are weak.

    Example:
        >>> result_type("int32", "float16"), result_type("uint8", int)
        ('float16', 'uint8')
    """
    if not dtypes:
        raise ValueError("Expected at least one dtype. Received: ()")
    names = frozenset(
        dtype.__name__ if isinstance(dtype, type) and dtype in (int, float, complex)
        else standardize_dtype(dtype)
        for dtype in dtypes
    )  # fmt: skip
    joined = _join(names)
    return canonical(WEAK.get(joined, joined))


def is_float(dtype: str) -> bool:
    return dtype in FLOATS


def is_integer(dtype: str) -> bool:
    return dtype in INTEGERS


def as_float(dtype: str) -> str:
    """The floating type in which functions such as `sin` and `mean` compute for `dtype`."""
    return canonical(dtype) if dtype in FLOATS or dtype in COMPLEX else WEAK["float"]
