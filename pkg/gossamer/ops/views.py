"""Views and rearrangements: each is an index map, none computes.

The primitives are `reshape`, `transpose` and `broadcast_to`; `slicing` and `join` have the rest.
"""

import operator
from collections.abc import Hashable, Sequence
from math import prod
from typing import Any

import numpy as np

from gossamer.core.primitive import ALIKE, Primitive, bind
from gossamer.kernel import expr, index
from gossamer.kernel.spec import COMPUTE_DTYPE, Map, TensorSpec
from gossamer.ops.axes import normalize_axes, normalize_axis
from gossamer.ops.convert import as_tensor
from gossamer.ops.elementwise import broadcast_shapes, sum_to_shape
from gossamer.tensor import Tensor


def gathered(
    x: TensorSpec,
    out: TensorSpec,
    where: index.Coordinates,
    values: dict[Hashable, int | float] | None = None,
) -> Map:
    """The kernel that reads `x` at `where`; `values` are the numbers that `where` names."""
    loaded = expr.load(0, where, COMPUTE_DTYPE[x.dtype])
    return Map(inputs=(x,), output=out, body=loaded, values=values or {})


def _reshape_lower(x: TensorSpec, out: TensorSpec, shape: tuple[int, ...]) -> Map:
    (source,) = index.merge_axes(x.shape)
    (target,) = index.merge_axes(out.shape)
    number = index.linear(index.axes(len(target)), [expr.out_dim(i) for i in range(len(target))])
    where = index.delinear(number, [expr.in_dim(0, i) for i in range(len(source))])
    return Map(
        inputs=(TensorSpec(source, x.dtype),),
        output=TensorSpec(target, out.dtype),
        body=expr.load(0, where, COMPUTE_DTYPE[x.dtype]),
        keeps_elements=True,
    )


_reshape = Primitive(
    name="reshape",
    shape=lambda x, shape: TensorSpec(shape, x.dtype),
    reference=lambda x, shape: x.reshape(shape),
    vjp=(lambda g, out, x, shape: reshape(g, x.shape),),
    lower=_reshape_lower,
    of_complex=ALIKE,
)


def reshape(x: Any, newshape: Any) -> Tensor:
    """The same elements in row-major order, in another shape; one size may be -1.

    Raises:
        ValueError: if the number of elements differs.

    Example:
        >>> ops.reshape([1, 2, 3, 4], (2, -1)).tolist()
        [[1, 2], [3, 4]]
    """
    tensor = as_tensor(x)
    sizes = tuple(newshape) if isinstance(newshape, Sequence) else (newshape,)
    shape = tuple(operator.index(size) for size in sizes)
    if shape == tensor.shape:
        return tensor
    known = prod(size for size in shape if size != -1)
    if shape.count(-1) == 1 and known and tensor.size % known == 0:
        shape = tuple(tensor.size // known if size == -1 else size for size in shape)
    if prod(shape) != tensor.size or min(shape, default=0) < 0:
        raise ValueError(
            f"Expected a shape for {tensor.size} elements, with at most one -1. "
            f"Received: x.shape={tensor.shape}, newshape={newshape}"
        )
    return bind(_reshape, tensor, shape=shape)


def _transpose_lower(x: TensorSpec, out: TensorSpec, axes: tuple[int, ...]) -> Map:
    where = [index.ZERO] * len(axes)
    for position, axis in enumerate(axes):
        where[axis] = expr.axis(position)
    return gathered(x, out, tuple(where))


_transpose = Primitive(
    name="transpose",
    shape=lambda x, axes: TensorSpec(tuple(x.shape[i] for i in axes), x.dtype),
    reference=lambda x, axes: np.transpose(x, axes),
    vjp=(lambda g, out, x, axes: transpose(g, tuple(int(i) for i in np.argsort(axes))),),
    lower=_transpose_lower,
    of_complex=ALIKE,
)


def transpose(x: Any, axes: Sequence[int] | None = None) -> Tensor:
    """Permute the axes; reverse them if `axes` is None.

    Raises:
        ValueError: if `axes` is no permutation.

    Example:
        >>> ops.transpose([[1, 2], [3, 4]]).tolist()
        [[1, 3], [2, 4]]
    """
    tensor = as_tensor(x)
    order = tuple(reversed(range(tensor.ndim))) if axes is None else tuple(axes)
    if normalize_axes(list(order), tensor.ndim) != tuple(range(tensor.ndim)):
        raise ValueError(f"Expected a permutation of {tensor.ndim} axes. Received: axes={axes}")
    order = tuple(axis % tensor.ndim for axis in order)
    return tensor if order == tuple(range(tensor.ndim)) else bind(_transpose, tensor, axes=order)


def _broadcast_lower(x: TensorSpec, out: TensorSpec, shape: tuple[int, ...]) -> Map:
    aligned = (1,) * (len(shape) - len(x.shape)) + x.shape
    source, target = index.merge_axes(aligned, shape)
    where = index.broadcast(index.axes(len(target)), source)
    return gathered(TensorSpec(source, x.dtype), TensorSpec(target, out.dtype), where)


_broadcast_to = Primitive(
    name="broadcast_to",
    shape=lambda x, shape: TensorSpec(shape, x.dtype),
    reference=lambda x, shape: np.broadcast_to(x, shape).copy(),
    vjp=(lambda g, out, x, shape: sum_to_shape(g, x.shape),),
    lower=_broadcast_lower,
    of_complex=ALIKE,
)


def broadcast_to(x: Any, shape: Sequence[int]) -> Tensor:
    """Stretch axes of size 1, and add leading ones, to reach `shape`.

    Raises:
        ValueError: if that does not reach it.

    Example:
        >>> ops.broadcast_to([1, 2], (2, 2)).tolist()
        [[1, 2], [1, 2]]
    """
    tensor = as_tensor(x)
    target = tuple(operator.index(size) for size in shape)
    if tensor.shape == target:
        return tensor
    if broadcast_shapes(tensor.shape, target) != target:
        raise ValueError(
            f"Expected a shape that {tensor.shape} stretches to. Received: shape={target}"
        )
    return bind(_broadcast_to, tensor, shape=target)


def expand_dims(x: Any, axis: Any) -> Tensor:
    """Insert axes of size 1 where the result has `axis`.

    Raises:
        ValueError: for an axis that the result does not have.

    Example:
        >>> ops.expand_dims([1, 2], -1).tolist()
        [[1], [2]]
    """
    tensor = as_tensor(x)
    rank = tensor.ndim + (len(axis) if isinstance(axis, Sequence) else 1)
    added = normalize_axes(axis, rank)
    sizes = iter(tensor.shape)
    return reshape(tensor, tuple(1 if i in added else next(sizes) for i in range(rank)))


def squeeze(x: Any, axis: Any = None) -> Tensor:
    """Drop axes of size 1: the given ones, or all.

    Raises:
        ValueError: for an axis of another size.

    Example:
        >>> ops.squeeze([[1, 2]]).tolist()
        [1, 2]
    """
    tensor = as_tensor(x)
    if axis is None:
        return reshape(tensor, tuple(size for size in tensor.shape if size != 1))
    dropped = normalize_axes(axis, tensor.ndim)
    if any(tensor.shape[i] != 1 for i in dropped):
        raise ValueError(
            f"Expected axes of size 1 to drop. Received: x.shape={tensor.shape}, axis={axis}"
        )
    return reshape(tensor, tuple(size for i, size in enumerate(tensor.shape) if i not in dropped))


def ravel(x: Any) -> Tensor:
    """All elements along one axis.

    Example:
        >>> ops.ravel([[1, 2], [3, 4]]).tolist()
        [1, 2, 3, 4]
    """
    return reshape(x, (-1,) if as_tensor(x).size else (0,))


def moveaxis(x: Any, source: Any, destination: Any) -> Tensor:
    """Move axes to other places; the rest keep their order.

    Raises:
        ValueError: for axes that are not there or twice, or unequally many.

    Example:
        >>> ops.moveaxis(ops.ones((2, 3, 4)), 0, -1).shape
        (3, 4, 2)
    """
    tensor = as_tensor(x)
    moved, places = (
        [
            normalize_axis(one, tensor.ndim)
            for one in (given if isinstance(given, Sequence) else (given,))
        ]
        for given in (source, destination)
    )
    if len(moved) != len(places) or len({*moved}) != len(moved) or len({*places}) != len(places):
        raise ValueError(
            "Expected as many different places as axes to move. "
            f"Received: source={source}, destination={destination}"
        )
    order = [i for i in range(tensor.ndim) if i not in moved]
    for place, axis in sorted(zip(places, moved, strict=True)):
        order.insert(place, axis)
    return transpose(tensor, order)


def swapaxes(x: Any, axis1: int, axis2: int) -> Tensor:
    """Exchange two axes.

    Raises:
        ValueError: for an axis that is not there.

    Example:
        >>> ops.swapaxes(ops.ones((2, 3, 4)), 0, 2).shape
        (4, 3, 2)
    """
    tensor = as_tensor(x)
    order = list(range(tensor.ndim))
    a, b = normalize_axis(axis1, tensor.ndim), normalize_axis(axis2, tensor.ndim)
    order[a], order[b] = order[b], order[a]
    return transpose(tensor, order)
