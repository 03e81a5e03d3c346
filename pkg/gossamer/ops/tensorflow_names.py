"""Gossamer's own names: ops that TensorFlow.js has and Keras has not, in Keras's style.

Those of one subject have files of their own: `morphology`, `local_response`, `pool`.
"""

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from gossamer import ops
from gossamer.ops.axes import normalize_axis
from gossamer.ops.convert import as_tensor, promote
from gossamer.ops.indexing import linear_index, take_at
from gossamer.tensor import Tensor


def squared_difference(x1: Any, x2: Any) -> Tensor:
    """`(x1 - x2)**2`.

    Example:
        >>> ops.squared_difference([1.0, 2.0], 4.0).tolist()
        [9.0, 4.0]
    """
    return ops.square(ops.subtract(x1, x2))


def prelu(x: Any, alpha: Any) -> Tensor:
    """`x` where it is positive, else `alpha * x`: a leaky ReLU whose slope can be learnt.

    Example:
        >>> ops.prelu([-2.0, 3.0], [0.5, 0.5]).tolist()
        [-1.0, 3.0]
    """
    a, slope = promote(x, alpha)
    return ops.where(a > 0, a, slope * a)


def step(x: Any, alpha: float = 0.0) -> Tensor:
    """1 where `x` is positive, else `alpha`; NaN stays.

    Args:
        x: the tensor.
        alpha: the height below; truncated for integers.

    Example:
        >>> ops.step([-2.0, 3.0], alpha=0.5).tolist()
        [0.5, 1.0]
    """
    tensor = as_tensor(x)
    above, below = (as_tensor(height, tensor.dtype, tensor.backend) for height in (1, alpha))
    found = ops.where(tensor > 0, above, below)
    return ops.where(ops.isnan(tensor), ops.stop_gradient(tensor), found)


def confusion_matrix(labels: Any, predictions: Any, num_classes: int) -> Tensor:
    """How often each class (a row) was taken for each (a column); int32.

    Args:
        labels: integers of shape (n,): what there was.
        predictions: integers of shape (n,): what was taken for it.
        num_classes: how many classes there are; others do not count.

    Raises:
        ValueError: for other shapes.

    Example:
        >>> ops.confusion_matrix([0, 1, 1], [0, 0, 1], 2).tolist()
        [[1, 0], [1, 1]]
    """
    rows = as_tensor(labels, "int32")
    columns = as_tensor(predictions, "int32", rows.backend)
    if rows.ndim != 1 or rows.shape != columns.shape:
        raise ValueError(
            "Expected labels and predictions of one shape (n,). "
            f"Received: labels.shape={rows.shape}, predictions.shape={columns.shape}"
        )
    # Each pair is one step of a product: a label's row with its prediction's column.
    one_hot = [ops.one_hot(one, num_classes, dtype="float32") for one in (rows, columns)]
    return ops.cast(ops.matmul(ops.transpose(one_hot[0]), one_hot[1]), "int32")


def setdiff1d(x: Any, y: Any) -> tuple[Tensor, Tensor]:
    """The elements of `x` that are not in `y`, in order, and their places.

    How many there are depends on the values, which are read once for it.

    Args:
        x: of shape (n,).
        y: of shape (m,).

    Raises:
        ValueError: for more axes than one.

    Example:
        >>> values, places = ops.setdiff1d([1, 2, 3, 4, 2], [2, 4])
        >>> values.tolist(), places.tolist()
        ([1, 3], [0, 2])
    """
    one, other = promote(x, y)
    if one.ndim != 1 or other.ndim != 1:
        raise ValueError(
            f"Expected one axis each. Received: x.shape={one.shape}, y.shape={other.shape}"
        )
    places = np.flatnonzero(~np.isin(one.numpy(), other.numpy())).astype(np.int32)
    return ops.take(one, places, 0), as_tensor(places, "int32", one.backend)


def gather_nd(x: Any, indices: Any) -> Tensor:
    """The elements, or slices, at coordinates.

    Args:
        x: the tensor to read.
        indices: integers of shape (..., k): the first k coordinates of what to read.

    Returns:
        A tensor of shape `indices.shape[:-1] + x.shape[k:]`; what is out of range reads as `take`
        has it.

    Raises:
        TypeError: for indices that are no integers.
        ValueError: for more coordinates than axes.

    Example:
        >>> ops.gather_nd([[1, 2], [3, 4]], [[0, 1], [1, 0]]).tolist()
        [2, 3]
    """
    tensor = as_tensor(x)
    places = as_tensor(indices, backend=tensor.backend)
    known = places.shape[-1] if places.ndim else 0
    if not 1 <= known <= tensor.ndim:
        raise ValueError(
            f"Expected indices of shape (..., k), k from 1 to {tensor.ndim}. "
            f"Received: indices.shape={places.shape}"
        )
    sizes = tensor.shape[:known]
    at = linear_index(ops.unstack(places, axis=-1), sizes)
    return take_at(ops.reshape(tensor, (prod(sizes), *tensor.shape[known:])), at, 0, wrap=False)


def boolean_mask(x: Any, mask: Any, axis: int = 0) -> Tensor:
    """The elements, or slices, where a mask is true.

    How many there are depends on the mask, which is read once for it.

    Args:
        x: the tensor.
        mask: bools, in the shape of the axes of `x` from `axis` on, or of the first of them.
        axis: the first axis that the mask has.

    Raises:
        ValueError: for a mask of another shape or dtype, and an axis that is not there.

    Example:
        >>> ops.boolean_mask([[1, 2], [3, 4]], [True, False]).tolist()
        [[1, 2]]
    """
    tensor, given = as_tensor(x), as_tensor(mask)
    first = normalize_axis(axis, tensor.ndim)
    masked = tensor.shape[first : first + given.ndim]
    if given.dtype != "bool" or given.ndim < 1 or given.shape != masked:
        raise ValueError(
            "Expected a mask of bools in the shape of axes of x. "
            f"Received: x.shape={tensor.shape}, mask.shape={given.shape}, "
            f"mask.dtype={given.dtype}, axis={axis}"
        )
    shape = (*tensor.shape[:first], prod(masked), *tensor.shape[first + given.ndim :])
    return ops.take(ops.reshape(tensor, shape), np.flatnonzero(given.numpy()), first)


def band_part(x: Any, num_lower: int, num_upper: int) -> Tensor:
    """Matrices with zeros outside of a band around the diagonal.

    Args:
        x: of shape (..., rows, columns).
        num_lower: how many diagonals below the middle one to keep; all if negative.
        num_upper: how many above it; all if negative.

    Raises:
        ValueError: for less than two axes.

    Example:
        >>> ops.band_part([[1, 2, 3], [4, 5, 6], [7, 8, 9]], 0, 1).tolist()
        [[1, 2, 0], [0, 5, 6], [0, 0, 9]]
    """
    tensor = as_tensor(x)
    if tensor.ndim < 2:
        raise ValueError(f"Expected matrices. Received: shape={tensor.shape}")
    rows, columns = tensor.shape[-2:]
    above = np.arange(columns) - np.arange(rows)[:, None]
    kept = (num_lower < 0) | (above >= -num_lower)
    kept &= (num_upper < 0) | (above <= num_upper)
    inside = as_tensor(kept, "bool", tensor.backend)
    return ops.where(inside, tensor, as_tensor(0, tensor.dtype, tensor.backend))


def _blocks(x: Tensor, block_shape: Sequence[int], margins: Sequence[Sequence[int]]) -> None:
    if len(margins) != len(block_shape) or not 1 <= len(block_shape) < x.ndim:
        raise ValueError(
            "Expected a block size and a pair of margins for each of the axes after the batch. "
            f"Received: x.shape={x.shape}, block_shape={tuple(block_shape)}, {margins}"
        )
    if min(block_shape) < 1 or min(min(pair) for pair in margins) < 0:
        raise ValueError(
            "Expected blocks from 1 on and margins from 0 on. "
            f"Received: block_shape={tuple(block_shape)}, {margins}"
        )


def space_to_batch(x: Any, block_shape: Sequence[int], paddings: Sequence[Sequence[int]]) -> Tensor:
    """Blocks of the axes after the batch as elements of the batch.

    Args:
        x: of shape (batch, *places, ...).
        block_shape: the size of a block along each place axis.
        paddings: how many zeros there are before and after, for each of them.

    Returns:
        A tensor of shape (batch * prod(block_shape), *places / block_shape, ...).

    Raises:
        ValueError: for numbers that do not fit, and places that blocks do not fill.

    Example:
        >>> ops.space_to_batch([[1, 2, 3, 4]], [2], [[0, 0]]).tolist()
        [[1, 3], [2, 4]]
    """
    tensor = as_tensor(x)
    _blocks(tensor, block_shape, paddings)
    count = len(block_shape)
    rest = tensor.shape[count + 1 :]
    padded = ops.pad(tensor, [(0, 0), *map(tuple, paddings), *[(0, 0)] * len(rest)])
    places = padded.shape[1 : count + 1]
    if any(length % size for length, size in zip(places, block_shape, strict=True)):
        raise ValueError(
            "Expected blocks that fill the padded places. "
            f"Received: x.shape={tensor.shape}, block_shape={tuple(block_shape)}"
        )
    fewer = tuple(length // size for length, size in zip(places, block_shape, strict=True))
    both = [number for pair in zip(fewer, block_shape, strict=True) for number in pair]
    split = ops.reshape(padded, (padded.shape[0], *both, *rest))
    within, across = range(2, 2 * count + 1, 2), range(1, 2 * count, 2)
    order = (*within, 0, *across, *range(2 * count + 1, split.ndim))
    return ops.reshape(
        ops.transpose(split, order), (tensor.shape[0] * prod(block_shape), *fewer, *rest)
    )


def batch_to_space(x: Any, block_shape: Sequence[int], crops: Sequence[Sequence[int]]) -> Tensor:
    """Elements of the batch as blocks of the axes after it: `space_to_batch` backwards.

    Args:
        x: of shape (batch * prod(block_shape), *places, ...).
        block_shape: the size of a block along each place axis.
        crops: how many elements to leave out before and after, for each of them.

    Returns:
        A tensor of shape (batch, *places * block_shape - crops, ...).

    Raises:
        ValueError: for numbers that do not fit.

    Example:
        >>> ops.batch_to_space([[1, 3], [2, 4]], [2], [[0, 0]]).tolist()
        [[1, 2, 3, 4]]
    """
    tensor = as_tensor(x)
    _blocks(tensor, block_shape, crops)
    count, blocks = len(block_shape), prod(block_shape)
    batch, places = tensor.shape[0] // blocks, tensor.shape[1 : count + 1]
    rest = tensor.shape[count + 1 :]
    whole = tuple(length * size for length, size in zip(places, block_shape, strict=True))
    kept = tuple(
        length - sum(pair) for length, pair in zip(whole, crops, strict=True)
    )  # fmt: skip
    if tensor.shape[0] % blocks or min(kept) < 0:
        raise ValueError(
            f"Expected a batch that {blocks} divides, and crops that leave something. "
            f"Received: x.shape={tensor.shape}, crops={crops}"
        )
    split = ops.reshape(tensor, (*block_shape, batch, *places, *rest))
    order = [count]
    for i in range(count):
        order += [count + 1 + i, i]
    joined = ops.transpose(split, (*order, *range(2 * count + 1, split.ndim)))
    starts = (0, *(pair[0] for pair in crops), *[0] * len(rest))
    return ops.slice(ops.reshape(joined, (batch, *whole, *rest)), starts, (batch, *kept, *rest))
