"""Attention: a weighted mean of values, the weights from how well queries meet keys."""

import math
from typing import Any

import numpy as np

from gossamer import dtypes, ops
from gossamer.ops.convert import as_tensor, promote
from gossamer.ops.create import iota
from gossamer.ops.elementwise import broadcast_shapes
from gossamer.tensor import Tensor


def dot_product_attention(
    query: Any,
    key: Any,
    value: Any,
    bias: Any = None,
    mask: Any = None,
    scale: float | None = None,
    is_causal: bool = False,
    flash_attention: bool | None = None,
    attn_logits_soft_cap: float | None = None,
) -> Tensor:
    """`softmax(scale * query @ key.T + bias) @ value`, for each batch and head.

    Source: Vaswani and others, "Attention is all you need", 2017. Groups of heads that share a
    key: Ainslie and others, "GQA", 2023.

    Args:
        query: of shape (batch, targets, heads, features).
        key: of shape (batch, sources, heads or a divisor of them, features).
        value: of the key's shape, but for the features.
        bias: added to the logits, of a shape that broadcasts to (batch, heads, targets, sources).
        mask: of such a shape; where it is False, a source does not count.
        scale: the factor of the logits; `1 / sqrt(features)` if None.
        is_causal: whether a target attends to no source that comes after it.
        flash_attention: None or False: there is one way of computing here.
        attn_logits_soft_cap: None, as in Keras but on TPUs.

    Returns:
        A tensor of shape (batch, targets, heads, features of the values).

    Raises:
        ValueError: for shapes that do not fit, `flash_attention=True`, and a soft cap.

    Example:
        >>> x = ops.ones((1, 3, 2, 4))
        >>> ops.dot_product_attention(x, x, x, is_causal=True).shape
        (1, 3, 2, 4)
    """
    if flash_attention or attn_logits_soft_cap is not None:
        raise ValueError(
            "Expected attention without flash_attention and soft cap. Received: "
            f"flash_attention={flash_attention}, attn_logits_soft_cap={attn_logits_soft_cap}"
        )
    q, k, v = promote(as_tensor(query), as_tensor(key), as_tensor(value))
    _check_shapes(q, k, v)
    dtype = q.dtype
    wide = dtypes.result_type(dtype, "float32")
    batch, targets, heads, features = q.shape
    sources, shared = k.shape[1:3]
    # Heads that share a key are neighbours: they are more rows of the same product.
    rows = (batch, shared, heads // shared * targets, features)
    queries = ops.reshape(ops.transpose(as_tensor(q, wide), (0, 2, 1, 3)), rows)
    logits = ops.matmul(queries, ops.transpose(as_tensor(k, wide), (0, 2, 3, 1)))
    logits = ops.reshape(logits, (batch, heads, targets, sources))
    logits = logits * (
        1.0 / math.sqrt(features) if scale is None else as_tensor(scale, wide, q.backend)
    )
    if bias is not None:
        logits = logits + _fitting("bias", as_tensor(bias, wide, q.backend), logits)
    allowed = _allowed(logits, mask, is_causal)
    if allowed is not None:
        # Not -inf: a target that may attend to nothing attends to everything alike.
        logits = ops.where(allowed, logits, -0.7 * float(np.finfo(wide).max))
    shares = ops.reshape(as_tensor(ops.softmax(logits), dtype), (*rows[:3], sources))
    mixed = ops.matmul(shares, ops.transpose(v, (0, 2, 1, 3)))
    return ops.transpose(ops.reshape(mixed, (batch, heads, targets, v.shape[-1])), (0, 2, 1, 3))


def _check_shapes(q: Tensor, k: Tensor, v: Tensor) -> None:
    fit = (
        q.ndim == k.ndim == v.ndim == 4
        and q.shape[0] == k.shape[0]
        and q.shape[3] == k.shape[3]
        and k.shape[:3] == v.shape[:3]
        and k.shape[2] > 0
        and q.shape[2] % k.shape[2] == 0
    )
    if not fit:
        raise ValueError(
            "Expected a query (batch, targets, heads, features), a key (batch, sources, heads, "
            "features) and a value like the key, with heads for as many or a multiple of queries. "
            f"Received: query.shape={q.shape}, key.shape={k.shape}, value.shape={v.shape}"
        )


def _fitting(name: str, x: Tensor, logits: Tensor) -> Tensor:
    if broadcast_shapes(x.shape, logits.shape) != logits.shape:
        raise ValueError(
            f"Expected a {name} that broadcasts to (batch, heads, targets, sources), here "
            f"{logits.shape}. Received: {name}.shape={x.shape}"
        )
    return x


def _allowed(logits: Tensor, mask: Any, is_causal: bool) -> Tensor | None:
    """Which sources count for which targets; None for all."""
    allowed = None
    if mask is not None:
        allowed = _fitting("mask", as_tensor(mask, "bool", logits.backend), logits)
    if is_causal:
        targets, sources = (iota(0, 1, n, "int32", logits.backend) for n in logits.shape[2:])
        earlier = ops.reshape(targets, (-1, 1)) >= sources
        allowed = earlier if allowed is None else ops.logical_and(allowed, earlier)
    return allowed
