"""How axis and shape arguments are read: negative numbers, tuples, mistakes."""

import operator
from collections.abc import Iterable, Sequence
from typing import Any


def normalize_axis(axis: Any, rank: int) -> int:
    """A single axis as a number from 0 to rank - 1.

    Raises:
        TypeError: for what is no integer.
        ValueError: for an axis that is not there.
    """
    try:
        number = operator.index(axis)
    except TypeError:
        raise TypeError(f"Expected an integer axis. Received: axis={axis!r}") from None
    if not -rank <= number < rank:
        raise ValueError(
            f"Expected an axis from {-rank} to {rank - 1} for {rank} axes. Received: axis={axis}"
        )
    return number % rank


def normalize_axes(axis: Any, rank: int) -> tuple[int, ...]:
    """Axes in ascending order; all of them for None.

    Raises:
        TypeError: for what is no integer.
        ValueError: for axes that are not there, or twice.
    """
    if axis is None:
        return tuple(range(rank))
    given = axis if isinstance(axis, Sequence) else (axis,)
    axes = [normalize_axis(one, rank) for one in given]
    if len(set(axes)) != len(axes):
        raise ValueError(f"Expected each axis once. Received: axis={axis}")
    return tuple(sorted(axes))


def keepdims_shape(shape: tuple[int, ...], axes: tuple[int, ...]) -> tuple[int, ...]:
    """`shape` with 1 in place of the reduced axes."""
    return tuple(1 if i in axes else size for i, size in enumerate(shape))


def normalize_shape(shape: Any) -> tuple[int, ...]:
    """A shape as a tuple of sizes; a single size is one axis.

    Raises:
        TypeError: for what is no integer.
        ValueError: for a negative size.
    """
    given = shape if isinstance(shape, Iterable) else (shape,)
    try:
        sizes = tuple(operator.index(size) for size in given)
    except TypeError:
        raise TypeError(f"Expected a tuple of integers. Received: shape={shape!r}") from None
    if min(sizes, default=0) < 0:
        raise ValueError(f"Expected sizes from 0 on. Received: shape={shape}")
    return sizes
