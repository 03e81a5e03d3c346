"""The primitives of patches: windows' elements side by side, and summed back where they came from.

With the geometry of `windows`, one an axis, of which those without windows have one tap:

- `unfold`: the element that each tap of each window reads; 0 outside of the input;
- `fold`, its gradient: for each place the sum of what all taps that reach it have; its gradient is
  `unfold` again.

Axes of an unfolded tensor are the windows' places and taps in any order: `order` has the numbers
of the axes for their places, and for their taps the numbers from the rank on.
"""

from typing import Any

import numpy as np

from gossamer.core.primitive import Primitive, bind
from gossamer.kernel import expr, index
from gossamer.kernel.expr import const, select
from gossamer.kernel.spec import COMPUTE_DTYPE, Map, Reduce, TensorSpec
from gossamer.ops.pooling import Fold
from gossamer.ops.windows import TRUE, Numbers, WindowMaps, Windows, inner, margined, taps_of
from gossamer.tensor import Tensor


def _unfolded_shape(windows: Windows, order: Numbers) -> Numbers:
    sizes = (*(window.places for window in windows), *(window.taps for window in windows))
    return tuple(sizes[i] for i in order)


def _lengths(windows: Windows) -> Numbers:
    return tuple(window.length for window in windows)


def _unfold_reference(x: np.ndarray, windows: Windows, order: Numbers) -> np.ndarray:
    padded = margined(x, windows, 0)
    rank = len(windows)
    out = np.empty(_unfolded_shape(windows, tuple(range(2 * rank))), x.dtype)
    for tap, part in taps_of(windows, 0):
        out[_at(tap)] = padded[part]
    return np.ascontiguousarray(_arranged(out, order, rank))


def _at(tap: Numbers) -> tuple[Any, ...]:
    """Where a tap is in the last axes."""
    return (..., *tap)


def _left_out(order: Numbers, rank: int) -> Numbers:
    """The axes of taps that an unfolded tensor has not: of windows with one."""
    return tuple(i for i in range(2 * rank) if i not in order)


def _arranged(out: np.ndarray, order: Numbers, rank: int) -> np.ndarray:
    left_out = _left_out(order, rank)
    return out.transpose(*order, *left_out).reshape([out.shape[i] for i in order])


def _fold_reference(g: np.ndarray, windows: Windows, order: Numbers) -> np.ndarray:
    rank = len(windows)
    left_out = _left_out(order, rank)
    whole = g.reshape(*g.shape, *(1,) * len(left_out))
    whole = whole.transpose(*np.argsort((*order, *left_out)))
    out = margined(np.zeros(_lengths(windows), g.dtype), windows, 0)
    for tap, part in taps_of(windows, 0):
        out[part] += whole[_at(tap)]
    return out[inner(windows, 0)].copy()


def _unfold_lower(x: TensorSpec, out: TensorSpec, windows: Windows, order: Numbers) -> Map:
    maps = WindowMaps(windows)
    rank = len(windows)
    own = {number: expr.axis(position) for position, number in enumerate(order)}
    where, inside = [], TRUE
    for i, window in enumerate(windows):
        if window.is_trivial:
            where.append(own[i])
            continue
        place, there = maps.source(i, own[i], own.get(rank + i, index.ZERO))
        where.append(place)
        inside = inside & there
    dtype = COMPUTE_DTYPE[x.dtype]
    return Map(
        inputs=(x,),
        output=out,
        body=select(inside, expr.load(0, tuple(where), dtype), const(0, dtype)),
        values=maps.values,
    )


def _fold_lower(g: TensorSpec, out: TensorSpec, windows: Windows, order: Numbers) -> Reduce:
    fold = Fold(windows, back=True)
    numbers = (*fold.where, *fold.taps)
    body = expr.load(0, tuple(numbers[i] for i in order), COMPUTE_DTYPE[g.dtype])
    return fold.reduce((g,), out, body, "add")


def unfolded(x: Tensor, windows: Windows, order: Numbers) -> Tensor:
    """What the windows' taps read, in an order of axes."""
    return bind(_unfold, x, windows=windows, order=order)


def folded(x: Tensor, windows: Windows, order: Numbers) -> Tensor:
    """What the windows' taps have, summed where they read."""
    return bind(_fold, x, windows=windows, order=order)


_unfold = Primitive(
    name="unfold",
    shape=lambda x, windows, order: TensorSpec(_unfolded_shape(windows, order), x.dtype),
    reference=_unfold_reference,
    vjp=(lambda g, out, x, windows, order: folded(g, windows, order),),
    lower=_unfold_lower,
)
_fold = Primitive(
    name="fold",
    shape=lambda g, windows, order: TensorSpec(_lengths(windows), g.dtype),
    reference=_fold_reference,
    vjp=(lambda g, out, x, windows, order: unfolded(g, windows, order),),
    lower=_fold_lower,
)
