"""Reading images between their elements: `sampled`, a sum over the corners around each place.

Corners that lie outside are found by the fill mode, one axis after the other, or are a constant.
The same as in `jax.scipy.ndimage.map_coordinates`; everything is gathered from one axis.
"""

from collections.abc import Callable, Sequence
from itertools import product
from math import prod
from typing import Any, NamedTuple

from gossamer import ops
from gossamer.dtypes import FLOATS
from gossamer.ops.convert import floating
from gossamer.ops.places import gather
from gossamer.tensor import Tensor

ORDERS = {"nearest": 0, "bilinear": 1}
# Farther out than any image reaches: infinite places lie there, so that they are outside, too.
_FAR = 2.0**30


def _mirrored(at: Tensor, size: int) -> Tensor:
    """`c d c b | a b c d | c b a b`: the edge is there once."""
    if size == 1:
        return ops.zeros_like(at)
    return ops.abs(ops.mod(at + (size - 1), 2 * (size - 1)) - (size - 1))


def _reflected(at: Tensor, size: int) -> Tensor:
    """`d c b a | a b c d | d c b a`: the edge is there twice."""
    turn = ops.mod(at, 2 * size)
    return ops.minimum(turn, 2 * size - 1 - turn)


FILL_MODES: dict[str, Callable[[Tensor, int], Tensor]] = {
    "constant": lambda at, size: at,
    "nearest": lambda at, size: ops.clip(at, 0, size - 1),
    "wrap": lambda at, size: ops.mod(at, size),
    "mirror": _mirrored,
    "reflect": _reflected,
}


class _Corner(NamedTuple):
    """Along one axis: the element, its weight, and whether there is one (None if always)."""

    at: Tensor
    weight: Tensor | None
    inside: Tensor | None


def _corners(places: Tensor, size: int, order: int, fill_mode: str) -> list[_Corner]:
    places = ops.clip(places, -_FAR, _FAR)
    low = ops.floor(places if order else places + 0.5)
    first = ops.cast(low, "int32")
    if order == 0:
        return [_corner(first, None, size, fill_mode)]
    share = places - ops.stop_gradient(low)
    return [
        _corner(first, 1.0 - share, size, fill_mode),
        _corner(first + 1, share, size, fill_mode),
    ]


def _corner(at: Tensor, weight: Tensor | None, size: int, fill_mode: str) -> _Corner:
    if fill_mode == "constant":
        return _Corner(at, weight, ops.logical_and(at >= 0, at < size))
    return _Corner(FILL_MODES[fill_mode](at, size), weight, None)


def sampled(
    x: Tensor,
    axis: int,
    sizes: Sequence[int],
    places: Sequence[Any],
    order: int,
    fill_mode: str = "constant",
    fill_value: Any = 0.0,
    base: Tensor | None = None,
) -> Tensor:
    """The values of images at given places.

    Args:
        x: the images, with all axes of `sizes` flattened to one; of any dtype.
        axis: that one.
        sizes: the sizes of the image's axes.
        places: a tensor for each of them: where along it to read. They have the rank of `x` and
            broadcast against it, but for `axis`, along which the result has their size.
        order: 0 for the nearest element, 1 for linear interpolation.
        fill_mode: a key of `FILL_MODES`.
        fill_value: what lies outside of the image if the mode is `"constant"`; a number, or
            something that broadcasts against the result.
        base: int32, of the rank of `x`: where along `axis` each place's image begins, if there are
            several.
    """
    given = [floating(one) for one in places]
    if prod(sizes) == 0:
        raise ValueError(f"Expected an image with elements. Received: sizes={tuple(sizes)}")
    corners = [
        _corners(one, size, order, fill_mode) for one, size in zip(given, sizes, strict=True)
    ]
    if order == 0:
        return _read(x, axis, sizes, [found for (found,) in corners], fill_value, base)
    source = ops.cast(x, "float32") if x.dtype not in FLOATS or x.dtype == "float16" else x
    total: Any = None
    for corner in product(*corners):
        value = _read(source, axis, sizes, corner, fill_value, base)
        for one in corner:
            value = value * one.weight
        total = value if total is None else total + value
    return _cast_back(total, x.dtype)


def _read(
    x: Tensor, axis: int, sizes: Sequence[int], corner: Sequence[_Corner], fill_value: Any,
    base: Tensor | None,
) -> Tensor:  # fmt: skip
    """The elements at a corner."""
    at, inside = corner[0].at, corner[0].inside
    for one, size in zip(corner[1:], sizes[1:], strict=True):
        at = at * size + one.at
        inside = None if inside is None else ops.logical_and(inside, one.inside)
    value = gather(x, at if base is None else at + base, axis, wrap=False)
    if inside is None:
        return value
    return ops.where(inside, value, ops.cast(fill_value, x.dtype))


def _cast_back(x: Tensor, dtype: str) -> Tensor:
    if dtype in FLOATS:
        return ops.cast(x, dtype)
    if dtype == "bool":
        return x >= 0.5
    # Halves away from zero.
    return ops.cast(ops.trunc(x + ops.where(x < 0, -0.5, 0.5)), dtype)
