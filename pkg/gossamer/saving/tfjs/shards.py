"""Weights to the bytes of shards and the manifest that describes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

# TensorFlow.js has no other dtypes: wider and narrower ones become the like of them.
KINDS = {"f": "float32", "i": "int32", "u": "int32", "b": "bool", "c": "complex64"}
QUANTIZATIONS = (None, "uint8", "uint16", "float16")


def packed(
    weights: Sequence[tuple[str, np.ndarray]],
    quantization: str | None,
    shard_size: int,
    prefix: str,
) -> tuple[list[dict[str, Any]], dict[str, bytes]]:
    """The manifest of weights, and the shards by name.

    Args:
        weights: names and values.
        quantization: the dtype that floats are stored as; None for themselves.
        shard_size: bytes of each shard but the last one.
        prefix: what the shards' names begin with.

    Raises:
        ValueError: for another quantization, or a shard without a byte.
    """
    if quantization not in QUANTIZATIONS:
        raise ValueError(
            f"Expected one of {QUANTIZATIONS}. Received: quantization={quantization!r}"
        )
    if not isinstance(shard_size, int) or shard_size < 1:
        raise ValueError(f"Expected a positive number of bytes. Received: shard_size={shard_size}")
    lines, pieces = [], []
    for name, value in weights:
        array = value.astype(KINDS[value.dtype.kind])
        line: dict[str, Any] = {
            "name": name, "shape": list(array.shape), "dtype": str(array.dtype),
        }  # fmt: skip
        if quantization is not None and array.dtype == "float32" and array.size:
            array, line["quantization"] = _quantized(array, quantization)
        lines.append(line)
        pieces.append(array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes())
    data = b"".join(pieces)
    count = max(-(-len(data) // shard_size), 1)
    names = [f"{prefix}group1-shard{i + 1}of{count}.bin" for i in range(count)]
    shards = {
        name: data[i * shard_size : (i + 1) * shard_size] for i, name in enumerate(names)
    }  # fmt: skip
    return [{"paths": names, "weights": lines}], shards


def _quantized(array: np.ndarray, dtype: str) -> tuple[np.ndarray, dict[str, Any]]:
    """The values that stand for an array, and how.

    Zero stays zero where it lies among the values: pruned weights and padding stay what they are.
    """
    if dtype == "float16":
        largest = float(np.finfo("float16").max)
        return np.clip(array, -largest, largest).astype("float16"), {
            "dtype": dtype, "original_dtype": "float32",
        }  # fmt: skip
    low, high = float(array.min()), float(array.max())
    if not np.isfinite([low, high]).all():
        raise ValueError(f"Expected finite weights to quantize. Received: {low} to {high}")
    steps = np.iinfo(dtype).max
    scale = (high - low) / steps or 1.0
    if low <= 0.0 <= high:
        low = round(low / scale) * scale
    values = np.clip(np.round((array.astype("float64") - low) / scale), 0, steps).astype(dtype)
    return values, {"dtype": dtype, "scale": scale, "min": low, "original_dtype": "float32"}
