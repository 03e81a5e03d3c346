"""Elements in another order along their axes: `flip` and its kind, `rot90`, `roll`."""

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from gossamer import ops
from gossamer.ops.axes import normalize_axes, normalize_axis
from gossamer.ops.convert import as_tensor
from gossamer.ops.slicing import slice_along, strided_slice
from gossamer.tensor import Tensor


def flip(x: Any, axis: Any = None) -> Tensor:
    """Reverse the order of elements along axes; along all of them for None.

    Raises:
        ValueError: for an axis that is not there.

    Example:
        >>> ops.flip([[1, 2], [3, 4]], axis=1).tolist()
        [[2, 1], [4, 3]]
    """
    tensor = as_tensor(x)
    axes = [i for i in normalize_axes(axis, tensor.ndim) if tensor.shape[i] > 1]
    starts = tuple(size - 1 if i in axes else 0 for i, size in enumerate(tensor.shape))
    steps = tuple(-1 if i in axes else 1 for i in range(tensor.ndim))
    return strided_slice(tensor, starts, tensor.shape, steps)


def roll(x: Any, shift: Any, axis: Any = None) -> Tensor:
    """Shift elements along axes; those that leave at the end come back at the beginning.

    Args:
        x: the tensor.
        shift: by how many places, for each axis or for all.
        axis: an axis or several; the flat tensor is rolled for None.

    Raises:
        ValueError: for an axis that is not there, or other numbers of shifts and axes.

    Example:
        >>> ops.roll([1, 2, 3], 1).tolist()
        [3, 1, 2]
    """
    tensor = as_tensor(x)
    if axis is None:
        return ops.reshape(roll(ops.ravel(tensor), shift, 0), tensor.shape)
    shifts: dict[int, int] = {}
    for one, by in np.broadcast(axis, np.asarray(shift)):
        along = normalize_axis(one, tensor.ndim)
        shifts[along] = shifts.get(along, 0) + operator.index(by)
    for along, by in shifts.items():
        length = tensor.shape[along]
        cut = -by % length if length else 0
        if cut:
            end, beginning = (cut, length - cut), (0, cut)
            parts = [slice_along(tensor, along, *part) for part in (end, beginning)]
            tensor = ops.concatenate(parts, along)
    return tensor


def flipud(x: Any) -> Tensor:
    """Reverse the first axis.

    Raises:
        ValueError: for a scalar.

    Example:
        >>> ops.flipud([[1, 2], [3, 4]]).tolist()
        [[3, 4], [1, 2]]
    """
    return flip(x, 0)


def fliplr(x: Any) -> Tensor:
    """Reverse the second axis.

    Raises:
        ValueError: for fewer than two axes.

    Example:
        >>> ops.fliplr([[1, 2], [3, 4]]).tolist()
        [[2, 1], [4, 3]]
    """
    return flip(x, 1)


def rot90(array: Any, k: int = 1, axes: Sequence[int] = (0, 1)) -> Tensor:
    """Turn by 90 degrees in the plane of two axes, from the first one towards the second.

    Args:
        array: a tensor with two axes or more.
        k: how often.
        axes: the two axes.

    Raises:
        ValueError: for fewer than two axes, or other than two different ones.

    Example:
        >>> ops.rot90([[1, 2], [3, 4]]).tolist()
        [[2, 4], [1, 3]]
    """
    tensor = as_tensor(array)
    plane = [normalize_axis(axis, tensor.ndim) for axis in axes]
    if len(plane) != 2 or plane[0] == plane[1]:
        raise ValueError(
            f"Expected two different axes of {tensor.ndim}. Received: axes={tuple(axes)}"
        )
    first, second = plane
    match k % 4:
        case 0:
            return tensor
        case 1:
            return ops.swapaxes(flip(tensor, second), first, second)
        case 2:
            return flip(tensor, plane)
    return flip(ops.swapaxes(tensor, first, second), second)
