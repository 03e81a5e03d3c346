"""What holds strings: no tensor does, so that they stay in NumPy's arrays until a layer looks.

Strings are NumPy's own (`U`), bytes (`S`), or objects that are either.
"""

from __future__ import annotations

from typing import Any

import numpy as np

STRING = "string"


def is_text_dtype(dtype: Any) -> bool:
    """Whether this names strings: Keras's `"string"`, or a NumPy dtype or its name."""
    name = getattr(dtype, "name", dtype)
    return dtype is str or (
        isinstance(name, str) and name.lower().startswith((STRING, "str", "bytes", "object"))
    )


def holds_texts(x: Any) -> bool:
    """Whether this is an array of strings; one of objects is if its first element is a string."""
    if not isinstance(x, (np.ndarray, np.generic)):
        return False
    if x.dtype.kind == "O":
        return bool(x.size) and isinstance(x.flat[0], (str, bytes))
    return x.dtype.kind in "SUT"


def is_text_list(x: Any) -> bool:
    """Whether this is a list of strings, or of such lists."""
    while isinstance(x, (list, tuple)) and len(x):
        x = x[0]
    return isinstance(x, (str, bytes))


def _is_numbers(x: Any) -> bool:
    """Whether a list begins with a number, and is one array, which nobody should walk through."""
    while isinstance(x, (list, tuple)) and len(x):
        x = x[0]
    return isinstance(x, (int, float, np.generic))


def as_arrays(structure: Any) -> Any:
    """A structure in which strings and lists of them are arrays, each of one shape.

    Raises:
        ValueError: for lists of different lengths.

    Example:
        >>> as_arrays({"x": [["a"], ["b"]]})["x"].shape
        (2, 1)
    """
    if isinstance(structure, (str, bytes)) or (
        isinstance(structure, (list, tuple)) and is_text_list(structure)
    ):
        # NumPy's own bytes lose zeros at their end, and objects keep them.
        return np.asarray(structure, object)
    if type(structure) is dict:
        return {name: as_arrays(value) for name, value in structure.items()}
    if type(structure) in (list, tuple) and not _is_numbers(structure):
        return type(structure)(as_arrays(value) for value in structure)
    return structure
