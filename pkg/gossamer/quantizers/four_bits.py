"""Two integers of 4 bits in each of 8 bits."""

from __future__ import annotations

from typing import Any

import numpy as np

from gossamer import ops


def _checked(array: Any, dtype: str) -> np.ndarray:
    if dtype not in ("int8", "uint8"):
        raise ValueError(f"Expected int8 or uint8. Received: dtype={dtype!r}")
    found = np.asarray(ops.convert_to_numpy(array))
    if found.dtype.name != dtype:
        raise TypeError(f"Expected integers of {dtype}. Received: dtype={found.dtype.name}")
    return found


def pack_int4(arr: Any, axis: int = 0, dtype: str = "int8") -> tuple[Any, tuple[int, ...], int]:
    """Pairs of neighbours as one integer each: the first in the low 4 bits, the second above.

    Args:
        arr: integers from -8 to 7.
        axis: along which neighbours are; an odd last one is paired with 0.
        dtype: of `arr` and of the result, `"int8"` or `"uint8"`.

    Returns:
        The packed integers, their shape, and the size of the axis before.

    Raises:
        ValueError: for another dtype.
        TypeError: for integers of another one.

    Example:
        >>> packed, shape, rows = gs.quantizers.pack_int4(np.array([[-3], [2], [1]], "int8"))
        >>> packed.tolist(), shape, rows
        ([[45], [1]], (2, 1), 3)
    """
    rows = np.moveaxis(_checked(arr, dtype), axis, 0)
    count = len(rows)
    if count % 2:
        rows = np.concatenate([rows, np.zeros_like(rows[:1])])
    bits = rows.astype(np.uint8) & 15
    packed = np.moveaxis((bits[::2] | bits[1::2] << 4).astype(np.uint8).view(dtype), 0, axis)
    return ops.convert_to_tensor(np.ascontiguousarray(packed)), packed.shape, count


def unpack_int4(packed: Any, orig_len: int, axis: int = 0, dtype: str = "int8") -> Any:
    """What `pack_int4` packed.

    Args:
        packed: the packed integers.
        orig_len: the size of the axis before.
        axis: along which neighbours were.
        dtype: of `packed`: from `"int8"` come integers from -8 to 7, from `"uint8"` from 0 to 15.

    Raises:
        ValueError: for another dtype.
        TypeError: for integers of another one.

    Example:
        >>> gs.quantizers.unpack_int4(np.array([[45], [1]], "int8"), 3).tolist()
        [[-3], [2], [1]]
    """
    rows = np.moveaxis(_checked(packed, dtype), axis, 0).view(np.uint8)
    bits = np.stack([rows & 15, rows >> 4], 1).reshape(-1, *rows.shape[1:])[:orig_len]
    found = bits.astype(np.int16)
    if dtype == "int8":
        found = np.where(found > 7, found - 16, found)
    return ops.convert_to_tensor(np.ascontiguousarray(np.moveaxis(found.astype(dtype), 0, axis)))
