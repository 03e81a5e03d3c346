"""Indexing by name: `take`, `take_along_axis`, `unravel_index`, `scatter`, `scatter_update`.

Indices that are known on the host raise if they are out of range; `places` says what those on a
device do.
"""

from typing import Any

import numpy as np

from gossamer import dtypes, ops
from gossamer.dtypes import INTEGERS
from gossamer.ops.axes import normalize_axis, normalize_shape
from gossamer.ops.convert import as_tensor, promote
from gossamer.ops.places import FOLDS, gather, last_rows, scatter_rows
from gossamer.tensor import Tensor

Shape = tuple[int, ...]


def _indices(given: Any, size: int, like: Tensor) -> tuple[Tensor, bool]:
    """Indices as an int32 tensor, and whether they may be negative or out of range."""
    if not isinstance(given, Tensor) and not hasattr(given, "__tensor__"):
        array = known_indices(np.asarray(given), size)
        return as_tensor(array, "int32", like.backend), False
    tensor = as_tensor(given, backend=like.backend)
    if tensor.dtype not in INTEGERS:
        raise TypeError(f"Expected integer indices. Received: dtype={tensor.dtype}")
    return as_tensor(tensor, "int32"), True


def known_indices(array: np.ndarray, size: int) -> np.ndarray:
    """Indices that the host knows: checked, and counted from the beginning."""
    if array.dtype.kind not in "iu" and array.size:
        raise TypeError(f"Expected integer indices. Received: dtype={array.dtype}")
    if np.any((array < -size) | (array >= size)):
        raise IndexError(f"Expected indices from {-size} to {size - 1}. Received: {array.tolist()}")
    return np.where(array < 0, array + size, array).astype(np.int32)


def take(x: Any, indices: Any, axis: int | None = None) -> Tensor:
    """The elements, or slices, at `indices` along an axis.

    Args:
        x: the tensor to take from.
        indices: integers of any shape; negative ones count from the end.
        axis: the axis; the flat tensor is taken from for None.

    Returns:
        A tensor of shape `x.shape[:axis] + indices.shape + x.shape[axis + 1:]`. An index tensor's
        elements that are out of range give NaN; for integers the least, for unsigned ones the
        greatest, and True for bools.

    Raises:
        TypeError: for indices that are no integers.
        ValueError: for an axis that is not there.
        IndexError: for indices out of range, if they are not in a tensor.

    Example:
        >>> ops.take([[1, 2], [3, 4]], [1, 0, 1], axis=0).tolist()
        [[3, 4], [1, 2], [3, 4]]
    """
    tensor = as_tensor(x)
    if axis is None:
        return take(ops.ravel(tensor), indices, 0)
    along = normalize_axis(axis, tensor.ndim)
    at, wrap = _indices(indices, tensor.shape[along], tensor)
    return take_at(tensor, at, along, wrap)


def take_at(x: Tensor, at: Tensor, axis: int, wrap: bool) -> Tensor:
    """`take` for an axis and int32 indices that are checked; `wrap` if some may be negative."""
    column = tuple(at.size if i == axis else 1 for i in range(x.ndim))
    taken = gather(x, ops.reshape(at, column), axis, wrap)
    return ops.reshape(taken, (*x.shape[:axis], *at.shape, *x.shape[axis + 1 :]))


def take_along_axis(x: Any, indices: Any, axis: int | None = None) -> Tensor:
    """Elements of `x` at indices along an axis, each with its own: `x[i, indices[i, j]]`.

    Args:
        x: the tensor to take from.
        indices: integers; as many axes as `x`, and shapes that broadcast but for `axis`.
        axis: the axis; the flat tensor is taken from for None.

    Raises:
        TypeError: for indices that are no integers.
        ValueError: for shapes that do not fit, indices without `axis` that have other than one
            axis, or an axis that is not there.
        IndexError: for indices out of range, if they are not in a tensor.

    Example:
        >>> ops.take_along_axis([[1, 2], [3, 4]], [[1], [0]], axis=1).tolist()
        [[2], [3]]
    """
    tensor = as_tensor(x)
    if axis is None:
        tensor, axis = ops.ravel(tensor), 0
    along = normalize_axis(axis, tensor.ndim)
    at, wrap = _indices(indices, tensor.shape[along], tensor)
    if at.ndim != tensor.ndim:
        raise ValueError(
            f"Expected indices with {tensor.ndim} axes. Received: indices.shape={at.shape}"
        )
    return gather(tensor, at, along, wrap)


def gather_labels(x: Tensor, labels: Tensor, axis: int) -> Tensor:
    """The element of `x` at each label along `axis`; 0 for a label that is no class."""
    at = ops.expand_dims(as_tensor(labels, "int32", x.backend), axis)
    return ops.squeeze(gather(x, at, axis, wrap=False, zero=True), axis)


def scatter(indices: Any, values: Any, shape: Any) -> Tensor:
    """A tensor of zeros, with `values` added at `indices`.

    Args:
        indices: integers of shape (n, k): the first k coordinates of n places.
        values: of shape `(n,) + shape[k:]`.
        shape: the result's.

    Raises:
        TypeError: for indices that are no integers.
        ValueError: for shapes that do not fit.

    Example:
        >>> ops.scatter([[0], [2], [0]], [1.0, 2.0, 3.0], (3,)).tolist()
        [4.0, 0.0, 2.0]
    """
    (updates,), sizes = promote(values), normalize_shape(shape)
    at, rows, size = _places(indices, updates, sizes)
    return ops.reshape(scatter_rows(at, rows, size, "add"), sizes)


def _places(indices: Any, updates: Tensor, sizes: Shape) -> tuple[Tensor, Tensor, int]:
    """Places as numbers along the flattened leading axes, a row for each, and their range."""
    places = as_tensor(indices, backend=updates.backend)
    known = places.shape[-1] if places.ndim else 0
    rest = sizes[known:]
    if not 1 <= known <= len(sizes) or updates.shape != (*places.shape[:-1], *rest):
        raise ValueError(
            f"Expected indices of shape (n, k) and values of shape (n, ...) for {sizes}. "
            f"Received: indices.shape={places.shape}, values.shape={updates.shape}"
        )
    columns = [ops.reshape(column, (-1,)) for column in ops.split(places, known, -1)]
    at = linear_index(columns, sizes[:known])
    return at, ops.reshape(updates, (at.size, *rest)), int(np.prod(sizes[:known]))


def linear_index(columns: list[Tensor], sizes: Shape) -> Tensor:
    """The row-major number of the elements at coordinates, -1 where one is out of range."""
    number: Any = 0
    inside: Any = None
    for column, size in zip(columns, sizes, strict=True):
        if column.dtype not in INTEGERS:
            raise TypeError(f"Expected integer indices. Received: dtype={column.dtype}")
        at = as_tensor(column, "int32")
        at = ops.where(at < 0, at + size, at)
        here = ops.logical_and(at >= 0, at < size)
        number = at if inside is None else number * size + at
        inside = here if inside is None else ops.logical_and(inside, here)
    return ops.where(inside, number, -1)


def unravel_index(indices: Any, shape: Any) -> tuple[Tensor, ...]:
    """The coordinates of elements, from their numbers in row-major order.

    Args:
        indices: integers of any shape; negative ones count from the end.
        shape: of the tensor whose elements are meant.

    Returns:
        A tensor for each axis, in the shape of `indices`. A number before the first element or
        after the last one gives the first or the last.

    Raises:
        TypeError: for indices that are no integers.

    Example:
        >>> [at.tolist() for at in ops.unravel_index([1, 5], (2, 3))]
        [[0, 1], [1, 2]]
    """
    number, sizes = as_tensor(indices), normalize_shape(shape)
    if number.dtype not in INTEGERS:
        raise TypeError(f"Expected integer indices. Received: dtype={number.dtype}")
    total = int(np.prod(sizes))
    wide = as_tensor(number, "uint32" if number.dtype == "uint32" else "int32")
    at = ops.where(wide < 0, ops.maximum(wide + total, 0), ops.minimum(wide, total - 1))
    coordinates = []
    for size in reversed(sizes):
        coordinates.append(ops.cast(ops.mod(at, size), dtypes.canonical(number.dtype)))
        at = ops.floor_divide(at, size)
    return tuple(reversed(coordinates))


def scatter_update(inputs: Any, indices: Any, updates: Any, reduction: str | None = None) -> Tensor:
    """`inputs` with `updates` at `indices`.

    Args:
        inputs: the tensor to update.
        indices: integers of shape (n, k): the first k coordinates of n places.
        updates: of shape `(n,) + inputs.shape[k:]`; cast to the dtype of `inputs`.
        reduction: None to replace, where the last update of a place wins; `"add"`, `"mul"`,
            `"max"` or `"min"` to combine them with each other and with what is there.

    Raises:
        TypeError: for indices that are no integers.
        ValueError: for shapes that do not fit, or another `reduction`.

    Example:
        >>> ops.scatter_update([1, 2, 3], [[0], [2]], [10, 30]).tolist()
        [10, 2, 30]
    """
    if reduction not in (None, *FOLDS):
        raise ValueError(
            f"Expected the reduction None, {', '.join(map(repr, FOLDS))}. Received: {reduction!r}"
        )
    (tensor,) = promote(inputs)
    update = as_tensor(updates, tensor.dtype, tensor.backend)
    at, rows, size = _places(indices, update, tensor.shape)
    if reduction is not None:
        folded = ops.reshape(scatter_rows(at, rows, size, reduction), tensor.shape)
        return _combined(reduction, tensor, folded)
    winner = last_rows(at, size)
    fresh = take_at(rows, winner, 0, wrap=False)
    replaced = ops.reshape(winner >= 0, (-1, *(1,) * (rows.ndim - 1)))
    kept = ops.reshape(tensor, (size, *rows.shape[1:]))
    return ops.reshape(ops.where(replaced, fresh, kept), tensor.shape)


def _combined(reduction: str, a: Tensor, b: Tensor) -> Tensor:
    if a.dtype == "bool":
        return ops.logical_or(a, b) if reduction in ("add", "max") else ops.logical_and(a, b)
    names = {"add": ops.add, "mul": ops.multiply, "max": ops.maximum, "min": ops.minimum}
    return names[reduction](a, b)
