"""Labels as vectors, and vectors of length 1."""

from __future__ import annotations

from typing import Any

import numpy as np

from gossamer import ops
from gossamer.core.symbolic import KerasTensor
from gossamer.tensor import Tensor


def to_categorical(x: Any, num_classes: int | None = None) -> Any:
    """Class numbers as vectors that are 1 in the place of their class, and else 0.

    Args:
        x: integers from 0 to `num_classes - 1`; a last axis of 1 is dropped.
        num_classes: how many classes; one more than the largest number if None.

    Returns:
        A tensor of a tensor, else a NumPy array of float64.

    Raises:
        ValueError: for a tensor, if the number of classes is not given.

    Example:
        >>> gs.utils.to_categorical([0, 2], num_classes=3).tolist()
        [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    if isinstance(x, (Tensor, KerasTensor)):
        if num_classes is None:
            raise ValueError(
                "Expected num_classes beside a tensor, whose values may not be there yet. "
                "Received: num_classes=None"
            )
        squeezed = x.shape[:-1] if len(x.shape) > 1 and x.shape[-1] == 1 else x.shape
        return ops.one_hot(ops.reshape(x, squeezed), num_classes)
    labels = np.array(x, dtype="int64")
    if labels.ndim > 1 and labels.shape[-1] == 1:
        labels = labels[..., 0]
    count = num_classes or int(labels.max()) + 1
    vectors = np.zeros((labels.size, count))
    vectors[np.arange(labels.size), labels.ravel()] = 1.0
    return vectors.reshape(*labels.shape, count)


def normalize(x: Any, axis: int = -1, order: int = 2) -> Any:
    """`x / |x|` along an axis; what is zero stays zero.

    Args:
        x: an array or tensor.
        axis: along which norms are taken.
        order: of the norm.

    Returns:
        A NumPy array of a NumPy array, else a tensor.

    Example:
        >>> gs.utils.normalize(np.array([[3.0, 4.0]])).tolist()
        [[0.6, 0.8]]
    """
    if not isinstance(x, np.ndarray):
        return ops.normalize(x, axis=axis, order=order)
    norms = np.linalg.norm(x, order, axis, keepdims=True)
    return x / np.where(norms == 0, 1, norms)
