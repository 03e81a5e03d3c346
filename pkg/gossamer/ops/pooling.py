"""The primitives of pooling: the largest or the mean of each window, and their gradients.

With the geometry of `windows`, over all axes (those without windows have windows of one element):

- `average_pool` and `average_pool_input` are each other's gradients;
- `max_pool`'s gradient takes from `max_pool_where` which tap each window's maximum is, and gives
  the whole cotangent to that tap's place (`max_pool_input`); the gradient of that picks what lies
  at these places (`max_pool_pick`), and the other way round.

All are in gather form: the gradients fold over the windows that reach a place.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from gossamer.core.primitive import NO_GRADIENT, Primitive, bind
from gossamer.kernel import expr, index
from gossamer.kernel.expr import Expr, axis, cast, const, op, reduce_axis, select
from gossamer.kernel.spec import COMBINE, COMPUTE_DTYPE, Map, Reduce, TensorSpec
from gossamer.ops.windows import TRUE, Numbers, WindowMaps, Windows, inner, margined, taps_of
from gossamer.tensor import Tensor


class Fold:
    """The coordinates of a fold over windows' taps: forwards for each place of the output, or
    back over the taps that reach a place of the input.
    """

    def __init__(self, windows: Windows, back: bool) -> None:
        self.maps = WindowMaps(windows)
        self.over: list[int] = []
        self.taps: list[Expr] = []
        self.inside = TRUE
        where = []
        for i, window in enumerate(windows):
            if window.is_trivial:
                where.append(axis(i))
                self.taps.append(index.ZERO)
                continue
            step = self._step(window.steps_back if back else window.taps)
            if back:
                tap, place, inside = self.maps.back(i, axis(i), step)
            else:
                tap = step
                place, inside = self.maps.source(i, axis(i), tap)
            self.taps.append(tap)
            where.append(place)
            self.inside = self.inside & inside
        self.where = tuple(where)

    def _step(self, count: int) -> Expr:
        if count == 1:
            return index.ZERO
        self.over.append(count)
        return reduce_axis(len(self.over) - 1)

    def reduce(
        self, inputs: tuple[TensorSpec, ...], out: TensorSpec, body: Expr, combine: str,
        epilogue: Expr | None = None,
    ) -> Reduce:  # fmt: skip
        """The kernel that folds `body` over the taps that lie inside."""
        start = const(COMBINE[combine][body.dtype], body.dtype)
        result = expr.INT if combine.startswith("arg") else body.dtype
        return Reduce(
            inputs=inputs,
            output=out,
            body=select(self.inside, body, start),
            combine=combine,
            over=tuple(self.over) or (1,),
            epilogue=expr.accumulator(result) if epilogue is None else epilogue,
            values=self.maps.values,
        )

    def tap_number(self) -> Expr:
        """The row-major number of the tap in its window."""
        windows = self.maps.windows
        dims = [const(1, expr.INT) if w.taps == 1 else self.maps.taps(i)
                for i, w in enumerate(windows)]  # fmt: skip
        return index.linear(tuple(self.taps), dims)

    def count(self, places: tuple[Expr, ...]) -> Expr:
        """How many elements of the input the window at these output places has, as a float."""
        total: Expr = const(1, expr.INT)
        for i, (window, place) in enumerate(zip(self.maps.windows, places, strict=True)):
            if window.is_trivial:
                continue
            count = self.maps.taps(i)
            if not window.is_inside:
                begin = self.maps.times(place, "stride", i, window.stride)
                begin = begin - self.maps.number("low", i, window.low)
                end = op("min", begin + count, self.maps.number("length", i, window.length))
                count = end - op("max", begin, 0)
            total = total * count
        return cast(total, expr.FLOAT)


def _forward(combine: str) -> Callable[..., Reduce]:
    def lower(x: TensorSpec, out: TensorSpec, windows: Windows) -> Reduce:
        fold = Fold(windows, back=False)
        body = expr.load(0, fold.where, COMPUTE_DTYPE[x.dtype])
        return fold.reduce((x,), out, body, combine)

    return lower


def _places(windows: Windows) -> Numbers:
    return tuple(window.places for window in windows)


def _lengths(windows: Windows) -> Numbers:
    return tuple(window.length for window in windows)


def _lowest(dtype: np.dtype) -> Any:
    if dtype.kind == "b":
        return False
    return np.iinfo(dtype).min if dtype.kind in "iu" else -np.inf


def _max_reference(x: np.ndarray, windows: Windows) -> np.ndarray:
    padded = margined(x, windows, 0, _lowest(x.dtype))
    out = np.full(_places(windows), _lowest(x.dtype), x.dtype)
    for _, part in taps_of(windows, 0):
        out = np.maximum(out, padded[part])
    return out


def _where_reference(x: np.ndarray, windows: Windows) -> np.ndarray:
    padded = margined(x, windows, 0, _lowest(x.dtype))
    parts = [padded[part] for _, part in taps_of(windows, 0)]
    best, where = parts[0], np.zeros(_places(windows), np.int32)
    for number, part in enumerate(parts):
        # The first NaN is the largest, as in NumPy: it is unequal to itself.
        better = (part > best) | ((part != part) & (best == best))
        best = np.where(better, part, best)
        where[better] = number
    return where


def _input_reference(g: np.ndarray, where: np.ndarray, windows: Windows) -> np.ndarray:
    out = margined(np.zeros(_lengths(windows), g.dtype), windows, 0)
    for number, (_, part) in enumerate(taps_of(windows, 0)):
        out[part] += np.where(where == number, g, 0)
    return out[inner(windows, 0)].copy()


def _pick_reference(x: np.ndarray, where: np.ndarray, windows: Windows) -> np.ndarray:
    padded = margined(x, windows, 0)
    out = np.zeros(_places(windows), x.dtype)
    for number, (_, part) in enumerate(taps_of(windows, 0)):
        out = np.where(where == number, padded[part], out)
    return out


def _input_lower(g: TensorSpec, where: TensorSpec, out: TensorSpec, windows: Windows) -> Reduce:
    fold = Fold(windows, back=True)
    dtype = COMPUTE_DTYPE[g.dtype]
    chosen = expr.equal(expr.load(1, fold.where, expr.INT), fold.tap_number())
    body = select(chosen, expr.load(0, fold.where, dtype), const(0, dtype))
    return fold.reduce((g, where), out, body, "add")


def _pick_lower(x: TensorSpec, where: TensorSpec, out: TensorSpec, windows: Windows) -> Map:
    maps = WindowMaps(windows)
    own = index.axes(len(windows))
    dims = [const(1, expr.INT) if w.taps == 1 else maps.taps(i) for i, w in enumerate(windows)]
    taps = index.delinear(expr.load(1, own, expr.INT), dims)
    places, inside = [], TRUE
    for i, tap in enumerate(taps):
        place, there = maps.source(i, axis(i), tap)
        places.append(place)
        inside = inside & there
    dtype = COMPUTE_DTYPE[x.dtype]
    loaded = expr.load(0, tuple(places), dtype)
    return Map(
        inputs=(x, where),
        output=out,
        body=select(inside, loaded, const(0, dtype)),
        values=maps.values,
    )


def _average_lower(x: TensorSpec, out: TensorSpec, windows: Windows) -> Reduce:
    fold = Fold(windows, back=False)
    own = index.axes(len(windows))
    mean = expr.accumulator(expr.FLOAT) / fold.count(own)
    return fold.reduce((x,), out, expr.load(0, fold.where, expr.FLOAT), "add", mean)


def _average_input_lower(g: TensorSpec, out: TensorSpec, windows: Windows) -> Reduce:
    fold = Fold(windows, back=True)
    body = expr.load(0, fold.where, expr.FLOAT)
    total = expr.accumulator(expr.FLOAT)
    if all(window.is_inside for window in windows):
        return fold.reduce((g,), out, body, "add", total / fold.count(fold.where))
    # A count that no window has may be 0; what it divides is not taken.
    return fold.reduce((g,), out, body / fold.count(fold.where), "add", total)


def _counts(windows: Windows) -> np.ndarray:
    """How many elements of the input each window has, by output place."""
    total = np.ones((), np.int64)
    for window in windows:
        begin = np.arange(window.places) * window.stride - window.low
        inside = np.minimum(begin + window.taps, window.length) - np.maximum(begin, 0)
        total = total[..., None] * inside
    return total


def _average_reference(x: np.ndarray, windows: Windows) -> np.ndarray:
    padded = margined(x, windows, 0)
    out = np.zeros(_places(windows), x.dtype)
    for _, part in taps_of(windows, 0):
        out += padded[part]
    return out / _counts(windows).astype(x.dtype)


def _average_input_reference(g: np.ndarray, windows: Windows) -> np.ndarray:
    out = margined(np.zeros(_lengths(windows), g.dtype), windows, 0)
    shares = g / _counts(windows).astype(g.dtype)
    for _, part in taps_of(windows, 0):
        out[part] += shares
    return out[inner(windows, 0)].copy()


def max_pooled(x: Tensor, windows: Windows) -> Tensor:
    """The largest element of each window."""
    return bind(_max, x, windows=windows)


def max_taps(x: Tensor, windows: Windows) -> Tensor:
    """Which tap of each window has its largest element: the row-major number, int32."""
    return bind(_max_where, x, windows=windows)


def averaged(x: Tensor, windows: Windows) -> Tensor:
    """The mean of each window's elements."""
    return bind(_average, x, windows=windows)


def _spread(g: Tensor, where: Tensor, windows: Windows) -> Tensor:
    return bind(_max_input, g, where, windows=windows)


def _picked(x: Tensor, where: Tensor, windows: Windows) -> Tensor:
    return bind(_max_pick, x, where, windows=windows)


def _max_vjp(g: Tensor, out: Tensor, x: Tensor, windows: Windows) -> Tensor:
    return _spread(g, max_taps(x, windows), windows)


def _average_vjp(g: Tensor, out: Tensor, x: Tensor, windows: Windows) -> Tensor:
    return bind(_average_input, g, windows=windows)


_max = Primitive(
    name="max_pool",
    shape=lambda x, windows: TensorSpec(_places(windows), x.dtype),
    reference=_max_reference,
    vjp=(_max_vjp,),
    lower=_forward("max"),
)
_max_where = Primitive(
    name="max_pool_where",
    shape=lambda x, windows: TensorSpec(_places(windows), "int32"),
    reference=_where_reference,
    vjp=(NO_GRADIENT,),
    lower=_forward("argmax"),
)
_max_input = Primitive(
    name="max_pool_input",
    shape=lambda g, where, windows: TensorSpec(_lengths(windows), g.dtype),
    reference=_input_reference,
    vjp=(lambda x, out, g, where, windows: _picked(x, where, windows), NO_GRADIENT),
    lower=_input_lower,
)
_max_pick = Primitive(
    name="max_pool_pick",
    shape=lambda x, where, windows: TensorSpec(_places(windows), x.dtype),
    reference=_pick_reference,
    vjp=(lambda g, out, x, where, windows: _spread(g, where, windows), NO_GRADIENT),
    lower=_pick_lower,
)
_average = Primitive(
    name="average_pool",
    shape=lambda x, windows: TensorSpec(_places(windows), x.dtype),
    reference=_average_reference,
    vjp=(_average_vjp,),
    lower=_average_lower,
)
_average_input = Primitive(
    name="average_pool_input",
    shape=lambda g, windows: TensorSpec(_lengths(windows), g.dtype),
    reference=_average_input_reference,
    vjp=(lambda x, out, g, windows: averaged(x, windows),),
    lower=_average_input_lower,
)
