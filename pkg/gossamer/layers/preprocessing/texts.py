"""Strings and integers from whatever holds them, as NumPy arrays: no backend has strings."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np

from gossamer.layers.call_arguments import is_tensor


def as_texts(x: Any, encoding: str = "utf-8") -> np.ndarray:
    """An array of strings: of strings, bytes, or lists of them.

    Raises:
        TypeError: for what holds no strings.
    """
    array = np.asarray(x)
    if array.dtype.kind == "O" and array.size:
        flat = [s.decode(encoding) if isinstance(s, bytes) else s for s in array.ravel().tolist()]
        if all(isinstance(s, str) for s in flat):
            array = np.array(flat, np.str_).reshape(array.shape)
    elif array.dtype.kind == "S":
        array = np.char.decode(array, encoding)
    elif not array.size:
        array = array.astype(np.str_)
    if array.dtype.kind != "U":
        raise TypeError(f"Expected strings. Received: an array of dtype {array.dtype}")
    return array


def as_integers(x: Any) -> np.ndarray:
    """An array of 64-bit integers.

    Raises:
        TypeError: for what holds no integers.
    """
    array = np.asarray(x)
    if array.size and array.dtype.kind not in "iu":
        raise TypeError(f"Expected integers. Received: an array of dtype {array.dtype}")
    return array.astype(np.int64)


def batches_of(data: Any, steps: int | None = None) -> Iterator[Any] | None:
    """The batches of an iterable of batches; None for what is data itself: arrays and lists."""
    if isinstance(data, (list, tuple, np.ndarray, str, bytes)) or is_tensor(data):
        return None
    return islice(iter(data), steps) if hasattr(data, "__iter__") else None
