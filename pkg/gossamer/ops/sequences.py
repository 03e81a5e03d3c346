"""Overlapping stretches of a sequence."""

import operator
from typing import Any

import numpy as np

from gossamer import ops
from gossamer.ops.convert import as_tensor
from gossamer.tensor import Tensor


def extract_sequences(x: Any, sequence_length: int, sequence_stride: int) -> Tensor:
    """Windows along the last axis: `out[..., i, j] = x[..., i * sequence_stride + j]`.

    Args:
        x: of shape (..., n).
        sequence_length: elements of a window.
        sequence_stride: the step between windows.

    Returns:
        A tensor of shape (..., 1 + (n - sequence_length) // sequence_stride, sequence_length).

    Raises:
        ValueError: for a scalar, and for a length or stride below 1.

    Example:
        >>> ops.extract_sequences([1, 2, 3, 4, 5, 6], 3, 2).tolist()
        [[1, 2, 3], [3, 4, 5]]
    """
    tensor = as_tensor(x)
    length, stride = operator.index(sequence_length), operator.index(sequence_stride)
    if tensor.ndim == 0 or length < 1 or stride < 1:
        raise ValueError(
            "Expected a sequence, and a positive length and stride. Received: "
            f"x.shape={tensor.shape}, sequence_length={sequence_length}, "
            f"sequence_stride={sequence_stride}"
        )
    count = max(1 + (tensor.shape[-1] - length) // stride, 0)
    places = np.arange(count)[:, None] * stride + np.arange(length)
    return ops.take(tensor, places, -1)
