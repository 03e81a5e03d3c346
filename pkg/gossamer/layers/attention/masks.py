"""Which places may be attended to."""

from __future__ import annotations

from typing import Any

from gossamer import ops
from gossamer.tensor import Tensor


def causal_mask(queries: int, keys: int) -> Tensor:
    """True where the key is not behind the query: shape (1, queries, keys)."""
    rows = ops.reshape(ops.arange(queries, dtype="int32"), (1, queries, 1))
    columns = ops.reshape(ops.arange(keys, dtype="int32"), (1, 1, keys))
    return rows >= columns


def window_mask(queries: int, keys: int, size: int) -> Tensor:
    """True where key and query are fewer than so many places apart: shape (1, queries, keys)."""
    rows = ops.reshape(ops.arange(queries, dtype="int32"), (1, queries, 1))
    columns = ops.reshape(ops.arange(keys, dtype="int32"), (1, 1, keys))
    return ops.abs(rows - columns) < size


def joined_mask(
    query: Tensor,
    value: Tensor,
    query_mask: Any,
    value_mask: Any,
    key_mask: Any,
    attention_mask: Any,
    use_causal_mask: bool,
    sliding_window: int | None,
) -> Any:
    """All masks as one, of shape (batch, queries, keys); None if there is none."""
    masks = []
    if query_mask is not None:
        masks.append(ops.expand_dims(ops.cast(query_mask, "bool"), -1))
    for mask in (value_mask, key_mask):
        if mask is not None:
            masks.append(ops.expand_dims(ops.cast(mask, "bool"), -2))
    if use_causal_mask:
        masks.append(causal_mask(query.shape[1], value.shape[1]))
    if sliding_window is not None:
        masks.append(window_mask(query.shape[1], value.shape[1], sliding_window))
    if attention_mask is not None:
        masks.append(ops.cast(attention_mask, "bool"))
    joined = None
    for mask in masks:
        joined = mask if joined is None else ops.logical_and(joined, mask)
    return joined
