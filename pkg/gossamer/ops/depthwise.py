"""The primitives of depthwise convolution: each channel by itself, closed under differentiation.

With the geometry of `windows`, output place s, tap k, input place p that they meet at, and for
each channel c as many filters f, side by side in the kernel:

- `depthwise`: `out[n, s, f] = sum over k of x[n, p, c] * w[k, f]`,
- `depthwise_input`, its gradient for x: `sum over k and the filters of g[n, s, f] * w[k, f]`,
- `depthwise_kernel`, its gradient for w: `sum over n, s of x[n, p, c] * g[n, s, f]`.

Each is bilinear, and its two gradients are the other two. They are folds, not products of
matrices: channels stay side by side, and are last.
"""

import numpy as np

from gossamer.core.primitive import Primitive, bind
from gossamer.kernel import expr, index
from gossamer.kernel.expr import Expr, axis, const, op, reduce_axis, select
from gossamer.kernel.spec import COMPUTE_DTYPE, Reduce, TensorSpec
from gossamer.ops.windows import TRUE, WindowMaps, Windows, inner, margined, taps_of
from gossamer.tensor import Tensor


class _Fold:
    """Collects the axes that a lowering folds over, and the numbers that it names."""

    def __init__(self, windows: Windows, filters: int) -> None:
        self.maps = WindowMaps(windows)
        self.filters = filters
        self.over: list[int] = []

    def folded(self, size: int) -> Expr:
        if size == 1:
            return index.ZERO
        self.over.append(size)
        return reduce_axis(len(self.over) - 1)

    def channel(self, filter_: Expr) -> Expr:
        """The input channel that a filter is for."""
        if self.filters == 1:
            return filter_
        return op("quotient", filter_, self.maps.number("filters", 0, self.filters))

    def sum(
        self, inputs: tuple[TensorSpec, ...], out: TensorSpec, inside: Expr, product: Expr
    ) -> Reduce:
        return Reduce(
            inputs=inputs,
            output=out,
            body=select(inside, product, const(0, product.dtype)),
            combine="add",
            over=tuple(self.over) or (1,),
            epilogue=expr.accumulator(product.dtype),
            values=self.maps.values,
        )


def _depthwise_lower(
    x: TensorSpec, w: TensorSpec, out: TensorSpec, windows: Windows, filters: int
) -> Reduce:
    fold, dtype = _Fold(windows, filters), COMPUTE_DTYPE[out.dtype]
    last = axis(len(windows) + 1)
    taps, where, inside = [], [], TRUE
    for i, window in enumerate(windows):
        taps.append(fold.folded(window.taps))
        place, there = fold.maps.source(i, axis(i + 1), taps[i])
        where.append(place)
        inside = inside & there
    loaded = expr.load(0, (axis(0), *where, fold.channel(last)), dtype)
    return fold.sum((x, w), out, inside, loaded * expr.load(1, (*taps, last), dtype))


def _input_lower(
    g: TensorSpec, w: TensorSpec, out: TensorSpec, windows: Windows, filters: int
) -> Reduce:
    fold, dtype = _Fold(windows, filters), COMPUTE_DTYPE[out.dtype]
    taps, where, inside = [], [], TRUE
    for i, window in enumerate(windows):
        tap, place, there = fold.maps.back(i, axis(i + 1), fold.folded(window.steps_back))
        taps.append(tap)
        where.append(place)
        inside = inside & there
    own = fold.maps.times(axis(len(windows) + 1), "filters", 0, filters) + fold.folded(filters)
    loaded = expr.load(0, (axis(0), *where, own), dtype)
    return fold.sum((g, w), out, inside, loaded * expr.load(1, (*taps, own), dtype))


def _kernel_lower(
    x: TensorSpec, g: TensorSpec, out: TensorSpec, windows: Windows, filters: int
) -> Reduce:
    fold, dtype = _Fold(windows, filters), COMPUTE_DTYPE[out.dtype]
    last = axis(len(windows))
    batch = fold.folded(g.shape[0])
    places, where, inside = [], [], TRUE
    for i, window in enumerate(windows):
        places.append(fold.folded(window.places))
        tap = axis(i) if window.taps > 1 else index.ZERO
        place, there = fold.maps.source(i, places[i], tap)
        where.append(place)
        inside = inside & there
    loaded = expr.load(0, (batch, *where, fold.channel(last)), dtype)
    return fold.sum((x, g), out, inside, loaded * expr.load(1, (batch, *places, last), dtype))


def _split(x: np.ndarray, filters: int) -> np.ndarray:
    """With the filters of a channel as an axis of their own."""
    return x.reshape(*x.shape[:-1], x.shape[-1] // filters, filters)


def _joined(x: np.ndarray) -> np.ndarray:
    return x.reshape(*x.shape[:-2], x.shape[-2] * x.shape[-1])


def _depthwise_reference(
    x: np.ndarray, w: np.ndarray, windows: Windows, filters: int
) -> np.ndarray:
    padded, split = margined(x, windows, 1), _split(w, filters)
    out = np.zeros((x.shape[0], *[one.places for one in windows], *split.shape[-2:]), x.dtype)
    for tap, part in taps_of(windows, 1):
        out += padded[part][..., None] * split[tap]
    return _joined(out)


def _input_reference(g: np.ndarray, w: np.ndarray, windows: Windows, filters: int) -> np.ndarray:
    split, kernel = _split(g, filters), _split(w, filters)
    lengths = [one.length for one in windows]
    padded = margined(np.zeros((g.shape[0], *lengths, kernel.shape[-2]), g.dtype), windows, 1)
    for tap, part in taps_of(windows, 1):
        padded[part] += (split * kernel[tap]).sum(-1)
    return padded[inner(windows, 1)].copy()


def _kernel_reference(x: np.ndarray, g: np.ndarray, windows: Windows, filters: int) -> np.ndarray:
    padded, split = margined(x, windows, 1), _split(g, filters)
    summed = tuple(range(len(windows) + 1))
    out = np.zeros((*[one.taps for one in windows], *split.shape[-2:]), x.dtype)
    for tap, part in taps_of(windows, 1):
        out[tap] = (padded[part][..., None] * split).sum(summed)
    return _joined(out)


def depthwise(x: Tensor, w: Tensor, windows: Windows, filters: int) -> Tensor:
    """`out[n, s, f] = sum over k of x[n, p, c] * w[k, f]`, with that many filters a channel."""
    return bind(_depthwise, x, w, windows=windows, filters=filters)


def _input_gradient(g: Tensor, w: Tensor, windows: Windows, filters: int) -> Tensor:
    return bind(_input, g, w, windows=windows, filters=filters)


def _kernel_gradient(x: Tensor, g: Tensor, windows: Windows, filters: int) -> Tensor:
    return bind(_kernel, x, g, windows=windows, filters=filters)


_depthwise = Primitive(
    name="depthwise",
    shape=lambda x, w, windows, filters: TensorSpec(
        (x.shape[0], *[one.places for one in windows], w.shape[-1]), x.dtype
    ),
    reference=_depthwise_reference,
    vjp=(
        lambda g, out, x, w, **geometry: _input_gradient(g, w, **geometry),
        lambda g, out, x, w, **geometry: _kernel_gradient(x, g, **geometry),
    ),
    lower=_depthwise_lower,
)
_input = Primitive(
    name="depthwise_input",
    shape=lambda g, w, windows, filters: TensorSpec(
        (g.shape[0], *[one.length for one in windows], w.shape[-1] // filters), g.dtype
    ),
    reference=_input_reference,
    vjp=(
        lambda x, out, g, w, **geometry: depthwise(x, w, **geometry),
        lambda x, out, g, w, **geometry: _kernel_gradient(x, g, **geometry),
    ),
    lower=_input_lower,
)
_kernel = Primitive(
    name="depthwise_kernel",
    shape=lambda x, g, windows, filters: TensorSpec(
        (*[one.taps for one in windows], g.shape[-1]), x.dtype
    ),
    reference=_kernel_reference,
    vjp=(
        lambda w, out, x, g, **geometry: _input_gradient(g, w, **geometry),
        lambda w, out, x, g, **geometry: depthwise(x, w, **geometry),
    ),
    lower=_kernel_lower,
)
