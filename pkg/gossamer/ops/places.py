"""Reading and folding at computed places: `gather` and `scatter`, each other's gradients.

Both work along one axis; the indices have the rank of the tensor, and their other axes broadcast
against it. So one primitive serves `take` (indices that are 1 elsewhere) and `take_along_axis`.
A device cannot raise: an index out of range reads NaN, or the number that JAX reads for integers,
and what would be scattered there is dropped.
"""

from typing import Any

import numpy as np

from gossamer import ops
from gossamer.core.primitive import ALIKE, NO_GRADIENT, Primitive, bind
from gossamer.dtypes import COMPLEX, FLOATS
from gossamer.kernel import expr, index
from gossamer.kernel.spec import COMPUTE_DTYPE, Map, Scatter, TensorSpec
from gossamer.ops import complex_numbers
from gossamer.ops.create import iota
from gossamer.ops.cumulative import recurrence
from gossamer.ops.elementwise import broadcast_shapes, sum_to_shape
from gossamer.tensor import Tensor

Shape = tuple[int, ...]


def _without(shape: Shape, axis: int, size: int = 1) -> Shape:
    """`shape` with another size along `axis`."""
    return (*shape[:axis], size, *shape[axis + 1 :])


def _nothing(dtype: str) -> Any:
    """What is read where nothing is: NaN, the least signed or the greatest unsigned integer."""
    if dtype == "bool":
        return True
    if dtype in (*FLOATS, *COMPLEX):
        return np.nan
    limits = np.iinfo(dtype)
    return limits.min or limits.max


# Gather


def _gather_shape(
    x: TensorSpec, indices: TensorSpec, axis: int, wrap: bool, zero: bool
) -> TensorSpec:
    others = broadcast_shapes(_without(x.shape, axis), _without(indices.shape, axis))
    return TensorSpec(_without(others, axis, indices.shape[axis]), x.dtype)


def _gather_reference(
    x: np.ndarray, indices: np.ndarray, axis: int, wrap: bool, zero: bool
) -> np.ndarray:
    size = x.shape[axis]
    where = np.where(indices < 0, indices + size, indices) if wrap else indices
    inside = (where >= 0) & (where < size)
    nothing = np.asarray(0 if zero else _nothing(x.dtype.name), x.dtype)
    if size == 0:
        return np.full(_gather_shape(_spec(x), _spec(indices), axis, wrap, zero).shape, nothing)
    where = np.clip(where, 0, size - 1)
    if where.size == where.shape[axis]:
        taken = np.take(x, where.reshape(-1), axis)
    else:
        taken = np.take_along_axis(x, where, axis)
    return taken if inside.all() else np.where(inside, taken, nothing)


def _spec(array: np.ndarray) -> TensorSpec:
    return TensorSpec(array.shape, array.dtype.name)


def _gather_vjp(
    g: Tensor, out: Tensor, x: Tensor, indices: Tensor, axis: int, wrap: bool, zero: bool
) -> Tensor:
    return sum_to_shape(scatter_along(indices, g, axis, x.shape[axis], wrap), x.shape)


def _wrapped(at: expr.Expr, size: expr.Expr, wrap: bool) -> expr.Expr:
    return expr.select(at < 0, at + size, at) if wrap else at


def _gather_lower(
    x: TensorSpec, indices: TensorSpec, out: TensorSpec, axis: int, wrap: bool, zero: bool
) -> Map:
    where = index.axes(len(out.shape))
    dtype = COMPUTE_DTYPE[x.dtype]
    size = expr.in_dim(0, axis)
    at = _wrapped(expr.load(1, index.broadcast(where, indices.shape), expr.INT), size, wrap)
    source = index.broadcast(where, x.shape)
    loaded = expr.load(0, (*source[:axis], at, *source[axis + 1 :]), dtype)
    nothing = expr.const(0 if zero else _nothing(x.dtype), dtype)
    return Map(
        inputs=(x, indices),
        output=out,
        body=expr.select(index.within(at, size), loaded, nothing),
    )


_gather = Primitive(
    name="gather",
    shape=_gather_shape,
    reference=_gather_reference,
    vjp=(_gather_vjp, NO_GRADIENT),
    lower=_gather_lower,
    of_complex=ALIKE,
)


def gather(x: Tensor, indices: Tensor, axis: int, wrap: bool, zero: bool = False) -> Tensor:
    """The elements of `x` at int32 indices along an axis.

    Args:
        x: what is read.
        indices: with as many axes, which broadcast against those of `x` but for `axis`.
        axis: the axis.
        wrap: whether negative indices count from the end.
        zero: whether an index out of range reads 0.
    """
    return bind(_gather, x, indices, axis=axis, wrap=wrap, zero=zero)


# Scatter

FOLDS = {"add": np.add, "mul": np.multiply, "max": np.maximum, "min": np.minimum}


def _beginning(combine: str, dtype: Any) -> Any:
    """What a fold begins with, and what is where nothing was scattered."""
    if combine in ("add", "mul"):
        return int(combine == "mul")
    if dtype.kind == "b":
        return combine == "min"
    if dtype.kind == "f":
        return np.inf if combine == "min" else -np.inf
    limits = np.iinfo(dtype)
    return limits.max if combine == "min" else limits.min


def _scatter_reference(
    indices: np.ndarray, updates: np.ndarray, axis: int, size: int, wrap: bool, combine: str
) -> np.ndarray:
    where = np.where(indices < 0, indices + size, indices) if wrap else indices
    inside = (where >= 0) & (where < size)
    beginning = _beginning(combine, updates.dtype)
    out = np.full(_without(updates.shape, axis, size), beginning, updates.dtype)
    fold = FOLDS[combine]
    if where.size == where.shape[axis]:
        kept = inside.reshape(-1).nonzero()
        rows = np.moveaxis(out, axis, 0)
        fold.at(rows, where.reshape(-1)[kept], np.moveaxis(updates, axis, 0)[kept])
    else:
        kept = np.nonzero(np.broadcast_to(inside, updates.shape))
        aimed = np.broadcast_to(where, updates.shape)[kept]
        fold.at(out, (*kept[:axis], aimed, *kept[axis + 1 :]), updates[kept])
    return out


def _scatter_lower(
    indices: TensorSpec, updates: TensorSpec, out: TensorSpec, axis: int, size: int, wrap: bool,
    combine: str,
) -> Scatter:  # fmt: skip
    where = index.axes(len(out.shape))
    source = (*where[:axis], expr.reduce_axis(0), *where[axis + 1 :])
    at = expr.load(0, index.broadcast(source, _without(indices.shape, axis, 2)), expr.INT)
    return Scatter(
        inputs=(indices, updates),
        output=out,
        at=_wrapped(at, expr.out_dim(axis), wrap),
        update=expr.load(1, source, COMPUTE_DTYPE[out.dtype]),
        axis=axis,
        combine=combine,
        count=updates.shape[axis],
    )


def _scatter_vjp(
    g: Tensor, out: Tensor, indices: Tensor, updates: Tensor, axis: int, size: int, wrap: bool,
    combine: str,
) -> Tensor:  # fmt: skip
    def back(x: Tensor) -> Tensor:
        return gather(x, indices, axis, wrap, zero=True)

    if combine == "add":
        return back(g)
    if combine == "mul":
        return back(g) * _others(indices, updates, axis)
    # Equal extremes share the cotangent, as in `ops.max`. No quotient by 0, although no step
    # reads it: its own gradient would be a NaN.
    hit = ops.cast(ops.equal(back(out), updates), g.dtype)
    hits = scatter_along(indices, hit, axis, size, wrap)
    return back(g / ops.maximum(hits, 1.0)) * hit


def _others(indices: Tensor, updates: Tensor, axis: int) -> Tensor:
    """The product of all other updates of the same place; for indices that are a column.

    In the order of their places, as the products of those before it and of those after it: each
    is a recurrence that begins anew, with a factor of 0, where a place does.
    """
    places = ops.ravel(indices)
    order = ops.argsort(places)
    sorted_places, x = ops.take(places, order), ops.take(updates, order, axis)
    column = tuple(-1 if i == axis else 1 for i in range(updates.ndim))
    end = [(0, 0)] * axis + [(1, 1)] + [(0, 0)] * (updates.ndim - axis - 1)
    goes_on = ops.reshape(ops.equal(sorted_places[1:], sorted_places[:-1]), column)
    goes_on = ops.pad(goes_on, end)
    around = ops.pad(x, end)
    count = places.size
    products = []
    for reverse in (False, True):
        neighbour = _part(around, axis, 2 if reverse else 0, count)
        same = _part(goes_on, axis, 1 if reverse else 0, count)
        factor = ops.where(same, neighbour, 0.0)
        begin = ops.broadcast_to(ops.where(same, 0.0, 1.0), x.shape)
        products.append(recurrence(ops.cast(begin, x.dtype), factor, axis, reverse))
    return ops.take(products[0] * products[1], ops.argsort(order), axis)


def _part(x: Tensor, axis: int, start: int, size: int) -> Tensor:
    starts = [start if i == axis else 0 for i in range(x.ndim)]
    return ops.slice(x, starts, _without(x.shape, axis, size))


_scatter: Primitive = Primitive(
    name="scatter",
    shape=lambda indices, updates, axis, size, wrap, combine: TensorSpec(
        _without(updates.shape, axis, size), updates.dtype
    ),
    reference=_scatter_reference,
    vjp=(NO_GRADIENT, _scatter_vjp),
    lower=_scatter_lower,
    of_complex=lambda indices, updates, **static: complex_numbers.on_parts(
        lambda x: bind(_scatter, indices, x, **static), updates
    ),
)


def scatter_along(
    indices: Tensor, updates: Tensor, axis: int, size: int, wrap: bool, combine: str = "add"
) -> Tensor:
    """`updates` folded at int32 indices along an axis of the result, which has `size` there."""
    return bind(_scatter, indices, updates, axis=axis, size=size, wrap=wrap, combine=combine)


def scatter_rows(at: Tensor, rows: Tensor, size: int, combine: str, wrap: bool = False) -> Tensor:
    """Rows folded at places along the first axis of the result, of which there are `size`.

    Narrow integers are folded in 32 bits, so that what no row reaches can be told; then it is the
    least or greatest of their own.
    """
    dtype = rows.dtype
    if dtype == "bool" and combine in ("add", "mul"):
        combine = {"add": "max", "mul": "min"}[combine]
    narrow = combine in ("max", "min") and dtype in ("int8", "int16", "uint8", "uint16")
    updates = ops.cast(rows, "int32") if narrow else rows
    column = (at.size, *(1,) * (rows.ndim - 1))
    folded = scatter_along(ops.reshape(at, column), updates, 0, size, wrap, combine)
    if not narrow:
        return folded
    limits = np.iinfo(dtype)
    return ops.cast(ops.clip(folded, int(limits.min), int(limits.max)), dtype)


def _last_step_reference(indices: np.ndarray, size: int) -> np.ndarray:
    steps = np.arange(indices.size, dtype=np.float32)
    inside = (indices >= 0) & (indices < size)
    out = np.full(size, -np.inf, np.float32)
    np.maximum.at(out, indices[inside], steps[inside])
    return out


_last_step = Primitive(
    name="last_step",
    shape=lambda indices, size: TensorSpec((size,), "float32"),
    reference=_last_step_reference,
    vjp=(NO_GRADIENT,),
    lower=lambda indices, out, size: Scatter(
        inputs=(indices,),
        output=out,
        at=expr.load(0, (expr.reduce_axis(0),), expr.INT),
        update=expr.cast(expr.reduce_axis(0), expr.FLOAT),
        axis=0,
        combine="max",
        count=indices.shape[0],
    ),
)
# Floats number so many steps exactly; and floats, unlike integers, a device can fold as points.
_EXACT_STEPS = 1 << 24


def last_rows(at: Tensor, size: int) -> Tensor:
    """For each of `size` places the number of the last row that goes there; negative for none."""
    if at.size > _EXACT_STEPS:
        return scatter_rows(at, iota(0, 1, at.size, "int32", at.backend), size, "max")
    return ops.cast(ops.maximum(bind(_last_step, at, size=size), -1.0), "int32")
