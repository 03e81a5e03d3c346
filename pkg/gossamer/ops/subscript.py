"""`tensor[key]`: NumPy's indexing, as slices, gathers and reshapes.

Integers, slices, `...` and None cost one slice; index arrays cost one gather along the axis into
which the indexed axes are folded; a boolean mask is read back to the host, since the result's
shape depends on it.
"""

import builtins
from math import prod
from typing import Any, NamedTuple

import numpy as np

from gossamer import ops
from gossamer.dtypes import INTEGERS
from gossamer.ops.convert import as_tensor
from gossamer.ops.elementwise import broadcast_shapes
from gossamer.ops.indexing import known_indices, linear_index, take_at
from gossamer.ops.slicing import strided_slice
from gossamer.tensor import Tensor

_NEW_AXIS = None


class _Part(NamedTuple):
    """What a key says of one axis: a slice of it, or an index, or that it is new (both None).

    `size` is the axis's own; a new one has none.
    """

    taken: tuple[int, int, int] | None = None
    index: Any = None
    size: int | None = None

    @property
    def is_new(self) -> bool:
        return self.size is None


# Where `...` stood: it keeps index arrays apart, even if it stands for no axis at all.
_DOTS = _Part()


def get_item(x: Any, key: Any) -> Tensor:
    """`x[key]` as NumPy has it: integers, slices, `...`, None, index arrays and boolean masks.

    Args:
        x: the tensor.
        key: one entry or a tuple of them. Index arrays may be tensors; several broadcast
            together. A mask is read back to the host.

    Raises:
        IndexError: for too many entries, an index out of range, or a mask of another shape.
        TypeError: for an entry of another type.

    Example:
        >>> x = ops.convert_to_tensor([[1, 2, 3], [4, 5, 6]])
        >>> x[:, ::-1].tolist(), x[1, [0, 2]].tolist(), x[x > 4].tolist()
        ([[3, 2, 1], [6, 5, 4]], [4, 6], [5, 6])
    """
    tensor = as_tensor(x)
    parts = _parse(tensor, key if isinstance(key, tuple) else (key,))
    # A single bool has an axis of its own, which is not there yet.
    tensor = ops.reshape(tensor, [part.size for part in parts if not part.is_new])
    if any(part.index is not None and not isinstance(part.index, int) for part in parts):
        return _advanced(tensor, parts)
    parts = [part for part in parts if part is not _DOTS]
    taken = _sliced(tensor, parts)
    sizes = iter(taken.shape)
    shape = []
    for part in parts:
        if part.is_new:
            shape.append(1)
        elif part.taken is not None:
            shape.append(next(sizes))
        else:
            next(sizes)
    return ops.reshape(taken, shape)


def _parse(x: Tensor, entries: tuple[Any, ...]) -> list[_Part]:
    """One part for each axis of `x`, in order, and for each new one, and `_DOTS`."""
    entries = tuple(index for entry in entries for index in _unmasked(entry))
    used = sum(not any(entry is one for one in _TAKE_NO_AXIS) for entry in entries)
    dots = sum(entry is Ellipsis for entry in entries)
    if used > x.ndim or dots > 1:
        raise IndexError(
            f"Expected at most {x.ndim} entries and one `...`. Received: {len(entries)} entries"
        )
    if not dots:
        entries = (*entries, Ellipsis)
    parts: list[_Part] = []
    axis = 0
    for entry in entries:
        if entry is _NEW_AXIS:
            parts.append(_Part())
            continue
        if entry is Ellipsis:
            parts.append(_DOTS)
            for size in x.shape[axis : axis + x.ndim - used]:
                parts.append(_Part(taken=(0, size, 1), size=size))
            axis += x.ndim - used
            continue
        if entry is _TRUE or entry is _FALSE:
            parts.append(_Part(index=np.zeros(int(entry is _TRUE), np.int32), size=1))
            continue
        parts.append(_part(entry, x.shape[axis], axis))
        axis += 1
    return parts


def _unmasked(entry: Any) -> tuple[Any, ...]:
    """A boolean mask as the indices of what it keeps, one an axis; other entries as they are."""
    if isinstance(entry, Tensor) or hasattr(entry, "__tensor__"):
        entry = as_tensor(entry)
        array = entry.numpy() if entry.dtype == "bool" else None
    elif isinstance(entry, np.ndarray | list | tuple | bool | np.bool_):
        array = np.asarray(entry)
    else:
        return (entry,)
    if array is None or array.dtype != bool:
        return (entry if array is None else array,)
    if array.ndim == 0:
        return (_TRUE if array else _FALSE,)
    return tuple(
        _Mask(where, size) for where, size in zip(array.nonzero(), array.shape, strict=True)
    )


class _Mask(NamedTuple):
    """The places that a mask keeps along one axis, and the mask's size there."""

    where: np.ndarray
    size: int


# A mask without axes: an index array of one element or of none, along an axis that it brings.
_TRUE, _FALSE = _Mask(np.zeros(1), 1), _Mask(np.zeros(0), 1)
_TAKE_NO_AXIS = (_NEW_AXIS, Ellipsis, _TRUE, _FALSE)


def _part(entry: Any, size: int, axis: int) -> _Part:
    if isinstance(entry, builtins.slice):
        if entry.step is not None and entry.step == 0:
            raise ValueError(f"Expected a step other than 0. Received: {entry}")
        start, stop, step = entry.indices(size)
        return _Part(taken=(start, len(range(start, stop, step)), step), size=size)
    if isinstance(entry, _Mask):
        if entry.size != size:
            raise IndexError(
                f"Expected a mask of size {size} for axis {axis}. Received: size {entry.size}"
            )
        return _Part(index=entry.where.astype(np.int32), size=size)
    if isinstance(entry, Tensor):
        if entry.dtype not in INTEGERS:
            raise TypeError(f"Expected integer indices. Received: dtype={entry.dtype}")
        return _Part(index=entry, size=size)
    if isinstance(entry, np.ndarray):
        return _Part(index=known_indices(entry, size), size=size)
    if not hasattr(entry, "__index__"):
        raise TypeError(
            f"Expected integers, slices, `...`, None, arrays or masks to index with. "
            f"Received: {entry!r}"
        )
    number = int(known_indices(np.asarray(entry.__index__()), size))
    return _Part(index=number, size=size)


def _sliced(x: Tensor, parts: list[_Part], keep_indices: bool = False) -> Tensor:
    """What slices and integers leave, with 1 for each integer; new axes are not made yet."""
    ranges = []
    for part in parts:
        if part.taken is not None:
            ranges.append(part.taken)
        elif isinstance(part.index, int) and not keep_indices:
            ranges.append((part.index, 1, 1))
        elif part.index is not None:
            ranges.append((0, x.shape[len(ranges)], 1))
    starts, sizes, steps = zip(*ranges, strict=True) if ranges else ((), (), ())
    return strided_slice(x, starts, sizes, steps)


def _advanced(x: Tensor, parts: list[_Part]) -> Tensor:
    """Index arrays: their axes become one, and one gather reads along it."""
    taken = _sliced(x, parts, keep_indices=True)
    places = [i for i, part in enumerate(parts) if part.index is not None]
    # The indices' axes stand where the indexed axes stood if those are neighbours, else in front.
    together = places[-1] - places[0] == len(places) - 1
    parts = [part for part in parts if part is not _DOTS]
    places = [i for i, part in enumerate(parts) if part.index is not None]
    real = [part for part in parts if not part.is_new]
    indexed = [i for i, part in enumerate(real) if part.index is not None]
    others = [i for i, part in enumerate(real) if part.index is None]
    first = sum(i < indexed[0] for i in others) if together else 0
    moved = ops.transpose(taken, (*others[:first], *indexed, *others[first:]))
    sizes = tuple(taken.shape[i] for i in indexed)
    before, after = moved.shape[:first], moved.shape[first + len(indexed) :]
    folded = ops.reshape(moved, (*before, prod(sizes), *after))
    at, wrap = _folded_index([real[i].index for i in indexed], sizes, x)
    result = take_at(folded, at, first, wrap)
    shape: list[int] = []
    rest = iter((*before, *after))
    for i, part in enumerate(parts):
        if i == (places[0] if together else 0):
            shape.extend(at.shape)
        if part.is_new:
            shape.append(1)
        elif part.index is None:
            shape.append(next(rest))
    return ops.reshape(result, shape)


def _folded_index(indices: list[Any], sizes: tuple[int, ...], x: Tensor) -> tuple[Tensor, bool]:
    """Indices of several axes as one of the folded axis, and whether it may be negative."""
    broadcast_shapes(*[index.shape if hasattr(index, "shape") else () for index in indices])
    if not any(isinstance(index, Tensor) for index in indices):
        number: Any = np.zeros((), np.int32)
        for index, size in zip(indices, sizes, strict=True):
            number = number * np.int32(size) + np.asarray(index, np.int32)
        return as_tensor(number, "int32", x.backend), False
    tensors = [as_tensor(index, "int32", x.backend) for index in indices]
    return (tensors[0], True) if len(tensors) == 1 else (linear_index(tensors, sizes), False)
