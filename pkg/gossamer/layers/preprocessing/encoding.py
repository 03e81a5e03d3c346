"""Numbers of categories as vectors: one-hot, multi-hot, counts.

Twice: of tensors by ops, for models; and of NumPy arrays, for what looks strings up on the host,
where vocabularies are so large that nothing may be as large as samples times vocabulary.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gossamer import ops
from gossamer.tensor import Tensor

MODES = ("one_hot", "multi_hot", "count")
# What is left out of all vectors.
DROPPED = -1


def check_mode(value: Any, allowed: tuple[str, ...], name: str = "output_mode") -> None:
    """Raise a ValueError for a mode that is none of the allowed ones."""
    if value not in allowed:
        raise ValueError(f"Expected one of {', '.join(allowed)}. Received: {name}={value!r}")


def check_dense(sparse: bool) -> None:
    """Raise a ValueError for a wish for sparse tensors."""
    if sparse:
        raise ValueError("Expected sparse=False: no tensors are sparse. Received: sparse=True")


def encoded(
    indices: Tensor, mode: str, depth: int, dtype: str, count_weights: Tensor | None = None
) -> Tensor:
    """Vectors of the numbers in the last axis, as tensors: 1 or a count at each number.

    Args:
        indices: numbers from 0 up to `depth`.
        mode: one of `"one_hot"`, `"multi_hot"`, `"count"`, or `"int"` for the numbers themselves.
        depth: the length of the vectors.
        dtype: of the result.
        count_weights: what each number counts, in the place of 1.
    """
    if mode == "int":
        return ops.cast(indices, dtype)
    if indices.ndim == 0:
        indices = ops.expand_dims(indices, -1)
    if mode == "multi_hot":
        return ops.multi_hot(indices, depth, dtype=dtype)
    if mode == "one_hot":
        if indices.ndim > 1 and indices.shape[-1] == 1:
            indices = ops.squeeze(indices, -1)
        return ops.one_hot(indices, depth, dtype=dtype)
    ones = ops.one_hot(indices, depth, dtype=dtype if count_weights is None else None)
    if count_weights is not None:
        ones = ops.cast(ones, count_weights.dtype) * ops.expand_dims(count_weights, -1)
    return ops.sum(ones, axis=1 if indices.ndim > 1 else 0)


def encoded_on_host(indices: np.ndarray, mode: str, depth: int) -> np.ndarray:
    """The same of an array: numbers that are `DROPPED` are left out."""
    if mode == "one_hot":
        if indices.ndim > 1 and indices.shape[-1] == 1:
            indices = indices[..., 0]
        return (np.atleast_1d(indices)[..., None] == np.arange(depth)).astype(np.int64)
    samples = np.atleast_1d(indices)
    rows = samples.reshape(-1, samples.shape[-1])
    numbers = np.repeat(np.arange(len(rows)), rows.shape[-1])
    counts = counted(rows.ravel(), numbers, len(rows), depth)
    counts = counts.reshape(*samples.shape[:-1], depth)
    return np.minimum(counts, 1) if mode == "multi_hot" else counts


def counted(indices: np.ndarray, rows: np.ndarray, num_rows: int, depth: int) -> np.ndarray:
    """How often each number is in each row; `rows` says in which row an index stands."""
    kept = (indices >= 0) & (indices < depth)
    # As NumPy counts: in 32 bits in a browser.
    places = (rows[kept] * depth + indices[kept]).astype(np.intp)
    return np.bincount(places, minlength=num_rows * depth).reshape(num_rows, depth)
