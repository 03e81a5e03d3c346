"""Sets of values: what occurs, where, and which of it occurs elsewhere.

All by sorting and searching. What of a result's shape lies in the values is one number: how many
there are, and that is read back from the device.
"""

from typing import Any

from gossamer import ops
from gossamer.ops.axes import normalize_axis
from gossamer.ops.convert import as_canonical, as_tensor, promote
from gossamer.ops.create import iota
from gossamer.tensor import Tensor


def nonzero(x: Any) -> tuple[Tensor, ...]:
    """The int32 indices of the elements that are not 0: one vector an axis, in row-major order.

    How many there are is read back from the device.

    Args:
        x: with at least one axis.

    Raises:
        ValueError: for a tensor without axes.

    Example:
        >>> rows, columns = ops.nonzero([[3, 0], [0, 4], [5, 6]])
        >>> rows.tolist(), columns.tolist()
        ([0, 1, 2, 2], [0, 1, 0, 1])
    """
    tensor = as_tensor(x)
    if tensor.ndim == 0:
        raise ValueError(f"Expected at least one axis. Received: shape={tensor.shape}")
    counted = ops.cumsum(ops.cast(ops.cast(tensor, "bool"), "int32"))
    place = _places_of(counted, _last(counted))
    columns = []
    for size in reversed(tensor.shape):
        columns.append(ops.mod(place, size))
        place = ops.floor_divide(place, size)
    return tuple(reversed(columns))


def _last(numbers: Tensor) -> int:
    """The last of numbers that count from 1 on, read back; 0 if there is none."""
    return int(numbers[-1]) if numbers.size else 0


def _places_of(numbers: Tensor, count: int, side: str = "left") -> Tensor:
    """Where 1, 2, ... `count` begin in ascending int32 numbers, or end: `side="right"`."""
    return ops.searchsorted(numbers, iota(1, 1, count, "int32", numbers.backend), side)


def isin(x1: Any, x2: Any, assume_unique: bool = False, invert: bool = False) -> Tensor:
    """Whether each element of `x1` occurs in `x2`, in the shape of `x1`; NaN never does.

    Args:
        x1: of any shape.
        x2: of any shape.
        assume_unique: whether neither has equal elements; it makes no difference.
        invert: whether the answer is the opposite.

    Example:
        >>> ops.isin([1, 2, 3, 4], [2, 4, 6]).tolist()
        [False, True, False, True]
    """
    wanted, among = promote(x1, x2)
    if among.size == 0:
        found = ops.zeros_like(wanted, "bool")
    else:
        ordered = ops.sort(among, axis=None)
        place = ops.minimum(ops.searchsorted(ordered, wanted), among.size - 1)
        found = ops.equal(ops.take(ordered, place), wanted)
    return ops.logical_not(found) if invert else found


def unique(
    x: Any, sorted: bool = True, return_index: bool = False, return_inverse: bool = False,
    return_counts: bool = False, axis: int | None = None, size: int | None = None,
    fill_value: Any = None,
) -> Tensor | tuple[Tensor, ...]:  # fmt: skip
    """The different elements in ascending order, or the different slices along an axis.

    NaN differs from NaN. Without a `size`, how many there are is read back from the device.

    Args:
        x: of any shape.
        sorted: whether they must be in order; they always are.
        return_index: whether to give the int32 index of the first of each.
        return_inverse: whether to give the int32 number of each element among the different ones.
        return_counts: whether to give how often each occurs, int32.
        axis: the axis whose slices are compared; the elements are for None.
        size: how many to give: the first so many, or all and `fill_value` after them.
        fill_value: what fills; 0 if None. After the indices comes the first one of them, after
            the counts 0.

    Returns:
        The different ones; a tuple of them, indices, inverse and counts if any of these is wanted.

    Raises:
        ValueError: for an axis that is not there.

    Example:
        >>> values, counts = ops.unique([3, 1, 3, 2, 3], return_counts=True)
        >>> values.tolist(), counts.tolist()
        ([1, 2, 3], [1, 1, 3])
    """
    tensor = as_canonical(x)
    along = 0 if axis is None else normalize_axis(axis, tensor.ndim)
    items = ops.ravel(tensor) if axis is None else tensor
    order, number = _numbered(items, along)
    count = _last(number) if size is None else size
    begin = _places_of(number, count)
    index = ops.take(order, begin)
    values = ops.take(items, index, along)
    if size is not None:
        missing = ops.greater_equal(begin, order.size)
        index = ops.where(missing, order[:1] if order.size else 0, index)
        column = ops.reshape(missing, (count, *(1,) * (items.ndim - along - 1)))
        fill = as_tensor(0 if fill_value is None else fill_value, items.dtype, items.backend)
        values = ops.where(column, fill, values)
    results = [values]
    if return_index:
        results.append(index)
    if return_inverse:
        inverse = ops.take(number, ops.argsort(order)) - 1
        results.append(ops.reshape(inverse, tensor.shape) if axis is None else inverse)
    if return_counts:
        results.append(_places_of(number, count, "right") - begin)
    return tuple(results) if len(results) > 1 else values


def _numbered(items: Tensor, axis: int) -> tuple[Tensor, Tensor]:
    """The order that sorts slices along an axis; in that order, the number of each from 1 on.

    Equal ones have one number, and stay in order.
    """
    count = items.shape[axis]
    others = items.size // count if count else 1
    columns = ops.reshape(ops.moveaxis(items, axis, 0), (count, others))
    if others == 0:  # slices of no elements are equal
        columns = ops.broadcast_to(as_tensor(0, "int32", items.backend), (count, 1))
    while columns.shape[1] > 1:
        columns = _paired(columns)
    order = ops.argsort(columns, 0)
    return ops.ravel(order), ops.ravel(_ranks(order, columns))


def _paired(columns: Tensor) -> Tensor:
    """For each two columns one, whose numbers are in the order of their pairs.

    So many columns are one after a few steps, each of which sorts all at once.
    """
    padded = ops.pad(columns, [(0, 0), (0, columns.shape[1] % 2)])
    first, second = padded[:, ::2], padded[:, 1::2]
    # A stable sort by the second, then by the first.
    by_second = ops.argsort(second, 0)
    by_first = ops.argsort(ops.take_along_axis(first, by_second, 0), 0)
    order = ops.take_along_axis(by_second, by_first, 0)
    return ops.take_along_axis(_ranks(order, first, second), ops.argsort(order, 0), 0)


def _ranks(order: Tensor, *columns: Tensor) -> Tensor:
    """In a sorted order, the number of each element from 1 on; equal ones have the same."""
    sorted_columns = [ops.take_along_axis(column, order, 0) for column in columns]
    changes = [ops.not_equal(x[1:], x[:-1]) for x in sorted_columns]
    change = changes[0] if len(changes) == 1 else ops.logical_or(*changes)
    begins = ops.pad(ops.cast(change, "int32"), [(1, 0), (0, 0)], constant_values=1)
    return ops.cumsum(begins[: order.shape[0]], 0)
