"""Blocks of tensors: `slice` and `slice_update`.

Where a block begins may be known on the host, or stand in tensors: those are not read, so that a
loop on the device can go from block to block.
"""

import operator
from typing import Any

from gossamer import ops
from gossamer.dtypes import INTEGERS
from gossamer.ops.convert import as_tensor
from gossamer.ops.create import iota
from gossamer.ops.places import gather
from gossamer.ops.slicing import strided_pad, strided_slice
from gossamer.tensor import Tensor

Numbers = tuple[int, ...]


def slice(inputs: Any, start_indices: Any, shape: Any) -> Tensor:
    """The block of `shape` that begins at `start_indices`.

    Args:
        inputs: the tensor to take it from.
        start_indices: one number an axis. In tensors, negative ones count from the end, and a
            block that would not end inside of the tensor begins as late as it can.
        shape: one size an axis; -1 for all that is left of it after a known start.

    Raises:
        TypeError: for starts or sizes that are no integers.
        ValueError: if the block does not lie inside of the tensor.

    Example:
        >>> ops.slice([[1, 2, 3], [4, 5, 6]], (0, 1), (2, 2)).tolist()
        [[2, 3], [5, 6]]
    """
    tensor = as_tensor(inputs)
    if _is_known(start_indices):
        starts, sizes = _block(tensor, start_indices, shape)
        return strided_slice(tensor, starts, sizes, (1,) * tensor.ndim)
    block = tensor
    for axis, (start, size) in enumerate(_starts(tensor, start_indices, shape)):
        if size != tensor.shape[axis]:
            places = start + iota(0, 1, size, "int32", tensor.backend)
            block = gather(block, _along(places, axis, tensor.ndim), axis, wrap=False)
    return block


def slice_update(inputs: Any, start_indices: Any, updates: Any) -> Tensor:
    """`inputs` with `updates` in place of the block that begins at `start_indices`.

    Args:
        inputs: the tensor to update.
        start_indices: one number an axis, as for `slice`.
        updates: the new block; cast to the dtype of `inputs`.

    Raises:
        TypeError: for starts that are no integers.
        ValueError: if the block does not lie inside of the tensor.

    Example:
        >>> ops.slice_update([0, 0, 0, 0], [1], [5, 6]).tolist()
        [0, 5, 6, 0]
    """
    tensor = as_tensor(inputs)
    update = as_tensor(updates, tensor.dtype, tensor.backend)
    if _is_known(start_indices):
        low, _ = _block(tensor, start_indices, update.shape)
        high = tuple(
            length - start - size
            for length, start, size in zip(tensor.shape, low, update.shape, strict=True)
        )
        none = (0,) * tensor.ndim
        replaced = strided_pad(ops.ones_like(update, dtype="bool"), False, low, high, none)
        return ops.where(replaced, strided_pad(update, 0, low, high, none), tensor)
    replaced = ops.ones_like(update, dtype="bool")
    for axis, (start, size) in enumerate(_starts(tensor, start_indices, update.shape)):
        if size != tensor.shape[axis]:
            places = iota(0, 1, tensor.shape[axis], "int32", tensor.backend) - start
            column = _along(places, axis, tensor.ndim)
            update, replaced = (
                gather(x, column, axis, wrap=False, zero=True) for x in (update, replaced)
            )
    return ops.where(replaced, update, tensor)


def _is_known(start_indices: Any) -> bool:
    """Whether none of the starts is in a tensor."""
    given = start_indices if isinstance(start_indices, list | tuple) else [start_indices]
    return not any(isinstance(x, Tensor) or hasattr(x, "__tensor__") for x in given)


def _block(tensor: Tensor, start_indices: Any, shape: Any) -> tuple[Numbers, Numbers]:
    """Known starts, and sizes."""
    starts = tuple(operator.index(start) for start in start_indices)
    sizes = tuple(operator.index(size) for size in shape)
    if len(starts) == len(sizes) == tensor.ndim:
        sizes = tuple(
            length - start if size == -1 else size
            for start, size, length in zip(starts, sizes, tensor.shape, strict=True)
        )
    if len(starts) != tensor.ndim or len(sizes) != tensor.ndim or any(
        not 0 <= start <= length - size or size < 0
        for start, size, length in zip(starts, sizes, tensor.shape, strict=True)
    ):  # fmt: skip
        raise ValueError(
            f"Expected a block inside of a tensor of shape {tensor.shape}. "
            f"Received: start_indices={starts}, shape={sizes}"
        )
    return starts, sizes


def _starts(tensor: Tensor, start_indices: Any, shape: Any) -> list[tuple[Tensor, int]]:
    """For each axis the start, a tensor that is made to fit, and the size."""
    given = start_indices if isinstance(start_indices, list | tuple) else ops.unstack(start_indices)
    sizes = tuple(operator.index(size) for size in shape)
    if len(given) != tensor.ndim or len(sizes) != tensor.ndim or any(
        not 0 <= size <= length for size, length in zip(sizes, tensor.shape, strict=True)
    ):  # fmt: skip
        raise ValueError(
            f"Expected a block inside of a tensor of shape {tensor.shape}. "
            f"Received: {len(given)} starts, shape={sizes}"
        )
    starts = []
    for one, size, length in zip(given, sizes, tensor.shape, strict=True):
        start = as_tensor(one, backend=tensor.backend)
        if start.dtype not in INTEGERS or start.ndim:
            raise TypeError(f"Expected integer starts. Received: {start.spec}")
        start = as_tensor(start, "int32")
        start = ops.where(start < 0, start + length, start)
        starts.append((ops.clip(start, 0, length - size), size))
    return starts


def _along(places: Tensor, axis: int, rank: int) -> Tensor:
    """Numbers along one axis of several."""
    return ops.reshape(places, tuple(-1 if i == axis else 1 for i in range(rank)))
