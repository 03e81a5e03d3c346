"""Tensors taken apart along an axis: `split` and its kind, `unstack`."""

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from gossamer import ops
from gossamer.ops.axes import normalize_axis
from gossamer.ops.convert import as_tensor, promote
from gossamer.ops.slicing import slice_along
from gossamer.tensor import Tensor


def split(x: Any, indices_or_sections: Any, axis: int = 0) -> list[Tensor]:
    """Parts along an axis: so many equal ones, or ones that end at the given indices.

    Raises:
        ValueError: if equal parts are not possible.

    Example:
        >>> [part.tolist() for part in ops.split([1, 2, 3, 4], 2)]
        [[1, 2], [3, 4]]
    """
    tensor = as_tensor(x)
    along = normalize_axis(axis, tensor.ndim)
    length = tensor.shape[along]
    if isinstance(indices_or_sections, Sequence | np.ndarray):
        ends = [operator.index(end) for end in indices_or_sections]
        ends = [min(end if end >= 0 else max(end + length, 0), length) for end in ends]
    else:
        sections = operator.index(indices_or_sections)
        if sections <= 0 or length % sections:
            raise ValueError(
                f"Expected a number that divides {length} elements into equal parts. "
                f"Received: indices_or_sections={indices_or_sections}"
            )
        ends = [length // sections * i for i in range(1, sections)]
    return [
        slice_along(tensor, along, start, max(end - start, 0))
        for start, end in zip([0, *ends], [*ends, length], strict=True)
    ]


def unstack(x: Any, num: int | None = None, axis: int = 0) -> list[Tensor]:
    """The slices along an axis, without that axis.

    Raises:
        ValueError: if `num` is given and is not the axis's size.

    Example:
        >>> [part.tolist() for part in ops.unstack([[1, 2], [3, 4]])]
        [[1, 2], [3, 4]]
    """
    tensor = as_tensor(x)
    along = normalize_axis(axis, tensor.ndim)
    if num not in (None, tensor.shape[along]):
        raise ValueError(f"Expected num={tensor.shape[along]} or None. Received: num={num}")
    parts = (slice_along(tensor, along, i, 1) for i in range(tensor.shape[along]))
    return [ops.squeeze(part, along) for part in parts]


def array_split(x: Any, indices_or_sections: int, axis: int = 0) -> list[Tensor]:
    """So many parts along an axis, the first ones longer by 1 where equal ones are not possible.

    Args:
        x: the tensor.
        indices_or_sections: how many parts.
        axis: the axis.

    Raises:
        TypeError: for a number of parts, or an axis, that is no integer.
        ValueError: for less than one part, or an axis that is not there.

    Example:
        >>> [part.tolist() for part in ops.array_split([1, 2, 3, 4, 5], 2)]
        [[1, 2, 3], [4, 5]]
    """
    if not isinstance(indices_or_sections, int):
        raise TypeError(
            "Expected an integer number of parts. "
            f"Received: indices_or_sections={indices_or_sections!r}"
        )
    if indices_or_sections <= 0:
        raise ValueError(
            f"Expected at least one part. Received: indices_or_sections={indices_or_sections}"
        )
    tensor = as_tensor(x)
    size, longer = divmod(tensor.shape[normalize_axis(axis, tensor.ndim)], indices_or_sections)
    ends = [size * i + min(i, longer) for i in range(1, indices_or_sections)]
    return split(tensor, ends, axis)


def _with_axes(x: Any, least: int) -> Tensor:
    (tensor,) = promote(x)
    if tensor.ndim < least:
        raise ValueError(f"Expected a tensor with {least} axes or more. Received: {tensor.shape}")
    return tensor


def hsplit(x: Any, indices_or_sections: Any) -> list[Tensor]:
    """`split` along the second axis; of a vector, along its only one.

    Raises:
        ValueError: for a scalar, or if equal parts are not possible.

    Example:
        >>> [part.tolist() for part in ops.hsplit([[1, 2], [3, 4]], 2)]
        [[[1], [3]], [[2], [4]]]
    """
    tensor = _with_axes(x, 1)
    return split(tensor, indices_or_sections, min(tensor.ndim - 1, 1))


def vsplit(x: Any, indices_or_sections: Any) -> list[Tensor]:
    """`split` along the first axis of a tensor with two axes or more.

    Raises:
        ValueError: for fewer axes, or if equal parts are not possible.

    Example:
        >>> [part.tolist() for part in ops.vsplit([[1, 2], [3, 4]], 2)]
        [[[1, 2]], [[3, 4]]]
    """
    return split(_with_axes(x, 2), indices_or_sections, 0)


def dsplit(x: Any, indices_or_sections: Any) -> list[Tensor]:
    """`split` along the third axis of a tensor with three axes or more.

    Raises:
        ValueError: for fewer axes, or if equal parts are not possible.

    Example:
        >>> [part.shape for part in ops.dsplit(ops.ones((2, 3, 4)), [1, 3])]
        [(2, 3, 1), (2, 3, 2), (2, 3, 1)]
    """
    return split(_with_axes(x, 3), indices_or_sections, 2)
