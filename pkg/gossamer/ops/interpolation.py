"""Reading images between their elements: the primitive `sample`, one kernel.

A sample is a sum over the corners around its place. Corners that lie outside are found by the fill
mode, one axis after the other, or are a constant: as `jax.scipy.ndimage.map_coordinates` has it.
The gradients are composed of the same corners: for the image what a corner adds to its element,
for a place how the sum changes with it.
"""

from collections.abc import Callable, Hashable, Sequence
from functools import reduce
from itertools import product
from math import prod
from operator import add
from typing import Any, NamedTuple

import numpy as np

from gossamer import ops
from gossamer.core.primitive import Primitive, bind
from gossamer.dtypes import FLOATS
from gossamer.kernel import expr, index
from gossamer.kernel.expr import Expr, op
from gossamer.kernel.spec import COMPUTE_DTYPE, Map, TensorSpec
from gossamer.ops.convert import as_tensor, floating
from gossamer.ops.elementwise import broadcast_shapes, sum_to_shape
from gossamer.ops.places import gather, scatter_along
from gossamer.tensor import Tensor

ORDERS = {"nearest": 0, "bilinear": 1}
# Farther out than any image reaches: infinite places lie there, so that they are outside, too.
FAR = 2.0**30

Numbers = tuple[int, ...]


class _Arithmetic(NamedTuple):
    """What the corners are computed with: expressions, arrays or tensors."""

    minimum: Callable[[Any, Any], Any]
    maximum: Callable[[Any, Any], Any]
    floor: Callable[[Any], Any]
    integer: Callable[[Any], Any]
    modulo: Callable[[Any, Any], Any]
    absolute: Callable[[Any], Any]


def _floor_modulo(a: Expr, b: Expr) -> Expr:
    rest = op("remainder", a, b)
    return expr.select(rest < 0, rest + b, rest)


_EXPRESSIONS = _Arithmetic(
    minimum=lambda a, b: op("min", a, b),
    maximum=lambda a, b: op("max", a, b),
    floor=lambda a: op("floor", a),
    integer=lambda a: expr.cast(a, expr.INT),
    modulo=_floor_modulo,
    absolute=lambda a: op("abs", a),
)
_ARRAYS = _Arithmetic(
    np.minimum, np.maximum, np.floor, lambda a: a.astype(np.int32), np.mod, np.abs
)
_TENSORS = _Arithmetic(
    minimum=lambda a, b: ops.minimum(a, b),
    # Of two sizes the maximum is a number, and on no backend.
    maximum=lambda a, b: max(a, b) if isinstance(a, int) else ops.maximum(a, b),
    floor=lambda a: ops.stop_gradient(ops.floor(a)),
    integer=lambda a: ops.cast(a, "int32"),
    modulo=lambda a, b: ops.mod(a, b),
    absolute=lambda a: ops.abs(a),
)


def _reflected(using: _Arithmetic, at: Any, size: Any) -> Any:
    """`d c b a | a b c d | d c b a`: the edge is there twice."""
    turn = using.modulo(at, size * 2)
    return using.minimum(turn, size * 2 - 1 - turn)


def _mirrored(using: _Arithmetic, at: Any, size: Any) -> Any:
    """`c d c b | a b c d | c b a b`: the edge is there once."""
    last = size - 1
    # Of a single element the period is 1.
    period = using.maximum(last * 2, 1)
    return using.absolute(using.modulo(at + last, period) - last)


# By which element one that lies outside is replaced.
FILL_MODES: dict[str, Callable[[_Arithmetic, Any, Any], Any]] = {
    "constant": lambda using, at, size: at,
    "nearest": lambda using, at, size: using.minimum(using.maximum(at, 0), size - 1),
    "wrap": lambda using, at, size: using.modulo(at, size),
    "mirror": _mirrored,
    "reflect": _reflected,
}


class _Corner(NamedTuple):
    """Along one axis: the element, its weight (1 if None) and how that grows with the place, and
    whether there is such an element (always if None).
    """

    at: Any
    weight: Any
    slope: int
    inside: Any


def _corners(
    using: _Arithmetic, place: Any, size: Any, order: int, fill_mode: str
) -> list[_Corner]:
    place = using.minimum(using.maximum(place, -FAR), FAR)
    low = using.floor(place if order else place + 0.5)
    first = using.integer(low)
    found: list[tuple[Any, Any, int]] = [(first, None, 0)]
    if order:
        share = place - low
        found = [(first, 1.0 - share, -1), (first + 1, share, 1)]
    return [
        _Corner(
            FILL_MODES[fill_mode](using, at, size),
            weight,
            slope,
            (at >= 0) & (at < size) if fill_mode == "constant" else None,
        )
        for at, weight, slope in found
    ]


def _together(corner: Sequence[_Corner], sizes: Sequence[Any]) -> tuple[Any, Any, Any]:
    """Of a corner of all axes: the number of its element, its weight, and whether it is inside."""
    at, weight, inside = corner[0].at, corner[0].weight, corner[0].inside
    for one, size in zip(corner[1:], sizes[1:], strict=True):
        at = at * size + one.at
        inside = None if inside is None else inside & one.inside
        weight = _times(weight, one.weight)
    return at, weight, inside


def _times(a: Any, b: Any) -> Any:
    if a is None or b is None:
        return b if a is None else a
    return a * b


def _shape(x: TensorSpec, fill: TensorSpec, *places: TensorSpec, axis: int, **_: Any) -> TensorSpec:
    images = (*x.shape[:axis], 1, *x.shape[axis + 1 :])
    return TensorSpec(broadcast_shapes(images, *[place.shape for place in places]), x.dtype)


def _reference(
    x: np.ndarray, fill: np.ndarray, *places: np.ndarray, axis: int, sizes: Numbers,
    orders: Numbers, fill_mode: str,
) -> np.ndarray:  # fmt: skip
    axes = [
        _corners(_ARRAYS, place, size, order, fill_mode)
        for place, size, order in zip(places, sizes, orders, strict=True)
    ]
    total: Any = None
    for corner in product(*axes):
        at, weight, inside = _together(corner, sizes)
        value = np.take_along_axis(x, np.clip(at, 0, x.shape[axis] - 1), axis)
        value = value if inside is None else np.where(inside, value, fill)
        value = value if weight is None else value * weight
        total = value if total is None else total + value
    spec = _shape(
        TensorSpec(x.shape, x.dtype.name), TensorSpec((), x.dtype.name),
        *[TensorSpec(place.shape, place.dtype.name) for place in places], axis=axis,
    )  # fmt: skip
    return np.broadcast_to(total, spec.shape).astype(x.dtype)


def _lower(
    x: TensorSpec, fill: TensorSpec, *places_out: TensorSpec, axis: int, sizes: Numbers,
    orders: Numbers, fill_mode: str,
) -> Map:  # fmt: skip
    *places, out = places_out
    where = index.axes(len(out.shape))
    dtype = COMPUTE_DTYPE[x.dtype]
    values: dict[Hashable, int | float] = {}
    lengths = []
    for i, size in enumerate(sizes):
        values["static", f"size{i}"] = size
        lengths.append(expr.uniform(("static", f"size{i}")))
    axes = []
    for i, (place, order) in enumerate(zip(places, orders, strict=True)):
        at = expr.load(2 + i, index.broadcast(where, place.shape), expr.FLOAT)
        axes.append(_corners(_EXPRESSIONS, at, lengths[i], order, fill_mode))
    source = index.broadcast(where, x.shape)
    total: Any = None
    for corner in product(*axes):
        at, weight, inside = _together(corner, lengths)
        value = expr.load(0, (*source[:axis], at, *source[axis + 1 :]), dtype)
        if inside is not None:
            value = expr.select(inside, value, expr.load(1, (), dtype))
        value = value if weight is None else value * weight
        total = value if total is None else total + value
    return Map(inputs=(x, fill, *places), output=out, body=total, values=values)


def _vjp(
    which: int, g: Tensor, out: Tensor, x: Tensor, fill: Tensor, *places: Tensor, axis: int,
    sizes: Numbers, orders: Numbers, fill_mode: str,
) -> Tensor:  # fmt: skip
    axes = [
        _corners(_TENSORS, place, size, order, fill_mode)
        for place, size, order in zip(places, sizes, orders, strict=True)
    ]
    corners = list(product(*axes))
    if which == 0:
        return _image_vjp(g, x, [_together(one, sizes) for one in corners], axis)
    if which == 1:
        return _fill_vjp(g, fill, [_together(one, sizes) for one in corners])
    along = which - 2
    if not orders[along]:
        return ops.zeros_like(places[along])
    parts = []
    for corner in corners:
        # Along the place's own axis the weight grows by 1 or -1.
        one = corner[along]
        rest = (*corner[:along], one._replace(weight=None), *corner[along + 1 :])
        at, weight, inside = _together(rest, sizes)
        value = gather(x, at, axis, wrap=False)
        value = value if inside is None else ops.where(inside, value, fill)
        parts.append(_times(value, weight) * one.slope)
    return sum_to_shape(g * reduce(add, parts), places[along].shape)


def _image_vjp(g: Tensor, x: Tensor, corners: list[tuple[Any, Any, Any]], axis: int) -> Tensor:
    """Each element has of each sample the share with which it is a corner of it."""
    parts = []
    for at, weight, inside in corners:
        there = at if inside is None else ops.where(inside, at, -1)
        found = scatter_along(there, _times(g, weight), axis, x.shape[axis], wrap=False)
        parts.append(sum_to_shape(found, x.shape))
    return reduce(add, parts)


def _fill_vjp(g: Tensor, fill: Tensor, corners: list[tuple[Any, Any, Any]]) -> Tensor:
    """The constant has the shares of all corners that are outside."""
    total = ops.zeros_like(fill)
    for _, weight, inside in corners:
        if inside is not None:
            total = total + ops.sum(ops.where(inside, 0.0, _times(g, weight)))
    return total


_sample = Primitive(name="sample", shape=_shape, reference=_reference, vjp=_vjp, lower=_lower)


def sampled(
    x: Tensor,
    axis: int,
    sizes: Sequence[int],
    places: Sequence[Any],
    orders: Sequence[int],
    fill_mode: str = "constant",
    fill_value: Any = 0.0,
) -> Tensor:
    """The values of images at given places.

    Args:
        x: the images, with all axes of `sizes` flattened to one; of any dtype.
        axis: that one.
        sizes: the sizes of the image's axes.
        places: a tensor for each of them: where along it to read. They have the rank of `x` and
            broadcast against it, but for `axis`, along which the result has their size.
        orders: for each of them 0 for the nearest element, 1 for linear interpolation.
        fill_mode: a key of `FILL_MODES`.
        fill_value: what lies outside of the image if the mode is `"constant"`.
    """
    if prod(sizes) == 0:
        raise ValueError(f"Expected an image with elements. Received: sizes={tuple(sizes)}")
    linear = any(orders)
    wide = linear and (x.dtype not in FLOATS or x.dtype == "float16")
    source = ops.cast(x, "float32") if wide else x
    # With integers that are only read, places are what they are of themselves.
    dtype = source.dtype if linear else None
    found = bind(
        _sample,
        source,
        as_tensor(fill_value, source.dtype, x.backend),
        *[as_tensor(floating(place), dtype, x.backend) for place in places],
        axis=axis,
        sizes=tuple(sizes),
        orders=tuple(orders),
        fill_mode=fill_mode,
    )
    return _cast_back(found, x.dtype) if wide else found


def _cast_back(x: Tensor, dtype: str) -> Tensor:
    if dtype in FLOATS:
        return ops.cast(x, dtype)
    if dtype == "bool":
        return x >= 0.5
    # Halves away from zero.
    return ops.cast(ops.trunc(x + ops.where(x < 0, -0.5, 0.5)), dtype)
